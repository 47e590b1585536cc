"""A hand of bananas, standing on its tips and its crown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.banana import Banana, banana_skin, capped, finger
from synthvision.assets.generators.fruit.flesh import middle, turned
from synthvision.assets.generators.fruit.stalks import woody
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, loft, moved
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Asset

ROWS, COLUMNS = 19, 24
GAP_M, FAN_DEG = 0.015, 12.0
"""How far apart neighbours leave the crown, and the angle between them, for fingers 36 mm thick."""


@dataclass(frozen=True)
class BananaBunch(Banana):
    """``fingers`` bananas side by side."""

    fingers: int = 4


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bunch whose tips look towards +x; slots ``skin`` and ``crown``."""
    bunch = read_parameters("banana_bunch", BananaBunch, parameters)
    chance = series(2 * bunch.fingers, bunch.variant + 53).reshape(2, -1).astype(np.float64) - 0.5
    grown = []
    for number, place in enumerate(np.arange(bunch.fingers) - (bunch.fingers - 1) / 2):
        rings = _upright(finger(bunch, ROWS, COLUMNS)) * (1 + 0.08 * chance[0, number])
        # Each finger shows another side, so that the same picture does not repeat.
        rings = np.roll(rings, 7 * number, axis=1)
        turn = np.radians(FAN_DEG) * (place + 0.25 * chance[1, number])
        shift = np.array([0.0, GAP_M * bunch.diameter_m / 0.036 * place, 0.0])
        grown.append(_yawed(rings, turn) + shift)
    solid = join(*(capped(rings) for rings in grown), _crown(bunch))
    material, images = banana_skin(bunch)
    brown = woody("crown", hsv(0.1, 0.5, 0.62 - 0.4 * bunch.ripeness))
    return finish(moved(solid, -middle(solid.corners)), [material, brown], images)


def _upright(rings: Points) -> Points:
    """Turn +Y to +Z: the full side up."""
    return rings[..., [0, 2, 1]] * [1.0, -1.0, 1.0]


def _yawed(rings: Points, turn: float) -> Points:
    sine, cosine = elementary.sin(turn), elementary.cos(turn)
    turned_rings: Points = elementary.matmul(
        rings, np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    )
    return turned_rings


def _crown(bunch: BananaBunch) -> Solid:
    """Return the cut cushion that the stalks grow from, broad along y."""
    size = bunch.diameter_m / 0.036
    profile = np.array(
        [(0.0, -0.009), (0.006, -0.0085), (0.009, -0.005), (0.0095, 0.001), (0.008, 0.006), (0.0, 0.008)]
    )
    rings = turned(profile * size, COLUMNS)
    rings[..., 1] *= 1.15 + 0.85 * (bunch.fingers - 1)
    return loft(rings + np.array([0.004, 0.0, 0.004]) * size, slot=1, crease_deg=60)
