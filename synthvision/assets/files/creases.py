"""Shading normals for meshes that come without: smooth, except across edges sharper than a crease angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthvision import elementary
from synthvision.assets.files.parts import Floats, Indices

CREASE_DEG = 35.0


def face_normals(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """Return unit normals (T, 3) and twice the areas (T,); every triangle must have an area."""
    corners = vertices.astype(np.float64)[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    double_area: Floats = np.linalg.norm(cross, axis=1)
    normals: Floats = cross / double_area[:, None]
    return normals, double_area


def crease_normals(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32], crease_deg: float = CREASE_DEG
) -> Floats:
    """Return (T, 3, 3) float64 unit normals per corner.

    Corners around a vertex share a normal when one can walk between them across edges that exactly two triangles
    share, wound alike, whose normals differ by less than ``crease_deg`` (Blender's rule for sharp edges). The shared
    normal is the mean of the face normals weighted by area times corner angle, so large flats stay flat beside small
    fillets. Vertices must be welded: equal positions, equal indices.
    """
    normals, double_area = face_normals(vertices, triangles)
    first, second = _smooth_corner_pairs(triangles.astype(np.int64), normals, elementary.cos(np.radians(crease_deg)))
    count = triangles.size
    links = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    _, fan = connected_components(links, directed=False)
    weights = (_corner_angles(vertices, triangles, double_area) * double_area[:, None]).ravel()
    corner_faces = np.repeat(normals, 3, axis=0)
    sums = np.stack([np.bincount(fan, weights=weights * corner_faces[:, axis]) for axis in range(3)], axis=1)[fan]
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    # A fan whose faces cancel out (a closed, folded sheet) has no mean: its corners keep their face's normal.
    usable = length > 1e-9 * weights.max()
    smooth: Floats = np.where(usable, sums / np.where(usable, length, 1), corner_faces)
    return smooth.reshape(-1, 3, 3)


def _smooth_corner_pairs(triangles: Indices, normals: Floats, least_cosine: float) -> tuple[Indices, Indices]:
    """Pairs of corners (index triangle * 3 + corner) that meet at one vertex across a smooth edge."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    key = np.minimum(start, end) * (triangles.max() + 1) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    same = ordered[1:] == ordered[:-1]
    alone_before = np.concatenate([[True], ~same[:-1]]) if len(same) else same
    alone_after = np.concatenate([~same[1:], [True]]) if len(same) else same
    at = np.flatnonzero(same & alone_before & alone_after)
    one, other = order[at], order[at + 1]
    cosine = np.einsum("ij,ij->i", normals[one // 3], normals[other // 3])
    smooth = (cosine > least_cosine) & (start[one] == end[other])
    one, other = one[smooth], other[smooth]
    return np.concatenate([one, _next(one)]), np.concatenate([_next(other), other])


def _next(corners: Indices) -> Indices:
    """The corner after each corner in its triangle."""
    return corners // 3 * 3 + (corners + 1) % 3


def _corner_angles(vertices: NDArray[np.float32], triangles: NDArray[np.int32], double_area: Floats) -> Floats:
    corners = vertices.astype(np.float64)[triangles]
    to_next = np.roll(corners, -1, axis=1) - corners
    to_previous = np.roll(corners, 1, axis=1) - corners
    angles: Floats = elementary.arctan2(double_area[:, None], np.einsum("tij,tij->ti", to_next, to_previous))
    return angles
