"""Screw threads as a height field over a cylinder."""

from __future__ import annotations

import numpy as np

from synthvision.assets.generators.solids import Points, circle

ROWS_PER_PITCH = 8
DEPTH_PER_PITCH = 0.6134
"""Depth of an external metric thread over its pitch, ISO 68-1 / DIN 13."""
CREASE_DEG = 75.0
"""Flanks rise by 60 degrees across a grid that does not follow them: shading is smoothed over that."""


def coarse_pitch(diameter_m: float) -> float:
    """Return a pitch close to the ISO 261 coarse series (M4 0.7, M6 1.0, M8 1.25, M12 1.75, M16 2.0 mm)."""
    return 0.00022 + 0.1285 * diameter_m


def thread_rings(radius: float | Points, pitch: float, span: tuple[float, float], columns: int, depth: float) -> Points:
    """Return rings (R, N, 3) of a right-handed thread.

    Args:
        radius: over the crests, a number or one per ring as ``thread_heights`` counts them.
        pitch: rise per turn, metres.
        span: from which z to which; the thread fades in and out over one pitch.
        columns: points per ring.
        depth: from crest to root, metres. Crests are P/8 flat, roots P/4 (ISO 68-1).
    """
    low, high = span
    z = thread_heights(pitch, span)
    turn = np.arange(columns) / columns
    phase = z[:, None] / pitch - turn[None, :]
    off_crest = np.abs(phase - np.round(phase))
    cut = np.clip((off_crest - 1 / 16) / (3 / 8 - 1 / 16), 0.0, 1.0)
    fade = np.clip(np.minimum(z - low, high - z) / pitch, 0.0, 1.0)
    radii = np.broadcast_to(radius, z.shape)[:, None] - depth * cut * fade[:, None]
    xy = circle(columns)[None] * radii[..., None]
    return np.concatenate([xy, np.broadcast_to(z[:, None, None], (*radii.shape, 1))], axis=2)


def thread_heights(pitch: float, span: tuple[float, float]) -> Points:
    """Return the heights (R,) of the rings of ``thread_rings``."""
    return np.linspace(*span, max(2, round((span[1] - span[0]) / pitch * ROWS_PER_PITCH)) + 1)
