"""Plates cut from flat outlines with holes: caps, walls, chamfers.

An outline runs counter-clockwise and a hole clockwise, both seen from above, (N, 2) metres: the material lies to the
left of both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.generators.solids import Mask, Points, Solid, join, levelled, loft, sheet, swept
from synthvision.errors import AssetError

Indices = NDArray[np.int64]
_CROSSED = "slab: outline and holes must not cross each other or themselves, got ones that do"
_TOUCHING = 1e-12
"""Twice the area, relative to the outline's squared size, below which three points count as lying on one line."""


def hole(radius: float, centre: Sequence[float], columns: int = 20, turn: float = 0.13) -> Points:
    """Return a round hole; ``turn`` (radians) keeps the points of neighbouring holes off common lines."""
    angle = turn - np.arange(columns) * (2 * np.pi / columns)
    ring: Points = np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1) * radius + np.asarray(
        centre, np.float64
    )
    return ring


def rounded_rectangle(width: float, depth: float, corner: float, steps: int = 4) -> Points:
    """Return a rectangle about the origin with corners of radius ``corner``, ``steps`` + 1 points to a corner."""
    angle = np.linspace(0.0, np.pi / 2, steps + 1)
    arc = np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1) * corner
    signs = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    parts = []
    for quarter, sign in enumerate(signs):
        turned = elementary.matmul(arc, _quarter_turn(quarter).T)
        parts.append(turned + np.array(sign) * [width / 2 - corner, depth / 2 - corner])
    return np.concatenate(parts)


def _quarter_turn(count: int) -> Points:
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[count % 4]
    return np.array([[cosine, -sine], [sine, cosine]], np.float64)


def stadium(length: float, radius: float, steps: int = 8) -> Points:
    """Return a rectangle with half circles for ends, ``length`` overall along x, 2·(``steps`` + 1) points."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, steps + 1)
    right = np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1) * radius + [length / 2 - radius, 0.0]
    return np.concatenate([right, -right])


def inset(loop: Points, by: float) -> Points:
    """Move each side of a loop to its left, into the material, by ``by`` metres."""
    ahead = np.roll(loop, -1, axis=0) - loop
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    normal = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    before = np.roll(normal, 1, axis=0)
    both = normal + before
    moved: Points = loop + both * (by * 2 / np.einsum("nx,nx->n", both, both))[:, None]
    return moved


def slab(
    outline: Points,
    holes: Sequence[Points],
    span: tuple[float, float],
    *,
    chamfer: float = 0.0,
    slot: int = 0,
    wall_slot: int | None = None,
    crease_deg: float = 35.0,
) -> Solid:
    """Return a plate from z = span[0] to span[1], every edge chamfered; texture coordinates in metres."""
    low, high = span
    loops = [outline, *holes]
    edges = loops if chamfer == 0.0 else [inset(loop, chamfer) for loop in loops]
    triangles = triangulated(edges[0], edges[1:])
    flat = np.concatenate(edges)
    walls = [
        wall([(edge, low), (loop, low + chamfer), (loop, high - chamfer), (edge, high)], crease_deg=crease_deg)
        if chamfer
        else wall([(loop, low), (loop, high)], crease_deg=crease_deg)
        for loop, edge in zip(loops, edges, strict=True)
    ]
    sides = join(*walls)
    sides.slots[:] = slot if wall_slot is None else wall_slot
    return join(cap(flat, triangles, high, slot=slot), cap(flat, triangles, low, up=False, slot=slot), sides)


def wall(levels: Sequence[tuple[Points, float]], *, slot: int = 0, crease_deg: float = 35.0) -> Solid:
    """Skin loops of equally many points at their heights, in order; rising, the material lies to the loops' left."""
    rings = np.stack([levelled(loop, z) for loop, z in levels])
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed[0], axis=0), axis=1))])
    uvs = np.stack(np.broadcast_arrays(along[None, :], closed[..., 2]), axis=2)
    return sheet(closed, slot=slot, crease_deg=crease_deg, uvs=uvs)


def cap(
    points: Points, triangles: Indices, z: float, *, up: bool = True, slot: int = 0, crease_deg: float = 35.0
) -> Solid:
    """Return flat triangles (T, 3) of points (N, 2) at height ``z``; texture coordinates are the points."""
    order = triangles if up else triangles[:, ::-1]
    corners = levelled(points, z)[order]
    count = len(order)
    return Solid(corners, points[order], np.full(count, slot, np.int16), np.full(count, crease_deg))


def disc(loop: Points, z: float, *, up: bool = True, slot: int = 0) -> Solid:
    """Fill a loop without holes at height ``z``; it may run either way."""
    outline = loop if _doubled_area(loop) > 0 else loop[::-1]
    return cap(outline, triangulated(outline), z, up=up, slot=slot)


def prism(rings: Sequence[Points], *, slot: int = 0, crease_deg: float = 35.0) -> Solid:
    """Loft rings (N, 3) as ``loft`` does and close both ends, which are convex, with fans."""
    first, last = rings[0].mean(axis=0), rings[-1].mean(axis=0)
    ends = [np.broadcast_to(first, rings[0].shape), *rings, np.broadcast_to(last, rings[0].shape)]
    return loft(ends, slot=slot, crease_deg=crease_deg)


def strip(path: Points, width: float, thickness: float, reference: Sequence[float] = (0.0, 1.0, 0.0)) -> Solid:
    """Return a flat strip along a path (P, 3); its width lies along ``reference``. Two triangles close each end."""
    section = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) / 2 * [width, thickness]
    rings = swept(path, section, reference)
    first, last = rings[0][[0, 1, 1, 0]], rings[-1][[0, 1, 1, 0]]
    return loft([first, *rings, last], crease_deg=30)


def _doubled_area(loop: Points) -> float:
    x, y = loop.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())


def triangulated(outline: Points, holes: Sequence[Points] = ()) -> Indices:
    """Cut a polygon with holes into triangles by ear clipping, best-shaped ear first.

    Holes are first joined to the outline by bridges (D. Eberly, "Triangulation by Ear Clipping").

    Returns:
        (T, 3) indices into the outline's and the holes' points put one behind the other, counter-clockwise.

    Raises:
        AssetError: the outline or a hole crosses something, or a hole lies outside.
    """
    points = np.concatenate([outline, *holes])
    polygon = list(range(len(outline)))
    starts = len(outline) + np.concatenate([[0], np.cumsum([len(loop) for loop in holes])]).astype(int)
    order = sorted(range(len(holes)), key=lambda number: -float(holes[number][:, 0].max()))
    edges = _edges([outline, *holes])
    for number in order:
        ring = list(range(starts[number], starts[number + 1]))
        first = int(np.argmax(holes[number][:, 0]))
        polygon, bridge = _bridged(points, polygon, ring[first:] + ring[:first], edges)
        edges = np.concatenate([edges, bridge])
    return _clipped(points, polygon)


def _edges(loops: Sequence[Points]) -> Points:
    """Return every side of every loop, (E, 2, 2)."""
    return np.concatenate([np.stack([loop, np.roll(loop, -1, axis=0)], axis=1) for loop in loops])


def _bridged(points: Points, polygon: list[int], ring: list[int], edges: Points) -> tuple[list[int], Points]:
    """Insert a hole's ring, which starts at its rightmost point, at the nearest corner in sight; (polygon, bridge)."""
    here = points[ring[0]]
    distance = np.linalg.norm(points[polygon] - here, axis=1)
    for place in np.argsort(distance, kind="stable"):
        there = points[polygon[place]]
        # A corner with a bridge stands in the polygon several times, and each copy looks to its own side only.
        if not _crosses(here, there, edges) and _faces(points, polygon, int(place), here):
            return [*polygon[: place + 1], *ring, ring[0], *polygon[place:]], np.array([[here, there]])
    raise AssetError(
        f"slab: every hole must lie inside the outline, got one at ({here[0]:.4g}, {here[1]:.4g}) m that does not"
    )


def _crosses(start: Points, end: Points, edges: Points) -> bool:
    """Tell whether the segment meets an edge other than at a common end."""
    own = np.zeros(len(edges), bool)
    for tip in (start, end):
        own |= (np.abs(edges - tip).max(axis=2) == 0).any(axis=1)
    others = edges[~own]
    a, b = others[:, 0], others[:, 1]
    apart = _turn(start, end, a) * _turn(start, end, b) > 0
    beside = _turn(a, b, start) * _turn(a, b, end) > 0
    return bool((~(apart | beside)).any())


def _faces(points: Points, polygon: list[int], place: int, target: Points) -> bool:
    """Tell whether ``target`` lies inside the polygon's angle at ``place``."""
    before, here, after = (points[polygon[(place + step) % len(polygon)]] for step in (-1, 0, 1))
    right_of_way = _turn(here, after, target) > 0
    left_of_way = _turn(before, here, target) > 0
    convex = _turn(before, here, after) > 0
    return bool(right_of_way and left_of_way) if convex else bool(right_of_way or left_of_way)


def _turn(a: Points, b: Points, c: Points) -> Points:
    """Return twice the signed area of the triangles a, b, c: (2,) or (N, 2) each."""
    turned: Points = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return turned


def _clipped(points: Points, polygon: list[int]) -> Indices:
    left = np.asarray(polygon)
    flat = _TOUCHING * float(np.ptp(points, axis=0).max()) ** 2
    made = []
    while len(left) > 3:  # noqa: PLR2004 - a triangle
        place = _best_ear(points[left], flat)
        made.append((left[place - 1], left[place], left[(place + 1) % len(left)]))
        left = np.delete(left, place)
    if _turn(*points[left]) <= 0:
        raise AssetError(_CROSSED)
    made.append((left[0], left[1], left[2]))
    return np.array(made, dtype=np.int64)


def _best_ear(polygon: Points, flat: float) -> int:
    before, after = np.roll(polygon, 1, axis=0), np.roll(polygon, -1, axis=0)
    area = _turn(before, polygon, after)
    sides = [((one - two) ** 2).sum(axis=1) for one, two in ((before, polygon), (polygon, after), (after, before))]
    quality = area / np.max(sides, axis=0).clip(flat)
    for place in np.argsort(-quality, kind="stable"):
        if area[place] > flat and not _covers(before[place], polygon[place], after[place], polygon, flat):
            return int(place)
    raise AssetError(_CROSSED)


def _covers(a: Points, b: Points, c: Points, points: Points, flat: float) -> bool:
    """Tell whether a point other than the corners lies in the triangle or on its border."""
    inside: Mask = (_turn(a, b, points) >= -flat) & (_turn(b, c, points) >= -flat) & (_turn(c, a, points) >= -flat)
    for tip in (a, b, c):
        inside &= np.abs(points - tip).max(axis=1) > 0
    return bool(inside.any())
