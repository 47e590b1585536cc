"""Lenses: where in the image a ray is seen, and which ray a point of the image sees.

A ray is its slopes (x / z, y / z) in camera axes; a point of the image is ((x_px - cx) / fx, (y_px - cy) / fy). Both
are (N, 2) float64. A model is followed as far from the axis as the image radius grows with the angle, to 89° at most:
so a point of the image has one ray or none.

Models: OpenCV's documentation of ``calib3d`` and ``fisheye``; D. C. Brown, "Decentering distortion of lenses", 1966;
J. Kannala and S. S. Brandt, "A generic camera model and calibration method for conventional, wide-angle, and fish-eye
lenses", PAMI 28(8), 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.scene.types import Lens

Points = NDArray[np.float64]

MOST_RAD = math.radians(89)
"""No lens sees further from its axis."""

CLOSE = 1e-9
"""How exactly a ray found is seen at its point of the image."""

_TABLE = 2048
_STEPS = 10
_AT_ONCE = 1 << 14
_BROWN_CONRADY = 8


def distort(lens: Lens, slopes: Points) -> Points:
    """Return where rays (N, 2) are seen in the image (N, 2); NaN where the lens does not see them."""
    radius = elementary.hypot(slopes[:, 0], slopes[:, 1])
    with np.errstate(invalid="ignore"):
        seen = radius <= largest_slope(lens)
    kept = np.where(seen[:, None], slopes, 0.0)
    if lens.model == "kannala_brandt":
        length = elementary.hypot(kept[:, 0], kept[:, 1])
        bent = _image_radius(lens, elementary.arctan(length))
        image = kept * _share(bent, length)
    else:
        image = np.stack(_brown_conrady(lens, kept[:, 0], kept[:, 1]), axis=1)
    image[~seen] = np.nan
    return image


def undistort(lens: Lens, image: Points) -> Points:
    """Return the rays (N, 2) that points of the image (N, 2) see, to ``CLOSE``; NaN for a point without."""
    solve = _undistort_fisheye if lens.model == "kannala_brandt" else _undistort_ordinary
    rays = np.empty_like(image)
    for start in range(0, len(image), _AT_ONCE):
        rays[start : start + _AT_ONCE] = solve(lens, image[start : start + _AT_ONCE])
    return rays


@lru_cache(maxsize=16)
def largest_slope(lens: Lens) -> float:
    """Return the slope (tangent of the angle to the axis) up to which the image radius grows with the angle."""
    if lens.model == "kannala_brandt":
        return math.tan(min(math.sqrt(_first_root(_growth(lens)[::-1])), MOST_RAD))
    above, below = (np.array(polynomial[::-1]) for polynomial in _rational(lens))
    # The radius r N(r²) / D(r²) stops growing where its derivative, times D², is 0; beyond a root of D it starts anew.
    change: Points = np.polysub(np.polymul(np.polyder(above), below), np.polymul(above, np.polyder(below)))
    grows = np.polyadd(np.polymul(above, below), np.polymul([2.0, 0.0], change))
    return min(math.sqrt(min(_first_root(grows), _first_root(below))), math.tan(MOST_RAD))


def _first_root(polynomial: Sequence[float] | Points) -> float:
    """Return the least root above 0 of a polynomial (highest power first); infinity where there is none."""
    roots = np.roots(polynomial)
    real = roots.real[(np.abs(roots.imag) < CLOSE * (1 + np.abs(roots.real))) & (roots.real > 0)]
    return float(real.min()) if len(real) else math.inf


def _at(polynomial: Sequence[float], x: Points) -> Points:
    """Evaluate a polynomial (lowest power first)."""
    value = np.full_like(x, polynomial[-1])
    for coefficient in polynomial[-2::-1]:
        value = value * x + coefficient
    return value


def _share(radius: Points, of: Points) -> Points:
    """Return radii (N,) as shares (N, 1) of others; in the middle, where both are 0, 1."""
    share: Points = np.divide(radius, of, out=np.ones_like(of), where=of > 0)
    return share[:, None]


def _all_coefficients(lens: Lens) -> tuple[float, ...]:
    return (*lens.coefficients, *(0.0,) * (_BROWN_CONRADY - len(lens.coefficients)))


def _rational(lens: Lens) -> tuple[Sequence[float], Sequence[float]]:
    """Return numerator and denominator of a Brown-Conrady lens's radial factor, polynomials of the squared slope."""
    k1, k2, _, _, k3, k4, k5, k6 = _all_coefficients(lens)
    return (1.0, k1, k2, k3), (1.0, k4, k5, k6)


def _growth(lens: Lens) -> Sequence[float]:
    """Return the derivative of a fisheye lens's image radius, a polynomial of the squared angle."""
    return 1.0, *((2 * index + 3) * k for index, k in enumerate(lens.coefficients))


def _brown_conrady(lens: Lens, x: Points, y: Points) -> tuple[Points, Points]:
    _, _, p1, p2, *_ = _all_coefficients(lens)
    above, below = _rational(lens)
    square = x * x + y * y
    radial = _at(above, square) / _at(below, square)
    return (
        x * radial + 2 * p1 * x * y + p2 * (square + 2 * x * x),
        y * radial + p1 * (square + 2 * y * y) + 2 * p2 * x * y,
    )


def _undistort_ordinary(lens: Lens, image: Points) -> Points:
    rays = _radially(lens, image)
    solved = _newton(lens, rays, image)
    with np.errstate(all="ignore"):
        solved &= rays[:, 0] ** 2 + rays[:, 1] ** 2 <= largest_slope(lens) ** 2
    rays[~solved] = np.nan
    return rays


def _radially(lens: Lens, image: Points) -> Points:
    """Return about the rays that points of the image would see without tangential distortion."""
    radius = elementary.hypot(image[:, 0], image[:, 1])
    found = np.interp(radius, *_table(lens))
    return image * _share(found, radius)


@lru_cache(maxsize=16)
def _table(lens: Lens) -> tuple[Points, Points]:
    """Return image radii and the slopes that are seen there, both ascending."""
    above, below = _rational(lens)
    # Finer near the axis, where most of an image is.
    slopes = largest_slope(lens) * np.linspace(0, 1, _TABLE) ** 2
    return slopes * _at(above, slopes**2) / _at(below, slopes**2), slopes


def _newton(lens: Lens, rays: Points, image: Points) -> NDArray[np.bool_]:
    """Move rays to where they are seen at their points of the image; return which arrive."""
    close = np.zeros(len(rays), bool)
    moving = np.arange(len(rays))
    with np.errstate(all="ignore"):  # rays that arrive nowhere may leave for infinity
        for _ in range(_STEPS):
            off, step = _newton_step(lens, rays[moving, 0], rays[moving, 1], image[moving])
            rays[moving] -= step
            # Squared by the step just made: what was this close is exact now.
            arrived = off < CLOSE
            close[moving[arrived]] = True
            moving = moving[~arrived]
            if not len(moving):
                break
    return close


def _newton_step(lens: Lens, x: Points, y: Points, image: Points) -> tuple[Points, Points]:
    """Return how far (N,) rays are from their points of the image, and the step (N, 2) to take off them."""
    k1, k2, p1, p2, k3, k4, k5, k6 = _all_coefficients(lens)
    square = x * x + y * y
    below = 1 + square * (k4 + square * (k5 + square * k6))
    radial = (1 + square * (k1 + square * (k2 + square * k3))) / below
    change = (k1 + square * (2 * k2 + 3 * k3 * square)) - radial * (k4 + square * (2 * k5 + 3 * k6 * square))
    change /= below
    skew = x * y
    off_x = x * radial + 2 * p1 * skew + p2 * (square + 2 * x * x) - image[:, 0]
    off_y = y * radial + p1 * (square + 2 * y * y) + 2 * p2 * skew - image[:, 1]
    along_x = radial + 2 * x * x * change + 2 * p1 * y + 6 * p2 * x
    along_y = radial + 2 * y * y * change + 6 * p1 * y + 2 * p2 * x
    across = 2 * (skew * change + p1 * x + p2 * y)
    determinant = along_x * along_y - across * across
    step_x, step_y = along_y * off_x - across * off_y, along_x * off_y - across * off_x
    return np.maximum(np.abs(off_x), np.abs(off_y)), np.stack([step_x, step_y], axis=1) / determinant[:, None]


def _image_radius(lens: Lens, angle: Points) -> Points:
    """Return the image radius of the fisheye model for angles to the axis, rad."""
    return angle * _at((1.0, *lens.coefficients), angle * angle)


def _undistort_fisheye(lens: Lens, image: Points) -> Points:
    radius = elementary.hypot(image[:, 0], image[:, 1])
    largest = math.atan(largest_slope(lens))
    growth = _growth(lens)
    angles = np.linspace(0, largest, _TABLE)
    table = _image_radius(lens, angles)
    angle: Points = np.interp(radius, table, angles)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_STEPS):
            off = _image_radius(lens, angle) - radius
            angle = np.clip(angle - off / _at(growth, angle * angle), 0, largest)
            if np.abs(off[radius <= table[-1]]).max(initial=0) < CLOSE:
                break
    slopes = elementary.tan(np.where(radius <= table[-1], angle, np.nan))
    return image * _share(slopes, radius)
