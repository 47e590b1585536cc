"""Points inside the view of a camera."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from synthvision.errors import FrameError
from synthvision.recipe.distributions import FrustumExtent
from synthvision.sampling.quantiles import between
from synthvision.sampling.shapes import Points
from synthvision.scene import Camera, Lens, Vector
from synthvision.scene.lenses import distort, undistort

_CELLS = 64
"""Cells along each side of an image over which a lens is taken for bilinear."""

_Box = tuple[float, float, float, float]


def in_frustum(camera: Camera, extent: FrustumExtent, u: float, v: float, w: float) -> Vector:
    """Map three uniforms to a point of the view of a camera, in its axes, metres, uniform in volume.

    A slice of the view of a perspective camera grows with the square of its depth, so the cube of the depth is uniform.

    Raises:
        FrameError: the lens sees no part of the image that is inside the margin.
    """
    nearest, farthest = extent.depth_m
    if camera.orthographic:
        x, y = _on_image(_box(camera, extent.margin), u, v)
        return x, y, between(nearest, farthest, w)
    depth = math.cbrt(between(nearest**3, farthest**3, w))
    x, y = _slopes(camera, extent.margin, u, v)
    return x * depth, y * depth, depth


def _box(camera: Camera, margin: float) -> _Box:
    """Return left, top, right and bottom of the part of the image inside its margin, in focal lengths from its axis."""
    left, right = camera.width_px * margin, camera.width_px * (1 - margin)
    top, bottom = camera.height_px * margin, camera.height_px * (1 - margin)
    return (
        (left - camera.cx) / camera.fx,
        (top - camera.cy) / camera.fy,
        (right - camera.cx) / camera.fx,
        (bottom - camera.cy) / camera.fy,
    )


def _on_image(box: _Box, u: float, v: float) -> tuple[float, float]:
    left, top, right, bottom = box
    return between(left, right, u), between(top, bottom, v)


def _slopes(camera: Camera, margin: float, u: float, v: float) -> tuple[float, float]:
    """Map two uniforms to the slopes of a ray that the camera sees, uniform in their area."""
    box = _box(camera, margin)
    if camera.lens is None:
        return _on_image(box, u, v)
    slopes = np.array([_view(camera.lens, box).slopes(u, v)])
    # Between the corners of a cell the edge of the view is straight here, but bent in truth.
    image = np.clip(distort(camera.lens, slopes), box[:2], box[2:])
    x, y = undistort(camera.lens, image)[0].tolist()
    return x, y


@dataclass(frozen=True, eq=False)
class _View:
    """The slopes of the rays that a lens sees, in quadrilaterals (N, N), one for each cell of the image.

    Each is the bilinear image of the unit square. The area there, ``at_corner + along_s s + along_t t``, is linear.

    Attributes:
        corners: (N + 1, N + 1, 2), row by row.
        at_corner, along_s, along_t: (N, N); 0 for a cell that the lens does not see as a whole.
    """

    corners: Points
    at_corner: Points
    along_s: Points
    along_t: Points

    def slopes(self, u: float, v: float) -> tuple[float, float]:
        """Map two uniforms to slopes, uniform in their area: first a row and t in it, then a column and s in it."""
        start = self.at_corner + self.along_s / 2
        row, rest = _picked((start + self.along_t / 2).sum(axis=1), v)
        t = _on_slope(float(start[row].sum()), float(self.along_t[row].sum()), rest)
        level = self.at_corner[row] + self.along_t[row] * t
        column, rest = _picked(level + self.along_s[row] / 2, u)
        s = _on_slope(float(level[column]), float(self.along_s[row, column]), rest)
        (a, b), (c, d) = self.corners[row : row + 2, column : column + 2]
        x, y = ((1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d)).tolist()
        return x, y


@lru_cache(maxsize=16)
def _view(lens: Lens, box: _Box) -> _View:
    left, top, right, bottom = box
    columns, rows = np.meshgrid(np.linspace(left, right, _CELLS + 1), np.linspace(top, bottom, _CELLS + 1))
    seen = undistort(lens, np.stack([columns.ravel(), rows.ravel()], axis=1))
    corners = seen.reshape(_CELLS + 1, _CELLS + 1, 2)
    a, b, c, d = corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]
    at_corner, along_s, along_t = _cross(b - a, c - a), _cross(b - a, d - c), _cross(d - b, c - a)
    unseen = np.isnan(at_corner + along_s + along_t)
    for area in (at_corner, along_s, along_t):
        area[unseen] = 0.0
    if unseen.all():
        raise FrameError(
            f"camera: frustum must be of an image that the lens sees a part of, got {lens.model} that does not"
        )
    return _View(corners, at_corner, along_s, along_t)


def _cross(first: Points, second: Points) -> Points:
    product: Points = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def _picked(weights: Points, u: float) -> tuple[int, float]:
    """Return which of several weights a uniform falls on, and how far into it."""
    sums = np.cumsum(weights)
    at = u * float(sums[-1])
    index = int(np.searchsorted(sums, at, side="right"))
    before = float(sums[index - 1]) if index else 0.0
    return index, (at - before) / float(weights[index])


def _on_slope(start: float, rise: float, u: float) -> float:
    """Map a uniform to 0 … 1 with a density proportional to ``start + rise x``."""
    root = math.sqrt(start * start + u * rise * (2 * start + rise))
    return u * (2 * start + rise) / (start + root)
