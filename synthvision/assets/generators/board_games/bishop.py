"""A bishop: a mitre with its cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.board_games.chessmen import (
    COLUMNS,
    Chessman,
    ball,
    collar,
    felt_disc,
    line_through,
    lower_part,
    rings_at,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, loft
from synthvision.assets.types import Asset

HEIGHT_MM, RADIUS_MM = 70.0, 16.0
NECK_Z, TOP_Z = 47.6, 66.0
CUT_AT, CUT_HALF = 0.5, 0.032
"""Where up the mitre the cut is, and half its width, as shares of the mitre."""
SLOPE = 0.2
"""How much higher the cut is in front (+x) than at the sides, as a share of the mitre."""


@dataclass(frozen=True)
class Bishop(Chessman):
    height_m: float = 0.07


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bishop, the cut of its mitre towards +x; slots ``body`` and ``felt``."""
    man = read_parameters("chess_bishop", Bishop, parameters)
    angle = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    lower = line_through(
        lower_part(RADIUS_MM, (4.6, 40.0)),
        collar(4.6, 9.6, 40.0, 2.6),
        collar(4.9, 7.2, 43.2, 1.9),
        [(4.6, 46.2)],
    )
    mitre = _mitre(angle)
    knob = line_through(ball(2.5, HEIGHT_MM - 2.5, -55.0, 7))
    rings = np.concatenate([rings_at(lower, angle), mitre, rings_at(knob, angle)])
    return turned_piece(man, join(felt_disc(RADIUS_MM), loft(rings, crease_deg=32)), HEIGHT_MM)


def _mitre(angle: Points) -> Points:
    """Return rings (R, N, 3) that tilt towards the cut's plane half way up."""
    below = np.linspace(0.0, CUT_AT - CUT_HALF, 9)
    above = np.linspace(CUT_AT + CUT_HALF, 1.0, 9)
    outer = [_ring(share, angle) for share in below]
    inner = [_cut_in(_ring(share, angle), share) for share in (below[-1], above[0])]
    return np.stack([*outer, *inner, *[_ring(share, angle) for share in above]])


def _ring(share: float, angle: Points) -> Points:
    tilted = share + SLOPE * elementary.sin(np.pi * share) ** 2 * elementary.cos(angle)
    radius = np.interp(tilted, *_outline())
    z = NECK_Z + (TOP_Z - NECK_Z) * tilted
    return np.stack([radius * elementary.cos(angle), radius * elementary.sin(angle), z], axis=1)


def _outline() -> tuple[Points, Points]:
    """Return the mitre's radius over the share of its height: full below, pointed above."""
    share = np.linspace(0.0, 1.0, 41)
    full = 5.0 + 3.7 * elementary.power(elementary.sin(np.pi * np.clip(share / 0.62, 0.0, 1.0)), 0.9)
    pointed = 2.0 + 6.7 * elementary.power(elementary.cos(np.pi / 2 * np.clip((share - 0.31) / 0.69, 0.0, 1.0)), 0.85)
    return share, np.where(share < 0.31, full, pointed)  # noqa: PLR2004 - the widest place


def _cut_in(ring: Points, share: float) -> Points:
    """Move the front of a ring back to the bottom of the cut, a straight line across the piece."""
    depth = np.maximum(ring[:, 0] - 1.0, 0.0)
    fall = depth * 0.75 * (1.0 if share < CUT_AT else 0.92)
    cut: Points = ring - np.stack([depth, 0 * depth, fall], axis=1)
    return cut
