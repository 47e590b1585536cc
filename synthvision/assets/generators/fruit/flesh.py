"""Shapes of fruit: closed rings about an axis, swollen, dimpled and never quite round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.solids import Points, Solid, circle, loft
from synthvision.assets.textures.noise import series

SMOOTH_DEG = 80.0
"""Fruit has no edges that its grid would have to keep."""


def dimpled(polar: Points, depth: float, width: float, power: float = 1.6) -> Points:
    """Return how much is missing from a radius of 1 at an angle ``polar`` (radians) from the bottom of a dimple."""
    hollow: Points = depth * elementary.exp(-(elementary.power(np.abs(polar) / width, power)))
    return hollow


def profile_through(knots: Sequence[tuple[float, float]], rows: int) -> Points:
    """Return a smooth profile (rows, 2) of (radius, z) from pole to pole, through knots, flat where it leaves the axis.

    Rows stand closer together at the poles, where the surface bends most for what is seen of it.
    """
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 - slow to load, and every worker waits for what stands at the top

    line = np.asarray(knots, np.float64)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    mirrored = np.concatenate([line[1:2] * [-1, 1], line, line[-2:-1] * [-1, 1]])
    places = np.concatenate([[-length[1]], length, [2 * length[-1] - length[-2]]])
    curve = CubicSpline(places, mirrored)
    share = (1 - elementary.cos(np.linspace(0.0, np.pi, rows))) / 2
    even = np.linspace(0.0, 1.0, rows)
    profile: Points = curve(length[-1] * (0.6 * even + 0.4 * share))
    profile[[0, -1], 0] = 0.0
    profile[:, 0] = np.maximum(profile[:, 0], 0.0)
    return profile


def turned(profile: Points, columns: int, swell: Points | None = None) -> Points:
    """Return the rings (R, N, 3) of a profile of (radius, z) about Z; ``swell`` (R, N) multiplies the radii."""
    radii = np.broadcast_to(profile[:, :1], (len(profile), columns))
    radii = radii if swell is None else radii * swell
    rings = np.empty((len(profile), columns, 3))
    rings[..., :2] = circle(columns) * radii[..., None]
    rings[..., 2] = profile[:, 1:]
    return rings


def uneven(rows: int, columns: int, variant: int, strength: float) -> Points:
    """Return factors (rows, columns) about 1: two or three broad bulges, elsewhere on every ``variant``."""
    around = np.arange(columns) * (2 * np.pi / columns)
    polar = np.linspace(0.0, np.pi, rows)[:, None]
    phase = series(6, variant + 101).astype(np.float64) * 2 * np.pi
    bulges = (
        elementary.cos(around - phase[0]) * elementary.sin(polar + phase[3])
        + 0.7 * elementary.cos(2 * around - phase[1]) * elementary.cos(polar - phase[4])
        + 0.4 * elementary.cos(3 * around - phase[2]) * elementary.sin(2 * polar + phase[5])
    )
    factors: Points = 1 + strength * bulges * elementary.sin(polar)
    return factors


def skin(rings: Points, slot: int = 0) -> Solid:
    """Return the surface over rings from pole to pole; u goes once round, v from the first pole to the last."""
    return loft(rings, slot=slot, crease_deg=SMOOTH_DEG)


def laid(rings: Points) -> Points:
    """Lay what stands along Z down along X."""
    return rings[..., [2, 0, 1]]


def bent(rings: Points, lean: float, power: float = 2.0) -> Points:
    """Shift rings along x by ``lean`` (metres at the top), more and more with height."""
    low, high = rings[..., 2].min(), rings[..., 2].max()
    share = np.clip((rings[..., 2] - low) / (high - low), 0.0, 1.0)
    moved_rings = rings.copy()
    moved_rings[..., 0] += lean * elementary.power(share, power)
    return moved_rings


def middle(rings: Points) -> Points:
    """Return the centre (3,) of the rings' box in x and y, with z 0."""
    flat = rings.reshape(-1, 3)
    centre: Points = (flat.min(axis=0) + flat.max(axis=0)) / 2
    return centre * [1.0, 1.0, 0.0]


def oval(columns: int, width: float, thickness: float) -> Points:
    """Return an ellipse (N, 2) with these half-axes."""
    return circle(columns) * [width, thickness]
