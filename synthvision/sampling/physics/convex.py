"""A mesh as convex parts, which is what physics can make collide: once per mesh ever, kept on disk.

Each connected piece of the mesh is taken by itself. One that is concave is cut (``cutting.py``); each part is the hull
of what was cut off, so that together they enclose the mesh, and nothing sticks out that could pass through others.

A piece without an inside, because its surface is open, has to be wrapped first. CoACD does that (X. Wei et al.,
"Approximate Convex Decomposition for 3D Meshes with Collision-Aware Concavity and Tree Search", ACM Trans. Graphics
41(4), 2022), and cuts what it wrapped; it is not used for all, because a thousand triangles can take it a minute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from manifold3d import Error, Manifold, Mesh64
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError

from synthvision.assets.cache import Entry, Kind, kept
from synthvision.sampling.physics.cutting import cut
from synthvision.sampling.physics.principal_axes import principal_axes

Points = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Fineness:
    """How closely convex parts follow a mesh.

    Attributes:
        allowed: hollows no deeper than this may be closed, as a share of the longest side of the mesh.
        most_parts: of all concave pieces of a mesh together, but one for each.
    """

    allowed: float
    most_parts: int


FALLING = Fineness(0.02, 16)
"""Few parts, because of every two bodies that touch all parts are compared."""

STANDING = Fineness(0.01, 32)
"""What others fall into is followed closely: a bin has thin walls, and its parts cost little as they do not move."""

CONVEX_SHARE = 0.97
"""A piece that fills this share of its hull is convex as far as physics goes."""

_LEAST_THICKNESS = 2e-3
"""A flat piece is thickened to this share of its longest side: what has no volume cannot collide."""

_MOST_PIECES = 64
"""A mesh of more pieces than this, such as a triangle soup, is cut as one."""

_FORM = 8
"""Of the files in the cache; counts up when they, or how meshes are cut, change."""


_VERSIONS = "/".join(f"{name} {version(name)}" for name in ("coacd", "manifold3d"))

_WRAPPED_CELLS = 30
"""Cells along the longest side when an open piece is wrapped: that bounds the triangles, and so the time."""

_CONCAVITY = 5.0
"""CoACD's concavity, which is relative to half the size, where a hollow of the depth 1 is allowed."""


@dataclass(frozen=True, eq=False)
class _Piece:
    """A connected piece of a mesh: points (P, 3), triangles (T, 3) and its hull, or None if it is flat."""

    points: Points
    triangles: Indices
    hull: ConvexHull | None

    @property
    def is_convex(self) -> bool:
        return self.hull is None or _volume(self.points, self.triangles) >= CONVEX_SHARE * self.hull.volume

    @property
    def size(self) -> float:
        return float(np.ptp(self.points, axis=0).max())

    @property
    def corners(self) -> Points:
        """(N, 3): those of the hull."""
        return _thickened(self.points) if self.hull is None else self.points[self.hull.vertices]


def convex_parts(points: Points, triangles: Indices, fineness: Fineness = FALLING) -> tuple[Points, ...]:
    """Return the corners (N, 3) float64 of each convex part of a mesh with points (P, 3) and triangles (T, 3)."""
    pieces = tuple(_pieces(points, triangles))
    if all(piece.is_convex for piece in pieces):
        return tuple(piece.corners for piece in pieces)
    return kept(PARTS, _key(points, triangles, fineness), lambda: tuple(_cut(pieces, fineness)))


def is_closed(triangles: Indices) -> bool:
    """Say whether every edge belongs to two of the triangles (T, 3)."""
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    counts = np.unique(edges, axis=0, return_counts=True)[1]
    return bool((counts == 2).all())  # noqa: PLR2004 (one triangle on each side)


def _key(points: Points, triangles: Indices, fineness: Fineness) -> str:
    digest = hashlib.sha256(f"{_FORM}/{_VERSIONS}/{fineness}/{points.shape}".encode())
    digest.update(np.ascontiguousarray(points).tobytes())
    digest.update(np.ascontiguousarray(triangles).tobytes())
    return digest.hexdigest()


def _pieces(points: Points, triangles: Indices) -> Iterator[_Piece]:
    starts, ends = triangles[:, [0, 1]].ravel(), triangles[:, [1, 2]].ravel()
    links = coo_array((np.ones(len(starts), bool), (starts, ends)), shape=(len(points), len(points)))
    numbers = connected_components(links, directed=False)[1][triangles[:, 0]]
    found = np.unique(numbers)
    if len(found) > _MOST_PIECES:
        numbers, found = np.zeros_like(numbers), np.zeros(1, numbers.dtype)
    for number in found:
        used, own = np.unique(triangles[numbers == number], return_inverse=True)
        corners, own = np.ascontiguousarray(points[used]), own.reshape(-1, 3)
        yield _Piece(corners, own if _volume(corners, own) >= 0 else own[:, ::-1], _hull(corners))


def _hull(points: Points) -> ConvexHull | None:
    try:
        return ConvexHull(points)
    except QhullError:
        return None


def _volume(points: Points, triangles: Indices) -> float:
    """Return the volume that closed triangles enclose, m³ (sum of signed tetrahedra)."""
    a, b, c = np.moveaxis(points[triangles] - points.mean(axis=0), 1, 0)
    return float((a * np.cross(b, c)).sum() / 6)


def _thickened(points: Points) -> Points:
    """Give a flat mesh a little thickness along the direction in which it has none."""
    off = principal_axes(points)[0] * (_LEAST_THICKNESS / 2 * float(np.ptp(points, axis=0).max()))
    return np.concatenate([points - off, points + off])


def _cut(pieces: Sequence[_Piece], fineness: Fineness) -> Iterator[Points]:
    """Yield the parts of all pieces."""
    points = np.concatenate([piece.points for piece in pieces])
    size = float(np.ptp(points, axis=0).max())
    yield from (piece.corners for piece in pieces if piece.is_convex)
    concave = [piece for piece in pieces if not piece.is_convex]
    solids = [_solid(piece, size) for piece in concave]
    most = max(2, fineness.most_parts // len(concave))
    for piece, solid in zip(concave, solids, strict=True):
        if solid is None:
            yield from _wrapped(piece, _CONCAVITY * fineness.allowed * size / piece.size, most)
    closed = [solid for solid in solids if solid is not None]
    yield from (part * size for part in cut(closed, fineness.allowed, most * len(closed)))


def _solid(piece: _Piece, size: float) -> Manifold | None:
    """Return a piece, as a share of the size, as a solid; None if it has no inside."""
    points, triangles = piece.points / size, np.ascontiguousarray(piece.triangles, np.uint64)
    found = Manifold(Mesh64(np.ascontiguousarray(points), triangles))
    return found if found.status() == Error.NoError else None


def _wrapped(piece: _Piece, concavity: float, most: int) -> Iterator[Points]:
    """Yield the parts of an open piece."""
    if concavity >= 1:
        yield piece.corners
        return
    import coacd  # noqa: PLC0415 (loads slowly, and is needed only where an open mesh is new)

    coacd.set_log_level("off")
    found = coacd.run_coacd(
        coacd.Mesh(piece.points, np.ascontiguousarray(piece.triangles, np.int32)),
        threshold=concavity,
        max_convex_hull=most,
        preprocess_mode="on",
        preprocess_resolution=_WRAPPED_CELLS,
        resolution=500,
        # With fewer, bad cuts make more pieces, which costs more than it saves.
        mcts_nodes=8,
        mcts_iterations=20,
        mcts_max_depth=2,
        seed=0,
    )
    for corners, _ in found:
        part = np.asarray(corners, np.float64)
        hull = _hull(part)
        if hull is not None:
            yield part[hull.vertices]


def _pack(parts: tuple[Points, ...]) -> Entry:
    return Entry({"corners": np.concatenate(parts), "counts": np.array([len(part) for part in parts])})


def _unpack(entry: Entry) -> tuple[Points, ...]:
    return tuple(np.split(entry.arrays["corners"], np.cumsum(entry.arrays["counts"])[:-1]))


PARTS = Kind("convex", _pack, _unpack)
