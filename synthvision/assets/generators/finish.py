"""From triangle soup to a mesh: welding, shading normals, float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthvision import elementary
from synthvision.assets.generators.solids import SAME_PLACE_M, Points, Solid
from synthvision.assets.types import Asset, Material, Mesh

Integers = NDArray[np.int64]


def finish(solid: Solid, materials: Sequence[Material], images: Mapping[str, NDArray[np.uint8]] | None = None) -> Asset:
    """Weld a solid and give it shading normals; it is returned as an asset that stands on z = 0."""
    corners = solid.corners - np.array([0.0, 0.0, solid.corners[..., 2].min()])
    vertices, triangles = _welded(corners)
    mesh = Mesh(
        vertices=vertices.astype(np.float32),
        triangles=triangles.astype(np.int32),
        slots=solid.slots,
        uvs=solid.uvs.astype(np.float32),
        normals=_corner_normals(vertices, triangles, solid.creases_deg).astype(np.float32),
    )
    return Asset(mesh, tuple(materials), MappingProxyType(dict(images or {})))


def _welded(corners: Points) -> tuple[Points, Integers]:
    """Merge corners of one micrometre cell. The odd offset keeps round numbers away from the cells' borders."""
    flat = corners.reshape(-1, 3)
    cells = np.floor(flat / SAME_PLACE_M + 0.31831).astype(np.int64)
    order = np.lexsort(cells.T)
    ordered = cells[order]
    starts = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])
    index = np.empty(len(flat), dtype=np.int64)
    index[order] = np.cumsum(starts) - 1
    return flat[order[starts]], index.reshape(-1, 3)


def _corner_normals(vertices: Points, triangles: Integers, creases_deg: Points) -> Points:
    """Average face normals (weighted by area and corner angle) over faces that meet at a vertex without a crease."""
    faces = vertices[triangles]
    double_areas = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    sizes = np.linalg.norm(double_areas, axis=1, keepdims=True)
    flat = double_areas / sizes
    count, fan = _fans(triangles, flat, creases_deg)
    weighted = (double_areas[:, None] * _corner_angles(faces)[..., None]).reshape(-1, 3)
    sums = np.stack([np.bincount(fan, weights=weighted[:, axis], minlength=count) for axis in range(3)], axis=1)
    summed = sums[fan].reshape(-1, 3, 3)
    normals = summed / np.linalg.norm(summed, axis=2, keepdims=True)
    # Where a fan bends so far that its mean would face away from one of its faces, that face is shaded flat.
    turned_away = np.einsum("tcx,tx->tc", normals, flat) < 0.1  # noqa: PLR2004 - cosine, about 84 degrees
    return np.where(turned_away[..., None], flat[:, None], normals)


def _corner_angles(faces: Points) -> Points:
    ahead = np.roll(faces, -1, axis=1) - faces
    back = np.roll(faces, 1, axis=1) - faces
    cosine = np.einsum("tcx,tcx->tc", ahead, back)
    sine = np.linalg.norm(np.cross(ahead, back), axis=2)
    angles: Points = elementary.arctan2(sine, cosine)
    return angles


def _fans(triangles: Integers, flat: Points, creases_deg: Points) -> tuple[int, NDArray[np.int32]]:
    """Number the groups of corners that share a normal: same vertex, linked through smooth edges."""
    first, second = _edge_pairs(triangles)
    here, there = first // 3, second // 3
    cosine = np.einsum("ex,ex->e", flat[here], flat[there])
    smooth = cosine > elementary.cos(np.radians(np.minimum(creases_deg[here], creases_deg[there])))
    first, second = first[smooth], second[smooth]
    # Corner k starts half-edge k; across the edge it lies beside the corner that ends the other half-edge.
    links = np.concatenate([np.stack([first, _next(second)]), np.stack([_next(first), second])], axis=1)
    size = triangles.size
    graph = coo_matrix((np.ones(links.shape[1], dtype=bool), (links[0], links[1])), shape=(size, size))
    count, fan = connected_components(graph, directed=False)
    return int(count), fan


def _next(half_edge: Integers) -> Integers:
    return np.where(half_edge % 3 == 2, half_edge - 2, half_edge + 1)  # noqa: PLR2004 - the last of three corners


def _edge_pairs(triangles: Integers) -> tuple[Integers, Integers]:
    """Return pairs of half-edges (3·triangle + corner it starts at) that run along one edge in opposite directions."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    size = int(triangles.max()) + 1
    forward, backward = start * size + end, end * size + start
    order = np.argsort(forward, kind="stable")
    place = np.clip(np.searchsorted(forward[order], backward), 0, len(order) - 1)
    partner = order[place]
    half_edges = np.arange(len(start))
    paired = (forward[partner] == backward) & (half_edges < partner)
    return half_edges[paired], partner[paired]
