"""What a depth camera makes of perfect depth."""

import numpy as np
import pytest

from synthvision.scene import Camera, DepthSensor
from synthvision.scene.poses import as_matrix, identity
from synthvision.sensor import measure_depth
from synthvision.sensor.depth import in_shadow

CAMERA = Camera(160, 120, 200.0, 200.0, 80.0, 60.0, as_matrix(identity()))


def wall(z=2.0):
    return np.full((120, 160), z, np.float32)


def box_before_wall():
    depth = wall(2.0)
    depth[40:80, 60:100] = 1.0
    return depth


def test_without_errors_only_the_shadow_and_the_rounding_of_disparity_are_left():
    sensor = DepthSensor("stereo", baseline_m=0.1, disparity_step_px=0.125, noise_px=0.0)
    measured = measure_depth(box_before_wall(), CAMERA, sensor)
    # Disparity is 200 · 0.1 / z: 20 px on the box, 10 on the wall, so 10 columns left of the box are hidden.
    assert (measured[50, 50:60] == 0).all()
    assert measured[50, 30:50] == pytest.approx(np.full(20, 2.0))
    assert measured[50, 60:100] == pytest.approx(np.full(40, 1.0))
    assert (measured[50, :10] == 0).all(), "the right eye does not see what is left of its image"
    assert (measured[10, 11:] > 0).all()


def test_disparity_comes_in_steps():
    depth = np.linspace(1.9, 2.1, 160, dtype=np.float32)[None].repeat(120, axis=0)
    measured = measure_depth(depth, CAMERA, DepthSensor("stereo", baseline_m=0.1, disparity_step_px=0.5, noise_px=0.0))
    disparities = 20 / measured[measured > 0]
    assert np.abs(disparities / 0.5 - np.rint(disparities / 0.5)).max() < 1e-4
    assert len(np.unique(np.rint(disparities * 2))) == 3


def test_stereo_noise_grows_with_the_square_of_the_distance():
    def spread(z):
        sensor = DepthSensor("stereo", baseline_m=0.1, disparity_step_px=1e-4, noise_px=0.2)
        measured = measure_depth(wall(z), CAMERA, sensor)
        return measured[measured > 0].std()

    assert spread(2.0) == pytest.approx(0.2 * 2.0**2 / 20, rel=0.1)
    assert spread(4.0) / spread(2.0) == pytest.approx(4.0, rel=0.1)


def test_time_of_flight_noise_is_a_share_and_edges_fly():
    sensor = DepthSensor("time_of_flight", noise_share=0.01)
    flat = measure_depth(wall(3.0), CAMERA, sensor)
    assert flat.std() == pytest.approx(0.03, rel=0.05)
    edges = measure_depth(box_before_wall(), CAMERA, DepthSensor("time_of_flight", noise_share=0.0))
    between = (edges > 1.1) & (edges < 1.9)
    assert 20 < between.sum() < 200
    assert not between[:, :58].any()


def test_dropout_and_range():
    lost = measure_depth(wall(), CAMERA, DepthSensor("time_of_flight", dropout=0.3))
    assert (lost == 0).mean() == pytest.approx(0.3, abs=0.02)
    near = measure_depth(box_before_wall(), CAMERA, DepthSensor("time_of_flight", noise_share=0.0, near_m=1.5))
    assert (near[41:79, 61:99] == 0).all()
    assert (measure_depth(wall(0.0), CAMERA, DepthSensor("stereo")) == 0).all()


def test_grazing_surfaces_lose_more():
    z = np.linspace(1.0, 6.0, 160, dtype=np.float32)[None].repeat(120, axis=0)
    sensor = DepthSensor("time_of_flight", noise_share=0.0, dropout=0.1)
    steep, facing = ((measure_depth(depth, CAMERA, sensor) == 0).mean() for depth in (z, wall()))
    assert steep > 2 * facing


def test_the_same_seed_gives_the_same_bytes_and_another_others():
    first, again, other = (measure_depth(wall(), CAMERA, DepthSensor("stereo", seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_shadow_against_brute_force():
    dice = np.random.default_rng(3)  # noqa: TID251 - fixed numbers
    disparity = dice.uniform(0, 12, (4, 60)).astype(np.float32)
    places = np.arange(60) + 0.5 - disparity
    expected = [
        [
            any(places[row, other] <= places[row, x] for other in range(x + 1, 60)) or places[row, x] < 0
            for x in range(60)
        ]
        for row in range(4)
    ]
    assert np.array_equal(in_shadow(disparity), np.array(expected))
