"""From the light on the sensor to the picture that is stored."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.errors import RenderError
from synthvision.render.types import Radiance, check_finite
from synthvision.scene import SensorSettings
from synthvision.scene.types import View
from synthvision.sensor.counting import count
from synthvision.sensor.noise import has_noise
from synthvision.sensor.optics import blur, disc_kernel, disperse, motion_kernel, vignette
from synthvision.sensor.view import FILMIC_WHITE, filmic_view, linear_view, srgb_view

Image = NDArray[np.float32]

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_BLACK = 1e-4
"""Luminance below this counts as this for auto-exposure, or one black pixel would decide."""

_SHARPENING_SIGMA_PX = 1.0

_BAND_ROWS = 16


def develop(radiance: Radiance, settings: SensorSettings) -> NDArray[np.uint8]:
    """Turn linear light into an 8-bit picture.

    In this order: the lens (defocus, shake, chromatic aberration, vignetting), exposure (times ``2 ** exposure_ev``,
    after auto-exposure), the sensor (``count``: saturation, colour filter, noise, converter, white balance,
    interpolation), view transform and rounding, sharpening, JPEG. A signal of 1 after exposure is ``full_well_e``
    electrons. The views ``srgb`` and ``linear`` are white there; ``filmic`` keeps light up to ``FILMIC_WHITE`` times
    that, as a sensor read at several gains does, or its shoulder would have nothing to roll off.

    Args:
        radiance: (H, W, 3) float32 linear Rec.709; it is not changed.
        settings: the camera of this frame. The same light and settings give the same bytes.

    Returns:
        (H, W, 3) uint8, RGB order; sRGB (IEC 61966-2-1), but for the view ``linear``.

    Raises:
        RenderError: a value of the light is not finite, or the array is not (H, W, 3).
    """
    _check(radiance.pixels)
    return _stored(_exposed(_through_lens(radiance.pixels, settings), settings), settings)


def _through_lens(light: Image, settings: SensorSettings) -> Image:
    if settings.defocus_px > 0:
        light = blur(light, disc_kernel(settings.defocus_px))
    if settings.motion_px > 0:
        light = blur(light, motion_kernel(settings.motion_px, settings.motion_deg))
    if settings.chromatic_aberration_px != 0:
        light = disperse(light, settings.chromatic_aberration_px)
    return vignette(light, settings.vignetting) if settings.vignetting > 0 else light


def _exposed(light: Image, settings: SensorSettings) -> NDArray[np.uint8]:
    white = FILMIC_WHITE if settings.view == "filmic" else 1.0
    gain = np.float32(exposure_gain(light, settings))
    picture = np.empty(light.shape, np.uint8)
    for rows in _bands(len(light), settings):
        signal: Image = np.multiply(light[rows], gain, dtype=np.float32)
        picture[rows] = _viewed(count(signal, settings, white), settings.view)
    return picture


def _bands(height: int, settings: SensorSettings) -> Iterator[slice]:
    """Split the rows so that the arrays between the steps stay in the processor's cache: half the time.

    Noise is drawn for a whole picture, and a colour filter mixes neighbours: that picture is one band.
    """
    whole = has_noise(settings) or settings.bayer != "none"
    rows = height if whole else _BAND_ROWS
    return (slice(top, top + rows) for top in range(0, height, rows))


def exposure_gain(light: Image, settings: SensorSettings) -> float:
    """Return the factor of exposure; auto-exposure brings the log-average luminance to its value."""
    gain: float = 2.0**settings.exposure_ev
    if settings.auto_exposure is None:
        return gain
    luminance = np.maximum(elementary.matmul(light, _LUMINANCE), np.float32(_BLACK))
    return gain * settings.auto_exposure / elementary.geometric_mean(luminance)


def _viewed(signal: Image, view: View) -> NDArray[np.uint8]:
    if view == "filmic":
        return filmic_view(signal)
    return srgb_view(signal) if view == "srgb" else linear_view(signal)


def _stored(picture: NDArray[np.uint8], settings: SensorSettings) -> NDArray[np.uint8]:
    """Sharpen and compress as the camera's own processor does."""
    if settings.sharpening > 0:
        wide = picture.astype(np.float32)
        soft = cv2.GaussianBlur(wide, (0, 0), _SHARPENING_SIGMA_PX, borderType=cv2.BORDER_REFLECT_101)
        sharp = wide + np.float32(settings.sharpening) * (wide - soft)
        picture = np.rint(np.clip(sharp, 0, 255)).astype(np.uint8)
    return _compressed(picture, settings.jpeg_quality) if settings.jpeg_quality else picture


def _compressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return what is left of a picture after JPEG; OpenCV has the channels the other way round."""
    written = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(written, cv2.IMREAD_COLOR)[..., ::-1], np.uint8)


def _check(pixels: Image) -> None:
    if pixels.ndim != 3 or pixels.shape[2] != 3:  # noqa: PLR2004 - (H, W, RGB)
        raise RenderError(f"radiance: the array must be of shape (H, W, 3), got {pixels.shape}")
    check_finite(pixels, "radiance")
