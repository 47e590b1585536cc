from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.sampling.shapes import Shape, ShapeStore, distance_to_triangles, winding_number
from tests.unit.sampling.worlds import mesh_of

BOX = Shape(mesh_of(trimesh.creation.box((2, 2, 2))))
BALL = Shape(mesh_of(trimesh.creation.icosphere(subdivisions=3)))


def test_split_corners_are_welded() -> None:
    solid = trimesh.creation.box((1, 1, 1))
    split = trimesh.Trimesh(solid.vertices[solid.faces].reshape(-1, 3), np.arange(36).reshape(12, 3), process=False)
    shape = Shape(mesh_of(split))
    assert len(split.vertices) == 36
    assert (len(shape.points), len(shape.edges), len(shape.hull_points), len(shape.part_points)) == (8, 18, 8, 1)


def test_each_connected_part_has_a_point() -> None:
    parts = trimesh.util.concatenate([trimesh.creation.icosphere(1).apply_translation((x, 0, 0)) for x in (0, 5, 9)])
    points = Shape(mesh_of(parts)).part_points
    assert sorted((points[:, 0] + 1) // 4 * 4) == [0, 4, 8]


def test_faces_of_a_box_move_out_by_exactly_the_offset() -> None:
    moved = BOX.points + BOX.outward * 0.1
    assert np.allclose(np.abs(moved), 1.1)


def test_a_ball_grows_evenly() -> None:
    moved = BALL.points + BALL.outward * 0.1
    assert np.linalg.norm(moved, axis=1) == pytest.approx(1.1, abs=0.002)


def test_an_edge_crosses_a_box_only_if_it_does() -> None:
    edge = np.array([[0, 1]])
    for ends, crosses in (
        ([[-3.0, 0.1, 0.2], [3, 0.1, 0.2]], True),
        ([[0.1, 0.2, 0.3], [0.1, 0.2, 3]], True),
        ([[0.1, 0.2, 0.3], [-0.1, 0.5, -0.3]], False),
        ([[-3.0, 0, 0], [-1.01, 0, 0]], False),
        ([[-1.5, 0.9, 0], [0, 2.5, 0]], False),
    ):
        assert BOX.crossed_by(np.array(ends), edge) is crosses


def test_winding_number_is_1_inside_and_0_outside_also_with_a_hole() -> None:
    corners = BALL.points[BALL.triangles]
    assert winding_number(corners, np.zeros(3)) == pytest.approx(1)
    assert winding_number(corners, np.array([2.0, 0, 0])) == pytest.approx(0, abs=1e-12)
    holed = Shape(mesh_of(trimesh.Trimesh(BALL.points, BALL.triangles[40:], process=False)))
    assert holed.contains(np.zeros((1, 3)))
    assert not holed.contains(np.array([[0.99, 0.99, 0.0]]))


def test_distance_has_closed_forms_for_a_box() -> None:
    for point, distance in (
        ((0, 0, 0), 1),
        ((0, 0, 3), 2),
        ((2, 2, 0), np.sqrt(2)),
        ((2, 2, 2), np.sqrt(3)),
        ((1, 0.3, 0.2), 0),
        ((0.2, 0.9, 0), 0.1),
    ):
        assert BOX.distance(np.array(point, float)) == pytest.approx(distance, abs=1e-12)


def test_distance_to_a_triangle_without_area_is_that_to_its_sides() -> None:
    sliver = np.array([[[0.0, 0, 0], [1, 0, 0], [0.5, 0, 0]]])
    assert distance_to_triangles(sliver, np.array([0.5, 2.0, 0])) == pytest.approx(2)


def test_probabilities_of_a_box_follow_the_solid_angles_of_its_faces() -> None:
    a, b, c = 1.0, 2.0, 3.0
    poses = Shape(mesh_of(trimesh.creation.box((a, b, c)))).stable_poses
    # Solid angle of a rectangle with half sides p, q at height h: 4 atan(pq / (h sqrt(h² + p² + q²))).
    diagonal = np.sqrt(a * a + b * b + c * c)
    faces = [4 * np.arctan(p * q / (h * diagonal)) / (4 * np.pi) for p, q, h in ((b, c, a), (a, c, b), (a, b, c))]
    assert [pose.probability for pose in poses] == pytest.approx(np.repeat(faces, 2), abs=1e-6)


@pytest.mark.parametrize(
    ("solid", "ways"),
    [
        (trimesh.creation.cylinder(radius=0.03, height=0.1, sections=24), 26),
        (trimesh.creation.cone(radius=0.1, height=0.3, sections=24), 25),
        (trimesh.creation.box((1, 1, 1)), 6),
    ],
)
def test_stable_poses_rest_on_a_facet_under_the_centre_of_mass(solid: trimesh.Trimesh, ways: int) -> None:
    shape = Shape(mesh_of(solid))
    assert len(shape.stable_poses) == ways
    assert sum(pose.probability for pose in shape.stable_poses) == pytest.approx(1)
    for pose in shape.stable_poses:
        turned = shape.points @ pose.rotation[:3, :3].T
        base = turned[turned[:, 2] < turned[:, 2].min() + 1e-6, :2]
        assert len(base) >= 3
        centre = pose.rotation[:3, :3] @ solid.convex_hull.center_mass
        assert (base.min(axis=0) - 1e-9 <= centre[:2]).all()
        assert (centre[:2] <= base.max(axis=0) + 1e-9).all()


def test_a_body_topples_off_facets_that_do_not_hold_it() -> None:
    # A tall sheared box cannot stand on its small ends: its centre is not over them.
    shear = np.eye(4)
    shear[0, 2] = 2.0
    leaning = trimesh.creation.box((1, 1, 3)).apply_transform(shear)
    poses = Shape(mesh_of(leaning)).stable_poses
    assert len(poses) == 4
    assert sum(pose.probability for pose in poses) == pytest.approx(1)
    for pose in poses:
        assert abs(pose.rotation[2, 2]) < 0.99


def test_a_ball_of_many_facets_keeps_poses() -> None:
    assert len(BALL.stable_poses) == 1280


def test_a_flat_mesh_lies_on_one_of_two_sides() -> None:
    sheet = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]], [[0, 1, 2], [0, 2, 3]], process=False)
    shape = Shape(mesh_of(sheet))
    assert shape.hull is None
    assert [pose.probability for pose in shape.stable_poses] == [0.5, 0.5]
    for pose in shape.stable_poses:
        assert np.ptp(shape.points @ pose.rotation[2, :3]) < 1e-12


def test_the_store_keeps_shapes_until_there_are_too_many() -> None:
    store = ShapeStore(max_triangles=30)
    meshes = [mesh_of(trimesh.creation.box((1, 1, size))) for size in (1, 2, 3)]
    first = store.shape(meshes[0])
    assert store.shape(meshes[0]) is first
    store.shape(meshes[1])
    assert store.shape(meshes[0]) is first
    store.shape(meshes[2])
    assert store.shape(meshes[0]) is first
    large = mesh_of(trimesh.creation.icosphere(3))
    assert store.shape(large) is store.shape(large)
    assert store.shape(meshes[0]) is not first
