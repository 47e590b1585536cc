"""The models of a BOP dataset: meshes in millimetres, their sizes and symmetries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from synthvision.assets import AssetStore
from synthvision.assets.types import AssetSource
from synthvision.scene.types import Symmetry

Points = NDArray[np.float64]

MM_PER_M = 1000.0
_SAME = 1e-6
_MOST = 500
"""Turns of one object; the largest finite group of a solid, the icosahedron's, has 60."""


@dataclass(frozen=True)
class ObjectKey:
    """What makes an object of BOP: a mesh (content hash) at a scale, of a category."""

    mesh: str
    scale: float
    source: AssetSource
    asset: str
    category_id: int
    symmetries: tuple[Symmetry, ...]


def write_model(path: Path, key: ObjectKey, store: AssetStore) -> Points:
    """Write the mesh as PLY in millimetres, and return its points (P, 3)."""
    mesh = store.asset(key.source).mesh
    points: Points = mesh.vertices.astype(np.float64) * (key.scale * MM_PER_M)
    trimesh.Trimesh(points, mesh.triangles, process=False).export(str(path), file_type="ply")
    return points


def model_info(points: Points, symmetries: tuple[Symmetry, ...]) -> dict[str, Any]:
    """Return diameter, box and symmetries of a model with points (P, 3), millimetres."""
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    info: dict[str, Any] = {"diameter": float(pdist(_corners(points)).max())}
    info |= {f"min_{axis}": float(value) for axis, value in zip("xyz", low, strict=True)}
    info |= {f"size_{axis}": float(value) for axis, value in zip("xyz", size, strict=True)}
    turns = [turn.ravel().tolist() for turn in discrete_turns(symmetries)]
    if turns:
        info["symmetries_discrete"] = turns
    endless = [
        {"axis": _unit(one.axis).tolist(), "offset": (np.array(one.point_m) * MM_PER_M).tolist()}
        for one in symmetries
        if one.fold == 0
    ]
    if endless:
        info["symmetries_continuous"] = endless
    return info


def _corners(points: Points) -> Points:
    """Return the corners of the convex hull, between which the greatest distance is."""
    try:
        corners: Points = points[ConvexHull(points).vertices]
    except QhullError:  # a flat one
        corners = np.unique(points, axis=0)
    return corners


def discrete_turns(symmetries: tuple[Symmetry, ...]) -> list[Points]:
    """Return every turn (4, 4), millimetres, that the finite symmetries make together, without the identity."""
    generators = [_turn(one) for one in symmetries if one.fold > 1]
    group: list[Points] = [np.eye(4)]
    grown = True
    while grown and len(group) < _MOST:
        new = [a @ b for a, b in product(group, generators)]
        grown = False
        for turn in new:
            if all(np.abs(turn - known).max() > _SAME for known in group):
                group.append(turn)
                grown = True
    return group[1:]


def _turn(symmetry: Symmetry) -> Points:
    axis, angle = _unit(symmetry.axis), 2 * math.pi / symmetry.fold
    cross = np.cross(np.eye(3), axis)
    rotation = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * (cross @ cross)
    point = np.array(symmetry.point_m) * MM_PER_M
    turn = np.eye(4)
    turn[:3, :3], turn[:3, 3] = rotation, point - rotation @ point
    return turn


def _unit(axis: tuple[float, float, float]) -> Points:
    vector: Points = np.array(axis, np.float64)
    vector /= np.linalg.norm(vector)
    return vector
