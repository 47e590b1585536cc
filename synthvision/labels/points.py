"""Where the points that pixels see are: the point cloud of a depth map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.labels.projection import pixel_points, pixel_slopes
from synthvision.scene import Camera


def back_projected(camera: Camera, depth: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the (H, W, 3) float64 points in camera axes (m) that a camera sees at depths (H, W) along z (m).

    Pixels without a ray are NaN; what is at depth 0 is no point. ``camera_to_world`` brings them into the world.
    """
    z = depth.astype(np.float64).ravel()
    pixels = np.arange(len(z))
    if camera.orthographic:
        x, y = pixel_points(camera, pixels)
    else:
        slope_x, slope_y = pixel_slopes(camera, pixels)
        x, y = slope_x * z, slope_y * z
    points: NDArray[np.float64] = np.stack([x, y, z], axis=1).reshape(*depth.shape, 3)
    return points
