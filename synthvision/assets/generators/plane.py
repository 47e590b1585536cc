"""The ground: one flat quad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.types import Asset, Material, Mesh


@dataclass(frozen=True)
class Plane:
    """``size_m`` is the side of the square."""

    size_m: float = 20.0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a square at z = 0 facing +Z, centred; 4 vertices, 2 triangles.

    Texture coordinates are metres from the centre, so ``Material.uv_scale`` is repeats per metre.
    """
    half = read_parameters("plane", Plane, parameters).size_m / 2
    flat = np.array([(-half, -half), (half, -half), (half, half), (-half, half)], np.float32)
    triangles = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    mesh = Mesh(
        vertices=np.concatenate([flat, np.zeros((4, 1), np.float32)], axis=1),
        triangles=triangles,
        slots=np.zeros(2, np.int16),
        uvs=flat[triangles],
        normals=np.broadcast_to(np.array([0, 0, 1], np.float32), (2, 3, 3)).copy(),
    )
    return Asset(mesh, (Material("body", (0.5, 0.5, 0.5), roughness=0.8),))
