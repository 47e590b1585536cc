"""An orange, a mandarin or a grapefruit, by size and colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import dimpled, middle, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, lattice, over, peeled, towards, upward
from synthvision.assets.generators.fruit.stalks import leafy, sepals, stalk
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import hsv, rgb8
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 33, 48
OIL_GLANDS = 4200


@dataclass(frozen=True)
class Orange:
    """``height`` is a share of the diameter. ``navel`` is how far the second fruit shows at the bottom, 0 to 1.

    ``neck`` raises the flesh about the stalk, as on mandarins; ``green`` is how much of the peel has not turned.
    """

    diameter_m: float = 0.076
    height: float = 0.95
    neck: float = 0.0
    navel: float = 0.5
    hue: float = 0.095
    saturation: float = 0.93
    value: float = 0.94
    green: float = 0.05
    roughness: float = 0.38
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return an orange standing on its navel; slots ``skin`` and ``star`` (what is left of the stalk)."""
    orange = read_parameters("orange", Orange, parameters)
    rings = _rings(orange)
    glands = lattice(OIL_GLANDS, 0.006)
    peel = Peel(roughness=orange.roughness, coat=0.15, subsurface=0.12, relief=0.7, variant=orange.variant)
    material, images = peeled("skin", _colours(orange, glands), peel, np.float32(1) - glands)
    top = rings[-1, 0]
    size = orange.diameter_m / 0.076
    star = sepals(top - [0.0, 0.0, 0.0002], 5, (0.0048 * size, 0.0034 * size), (0.16, 0.1), 1)
    path = top + np.linspace(-0.001, 0.0009, 4)[:, None] * [0.0, 0.0, 1.0]
    solid = join(skin(rings), star, stalk(path, np.full(4, 0.0017 * size), 1))
    return finish(moved(solid, -middle(rings)), [material, leafy("star", hsv(0.2, 0.45, 0.42))], images)


def _rings(orange: Orange) -> Points:
    polar = np.linspace(0.0, np.pi, ROWS)
    above = np.pi - polar
    radius = 1 - dimpled(above, 0.035, 0.3) + orange.neck * dimpled(above, 0.2, 0.55)
    radius -= orange.navel * (dimpled(polar, 0.09, 0.3) - dimpled(polar, 0.05, 0.13))
    profile = np.stack([radius * elementary.sin(polar), -radius * elementary.cos(polar) * orange.height], axis=1)
    profile[[0, -1], 0] = 0.0
    turn = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    # Faint furrows run out from the stalk.
    furrows = (
        1
        - (0.012 + 0.05 * orange.neck) * elementary.exp(-((above / 0.5) ** 2))[:, None] * elementary.cos(8 * turn)[None]
    )
    rings = turned(profile, COLUMNS, furrows * uneven(ROWS, COLUMNS, orange.variant, 0.014))
    widest = np.ptp(rings.reshape(-1, 3), axis=0)[:2].mean()
    scaled: Points = rings * (orange.diameter_m / widest)
    return scaled


def _colours(orange: Orange, glands: Field) -> Field:
    up, seed = upward(), 19 * orange.variant
    cloud = clouds(seed + 1)
    ripe = rgb8(orange.hue, orange.saturation, orange.value)
    deep = rgb8(orange.hue - 0.014, min(1.0, orange.saturation + 0.04), orange.value * 0.94)
    colours = over(ripe, deep, np.clip(0.4 + 0.3 * cloud, 0.0, 1.0))
    unripe = 0.7 * smooth(up, 0.75, 1.0) + 0.35 * towards(0.1) + 0.3 * cloud + 3.2 * orange.green - 1.5
    colours = over(colours, (132, 150, 44), 0.8 * smooth(unripe, -0.5, 0.9))
    colours = over(colours, rgb8(orange.hue - 0.02, 1.0, orange.value * 0.7), glands * np.float32(0.3))
    pale = (238, 196, 120)
    colours = over(colours, pale, 0.5 * smooth(up, 0.975, 0.99))
    return over(colours, (150, 110, 50), orange.navel * smooth(up, 0.03, 0.012))
