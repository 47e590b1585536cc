"""Larger workpieces, as they come past an inspection camera: milled block, flange, sheet-metal bracket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.industry.finishes import aluminium, workpiece
from synthvision.assets.generators.industry.milling import milled
from synthvision.assets.generators.joinery import centred
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import (
    cap,
    hole,
    inset,
    rounded_rectangle,
    stadium,
    triangulated,
    wall,
)
from synthvision.assets.generators.solids import Points, Solid, join, lathe, moved
from synthvision.assets.types import Asset


@dataclass(frozen=True)
class MachinedBlock:
    """``width`` and ``height`` over the length; ``pocket`` its depth over the height; ``bores`` through its web.

    ``finish``: 0 milled, 1 blasted, 2 cast aluminium.
    """

    length_m: float = 0.1
    width: float = 0.65
    height: float = 0.28
    pocket: float = 0.6
    bores: int = 2
    hole: float = 0.05
    roughness: float = 0.32
    finish: int = 0


@dataclass(frozen=True)
class Flange:
    """A flange with ``bolts`` holes round a hub; hub, bore and thickness over the diameter.

    ``finish``: 0 machined steel, 1 cast iron, 2 painted in ``hue``, 3 zinc.
    """

    diameter_m: float = 0.12
    thickness: float = 0.13
    hub: float = 0.5
    hub_height: float = 0.2
    bore: float = 0.32
    bolts: int = 6
    finish: int = 1
    hue: float = 0.58


@dataclass(frozen=True)
class SheetBracket:
    """Bent sheet: two legs, ``leg`` the standing one over the lying one; ``holes`` in each, one of them a slot."""

    length_m: float = 0.06
    width: float = 0.7
    leg: float = 0.8
    sheet_m: float = 0.0025
    holes: int = 2
    finish: int = 3
    hue: float = 0.58


def make_block(parameters: Mapping[str, float]) -> Asset:
    """Return a milled aluminium block; slot ``body``."""
    block = read_parameters("machined_block", MachinedBlock, parameters)
    length, width, height = block.length_m, block.width * block.length_m, block.height * block.length_m
    chamfer, radius = 0.006 * length, block.hole * width
    outline = rounded_rectangle(length, width, 0.03 * length, 4)
    x, y = length / 2 - 2.2 * radius, width / 2 - 2.2 * radius
    corners = [hole(radius, (sx * x, sy * y), 20) for sx in (-1, 1) for sy in (-1, 1)]
    ends = [hole(0.8 * radius, (side * x, 0.013 * width), 16, turn=0.29) for side in (-1, 1)]
    inner = (length - 8.4 * radius, width - 2.6 * radius)
    pocket = rounded_rectangle(*inner, 0.12 * min(inner), 5)[::-1]
    floor = height * (1 - block.pocket)
    bores = _bores(block, inner, floor)
    recess = (hole(0.3 * min(inner), (0.0, 0.0), 28), 0.35 * floor)
    solid = milled(outline, height, chamfer=chamfer, holes=[*corners, *ends], pockets=[(pocket, floor)], under=[recess])
    return finish(join(solid, *bores), [aluminium("body", block.finish, block.roughness)])


def _bores(block: MachinedBlock, inner: tuple[float, float], floor: float) -> list[Solid]:
    """Return raised bosses in the pocket, each with a blind bore."""
    size = 0.11 * inner[0] / max(2, block.bores) + 0.06 * inner[1]
    places = (np.arange(block.bores) - (block.bores - 1) / 2) * inner[0] / (block.bores + 0.6)
    outline = hole(size, (0.0, 0.0), 28)[::-1]
    boss_height = floor + 0.5 * block.pocket * block.height * block.length_m
    made = []
    for place in places.tolist():
        loop = outline + np.array([place, 0.0])
        bore = hole(0.55 * size, (place, 0.0), 24)
        piece = milled(loop, boss_height - 0.5 * floor, chamfer=0.06 * size, pockets=[(bore, 0.7 * floor)])
        made.append(moved(piece, (0.0, 0.0, 0.5 * floor)))
    return made


def make_flange(parameters: Mapping[str, float]) -> Asset:
    """Return a flange lying on its sealing face; slot ``body``."""
    flange = read_parameters("flange", Flange, parameters)
    outer, high = flange.diameter_m / 2, flange.thickness * flange.diameter_m
    hub, bore, top = flange.hub * outer, flange.bore * outer, high + flange.hub_height * flange.diameter_m
    edge, columns = 0.02 * outer, 48
    loop = hole(outer, (0.0, 0.0), 64, turn=0.0)[::-1]
    places = 2 * np.pi * (np.arange(flange.bolts) + 0.5) / flange.bolts
    circle_radius = (outer + hub) / 2 + 0.02 * outer
    bolt = min(0.075 * flange.diameter_m, 0.3 * (outer - hub))
    holes = [
        hole(bolt, (circle_radius * elementary.cos(at), circle_radius * elementary.sin(at)), 18)
        for at in places.tolist()
    ]
    foot, mouth = hole(hub, (0.0, 0.0), columns, turn=0.0), hole(bore + edge, (0.0, 0.0), columns, turn=0.0)
    rims = [inset(one, edge) if place == 0 else inset(one, 0.3 * edge) for place, one in enumerate([loop, *holes])]
    walls = [
        wall([(rim, 0.0), (one, edge * scale), (one, high - edge * scale), (rim, high)], crease_deg=30)
        for one, rim, scale in zip([loop, *holes], rims, [1.0] + [0.3] * len(holes), strict=True)
    ]
    faces = [
        cap(np.concatenate([*rims, inner]), triangulated(rims[0], [*rims[1:], inner]), z, up=z > 0)
        for inner, z in ((mouth, 0.0), (foot, high))
    ]
    neck = filleted(
        [
            (hub, high, 0),
            (0.9 * hub, top, 2 * edge),
            (bore + edge, top, 0),
            (bore, top - edge, 0),
            (bore, edge, 0),
            (bore + edge, 0.0, 0),
        ],
        4,
    )
    return finish(
        join(*faces, *walls, lathe(neck, columns, crease_deg=30)), [workpiece("body", flange.finish, flange.hue)]
    )


BEND_STEPS = 6


def make_bracket(parameters: Mapping[str, float]) -> Asset:
    """Return a bent bracket standing on one leg; slot ``body``."""
    bracket = read_parameters("sheet_bracket", SheetBracket, parameters)
    length, width, sheet = bracket.length_m, bracket.width * bracket.length_m, bracket.sheet_m
    radius = 1.2 * sheet
    arc = np.pi / 2 * (radius + sheet / 2)
    first, second = length - radius - sheet, length - radius - sheet + arc
    total = second + bracket.leg * length - radius - sheet
    outline = _strip_outline(width, 0.16 * width, np.linspace(first, second, BEND_STEPS + 1), total)
    holes = [_row(bracket, width, (0.06 * length, first)), _row(bracket, width, (second, total - 0.06 * length))]
    flat = _flat_sheet(outline, holes, (first, second), sheet)
    bent = replace(flat, corners=_bent(flat.corners, first, second, radius, sheet))
    return finish(centred(bent), [workpiece("body", bracket.finish, bracket.hue)])


def _strip_outline(width: float, corner: float, stations: Points, total: float) -> Points:
    """Return the flat blank, (N, 2), from u = 0 to ``total``, with a point on both long sides at every station."""
    ends = rounded_rectangle(total, width, corner, 3) + np.array([total / 2, 0.0])
    right_top, left_top, left_low, right_low = np.split(ends, 4)
    upper = np.stack([stations[::-1], np.full(len(stations), width / 2)], axis=1)
    lower = np.stack([stations, np.full(len(stations), -width / 2)], axis=1)
    return np.concatenate([right_top, upper, left_top, left_low, lower, right_low])


def _row(bracket: SheetBracket, width: float, room: tuple[float, float]) -> list[Points]:
    """Return the holes of one leg: the first a slot along it, the rest round, side by side."""
    middle, free = (room[0] + room[1]) / 2, room[1] - room[0]
    pitch = width / (bracket.holes + 0.3)
    radius = min(0.22 * pitch, 0.2 * free)
    places = (np.arange(bracket.holes) - (bracket.holes - 1) / 2) * pitch
    made = [hole(radius, (middle + 0.003 * free, float(v)), 20) for v in places[1:]]
    slit = stadium(min(3.2 * radius, 0.8 * free), radius, 8)[::-1] + np.array([middle, places[0]])
    return [slit, *made]


def _flat_sheet(outline: Points, holes: list[list[Points]], bend: tuple[float, float], sheet: float) -> Solid:
    """Return the blank; the triangles of its faces do not cross the lines along which it is bent."""
    chamfer = 0.12 * sheet
    loops = [outline, *holes[0], *holes[1]]
    rims = [inset(loop, chamfer) for loop in loops]
    walls = [
        wall([(rim, 0.0), (loop, chamfer), (loop, sheet - chamfer), (rim, sheet)])
        for loop, rim in zip(loops, rims, strict=True)
    ]
    edge, slack = rims[0], 1e-9
    legs = (edge[edge[:, 0] <= bend[0] + slack], edge[edge[:, 0] >= bend[1] - slack])
    faces = [
        _leg_faces(leg, [inset(loop, chamfer) for loop in row], sheet) for leg, row in zip(legs, holes, strict=True)
    ]
    return join(*walls, *faces, _strip_faces(edge, bend, sheet))


def _leg_faces(outline: Points, holes: list[Points], sheet: float) -> Solid:
    points, triangles = np.concatenate([outline, *holes]), triangulated(outline, holes)
    return join(cap(points, triangles, sheet), cap(points, triangles, 0.0, up=False))


def _strip_faces(edge: Points, bend: tuple[float, float], sheet: float) -> Solid:
    """Return both faces of the part that is bent, one quad from station to station."""
    inside = edge[(edge[:, 0] >= bend[0] - 1e-9) & (edge[:, 0] <= bend[1] + 1e-9)]
    lower = inside[inside[:, 1] < 0]
    upper = inside[inside[:, 1] > 0][::-1]
    points = np.concatenate([lower, upper])
    count = len(lower)
    step = np.arange(count - 1)
    first = np.stack([step, step + 1, count + step + 1], axis=1)
    second = np.stack([step, count + step + 1, count + step], axis=1)
    triangles = np.concatenate([first, second])
    return join(cap(points, triangles, sheet, crease_deg=40), cap(points, triangles, 0.0, up=False, crease_deg=40))


def _bent(corners: Points, first: float, second: float, radius: float, sheet: float) -> Points:
    """Bend upwards by 90 degrees between u = ``first`` and ``second``; ``radius`` is the inner side's."""
    u, v, w = (corners[..., axis] for axis in range(3))
    angle = np.clip((u - first) / (second - first), 0.0, 1.0) * (np.pi / 2)
    reach = radius + sheet - w
    x = np.minimum(u, first) + reach * elementary.sin(angle)
    z = sheet + radius - reach * elementary.cos(angle) + np.maximum(u - second, 0.0)
    bent: Points = np.stack([x, v, z], axis=-1)
    return bent
