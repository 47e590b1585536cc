"""Images at falling sizes, so that a texture seen from afar neither flickers nor costs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
        left_column, right_column, right = _neighbours(uv[:, 0], width)
        top_row, bottom_row, down = _neighbours(-uv[:, 1], height)
        top, bottom = start + top_row * width, start + bottom_row * width
        # take() is several times as fast as fancy indexing of rows.
        upper = _mix(self.texels, top + left_column, top + right_column, right)
        upper += (_mix(self.texels, bottom + left_column, bottom + right_column, right) - upper) * down
        return upper


def _neighbours(place: Floats, count: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the texels before and after each place (N,), out of ``count`` (N,), and the share (N, 1) of the second."""
    texel = (place - np.floor(place)) * count.astype(np.float32) - np.float32(0.5)
    whole = np.floor(texel)
    after = whole.astype(np.intp) + 1
    # ``after`` is in 0 … count; comparing is quicker than the remainder of a division.
    before = np.where(after == 0, count, after) - 1
    return before, np.where(after == count, 0, after), (texel - whole)[:, None]


def _mix(texels: Floats, first: NDArray[np.intp], second: NDArray[np.intp], share: Floats) -> Floats:
    mixed = np.take(texels, first, axis=0)
    mixed += (np.take(texels, second, axis=0) - mixed) * share
    return mixed


def pyramid(image: NDArray[np.uint8] | Floats, most_px: int, decoding: Floats | None = None) -> Pyramid:
    """Build the pyramid of an (H, W, C) image, at most ``most_px`` on its longer side, by area averages.

    The image is float32, or uint8 with the value (256,) float32 of each level as ``decoding``.
    """
    height, width = _limited(image.shape[0], image.shape[1], most_px)
    sizes = [(height, width)]
    while max(sizes[-1]) > 1:
        sizes.append((max(sizes[-1][0] // 2, 1), max(sizes[-1][1] // 2, 1)))
    heights, widths = np.array(sizes, np.intp).T
    ends = np.cumsum(heights * widths)
    starts = np.concatenate([[0], ends[:-1]]).astype(np.intp)
    texels = np.empty((int(ends[-1]), image.shape[2]), np.float32)
    levels = [texels[start:end].reshape(*size, -1) for start, end, size in zip(starts, ends, sizes, strict=True)]
    _fill(levels[0], image, decoding)
    for larger, smaller in pairwise(levels):
        smaller[:] = _resized(larger, smaller.shape[1], smaller.shape[0])
    return Pyramid(texels, starts, widths, heights)


def _limited(height: int, width: int, most_px: int) -> tuple[int, int]:
    factor = most_px / max(height, width)
    if factor >= 1:
        return height, width
    return max(round(height * factor), 1), max(round(width * factor), 1)


def _fill(level: Floats, image: NDArray[np.uint8] | Floats, decoding: Floats | None) -> None:
    """Set the largest level: decode the image and shrink it if need be."""
    same_size = image.shape == level.shape
    if decoding is not None and same_size:
        cv2.LUT(np.ascontiguousarray(image), decoding, dst=level)
        return
    values = image if decoding is None else cv2.LUT(np.ascontiguousarray(image), decoding)
    level[:] = values if same_size else _resized(np.asarray(values, np.float32), level.shape[1], level.shape[0])


def _resized(image: Floats, width: int, height: int) -> Floats:
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.float32).reshape(height, width, image.shape[2])
