"""Matrices of poses: (4, 4) float64 arrays that act on column vectors, and the nested tuples that a scene holds.

Products are those of ``elementary``, not ``@``: the linear algebra library may round differently on another processor,
and a scene must be the same to the last bit.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import cast

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul
from synthvision.scene.types import Matrix, Vector

Pose = NDArray[np.float64]
"""(4, 4) float64: rotation times a uniform scale, and a translation in metres."""

_STRAIGHT = 1e-9
"""Sine of the angle to the vertical below which a camera counts as looking straight up or down."""

_NEARLY_OPPOSITE = math.cos(math.radians(150))


def as_array(matrix: Matrix) -> Pose:
    """Return a scene's matrix as a (4, 4) float64 array."""
    return np.array(matrix, dtype=np.float64)


def as_matrix(pose: Pose) -> Matrix:
    """Return a (4, 4) array as nested tuples of Python floats, exactly."""
    return cast("Matrix", tuple(tuple(row) for row in pose.tolist()))


def identity() -> Pose:
    """Return the pose that changes nothing."""
    return np.eye(4)


def translation(x: float, y: float, z: float) -> Pose:
    """Return a shift in metres."""
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose


def scaling(factor: float) -> Pose:
    """Return a uniform scale about the origin."""
    return np.diag([factor, factor, factor, 1.0])


def rotation_x(angle_rad: float) -> Pose:
    """Return a rotation about +X, from Y towards Z."""
    return _rotation(1, 2, angle_rad)


def rotation_y(angle_rad: float) -> Pose:
    """Return a rotation about +Y, from Z towards X."""
    return _rotation(2, 0, angle_rad)


def rotation_z(angle_rad: float) -> Pose:
    """Return a rotation about +Z, from X towards Y."""
    return _rotation(0, 1, angle_rad)


def _rotation(first: int, second: int, angle_rad: float) -> Pose:
    pose = np.eye(4)
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    pose[first, first] = pose[second, second] = cosine
    pose[first, second], pose[second, first] = -sine, sine
    return pose


def rotation_from_quaternion(w: float, x: float, y: float, z: float) -> Pose:
    """Return the rotation of a unit quaternion."""
    pose = np.eye(4)
    pose[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return pose


def rotation_between(start: Vector, end: Vector) -> Pose:
    """Return a rotation that turns unit vector ``start`` to unit vector ``end``: the smallest, unless it is over 150°.

    Then, where the axis of the smallest is ill-defined, a half turn across ``start`` goes before.
    """
    cosine = dot(start, end)
    if cosine < _NEARLY_OPPOSITE:
        back = (-start[0], -start[1], -start[2])
        return multiply(rotation_between(back, end), rotation_from_quaternion(0.0, *_across(start)))
    half = math.sqrt(2 * (1 + cosine))
    x, y, z = cross(start, end)
    return rotation_from_quaternion(half / 2, x / half, y / half, z / half)


def _across(direction: Vector) -> Vector:
    least = min(range(3), key=lambda axis: abs(direction[axis]))
    return unit(cross(direction, cast("Vector", tuple(1.0 if axis == least else 0.0 for axis in range(3)))))


def multiply(first: Pose, *others: Pose) -> Pose:
    """Return the matrix product, left to right: the last one acts first."""
    product: Pose = reduce(matmul, others, first)
    return product


def scale_of(pose: Pose) -> float:
    """Return the uniform scale of a pose."""
    column = pose[:3, 0]
    return math.sqrt(float(column[0] * column[0] + column[1] * column[1] + column[2] * column[2]))


def inverse(pose: Pose) -> Pose:
    """Invert a pose of rotation, uniform scale and translation."""
    back: Pose = inverses(pose[None])[0]
    return back


def inverses(poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert poses (N, 4, 4) of rotation, uniform scale and translation."""
    linear, shift = poses[:, :3, :3], poses[:, :3, 3:]
    turned = linear.swapaxes(1, 2) / (linear[:, :, 0] ** 2).sum(axis=1)[:, None, None]
    back = np.zeros_like(poses)
    back[:, :3, :3], back[:, :3, 3:], back[:, 3, 3] = turned, -matmul(turned, shift), 1.0
    return back


def transform_points(pose: Pose, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move points (N, 3) by a pose; returns (N, 3) float64, stored column by column."""
    moved = np.empty((len(points), 3), order="F")
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    for axis in range(3):
        row = pose[axis]
        moved[:, axis] = x * row[0] + y * row[1] + z * row[2] + row[3]
    return moved


def look_at_camera(position_m: Vector, target_m: Vector, roll_rad: float = 0.0) -> Pose:
    """Return ``camera_to_world`` (OpenCV axes: x right, y down, z forward) of a camera that looks at a point.

    +Z of the world is up in the image; a camera that looks straight up or down has +Y up instead. ``roll_rad`` then
    turns the camera clockwise, seen from behind it.

    Raises:
        ValueError: if the camera stands on its target.
    """
    forward = unit(subtract(target_m, position_m))
    upright = math.hypot(forward[0], forward[1]) > _STRAIGHT
    right = unit(cross(forward, (0.0, 0.0, 1.0) if upright else (0.0, 1.0, 0.0)))
    down = cross(forward, right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, down, forward, position_m
    return multiply(pose, rotation_z(roll_rad)) if roll_rad else pose


def dot(a: Vector, b: Vector) -> float:
    """Return the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Return the vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def subtract(a: Vector, b: Vector) -> Vector:
    """Return ``a - b``."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def unit(vector: Vector) -> Vector:
    """Return a vector scaled to length 1; ``ValueError`` for one of length 0."""
    length = math.sqrt(dot(vector, vector))
    if length == 0:
        raise ValueError("a vector of length 0 has no direction")
    return vector[0] / length, vector[1] / length, vector[2] / length
