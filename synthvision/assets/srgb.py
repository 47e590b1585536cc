"""The transfer functions of IEC 61966-2-1 (sRGB), in float64, of arrays and of single values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary

_KNEE_LINEAR = 0.0031308
_KNEE_CODE = 0.04045


def srgb_encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the code value in [0, 1] of linear light in [0, 1], any shape."""
    above = np.maximum(linear, _KNEE_LINEAR)
    return np.where(linear <= _KNEE_LINEAR, 12.92 * linear, 1.055 * elementary.power(above, 1 / 2.4) - 0.055)


def srgb_decode(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear light in [0, 1] of code values in [0, 1], any shape."""
    above = np.maximum(code, _KNEE_CODE)
    return np.where(code <= _KNEE_CODE, code / 12.92, elementary.power((above + 0.055) / 1.055, 2.4))


def srgb_encode_value(linear: float) -> float:
    """Return the code value in [0, 1] of one linear value in [0, 1]."""
    return linear * 12.92 if linear <= _KNEE_LINEAR else 1.055 * linear ** (1 / 2.4) - 0.055


def srgb_decode_value(code: float) -> float:
    """Return the linear value in [0, 1] of one code value in [0, 1]."""
    return code / 12.92 if code <= _KNEE_CODE else ((code + 0.055) / 1.055) ** 2.4
