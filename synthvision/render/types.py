"""What a renderer is to the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import RenderError
from synthvision.scene import Scene, SensorSettings


@dataclass(frozen=True)
class RenderSettings:
    """How well and on what to render.

    Attributes:
        samples_per_pixel: greatest number of paths per pixel.
        adaptive_threshold: noise level at which a pixel is done; 0 for a fixed number of samples.
        denoiser: ``none``, ``fast`` or ``accurate`` (Open Image Denoise on colour, albedo and normal).
        device: as asked for on the command line.
        threads: CPU threads; 0 for all.
        tile_px: side of the tiles that a picture is rendered in, 0 for none: less memory, more time, the same light to
            the last bit before the denoiser, and to 4e-6 after it.
    """

    samples_per_pixel: int
    adaptive_threshold: float
    denoiser: str
    device: str = "auto"
    threads: int = 0
    tile_px: int = 0


Slopes = Callable[[NDArray[np.float32], SensorSettings], NDArray[np.float64]]
"""How many of the 255 levels of the tone-mapped picture a unit of light is worth at each value of (H, W, 3) light."""


@dataclass(frozen=True)
class ErrorTarget:
    """When a picture is good enough.

    Attributes:
        psnr_db: estimated peak signal-to-noise ratio of the tone-mapped picture that is enough.
        most_samples_per_pixel: after which it is left as it is; at least 2.
        slopes: of the tone curve.
    """

    psnr_db: float
    most_samples_per_pixel: int
    slopes: Slopes


@dataclass(frozen=True)
class Convergence:
    """How a picture came by its number of samples.

    Attributes:
        samples_per_pixel: that it took.
        estimated_db: peak signal-to-noise ratio that it was left at, by ``error_estimate``; rounded to 0.01.
        target_db: the one that was wanted.
    """

    samples_per_pixel: int
    estimated_db: float
    target_db: float

    @property
    def met(self) -> bool:
        """Whether it is as good as was wanted."""
        return self.estimated_db >= self.target_db


@dataclass(frozen=True, eq=False)
class Radiance:
    """Linear light on the sensor: (H, W, 3) float32, Rec.709 primaries, scene-referred, on Cycles' scale.

    A white matte surface under an irradiance of π W/m² has 1. ``convergence`` is there where the number of samples was
    not given but found.
    """

    pixels: NDArray[np.float32]
    convergence: Convergence | None = None


def check_finite(pixels: NDArray[np.float32], where: str) -> None:
    """Raise RenderError, which begins with ``where``, if any light (H, W, 3) is not finite; names the first pixel."""
    finite = np.isfinite(pixels)
    if not finite.all():
        row, column = np.argwhere(~finite.all(axis=2))[0]
        raise RenderError(
            f"{where}: pixel (x={column}, y={row}) must be finite, got {tuple(pixels[row, column].tolist())}"
        )


LatentImage = Callable[[], Radiance]
"""The light of a rendered scene that is not read off the film yet: a call of any thread does that, once.

It raises RenderError where the light is not finite.
"""


def at_hand(radiance: Radiance) -> LatentImage:
    """Return light that is read already as one that is not."""
    return lambda: radiance


class Renderer(Protocol):
    """Turns scenes into light. One per process; ``close`` gives back what it holds."""

    def load(self, scene: Scene) -> None:
        """Do what ``prepare`` of this scene would do and any thread can; it may be called beside a render.

        Raises AssetError and RenderError.
        """
        ...

    def prepare(self, scene: Scene) -> None:
        """Build what ``render`` of this scene needs, so that rendering itself is the renderer's own work alone."""
        ...

    def expose(self, scene: Scene) -> LatentImage:
        """Render one scene, prepared or not, and leave its light on the film; raises RenderError."""
        ...

    def render(self, scene: Scene) -> Radiance:
        """Render one scene, prepared or not; raises RenderError."""
        ...

    def close(self) -> None: ...
