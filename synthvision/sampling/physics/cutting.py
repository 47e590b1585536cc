"""Cutting a solid into parts whose hulls leave its hollows free.

Of a few dozen ways to cut a part – planes along its axes and through its inner edges, fans of planes around its axes –
the one is taken that frees most for every part more; at the end parts whose common hull closes nothing are joined. All
is bounded by the number of parts and does not look at a clock, so that the same mesh has the same parts everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from synthvision import elementary
from synthvision.sampling.physics.hollows import Hollows, Points, hollows_of
from synthvision.sampling.physics.principal_axes import principal_axes

Plane: TypeAlias = tuple[Points, float]
"""Unit normal (3,), and distance from the origin along it."""

_SIMPLER = 0.005
"""How far the surface may move when small detail is taken away before cutting, as a share of the size."""

_LOST = 0.05
"""Share of its volume that a solid may lose by that: more, and it is a sheet that would vanish."""

_ALONG = (1 / 4, 2 / 4, 3 / 4)
"""Where a part is cut across an axis, as a share of its length."""

_FANS = (2, 3)
"""Numbers of planes around an axis of the mesh."""

_EDGES = 6
"""Planes through inner edges that are tried."""

_SHARPEST = 0.2
"""Inner edges turn by more than this, radians; less is a curved surface."""

_EQUAL = (1 / 16, 1 / 60)
"""Planes are equal whose normals and distances differ by no more than about this."""

_SPLINTER = 1e-7
"""Volume below which a piece is none."""

_CRUMBS = 64
"""What falls into more pieces than this is not taken apart any more, which would take seconds."""

_UPRIGHT = 0.99
"""Cosine of the angle below which a part's own axes are those of the mesh."""

_ON_IT = 1e-4
"""Points no farther than this outside a part are on it."""

_TOUCHING = 1e-3
"""Parts that are farther apart than this are not joined."""

_SAME = 1.02
"""Parts are joined if their common hull closes no more than this times what they close apart."""


@dataclass(frozen=True, eq=False)
class _Part:
    """A piece of a solid.

    Attributes:
        piece: cut out of the solid.
        corners: (N, 3): those of its hull.
        planes: (F, 4): of its hull, facing outwards.
        closed: what the hull closes of the hollows.
        hollows: those of the whole solid.
    """

    piece: Manifold
    corners: Points
    planes: Points
    closed: Hollows
    hollows: Hollows


def cut(solids: Sequence[Manifold], allowed: float, most: int) -> list[Points]:
    """Return the corners (N, 3) of convex parts that enclose solids together: at most so many, but one for each solid.

    Args:
        solids: the connected pieces of a mesh of the size 1.
        allowed: hollows no deeper than this may be closed.
        most: number of parts in all.
    """
    parts: list[_Part] = []
    for solid in solids:
        simpler = _simpler(solid)
        hollows = hollows_of(simpler, allowed)
        parts += _parts([simpler], hollows, hollows)
    for _ in range(2):
        # Joining makes room for more.
        parts = _joined(_cut_deepest(parts, most))
    return _enclosing(parts, np.concatenate([_vertices(solid) for solid in solids])) if parts else []


def _enclosing(parts: Sequence[_Part], points: Points) -> list[Points]:
    """Return the corners of parts that enclose all points, too: those that were simplified away."""
    outside = np.stack(
        [(elementary.matmul(points, part.planes[:, :3].T) + part.planes[:, 3]).max(axis=1) for part in parts]
    )
    nearest = np.where(outside.min(axis=0) > _ON_IT, outside.argmin(axis=0), -1)
    corners = [np.concatenate([part.corners, points[nearest == number]]) for number, part in enumerate(parts)]
    return [found[ConvexHull(found).vertices] for found in corners]


def _simpler(solid: Manifold) -> Manifold:
    found = solid.simplify(_SIMPLER)
    return found if found.volume() > (1 - _LOST) * solid.volume() else solid


def _parts(pieces: Sequence[Manifold], closed: Hollows, hollows: Hollows) -> Iterator[_Part]:
    for piece in pieces:
        points = _vertices(piece)
        try:
            hull = ConvexHull(points)
        except QhullError:
            # A splinter without volume.
            continue
        yield _Part(piece, points[hull.vertices], hull.equations, closed.within(hull.equations), hollows)


def _vertices(solid: Manifold) -> Points:
    points: Points = np.asarray(solid.to_mesh64().vert_properties, np.float64)[:, :3]
    return points


def _cut_deepest(parts: Sequence[_Part], most: int) -> list[_Part]:
    """Cut, again and again, the part that closes most, until there are so many, or none can be bettered."""
    left, done = list(parts), list[_Part]()
    while left and len(left) + len(done) < most:
        part = max(left, key=lambda one: one.closed.weight)
        left.remove(part)
        found = _best(part, most - len(left) - len(done)) if part.closed.weight > 0 else []
        left += found
        done += [] if found else [part]
    return done + left


def _best(part: _Part, most: int) -> list[_Part]:
    """Return the parts of the best cut, which are at most so many; none if no cut frees anything."""
    few = part.closed.thinned
    best: list[_Part] = []
    best_gain = 0.0
    crumbles = False
    for planes in _ways(part.piece):
        sides = _sides(part.piece, planes)
        pieces = sides if crumbles else [one for side in sides for one in side.decompose() if one.volume() > _SPLINTER]
        crumbles = crumbles or len(pieces) > _CRUMBS
        found = list(_parts(pieces if len(pieces) <= most else sides, few, part.hollows))
        gain = (few.weight - sum(one.closed.weight for one in found)) / max(len(found), 1)
        if 1 < len(found) <= most and gain > best_gain:
            best, best_gain = found, gain
    return [replace(one, closed=part.closed.within(one.planes)) for one in best]


def _sides(solid: Manifold, planes: Sequence[Plane]) -> list[Manifold]:
    """Return what is left of a solid between planes."""
    sides = [solid]
    for normal, distance in planes:
        sides = [half for side in sides for half in side.split_by_plane(normal, distance)]
    return [side for side in sides if side.volume() > _SPLINTER]


def _ways(solid: Manifold) -> Iterator[list[Plane]]:
    """Yield the ways to cut a solid, each some planes that go through all of it."""
    points = _vertices(solid)
    yield from _across(points, np.eye(3))
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    first, second, third = np.eye(3)
    for pair in ((first, second), (second, third), (third, first)):
        yield from (_fan(count, *pair, middle) for count in _FANS)
    own = principal_axes(points)
    if np.abs(own).max(axis=1).min() < _UPRIGHT:
        yield from _across(points, own)
    yield from ([plane] for plane in _inner_planes(solid))


def _across(points: Points, axes: Points) -> Iterator[list[Plane]]:
    """Yield planes across axes (3, 3), one per row, between points."""
    along = elementary.matmul(points, axes.T)
    ends = zip(along.min(axis=0).tolist(), along.max(axis=0).tolist(), strict=True)
    for axis, (low, high) in zip(axes, ends, strict=True):
        yield from ([(axis, low + share * (high - low))] for share in _ALONG)


def _fan(count: int, first: Points, second: Points, middle: Points) -> list[Plane]:
    """Return planes around an axis through a point, whose normals lie between two directions."""
    angles = (np.pi * np.arange(count) / count).tolist()
    normals = [first * elementary.cos(angle) + second * elementary.sin(angle) for angle in angles]
    return [(normal, float(elementary.matmul(normal, middle))) for normal in normals]


def _inner_planes(solid: Manifold) -> list[Plane]:
    """Return the planes of the faces at inner (reflex) edges: a few, those along most of such edges first."""
    middles, normals, weights = _inner_edges(solid)
    if not len(weights):
        return []
    turned = elementary.matmul(normals, (1.0, 1e-3, 1e-6)) < 0
    normals = np.where(turned[:, None], -normals, normals)
    distances = (normals * middles).sum(axis=1)
    steps = np.concatenate([normals / _EQUAL[0], distances[:, None] / _EQUAL[1]], axis=1)
    _, first, group = np.unique(np.round(steps).astype(np.int64), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(-np.bincount(group.ravel(), weights), kind="stable")[:_EDGES]
    return [(normals[number], float(distances[number])) for number in first[order]]


def _inner_edges(solid: Manifold) -> tuple[Points, Points, Points]:
    """Return for both faces (2E) of inner edges: the middle of the edge (2E, 3), normal (2E, 3), length times angle."""
    points, triangles = _vertices(solid), np.asarray(solid.to_mesh64().tri_verts).astype(np.int64)
    first, second, third = np.moveaxis(points[triangles], 1, 0)
    normals = np.cross(second - first, third - first)
    normals /= np.maximum(np.linalg.norm(normals, axis=1), np.finfo(float).tiny)[:, None]
    one, other, starts, ends = _edge_faces(triangles, len(points))
    along = points[ends] - points[starts]
    lengths = np.maximum(np.linalg.norm(along, axis=1), np.finfo(float).tiny)
    sines = (np.cross(normals[one], normals[other]) * along).sum(axis=1) / lengths
    angles = elementary.arctan2(sines, (normals[one] * normals[other]).sum(axis=1))
    inner = np.flatnonzero(angles < -_SHARPEST)
    middles = (points[starts[inner]] + points[ends[inner]]) / 2
    weights = -angles[inner] * lengths[inner]
    both = np.concatenate([normals[one[inner]], normals[other[inner]]])
    return np.concatenate([middles, middles]), both, np.concatenate([weights, weights])


def _edge_faces(
    triangles: NDArray[np.int64], points: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return for each edge (E,) of closed triangles the two at it, and start and end as the first runs along it."""
    edges = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    keys = edges.min(axis=1) * points + edges.max(axis=1)
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(keys[order][:-1] == keys[order][1:])
    one, other = order[first], order[first + 1]
    return one // 3, other // 3, edges[one, 0], edges[one, 1]


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Join parts of a solid whose common hull closes no more than they do."""
    left = list(parts)
    number = 1
    while number < len(left):
        pairs = ((one, _both(one, left[number])) for one in left[:number])
        one, both = next((pair for pair in pairs if pair[1] is not None), (None, None))
        if one is None or both is None:
            number += 1
            continue
        del left[number]
        left.remove(one)
        left.append(both)
        # All before are known not to go together; the new one comes last.
        number = max(1, number - 1)
    return left


def _both(one: _Part, other: _Part) -> _Part | None:
    """Return two parts as one, or None if they should not be."""
    if one.hollows is not other.hollows or _apart(one.corners, other.corners):
        return None
    corners = np.concatenate([one.corners, other.corners])
    hull = ConvexHull(corners)
    for hollows in (one.hollows.thinned, one.hollows):
        closed = hollows.within(hull.equations)
        before = hollows.within(one.planes).weight + hollows.within(other.planes).weight
        if closed.weight > _SAME * before:
            return None
    return _Part(one.piece + other.piece, corners[hull.vertices], hull.equations, closed, one.hollows)


def _apart(corners: Points, others: Points) -> bool:
    """Say whether the boxes around two parts are apart."""
    above = corners.min(axis=0) > others.max(axis=0) + _TOUCHING
    below = corners.max(axis=0) < others.min(axis=0) - _TOUCHING
    return bool((above | below).any())
