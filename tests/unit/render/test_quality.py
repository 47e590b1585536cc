"""A recipe's render section becomes settings."""

from __future__ import annotations

import pytest

from synthvision.recipe.model import Render
from synthvision.render.quality import PRESETS, render_settings
from synthvision.render.types import RenderSettings


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
