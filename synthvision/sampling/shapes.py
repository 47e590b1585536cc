"""What placement needs to know of a mesh, worked out once: hull, edges, a ray tracer, parts, stable poses."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError

from synthvision import elementary
from synthvision.assets.types import Mesh
from synthvision.sampling.boards import Board, find_boards
from synthvision.sampling.stable_poses import StablePose, flat_poses, stable_poses

if TYPE_CHECKING:
    from synthvision.sampling.physics.solids import Solid

_MAX_MITRE = 3.0
"""How much farther than its faces a sharp corner moves at most when a surface is moved outwards."""

_FEW = 16
"""Every so many-th edge is tried before all of them."""

_NEVER = 1e30
"""Embree's distance where nothing is met is larger than this."""

Points = NDArray[np.float64]


class Shape:
    """The geometry of one mesh in its own frame, metres; everything is made when first asked for.

    Corners at the same place are welded, so split normals or UV seams open no cracks.
    """

    def __init__(self, mesh: Mesh) -> None:
        points, corners = _welded(mesh)
        self.points: Points = np.asfortranarray(points, np.float64)
        """(P, 3) float64, column by column for speed."""
        self.triangles: NDArray[np.int64] = corners
        """(T, 3) indices into ``points``."""
        self.bounds: Points = np.stack([self.points.min(axis=0), self.points.max(axis=0)])
        """(2, 3): least and greatest corner."""

    @cached_property
    def hull(self) -> ConvexHull | None:
        """The convex hull, or None for a flat mesh, which has none."""
        try:
            return ConvexHull(self.points)
        except QhullError:
            return None

    @cached_property
    def hull_points(self) -> Points:
        """(H, 3): points whose bounds are the mesh's bounds, whichever way it is turned."""
        return self.points if self.hull is None else np.asfortranarray(self.points[self.hull.vertices])

    @cached_property
    def convex_parts(self) -> tuple[Points, ...]:
        """The corners (N, 3) of convex parts that enclose the mesh together."""
        from synthvision.sampling.physics.convex import convex_parts  # noqa: PLC0415 - physics is slow to load, and most recipes let nothing fall

        return convex_parts(self.points, self.triangles)

    @cached_property
    def fine_parts(self) -> tuple[Points, ...]:
        """As ``convex_parts``, but more of them, which follow the mesh more closely."""
        from synthvision.sampling.physics.convex import STANDING, convex_parts  # noqa: PLC0415 - physics is slow to load, and most recipes let nothing fall

        return convex_parts(self.points, self.triangles, STANDING)

    @cached_property
    def solid(self) -> Solid:
        """Its volume, and how that is spread."""
        from synthvision.sampling.physics.solids import solid_of  # noqa: PLC0415 - physics is slow to load, and most recipes let nothing fall

        return solid_of(self.points, self.triangles, self.convex_parts)

    @cached_property
    def stable_poses(self) -> tuple[StablePose, ...]:
        """The ways in which the mesh comes to rest on a plane, with their probabilities."""
        if self.hull is not None:
            return stable_poses(self.hull)
        crosses = area_vectors(self.points[self.triangles])
        largest = (crosses * crosses).sum(axis=1).argmax()
        return flat_poses(_units(crosses[largest : largest + 1])[0])

    @cached_property
    def ball(self) -> tuple[Points, float]:
        """A ball around the mesh: the middle of its box (3,), and the distance to the farthest point."""
        centre: Points = self.bounds.mean(axis=0)
        gaps = self.hull_points - centre
        return centre, float(np.sqrt((gaps * gaps).sum(axis=1).max()))

    @cached_property
    def boards(self) -> tuple[Board, ...]:
        """Its level boards, if it is a shelf."""
        return find_boards(self)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """(E, 2) indices into ``points``, each edge once."""
        sides = np.sort(self.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        keys = np.unique(sides[:, 0] * len(self.points) + sides[:, 1])
        return np.asfortranarray(np.stack(np.divmod(keys, len(self.points)), axis=1))

    @cached_property
    def outward(self) -> Points:
        """(P, 3): how a point moves when every face moves outwards by one metre; sharp corners at most three metres."""
        normals = _face_normals(self.points[self.triangles])
        corners = self.triangles.ravel()
        weights = _corner_angles(self.points[self.triangles]).reshape(-1, 1) * np.repeat(normals, 3, axis=0)
        summed = np.zeros_like(self.points)
        for axis in range(3):  # adds in the order of the corners, as np.add.at does, but quicker
            summed[:, axis] = np.bincount(corners, weights[:, axis], len(self.points))
        directions = _units(summed)
        along = np.einsum("ij,ij->i", directions[corners], np.repeat(normals, 3, axis=0))
        least = np.ones(len(self.points))
        np.minimum.at(least, corners, along)
        return np.asfortranarray(directions / np.maximum(least, 1 / _MAX_MITRE)[:, None])

    @cached_property
    def tracer(self) -> EmbreeScene:
        """An Embree scene of the triangles in float32."""
        scene = EmbreeScene()
        TriangleMesh(scene, np.ascontiguousarray(self.points, np.float32), self.triangles.astype(np.int32))
        return scene

    @cached_property
    def part_points(self) -> Points:
        """(C, 3): one point of each connected part."""
        size = len(self.points)
        links = coo_array((np.ones(len(self.edges), bool), (self.edges[:, 0], self.edges[:, 1])), shape=(size, size))
        _, parts = connected_components(links, directed=False)
        return self.points[np.unique(parts, return_index=True)[1]]

    def crossed_by(self, points: Points, edges: NDArray[np.int64]) -> bool:
        """Say whether any of the edges (E, 2) between points (N, 3) crosses a triangle."""
        sides = self._outside(points)
        if np.bitwise_and.reduce(sides):
            return False
        # An edge with both ends beyond the same side of the box cannot cross anything in it.
        near = np.flatnonzero((sides[edges[:, 0]] & sides[edges[:, 1]]) == 0)
        # A few of them find a deep overlap; all of them are needed to say that there is none.
        return any(self._meets(points, edges[some]) for some in (near[::_FEW], near) if len(some))

    def _meets(self, points: Points, edges: NDArray[np.int64]) -> bool:
        origins = points[edges[:, 0]].astype(np.float32, order="C")
        along = points[edges[:, 1]].astype(np.float32, order="C") - origins
        met = self.tracer.run(origins, along, np.ones(len(edges), np.float32), query="OCCLUDED")
        return bool((met >= 0).any())

    def _outside(self, points: Points) -> NDArray[np.uint8]:
        """Return for each point (N, 3) a bit for each side of the box that it is beyond (Cohen and Sutherland)."""
        codes = np.zeros(len(points), np.uint8)
        for axis in range(3):
            codes |= (points[:, axis] < self.bounds[0, axis]).view(np.uint8) << (2 * axis)
            codes |= (points[:, axis] > self.bounds[1, axis]).view(np.uint8) << (2 * axis + 1)
        return codes

    def contains(self, points: Points) -> bool:
        """Say whether any of the points (N, 3) is inside: winding number above one half, so small holes do no harm."""
        low, high = self.bounds
        within = points[((points > low) & (points < high)).all(axis=1)]
        return any(abs(winding_number(self.points[self.triangles], point)) > 0.5 for point in within)  # noqa: PLR2004 - one half

    def distances_along(self, points: Points, direction: tuple[float, float, float]) -> Points:
        """Return how far (N,) the surface is from points (N, 3), in lengths of the direction; inf: never."""
        origins = np.ascontiguousarray(points, np.float32)
        along = np.ascontiguousarray(np.broadcast_to(np.array(direction, np.float32), origins.shape))
        distances = self.tracer.run(origins, along, query="DISTANCE").astype(np.float64)
        return np.where(distances < _NEVER, distances, np.inf)

    def distance(self, point: Points) -> float:
        """Return the distance of a point (3,) from the surface."""
        return distance_to_triangles(self.points[self.triangles], point)


def _welded(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the distinct places (P, 3) of the used vertices, in ascending order, and each triangle's three of them."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.triangles] = True
    vertices = mesh.vertices[used]
    order = np.lexsort(vertices.T[::-1])
    ordered = vertices[order]
    first = np.ones(len(order), bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(first) - 1
    return ordered[first], place[(np.cumsum(used) - 1)[mesh.triangles]]


class ShapeStore:
    """The shapes used lately, by content hash; the oldest go when there are more than ``max_triangles`` in all."""

    def __init__(self, max_triangles: int = 5_000_000) -> None:
        self._max_triangles = max_triangles
        self._held: OrderedDict[str, Shape] = OrderedDict()

    def shape(self, mesh: Mesh) -> Shape:
        """Return the shape of a mesh, made at most once as long as it is held."""
        key = mesh.content_hash
        if key not in self._held:
            self._held[key] = Shape(mesh)
            while (
                len(self._held) > 1 and sum(len(held.triangles) for held in self._held.values()) > self._max_triangles
            ):
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


def winding_number(corners: Points, point: Points) -> float:
    """Return how often triangles (T, 3, 3) wind around a point (3,): 1 inside a closed mesh, 0 outside.

    A. Van Oosterom and J. Strackee, "The Solid Angle of a Plane Triangle", IEEE Trans. Biomed. Eng. 30(2), 1983.
    """
    a, b, c = np.moveaxis(corners - point, 1, 0)
    length_a, length_b, length_c = (np.sqrt((side * side).sum(axis=1)) for side in (a, b, c))
    volume = (a * np.cross(b, c)).sum(axis=1)
    solid = length_a * length_b * length_c
    solid += (a * b).sum(axis=1) * length_c + (b * c).sum(axis=1) * length_a + (c * a).sum(axis=1) * length_b
    return float(elementary.arctan2(volume, solid).sum() / (2 * np.pi))


def distance_to_triangles(corners: Points, point: Points) -> float:
    """Return the distance of a point (3,) from triangles (T, 3, 3): from the inside if over it, else a side."""
    starts = corners.reshape(-1, 3)
    sides = np.roll(corners, -1, axis=1).reshape(-1, 3) - starts
    squared = np.maximum((sides * sides).sum(axis=1), np.finfo(float).tiny)
    along = np.clip(((point - starts) * sides).sum(axis=1) / squared, 0, 1)
    gaps = point - (starts + along[:, None] * sides)
    nearest = float((gaps * gaps).sum(axis=1).min())
    normals = _face_normals(corners)
    inward: Points = np.cross(np.repeat(normals, 3, axis=0), sides)
    over = (((point - starts) * inward).sum(axis=1).reshape(-1, 3) >= 0).all(axis=1) & normals.any(axis=1)
    heights = ((point - corners[over, 0]) * normals[over]).sum(axis=1)
    return float(np.sqrt(min(nearest, float((heights * heights).min()) if len(heights) else nearest)))


def _face_normals(corners: Points) -> Points:
    """Return unit normals (T, 3); 0 for a triangle without area."""
    return _units(area_vectors(corners))


def area_vectors(corners: Points) -> Points:
    """Return normals (T, 3) with twice the triangle's area as their length."""
    vectors: Points = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return vectors


def _corner_angles(corners: Points) -> Points:
    """Return the angle at each corner (T, 3), radians."""
    after = corners.take((1, 2, 0), axis=1) - corners
    before = corners.take((2, 0, 1), axis=1) - corners
    angles: Points = elementary.arctan2(
        np.sqrt((np.cross(after, before) ** 2).sum(axis=2)), (after * before).sum(axis=2)
    )
    return angles


def _units(vectors: Points) -> Points:
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    scaled: Points = vectors / np.where(lengths > 0, lengths, 1.0)
    return scaled
