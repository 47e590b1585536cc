"""From the light on the sensor to the picture that is stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import RenderError
from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor.noise import add_noise
from synthvision.sensor.view import FILMIC_WHITE, filmic_view, srgb_view


def develop(radiance: Radiance, settings: SensorSettings) -> NDArray[np.uint8]:
    """Turn linear light into an 8-bit sRGB picture.

    In this order: exposure (times ``2 ** exposure_ev``), shot and read noise, saturation, view transform, rounding.
    A signal of 1 after exposure is ``full_well_e`` electrons. The ``srgb`` view saturates there; ``filmic`` keeps
    light up to ``FILMIC_WHITE`` times that, as a sensor read at several gains does, or its shoulder would have nothing
    to roll off.

    Args:
        radiance: (H, W, 3) float32 linear Rec.709; it is not changed.
        settings: the camera of this frame. The same light and settings give the same bytes.

    Returns:
        (H, W, 3) uint8, sRGB (IEC 61966-2-1), RGB order.

    Raises:
        RenderError: a value of the light is not finite, or the array is not (H, W, 3).
    """
    white = FILMIC_WHITE if settings.view == "filmic" else 1.0
    signal = _exposed(radiance.pixels, settings.exposure_ev)
    # Saturating light before the dice keeps the electron counts finite; the noise is saturated again after it.
    np.clip(signal, 0.0, white, out=signal)
    if settings.shot_noise or settings.read_noise_e > 0:
        signal = np.clip(add_noise(signal, settings), 0.0, white)
    return filmic_view(signal) if settings.view == "filmic" else srgb_view(signal)


def _exposed(pixels: NDArray[np.float32], exposure_ev: float) -> NDArray[np.float32]:
    if pixels.ndim != 3 or pixels.shape[2] != 3:  # noqa: PLR2004 - (H, W, RGB)
        raise RenderError(f"radiance: the array must be of shape (H, W, 3), got {pixels.shape}")
    finite = np.isfinite(pixels)
    if not finite.all():
        row, column = np.argwhere(~finite.all(axis=2))[0]
        raise RenderError(
            f"radiance: pixel (x={column}, y={row}) must be finite, got {tuple(pixels[row, column].tolist())}"
        )
    signal: NDArray[np.float32] = np.multiply(pixels, np.float32(2.0**exposure_ev), dtype=np.float32)
    return signal
