"""Small things by the thousand, and the road they lie beside: pebbles, rice, a strip of road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, block, centred
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, circle, join, loft
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Asset, Material, Texture

GOLDEN = (1 + 5**0.5) / 2


@dataclass(frozen=True)
class Stone:
    """``size_m`` is the longest side; ``shape`` which stone of 64; ``round`` 0 crushed … 1 worn by water."""

    size_m: float = 0.018
    flatness: float = 0.7
    round: float = 0.4
    shape: int = 0
    hue: float = 0.09
    saturation: float = 0.12
    value: float = 0.5


@dataclass(frozen=True)
class RiceGrain:
    """Lies along x. ``brown`` 0 polished, 1 whole."""

    length_m: float = 0.007
    diameter_m: float = 0.0021
    bend: float = 0.3
    brown: float = 0.0


@dataclass(frozen=True)
class Road:
    """Runs along x; two lanes. ``markings`` 0 none, 1 broken middle line, 2 solid; ``kerbs`` 0 or 1."""

    length_m: float = 40.0
    width_m: float = 7.0
    markings: int = 1
    kerbs: int = 1
    tone: float = 0.3
    fresh: float = 0.7
    variant: int = 0


@dataclass(frozen=True)
class ParkingBays:
    """Painted bays side by side along x, open towards -y; ``fresh`` 0 worn … 1 new, ``yellow`` 0 or 1."""

    bays: int = 9
    pitch_m: float = 2.6
    depth_m: float = 5.0
    line_m: float = 0.12
    fresh: float = 0.7
    yellow: int = 0


def make_stone(parameters: Mapping[str, float]) -> Asset:
    """Return a stone of 80 triangles; slot ``body``."""
    stone = read_parameters("stone", Stone, parameters)
    chance = series(200, 900 + stone.shape).astype(np.float64)
    points, triangles = _ball()
    # Crushed stone is what many cutting planes leave; a few more turn it into a pebble.
    normals = chance[:42].reshape(14, 3) - 0.5
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    reach = 0.62 + 0.32 * chance[42:56] + 0.2 * stone.round
    along = elementary.matmul(points, normals.T)
    cut = np.min(np.where(along > 1e-6, reach / np.maximum(along, 1e-6), 9.0), axis=1)  # noqa: PLR2004 - away
    radius = np.minimum(cut, 1.0) * (1 + 0.06 * (chance[60:102] - 0.5))
    shaped = points * (radius * (1 - stone.round) + stone.round * (0.5 + 0.5 * np.sqrt(radius)))[:, None]
    shaped *= [1.0, 0.72 + 0.22 * chance[110], stone.flatness * (0.75 + 0.2 * chance[111])]
    low, high = shaped.min(axis=0), shaped.max(axis=0)
    shaped = (shaped - (low + high) / 2) * (stone.size_m / float((high - low).max()))
    corners = shaped[triangles]
    count = len(triangles)
    solid = Solid(
        corners, _seen_from_above(corners), np.zeros(count, np.int16), np.full(count, 28.0 + 45.0 * stone.round)
    )
    colour = hsv(stone.hue, stone.saturation, stone.value * (0.85 + 0.3 * float(chance[120])))
    return finish(centred(solid), [Material("body", colour, roughness=0.8, shader="concrete", shader_scale=0.05)])


def _seen_from_above(corners: Points) -> Points:
    """Return texture coordinates in metres: x, and y with a share of z, so that no triangle is degenerate."""
    return corners[..., :2] + corners[..., 2:] * [0.31, 0.57]


def _ball() -> tuple[Points, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
    """Return an icosahedron with every face cut into four: 42 unit vectors and 80 triangles."""
    base = np.array(
        [np.roll((0, a, b * GOLDEN), shift) for shift in range(3) for a in (1, -1) for b in (1, -1)], np.float64
    )
    base /= np.linalg.norm(base[0], axis=-1)
    near = np.linalg.norm(base[:, None] - base[None], axis=2)
    linked = (near > 0) & (near < 1.1)  # noqa: PLR2004 - an edge of the unit icosahedron is 1.05
    faces = [
        (i, j, k)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if linked[i, j] and linked[j, k] and linked[i, k]
    ]
    points = [*base]
    middles: dict[tuple[int, int], int] = {}

    def middle(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in middles:
            middles[key] = len(points)
            points.append((base[i] + base[j]) / np.linalg.norm(base[i] + base[j], axis=-1))
        return middles[key]

    triangles = []
    for i, j, k in faces:
        b, c = (j, k) if (base[i] * np.cross(base[j], base[k])).sum() > 0 else (k, j)
        ib, bc, ci = middle(i, b), middle(b, c), middle(c, i)
        triangles += [(i, ib, ci), (b, bc, ib), (c, ci, bc), (ib, bc, ci)]
    return np.array(points), np.array(triangles, dtype=np.int64)


def make_rice(parameters: Mapping[str, float]) -> Asset:
    """Return a grain of rice, 112 triangles; slot ``body``."""
    grain = read_parameters("rice_grain", RiceGrain, parameters)
    columns, half = 8, grain.length_m / 2
    share = np.array([-1.0, -0.93, -0.7, -0.25, 0.25, 0.7, 0.93, 1.0])
    radius = grain.diameter_m / 2 * np.sqrt(np.maximum(1 - elementary.power(np.abs(share), 2.6), 0.0))
    around = circle(columns)
    rings = np.zeros((len(share), columns, 3))
    rings[..., 0] = half * share[:, None]
    rings[..., 1] = radius[:, None] * around[None, :, 0] + grain.bend * 0.12 * grain.length_m * (share**2)[:, None]
    rings[..., 2] = radius[:, None] * 0.82 * around[None, :, 1]
    colour = hsv(0.11 - 0.02 * grain.brown, 0.12 + 0.4 * grain.brown, 0.9 - 0.25 * grain.brown)
    material = Material("body", colour, roughness=0.35, subsurface=0.25 * (1 - grain.brown))
    return finish(centred(loft(rings, crease_deg=80)), [material])


def make_road(parameters: Mapping[str, float]) -> Asset:
    """Return a strip of road, its surface 3 cm above z = 0; slots ``asphalt``, ``markings`` and ``kerbs``."""
    road = read_parameters("road", Road, parameters)
    top = 0.03
    pieces = [block((road.length_m, road.width_m, top), pieces=_pieces(road.length_m))]
    if road.markings:
        pieces += [block(size, (*at, top + APART_M), slot=1, pieces=_pieces(size[0])) for size, at in _lines(road)]
    if road.kerbs:
        pieces += _kerbs(road)
    asphalt = Texture("generated", "asphalt", (("tone", road.tone), ("variant", float(road.variant))))
    stone = Texture("generated", "concrete", (("tone", 0.6), ("stains", 0.7)))
    white = hsv(0.13, 0.04, 0.55 + 0.38 * road.fresh)
    return finish(
        join(*pieces),
        [
            Material(
                "asphalt", (1.0, 1.0, 1.0), roughness=0.9, specular=0.3, base_colour_texture=asphalt, uv_scale=0.8
            ),
            Material("markings", white, roughness=0.7, shader="concrete", wear=1 - road.fresh),
            Material("kerbs", (1.0, 1.0, 1.0), roughness=0.9, base_colour_texture=stone, uv_scale=0.9),
        ],
    )


def _pieces(length_m: float) -> int:
    return max(1, round(length_m / 5))


def _lines(road: Road) -> list[tuple[tuple[float, float, float], tuple[float, float]]]:
    """Return size and place of each painted line: one along each edge, and the middle one, 3 m on and 6 m off."""
    thick, edge = 0.003, road.width_m / 2 - 0.25
    lines = [((road.length_m - 0.02, 0.12, thick), (0.0, side * edge)) for side in (-1, 1)]
    if road.markings == 2:  # noqa: PLR2004 - solid
        return [*lines, ((road.length_m - 0.02, 0.12, thick), (0.0, 0.0))]
    count = int((road.length_m - 3.0) / 9.0) + 1
    return [*lines, *(((3.0, 0.12, thick), (9.0 * (number - (count - 1) / 2), 0.0)) for number in range(count))]


def _kerbs(road: Road) -> list[Solid]:
    """Return rows of kerbstones, a metre each."""
    count = int(road.length_m)
    step = road.length_m / count
    y = road.width_m / 2 + 0.075 + APART_M
    return [
        block((step - 0.008, 0.15, 0.14), ((number + 0.5) * step - road.length_m / 2, side * y, 0.0), slot=2)
        for side in (-1, 1)
        for number in range(count)
    ]


def make_bays(parameters: Mapping[str, float]) -> Asset:
    """Return the painted lines of parking bays, 3 mm thick; slot ``markings``."""
    row = read_parameters("parking_bays", ParkingBays, parameters)
    width, thick = row.bays * row.pitch_m, 0.003
    xs = (np.arange(row.bays + 1) * row.pitch_m - width / 2).tolist()
    pieces = [block((row.line_m, row.depth_m, thick), (x, 0.0, 0.0)) for x in xs]
    end = row.depth_m / 2 + row.line_m / 2 + APART_M
    pieces.append(block((width + row.line_m, row.line_m, thick), (0.0, end, 0.0)))
    paint = hsv(0.125, 0.75, 0.5 + 0.35 * row.fresh) if row.yellow else hsv(0.13, 0.04, 0.5 + 0.38 * row.fresh)
    return finish(join(*pieces), [Material("markings", paint, roughness=0.7, shader="concrete", wear=1 - row.fresh)])
