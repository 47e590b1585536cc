"""Pixels and rays: which window of the image an instance can be seen in, and the rays through its pixel centres.

A ray is scaled so that its direction has z = 1 in camera axes. Affine maps keep the ray parameter, so the parameter at
which a ray meets a mesh *in the mesh's own frame* is the depth (z, metres) in the camera's frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from synthvision.scene import Camera

# A projection is followed no further than this many image sizes beyond each side of the image, where only truncation
# looks.
_REACH = 1.0


@dataclass(frozen=True)
class Window:
    """A half-open rectangle of pixels; may lie partly or wholly outside the image."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def empty(self) -> bool:
        return self.x0 >= self.x1 or self.y0 >= self.y1

    @property
    def shape(self) -> tuple[int, int]:
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def inside_image(self, camera: Camera) -> Window:
        """Return the part of the window that lies in the image."""
        return Window(max(self.x0, 0), max(self.y0, 0), min(self.x1, camera.width_px), min(self.y1, camera.height_px))


def projected_window(camera: Camera, points_camera: NDArray[np.float64]) -> Window:
    """Return the window of pixel centres that the convex hull of ``points_camera`` ((3, N), camera axes) can cover.

    Points behind the near plane make the projection reach to the limit in every direction.
    """
    width, height = camera.width_px, camera.height_px
    x_range = -_REACH * width, (1 + _REACH) * width
    y_range = -_REACH * height, (1 + _REACH) * height
    x, y, z = points_camera
    if z.max() <= camera.clip_m:
        return Window(0, 0, 0, 0)
    if z.min() > camera.clip_m:
        x_range = _clipped(camera.fx * (x / z) + camera.cx, x_range)
        y_range = _clipped(camera.fy * (y / z) + camera.cy, y_range)
    # One pixel of margin, since projections are rounded differently from rays.
    return Window(floor(x_range[0]) - 1, floor(y_range[0]) - 1, ceil(x_range[1]) + 1, ceil(y_range[1]) + 1)


def _clipped(values: NDArray[np.float64], limits: tuple[float, float]) -> tuple[float, float]:
    """Return the least and the greatest of the values, both no further than the limits."""
    low, high = limits
    return min(max(float(values.min()), low), high), max(min(float(values.max()), high), low)


def project(camera: Camera, points_camera: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project (N, 3) points in camera axes to (N, 2) pixels; NaN for points at or behind the camera plane."""
    z = np.where(points_camera[:, 2] > 0, points_camera[:, 2], np.nan)
    x = camera.fx * points_camera[:, 0] / z + camera.cx
    y = camera.fy * points_camera[:, 1] / z + camera.cy
    return np.stack([x, y], axis=1)


def pixel_rays(camera: Camera, x_px: NDArray[np.float64], y_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 3) directions with z = 1, camera axes, through the given image points (N,)."""
    return np.stack([(x_px - camera.cx) / camera.fx, (y_px - camera.cy) / camera.fy, np.ones_like(x_px)], axis=1)


def grid_lines(camera: Camera, window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x / z of each column (W,) and y / z of each row (H,) of pixel centres in the window."""
    columns = (np.arange(window.x0, window.x1) + 0.5 - camera.cx) / camera.fx
    rows = (np.arange(window.y0, window.y1) + 0.5 - camera.cy) / camera.fy
    return columns, rows


def grid_rays(camera: Camera, window: Window, linear: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (H·W, 3) float32 ``linear @ direction`` for every pixel centre of the window, row by row.

    ``linear`` is (3, 3) float64. The sums are made in float64 per row and column, then rounded once.
    """
    columns, rows = grid_lines(camera, window)
    along_x = np.outer(columns, linear[:, 0])
    along_y = np.outer(rows, linear[:, 1]) + linear[:, 2]
    rays = np.empty((len(rows), len(columns), 3), np.float32)
    np.add(along_y[:, None, :], along_x[None, :, :], out=rays, casting="same_kind")
    return rays.reshape(-1, 3)
