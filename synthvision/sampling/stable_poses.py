"""How a rigid body comes to rest on a plane: on which facets of its convex hull, and how likely each is.

Dropped without spin in a random orientation, a body first lands on a facet with a probability equal to the share of
the sphere that the facet fills, seen from the centre of mass. If the centre of mass does not stand over that facet, the
body topples over the side it overhangs most, on to the next facet, and so on (the model of K. Goldberg et al., "Part
Pose Statistics: Estimators and Experiments", IEEE Trans. Robotics and Automation 15(5), 1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

from synthvision import elementary
from synthvision.scene.poses import Pose, rotation_between, unit

Points = NDArray[np.float64]
Indices = NDArray[np.int64]

_SAME_PLANE = 1e-6
"""Facets whose unit normals differ by less than this are one."""

_RARE = 1e-3
"""A pose less likely than this, compared with the likeliest, is left out."""


@dataclass(frozen=True, eq=False)
class StablePose:
    """A rotation (4, 4) that puts the body on a facet of its hull, and its probability."""

    rotation: Pose
    probability: float


def stable_poses(hull: ConvexHull) -> tuple[StablePose, ...]:
    """Return the stable poses of a body of uniform density that fills its hull, likeliest first."""
    normals: Points = hull.equations[:, :3]
    centre = _centre_of_mass(hull)
    facets = _facets(normals, hull.neighbors)
    landed = np.bincount(facets, _shares_of_sphere(hull, centre))
    rests = _resting_facets(_next_facets(hull, facets, centre), _heights(hull, facets, centre))
    chances = np.bincount(rests, landed, len(landed)) / landed.sum()
    likeliest_first = np.argsort(-chances, kind="stable").tolist()
    triangles = np.unique(facets, return_index=True)[1]
    return tuple(
        StablePose(_put_down(normals[triangles[facet]]), float(chances[facet]))
        for facet in likeliest_first
        if chances[facet] >= _RARE * chances.max()
    )


def flat_poses(normal: Points) -> tuple[StablePose, ...]:
    """Return the two poses of a flat body with this unit normal (3,): on its back and on its face."""
    return StablePose(_put_down(normal), 0.5), StablePose(_put_down(-normal), 0.5)


def _put_down(normal: Points) -> Pose:
    x, y, z = normal.tolist()
    return rotation_between(unit((x, y, z)), (0.0, 0.0, -1.0))


def _centre_of_mass(hull: ConvexHull) -> Points:
    """Sum the tetrahedra between a point inside and the triangles of the hull."""
    inside = hull.points[hull.vertices].mean(axis=0)
    corners = hull.points[hull.simplices] - inside
    volumes = np.abs((corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum(axis=1))
    centre: Points = inside + (corners.sum(axis=1) / 4 * volumes[:, None]).sum(axis=0) / volumes.sum()
    return centre


def _facets(normals: Points, neighbours: Indices) -> Indices:
    """Return for each triangle (T,) the number of its facet: triangles in one plane, side by side."""
    triangle = np.repeat(np.arange(len(normals)), 3)
    beside = neighbours.ravel()
    same = np.abs(normals[triangle] - normals[beside]).max(axis=1) < _SAME_PLANE
    shape = (len(normals), len(normals))
    links = coo_array((np.ones(int(same.sum()), bool), (triangle[same], beside[same])), shape=shape)
    facets: Indices = connected_components(links, directed=False)[1].astype(np.int64)
    return facets


def _shares_of_sphere(hull: ConvexHull, centre: Points) -> Points:
    """Return the solid angle of each triangle (T,), seen from the centre (Van Oosterom and Strackee, 1983)."""
    a, b, c = np.moveaxis(hull.points[hull.simplices] - centre, 1, 0)
    length_a, length_b, length_c = (np.sqrt((side * side).sum(axis=1)) for side in (a, b, c))
    volume = np.abs((a * np.cross(b, c)).sum(axis=1))
    solid = length_a * length_b * length_c
    solid += (a * b).sum(axis=1) * length_c + (b * c).sum(axis=1) * length_a + (c * a).sum(axis=1) * length_b
    angles: Points = 2 * elementary.arctan2(volume, solid)
    return angles


def _heights(hull: ConvexHull, facets: Indices, centre: Points) -> Points:
    """Return how high (F,) the centre of mass stands over each facet."""
    over = -(elementary.matmul(hull.equations[:, :3], centre) + hull.equations[:, 3])
    return np.bincount(facets, over) / np.bincount(facets)


def _next_facets(hull: ConvexHull, facets: Indices, centre: Points) -> Indices:
    """Return for each facet (F,) the one that it topples on to, or itself."""
    overhang = _overhangs(hull, centre)
    # Side k of a triangle is opposite its corner k, as are Qhull's neighbours.
    overhang[facets[:, None] == facets[hull.neighbors]] = -np.inf
    worst = overhang.argmax(axis=1)
    amount, beside = overhang.max(axis=1), facets[hull.neighbors[np.arange(len(worst)), worst]]
    following = np.arange(facets.max() + 1)
    # Ascending, so that the greatest overhang of a facet is written last.
    for triangle in np.argsort(amount, kind="stable"):
        if amount[triangle] > 0:
            following[facets[triangle]] = beside[triangle]
    return following


def _overhangs(hull: ConvexHull, centre: Points) -> Points:
    """Return how far (T, 3) the centre of mass stands out over each side of each triangle, metres in its plane."""
    corners = hull.points[hull.simplices]
    starts, ends = np.roll(corners, -1, axis=1), np.roll(corners, -2, axis=1)
    outward = np.cross(ends - starts, hull.equations[:, None, :3])
    outward /= np.maximum(np.sqrt((outward * outward).sum(axis=2, keepdims=True)), np.finfo(float).tiny)
    facing_in = ((corners - starts) * outward).sum(axis=2, keepdims=True) > 0
    outward = np.where(facing_in, -outward, outward)
    gaps: Points = ((centre - starts) * outward).sum(axis=2)
    return gaps


def _resting_facets(following: Indices, heights: Points) -> Indices:
    """Follow the toppling from every facet to its end; it only goes down, so rounding cannot lead it in a circle."""
    itself = np.arange(len(following))
    following = np.where(heights[following] < heights, following, itself)
    while not np.array_equal(following, following[following]):
        following = following[following]
    return following
