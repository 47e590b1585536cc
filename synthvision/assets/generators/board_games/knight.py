"""A knight: a horse's head, carved between the outline of its back and that of its front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.board_games.chessmen import (
    Chessman,
    collar,
    foot,
    line_through,
    stood,
    turned_piece,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, loft, swept, tip
from synthvision.assets.types import Asset

HEIGHT_MM, RADIUS_MM = 65.0, 16.5
# Each row is a section through neck or head: x and z on the back (mane, forehead, nose), x and z in front (chest,
# throat, jaw, chin), half its thickness. They follow each other from the foot to the muzzle.
SECTIONS = np.array(
    [
        (-12.2, 14.5, 11.8, 14.5, 10.8),
        (-12.8, 19.5, 11.6, 19.0, 9.8),
        (-13.2, 26.0, 10.2, 24.0, 8.8),
        (-13.0, 33.0, 7.6, 28.6, 8.2),
        (-11.9, 40.0, 5.0, 32.4, 7.8),
        (-9.6, 46.8, 3.6, 35.2, 7.6),
        (-6.0, 53.2, 3.6, 36.6, 7.6),
        (-1.4, 58.2, 4.4, 36.8, 7.4),
        (3.2, 58.4, 5.6, 36.2, 7.1),
        (6.9, 54.0, 7.4, 35.3, 6.4),
        (10.2, 48.6, 9.4, 34.2, 5.4),
        (13.0, 43.6, 11.4, 33.3, 4.7),
        (15.0, 39.6, 13.2, 33.3, 4.3),
        (15.6, 37.2, 14.4, 34.2, 3.3),
    ]
)
RINGS, COLUMNS = 45, 40
# Carving: (section, place from back +1 to front -1, extent over sections, extent over places, change of thickness)
CARVING = (
    (8.0, -0.45, 1.3, 0.42, 0.13),  # cheek
    (8.9, 0.52, 0.8, 0.24, -0.2),  # eye socket
    (8.2, 0.8, 0.8, 0.16, 0.16),  # brow
    (10.4, -0.2, 1.0, 0.35, -0.1),  # hollow before the cheek
    (12.3, 0.35, 0.45, 0.25, -0.3),  # nostril
    (12.6, -0.35, 1.1, 0.09, -0.45),  # mouth
    (12.4, -0.02, 0.8, 0.2, 0.18),  # upper lip
)


@dataclass(frozen=True)
class Knight(Chessman):
    height_m: float = 0.065


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a knight that looks towards +x; slots ``body`` and ``felt``."""
    base = line_through(
        foot(RADIUS_MM)[:-2],
        collar(12.4, 13.6, 8.6, 2.4),
        [(12.6, 11.2), (12.9, 13.2), (12.4, 14.4), (0.0, 15.4)],
    )
    features = [join(_ear(side), _eye(side)) for side in (1.0, -1.0)]
    man = read_parameters("chess_knight", Knight, parameters)
    return turned_piece(man, stood(base, RADIUS_MM, _head(), *features), HEIGHT_MM)


def _head() -> Solid:
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 - slow to load, and every worker waits for what stands at the top

    number = np.linspace(0.0, len(SECTIONS) - 1.0, RINGS)
    table = CubicSpline(np.arange(len(SECTIONS)), SECTIONS)(number)
    back, front, thick = table[:, :2], table[:, 2:4], table[:, 4]
    turn = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    place, aside = elementary.cos(turn)[None], elementary.sin(turn)[None]
    depth = thick[:, None] * (1 + _carved(number[:, None], place))
    # Rather a box with rounded edges than an oval; slimmer towards the mane.
    side = np.sign(aside) * elementary.power(np.abs(aside), 0.75) * depth * (1 - 0.22 * np.clip(place, 0.0, 1.0))
    reach = (
        np.sign(place)
        * elementary.power(np.abs(place), 0.85)
        * (1 - _locks(number)[:, None] * elementary.power(np.clip(place, 0.0, 1.0), 4))
    )
    centre, half = (back + front)[:, None] / 2, (back - front)[:, None] / 2
    flat = centre + half * reach[..., None]
    rings = np.stack([flat[..., 0], -side, flat[..., 1]], axis=2)
    return loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]), crease_deg=50)


def _carved(number: Points, place: Points) -> Points:
    """Return how much thicker or thinner the head is carved, as a share, on a grid of sections and places."""
    change = np.zeros(np.broadcast_shapes(number.shape, place.shape))
    for section, at, over, across, amount in CARVING:
        change += amount * elementary.exp(-(((number - section) / over) ** 2) - ((place - at) / across) ** 2)
    # The mane: grooves that run down and forward from the crest, along the back third.
    mane = np.clip((place - 0.25) / 0.3, 0.0, 1.0) * np.clip((7.4 - number) / 0.8, 0.0, 1.0)
    mane = mane * np.clip(number / 0.8, 0.0, 1.0)
    groove = np.abs(elementary.sin(np.pi * (1.35 * number + 0.9 * place)))
    carved: Points = change + mane * (0.2 - 0.34 * (1 - groove) ** 2)
    return carved


def _locks(number: Points) -> Points:
    """Return how far the crest is notched between the locks of the mane, as a share of the section."""
    notch = (1 - np.abs(elementary.sin(np.pi * (1.35 * number + 0.9)))) ** 2
    locks: Points = 0.075 * notch * np.clip(number / 0.8, 0.0, 1.0) * np.clip((7.4 - number) / 0.8, 0.0, 1.0)
    return locks


def _ear(side: float) -> Solid:
    path = np.array([(-1.2, 2.6, 55.0), (-0.9, 3.0, 58.6), (-0.2, 3.3, 61.8), (0.6, 3.4, 63.8), (1.2, 3.4, 65.0)])
    section = np.stack(
        [elementary.cos(np.arange(10) * 0.2 * np.pi), elementary.sin(np.arange(10) * 0.2 * np.pi)], axis=1
    )
    wide = np.array([(2.0, 2.4), (1.9, 2.3), (1.6, 1.9), (0.95, 1.1), (0.15, 0.15)])
    rings = swept(path * [1.0, side, 1.0], section[None] * wide[:, None], (0.0, 1.0, 0.0))
    return loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]), crease_deg=60)


def _eye(side: float) -> Solid:
    latitude = np.linspace(-np.pi / 2, np.pi / 2, 7)
    turn = np.arange(10) * 0.2 * np.pi
    ring = np.stack([elementary.cos(turn), elementary.sin(turn)], axis=1)
    rings = np.empty((len(latitude), len(turn), 3))
    rings[..., :2] = ring * elementary.cos(latitude)[:, None, None] * [1.9, 1.4]
    rings[..., 2] = elementary.sin(latitude)[:, None] * 1.2
    rings[[0, -1], :, :2] = 0.0
    return loft(rings + np.array([4.6, side * 5.6, 51.2]), crease_deg=80)
