"""Polygons to triangles: a fan where that is right, ear clipping where the polygon is not convex."""

from __future__ import annotations

import numpy as np

from synthvision.assets.files.parts import Floats, Indices
from synthvision.errors import AssetError
from synthvision.limits import MAX_OUTLINE_CORNERS, MAX_OUTLINE_STEPS


def triangulate(sizes: Indices, corner_positions: Floats, where: str) -> tuple[Indices, Indices]:
    """Split polygons into triangles without new vertices.

    Args:
        sizes: (P,) int64, corners of each polygon.
        corner_positions: (sum of sizes, 3) float64, the polygons' corners one after the other.

    Returns:
        triangles: (T, 3) int64, indices into the corners; and (T,) int64, the polygon of each triangle.
        Polygons of fewer than three corners give none.

    Raises:
        AssetError: polygons that are not convex have too many corners.
    """
    starts = np.cumsum(sizes) - sizes
    per_polygon = np.maximum(sizes - 2, 0)
    polygon = np.repeat(np.arange(len(sizes)), per_polygon)
    step = np.arange(len(polygon)) - np.repeat(np.cumsum(per_polygon) - per_polygon, per_polygon)
    first = starts[polygon]
    triangles = np.stack([first, first + step + 1, first + step + 2], axis=1)
    folded = _folded(triangles, polygon, corner_positions)
    _check_work(sizes[folded], where)
    for index in folded:
        rows = polygon == index
        begin = int(starts[index])
        ears = _clip_ears(corner_positions[begin : begin + int(sizes[index])])
        triangles[rows] = np.array(ears, dtype=np.int64) + begin
    return triangles, polygon


def _check_work(sizes: Indices, where: str) -> None:
    """Refuse what would take minutes to cut; ``sizes`` are of the polygons that are not convex."""
    most = int(sizes.max(initial=0))
    if most > MAX_OUTLINE_CORNERS or int((sizes**2).sum()) > MAX_OUTLINE_STEPS:
        rule = f"polygons that are not convex must have at most {MAX_OUTLINE_CORNERS} corners each"
        got = f"one of {most}" if most > MAX_OUTLINE_CORNERS else f"{len(sizes)} of up to {most}, too many together"
        raise AssetError(f"{where}: {rule}, got {got}; save the mesh as triangles")


def _folded(triangles: Indices, polygon: Indices, positions: Floats) -> list[int]:
    """Polygons of which some fan triangle is turned against the whole (whose area vector is the fan's sum)."""
    many = np.flatnonzero(np.bincount(polygon, minlength=1)[polygon] > 1) if len(polygon) else polygon
    if not len(many):
        return []
    corners = positions[triangles[many]]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    owner = polygon[many]
    total = np.stack([np.bincount(owner, weights=cross[:, axis]) for axis in range(3)], axis=1)[owner]
    return sorted(set(owner[np.einsum("ij,ij->i", cross, total) < 0].tolist()))


def _clip_ears(corners: Floats) -> list[tuple[int, int, int]]:
    """Ear clipping in the plane of the polygon's area vector (Newell); O(n²) for n corners, n - 2 triangles."""
    normal = np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)
    drop = int(np.argmax(np.abs(normal)))
    flat = np.delete(corners, drop, axis=1) * (1.0 if normal[drop] * (-1) ** drop > 0 else -1.0, 1.0)
    ring = list(range(len(corners)))
    ears: list[tuple[int, int, int]] = []
    for _ in range(len(corners) - 3):
        at = next((k for k in range(len(ring)) if _is_ear(flat, ring, k)), 0)
        ears.append((ring[at - 1], ring[at], ring[(at + 1) % len(ring)]))
        del ring[at]
    ears.append((ring[0], ring[1], ring[2]))
    return ears


def _is_ear(flat: Floats, ring: list[int], at: int) -> bool:
    triple = (ring[at - 1], ring[at], ring[(at + 1) % len(ring)])
    a, b, c = (flat[index] for index in triple)
    if _turn(a, b, c) <= 0:
        return False
    others = (flat[index] for index in ring if index not in triple)
    return not any(min(_turn(a, b, p), _turn(b, c, p), _turn(c, a, p)) >= 0 for p in others)


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    """Twice the signed area of a flat triangle, positive when counter-clockwise."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
