from __future__ import annotations

import json
import math

import numpy as np
import pytest

from synthvision.scene.poses import (
    as_array,
    as_matrix,
    inverse,
    look_at_camera,
    multiply,
    rotation_between,
    rotation_from_quaternion,
    rotation_x,
    rotation_y,
    rotation_z,
    scale_of,
    scaling,
    transform_points,
    translation,
    unit,
)

POSE = multiply(translation(1, -2, 3), rotation_z(0.3), rotation_y(-1.1), rotation_x(2.0), scaling(0.7))


def test_rotations_are_right_handed() -> None:
    quarter = math.pi / 2
    assert rotation_z(quarter) @ (1, 0, 0, 1) == pytest.approx((0, 1, 0, 1))
    assert rotation_x(quarter) @ (0, 1, 0, 1) == pytest.approx((0, 0, 1, 1))
    assert rotation_y(quarter) @ (0, 0, 1, 1) == pytest.approx((1, 0, 0, 1))


def test_multiply_is_the_matrix_product_from_left_to_right() -> None:
    first, second, third = (np.arange(16.0).reshape(4, 4) ** power for power in (1, 2, 0.5))
    assert np.allclose(multiply(first, second, third), first @ second @ third)
    assert np.array_equal(multiply(first), first)


def test_inverse_undoes_rotation_scale_and_translation() -> None:
    assert np.allclose(multiply(inverse(POSE), POSE), np.eye(4), atol=1e-14)
    assert np.allclose(inverse(POSE), np.linalg.inv(POSE))
    assert scale_of(POSE) == pytest.approx(0.7)


def test_transform_points_acts_on_column_vectors() -> None:
    points = np.array([[0.0, 0, 0], [1, 2, 3], [-4, 5, 0.5]])
    expected = (POSE @ np.c_[points, np.ones(3)].T).T[:, :3]
    assert np.allclose(transform_points(POSE, points), expected, atol=1e-14)


def test_a_matrix_survives_json_to_the_last_bit() -> None:
    matrix = as_matrix(POSE)
    assert all(type(value) is float for row in matrix for value in row)
    assert np.array_equal(as_array(json.loads(json.dumps(matrix))), POSE)


def test_a_quaternion_gives_its_rotation() -> None:
    half = 0.4
    turn = rotation_from_quaternion(math.cos(half), 0, 0, math.sin(half))
    assert np.allclose(turn, rotation_z(0.8), atol=1e-15)


@pytest.mark.parametrize("start", [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.6, 0.0, 0.8)])
def test_rotation_between_turns_one_direction_to_the_other(start: tuple[float, float, float]) -> None:
    turn = rotation_between(start, (0.0, 0.0, -1.0))
    assert turn[:3, :3] @ start == pytest.approx((0, 0, -1), abs=1e-9)
    assert np.allclose(turn[:3, :3] @ turn[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_rotation_between_nearly_opposite_directions_is_accurate() -> None:
    for angle in (1e-3, 1e-5, 1e-7, 1e-9):
        start = unit((math.sin(angle), 0.0, math.cos(angle)))
        assert rotation_between(start, (0.0, 0.0, -1.0))[:3, :3] @ start == pytest.approx((0, 0, -1), abs=1e-14)


def test_a_camera_sees_its_target_ahead_and_up_upwards() -> None:
    pose = look_at_camera((2.0, 1.0, 3.0), (0.0, 0.0, 0.5))
    x, y, z = transform_points(inverse(pose), np.array([[0.0, 0.0, 0.5]]))[0]
    assert (x, y) == pytest.approx((0, 0), abs=1e-12)
    assert z == pytest.approx(math.sqrt(4 + 1 + 6.25))
    above = transform_points(inverse(pose), np.array([[0.0, 0.0, 0.6]]))[0]
    assert above[1] < 0
    assert above[0] == pytest.approx(0, abs=1e-12)
    assert np.linalg.det(pose) == pytest.approx(1)


@pytest.mark.parametrize("height", [2.0, -2.0])
def test_a_camera_that_looks_straight_down_or_up_has_y_up(height: float) -> None:
    pose = look_at_camera((0.1, 0.2, height), (0.1, 0.2, 0.0))
    assert np.allclose(pose[:3, 2], (0, 0, -math.copysign(1, height)))
    assert np.allclose(pose[:3, 1], (0, -1, 0))
    assert np.linalg.det(pose) == pytest.approx(1)


def test_roll_turns_the_camera_clockwise() -> None:
    straight, rolled = (look_at_camera((0.0, -2.0, 0.0), (0.0, 0.0, 0.0), roll) for roll in (0.0, math.pi / 2))
    assert np.allclose(straight[:3, 0], (1, 0, 0))
    # Its right side goes down.
    assert np.allclose(rolled[:3, 0], (0, 0, -1))
    assert np.allclose(rolled[:3, 2], straight[:3, 2])


def test_a_camera_on_its_target_has_no_direction() -> None:
    with pytest.raises(ValueError, match=r"^a vector of length 0 has no direction$"):
        look_at_camera((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
