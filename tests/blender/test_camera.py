"""Pixels are where K and the poses say, to the last one that is not a tie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Asset
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import Camera
from tests.blender.index_pass import index_pass
from tests.blender.scenes import BOX, PLANE, FakeStore, at, ball, camera, make_scene, still_life, thing

CAMERAS = {
    "plain": camera(size=(160, 120)),
    "off_centre": replace(camera(size=(160, 120)), cx=70.25, cy=66.5),
    "tall_pixels": replace(camera(size=(120, 160)), fx=130.0, fy=101.5, cx=61.0, cy=75.5),
    "wide_pixels": replace(camera(size=(160, 120)), fx=120.0, fy=171.5, cx=77.0, cy=62.25),
    "wide_angle": replace(camera(size=(160, 120)), fx=30.0, fy=30.0),
}


def rays(view: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return the eye (3,) and the directions (H, W, 3) with z = 1 in camera axes, in the world."""
    columns, rows = np.meshgrid(np.arange(view.width_px) + 0.5, np.arange(view.height_px) + 0.5)
    local = np.stack([(columns - view.cx) / view.fx, (rows - view.cy) / view.fy, np.ones_like(rows)], axis=2)
    pose = np.array(view.camera_to_world)
    return pose[:3, 3], local @ pose[:3, :3].T


@pytest.mark.parametrize("name", CAMERAS)
def test_ground_has_the_depth_of_the_closed_form(renderer: BlenderRenderer, name: str) -> None:
    view = CAMERAS[name]
    index, depth = index_pass(renderer, make_scene(thing("ground", PLANE), view=view))
    eye, directions = rays(view)
    with np.errstate(divide="ignore"):
        expected = -eye[2] / directions[:, :, 2]
    hit = eye + expected[:, :, None] * directions
    inside = (expected > 0) & (np.abs(hit[:, :, :2]).max(axis=2) < 10)
    assert np.array_equal(index == 0, inside)
    assert np.count_nonzero(inside) > inside.size / 2
    near = inside & (expected < 5)
    np.testing.assert_allclose(depth[near], expected[near], rtol=2e-4)


@pytest.mark.parametrize("name", CAMERAS)
def test_sphere_covers_the_pixels_of_the_closed_form(renderer: BlenderRenderer, store: FakeStore, name: str) -> None:
    fine = ball(0.2, subdivisions=5)
    store.assets[fine.content_hash] = Asset(fine, ())
    view = CAMERAS[name]
    index, depth = index_pass(renderer, make_scene(thing("ball/0", fine, at(0.1, 0.05, 0.02)), view=view))
    eye, directions = rays(view)
    centre = np.array([0.1, 0.05, 0.22])
    along = ((centre - eye) * directions).sum(axis=2) / (directions**2).sum(axis=2)
    miss_m = np.linalg.norm(eye + along[:, :, None] * directions - centre, axis=2)
    # The mesh lies inside its sphere by less than 0.1 mm.
    assert np.array_equal((index == 0)[np.abs(miss_m - 0.2) > 1e-4], (miss_m < 0.2)[np.abs(miss_m - 0.2) > 1e-4])
    middle = miss_m < 0.1
    half_chord = np.sqrt((0.2**2 - miss_m[middle] ** 2) / (directions[middle] ** 2).sum(axis=1))
    np.testing.assert_allclose(depth[middle], along[middle] - half_chord, atol=2e-4)


def test_scaled_and_moved_box_is_where_its_pose_says(renderer: BlenderRenderer) -> None:
    view = camera(eye=(0.0, 0.0, 2.0), target=(0.0, 0.0, 0.0), size=(100, 100), focal_px=100.0)
    index, depth = index_pass(renderer, make_scene(thing("box/0", BOX, at(0.1, 0.2, 0.3, scale=0.5)), view=view))
    rows, columns = np.nonzero(index == 0)
    # A cube of 0.15 m from z = 0.3 to 0.45, seen from straight above: x right and, by ``look_at_camera``, y up. Its
    # sides away from the axis end at the top, those towards it at the bottom.
    top, bottom = 100.0 / (2.0 - 0.45), 100.0 / (2.0 - 0.3)
    assert (columns.min(), columns.max() + 1) == (round(50 + 0.025 * bottom), round(50 + 0.175 * top))
    assert (rows.min(), rows.max() + 1) == (round(50 - 0.275 * top), round(50 - 0.125 * bottom))
    assert depth[index == 0].min() == pytest.approx(1.55, abs=1e-5)
    assert np.count_nonzero(depth[index == 0] < 1.5501) == 9 * 10  # centres in 51.6 … 61.3 and 32.3 … 41.9


def test_nothing_is_seen_nearer_than_the_clip_distance(renderer: BlenderRenderer) -> None:
    box_at_half_a_metre = thing("box/0", BOX, at(0.0, 0.0, 1.2))
    view = replace(camera(eye=(0.0, 0.0, 2.0), target=(0.0, 0.0, 0.0), size=(64, 64)), clip_m=0.6)
    index, depth = index_pass(renderer, make_scene(thing("ground", PLANE), box_at_half_a_metre, view=view))
    # Its top is cut away; the ray goes on and meets the bottom from inside.
    assert index[32, 32] == 1
    assert depth[32, 32] == pytest.approx(0.8, abs=1e-5)
    index, depth = index_pass(renderer, make_scene(box_at_half_a_metre, view=replace(view, clip_m=0.4)))
    assert depth[32, 32] == pytest.approx(0.5, abs=1e-5)


def test_picture_has_the_camera_s_size_and_its_first_row_on_top(renderer: BlenderRenderer) -> None:
    view = camera(eye=(0.0, -2.0, 0.5), target=(0.0, 0.0, 0.5), size=(48, 32))
    pixels = renderer.render(make_scene(thing("ground", PLANE), view=view)).pixels
    assert pixels.shape == (32, 48, 3)
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels[0], 0.05, rtol=1e-6)  # the world above the horizon
    assert pixels[-1].mean() > 0.3  # the ground in the sun


def test_index_pass_leaves_pictures_as_they_are(renderer: BlenderRenderer) -> None:
    scene = still_life()
    before = renderer.render(scene).pixels
    index_pass(renderer, scene)
    assert np.array_equal(renderer.render(scene).pixels, before)
