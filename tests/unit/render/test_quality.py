"""A recipe's render section becomes settings."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.recipe.model import Render
from synthvision.recipe.rendering import AutoSamples
from synthvision.render.quality import PRESETS, error_target, render_settings
from synthvision.render.types import ErrorTarget, RenderSettings
from synthvision.scene import SensorSettings


@pytest.mark.parametrize("quality", ["draft", "standard", "high"])
def test_preset_is_what_the_name_stands_for(quality: str) -> None:
    preset = PRESETS[quality]
    settings = render_settings(Render(quality=quality), "cuda:1", 3)
    expected = (preset.samples_per_pixel, preset.adaptive_threshold, preset.denoiser, "cuda:1", 3)
    assert settings == RenderSettings(*expected)


def test_presets_get_better_in_order() -> None:
    samples = [PRESETS[quality].samples_per_pixel for quality in ("draft", "standard", "high")]
    assert samples == sorted(set(samples))


def test_samples_and_denoiser_of_the_recipe_win() -> None:
    settings = render_settings(Render(quality="high", samples_per_pixel=7, denoise=False), "cpu", 0)
    assert (settings.samples_per_pixel, settings.denoiser) == (7, "none")
    assert render_settings(Render(denoise=True), "cpu", 0) == render_settings(Render(), "cpu", 0)


def slopes(pixels: NDArray[np.float32], _sensor: SensorSettings) -> NDArray[np.float64]:
    return pixels.astype(np.float64)


@pytest.mark.parametrize(("quality", "target_db"), [("draft", 33.0), ("standard", 38.0), ("high", 42.0)])
def test_auto_wants_what_the_quality_stands_for(quality: str, target_db: float) -> None:
    render = Render(quality=quality, samples_per_pixel="auto")
    assert error_target(render, slopes) == ErrorTarget(target_db, 512, slopes)
    settings = render_settings(render, "cpu", 0)
    assert (settings.samples_per_pixel, settings.adaptive_threshold) == (512, 0.0)
    assert settings.denoiser == PRESETS[quality].denoiser


def test_a_recipe_names_its_own_target() -> None:
    render = Render(samples_per_pixel=AutoSamples(target_db=30.5, most=64), denoise=False)
    assert error_target(render, slopes) == ErrorTarget(30.5, 64, slopes)
    settings = render_settings(render, "cpu", 0)
    assert (settings.samples_per_pixel, settings.denoiser) == (64, "none")


@pytest.mark.parametrize("samples", [None, 9])
def test_a_number_of_samples_has_no_target(samples: int | None) -> None:
    assert error_target(Render(samples_per_pixel=samples), slopes) is None
