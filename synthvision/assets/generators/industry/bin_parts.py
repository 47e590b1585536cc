"""Small parts that lie in bins and catch on each other: tees, hooks, clips, angles, connecting rods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.industry.finishes import workpiece
from synthvision.assets.generators.industry.milling import milled
from synthvision.assets.generators.joinery import centred, turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import disc, hole, rounded_rectangle, slab, strip, wall
from synthvision.assets.generators.solids import (
    Points,
    Solid,
    block_directions,
    block_outline,
    circle,
    join,
    loft,
    moved,
    revolved,
    swept,
)
from synthvision.assets.generators.surfaces import METALS, hsv, metal, plastic
from synthvision.assets.types import Asset, Material

COLUMNS = 32


@dataclass(frozen=True)
class TJoint:
    """A tee for pipes; ``length`` and ``branch`` (from the axis) over the diameter, ``collar`` and ``wall`` too.

    ``finish``: 0 steel, 1 brass, 2 yellow zinc, 3 black, 4 plastic of colour ``hue``.
    """

    diameter_m: float = 0.02
    length: float = 2.6
    branch: float = 1.3
    wall: float = 0.1
    collar: float = 0.12
    finish: int = 0
    hue: float = 0.58


@dataclass(frozen=True)
class Hook:
    """An S-shaped hook of round wire; ``wire`` and ``second`` (its other bow) over the diameter of the first bow."""

    diameter_m: float = 0.03
    wire: float = 0.15
    second: float = 0.8
    opening_deg: float = 70.0
    finish: int = 0


@dataclass(frozen=True)
class Clip:
    """A spring clip of bent strip; ``length``, ``width`` over its height, ``flare`` how far its lips open."""

    height_m: float = 0.014
    length: float = 2.0
    width: float = 0.9
    flare: float = 0.35
    finish: int = 2


@dataclass(frozen=True)
class LBracket:
    """A cast angle with two ribs and a hole in each leg; ``width`` and ``thickness`` over its ``size_m``.

    ``finish``: 0 machined steel, 1 cast iron, 2 painted in ``hue``, 3 zinc.
    """

    size_m: float = 0.03
    width: float = 0.9
    thickness: float = 0.13
    rib: float = 0.12
    finish: int = 3
    hue: float = 0.58


@dataclass(frozen=True)
class ConnectingRod:
    """Big end, I-shaped shank, small end; all sizes over the distance between the two bores.

    ``finish``: 0 machined, 1 cast."""

    length_m: float = 0.07
    big: float = 0.28
    small: float = 0.15
    height: float = 0.16
    web: float = 0.3
    finish: int = 0


def _metal_or_plastic(number: int, hue: float) -> Material:
    return plastic("body", hsv(hue, 0.5, 0.6)) if number == len(METALS) else metal("body", number, 0.36)


def make_t_joint(parameters: Mapping[str, float]) -> Asset:
    """Return a tee lying on its side; slot ``body``."""
    tee = read_parameters("t_joint", TJoint, parameters)
    rings, outer, inner = _run(tee)
    keep = np.ones((len(rings) - 1, COLUMNS), dtype=bool)
    half = COLUMNS * 5 // 32
    for low, high in (outer, inner):
        keep[low:high, np.arange(-half, half)] = False
    start = block_outline(rings, outer, (-half, half))
    end = block_outline(rings, inner[::-1], (-half, half))
    solid = join(loft(rings, keep=keep, crease_deg=40), _branch(tee, start, end, outer[1] - outer[0], half))
    return finish(centred(turned(solid, 0, 90)), [_metal_or_plastic(tee.finish, tee.hue)])


def _run(tee: TJoint) -> tuple[Points, tuple[int, int], tuple[int, int]]:
    """Return the rings of the straight pipe, standing, and the rows between which its outside and inside are open."""
    radius, half = tee.diameter_m / 2, tee.length * tee.diameter_m / 2
    bore, collar = radius * (1 - 2 * tee.wall), radius * (1 + 2 * tee.collar)
    edge, deep = 0.06 * radius, 0.34 * half
    opening = 0.78 * radius
    lower = [(bore + edge, -half), (collar - edge, -half), (collar, edge - half), (collar, deep - half)]
    lower.append((radius, deep - half + 0.7 * (collar - radius)))
    steps = [(radius, float(z)) for z in np.linspace(-opening, opening, 7)]
    upper = [(size, -z) for size, z in lower[::-1]]
    back = [(bore, half - edge), *((bore, float(z)) for z in np.linspace(opening, -opening, 7)), (bore, edge - half)]
    profile = [*lower, *steps, *upper, *back, lower[0]]
    first, second = len(lower), len(lower) + len(steps) + len(upper) + 1
    return revolved(profile, COLUMNS), (first, first + 6), (second, second + 6)


def _branch(tee: TJoint, start: Points, end: Points, rows: int, half: int) -> Solid:
    """Return the branch towards +x: out from the opening, over its collar, back in through its bore."""
    radius, reach = tee.diameter_m / 2, tee.branch * tee.diameter_m
    bore, collar = radius * (1 - 2 * tee.wall), radius * (1 + 2 * tee.collar)
    edge, deep = 0.06 * radius, 0.34 * tee.length * radius
    root = min(1.12 * radius, reach - deep - 0.1 * radius)
    out = [
        (root, 0.98 * radius),
        (reach - deep - 0.5 * (collar - radius), radius),
        (reach - deep, collar),
        (reach - edge, collar),
        (reach, collar - edge),
        (reach, bore + edge),
        (reach - edge, bore),
        (root, bore * 0.99),
    ]
    directions = block_directions(rows, 2 * half)
    around = np.stack([0 * directions, elementary.cos(directions), elementary.sin(directions)], axis=1)
    rings = [size * around + [x, 0.0, 0.0] for x, size in out]
    return loft([start, *rings, end], crease_deg=40)


def make_hook(parameters: Mapping[str, float]) -> Asset:
    """Return an S-hook lying flat; slot ``body``."""
    hook = read_parameters("hook", Hook, parameters)
    radius = hook.diameter_m / 2
    wire, other = hook.wire * radius, hook.second * radius
    sweep = np.radians(360.0 - hook.opening_deg)
    first = np.linspace(np.pi + sweep - np.pi, 0.0, 26)
    second = np.linspace(0.0, -sweep, 24)[1:]
    # The two bows touch at the origin, where the wire runs along +y.
    upper = np.stack([radius * elementary.cos(first) - radius, -radius * elementary.sin(-first)], axis=1)
    lower = np.stack([other - other * elementary.cos(second), other * elementary.sin(second)], axis=1)
    line = np.concatenate([upper, lower])
    path = np.concatenate([line, np.zeros((len(line), 1))], axis=1)
    return finish(centred(_wire(path, wire)), [metal("body", hook.finish, 0.3)])


def _wire(path: Points, radius: float) -> Solid:
    """Return round wire along a path (P, 3) in the plane z = 0, with rounded ends."""
    angle = np.linspace(0.0, np.pi / 2, 4)
    before, after = path[0] - path[1], path[-1] - path[-2]
    before, after = before / np.linalg.norm(before, axis=-1), after / np.linalg.norm(after, axis=-1)
    ends = radius * elementary.sin(angle[1:])[:, None]
    whole = np.concatenate([(path[0] + ends * before)[::-1], path, path[-1] + ends * after])
    size = np.concatenate([elementary.cos(angle[:0:-1]), np.ones(len(path)), elementary.cos(angle[1:])])
    size[[0, -1]] = 0.0
    section = circle(12) * radius
    return loft(swept(whole, section[None] * size[:, None, None], (0.0, 0.0, 1.0)), crease_deg=60)


def make_clip(parameters: Mapping[str, float]) -> Asset:
    """Return a clip lying on its back; slot ``body``."""
    clip = read_parameters("clip", Clip, parameters)
    height, length = clip.height_m, clip.length * clip.height_m
    sheet, lip = 0.07 * height, clip.flare * height
    half, waist = length / 2, 0.36 * length
    side = filleted(
        [
            (0.0, 0.0, 0.0),
            (half, 0.0, 0.18 * height),
            (half, 0.35 * height, 0.2 * height),
            (waist, 0.75 * height, 0.12 * height),
            (waist + lip, height - sheet / 2, 0.0),
        ],
        4,
    )
    line = np.concatenate([side[:0:-1] * [-1.0, 1.0], side])
    path = np.stack([line[:, 0], 0 * line[:, 0], line[:, 1]], axis=1)
    return finish(strip(path, clip.width * height, sheet), [metal("body", clip.finish, 0.3)])


def make_l_bracket(parameters: Mapping[str, float]) -> Asset:
    """Return an angle standing on one leg; slot ``body``."""
    bracket = read_parameters("l_bracket", LBracket, parameters)
    size, width = bracket.size_m, bracket.width * bracket.size_m
    thick, rib = bracket.thickness * size, bracket.rib * width
    legs = [_leg(size, width, thick, inner) for inner in (False, True)]
    standing = turned(legs[1], 1, -90)
    standing = moved(standing, -standing.corners.reshape(-1, 3).min(axis=0) * [1, 0, 1] + [-size / 2, 0, 0.3 * thick])
    ribs = [moved(_rib(size, thick, rib), (-size / 2, side * (width - rib) * 0.497, 0.0)) for side in (-1, 1)]
    return finish(centred(join(legs[0], standing, *ribs)), [workpiece("body", bracket.finish, bracket.hue)])


def _leg(size: float, width: float, thick: float, inner: bool) -> Solid:
    """Return a plate with a hole, lying; the ``inner`` one is a little smaller, so that no faces coincide."""
    shrink = 0.004 * size if inner else 0.0
    outline = rounded_rectangle(size - 2 * shrink, width - 2 * shrink, 0.06 * size, 3)
    bore = hole(0.15 * min(size, width), (0.1 * size, 0.0), 20)
    return slab(outline, [bore], (0.0, thick), chamfer=0.1 * thick)


def _rib(size: float, thick: float, rib: float) -> Solid:
    """Return a triangular rib in the plane y = 0, its right angle at the origin."""
    reach, sunk = 0.92 * size, 0.4 * thick
    side = filleted(
        [
            (sunk, sunk, 0.0),
            (reach, sunk, 0.0),
            (reach, thick + 0.05 * size, 0.0),
            (thick + 0.2 * size, thick + 0.28 * size, 0.5 * size),
            (thick + 0.05 * size, reach, 0.0),
            (sunk, reach, 0.0),
        ],
        4,
    )
    piece = join(wall([(side, 0.0), (side, rib)]), disc(side, 0.0, up=False), disc(side, rib))
    return moved(turned(piece, 0, 90), (0.0, rib / 2, 0.0))


def make_connecting_rod(parameters: Mapping[str, float]) -> Asset:
    """Return a connecting rod lying flat; slot ``body``."""
    rod = read_parameters("connecting_rod", ConnectingRod, parameters)
    length, height = rod.length_m, rod.height * rod.length_m
    big, small = rod.big * length, rod.small * length
    shank = _shank(rod, length, big, small, height)
    ends = [
        moved(_eye(radius, radius * share, tall), (x, 0.0, height / 2 - tall / 2))
        for radius, share, tall, x in ((big, 0.7, height, -length / 2), (small, 0.62, 0.98 * height, length / 2))
    ]
    bolts = [_ear(big, height, side, -length / 2) for side in (-1, 1)]
    return finish(centred(join(shank, *ends, *bolts)), [workpiece("body", rod.finish)])


def _eye(radius: float, bore: float, height: float) -> Solid:
    loop = hole(radius, (0.0, 0.0), 48)[::-1]
    return milled(loop, height, chamfer=0.06 * (radius - bore), holes=[hole(bore, (0.0, 0.0), 40)])


def _ear(big: float, height: float, side: int, x: float) -> Solid:
    """Return the boss of one cap bolt beside the big end."""
    outline = rounded_rectangle(0.9 * big, 0.34 * big, 0.06 * big, 3)
    return moved(slab(outline, [], (0.12 * height, 0.88 * height), chamfer=0.03 * big), (x, side * 0.98 * big, 0.0))


def _shank(rod: ConnectingRod, length: float, big: float, small: float, height: float) -> Solid:
    """Return the I-shaped shank: both faces have a pocket, ``web`` of the height is left between them."""
    start, stop = -length / 2 + 0.8 * big, length / 2 - 0.75 * small
    wide, narrow, tall = 0.5 * big, 0.62 * small, 0.8 * height
    outline = np.array([(start, -wide), (stop, -narrow), (stop, narrow), (start, wide)])
    flange = 0.26 * wide
    x0, x1 = -length / 2 + 1.14 * big, length / 2 - 1.25 * small
    y0, y1 = (float(np.interp(x, [start, stop], [wide, narrow])) - flange for x in (x0, x1))
    corners = np.array([(x0, y0), (x1, y1), (x1, -y1), (x0, -y0)])
    deep = tall * (1 - rod.web) / 2
    body = milled(outline, tall, chamfer=0.06 * wide, pockets=[(corners, tall - deep)], under=[(corners, deep)])
    return moved(replace(body), (0.0, 0.0, (height - tall) / 2))
