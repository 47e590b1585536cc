"""The colour filter: each photosite sees one colour, and the other two are interpolated from its neighbours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.scene.types import Bayer

Image = NDArray[np.float32]

_CROSS = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
_SQUARE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
_CHANNELS = {"r": 0, "g": 1, "b": 2}


def sample(light: Image, pattern: Bayer) -> Image:
    """Return the mosaic (H, W, 3): at each pixel only the channel that its filter lets through, the others 0.

    ``pattern`` names the filters of the first two pixels of the first two rows.
    """
    kept = np.zeros_like(light)
    for place, colour in enumerate(pattern):
        row, column, channel = place // 2, place % 2, _CHANNELS[colour]
        kept[row::2, column::2, channel] = light[row::2, column::2, channel]
    return kept


def interpolate(mosaic: Image) -> Image:
    """Fill the gaps of a mosaic (H, W, 3) bilinearly: the mean of the nearest two or four of that colour."""
    full = np.empty_like(mosaic)
    for channel, kernel in ((0, _SQUARE), (1, _CROSS), (2, _SQUARE)):
        plane = np.ascontiguousarray(mosaic[..., channel])
        full[..., channel] = cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)
    return full
