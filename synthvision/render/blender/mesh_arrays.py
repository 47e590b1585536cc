"""A mesh as the arrays that Blender has of it: without Blender, so that any thread can make them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Mesh

UV_MAP = "uv"
_CREASE = 1e-3
"""Normals of two triangles at a common corner that differ by more than this, in any part, make a crease."""

Number = TypeVar("Number", bound=np.generic)
Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class MeshArrays:
    """A mesh of V vertices, E edges and T triangles, all arrays flat.

    Attributes:
        positions: (3 V,) of the vertices.
        edges: (2 E,) the vertices of each edge.
        corner_vertices, corner_edges: (3 T,) of each corner its vertex, and the edge to the next corner.
        first_corners: (T,) of the triangles.
        slots: (T,) of the triangles.
        uvs: (6 T,) of the corners, or None.
        normals: (9 T,) of the corners, or None for flat shading.
        creases: (E,) across which edges the normals jump; None where there are no normals.
    """

    positions: Floats
    edges: Integers
    corner_vertices: Integers
    corner_edges: Integers
    first_corners: Integers
    slots: Integers
    uvs: Floats | None
    normals: Floats | None
    creases: NDArray[np.bool_] | None

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = (getattr(self, field.name) for field in fields(self))
        return sum(array.nbytes for array in arrays if array is not None)


def mesh_arrays(mesh: Mesh) -> MeshArrays:
    """Return the arrays of a mesh.

    Triangles with a vertex twice have no area, so no ray meets them. Blender cannot make edges of them, and they are
    left out.
    """
    first, second, third = mesh.triangles.T
    whole = (first != second) & (second != third) & (third != first)
    if whole.all():
        triangles, slots, uvs, normals = mesh.triangles, mesh.slots, mesh.uvs, mesh.normals
    else:
        triangles, slots = mesh.triangles[whole], mesh.slots[whole]
        uvs, normals = (None if one is None else one[whole] for one in (mesh.uvs, mesh.normals))
    vertex_of = _flat(triangles, np.int32)
    edges, edge_of = _edges(triangles)
    normals = None if normals is None else _flat(normals, np.float32)
    return MeshArrays(
        _flat(mesh.vertices, np.float32),
        edges.reshape(-1),
        vertex_of,
        edge_of,
        np.arange(0, 3 * len(triangles), 3, dtype=np.int32),
        _flat(slots, np.int32),
        None if uvs is None else _flat(uvs, np.float32),
        normals,
        None if normals is None else creased(edge_of, vertex_of, normals.reshape(-1, 3), len(edges)),
    )


def _edges(triangles: Integers) -> tuple[Integers, Integers]:
    """Return the vertices of each edge (E, 2), and of each corner (3 T,) the edge from it to the next."""
    following = triangles[:, [1, 2, 0]]
    least, greatest = np.minimum(triangles, following), np.maximum(triangles, following)
    both = (least.astype(np.int64) << 32 | greatest).reshape(-1)
    found, edge_of = np.unique(both, return_inverse=True)
    edges = np.stack([found >> 32, found & 0xFFFFFFFF], axis=1).astype(np.int32)
    return edges, edge_of.astype(np.int32)


def creased(
    edge_of: NDArray[np.int32], vertex_of: NDArray[np.int32], normals: NDArray[np.float32], edges: int
) -> NDArray[np.bool_]:
    """Return across which edges (E,) the normals jump: all that meet at one end, in any part, by more than 1e-3.

    Args:
        edge_of, vertex_of: of each corner (3 T,), triangle by triangle: the edge to the next corner, and the vertex.
        normals: (3 T, 3) at the corners.
        edges: E; each has a triangle or more.
    """
    corner = np.arange(len(edge_of))
    following = corner.reshape(-1, 3)[:, [1, 2, 0]].reshape(-1)
    swap = vertex_of > vertex_of[following]
    # Where a triangle has the ends of its edges: that with the least vertex, and the other.
    ends = np.where(swap, following, corner), np.where(swap, corner, following)
    one, other = np.empty(edges, np.intp), np.empty(edges, np.intp)
    one[edge_of] = corner
    other[edge_of[::-1]] = corner[::-1]
    jumps = [np.abs(normals[end[one]] - normals[end[other]]) > _CREASE for end in ends]
    sharp: NDArray[np.bool_] = (jumps[0] | jumps[1]).any(axis=1)
    crowded = np.bincount(edge_of, minlength=edges) > 2  # noqa: PLR2004 - the triangles of an edge of a closed surface
    if crowded.any():
        _judge_crowded(sharp, crowded, edge_of, [normals[end] for end in ends])
    return sharp


def _judge_crowded(
    sharp: NDArray[np.bool_],
    crowded: NDArray[np.bool_],
    edge_of: NDArray[np.int32],
    ends: list[NDArray[np.float32]],
) -> None:
    """Compare all triangles of the edges that have more than two; changes ``sharp``."""
    some = np.flatnonzero(crowded[edge_of])
    order = some[np.argsort(edge_of[some], kind="stable")]
    starts = np.flatnonzero(np.diff(edge_of[order], prepend=-1))
    there = np.concatenate([end[order] for end in ends], axis=1)
    spread = np.maximum.reduceat(there, starts) - np.minimum.reduceat(there, starts)
    sharp[edge_of[order[starts]]] = (spread > _CREASE).any(axis=1)


def _flat(array: NDArray[Any], dtype: type[Number]) -> NDArray[Number]:
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1)
