"""Where a body stands: the points it stands on, and the height of what is under them."""

from __future__ import annotations

import numpy as np

from synthvision.sampling.bodies import Body
from synthvision.sampling.shapes import Points

FLAT_M = 1e-4
"""A top whose heights under a base differ by less than this is flat."""

_INSET = 1e-3
"""Share by which a base is drawn in, so that one as large as the top it stands on is still on it."""

_BEYOND = 1e-9
"""Share by which a triangle reaches beyond its sides, so that no point falls between two triangles."""

_UPRIGHT_M2 = 1e-15
"""A triangle that covers less of the plane than this stands upright and bears nothing."""


def base_points(hull: Points) -> Points:
    """Return the points (K, 3) that a body with hull points (H, 3) stands on, drawn in a little, and their middle."""
    lowest, highest = float(hull[:, 2].min()), float(hull[:, 2].max())
    base = hull[hull[:, 2] <= lowest + min(FLAT_M, 1e-2 * (highest - lowest))]
    middle = (base.min(axis=0) + base.max(axis=0)) / 2
    return np.concatenate([middle[None], base + (middle - base) * _INSET])


def resting_height(support: Body, places: Points) -> float | None:
    """Return the height (m) of a support's top under points (K, 2); None unless it is under all of them, and flat."""
    heights = top_heights(support.corners, places)
    if np.isnan(heights).any() or heights.max() - heights.min() > FLAT_M:
        return None
    return float(heights.max())


def top_heights(corners: Points, places: Points) -> Points:
    """Return the greatest height (K,) of triangles (T, 3, 3) at each of the points (K, 2); NaN for none."""
    low, high = places.min(axis=0), places.max(axis=0)
    flat = corners[:, :, :2]
    under = corners[((flat.min(axis=1) <= high) & (flat.max(axis=1) >= low)).all(axis=1)]
    side_b, side_c = under[:, 1] - under[:, 0], under[:, 2] - under[:, 0]
    area = side_b[:, 0] * side_c[:, 1] - side_b[:, 1] * side_c[:, 0]
    seen = np.abs(area) > _UPRIGHT_M2
    under, side_b, side_c, area = under[seen], side_b[seen], side_c[seen], area[seen]
    gap = places[:, None] - under[None, :, 0, :2]
    b = (gap[..., 0] * side_c[:, 1] - gap[..., 1] * side_c[:, 0]) / area
    c = (gap[..., 1] * side_b[:, 0] - gap[..., 0] * side_b[:, 1]) / area
    inside = (b >= -_BEYOND) & (c >= -_BEYOND) & (b + c <= 1 + _BEYOND)
    heights = np.where(inside, under[:, 0, 2] + b * side_b[:, 2] + c * side_c[:, 2], -np.inf)
    greatest = heights.max(axis=1, initial=-np.inf)
    return np.where(np.isinf(greatest), np.nan, greatest)
