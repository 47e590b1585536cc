"""Posed meshes, and whether two of them touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthvision.sampling.shapes import Points, Shape
from synthvision.scene.poses import Pose, inverse, multiply, scale_of, transform_points, translation


@dataclass(frozen=True, eq=False)
class Body:
    """A shape with a pose in the world."""

    shape: Shape
    pose: Pose

    @cached_property
    def bounds(self) -> Points:
        """(2, 3): its box in the world, metres, exact."""
        points = transform_points(self.pose, self.shape.hull_points)
        return np.stack([points.min(axis=0), points.max(axis=0)])

    @cached_property
    def back(self) -> Pose:
        """World to mesh."""
        return inverse(self.pose)

    @cached_property
    def corners(self) -> Points:
        """(T, 3, 3): its triangles in the world, metres."""
        return transform_points(self.pose, self.shape.points)[self.shape.triangles]

    @cached_property
    def scale(self) -> float:
        """Size in the world over size of the mesh."""
        return scale_of(self.pose)

    def distance(self, point: Points) -> float:
        """Return the distance of a point of the world (3,) from the surface, metres."""
        return self.shape.distance(transform_points(self.back, point[None])[0]) * self.scale

    def distances_along(self, points: Points, direction: tuple[float, float, float]) -> Points:
        """Return how far (N,) the surface is from points of the world (N, 3) in a unit direction, m; inf: never."""
        x, y, z = (row[0] * direction[0] + row[1] * direction[1] + row[2] * direction[2] for row in self.back[:3, :3])
        return self.shape.distances_along(transform_points(self.back, points), (x, y, z))

    def contains(self, point: Points) -> bool:
        """Say whether a point of the world (3,) is inside."""
        return self.shape.contains(transform_points(self.back, point[None]))


def shifted(body: Body, shift: tuple[float, float, float]) -> Body:
    """Return a body moved by so much."""
    return Body(body.shape, multiply(translation(*shift), body.pose))


def centred(body: Body, point: tuple[float, float, float]) -> Body:
    """Return a body moved so that the middle of its box is at a point."""
    low, high = body.bounds.tolist()
    x, y, z = (at - (least + most) / 2 for at, least, most in zip(point, low, high, strict=True))
    return shifted(body, (x, y, z))


def near(bounds: Points, others: Points, margin_m: float) -> list[int]:
    """Return which of the boxes (N, 2, 3) come nearer than the margin to a box (2, 3) along every axis."""
    apart = (others[:, 0] > bounds[1] + margin_m) | (others[:, 1] < bounds[0] - margin_m)
    found: list[int] = np.flatnonzero(~apart.any(axis=1)).tolist()
    return found


def touch(first: Body, second: Body, clearance_m: float = 0.0) -> bool:
    """Say whether two bodies overlap, or come nearer to each other than ``clearance_m``.

    Surfaces cross if and only if an edge of one crosses a triangle of the other; where none does, a body may still lie
    inside the other. That is exact up to the float32 of Embree. The clearance is judged in the same way on surfaces
    moved outwards, so it is exact between faces and a little wide or narrow at sharp corners.
    """
    to_second, to_first = multiply(second.back, first.pose), multiply(first.back, second.pose)
    if _boxes_apart(first, second, to_second, clearance_m) or _boxes_apart(second, first, to_first, clearance_m):
        return False
    if clearance_m > 0 and (
        _crosses(first, second, to_second, clearance_m) or _crosses(second, first, to_first, clearance_m)
    ):
        return True
    if _crosses(first, second, to_second) or _crosses(second, first, to_first):
        return True
    return second.shape.contains(transform_points(to_second, first.shape.part_points)) or first.shape.contains(
        transform_points(to_first, second.shape.part_points)
    )


def _boxes_apart(moved: Body, still: Body, to_still: Pose, clearance_m: float) -> bool:
    """Say whether the mesh-aligned box of ``still`` is clear of the box around ``moved`` in the same axes."""
    points = transform_points(to_still, moved.shape.hull_points)
    box = np.stack([points.min(axis=0), points.max(axis=0)])
    return not near(still.shape.bounds, box[None], clearance_m / still.scale)


def _crosses(moved: Body, still: Body, to_still: Pose, clearance_m: float = 0.0) -> bool:
    """Say whether an edge of ``moved``, its surface moved out by ``clearance_m``, crosses a triangle of ``still``."""
    points = moved.shape.points
    if clearance_m > 0:
        points = points + moved.shape.outward * (clearance_m / moved.scale)
    points = transform_points(to_still, points)
    return still.shape.crossed_by(points, moved.shape.edges)
