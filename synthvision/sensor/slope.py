"""How steep the way from light to grey levels is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.srgb import srgb_encode
from synthvision.scene import SensorSettings
from synthvision.scene.types import View
from synthvision.sensor.develop import exposure_gain
from synthvision.sensor.view import agx_curve, filmic_display

_STEP = 1.25
"""Between which factors of its light a value's slope is taken: about what noise does, so that it sees the bend."""
_FLOOR = 1e-3
"""Signal below which all views are straight."""


def levels_per_light(pixels: NDArray[np.float32], settings: SensorSettings) -> NDArray[np.float64]:
    """Return how many of 255 levels a unit of light is worth at each value, through exposure and view transform.

    It is the mean slope from 1 / 1.25 of the value to 1.25 times the value. Left out are the filmic view's mixing of
    channels, so that it is exact for greys, the lens, the sensor's noise and the camera's processor.

    Args:
        pixels: (H, W, 3) linear light.
        settings: the camera of the frame.
    """
    gain = exposure_gain(pixels, settings)
    signal = np.maximum(pixels.astype(np.float64) * gain, _FLOOR)
    rise = _codes(signal * _STEP, settings.view) - _codes(signal / _STEP, settings.view)
    slopes: NDArray[np.float64] = 255 * gain * rise / (signal * (_STEP - 1 / _STEP))
    return slopes


def _codes(signal: NDArray[np.float64], view: View) -> NDArray[np.float64]:
    if view == "filmic":
        return filmic_display(agx_curve(signal))
    held: NDArray[np.float64] = np.minimum(signal, 1.0)
    return srgb_encode(held) if view == "srgb" else held
