from __future__ import annotations

import math

import numpy as np
import pytest
import trimesh

from synthvision.sampling.bodies import Body, near, touch
from synthvision.sampling.draws import Draws
from synthvision.sampling.shapes import Shape, distance_to_triangles, winding_number
from synthvision.sampling.streams import Streams
from synthvision.sampling.surfaces import base_points, resting_height, top_heights
from synthvision.scene.poses import Pose, identity, multiply, rotation_x, rotation_z, scaling, translation
from tests.unit.sampling.worlds import SOLIDS, mesh_of

SHAPES = {name: Shape(mesh_of(SOLIDS[name]({}))) for name in ("box", "can", "ball", "ring", "table", "room")}


def overlap_by_brute_force(first: Body, second: Body) -> bool:
    """Every edge against every triangle (Möller and Trumbore, 1997) in float64, then one inside the other."""
    return (
        _any_crossing(first, second)
        or _any_crossing(second, first)
        or winding_number(second.corners, first.corners[0, 0]) > 0.5
        or winding_number(first.corners, second.corners[0, 0]) > 0.5
    )


def _any_crossing(edges_of: Body, triangles_of: Body) -> bool:
    starts = edges_of.corners.reshape(-1, 3)[:, None]
    along = np.roll(edges_of.corners, -1, axis=1).reshape(-1, 3)[:, None] - starts
    a, b, c = np.moveaxis(triangles_of.corners, 1, 0)
    across = np.cross(along, c - a)
    determinant = (across * (b - a)).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = ((starts - a) * across).sum(axis=-1) / determinant
        turned = np.cross(starts - a, b - a)
        v = (along * turned).sum(axis=-1) / determinant
        t = ((c - a) * turned).sum(axis=-1) / determinant
        return bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (t >= 0) & (t <= 1)).any())


def gap_by_brute_force(first: Body, second: Body) -> float:
    """Least distance from a corner of one to the other; the true gap is at most this."""
    pairs = ((first, second), (second, first))
    return min(
        distance_to_triangles(far.corners, corner)
        for near_by, far in pairs
        for corner in np.unique(near_by.corners.reshape(-1, 3), axis=0)
    )


def random_pose(draws: Draws, name: str, reach_m: float) -> Pose:
    scale = 0.5 + 1.5 * draws.uniform(f"{name}/scale")
    return multiply(translation(*draws.in_ball(reach_m, name)), draws.rotation(name), scaling(scale))


@pytest.mark.parametrize(
    "names", [("box", "can"), ("can", "ring"), ("ball", "box"), ("ring", "ring"), ("table", "can")]
)
def test_touch_agrees_with_brute_force(names: tuple[str, str]) -> None:
    answers = []
    for frame in range(60):
        draws = Draws(Streams(0), frame)
        first, second = (Body(SHAPES[name], random_pose(draws, str(at), 0.13)) for at, name in enumerate(names))
        answers.append(overlap_by_brute_force(first, second))
        assert touch(first, second) == touch(second, first) == answers[-1]
    assert 5 < sum(answers) < 58


def test_a_body_inside_another_touches_it() -> None:
    inside = Body(SHAPES["ball"], translation(0.3, 0.2, 0.1))
    room = Body(SHAPES["room"], identity())
    assert touch(inside, room)
    assert touch(room, inside)


def test_a_can_in_a_ring_does_not_touch_it() -> None:
    ring = Body(SHAPES["ring"], identity())
    can = Body(SHAPES["can"], identity())
    assert not touch(can, ring)
    assert not touch(can, ring, 0.01)
    assert touch(can, ring, 0.02)


@pytest.mark.parametrize("gap_m", [0.0005, 0.0019, 0.0021, 0.01])
def test_clearance_between_faces_is_exact(gap_m: float) -> None:
    left, right = Body(SHAPES["box"], identity()), Body(SHAPES["box"], translation(0.1 + gap_m, 0.013, 0.007))
    assert touch(left, right, 0.002) is (gap_m < 0.002)
    assert not touch(left, right)


def test_clearance_of_turned_and_scaled_bodies_is_about_right() -> None:
    clearance_m, answers = 0.01, []
    for frame in range(80):
        draws = Draws(Streams(1), frame)
        first, second = (Body(SHAPES[name], random_pose(draws, name, 0.16)) for name in ("box", "can"))
        answers.append(touch(first, second, clearance_m))
        if not answers[-1]:
            assert gap_by_brute_force(first, second) > 0.85 * clearance_m
        elif not touch(first, second):
            assert gap_by_brute_force(first, second) < 2 * clearance_m
    assert 10 < sum(answers) < 75


def test_bounds_are_those_of_every_corner() -> None:
    body = Body(SHAPES["ring"], multiply(translation(1, 2, 3), rotation_x(0.7), rotation_z(0.2), scaling(1.3)))
    corners = body.corners.reshape(-1, 3)
    assert np.allclose(body.bounds, [corners.min(axis=0), corners.max(axis=0)], atol=1e-12)


def test_boxes_are_near_within_the_margin() -> None:
    box = np.array([[0.0, 0, 0], [1, 1, 1]])
    shifts = np.array([[1.05, 0, 0], [1.2, 0, 0], [0.5, 0.5, 0.5], [0, 0, -1.05]])
    others = box + shifts[:, None]
    assert near(box, others, 0.1) == [0, 2, 3]
    assert near(box, others, 0.0) == [2]


def test_distance_and_inside_are_in_world_metres() -> None:
    body = Body(SHAPES["room"], multiply(translation(10, 0, 0), rotation_z(math.pi / 4), scaling(2)))
    assert body.contains(np.array([10.0, 0, 0]))
    assert not body.contains(np.array([4.0, 0, 0]))
    assert body.distance(np.array([10.0, 0, 1])) == pytest.approx(3)


def test_a_top_is_found_under_every_point_or_not_at_all() -> None:
    table = Body(SHAPES["table"], multiply(translation(0, 0, 1), scaling(2)))
    assert resting_height(table, np.array([[0.0, 0], [0.59, 0.39], [-0.59, 0]])) == pytest.approx(1.6)
    assert resting_height(table, np.array([[0.0, 0], [0.61, 0]])) is None
    steps = trimesh.util.concatenate([SOLIDS["table"]({}), SOLIDS["box"]({}).apply_translation((0, 0, 0.3))])
    stepped = Body(Shape(mesh_of(steps)), identity())
    assert resting_height(stepped, np.array([[0.0, 0], [0.2, 0]])) is None
    assert resting_height(stepped, np.array([[0.0, 0], [0.03, 0]])) == pytest.approx(0.36)


def test_heights_of_a_slope_are_on_it() -> None:
    slope = np.array([[[0.0, 0, 0], [1, 0, 1], [0, 1, 0]]])
    heights = top_heights(slope, np.array([[0.25, 0.25], [0.5, 0.1], [0.9, 0.9]]))
    assert heights[:2] == pytest.approx([0.25, 0.5])
    assert np.isnan(heights[2])


def test_the_base_of_a_can_is_its_bottom_and_of_a_ball_one_facet_at_most() -> None:
    can = base_points(SHAPES["can"].hull_points)
    assert len(can) == 17
    assert np.linalg.norm(can[1:, :2], axis=1) == pytest.approx(0.033, rel=2e-3)
    assert len(base_points(SHAPES["ball"].hull_points)) <= 6
