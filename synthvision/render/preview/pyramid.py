"""Images at falling sizes, so that a texture seen from afar neither flickers nor costs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.render.preview.vectors import Floats


@dataclass(frozen=True, eq=False)
class Pyramid:
    """An image and its halvings in one flat array, so that every point can be looked up at its own level.

    Attributes:
        texels: (K, C) float32, all levels one after the other, each row by row from the top.
        starts, widths, heights: (L,) intp of each level; level 0 is the largest.
    """

    texels: Floats
    starts: NDArray[np.intp]
    widths: NDArray[np.intp]
    heights: NDArray[np.intp]

    @property
    def mean(self) -> Floats:
        """(C,) float32 mean of the image."""
        average: Floats = self.texels[self.starts[-1] :].mean(axis=0, dtype=np.float64).astype(np.float32)
        return average

    def sample(self, uv: Floats, level: Floats | float) -> Floats:
        """Look up (N, 2) coordinates with v up, bilinear and repeating, each at the nearest of its ``level`` (N,)."""
        nearest = np.clip(np.rint(level), 0, len(self.starts) - 1).astype(np.intp)
        start, width, height = self.starts[nearest], self.widths[nearest], self.heights[nearest]
        x = (uv[:, 0] % 1) * width.astype(np.float32) - np.float32(0.5)
        y = (-uv[:, 1] % 1) * height.astype(np.float32) - np.float32(0.5)
        column, row = np.floor(x), np.floor(y)
        right, down = (x - column)[:, None], (y - row)[:, None]
        left_column, top_row = column.astype(np.intp) % width, row.astype(np.intp) % height
        right_column, bottom_row = (left_column + 1) % width, (top_row + 1) % height
        top, bottom = start + top_row * width, start + bottom_row * width
        # take() is several times as fast as fancy indexing of rows.
        upper = _mix(self.texels, top + left_column, top + right_column, right)
        upper += (_mix(self.texels, bottom + left_column, bottom + right_column, right) - upper) * down
        return upper


def _mix(texels: Floats, first: NDArray[np.intp], second: NDArray[np.intp], share: Floats) -> Floats:
    mixed = np.take(texels, first, axis=0)
    mixed += (np.take(texels, second, axis=0) - mixed) * share
    return mixed


def pyramid(image: Floats, most_px: int) -> Pyramid:
    """Build the pyramid of an (H, W, C) float32 image, at most ``most_px`` on its longer side, by area averages."""
    levels = [_shrunk(image, most_px)]
    while max(levels[-1].shape[:2]) > 1:
        height, width = levels[-1].shape[:2]
        levels.append(_resized(levels[-1], max(width // 2, 1), max(height // 2, 1)))
    sizes = np.array([level.shape[:2] for level in levels], np.intp)
    counts = sizes[:, 0] * sizes[:, 1]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
    channels = image.shape[2]
    texels = np.concatenate([level.reshape(-1, channels) for level in levels])
    return Pyramid(texels, starts, sizes[:, 1], sizes[:, 0])


def _shrunk(image: Floats, most_px: int) -> Floats:
    height, width = image.shape[:2]
    factor = most_px / max(height, width)
    if factor >= 1:
        return image
    return _resized(image, max(round(width * factor), 1), max(round(height * factor), 1))


def _resized(image: Floats, width: int, height: int) -> Floats:
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.float32).reshape(height, width, image.shape[2])
