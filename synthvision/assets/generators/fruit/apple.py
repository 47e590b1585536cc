"""An apple: green to yellow, and more or less red."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import dimpled, middle, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import (
    Peel,
    clouds,
    over,
    peeled,
    speckles,
    streaks,
    towards,
    upward,
)
from synthvision.assets.generators.fruit.stalks import curved, sepals, stalk, woody
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 37, 48
LOBES = 5
GREEN, YELLOW = (148, 178, 62), (229, 205, 100)
LENTICEL, RUSSET = (232, 214, 160), (150, 118, 66)
BRIGHT_RED, DARK_RED = (204, 44, 40), (122, 14, 26)


@dataclass(frozen=True)
class Apple:
    """``height`` is a share of the diameter; ``taper`` how much wider it is above than below; ``lobes`` its five feet.

    ``ground``: 0 green, 1 yellow. ``blush`` is how much of it is red, ``darkness`` how dark that red is, ``streaks``
    how striped. ``stalk_m`` is how far the stalk reaches.
    """

    diameter_m: float = 0.075
    height: float = 0.9
    taper: float = 0.1
    lobes: float = 0.03
    stalk_m: float = 0.018
    ground: float = 0.6
    blush: float = 0.7
    darkness: float = 0.4
    streaks: float = 0.6
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return an apple standing on its lobes; slots ``skin``, ``stalk`` and ``calyx``."""
    apple = read_parameters("apple", Apple, parameters)
    rings = _rings(apple)
    peel = Peel(roughness=0.3, coat=0.25, subsurface=0.1, variant=apple.variant)
    material, images = peeled("skin", _colours(apple), peel)
    top, bottom = rings[-1, 0], rings[0, 0]
    path = curved(top - [0.0, 0.0, 0.003], apple.stalk_m + 0.003, 0.35 * apple.stalk_m, 1.0 + apple.variant)
    radii = np.linspace(0.0013, 0.0018, len(path)) * apple.diameter_m / 0.075
    radii[-1] *= 1.35
    calyx = sepals(bottom - [0.0, 0.0, 0.0004], LOBES, (0.085 * apple.diameter_m, 0.0035), (-0.1, -0.3), 2)
    solid = join(skin(rings), stalk(path, radii, 1), calyx)
    return finish(
        moved(solid, -middle(rings)), [material, woody("stalk"), woody("calyx", hsv(0.09, 0.45, 0.22))], images
    )


def _rings(apple: Apple) -> Points:
    polar = np.linspace(0.0, np.pi, ROWS)
    radius = 1 - dimpled(polar, 0.27, 0.4) - dimpled(np.pi - polar, 0.42, 0.42)
    z = -radius * elementary.cos(polar)
    profile = np.stack([radius * elementary.sin(polar) * (1 + apple.taper * z), z * apple.height * 1.06], axis=1)
    profile[[0, -1], 0] = 0.0
    turn = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    feet = elementary.exp(-((polar / 0.95) ** 2)) + 0.35 * elementary.exp(-(((np.pi - polar) / 0.8) ** 2))
    swell = 1 + apple.lobes * feet[:, None] * elementary.cos(LOBES * turn)[None]
    rings = turned(profile, COLUMNS, swell * uneven(ROWS, COLUMNS, apple.variant, 0.018))
    rings[..., 2] *= swell
    # One shoulder is always a little higher than the other.
    rings[..., 2] += 0.04 * rings[..., 0] * np.clip(rings[..., 2], 0.0, 1.0)
    widest = np.ptp(rings.reshape(-1, 3), axis=0)[:2].mean()
    scaled: Points = rings * (apple.diameter_m / widest)
    return scaled


def _colours(apple: Apple) -> Field:
    up, seed = upward(), 17 * apple.variant
    cloud = clouds(seed + 1)
    stripe = streaks(seed + 2)
    shade = np.clip(apple.ground + 0.12 * cloud - 0.25 * smooth(up, 0.8, 1.0), 0.0, 1.0)
    colours = over(GREEN, YELLOW, shade)
    reach = 0.55 * towards(0.3) + 0.32 * cloud + 0.3 * apple.streaks * stripe + 3.0 * apple.blush - 1.6
    reach -= 0.9 * (1 - apple.blush) * smooth(np.abs(up - np.float32(0.5)), 0.3, 0.5)
    red = over(BRIGHT_RED, DARK_RED, np.clip(apple.darkness + 0.16 * stripe + 0.1 * cloud, 0.0, 1.0))
    cover = smooth(reach, -0.55, 0.75) * (0.93 - 0.18 * apple.streaks * smooth(stripe, -0.2, 1.2))
    colours = over(colours, red, cover)
    dots = speckles(420, 0.006, seed + 3) * smooth(up, 0.97, 0.8)
    colours = over(colours, LENTICEL, dots * np.float32(0.45))
    rust = smooth(up + np.float32(0.018) * streaks(seed + 4, 30.0), 0.9, 0.975)
    colours = over(colours, RUSSET, rust * np.float32(0.75))
    return over(colours, (96, 78, 46), smooth(up, 0.05, 0.015))
