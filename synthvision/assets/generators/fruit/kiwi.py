"""A kiwi fruit, brown and downy, lying on its side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import laid, middle, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, over, peeled, streaks, upward
from synthvision.assets.generators.fruit.stalks import stalk, woody
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import hsv, rgb8
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 29, 40


@dataclass(frozen=True)
class Kiwi:
    """``diameter`` is a share of the length, ``flatness`` how much thinner it is one way than the other."""

    length_m: float = 0.066
    diameter: float = 0.75
    flatness: float = 0.06
    hue: float = 0.1
    value: float = 0.6
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a kiwi along x; slots ``skin`` and ``ends`` (what is left of stalk and blossom)."""
    kiwi = read_parameters("kiwi", Kiwi, parameters)
    rings = laid(_rings(kiwi))
    down = clouds(43 * kiwi.variant + 4, 0.3, 200.0)
    peel = Peel(roughness=0.8, subsurface=0.03, sheen=0.35, relief=0.45, variant=kiwi.variant)
    material, images = peeled("skin", _colours(kiwi, down), peel, down)
    bits = []
    for end, side in ((rings[0, 0], -1.0), (rings[-1, 0], 1.0)):
        path = end + np.array([-0.003, -0.001, 0.0004, 0.0008])[:, None] * [side, 0.0, 0.0]
        bits.append(stalk(path, np.array([0.003, 0.0032, 0.0028, 0.002]), 1))
    solid = join(skin(rings), *bits)
    return finish(moved(solid, -middle(solid.corners)), [material, woody("ends", hsv(0.08, 0.5, 0.2))], images)


def _rings(kiwi: Kiwi) -> Points:
    polar = np.linspace(0.0, np.pi, ROWS)
    profile = np.stack(
        [kiwi.diameter / 2 * elementary.power(elementary.sin(polar), 0.8), -0.5 * elementary.cos(polar)], axis=1
    )
    profile[[0, -1], 0] = 0.0
    rings = turned(profile, COLUMNS, uneven(ROWS, COLUMNS, kiwi.variant, 0.02))
    rings *= [1.0 - kiwi.flatness, 1.0, 1.0]
    scaled: Points = rings * (kiwi.length_m / np.ptp(rings[..., 2]))
    return scaled


def _colours(kiwi: Kiwi, down: Field) -> Field:
    up, seed = upward(), 43 * kiwi.variant
    light, dark = rgb8(kiwi.hue, 0.48, kiwi.value * 1.12), rgb8(kiwi.hue - 0.008, 0.55, kiwi.value * 0.72)
    grain = 0.5 + 0.22 * down + 0.16 * clouds(seed + 1) + 0.12 * streaks(seed + 2, 90.0)
    colours = over(light, dark, np.clip(grain, 0.0, 1.0))
    ends = smooth(np.abs(up - np.float32(0.5)), 0.44, 0.5)
    return over(colours, rgb8(kiwi.hue, 0.55, kiwi.value * 0.5), 0.6 * ends)
