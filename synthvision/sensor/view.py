"""View transforms: scene-referred linear light → 8-bit sRGB.

Both are table look-ups on the leading bits of a float32, because ``pow`` and ``log2`` of a million values cost
more than the rest of a frame. In the sRGB view one comparison with the exact threshold of the next level makes the
rounding exact; the bins of the filmic view are a small part of a level.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.srgb import srgb_decode, srgb_encode
from synthvision.sensor.clipping import clip_light

_LEVEL_SHIFT = 15  # 8 bits of mantissa: bins of 0.4 %, grey levels lie at least 0.9 % apart
_CURVE_SHIFT = 14  # 9 bits of mantissa: 0.04 of a grey level at the steepest place of the filmic curve
_CODE_BINS = 65535

# AgX, Troy Sobotka 2022 (https://github.com/sobotka/AgX): log2 range about middle grey, and a sigmoid through it.
_MIDDLE_GREY = 0.18
_STOPS_BELOW = 10.0
_STOPS_ABOVE = 6.5
_SLOPE = 2.0
_TOE_POWER = 3.0
_SHOULDER_POWER = 3.25
_DISPLAY_GAMMA = 2.4
# Rows sum to one: greys stay grey. Pulls saturated light towards white before the curve, as film does.
_INSET = (
    (0.8424010709504686, 0.0784365015618028, 0.0791624274877287),
    (0.0424010709504685, 0.8784365015618028, 0.0791624274877287),
    (0.0424010709504685, 0.0784365015618028, 0.8791624274877287),
)
# Its inverse.
_OUTSET = (
    (1.1969986613119143, -0.09804562695225348, -0.09895303435966085),
    (-0.05300133868808562, 1.1519543730477464, -0.09895303435966085),
    (-0.05300133868808562, -0.0980456269522535, 1.151046965640339),
)

FILMIC_WHITE = _MIDDLE_GREY * 2.0**_STOPS_ABOVE
"""Linear light that the filmic view shows as white, about 16.3."""


def agx_curve(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return AgX' code value in [0, 1] of one channel of inset linear light ≥ 0, any shape.

    ``x = (log2(linear / 0.18) + 10) / 16.5`` clipped to [0, 1]; pivot x₀ = 10/16.5, y₀ = 1/2 and slope m = 2,
    ``y = y₀ + m (x - x₀) / (1 + a |x - x₀|^p)^(1/p)``, p = 3 below and 3.25 above; ``a`` makes y(0) = 0 and y(1) = 1.
    """
    stops = elementary.log2(np.maximum(linear, 1e-30) / _MIDDLE_GREY)
    pivot = _STOPS_BELOW / (_STOPS_BELOW + _STOPS_ABOVE)
    x = np.clip((stops + _STOPS_BELOW) / (_STOPS_BELOW + _STOPS_ABOVE), 0.0, 1.0)
    side, power = np.where(x < pivot, pivot, 1 - pivot), np.where(x < pivot, _TOE_POWER, _SHOULDER_POWER)
    bend = (elementary.power(_SLOPE * side / 0.5, power) - 1) / elementary.power(side, power)
    y = 0.5 + _SLOPE * (x - pivot) / elementary.power(1 + bend * elementary.power(np.abs(x - pivot), power), 1 / power)
    clipped: NDArray[np.float64] = np.clip(y, 0.0, 1.0)
    return clipped


def filmic_display(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sRGB code value in [0, 1] of AgX' code values in [0, 1], any shape."""
    return srgb_encode(elementary.power(code, _DISPLAY_GAMMA))


def srgb_view(signal: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``round(255 · srgb_encode(signal))`` exactly; ``signal`` (H, W, 3) float32 must lie in [0, 1]."""
    table = _srgb_levels()
    level: NDArray[np.uint8] = np.take(table.level, signal.view(np.uint32) >> _LEVEL_SHIFT)
    level += signal >= np.take(table.next_at, level)
    return level


def linear_view(signal: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``round(255 · signal)``, without a transfer function; ``signal`` (H, W, 3) float32 must lie in [0, 1]."""
    level: NDArray[np.uint8] = np.rint(signal * np.float32(255)).astype(np.uint8)
    return level


def filmic_view(signal: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the AgX base picture, rounded to 8 bits; ``signal`` (H, W, 3) float32 must lie in [0, FILMIC_WHITE].

    Inset matrix, ``agx_curve`` per channel, inverse matrix, display gamma 2.4, sRGB encoding. Within 0.6 of a level of
    that formula in real numbers: rounding and 0.1 for the tables.
    """
    light = clip_light(cv2.transform(signal, np.array(_INSET)), FILMIC_WHITE)  # -0.0 would index the end of the table
    code = cv2.transform(np.take(_filmic_codes(), light.view(np.uint32) >> _CURVE_SHIFT), np.array(_OUTSET))
    bins = clip_light(code, 1.0) * np.float32(_CODE_BINS)
    level: NDArray[np.uint8] = np.take(_filmic_levels(), bins.astype(np.uint16))
    return level


class _Levels(NamedTuple):
    """``level``: bin → grey level at its lower edge. ``next_at``: level → least value of the next, inf after 255."""

    level: NDArray[np.uint8]
    next_at: NDArray[np.float32]


def _levels(edges: NDArray[np.float32], thresholds: NDArray[np.float64]) -> _Levels:
    least = thresholds.astype(np.float32)
    least = np.where(least < thresholds, np.nextafter(least, np.float32(np.inf)), least)
    level = np.searchsorted(least, edges, side="right").astype(np.uint8)
    return _Levels(level, np.append(least, np.float32(np.inf)))


@cache
def _srgb_levels() -> _Levels:
    return _levels(_bin_edges(_LEVEL_SHIFT, 1.0), srgb_decode((np.arange(1, 256) - 0.5) / 255))


@cache
def _filmic_levels() -> NDArray[np.uint8]:
    """Grey level of the middle of each bin of the code; a bin is a small part of a level."""
    middles = np.minimum((np.arange(_CODE_BINS + 1) + 0.5) / _CODE_BINS, 1.0)
    levels: NDArray[np.uint8] = np.rint(255 * filmic_display(middles)).astype(np.uint8)
    return levels


@cache
def _filmic_codes() -> NDArray[np.float32]:
    edges = _bin_edges(_CURVE_SHIFT, 2 * FILMIC_WHITE).astype(np.float64)
    centres = 0.5 * (edges[:-1] + edges[1:])
    return agx_curve(centres).astype(np.float32)


def _bin_edges(shift: int, greatest: float) -> NDArray[np.float32]:
    """Lower edges of the bins of float32 that share all but the last ``shift`` bits, from 0 to ``greatest``."""
    last = int(np.float32(greatest).view(np.uint32)) >> shift
    return (np.arange(last + 1, dtype=np.uint32) << shift).view(np.float32)
