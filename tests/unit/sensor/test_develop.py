"""Closed forms of the view transforms, statistics of the noise."""

import numpy as np
import pytest
from numpy.random import default_rng  # noqa: TID251 - seeded test data

from synthvision.assets.srgb import srgb_decode, srgb_encode
from synthvision.errors import RenderError
from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop
from synthvision.sensor.view import FILMIC_WHITE, agx_curve

SRGB = SensorSettings(view="srgb")
FILMIC = SensorSettings(view="filmic")


def grey(value: float, settings: SensorSettings) -> int:
    levels = develop(Radiance(np.full((2, 3, 3), value, np.float32)), settings)
    assert levels.shape == (2, 3, 3)
    assert levels.dtype == np.uint8
    assert len(np.unique(levels)) == 1
    return int(levels[0, 0, 0])


def ramp() -> np.ndarray:
    """Light from far below black to far above white, (1, N, 3)."""
    values = np.concatenate([[-1.0, 0.0], np.geomspace(1e-6, 100.0, 40_000)])
    return np.repeat(values.astype(np.float32)[None, :, None], 3, axis=2)


@pytest.mark.parametrize(
    ("linear", "level"),
    [(-1.0, 0), (0.0, 0), (0.0031308, 10), (0.18, 118), (0.21586, 128), (0.5, 188), (1.0, 255), (7.0, 255)],
)
def test_srgb_has_its_published_values(linear, level):
    assert grey(linear, SRGB) == level


def test_srgb_rounds_exactly_like_the_formula():
    values = default_rng(1).uniform(0, 1, (64, 500, 3)).astype(np.float32) ** 2
    exact = np.floor(srgb_encode(values.astype(np.float64)) * 255 + 0.5)
    np.testing.assert_array_equal(develop(Radiance(values), SRGB), exact)


def test_every_level_comes_back_from_its_own_light():
    levels = np.arange(256)
    light = np.repeat(srgb_decode(levels / 255).astype(np.float32)[None, :, None], 3, axis=2)
    np.testing.assert_array_equal(develop(Radiance(light), SRGB)[0, :, 1], levels)


@pytest.mark.parametrize("settings", [SRGB, FILMIC])
def test_more_light_is_never_darker(settings):
    levels = develop(Radiance(ramp()), settings)[0].astype(int)
    assert (np.diff(levels, axis=0) >= 0).all()
    assert levels[0].tolist() == levels[1].tolist() == [0, 0, 0]
    assert levels[-1].tolist() == [255, 255, 255]
    assert len(np.unique(levels)) == 256


def test_filmic_keeps_middle_grey_and_rolls_highlights_off():
    # AgX puts 0.18 at code 1/2: sRGB of 0.5 ** 2.4, 0.472.
    assert grey(0.18, FILMIC) == pytest.approx(255 * float(srgb_encode(np.array(0.5**2.4))), abs=0.6)
    assert grey(1.0, FILMIC) == pytest.approx(198, abs=2)
    assert grey(8.0, FILMIC) < 255
    assert grey(FILMIC_WHITE, FILMIC) == 255


def test_filmic_is_its_formula_within_a_level():
    values = np.exp(default_rng(2).normal(-1, 2, (50, 50, 3))).astype(np.float32)
    inset = np.array(
        [
            [0.8424010709504686, 0.0784365015618028, 0.0791624274877287],
            [0.0424010709504685, 0.8784365015618028, 0.0791624274877287],
            [0.0424010709504685, 0.0784365015618028, 0.8791624274877287],
        ]
    )
    light = np.clip(values.astype(np.float64), 0, FILMIC_WHITE)
    code = np.clip(agx_curve(light @ inset.T) @ np.linalg.inv(inset).T, 0, 1)
    difference = develop(Radiance(values), FILMIC) - 255 * srgb_encode(code**2.4)
    assert np.abs(difference).max() < 0.6


def test_filmic_keeps_the_hue_and_pales_what_is_overexposed():
    dull, bright = (
        develop(Radiance(np.full((1, 1, 3), (k, 0.02 * k, 0.02 * k), np.float32)), FILMIC) for k in (0.5, 8)
    )
    assert dull[0, 0, 0] > 3 * dull[0, 0, 1]
    assert bright[0, 0, 0] > bright[0, 0, 1] > 100


def test_exposure_doubles_the_light_per_stop():
    assert grey(0.1, SensorSettings(view="srgb", exposure_ev=1.0)) == grey(0.2, SRGB)
    assert grey(0.2, SensorSettings(view="srgb", exposure_ev=-1.0)) == grey(0.1, SRGB)


def noisy_signal(level: float, **settings) -> np.ndarray:
    """What the sensor counted, as linear signal, up to the 8 bits of the picture."""
    light = np.full((300, 400, 3), level, np.float32)
    picture = develop(Radiance(light), SensorSettings(view="srgb", **settings))
    return srgb_decode(picture.astype(np.float64) / 255)


def test_shot_noise_has_poisson_mean_and_variance():
    signal = noisy_signal(0.25, shot_noise=True, full_well_e=400.0)
    assert signal.mean() == pytest.approx(0.25, abs=0.001)
    assert signal.var() == pytest.approx(0.25 / 400, rel=0.03)


def test_read_noise_adds_its_own_variance():
    signal = noisy_signal(0.25, shot_noise=True, read_noise_e=12.0, full_well_e=400.0)
    assert signal.var() == pytest.approx(0.25 / 400 + (12 / 400) ** 2, rel=0.03)
    alone = noisy_signal(0.5, read_noise_e=20.0, full_well_e=400.0)
    assert alone.std() == pytest.approx(20 / 400, rel=0.03)
    assert alone.mean() == pytest.approx(0.5, abs=0.001)


def test_channels_and_neighbours_have_independent_noise():
    signal = noisy_signal(0.25, shot_noise=True, full_well_e=400.0)
    assert abs(np.corrcoef(signal[:, :, 0].ravel(), signal[:, :, 1].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(signal[:, :-1, 0].ravel(), signal[:, 1:, 0].ravel())[0, 1]) < 0.02


def test_the_seed_decides_the_noise_and_nothing_else():
    light = Radiance(default_rng(3).uniform(0, 1, (40, 50, 3)).astype(np.float32))
    pictures = [
        develop(light, SensorSettings(shot_noise=True, read_noise_e=3.0, noise_seed=seed)) for seed in (5, 5, 6, 0)
    ]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert (pictures[0] != pictures[2]).any()
    assert (pictures[0] != pictures[3]).any()
    np.testing.assert_array_equal(develop(light, SensorSettings(noise_seed=1)), develop(light, SensorSettings()))


def test_black_stays_black_under_shot_noise():
    assert not develop(Radiance(np.zeros((20, 20, 3), np.float32)), SensorSettings(shot_noise=True)).any()


def test_light_is_not_changed_and_any_memory_order_will_do():
    light = default_rng(4).uniform(0, 2, (30, 20, 3)).astype(np.float32)
    before = light.copy()
    turned = develop(Radiance(light.transpose(1, 0, 2)), FILMIC)
    np.testing.assert_array_equal(turned, develop(Radiance(light), FILMIC).transpose(1, 0, 2))
    np.testing.assert_array_equal(light, before)


def test_light_that_is_not_a_number_is_refused_by_pixel():
    light = np.zeros((4, 5, 3), np.float32)
    light[2, 3, 1] = np.nan
    with pytest.raises(RenderError) as caught:
        develop(Radiance(light), SRGB)
    assert str(caught.value) == "radiance: pixel (x=3, y=2) must be finite, got (0.0, nan, 0.0)"


def test_an_array_of_another_shape_is_refused():
    with pytest.raises(RenderError) as caught:
        develop(Radiance(np.zeros((4, 5), np.float32)), SRGB)
    assert str(caught.value) == "radiance: the array must be of shape (H, W, 3), got (4, 5)"
