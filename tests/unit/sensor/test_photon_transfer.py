"""The noise that pictures have against the linear camera model's (EMVA 1288, release 4.0, sections 2 and 6).

Two pictures of an even light differ in temporal noise alone, so half the variance of their difference is its variance:
in steps of the converter, the slope of variance over mean is the gain (steps per electron), and where the line meets
no light lies the variance of reading. Many pictures' mean has the fixed pattern alone.
"""

import numpy as np
import pytest

from synthvision.scene import SensorSettings
from synthvision.sensor.counting import count

FULL_WELL_E = 2000.0
SIZE = (192, 192)
LEVELS = np.linspace(0.05, 0.85, 9)


def counted(level, seed, **settings):
    """Return the counts of an even light, as signal."""
    light = np.full((*SIZE, 3), level, np.float32)
    return count(light, SensorSettings(full_well_e=FULL_WELL_E, noise_seed=seed, **settings), 1.0).astype(np.float64)


def photon_transfer(unit, **settings):
    """Return slope and intercept of temporal variance over mean, in ``unit`` per full well."""
    means, variances = [], []
    for number, level in enumerate(LEVELS):
        first, second = (unit * counted(level, 2 * number + k, **settings) for k in (0, 1))
        means.append((first.mean() + second.mean()) / 2)
        variances.append((first - second).var() / 2)
    # Each variance is known to a share of its own size.
    slope, intercept = np.polyfit(means, variances, 1, w=1 / np.array(variances))
    return slope, intercept


@pytest.mark.parametrize("read_noise_e", [5.0, 20.0])
def test_electrons_are_poisson_and_reading_adds_its_variance(read_noise_e):
    slope, intercept = photon_transfer(FULL_WELL_E, shot_noise=True, read_noise_e=read_noise_e)
    assert slope == pytest.approx(1.0, rel=0.02)
    assert intercept == pytest.approx(read_noise_e**2, rel=0.05, abs=6)


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_the_slope_is_the_gain_of_the_converter_and_its_steps_add_a_twelfth(bits):
    steps = 2**bits - 1
    gain = steps / FULL_WELL_E
    slope, intercept = photon_transfer(steps, shot_noise=True, read_noise_e=12.0, adc_bits=bits)
    assert slope == pytest.approx(gain, rel=0.02)
    assert intercept == pytest.approx((12.0 * gain) ** 2 + 1 / 12, rel=0.06, abs=6 * gain**2)


def test_the_fixed_pattern_is_no_part_of_temporal_noise():
    settings = {"shot_noise": True, "read_noise_e": 12.0}
    plain = photon_transfer(FULL_WELL_E, **settings)
    patterned = photon_transfer(FULL_WELL_E, gain_noise_share=0.03, dark_noise_e=10.0, **settings)
    assert patterned[0] == pytest.approx(plain[0], rel=0.02)
    assert patterned[1] == pytest.approx(plain[1], abs=8)


@pytest.mark.parametrize("level", [0.1, 0.7])
def test_the_mean_of_many_pictures_has_the_fixed_pattern_of_gain_and_offset(level):
    frames = 24
    settings = {"shot_noise": True, "gain_noise_share": 0.03, "dark_noise_e": 8.0, "pattern_seed": 4}
    mean = sum(FULL_WELL_E * counted(level, seed, **settings) for seed in range(frames)) / frames
    electrons = level * FULL_WELL_E
    assert mean.var() == pytest.approx((0.03 * electrons) ** 2 + 8.0**2 + electrons / frames, rel=0.03)


def test_all_noises_add_up():
    settings = {"shot_noise": True, "read_noise_e": 9.0, "gain_noise_share": 0.02, "dark_noise_e": 6.0, "adc_bits": 8}
    electrons = FULL_WELL_E * counted(0.5, 1, **settings)
    step_e = FULL_WELL_E / 255
    expected = 1000.0 * (1 + 0.02**2) + 9.0**2 + (0.02 * 1000) ** 2 + 6.0**2 + step_e**2 / 12
    assert electrons.var() == pytest.approx(expected, rel=0.02)
    assert electrons.mean() == pytest.approx(1000.0, abs=1.0)


def test_behind_a_colour_filter_each_site_has_the_noise_of_its_own_light():
    colour = np.array([0.7, 0.4, 0.1], np.float32)
    light = np.broadcast_to(colour, (*SIZE, 3))
    settings = SensorSettings(shot_noise=True, full_well_e=FULL_WELL_E, bayer="rggb")
    picture = FULL_WELL_E * count(light.copy(), settings, 1.0).astype(np.float64)
    for channel, site in ((0, picture[::2, ::2, 0]), (1, picture[::2, 1::2, 1]), (2, picture[1::2, 1::2, 2])):
        assert site.mean() == pytest.approx(FULL_WELL_E * colour[channel], rel=0.01)
        assert site.var() == pytest.approx(FULL_WELL_E * colour[channel], rel=0.05)


def test_a_full_well_is_full_whatever_the_dice_say():
    """A pixel that got many times what it holds has no noise left."""
    full = counted(40.0, 1, shot_noise=True, read_noise_e=10.0)
    assert (full == 1.0).all()
    half = counted(1.0, 1, shot_noise=True)
    assert 0.4 < (half < 1.0).mean() < 0.6
