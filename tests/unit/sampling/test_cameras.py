"""Cameras drawn from a recipe: what they see with, how they move, pairs, and several of one scene."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import load_sensors
from synthvision.errors import FrameError, PlacementError
from synthvision.scene import Camera, Scene
from tests.unit.sampling.worlds import CAMERA, THING, sampler

FIXED = {"position": {"at_m": [0, -2, 1]}, "look_at": {"at_m": [0, 0, 1]}}


def drawn(camera: object, frame_index: int = 0, **sections: object) -> Camera:
    return sampler(camera=camera, objects=[THING | {"count": 1}], **sections).draw(frame_index).camera


def test_field_of_view_is_of_the_pinhole() -> None:
    made = drawn(FIXED | {"fov_deg": 90, "resolution": [200, 100], "lens": {"kannala_brandt": {"k1": -0.1}}})
    assert (made.fx, made.fy, made.cx, made.cy) == (pytest.approx(100), pytest.approx(100), 100, 50)
    assert made.lens is not None
    assert (made.lens.model, made.lens.coefficients) == ("kannala_brandt", (-0.1, 0.0, 0.0, 0.0))
    assert not made.orthographic
    assert (made.aperture_m, made.focus_m, made.shutter_s, made.name) == (0.0, 1.0, 0.0, "")


def test_matrix_and_lens_are_drawn() -> None:
    k = {"fx": {"uniform": [500, 600]}, "fy": 550, "cx": {"normal": {"mean": 320, "std": 2}}, "cy": 240}
    lens = {"brown_conrady": {"k1": {"uniform": [-0.2, -0.1]}, "p1": 0.001, "k3": 0.02}}
    scenes = sampler(camera=FIXED | {"k": k, "lens": lens}, objects=[THING | {"count": 1}])
    cameras = [scenes.draw(index).camera for index in range(8)]
    assert all(500 <= one.fx <= 600 and one.fy == 550 for one in cameras)
    assert len({one.cx for one in cameras}) == len({one.lens for one in cameras}) == 8
    for one in cameras:
        assert one.lens is not None
        k1, k2, p1, p2, k3, *rest = one.lens.coefficients
        assert -0.2 <= k1 <= -0.1
        assert (k2, p1, p2, k3, *rest) == (0.0, 0.001, 0.0, 0.02, 0.0, 0.0, 0.0)


def test_orthographic_is_as_wide_as_it_says() -> None:
    made = drawn(FIXED | {"orthographic_m": 0.5, "resolution": [200, 100]})
    assert made.orthographic
    assert (made.fx, made.fy, made.cx, made.cy) == (400, 400, 100, 50)


def test_a_real_sensor_brings_resolution_matrix_and_lens() -> None:
    made, real = drawn(FIXED | {"sensor": "gopro_hero7_wide"}), load_sensors()["gopro_hero7_wide"]
    assert (made.width_px, made.height_px) == real.resolution == (1920, 1080)
    assert (made.fx, made.fy, made.cx, made.cy) == real.k
    assert made.lens is not None
    assert made.lens.model == "kannala_brandt"
    small = drawn(FIXED | {"sensor": "gopro_hero7_wide", "resolution": [480, 270]})
    assert (small.fx, small.fy, small.cx, small.cy) == tuple(value / 4 for value in real.k)
    assert small.lens == made.lens


def test_a_sensor_of_a_list_is_drawn() -> None:
    names = ["realsense_d435_colour", "logitech_c920", "kinect_v2_depth"]
    scenes = sampler(camera=FIXED | {"sensor": names}, objects=[THING | {"count": 1}])
    widths = [scenes.draw(index).camera.fx for index in range(12)]
    assert {width: widths.count(width) for width in set(widths)} == {
        load_sensors()[name].k[0]: pytest.approx(4, abs=1) for name in names
    }


def test_the_aperture_is_the_focal_length_over_the_f_number() -> None:
    blur = {"f_number": 2, "sensor_width_mm": 20}
    made = drawn(FIXED | {"fov_deg": 90, "depth_of_field": blur})
    # 20 mm wide at 90 degrees: a focal length of 10 mm, so a pupil 5 mm across.
    assert made.aperture_m == pytest.approx(0.0025)
    assert made.focus_m == pytest.approx(2.0)  # at the point looked at
    assert drawn(FIXED | {"depth_of_field": {"focus_m": 0.7}}).focus_m == 0.7
    full_frame = drawn(FIXED | {"fov_deg": 90, "depth_of_field": {"f_number": 2}})
    assert full_frame.aperture_m == pytest.approx(0.018 / 4)
    real = drawn(FIXED | {"sensor": "basler_aca1920_40_8mm", "depth_of_field": {"f_number": 4}})
    assert real.aperture_m == pytest.approx(0.008 / 4 / 2, rel=1e-3)


def test_movement_is_turned_into_the_world() -> None:
    # Looks along +Y: right is +X, down is -Z, forward is +Y.
    moving = {"velocity_m_s": [1, 2, 3], "spin_deg_s": [10, 20, 30], "shutter_s": 0.02}
    made = drawn(FIXED | moving)
    assert made.velocity_m_s == pytest.approx((1, 3, -2))
    assert made.spin_deg_s == pytest.approx((10, 30, -20))
    assert made.shutter_s == 0.02


def worlds_of(scenes: tuple[Scene, ...]) -> set[str]:
    """Return what is left when the camera, the frame and its noise are taken away."""
    return {
        repr(
            replace(
                scene,
                frame_index=0,
                camera=scenes[0].camera,
                sensor=replace(scene.sensor, noise_seed=0, pattern_seed=0),
            )
        )
        for scene in scenes
    }


def test_a_stereo_pair_is_one_world_seen_twice() -> None:
    scenes = sampler(camera=CAMERA | {"stereo": {"baseline_m": 0.12}}, splits={"train": 1, "test": 1})
    assert scenes.views == 2
    left, right = scenes.draw(6), scenes.draw(7)
    assert (left.frame_index, right.frame_index) == (6, 7)
    assert left.scene_index == right.scene_index == 3
    assert left.split == right.split
    assert (left.camera.name, right.camera.name) == ("left", "right")
    assert len(worlds_of((left, right))) == 1
    assert left.sensor.noise_seed != right.sensor.noise_seed
    assert left.sensor.pattern_seed != right.sensor.pattern_seed
    one, other = (np.array(scene.camera.camera_to_world) for scene in (left, right))
    assert np.array_equal(one[:3, :3], other[:3, :3])
    np.testing.assert_allclose(np.linalg.inv(one) @ other[:, 3], [0.12, 0, 0, 1], atol=1e-12)
    assert (left.camera.baseline_m, right.camera.baseline_m) == (0.12, -0.12)
    assert sampler(camera=CAMERA).draw(0).camera.baseline_m == 0
    moved = {"camera_to_world": left.camera.camera_to_world, "baseline_m": 0.12, "name": "left"}
    assert replace(right.camera, **moved) == left.camera


def test_cameras_have_streams_of_their_own_and_the_first_has_those_of_an_only_one() -> None:
    only = sampler(camera=CAMERA)
    both = sampler(camera=[CAMERA | {"name": "front"}, CAMERA | {"name": "top", "stereo": {"baseline_m": 0.1}}])
    assert both.views == 3
    scenes = [both.draw(index) for index in range(6)]
    assert [scene.camera.name for scene in scenes] == ["front", "top-left", "top-right"] * 2
    assert [scene.scene_index for scene in scenes] == [0, 0, 0, 1, 1, 1]
    for index in range(2):
        alone = only.draw(index)
        assert replace(scenes[3 * index].camera, name="") == alone.camera
        assert scenes[3 * index].instances == alone.instances
        assert scenes[3 * index].sensor == replace(alone.sensor, noise_seed=scenes[3 * index].sensor.noise_seed)
        assert len(worlds_of(tuple(scenes[3 * index : 3 * index + 3]))) == 1
    assert scenes[0].camera.camera_to_world != scenes[1].camera.camera_to_world
    assert [both.draw(index) for index in (5, 2, 4)] == [scenes[5], scenes[2], scenes[4]]


def test_both_eyes_must_be_free() -> None:
    table = {"asset": "table", "category": "base", "place": {"at_m": [1, -2, 0.9]}}
    camera = FIXED | {"stereo": {"baseline_m": 1.0}}
    assert sampler(camera=camera, objects=[table | {"place": {"at_m": [9, 9, 0]}}]).draw(0).camera.name == "left"
    with pytest.raises(PlacementError, match="frame 0: camera: position must be outside all objects"):
        sampler(camera=camera, objects=[table]).draw(0)


def test_what_cannot_be_is_named() -> None:
    for camera, message in (
        (FIXED | {"fov_deg": {"uniform": [180.5, 190]}}, r"frame 0: camera/fov_deg must be below 180, got 18\d\.\d+"),
        (FIXED | {"k": {"fx": {"normal": {"mean": -900, "std": 1}}, "fy": 1, "cx": 0, "cy": 0}}, "camera/k/fx"),
        ({"position": {"at_m": [0, 0, 1]}, "look_at": {"at_m": [0, 0, 1]}}, "look_at must be away from the camera"),
    ):
        with pytest.raises(FrameError, match=message):
            drawn(camera)


def test_roll_turns_the_pair_with_the_camera() -> None:
    camera = FIXED | {"look_at": {"at_m": [0, 0, 1], "roll_deg": 90}, "stereo": {"baseline_m": 0.2}}
    scenes = sampler(camera=camera, objects=[THING | {"count": 1}])
    moved = np.subtract(*(np.array(scenes.draw(index).camera.camera_to_world)[:3, 3] for index in (1, 0)))
    assert math.isclose(abs(moved[2]), 0.2, abs_tol=1e-12)
