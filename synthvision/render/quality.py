"""Quality presets, chosen from ``docs/quality.md``, which ``scripts/measure_quality`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from synthvision.recipe.model import Render
from synthvision.render.types import ErrorTarget, RenderSettings, Slopes


@dataclass(frozen=True)
class Preset:
    """What a quality means to Cycles; the fields are those of RenderSettings."""

    samples_per_pixel: int
    adaptive_threshold: float
    denoiser: str


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "draft": Preset(2, 0.0, "fast"),
        "standard": Preset(5, 0.0, "fast"),
        "high": Preset(16, 0.0, "accurate"),
    }
)

TARGETS_DB: Mapping[str, float] = MappingProxyType({"draft": 33.0, "standard": 38.0, "high": 42.0})
"""What a quality means where the number of samples is found: what its preset was chosen for."""


def render_settings(render: Render, device: str, threads: int, tile_px: int = 0) -> RenderSettings:
    """Return the settings of a recipe's ``render:`` section.

    ``samples_per_pixel`` replaces the preset's number; ``denoise: false`` leaves the noise in, and ``denoise: true``
    asks for what the preset does anyway. Where the number of samples is found for each frame, it is the greatest, and
    every pixel has the same.

    Args:
        render: the section.
        device: as asked for on the command line.
        threads: CPU threads; 0 for all.
        tile_px: side of tiles; 0 for none.
    """
    preset = PRESETS[render.quality]
    auto, samples = render.auto_samples, render.samples_per_pixel
    return RenderSettings(
        samples_per_pixel=auto.most if auto else samples if isinstance(samples, int) else preset.samples_per_pixel,
        adaptive_threshold=0.0 if auto else preset.adaptive_threshold,
        denoiser="none" if render.denoise is False else preset.denoiser,
        device=device,
        threads=threads,
        tile_px=tile_px,
    )


def error_target(render: Render, slopes: Slopes) -> ErrorTarget | None:
    """Return what a recipe's ``render:`` section holds for good enough; None where the number of samples is given."""
    auto = render.auto_samples
    if auto is None:
        return None
    return ErrorTarget(TARGETS_DB[render.quality] if auto.target_db is None else auto.target_db, auto.most, slopes)
