"""A rook: a tower with battlements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.board_games.chessmen import (
    FELT_MM,
    Chessman,
    collar,
    line_through,
    lower_part,
    rings_at,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Mask, Points, join, loft
from synthvision.assets.types import Asset

HEIGHT_MM, RADIUS_MM = 55.0, 16.5
FLOOR_Z = 50.2
MERLON_DEG = 43.0
CRENELS = 6


@dataclass(frozen=True)
class Rook(Chessman):
    height_m: float = 0.055


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a rook; slots ``body`` and ``felt``."""
    man = read_parameters("chess_rook", Rook, parameters)
    angle, standing = _columns()
    below = rings_at(_tower(), angle)
    wall = np.array([(11.9, 54.5), (11.5, HEIGHT_MM), (8.4, HEIGHT_MM), (8.0, 54.6)])
    battlements = rings_at(wall, angle)
    battlements[:, ~standing, 2] = FLOOR_Z
    # In the gaps all four rings lie on the floor: the outer two on the outer wall, the inner two on the inner.
    battlements[1, ~standing] = battlements[0, ~standing] = below[-1, ~standing]
    inside = rings_at(np.array([(8.0, FLOOR_Z), (0.0, FLOOR_Z - 0.8)]), angle)
    battlements[2:, ~standing] = inside[0, ~standing]
    rim = rings_at(np.array([(0.0, 0.0), (0.95 * RADIUS_MM, 0.0), (0.95 * RADIUS_MM, FELT_MM)]), angle)
    body = loft(np.concatenate([below, battlements, inside]), crease_deg=32)
    return turned_piece(man, join(loft(rim, slot=1), body), HEIGHT_MM)


def _tower() -> Points:
    return line_through(
        lower_part(RADIUS_MM, (8.0, 36.0), 2.0),
        collar(8.0, 10.8, 36.0, 2.4),
        [(8.2, 38.6), (8.6, 41.0), (9.9, 43.6), (11.6, 45.0), (11.9, 45.8), (11.9, FLOOR_Z)],
    )


def _columns() -> tuple[Points, Mask]:
    """Return the angles (N,) of the columns, radians, and which of them stand under a merlon.

    Where merlon and gap meet there are two columns at one angle: between them is the upright side of the gap.
    """
    sector = 360.0 / CRENELS
    merlon, gap = np.linspace(0.0, MERLON_DEG, 6), np.linspace(MERLON_DEG, sector, 4)
    one = np.concatenate([merlon, gap])
    every = (np.arange(CRENELS)[:, None] * sector + one).ravel()
    standing = np.tile(np.arange(len(one)) < len(merlon), CRENELS)
    # A sector ends exactly where the next begins.
    angle: Points = np.radians(np.round(every % 360.0, 9))
    return angle, standing
