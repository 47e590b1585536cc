"""Looking up images at texture coordinates as Cycles does: bilinear, texel centres at (i + 0.5) / size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def bilinear(image: NDArray[np.uint8], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sample an (H, W, C) image, repeating, first row on top, at (N, 2) float32 coordinates with v up.

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


def opacity(image: NDArray[np.uint8], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the opacity (N,) float32 in [0, 1] of an (H, W, C) image at (N, 2) coordinates; it does not repeat.

    Around the image everything is transparent, which over half a texel shows inside it, too. An image without an alpha
    channel is opaque.
    """
    height, width, channels = image.shape
    framed = np.zeros((height + 2, width + 2), np.float32)
    framed[1:-1, 1:-1] = image[:, :, 3] / np.float32(255) if channels == 4 else 1  # noqa: PLR2004 - RGBA
    x = np.clip(uv[:, 0] * width + np.float32(0.5), 0, width + 1)
    y = np.clip((1 - uv[:, 1]) * height + np.float32(0.5), 0, height + 1)
    column, row = np.minimum(x.astype(np.intp), width), np.minimum(y.astype(np.intp), height)
    right: NDArray[np.float32] = x - column.astype(np.float32)
    down: NDArray[np.float32] = y - row.astype(np.float32)
    top = framed[row, column] * (1 - right) + framed[row, column + 1] * right
    bottom = framed[row + 1, column] * (1 - right) + framed[row + 1, column + 1] * right
    sampled: NDArray[np.float32] = top * (1 - down) + bottom * down
    return sampled
