"""A pawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.board_games.chessmen import (
    Chessman,
    ball,
    collar,
    line_through,
    lower_part,
    stood,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.types import Asset

HEIGHT_MM, RADIUS_MM = 48.0, 14.0


@dataclass(frozen=True)
class Pawn(Chessman):
    height_m: float = 0.048


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a pawn; slots ``body`` and ``felt``."""
    profile = line_through(
        lower_part(RADIUS_MM, (4.5, 29.0)),
        collar(4.5, 9.2, 29.0, 2.6),
        ball(8.2, 39.8, -60.0, 14),
    )
    return turned_piece(read_parameters("chess_pawn", Pawn, parameters), stood(profile, RADIUS_MM), HEIGHT_MM)
