"""What a sensor counts of the light that falls on it, and how its counts become colours again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.scene import SensorSettings
from synthvision.sensor.clipping import clip_light
from synthvision.sensor.mosaic import interpolate, sample
from synthvision.sensor.noise import add_noise, has_noise

Image = NDArray[np.float32]

_BLOWN_OUT = np.float32(4)
"""So many times what fills a pixel is full in spite of all noise; more would only make the counts of its dice large."""

_UNBALANCED = (1.0, 1.0, 1.0)


def count(signal: Image, settings: SensorSettings, white: float) -> Image:
    """Return the exposed light as the sensor's electronics give it.

    In this order: the colour filter, noise (in electrons), saturation, the converter's steps, white balance,
    interpolation of the mosaic. Black is a level above the converter's zero, so noise below it is kept until
    the colours are full: cut off at once, it would brighten what is dark.

    A channel is full at ``white``, or where the least gain of the white balance takes it there: so what is blown out
    is white, without a cast.

    Args:
        signal: (H, W, 3) float32, 1 = ``full_well_e`` electrons.
        settings: the camera of this frame.
        white: the signal that the view shows as white.

    Returns:
        (H, W, 3) float32 in [0, white].
    """
    full = np.float32(white / min(1.0, *settings.white_balance))
    noisy = has_noise(settings)
    signal = clip_light(signal, full * _BLOWN_OUT if noisy else full)
    if settings.bayer != "none":
        signal = sample(signal, settings.bayer)
    if noisy:
        signal = np.minimum(add_noise(signal, settings), full)
    if settings.adc_bits:
        steps = np.float32(2**settings.adc_bits - 1)
        signal = np.rint(signal * steps) / steps
    if settings.white_balance != _UNBALANCED:
        signal = np.minimum(signal * _gains(signal.shape, settings), np.float32(white))
    if settings.bayer != "none":
        signal = interpolate(signal, settings.bayer)
    if noisy or settings.bayer != "none":
        signal = clip_light(signal, white)
    return signal


def _gains(shape: tuple[int, ...], settings: SensorSettings) -> Image:
    """Return the gains of the channels (3,), or of the photosites (H, W) behind a colour filter."""
    gains = np.array(settings.white_balance, np.float32)
    if settings.bayer == "none":
        return gains
    return sample(np.broadcast_to(gains, (*shape, 3)), settings.bayer)
