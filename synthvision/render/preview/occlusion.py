"""How much of the surroundings' light things take from each other: contact shadows without rays."""

from __future__ import annotations

import numpy as np

from synthvision.elementary import matmul
from synthvision.render.preview.shadows import Casters
from synthvision.render.preview.surfaces import Surfaces
from synthvision.render.preview.vectors import Floats, dot

_REACH = np.float32(3.0)
"""Things are felt up to this many of their bounding radii away."""
_LEAST_HALF = 0.15
"""Half sides are taken as at least this share of the longest, so that flat things have an inside."""


def openness(things: Casters, surfaces: Surfaces) -> Floats:
    """Return (N,) float32 in [0, 1]: the share of even light from all around that reaches each point.

    Each thing is an ellipsoid that fills its box, and takes ``cos / q²``, with ``cos`` of its centre's direction from
    the normal and ``q`` the distance in units of the ellipsoid: exact for a sphere wholly above the horizon but for
    the fading at the reach (Quilez, "Sphere ambient occlusion").
    """
    free = np.ones(len(surfaces.pixels), np.float32)
    squares = dot(surfaces.positions, surfaces.positions)
    for index, (centre, radius) in enumerate(zip(things.centres, things.radii, strict=True)):
        squared = matmul(surfaces.positions, -2 * centre)
        squared += squares
        near = squared < (radius * _REACH) ** 2 - matmul(centre, centre)
        own = things.scene_index[index]
        near[surfaces.bounds[own] : surfaces.bounds[own + 1]] = False
        chosen = np.flatnonzero(near)
        if len(chosen):
            positions, normals = (part.take(chosen, axis=0) for part in (surfaces.positions, surfaces.normals))
            free[chosen] *= 1 - _taken(things, index, positions, normals)
    return free


def _taken(things: Casters, index: int, positions: Floats, normals: Floats) -> Floats:
    towards = things.centres[index] - positions
    cosines = dot(towards, normals)
    cosines /= np.sqrt(np.maximum(dot(towards, towards), np.float32(1e-12)))
    low, high = things.placed[index].cast.mesh.bounds
    half = np.maximum((high - low) / 2, _LEAST_HALF * (high - low).max() / 2)
    unit = matmul(towards, (things.world_to_object[index, :3, :3] / half[:, None]).T.astype(np.float32))
    inverse = 1 / np.maximum(dot(unit, unit), np.float32(1))
    # Falls to nothing at the reach, where the thing is no longer asked.
    faded = np.maximum(inverse - 1 / _REACH**2, 0) * (1 / (1 - 1 / _REACH**2))
    taken: Floats = np.maximum(cosines, 0) * faded
    return taken
