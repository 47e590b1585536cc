"""Faces that are almost one made one, because a collision between faces is found where they are flat.

A hull of points that are almost in a plane has slivers for a face; what lies on it touches one sliver and then another,
and never comes to rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, HalfspaceIntersection, QhullError

from synthvision.elementary import matmul

Points = NDArray[np.float64]

FLAT = 5e-4
"""How far a face may lie below another and be one with it, as a share of the longest side of the part."""

_ALIKE = 0.98
"""Cosine of the angle between faces above which they may be one."""


def flattened(corners: Points) -> Points:
    """Return the corners (M, 3) of a convex part (N, 3) with faces that are almost one made one.

    It encloses the part, and stands out over it by about ``FLAT`` at most.
    """
    hull = ConvexHull(corners)
    planes = _chief_planes(corners, hull, FLAT * float(np.ptp(corners, axis=0).max()))
    if len(planes) == len(np.unique(hull.equations, axis=0)):
        return corners
    try:
        found = HalfspaceIntersection(planes, corners.mean(axis=0)).intersections
        return np.ascontiguousarray(found[ConvexHull(found).vertices])
    except QhullError:
        # So thin that its middle is no inside to qhull.
        return corners


def _chief_planes(corners: Points, hull: ConvexHull, below: float) -> Points:
    """Return the planes (F, 4) of the largest faces, without those of which all corners lie just below another."""
    triangles: Points = corners[hull.simplices]
    areas = np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), axis=1)
    planes, left = hull.equations, np.argsort(-areas, kind="stable")
    chief: list[Points] = []
    while len(left):
        plane = planes[left[0]]
        chief.append(plane)
        depths = -(matmul(triangles[left], plane[:3]) + plane[3]).min(axis=1)
        one = (depths <= below) & (matmul(planes[left, :3], plane[:3]) > _ALIKE)
        one[0] = True
        left = left[~one]
    return np.stack(chief)
