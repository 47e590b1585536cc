"""What a depth camera makes of perfect depth."""

from dataclasses import replace

import numpy as np
import pytest

from synthvision.errors import RenderError
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


@pytest.mark.parametrize("step_px", [0.0625, 0.125, 0.5])
@pytest.mark.parametrize("z", [0.8, 1.7, 3.1])
def test_steps_of_depth_are_the_square_of_the_distance_over_focal_length_and_baseline(z, step_px):
    """dz = z² / (f b) · dd (Khoshelham and Oude Elberink, Sensors 12, 2012, equation 10, of the first Kinect)."""
    step_m = z * z / (200 * 0.1) * step_px
    slope = np.linspace(z - 2 * step_m, z + 2 * step_m, 160, dtype=np.float32)[None].repeat(120, axis=0)
    sensor = DepthSensor("stereo", baseline_m=0.1, disparity_step_px=step_px, noise_px=0.0)
    measured = measure_depth(slope, CAMERA, sensor)
    levels = np.unique(measured[measured > 0].round(5))
    assert len(levels) >= 4
    nearest = np.diff(levels)[np.argmin(np.abs(levels[:-1] - z))]
    assert nearest == pytest.approx(step_m, rel=0.1)
    assert np.abs(measured - slope)[measured > 0].max() <= 0.55 * (z + 2 * step_m) ** 2 / 20 * step_px


@pytest.mark.parametrize("z", [1.5, 3.0])
def test_noise_and_steps_of_disparity_add_up(z):
    """Rounding to steps smaller than the noise adds the variance of a twelfth of a squared step."""
    sensor = DepthSensor("stereo", baseline_m=0.1, disparity_step_px=0.25, noise_px=0.2)
    tilted = np.linspace(z - 0.05, z + 0.05, 120, dtype=np.float32)[:, None].repeat(160, axis=1)
    measured = measure_depth(tilted, CAMERA, sensor)
    seen = measured > 0
    error_px = 20 / measured[seen] - 20 / tilted[seen]
    assert error_px.var() == pytest.approx(0.2**2 + 0.25**2 / 12, rel=0.05)
    assert (measured[seen] - tilted[seen]).std() == pytest.approx(z * z / 20 * error_px.std(), rel=0.05)


@pytest.mark.parametrize(("near", "far", "baseline_m"), [(1.0, 2.0, 0.1), (0.8, 4.0, 0.05), (1.6, 2.0, 0.2)])
def test_the_shadow_is_as_wide_as_the_two_disparities_differ(near, far, baseline_m):
    depth = wall(far)
    depth[40:80, 80:110] = near
    sensor = DepthSensor("stereo", baseline_m=baseline_m, noise_px=0.0, disparity_step_px=1e-3)
    measured = measure_depth(depth, CAMERA, sensor)
    width = 200 * baseline_m * (1 / near - 1 / far)
    assert (measured[50, 60:80] == 0).sum() == pytest.approx(width, abs=1)
    assert (measured[50, 110:] > 0).all(), "the second eye sees what is right of the box"
    assert (measured[20, 60:] > 0).all()


def test_time_of_flight_noise_grows_with_the_distance():
    sensor = DepthSensor("time_of_flight", noise_share=0.01)
    near, far = (measure_depth(wall(z), CAMERA, sensor).std() for z in (1.0, 4.0))
    assert far / near == pytest.approx(4.0, rel=0.05)


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


def test_parallel_rays_have_no_disparity():
    flat = replace(CAMERA, orthographic=True)
    with pytest.raises(RenderError) as caught:
        measure_depth(wall(), flat, DepthSensor("stereo"))
    assert str(caught.value) == "depth_sensor: model must be time_of_flight for an orthographic camera, got 'stereo'"
    assert measure_depth(wall(), flat, DepthSensor("time_of_flight")).any()


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
