"""A pear: green, yellow or russet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import bent, middle, profile_through, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, over, peeled, speckles, towards, upward
from synthvision.assets.generators.fruit.stalks import curved, sepals, stalk, woody
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 41, 44
GREEN, YELLOW = (150, 172, 70), (214, 192, 88)


@dataclass(frozen=True)
class Pear:
    """``neck`` is the neck's width as a share of the belly's; ``lean`` how far it bends over, as a share of the height.

    ``ground``: 0 green, 1 yellow. ``russet`` and ``blush`` are how much of it is rough brown and red.
    """

    height_m: float = 0.1
    diameter_m: float = 0.068
    neck: float = 0.42
    lean: float = 0.05
    stalk_m: float = 0.024
    ground: float = 0.5
    russet: float = 0.2
    blush: float = 0.1
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a standing pear; slots ``skin``, ``stalk`` and ``calyx``."""
    pear = read_parameters("pear", Pear, parameters)
    rings = _rings(pear)
    material, images = peeled(
        "skin", _colours(pear), Peel(roughness=0.42 + 0.2 * pear.russet, subsurface=0.1, variant=pear.variant)
    )
    path = curved(rings[-1, 0] - [0.0, 0.0, 0.004], pear.stalk_m + 0.004, 0.3 * pear.stalk_m, 2.0 * pear.variant)
    radii = np.linspace(0.0019, 0.0014, len(path))
    radii[-1] = 0.0021
    calyx = sepals(rings[0, 0] - [0.0, 0.0, 0.0004], 5, (0.007, 0.003), (-0.15, -0.4), 2)
    solid = moved(join(skin(rings), stalk(path, radii, 1), calyx), -middle(rings))
    return finish(solid, [material, woody("stalk"), woody("calyx", hsv(0.08, 0.4, 0.16))], images)


def _rings(pear: Pear) -> Points:
    neck = pear.neck
    knots = [
        (0.0, 0.035),
        (0.1, 0.01),
        (0.25, 0.012),
        (0.42, 0.11),
        (0.5, 0.31),
        (0.44, 0.52),
        (0.12 + 0.46 * neck, 0.72),
        (0.03 + 0.42 * neck, 0.86),
        (0.37 * neck, 0.945),
        (0.18 * neck, 0.985),
        (0.0, 0.98),
    ]
    profile = profile_through(knots, ROWS) * [pear.diameter_m, pear.height_m]
    rings = turned(profile, COLUMNS, uneven(ROWS, COLUMNS, pear.variant, 0.025))
    return bent(rings, pear.lean * pear.height_m)


def _colours(pear: Pear) -> Field:
    up, seed = upward(), 31 * pear.variant
    cloud, fine = clouds(seed + 1), clouds(seed + 2, 0.9, 120.0)
    colours = over(GREEN, YELLOW, np.clip(pear.ground + 0.14 * cloud, 0.0, 1.0))
    red = 0.8 * towards(0.7) + 0.3 * cloud + 3.0 * pear.blush - 2.0
    colours = over(colours, (178, 70, 44), 0.75 * smooth(red, -0.6, 0.9))
    rough = (
        0.4 * cloud + 0.5 * fine + 3.6 * pear.russet - 2.2 + 1.6 * smooth(up, 0.88, 0.99) + 1.3 * smooth(up, 0.12, 0.02)
    )
    colours = over(colours, (158, 112, 58), 0.85 * smooth(rough, -0.5, 1.2))
    dots = speckles(750, 0.0048, seed + 3, 0.6)
    colours = over(colours, (118, 92, 50), dots * np.float32(0.42))
    return over(colours, (84, 64, 38), smooth(up, 0.03, 0.01))
