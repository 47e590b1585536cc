"""How heavy a body is, and how its mass is spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from synthvision.sampling.physics.convex import is_closed

Points = NDArray[np.float64]

_LEAST_SHARE = 1e-3
"""A mesh that fills less than this share of its convex parts is a sheet, or inside out in places."""


@dataclass(frozen=True, eq=False)
class Solid:
    """A body of density 1 kg/m³.

    Attributes:
        volume_m3: of the mesh, not of its hull.
        centre: (3,): of mass, metres.
        inertia: (3, 3): tensor about that centre, kg·m².
    """

    volume_m3: float
    centre: Points
    inertia: Points


def solid_of(points: Points, triangles: NDArray[np.int64], parts: Sequence[Points]) -> Solid:
    """Return what a mesh encloses; of one that is not closed, what its convex parts enclose."""
    of_parts = _solid(np.concatenate([_outwards(part) for part in parts]))
    if not is_closed(triangles):
        return of_parts
    whole = _solid(points[triangles])
    return whole if whole.volume_m3 > _LEAST_SHARE * of_parts.volume_m3 else of_parts


def _solid(corners: Points) -> Solid:
    """Integrate over the volume inside closed triangles (T, 3, 3), whichever way all of them are wound."""
    # Small solids vanish in rounding unless they are about one metre large.
    size = float(np.ptp(corners.reshape(-1, 3), axis=0).max())
    found = trimesh.triangles.mass_properties(corners / size)
    sign = -1.0 if found.volume < 0 else 1.0
    return Solid(
        sign * float(found.volume) * size**3,
        np.asarray(found.center_mass, np.float64) * size,
        sign * np.asarray(found.inertia, np.float64) * size**5,
    )


def _outwards(part: Points) -> Points:
    """Return the triangles (T, 3, 3) of the hull of points (N, 3), wound so that they face outwards."""
    hull = ConvexHull(part)
    corners: Points = part[hull.simplices]
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inwards = (crosses * hull.equations[:, :3]).sum(axis=1) < 0
    corners[inwards] = corners[inwards][:, ::-1]
    return corners
