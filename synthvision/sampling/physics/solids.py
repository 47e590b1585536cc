"""How heavy a body is, and how its mass is spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
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
    """Integrate over the volume inside closed triangles (T, 3, 3), whichever way all of them are wound.

    The sum over the signed tetrahedra that the triangles form with one point: with d = a · (b × c) and s = a + b + c
    these have volume d/6, first moments d/24 s, and second moments d/120 (a aᵀ + b bᵀ + c cᵀ + s sᵀ).
    """
    # Small solids vanish in rounding unless they are about one metre large, and near the origin.
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    size, middle = float((high - low).max()), (low + high) / 2
    corners = (corners - middle) / size
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    together = corners.sum(axis=1)
    sixfold = (a * np.cross(b, c)).sum(axis=1)
    volume = float(sixfold.sum()) / 6
    if volume == 0:
        return Solid(0.0, middle, np.zeros((3, 3)))
    centre: Points = (sixfold[:, None] * together).sum(axis=0) / (24 * volume)
    squares = sum(vectors[:, :, None] * vectors[:, None] for vectors in (a, b, c, together))
    spread = (sixfold[:, None, None] * squares).sum(axis=0) / 120 - volume * centre[:, None] * centre
    inertia: Points = np.trace(spread) * np.eye(3) - spread
    sign = -1.0 if volume < 0 else 1.0
    return Solid(sign * volume * size**3, centre * size + middle, sign * inertia * size**5)


def _outwards(part: Points) -> Points:
    """Return the triangles (T, 3, 3) of the hull of points (N, 3), wound so that they face outwards."""
    hull = ConvexHull(part)
    corners: Points = part[hull.simplices]
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inwards = (crosses * hull.equations[:, :3]).sum(axis=1) < 0
    corners[inwards] = corners[inwards][:, ::-1]
    return corners
