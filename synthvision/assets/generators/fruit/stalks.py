"""Stalks and sepals: thin closed shells that stick in the fruit."""

from __future__ import annotations

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.fruit.flesh import SMOOTH_DEG, oval
from synthvision.assets.generators.solids import Points, Solid, join, loft, swept, tip
from synthvision.assets.generators.surfaces import Colour, hsv
from synthvision.assets.types import Material

STALK_COLUMNS = 8
BARK: Colour = hsv(0.075, 0.5, 0.36)
LEAF: Colour = hsv(0.26, 0.62, 0.52)


def stalk(path: Points, radii: Points, slot: int) -> Solid:
    """Return a round stalk along ``path`` (P, 3), cut off flat at both ends; ``radii`` (P,) metres.

    The path may not run along y.
    """
    section = oval(STALK_COLUMNS, 1.0, 1.0)[None] * radii[:, None, None]
    rings = swept(path, section, (0.0, 1.0, 0.0))
    return loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]), slot=slot)


def curved(start: Points, length: float, lean: float, turn_rad: float, steps: int = 7) -> Points:
    """Return a path (P, 3) that rises from ``start`` and leans over by ``lean`` (metres at its end) towards a side."""
    share = np.linspace(0.0, 1.0, steps)
    side = lean * share**2
    path: Points = start + np.stack(
        [side * elementary.cos(turn_rad), side * elementary.sin(turn_rad), length * share], axis=1
    )
    return path


def sepals(centre: Points, count: int, size: tuple[float, float], rise: tuple[float, float], slot: int) -> Solid:
    """Return a star of pointed leaves that grow outwards from ``centre`` (3,).

    Args:
        centre: where they meet.
        count: how many leaves.
        size: length and greatest width of a leaf, metres; every second one is a little shorter.
        rise: how high a leaf stands over ``centre`` half way out and at its end, shares of its length.
        slot: material slot.
    """
    leaves = []
    for number in range(count):
        turn = 2 * np.pi * (number + 0.13 * elementary.sin(5.0 * number)) / count
        length = size[0] * (1.0 - 0.16 * (number % 2) + 0.06 * elementary.sin(3.0 * number))
        leaves.append(_sepal(centre, turn, (length, size[1]), rise, slot))
    return join(*leaves)


def _sepal(centre: Points, turn: float, size: tuple[float, float], rise: tuple[float, float], slot: int) -> Solid:
    share = np.array([0.03, 0.15, 0.3, 0.48, 0.66, 0.82, 0.93, 1.0])
    length, width = size
    # The parabola through (0, 0), (1/2, rise[0]) and (1, rise[1]).
    height = length * (share * (4 * rise[0] - rise[1]) + share**2 * (2 * rise[1] - 4 * rise[0]))
    along = np.array([elementary.cos(turn), elementary.sin(turn), 0.0])
    path = centre + length * share[:, None] * along + height[:, None] * [0.0, 0.0, 1.0]
    broad = np.array([0.45, 0.78, 0.98, 1.0, 0.8, 0.5, 0.24, 0.05]) * width / 2
    section = oval(6, 1.0, 0.16)[None] * np.maximum(broad, 2e-4)[:, None, None]
    rings = swept(path, section, (-elementary.sin(turn), elementary.cos(turn), 0.0))
    closed = np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]])
    return loft(closed, slot=slot, crease_deg=SMOOTH_DEG)


def woody(name: str, colour: Colour = BARK) -> Material:
    return Material(name, colour, roughness=0.85, specular=0.2)


def leafy(name: str, colour: Colour = LEAF) -> Material:
    return Material(name, colour, roughness=0.6, specular=0.3, subsurface=0.05)
