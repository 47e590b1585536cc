"""Exposure, fixed pattern, mosaic, white balance, sharpening and compression."""

import cv2
import numpy as np
import pytest

from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop
from synthvision.sensor.mosaic import interpolate, sample
from synthvision.sensor.noise import add_noise


def flat(value, size=(64, 64)):
    return np.full((*size, 3), value, np.float32)


def ramp():
    x = np.linspace(0.05, 0.8, 80, dtype=np.float32)
    return np.ascontiguousarray(np.broadcast_to(x[None, :, None], (60, 80, 3)))


def test_auto_exposure_brings_any_light_to_the_same_picture():
    settings = SensorSettings(view="linear", auto_exposure=0.18)
    pictures = [develop(Radiance(ramp() * factor), settings) for factor in (0.2, 1.0, 7.0)]
    assert np.array_equal(pictures[0], pictures[1])
    assert np.abs(pictures[0].astype(int) - pictures[2]).max() <= 1
    log_mean = np.exp(np.log(pictures[0][..., 1] / 255).mean())
    assert log_mean == pytest.approx(0.18, rel=0.02)


def test_exposure_comes_on_top_of_auto_exposure():
    darker = develop(Radiance(ramp()), SensorSettings(view="linear", auto_exposure=0.18, exposure_ev=-1))
    assert np.exp(np.log(darker[..., 1] / 255).mean()) == pytest.approx(0.09, rel=0.04)


def test_auto_exposure_survives_a_black_picture():
    assert develop(Radiance(flat(0.0)), SensorSettings(auto_exposure=0.18)).max() == 0


def test_the_fixed_pattern_is_the_sensors_own_and_not_the_frames():
    def noisy(noise_seed, pattern_seed):
        settings = SensorSettings(
            gain_noise_share=0.02, dark_noise_e=5.0, noise_seed=noise_seed, pattern_seed=pattern_seed
        )
        return add_noise(flat(0.5), settings)

    assert np.array_equal(noisy(1, 9), noisy(2, 9))
    assert not np.array_equal(noisy(1, 9), noisy(1, 8))


def test_gain_and_dark_noise_have_the_spread_they_say():
    gain = add_noise(flat(0.5, (256, 256)), SensorSettings(gain_noise_share=0.02))
    assert gain.std() == pytest.approx(0.01, rel=0.02)
    dark = add_noise(flat(0.0, (256, 256)), SensorSettings(dark_noise_e=25.0, full_well_e=10000.0))
    assert dark.std() == pytest.approx(25 / 10000, rel=0.02)


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
def test_a_mosaic_keeps_one_channel_of_each_pixel_and_plain_colour_survives_it(pattern):
    colour = np.array([0.2, 0.5, 0.7], np.float32)
    light = np.broadcast_to(colour, (10, 12, 3)).copy()
    mosaic = sample(light, pattern)
    assert ((mosaic > 0).sum(axis=2) == 1).all()
    first = "rgb".index(pattern[0])
    assert mosaic[0, 0, first] == colour[first]
    assert interpolate(mosaic) == pytest.approx(light, abs=1e-6)


def test_a_ramp_is_interpolated_exactly_inside():
    light = ramp()
    inside = interpolate(sample(light, "rggb"))[2:-2, 2:-2]
    assert inside == pytest.approx(light[2:-2, 2:-2], abs=1e-6)


def test_white_balance_makes_tinted_light_grey_and_saturates_once_more():
    light = np.broadcast_to(np.array([0.6, 0.4, 0.2], np.float32), (4, 4, 3)).copy()
    grey = develop(Radiance(light), SensorSettings(view="linear", white_balance=(0.4 / 0.6, 1.0, 2.0)))
    assert (grey == round(0.4 * 255)).all()
    assert develop(Radiance(light), SensorSettings(view="linear", white_balance=(9.0, 1.0, 1.0)))[0, 0, 0] == 255


def test_jpeg_leaves_what_opencv_leaves():
    dice = np.random.default_rng(2)  # noqa: TID251 - fixed numbers
    light = dice.random((32, 48, 3), np.float32)
    plain = develop(Radiance(light), SensorSettings())
    written = cv2.imencode(".jpg", plain[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    expected = cv2.imdecode(written, cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(develop(Radiance(light), SensorSettings(jpeg_quality=30)), expected)


def test_sharpening_overshoots_at_an_edge():
    light = flat(0.2)
    light[:, 32:] = 0.5
    plain = develop(Radiance(light), SensorSettings(view="linear")).astype(int)
    sharp = develop(Radiance(light), SensorSettings(view="linear", sharpening=1.0)).astype(int)
    assert sharp[10, 31, 0] < plain[10, 31, 0]
    assert sharp[10, 32, 0] > plain[10, 32, 0]
    assert (sharp[:, :25] == plain[:, :25]).all()
