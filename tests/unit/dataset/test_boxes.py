"""Oriented boxes and the occlusion graph, against closed forms and OpenCV."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthvision.dataset.boxes import Occlusion, occlusion_graph, oriented_box_2d, oriented_box_3d
from synthvision.dataset.records import frame_record
from synthvision.errors import DatasetError
from synthvision.labels import Labeller, Maps
from tests.unit.labels.hand_made import HandMadeStore, at, box, quad, scene
from tests.unit.labels.test_object_maps import pyramid

TILT = Rotation.from_euler("xyz", [20, -35, 70], degrees=True).as_matrix()


def record_of(things, **assets):
    store = HandMadeStore(**assets)
    made = scene(store, things)
    return made, frame_record(made, Labeller(store).label(made, maps=Maps()), (), {})


def test_a_box_in_camera_and_world_axes_is_the_meshs_own():
    made, record = record_of([("pyramid", at(0.3, 3, 0.2, 1.5, TILT), True)], pyramid=pyramid())
    (label,) = record.labels
    low, high = pyramid().mesh.bounds
    world = oriented_box_3d(label, record.camera_to_world)
    np.testing.assert_allclose(world.size_m, 1.5 * (high - low), atol=1e-7)
    np.testing.assert_allclose(world.rotation, TILT, atol=1e-12)
    np.testing.assert_allclose(world.centre_m, 1.5 * TILT @ (low + high) / 2 + (0.3, 3, 0.2), atol=1e-7)
    camera = oriented_box_3d(label)
    pose = np.array(made.camera.camera_to_world)
    np.testing.assert_allclose(pose[:3, :3] @ camera.rotation, world.rotation, atol=1e-12)
    # Its corners are those of the label.
    signs = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)]) - 0.5
    corners = (signs * camera.size_m) @ camera.rotation.T + camera.centre_m
    np.testing.assert_allclose(corners, label.corners_m, atol=1e-7)


def test_a_label_without_a_pose_has_no_box_in_space():
    _, record = record_of([("box", at(0, 3, 0), True)], box=box())
    with pytest.raises(DatasetError) as caught:
        oriented_box_3d(replace(record.labels[0], object_to_camera=None))
    assert str(caught.value) == "label 1 (box/0): pose must be known, got a label without one"


def test_an_upright_rectangle_has_its_own_sides():
    mask = np.zeros((20, 30), bool)
    mask[3:8, 10:22] = True
    assert oriented_box_2d(mask).tolist() == [[10, 3], [22, 3], [22, 8], [10, 8]]
    mask[:] = False
    mask[19, 29] = True
    assert oriented_box_2d(mask).tolist() == [[29, 19], [30, 19], [30, 20], [29, 20]]
    assert oriented_box_2d(np.zeros((4, 5), bool)) is None


def test_a_turned_rectangle_is_found_to_a_pixel():
    rows, columns = np.mgrid[:200, :200] + 0.5
    angle = np.radians(27)
    along = (columns - 100) * np.cos(angle) + (rows - 100) * np.sin(angle)
    across = (rows - 100) * np.cos(angle) - (columns - 100) * np.sin(angle)
    corners = oriented_box_2d((np.abs(along) < 70) & (np.abs(across) < 25))
    sides = np.roll(corners, -1, axis=0) - corners
    assert sorted(np.linalg.norm(sides, axis=1)[:2]) == pytest.approx([50, 140], abs=2)
    assert np.degrees(np.arctan2(*sides[np.argmax(np.linalg.norm(sides, axis=1))][::-1])) % 180 == pytest.approx(
        27, abs=1
    )
    assert corners[0, 1] == corners[:, 1].min()


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from([0.03, 0.3, 0.9]), st.integers(0, 2**31))
def test_it_holds_every_pixel_and_none_is_smaller(height, width, density, seed):
    mask = np.random.default_rng(seed).random((height, width)) < density  # noqa: TID251 - seeded test data
    corners = oriented_box_2d(mask)
    assert (corners is None) == (not mask.any())
    if corners is None:
        return
    rows, columns = np.nonzero(mask)
    pixels = np.concatenate([np.stack([columns + x, rows + y], axis=1) for x in (0, 1) for y in (0, 1)])
    sides = np.roll(corners, -1, axis=0) - corners
    for corner, (x, y) in zip(corners, sides, strict=True):
        inward = np.array([-y, x]) / np.hypot(x, y)  # clockwise in an image whose y is down
        assert ((pixels - corner) @ inward).min() > -1e-9
    assert abs(np.cross(sides[0], sides[1])) == pytest.approx(np.prod(np.linalg.norm(sides[:2], axis=1)))
    _, (w, h), _ = cv2.minAreaRect(pixels.astype(np.float32))
    assert np.prod(np.linalg.norm(sides[:2], axis=1)) == pytest.approx(w * h, rel=1e-4)


def test_the_occlusion_graph_says_who_hides_whom():
    things = [
        ("quad", at(0, 4, 0), True),
        ("quad", at(-0.3, 2, 0, 0.3), True),
        ("box", at(0.2, 2, 0.1, 0.2), False),
    ]
    _, record = record_of(things, quad=quad(), box=box())
    behind, before = record.labels
    graph = occlusion_graph(record)
    assert [(edge.hider, edge.hidden) for edge in graph] == [("box/2", "quad/0"), ("quad/1", "quad/0")]
    assert sum(edge.pixels for edge in graph) == behind.amodal_area - behind.area
    assert sum(edge.share for edge in graph) == pytest.approx(1 - behind.visibility, abs=1e-6)
    assert graph[0] == Occlusion("box/2", "quad/0", behind.hidden_by["box/2"], graph[0].pixels / behind.amodal_area)
    assert before.visibility == 1
