"""What the lens does to an image besides bending rays: vignetting, blur and chromatic aberration, on linear light."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

_OVERSAMPLING = 8
"""Points per pixel, along each axis, with which the kernels' edges are made smooth."""

_DARKEST_CORNER = 1e-3


def vignette(light: Image, loss: float) -> Image:
    """Darken (H, W, 3) towards the corners, which lose the share ``loss`` of their light.

    The law is cos⁴ of the angle to the axis: with r the distance to the image's middle over that of a corner,
    cos⁴ = 1 / (1 + k r²)², and k is such that it is ``1 - loss`` at r = 1.
    """
    height, width = light.shape[:2]
    k = 1 / math.sqrt(max(1 - loss, _DARKEST_CORNER)) - 1
    x, y = _from_middle(width), _from_middle(height)
    squared = np.add.outer(y * y, x * x) / (width * width / 4 + height * height / 4)
    darkened: Image = light * (1 / (1 + k * squared) ** 2).astype(np.float32)[..., None]
    return darkened


def blur(light: Image, kernel: Image) -> Image:
    """Convolve every channel with a kernel (K, K) that sums to 1; the image goes on beyond its border as its mirror."""
    blurred = cv2.filter2D(light, cv2.CV_32F, kernel[::-1, ::-1], borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, np.float32)


def disc_kernel(radius_px: float) -> Image:
    """Return the image of a point out of focus: an even disc, its edge shared out to the pixels it crosses."""
    # A smaller disc would lie between the points of the fine grid, and hold no light at all.
    radius = max(radius_px, 1 / _OVERSAMPLING)
    x, y = _fine_grid(radius)
    return _binned(((x * x + y * y) <= radius**2).astype(np.float64))


def motion_kernel(length_px: float, direction_deg: float) -> Image:
    """Return the trace of a point while the camera shakes along a line; degrees counter-clockwise from the x axis."""
    x, y = _fine_grid(length_px / 2 + 1)
    angle = math.radians(direction_deg)
    along = x * math.cos(angle) - y * math.sin(angle)
    across = x * math.sin(angle) + y * math.cos(angle)
    # One pixel wide, or a short shake would have no width at all.
    trace = (2 * np.abs(along) <= length_px + 1 / _OVERSAMPLING) & (2 * np.abs(across) <= 1)
    return _binned(trace.astype(np.float64))


def disperse(light: Image, corner_px: float) -> Image:
    """Enlarge red and shrink blue about the image's middle, so that in the corners they are ``corner_px`` apart."""
    height, width = light.shape[:2]
    step = corner_px / 2 / (math.hypot(width, height) / 2)
    dispersed = light.copy()
    for channel, scale in ((0, 1 + step), (2, 1 - step)):
        dispersed[..., channel] = _scaled(light[..., channel], scale)
    return dispersed


def _scaled(channel: Image, scale: float) -> Image:
    height, width = channel.shape
    columns = ((_from_middle(width)) / scale + (width - 1) / 2).astype(np.float32)
    rows = ((_from_middle(height)) / scale + (height - 1) / 2).astype(np.float32)
    x, y = np.meshgrid(columns, rows)
    plane = np.ascontiguousarray(channel)
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _from_middle(length: int) -> NDArray[np.float64]:
    return np.arange(length) - (length - 1) / 2


def _fine_grid(reach_px: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of points that fill the pixels of a kernel which reaches so far from its middle."""
    half = math.ceil(reach_px)
    line = (np.arange((2 * half + 1) * _OVERSAMPLING) + 0.5) / _OVERSAMPLING - (half + 0.5)
    x, y = np.meshgrid(line, line)
    return x, y


def _binned(fine: NDArray[np.float64]) -> Image:
    """Sum the points of each pixel; the kernel sums to 1."""
    size = len(fine) // _OVERSAMPLING
    sums = fine.reshape(size, _OVERSAMPLING, size, _OVERSAMPLING).sum(axis=(1, 3))
    kernel: Image = (sums / sums.sum()).astype(np.float32)
    return kernel
