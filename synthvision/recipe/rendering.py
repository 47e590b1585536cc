"""How well a recipe is rendered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from synthvision.recipe.legal import Flag, Section, Whole, form

SampleCount = Annotated[Whole, Field(ge=1, le=65536)]


class AutoSamples(Section):
    """As many samples as each frame needs: more are added until its picture, denoised, is good enough."""

    target_db: Annotated[float, Field(strict=True, ge=15, le=50)] | None = None
    """what is good enough: an estimated peak signal-to-noise ratio of the tone-mapped picture, that of the quality
    unless given: 33 for `draft`, 38 for `standard` and 42 for `high`"""
    most: Annotated[Whole, Field(ge=2, le=65536)] = 512
    """samples per pixel that a frame is left at, however good it is by then"""


def _samples_tag(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return "<count>"
    if isinstance(value, str):
        return "<auto>"
    return "<mapping>" if isinstance(value, dict | AutoSamples) else None


Samples = Annotated[
    Annotated[SampleCount, Tag("<count>")]
    | Annotated[Literal["auto"], Tag("<auto>")]
    | Annotated[AutoSamples, Tag("<mapping>")],
    form("samples_per_pixel", "a whole number, auto or a mapping", _samples_tag),
]


class Render(Section):
    """How well Blender renders; ``samples_per_pixel`` and ``denoise`` override the preset."""

    quality: Literal["draft", "standard", "high"] = "standard"
    """preset of samples, adaptive threshold and denoiser"""
    samples_per_pixel: Samples | None = None
    """overrides the preset: a number for every frame, or `auto` for as many as each needs, or a mapping with more of
    that"""
    denoise: Flag | None = None
    """overrides the preset"""
    attempts: Annotated[Whole, Field(ge=1, le=10000)] = 50
    """how often a frame is drawn anew before `require` is given up"""

    @property
    def auto_samples(self) -> AutoSamples | None:
        """How the number of samples of each frame is found, if it is not the same for all."""
        samples = self.samples_per_pixel
        if isinstance(samples, AutoSamples):
            return samples
        return AutoSamples() if samples == "auto" else None
