"""Exposure, fixed pattern, mosaic, white balance, sharpening and compression."""

import cv2
import numpy as np
import pytest

from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop
from synthvision.sensor.counting import count
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


def test_white_balance_makes_tinted_light_grey_and_saturates_once_more():
    light = np.broadcast_to(np.array([0.6, 0.4, 0.2], np.float32), (4, 4, 3)).copy()
    grey = develop(Radiance(light), SensorSettings(view="linear", white_balance=(0.4 / 0.6, 1.0, 2.0)))
    assert (grey == round(0.4 * 255)).all()
    assert develop(Radiance(light), SensorSettings(view="linear", white_balance=(9.0, 1.0, 1.0)))[0, 0, 0] == 255


@pytest.mark.parametrize("bayer", ["none", "grbg"])
@pytest.mark.parametrize("view", ["srgb", "filmic"])
def test_what_is_blown_out_is_white_whatever_the_white_balance(view, bayer):
    lamp = flat(100.0, (12, 12))
    settings = SensorSettings(view=view, bayer=bayer, white_balance=(0.6, 1.0, 1.9), shot_noise=True)
    assert (develop(Radiance(lamp), settings) >= 254).all()


@pytest.mark.parametrize("bayer", ["none", "rggb"])
def test_read_noise_does_not_brighten_the_dark(bayer):
    """A converter that cut noise off at black would add 0.4 standard deviations to the mean of black pixels."""
    settings = SensorSettings(bayer=bayer, read_noise_e=30.0, full_well_e=1000.0)
    dark = count(flat(0.06, (200, 200)), settings, 1.0)
    assert dark.mean() == pytest.approx(0.06, abs=0.001)
    assert count(flat(0.0), settings, 1.0).min() == 0
    if bayer == "rggb":
        # Interpolation averages positive and negative noise before what is below black is cut off.
        assert count(flat(0.0, (200, 200)), settings, 1.0).mean() < 0.4 * 0.03


def test_the_converter_has_even_steps_and_their_noise():
    light = np.linspace(0, 1, 3 * 64 * 64, dtype=np.float32).reshape(64, 64, 3)
    steps = count(light.copy(), SensorSettings(adc_bits=6), 1.0) * 63
    assert np.abs(steps - np.rint(steps)).max() < 1e-4
    assert len(np.unique(np.rint(steps))) == 64
    error = steps / 63 - light
    assert error.std() * 63 == pytest.approx(12**-0.5, rel=0.02)
    assert abs(error.mean()) * 63 < 0.01


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
