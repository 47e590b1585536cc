"""Looking up images at texture coordinates as Cycles does: bilinear, repeating, texel centres at (i + 0.5) / size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def bilinear(image: NDArray[np.uint8], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sample an (H, W, C) image, first row on top, at (N, 2) float32 coordinates with v up.

    Returns (N, C) float32 on the image's own scale.
    """
    height, width = image.shape[:2]
    x = (uv[:, 0] % 1) * width - np.float32(0.5)
    y = ((1 - uv[:, 1]) % 1) * height - np.float32(0.5)
    column, row = np.floor(x), np.floor(y)
    right, down = (x - column)[:, None], (y - row)[:, None]
    left_column, top_row = column.astype(np.intp) % width, row.astype(np.intp) % height
    right_column, bottom_row = (left_column + 1) % width, (top_row + 1) % height
    top = image[top_row, left_column] * (1 - right) + image[top_row, right_column] * right
    bottom = image[bottom_row, left_column] * (1 - right) + image[bottom_row, right_column] * right
    sampled: NDArray[np.float32] = (top * (1 - down) + bottom * down).astype(np.float32, copy=False)
    return sampled
