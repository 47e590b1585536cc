"""What can be measured of bodies that lie: how deep they are in each other, whether they touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvision.sampling.bodies import Body, near, touch
from synthvision.sampling.shapes import Points, winding_number
from synthvision.scene.poses import transform_points


def size_m(body: Body) -> float:
    return float(np.ptp(body.shape.bounds, axis=0).max()) * body.scale


def tolerance_m(body: Body) -> float:
    """1 mm or 1 % of its size, whichever is more."""
    return max(1e-3, 0.01 * size_m(body))


WAYS = ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0))


def depth_m(body: Body, other: Body) -> float:
    """Return how deep the deepest corner of a body is inside the mesh of another; 0 if not deeper than is allowed."""
    corners: Points = transform_points(other.back, transform_points(body.pose, body.shape.points))
    low, high = other.shape.bounds
    inside = corners[((corners > low) & (corners < high)).all(axis=1)]
    # What is deep inside a mesh sees it far away whichever way it looks; that leaves few for the exact test.
    for way in WAYS:
        distances = other.shape.distances_along(inside, way) * other.scale
        inside = inside[np.isfinite(distances) & (distances > tolerance_m(body))]
    triangles = other.shape.points[other.shape.triangles]
    return max(
        (
            other.shape.distance(corner) * other.scale
            for corner in inside
            if abs(winding_number(triangles, corner)) > 0.5
        ),
        default=0.0,
    )


def overlaps(bodies: Sequence[Body]) -> list[tuple[int, int, float]]:
    """Return which bodies are in which, deeper than is allowed, by how much; the ground is number -1."""
    boxes = np.stack([body.bounds for body in bodies])
    found = [
        (number, other, depth_m(body, bodies[other]))
        for number, body in enumerate(bodies)
        for other in near(body.bounds, boxes, 0.0)
        if other != number
    ]
    found += [(number, -1, -float(body.bounds[0, 2])) for number, body in enumerate(bodies)]
    return [(number, other, depth) for number, other, depth in found if depth > tolerance_m(bodies[number])]


def afloat(bodies: Sequence[Body]) -> list[int]:
    """Return which bodies touch neither the ground nor another body."""
    boxes = np.stack([body.bounds for body in bodies])
    return [
        number
        for number, body in enumerate(bodies)
        if body.bounds[0, 2] > tolerance_m(body)
        and not any(
            touch(body, bodies[other], tolerance_m(body))
            for other in near(body.bounds, boxes, tolerance_m(body))
            if other != number
        )
    ]
