"""A lemon or a lime, lying on its side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import dimpled, laid, middle, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, lattice, over, peeled, streaks, towards, upward
from synthvision.assets.generators.fruit.stalks import leafy, stalk
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import hsv, rgb8
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 37, 44
OIL_GLANDS = 2600


@dataclass(frozen=True)
class Lemon:
    """``diameter`` is a share of the length; ``nipple`` and ``neck`` are how far both ends are drawn out, 0 to 1.

    The nipple is at +x. ``green`` is how much of the peel has not turned yellow, 1 for a lime.
    """

    length_m: float = 0.088
    diameter: float = 0.68
    nipple: float = 0.6
    neck: float = 0.4
    hue: float = 0.145
    saturation: float = 0.8
    value: float = 0.95
    green: float = 0.1
    relief: float = 0.5
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a lemon along x; slots ``skin`` and ``stalk``."""
    lemon = read_parameters("lemon", Lemon, parameters)
    rings = laid(_rings(lemon))
    glands = lattice(OIL_GLANDS, 0.008)
    peel = Peel(roughness=0.34, coat=0.2, subsurface=0.12, relief=1.1 * lemon.relief, variant=lemon.variant)
    height = np.float32(1) - glands + np.float32(0.8) * clouds(7 * lemon.variant + 5, 1.0, 30.0)
    material, images = peeled("skin", _colours(lemon, glands), peel, height)
    end, size = rings[0, 0], lemon.length_m / 0.088
    path = end + np.linspace(0.0025, -0.0012, 4)[:, None] * [size, 0.0, 0.0]
    solid = join(skin(rings), stalk(path, np.array([0.0016, 0.002, 0.0026, 0.0024]) * size, 1))
    return finish(moved(solid, -middle(solid.corners)), [material, leafy("stalk", hsv(0.16, 0.42, 0.42))], images)


def _rings(lemon: Lemon) -> Points:
    polar = np.linspace(0.0, np.pi, ROWS)
    above = np.pi - polar
    half = lemon.diameter / 2
    drawn_out = lemon.nipple * dimpled(above, 0.17, 0.3, 1.8) + lemon.neck * dimpled(polar, 0.12, 0.33, 1.8)
    body = -0.5 * elementary.cos(polar) * (1 - 0.14 * lemon.nipple - 0.1 * lemon.neck)
    radius = half * elementary.power(elementary.sin(polar), 0.95) * (1 - 0.25 * drawn_out)
    # A shallow furrow parts the nipple from the body.
    radius -= lemon.nipple * 0.05 * half * elementary.exp(-(((above - 0.42) / 0.12) ** 2))
    profile = np.stack([radius, body - drawn_out * elementary.cos(polar)], axis=1)
    profile[[0, -1], 0] = 0.0
    rings = turned(profile, COLUMNS, uneven(ROWS, COLUMNS, lemon.variant, 0.025))
    scaled: Points = rings * (lemon.length_m / np.ptp(rings[..., 2]))
    return scaled


def _colours(lemon: Lemon, glands: Field) -> Field:
    up, seed = upward(), 23 * lemon.variant
    cloud = clouds(seed + 1)
    ripe = rgb8(lemon.hue, lemon.saturation, lemon.value)
    deep = rgb8(lemon.hue - 0.012, lemon.saturation, lemon.value * 0.95)
    unripe = rgb8(0.235, 0.72, 0.5 * lemon.value)
    colours = over(ripe, deep, np.clip(0.4 + 0.3 * cloud, 0.0, 1.0))
    ends = smooth(np.abs(up - np.float32(0.5)), 0.36, 0.5)
    turn = 0.5 * ends + 0.3 * towards(0.6) + 0.25 * cloud + 0.12 * streaks(seed + 2) + 3.4 * lemon.green - 1.5
    colours = over(colours, unripe, 0.9 * smooth(turn, -0.6, 0.8))
    shade = rgb8(lemon.hue + 0.08 * lemon.green - 0.012, 0.95, lemon.value * (0.68 - 0.3 * lemon.green))
    colours = over(colours, shade, glands * np.float32(0.28))
    return over(colours, (120, 96, 48), 0.7 * smooth(up, 0.993, 0.999))
