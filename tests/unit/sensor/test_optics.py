"""What the lens does, against closed forms."""

import numpy as np
import pytest

from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop
from synthvision.sensor.optics import blur, disc_kernel, disperse, motion_kernel, vignette


def point(size=41):
    light = np.zeros((size, size, 3), np.float32)
    light[size // 2, size // 2] = 1
    return light


def test_vignetting_is_cos4_and_loses_what_it_says_in_the_corners():
    flat = np.ones((61, 81, 3), np.float32)
    dark = vignette(flat, 0.6)
    assert dark[30, 40] == pytest.approx([1, 1, 1])
    corner = dark[0, 0, 0]
    r = np.hypot(40, 30) / np.hypot(40.5, 30.5)
    k = 1 / np.sqrt(0.4) - 1
    assert corner == pytest.approx(1 / (1 + k * r * r) ** 2, rel=1e-5)
    assert 0.4 < corner < 0.42
    assert vignette(flat, 1.0).min() > 0


def test_a_point_out_of_focus_is_an_even_disc_of_that_radius():
    image = blur(point(), disc_kernel(5.0))
    assert image.sum() == pytest.approx(3, rel=1e-5)
    y, x = np.mgrid[:41, :41] - 20
    distance = np.hypot(x, y)
    inside = image[distance < 4.2][:, 0]
    assert inside == pytest.approx(np.full(len(inside), 1 / (np.pi * 25)), rel=0.01)
    assert image[distance > 5.8].max() == 0


@pytest.mark.parametrize("radius_px", [1e-6, 0.03, 0.08, 0.12])
def test_a_point_hardly_out_of_focus_stays_a_point(radius_px: float):
    np.testing.assert_allclose(blur(point(), disc_kernel(radius_px)), point(), atol=1e-6)


def test_a_shake_is_a_line_of_that_length_and_direction():
    kernel = motion_kernel(12, 30)
    assert kernel.sum() == pytest.approx(1, rel=1e-5)
    y, x = np.mgrid[: len(kernel), : len(kernel)] - len(kernel) // 2
    covariance = np.cov(np.stack([x.ravel(), -y.ravel()]), aweights=kernel.ravel(), bias=True)
    values, vectors = np.linalg.eigh(covariance)
    assert np.degrees(np.arctan2(*vectors[::-1, 1])) % 180 == pytest.approx(30, abs=1)
    assert values[1] == pytest.approx(12**2 / 12, rel=0.1)
    assert values[0] < 0.2


def test_kernels_are_not_mirrored():
    kernel = np.zeros((3, 3), np.float32)
    kernel[0, 2] = 1
    assert blur(point(9), kernel)[3, 5, 0] == 1


def test_red_and_blue_are_apart_in_the_corners_by_what_is_asked():
    light = np.zeros((101, 101, 3), np.float32)
    light[10:13, 10:13] = 1
    spread = disperse(light, 4.0)
    y, x = np.mgrid[:101, :101]

    def centre(channel):
        weights = spread[..., channel]
        return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()

    apart = np.linalg.norm(centre(0) - centre(2))
    assert apart == pytest.approx(4.0 * np.hypot(39, 39) / np.hypot(50.5, 50.5), rel=0.05)
    assert centre(1) == pytest.approx([11, 11])
    assert (centre(0) < centre(1)).all()


@pytest.mark.parametrize(
    "setting",
    [
        {"defocus_px": 3.0},
        {"motion_px": 6.0, "motion_deg": 20.0},
        {"vignetting": 0.5},
        {"chromatic_aberration_px": 3.0},
        {"auto_exposure": 0.4},
        {"white_balance": (1.4, 1.0, 0.7)},
        {"bayer": "rggb"},
        {"gain_noise_share": 0.05},
        {"dark_noise_e": 300.0},
        {"adc_bits": 5},
        {"sharpening": 1.0},
        {"jpeg_quality": 20},
        {"view": "linear"},
        {"exposure_ev": 0.5},
        {"shot_noise": True, "full_well_e": 500.0},
        {"read_noise_e": 200.0},
    ],
)
def test_every_setting_moves_pixels_and_is_the_same_again(setting):
    dice = np.random.default_rng(1)  # noqa: TID251 - fixed numbers
    smooth = blur(dice.random((48, 64, 3), np.float32), disc_kernel(2.0))
    plain = develop(Radiance(smooth), SensorSettings())
    changed = develop(Radiance(smooth), SensorSettings(**setting))
    assert (plain != changed).any()
    assert np.array_equal(changed, develop(Radiance(smooth), SensorSettings(**setting)))
