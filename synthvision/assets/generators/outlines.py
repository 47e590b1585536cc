"""Flat outlines and profiles, (N, 2) metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.solids import Points, circle


def filleted(corners: Sequence[tuple[float, float, float]], steps: int = 5) -> Points:
    """Return an open line through (x, y, radius), each inner corner replaced by an arc of its radius (0: kept sharp).

    A radius too large for the sides that meet there is cut to what fits into half of the shorter one.
    """
    line = np.asarray([corner[:2] for corner in corners], np.float64)
    points = [line[:1]]
    for before, here, after, corner in zip(line[:-2], line[1:-1], line[2:], corners[1:-1], strict=True):
        points.append(_arc(before, here, after, corner[2], steps))
    points.append(line[-1:])
    return np.concatenate(points)


def _arc(before: Points, here: Points, after: Points, radius: float, steps: int) -> Points:
    back, ahead = before - here, after - here
    shorter = min(float(np.linalg.norm(back, axis=-1)), float(np.linalg.norm(ahead, axis=-1)))
    back, ahead = back / np.linalg.norm(back, axis=-1), ahead / np.linalg.norm(ahead, axis=-1)
    half = 0.5 * float(elementary.arccos(np.clip(elementary.matmul(back, ahead), -1.0, 1.0)))
    reach = min(radius / elementary.tan(half), 0.49 * shorter) if np.pi / 2 - half > 1e-3 else 0.0  # noqa: PLR2004 - straight on
    if reach <= 0.0:
        return here[None]
    bisector = (back + ahead) / np.linalg.norm(back + ahead, axis=-1)
    centre = here + bisector * reach / elementary.cos(half)
    start, end = here + back * reach - centre, here + ahead * reach - centre
    turn = elementary.arctan2(start[0] * end[1] - start[1] * end[0], elementary.matmul(start, end))
    angle = np.linspace(0.0, turn, steps + 1)[:, None]
    arc: Points = centre + start * elementary.cos(angle) + np.array([-start[1], start[0]]) * elementary.sin(angle)
    return arc


def polygon(sides: int, apothem: float, columns: int) -> Points:
    """Return a regular polygon as (N, 2), one corner at +X; ``columns`` is a multiple of ``sides``.

    Its points lie at equal angles, so it can be lofted to a circle.
    """
    angle = np.arange(columns) * (2 * np.pi / columns)
    sector = 2 * np.pi / sides
    outline: Points = circle(columns) * (apothem / elementary.cos(angle % sector - sector / 2))[:, None]
    return outline


def rounded_square(half: float, corner: float, columns: int) -> Points:
    """Return a square of side 2·``half`` with corners of radius ``corner``, points at equal angles, (N, 2)."""
    direction = circle(columns)
    folded = np.sort(np.abs(direction), axis=1)
    flat = half / folded[:, 1]
    inner = half - corner
    towards = folded.sum(axis=1) * inner
    root = np.sqrt(np.maximum(towards**2 - 2 * inner**2 + corner**2, 0.0))
    in_corner = folded[:, 0] * flat > inner
    outline: Points = direction * np.where(in_corner, towards + root, flat)[:, None]
    return outline
