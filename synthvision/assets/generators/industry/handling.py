"""What parts lie in and on: tote bins, pallets, belt conveyors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import bar, board, turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import rounded_rectangle, stadium, wall
from synthvision.assets.generators.solids import Points, Solid, join, levelled, loft, moved, tip
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material, Texture

WALL_M = 0.003


@dataclass(frozen=True)
class ToteBin:
    """An open plastic bin of Euro proportions, 3:2; 600 × 400 mm and 300 × 200 mm are the usual ones. Walls 3 mm.

    ``ribs`` on each long side; ``hue``, ``saturation`` and ``value`` are its colour's; ``wear`` 0…1.
    """

    length_m: float = 0.6
    height: float = 0.29
    ribs: int = 5
    hue: float = 0.6
    saturation: float = 0.75
    value: float = 0.5
    wear: float = 0.2


@dataclass(frozen=True)
class Pallet:
    """A flat pallet of 1200 mm, four-way, 144 mm high like EN 13698-1; 800 mm wide is the Euro pallet."""

    width_m: float = 0.8
    hue: float = 0.09
    tone: float = 0.62
    wear: float = 0.3


@dataclass(frozen=True)
class Conveyor:
    """A belt conveyor along x, ``height_m`` from the floor to the flat top of its belt.

    ``belt``: 0 black rubber, 1 green PVC, 2 white food belt, 3 blue. ``rails`` 1 has guide rails along both sides.
    ``hue`` and ``value`` are the frame's paint.
    """

    belt_m: float = 0.6
    length_m: float = 2.0
    height_m: float = 0.8
    belt: int = 0
    rails: int = 1
    hue: float = 0.58
    value: float = 0.55
    wear: float = 0.2


def make_tote_bin(parameters: Mapping[str, float]) -> Asset:
    """Return an open bin; slot ``body``."""
    tote = read_parameters("tote_bin", ToteBin, parameters)
    length, width = tote.length_m, tote.length_m / 1.5
    height = tote.height * length
    body = Material(
        "body",
        hsv(tote.hue, tote.saturation, tote.value),
        roughness=0.42,
        shader="plastic",
        wear=tote.wear,
        scratches=0.6 * tote.wear,
    )
    return finish(join(_shell(length, width, height), *_ribs(tote, length, width, height)), [body])


_RIM = 0.022
"""Height of the rim over the bin's length; it stands out by 0.55 of that."""


def _shell(length: float, width: float, height: float) -> Solid:
    """Return the bin's skin: foot, tapered wall, rim, and back down inside."""
    rim, out, foot = _RIM * length, 0.55 * _RIM * length, 0.012 * length
    levels = [
        (1.8 * out, 0.0),
        (1.8 * out, foot),
        (1.3 * out, 1.3 * foot),
        (out, height - rim),
        (0.12 * out, height - rim),
        (0.0, height - 0.9 * rim),
        (0.0, height - 0.12 * rim),
        (0.1 * out, height),
        (0.9 * out + WALL_M, height),
        (out + WALL_M, height - 0.12 * rim),
        (out + WALL_M, height - rim),
        (1.32 * out + WALL_M, 1.3 * foot + 0.01 * length),
        (1.6 * out + WALL_M, foot + WALL_M),
    ]
    rings = [levelled(_ring(length, width, by), z) for by, z in levels]
    return loft([tip(rings[0]), *rings, tip(rings[-1])], crease_deg=40)


def _ring(length: float, width: float, by: float) -> Points:
    return rounded_rectangle(length - 2 * by, width - 2 * by, 0.07 * length - by, 5)


def _ribs(tote: ToteBin, length: float, width: float, height: float) -> list[Solid]:
    """Return the ribs below the rim, two hand grips on the short sides, a band round the middle."""
    out, top = 0.55 * _RIM * length, height - 0.9 * _RIM * length
    thick, tall = 0.0025, 0.3 * height
    xs = (np.arange(tote.ribs) - (tote.ribs - 1) / 2) * 0.78 * length / tote.ribs
    size = (thick, 0.95 * out, tall)
    ribs = [
        moved(rounded_box(size, 0.0006, steps=1), (float(x), side * (width / 2 - 0.55 * out), top - tall))
        for x in xs
        for side in (-1, 1)
    ]
    grip = (0.95 * out, 0.36 * width, 0.26 * height)
    grips = [
        moved(
            rounded_box(grip, min(0.003, 0.3 * grip[0]), steps=2),
            (side * (length / 2 - 0.56 * out), 0.0, top - grip[2]),
        )
        for side in (-1, 1)
    ]
    return [*ribs, *grips]


def make_pallet(parameters: Mapping[str, float]) -> Asset:
    """Return a pallet; slot ``body``. Every board and block is a closed shell."""
    pallet = read_parameters("pallet", Pallet, parameters)
    wood = Texture("generated", "wood", (("hue", pallet.hue), ("tone", pallet.tone)))
    material = Material(
        "body",
        (1.0, 1.0, 1.0),
        roughness=0.75,
        specular=0.3,
        base_colour_texture=wood,
        uv_scale=1.5,
        shader="wood",
        wear=pallet.wear,
        dust=0.3 * pallet.wear,
    )
    boards = [board(size, at, number=number, edge_m=0.0025) for number, (size, at) in enumerate(_pallet_boards(pallet))]
    return finish(join(*boards), [material])


_Board = tuple[tuple[float, float, float], tuple[float, float, float]]


def _pallet_boards(pallet: Pallet) -> list[_Board]:
    """Return size and place of each board: runners, blocks, cross boards, deck. Layers are 0.4 mm apart."""
    width, gap = pallet.width_m, 0.0004
    outer, middle, side = 0.1, 0.145, (width - 0.1) / 2
    rows = [(-side, outer), (0.0, middle), (side, outer)]
    columns = [(-0.5275, 0.145), (0.0, 0.145), (0.5275, 0.145)]
    made: list[_Board] = [((1.2, wide, 0.022 - gap), (0.0, y, 0.0)) for y, wide in rows]
    made += [((long, wide, 0.078 - gap), (x, y, 0.022)) for x, long in columns for y, wide in rows]
    made += [((long, width, 0.022 - gap), (x, 0.0, 0.1)) for x, long in columns]
    edge = (width - 0.145) / 2
    deck = [(-edge, 0.145), (-edge / 2, 0.1), (0.0, 0.145), (edge / 2, 0.1), (edge, 0.145)]
    return made + [((1.2, wide, 0.022), (0.0, y, 0.122)) for y, wide in deck]


BELTS = ((0.0, 0.0, 0.13), (0.38, 0.6, 0.38), (0.12, 0.05, 0.85), (0.58, 0.75, 0.55))
BELT_M = 0.004
DRUM_M = 0.045


def make_conveyor(parameters: Mapping[str, float]) -> Asset:
    """Return a conveyor; slots ``belt``, ``frame``, ``rail`` and ``roller``."""
    conveyor = read_parameters("conveyor", Conveyor, parameters)
    pieces = [_belt(conveyor), *_drums(conveyor), *_frame(conveyor), *_legs(conveyor)]
    pieces += _guides(conveyor) if conveyor.rails else []
    materials = [
        Material(
            "belt",
            hsv(*BELTS[conveyor.belt]),
            roughness=0.6,
            shader="rubber",
            wear=conveyor.wear,
            dust=0.5 * conveyor.wear,
        ),
        Material(
            "frame", hsv(conveyor.hue, 0.5, conveyor.value), roughness=0.4, shader="painted_metal", wear=conveyor.wear
        ),
        Material("rail", (0.6, 0.61, 0.62), metallic=1.0, roughness=0.32, shader="brushed_metal"),
        Material("roller", (0.5, 0.5, 0.51), metallic=1.0, roughness=0.4),
    ]
    return finish(join(*pieces), materials)


def _belt(conveyor: Conveyor) -> Solid:
    """Return the endless belt, a flat ring; its top is flat and ``height_m`` high."""
    inner = stadium(conveyor.length_m - 2 * BELT_M, DRUM_M, 10)
    outer = stadium(conveyor.length_m, DRUM_M + BELT_M, 10)
    half = conveyor.belt_m / 2
    ring = wall([(inner, -half), (outer, -half), (outer, half), (inner, half), (inner, -half)], crease_deg=30)
    return moved(turned(ring, 0, 90), (0.0, 0.0, conveyor.height_m - DRUM_M - BELT_M))


def _drums(conveyor: Conveyor) -> list[Solid]:
    x, z = conveyor.length_m / 2 - DRUM_M - BELT_M, conveyor.height_m - DRUM_M - BELT_M
    half, apart = conveyor.belt_m / 2 + 0.012, 0.0004
    drums = [bar((side * x, -half, z), (side * x, half, z), DRUM_M - apart, columns=28, slot=3) for side in (-1, 1)]
    bed = rounded_box((2 * x - 0.12, conveyor.belt_m - 0.01, 0.03), 0.002, steps=1, slot=1)
    return [*drums, moved(bed, (0.0, 0.0, conveyor.height_m - BELT_M - 0.0304))]


def _frame(conveyor: Conveyor) -> list[Solid]:
    """Return the two side channels, a little lower and shorter than the belt, their bearings, and the drive."""
    length, tall, thick = conveyor.length_m - 0.06, 0.11, 0.025
    y, z = conveyor.belt_m / 2 + 0.018 + thick / 2, conveyor.height_m - 0.112
    sides = [moved(rounded_box((length, thick, tall), 0.004, steps=1, slot=1), (0.0, side * y, z)) for side in (-1, 1)]
    x, axle = length / 2 - 0.03, z + 0.06
    bearings = [
        bar((end * x, side * y, axle), (end * x, side * (y + 0.022), axle), 0.02, columns=14, slot=3)
        for end in (-1, 1)
        for side in (-1, 1)
    ]
    gearbox = moved(rounded_box((0.13, 0.1, 0.13), 0.012, slot=3), (0.0, 0.0, z - 0.14))
    motor = bar((0.06, 0.0, z - 0.075), (0.3, 0.0, z - 0.075), 0.055, columns=24, slot=1)
    drive = moved(join(gearbox, motor), (0.16 * conveyor.length_m, 0.0, 0.0))
    return [*sides, *bearings, drive]


def _legs(conveyor: Conveyor) -> list[Solid]:
    """Return four legs on feet, tied across."""
    post, x, y = 0.04, 0.37 * conveyor.length_m, conveyor.belt_m / 2 + 0.031
    top = conveyor.height_m - 0.06
    leg = moved(rounded_box((post, 0.9 * post, top - 0.03), 0.003, steps=1, slot=1), (0.0, 0.0, 0.03))
    foot = bar((0.0, 0.0, 0.0), (0.0, 0.0, 0.05), (0.035, 0.012), columns=16, slot=3)
    tie = moved(rounded_box((0.8 * post, 2 * y, 0.8 * post), 0.003, steps=1, slot=1), (0.0, 0.0, 0.3 * top))
    stands = [moved(join(leg, foot), (sx * x, sy * y, 0.0)) for sx in (-1, 1) for sy in (-1, 1)]
    return [*stands, *(moved(tie, (sx * x, 0.0, 0.0)) for sx in (-1, 1))]


def _guides(conveyor: Conveyor) -> list[Solid]:
    """Return a round rail along each side, 55 mm above the belt, on posts that stand on the channels."""
    half, y, z = conveyor.length_m / 2 - 0.06, conveyor.belt_m / 2 + 0.008, conveyor.height_m + 0.055
    foot = conveyor.belt_m / 2 + 0.0305
    made = []
    for side in (-1, 1):
        made.append(bar((-half, side * y, z), (half, side * y, z), 0.008, columns=12, slot=2))
        for x in np.linspace(-0.85 * half, 0.85 * half, 4).tolist():
            made += [
                bar((x, side * foot, conveyor.height_m - 0.01), (x, side * foot, z + 0.008), 0.006, columns=8, slot=2),
                bar((x, side * (foot + 0.004), z), (x, side * y, z), 0.005, columns=8, slot=2),
            ]
    return made
