"""The error that is estimated from pieces, against the one that a known truth tells of."""

from __future__ import annotations

from math import log10

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.render.error_estimate import Piece, converge, estimated_db, joined, squared_error
from synthvision.render.types import ErrorTarget
from synthvision.scene import SensorSettings

GREY = SensorSettings(view="linear")
SIZE = (192, 256, 3)


def truth(grain: float = 0.0) -> NDArray[np.float32]:
    """A ramp with an edge, and grain finer than any denoiser leaves alone."""
    light = np.linspace(0.1, 0.6, SIZE[1])[None, :, None] * np.ones(SIZE)
    light[60:120, 80:180] = 0.8
    light *= 1 + grain * np.random.default_rng(9).standard_normal(SIZE)  # noqa: TID251 - a fixed picture
    return light.astype(np.float32)


def noisy(light: NDArray[np.float32], number: int, samples: int, blur_px: float, fireflies: float = 0.0) -> Piece:
    """A render: noise of variance 1 / samples, and a denoiser that smears."""
    draw = np.random.default_rng(number)  # noqa: TID251 - fixed noise
    raw = light + 0.3 * light * draw.standard_normal(SIZE) / np.sqrt(samples)
    if fireflies:  # without them the light would be less: they are part of the truth
        raw = raw + 20.0 * draw.binomial(samples, fireflies, SIZE[:2])[..., None] / samples - 20.0 * fireflies
    raw = raw.astype(np.float32)
    smooth = cv2.GaussianBlur(raw, (0, 0), blur_px, borderType=cv2.BORDER_REFLECT_101) if blur_px else raw
    return Piece(samples, smooth, raw)


def flat_slopes(pixels: NDArray[np.float32], _sensor: SensorSettings) -> NDArray[np.float64]:
    return np.full(pixels.shape, 255.0)


def real_db(picture: NDArray[np.float32], light: NDArray[np.float32]) -> float:
    return float(-10 * log10(np.mean((picture.astype(np.float64) - light) ** 2)))


@pytest.mark.parametrize("counts", [(4, 4), (8, 8, 40), (4, 4, 8, 16), (1, 1)])
@pytest.mark.parametrize("blur_px", [0.0, 0.6, 1.5, 4.0])
def test_estimate_is_the_real_error(counts: tuple[int, ...], blur_px: float) -> None:
    light = truth()
    pieces = [noisy(light, number, samples, blur_px) for number, samples in enumerate(counts)]
    error, uncertainty = squared_error(pieces, flat_slopes(light, GREY))
    found = 10 * log10(255**2 / error)
    assert found == pytest.approx(real_db(joined(pieces), light), abs=0.5)
    assert 0 < uncertainty < 0.2 * error
    assert found - 1 < estimated_db(pieces, flat_slopes(light, GREY)) < found


def test_grain_that_the_denoiser_takes_for_noise_is_seen() -> None:
    light = truth(grain=0.2)
    pieces = [noisy(light, number, 200, blur_px=2.0) for number in range(2)]
    half_difference = (pieces[0].denoised - pieces[1].denoised) / 2
    real = real_db(joined(pieces), light)
    assert estimated_db(pieces, flat_slopes(light, GREY)) == pytest.approx(real, abs=0.5)
    assert -10 * log10(np.mean(half_difference**2)) > real + 10  # what the usual estimate says


def test_error_counts_as_much_as_it_shows() -> None:
    light = truth()
    pieces = [noisy(light, number, 4, 1.0) for number in range(2)]
    dark = flat_slopes(light, GREY)
    dark[:, :128] = 0.0
    shown = np.mean((joined(pieces)[:, 128:].astype(np.float64) - light[:, 128:]) ** 2) * 255**2 / 2
    assert squared_error(pieces, dark)[0] == pytest.approx(shown, rel=0.1)


def test_fireflies_never_make_a_picture_look_better_than_it_is() -> None:
    light = truth()
    for seed in range(3):
        pieces = [noisy(light, 10 * seed + number, 4, 1.5, fireflies=5e-4) for number in range(2)]
        real = real_db(joined(pieces), light)
        assert estimated_db(pieces, flat_slopes(light, GREY)) < real + 0.5


def test_black_pictures_are_as_good_as_8_bits_can_be() -> None:
    black = np.zeros(SIZE, np.float32)
    made = converge(lambda _, samples: Piece(samples, black, black), ErrorTarget(50.0, 64, flat_slopes), GREY)
    assert made.convergence is not None
    assert (made.convergence.samples_per_pixel, made.convergence.estimated_db) == (8, 58.92)
    assert made.convergence.met


def converged(target_db: float, most: int, light: NDArray[np.float32]) -> tuple[list[int], int, float, bool, float]:
    """Return the samples of each piece, those of all, the error estimated, whether it is enough, and the real one."""
    asked: list[int] = []

    def render(number: int, samples: int) -> Piece:
        assert number == len(asked)
        asked.append(samples)
        return noisy(light, number, samples, 0.5)

    made = converge(render, ErrorTarget(target_db, most, flat_slopes), GREY)
    assert made.convergence is not None
    told = made.convergence
    return asked, told.samples_per_pixel, told.estimated_db, told.met, real_db(made.pixels, light)


def test_samples_are_added_until_the_target_is_met() -> None:
    light = truth()
    rough, fine = converged(24.0, 4096, light), converged(32.0, 4096, light)
    for target_db, (asked, samples, estimate, met, real) in ((24.0, rough), (32.0, fine)):
        assert asked[:2] == [4, 4]
        assert sum(asked) == samples
        assert met
        assert estimate >= target_db
        assert real >= target_db - 0.5
    assert fine[1] > rough[1]
    assert len(fine[0]) < 8
    assert converged(32.0, 4096, light) == fine


@pytest.mark.parametrize(("most", "asked"), [(2, [1, 1]), (3, [1, 1, 1]), (8, [4, 4]), (10, [4, 4, 2])])
def test_the_most_samples_are_never_passed_and_it_is_said_so(most: int, asked: list[int]) -> None:
    pieces, samples, estimate, met, real = converged(45.0, most, truth())
    assert (pieces, samples, met) == (asked, most, False)
    assert estimate == pytest.approx(real, abs=0.7)
