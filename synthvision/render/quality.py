"""Quality presets, chosen from ``docs/quality.md``, which ``scripts/measure_quality`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from synthvision.recipe.model import Render
from synthvision.render.types import RenderSettings


@dataclass(frozen=True)
class Preset:
    """What a quality means to Cycles; the fields are those of RenderSettings."""

    samples_per_pixel: int
    adaptive_threshold: float
    denoiser: str


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "draft": Preset(4, 0.0, "fast"),
        "standard": Preset(16, 0.0, "accurate"),
        "high": Preset(128, 0.05, "accurate"),
    }
)


def render_settings(render: Render, device: str, threads: int, tile_px: int = 0) -> RenderSettings:
    """Return the settings of a recipe's ``render:`` section.

    ``samples_per_pixel`` replaces the preset's number; ``denoise: false`` leaves the noise in, and ``denoise: true``
    asks for what the preset does anyway.

    Args:
        render: the section.
        device: as asked for on the command line.
        threads: CPU threads; 0 for all.
        tile_px: side of tiles; 0 for none.
    """
    preset = PRESETS[render.quality]
    return RenderSettings(
        samples_per_pixel=render.samples_per_pixel or preset.samples_per_pixel,
        adaptive_threshold=preset.adaptive_threshold,
        denoiser="none" if render.denoise is False else preset.denoiser,
        device=device,
        threads=threads,
        tile_px=tile_px,
    )
