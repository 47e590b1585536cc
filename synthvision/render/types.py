"""What a renderer is to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthvision.scene import Scene


@dataclass(frozen=True)
class RenderSettings:
    """How well and on what to render.

    Attributes:
        samples_per_pixel: greatest number of paths per pixel.
        adaptive_threshold: noise level at which a pixel is done; 0 for a fixed number of samples.
        denoiser: ``none``, ``fast`` or ``accurate`` (Open Image Denoise on colour, albedo and normal).
        device: as asked for on the command line.
        threads: CPU threads; 0 for all.
        tile_px: side of the tiles that a picture is rendered in, 0 for none: less memory, more time, the same pixels.
    """

    samples_per_pixel: int
    adaptive_threshold: float
    denoiser: str
    device: str = "auto"
    threads: int = 0
    tile_px: int = 0


@dataclass(frozen=True, eq=False)
class Radiance:
    """Linear light on the sensor: (H, W, 3) float32, Rec.709 primaries, scene-referred, on Cycles' scale.

    A white matte surface under an irradiance of π W/m² has 1.
    """

    pixels: NDArray[np.float32]


class Renderer(Protocol):
    """Turns scenes into light. One per process; ``close`` gives back what it holds."""

    def prepare(self, scene: Scene) -> None:
        """Build what ``render`` of this scene needs, so that rendering itself is the renderer's own work alone."""
        ...

    def render(self, scene: Scene) -> Radiance:
        """Render one scene, prepared or not; raises RenderError."""
        ...

    def close(self) -> None: ...
