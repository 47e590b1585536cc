"""How much of an instance lies outside the image, counted in rays on the image plane continued beyond its edges.

The plane is followed one image size beyond each side; what projects still further out, or lies behind the camera, is
not counted, since its share of an unbounded plane has no limit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.casting import Placed, cast_rays
from synthvision.labels.projection import Window, pixel_rays
from synthvision.scene import Camera

_MAX_RAYS = 16_384
"""Rays outside the image per instance; a larger projection is counted on a coarser grid."""


def truncation(placed: Placed, camera: Camera, window: Window, amodal_px: int, store: AssetStore) -> float:
    """Return the share (0…1) of the instance's projection outside the image.

    ``window`` is that of the whole projection, ``amodal_px`` the pixels inside the image that it covers.
    """
    if window.inside_image(camera) == window or window.empty:
        return 0.0
    step = max(1, int(np.ceil(np.sqrt(window.shape[0] * window.shape[1] / _MAX_RAYS))))
    x, y = _centres_outside(camera, window, step)
    if not len(x):
        return 0.0
    rays = pixel_rays(camera, x, y) @ placed.camera_to_object[:3, :3].T
    crossings = cast_rays(placed, camera, rays.astype(np.float32), store)
    outside_px = int((crossings.triangle >= 0).sum()) * step * step
    return outside_px / (outside_px + amodal_px) if outside_px else 0.0


def _centres_outside(camera: Camera, window: Window, step: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres of the cells of ``step`` × ``step`` pixels of the window that lie outside the image."""
    x, y = np.meshgrid(
        np.arange(window.x0, window.x1, step) + step / 2, np.arange(window.y0, window.y1, step) + step / 2
    )
    outside = (x < 0) | (y < 0) | (x >= camera.width_px) | (y >= camera.height_px)
    return x[outside], y[outside]
