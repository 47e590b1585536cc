"""A king: a crown with a cross on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.board_games.chessmen import (
    Chessman,
    collar,
    line_through,
    lower_part,
    stood,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, loft, tip
from synthvision.assets.types import Asset
from synthvision.elementary import matmul

HEIGHT_MM, RADIUS_MM = 95.0, 18.5
CROSS_MM, THICK_MM = 12.4, 2.8


@dataclass(frozen=True)
class King(Chessman):
    height_m: float = 0.095


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a king, its cross seen from +x; slots ``body`` and ``felt``."""
    profile = line_through(
        lower_part(RADIUS_MM, (5.3, 53.0)),
        collar(5.3, 11.0, 53.0, 2.8),
        collar(5.6, 8.8, 56.5, 2.1),
        collar(5.4, 7.0, 59.3, 1.5),
        [(5.5, 61.5), (5.9, 65.0), (6.7, 69.0), (8.0, 73.5), (9.6, 77.0), (11.2, 79.0), (11.6, 79.7)],
        [(11.4, 80.4), (10.4, 80.9), (8.6, 82.0), (6.0, 83.2), (3.6, 83.9), (2.2, 84.6), (1.6, 85.2), (0.0, 85.3)],
    )
    man = read_parameters("chess_king", King, parameters)
    return turned_piece(man, stood(profile, RADIUS_MM, _cross()), HEIGHT_MM)


def _cross() -> Solid:
    """Return a cross with widening arms, upright across x."""
    arm = np.array([(1.15, 1.15), (2.1, 4.7), (1.8, 5.1)])
    right = np.concatenate([arm, (arm * [-1, 1])[::-1]])[:-1]
    quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
    outline, turned = [], right
    for _ in range(4):
        outline.append(turned)
        turned = matmul(turned, quarter)
    flat = np.concatenate(outline)
    height = CROSS_MM / 2
    flat = flat * [1.0, height / 5.1]
    rings = []
    for depth, share in ((-0.5, 0.86), (-0.36, 1.0), (0.36, 1.0), (0.5, 0.86)):
        ring = np.empty((len(flat), 3))
        ring[:, 0] = depth * THICK_MM
        ring[:, 1:] = flat * share
        ring[:, 2] += HEIGHT_MM - height
        rings.append(ring)
    return loft([tip(rings[0]), *rings, tip(rings[-1])], crease_deg=25)
