"""A tomato with its green star."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import dimpled, middle, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, over, peeled, upward
from synthvision.assets.generators.fruit.stalks import curved, leafy, sepals, stalk
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, moved
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 31, 48


@dataclass(frozen=True)
class Tomato:
    """``height`` is a share of the diameter, ``ribs`` how deep the furrows between ``chambers`` are.

    ``ripeness``: 0 green, 1 red.
    """

    diameter_m: float = 0.068
    height: float = 0.82
    ribs: float = 0.25
    chambers: int = 6
    ripeness: float = 0.9
    hue: float = 0.01
    stalk_m: float = 0.008
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a tomato with the star on top; slots ``skin`` and ``star``."""
    tomato = read_parameters("tomato", Tomato, parameters)
    rings = _rings(tomato)
    material, images = peeled(
        "skin", _colours(tomato), Peel(roughness=0.16, coat=0.3, subsurface=0.15, variant=tomato.variant)
    )
    top, size = rings[-1, 0], tomato.diameter_m
    star = sepals(
        top + np.array([0.0, 0.0, 0.0015]), 5 + tomato.variant % 2, (0.34 * size, 0.085 * size), (0.13, 0.1), 1
    )
    path = curved(top - [0.0, 0.0, 0.002], tomato.stalk_m + 0.002, 0.4 * tomato.stalk_m, 1.7 * tomato.variant)
    solid = join(skin(rings), star, stalk(path, np.linspace(0.034, 0.028, len(path)) * size, 1))
    return finish(moved(solid, -middle(rings)), [material, leafy("star")], images)


def _rings(tomato: Tomato) -> Points:
    polar = np.linspace(0.0, np.pi, ROWS)
    above = np.pi - polar
    radius = 1 - dimpled(above, 0.2, 0.45) - dimpled(polar, 0.05, 0.3)
    profile = np.stack([radius * elementary.sin(polar), -radius * elementary.cos(polar) * tomato.height * 1.05], axis=1)
    profile[[0, -1], 0] = 0.0
    turn = np.arange(COLUMNS) * (2 * np.pi / COLUMNS)
    furrow = 1 - elementary.power(np.abs(elementary.cos(tomato.chambers * turn / 2 + tomato.variant)), 0.7)
    deep = elementary.sin(polar) * (0.25 + 0.75 * elementary.exp(-((above / 0.9) ** 2)))
    swell = 1 - 0.22 * tomato.ribs * deep[:, None] * furrow[None]
    rings = turned(profile, COLUMNS, swell * uneven(ROWS, COLUMNS, tomato.variant, 0.02))
    rings[..., 2] *= swell
    widest = np.ptp(rings.reshape(-1, 3), axis=0)[:2].mean()
    scaled: Points = rings * (tomato.diameter_m / widest)
    return scaled


def _colours(tomato: Tomato) -> Field:
    up, seed = upward(), 37 * tomato.variant
    cloud = clouds(seed + 1)
    red, orange = rgb8(tomato.hue, 0.92, 0.76), rgb8(tomato.hue + 0.055, 0.9, 0.85)
    ripe = np.clip(
        1.6 * tomato.ripeness - 0.15 + 0.16 * cloud - 0.5 * smooth(up, 0.7, 1.0) * (1 - tomato.ripeness), 0, 1
    )
    colours = over((150, 164, 70), orange, smooth(ripe, 0.0, 0.55))
    colours = over(colours, red, smooth(ripe, 0.45, 1.0))
    return over(colours, (196, 140, 60), 0.55 * smooth(up, 0.95, 0.99))
