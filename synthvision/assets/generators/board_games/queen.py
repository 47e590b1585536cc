"""A queen: a coronet with a ball on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.board_games.chessmen import (
    FELT_MM,
    Chessman,
    ball,
    collar,
    line_through,
    lower_part,
    rings_at,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import join, loft
from synthvision.assets.types import Asset

HEIGHT_MM, RADIUS_MM = 85.0, 18.0
POINTS = 8
COLUMNS = 6 * POINTS


@dataclass(frozen=True)
class Queen(Chessman):
    height_m: float = 0.085


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a queen; slots ``body`` and ``felt``."""
    man = read_parameters("chess_queen", Queen, parameters)
    angle = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    cup = line_through(
        lower_part(RADIUS_MM, (5.0, 50.0)),
        collar(5.0, 10.4, 50.0, 2.6),
        collar(5.2, 8.2, 53.3, 2.0),
        collar(5.0, 6.6, 56.0, 1.4),
        [(5.2, 58.0), (5.5, 61.5), (6.3, 65.5), (7.6, 69.5), (9.4, 73.0)],
    )
    rim = rings_at(np.array([(11.4, 75.9), (11.9, 77.6), (11.0, 77.9), (9.4, 76.2)]), angle)
    # The cutter's bites are deepest at the outer edge.
    bite = 2.6 * elementary.power(np.clip(elementary.cos(POINTS * angle), 0.0, None), 0.6)
    rim[..., 2] -= np.array([0.35, 1.0, 1.0, 0.55])[:, None] * bite
    rim[1:3, :, :2] *= 1 - 0.035 * bite[:, None]
    crown = line_through([(7.4, 76.0), (5.6, 77.6), (3.4, 78.8), (2.1, 79.4)], ball(3.0, HEIGHT_MM - 3.0, -50.0, 9))
    felt = rings_at(np.array([(0.0, 0.0), (0.95 * RADIUS_MM, 0.0), (0.95 * RADIUS_MM, FELT_MM)]), angle)
    body = loft(np.concatenate([rings_at(cup, angle), rim, rings_at(crown, angle)]), crease_deg=38)
    return turned_piece(man, join(loft(felt, slot=1), body), HEIGHT_MM)
