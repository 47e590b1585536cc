"""A strawberry lying on its side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import middle, profile_through, skin, turned, uneven
from synthvision.assets.generators.fruit.skins import Peel, clouds, lattice, over, peeled, upward
from synthvision.assets.generators.fruit.stalks import curved, leafy, sepals, stalk
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, moved
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset

ROWS, COLUMNS = 33, 44
SEEDS = 190


@dataclass(frozen=True)
class Strawberry:
    """``diameter`` is a share of the length; ``point``: 0 blunt, 1 pointed; ``ripeness``: 0 pale, 1 red all over."""

    length_m: float = 0.036
    diameter: float = 0.82
    point: float = 0.5
    leaves: int = 10
    stalk_m: float = 0.01
    hue: float = 0.99
    ripeness: float = 0.85
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a strawberry whose tip looks towards +x; slots ``skin`` and ``leaves``."""
    berry = read_parameters("strawberry", Strawberry, parameters)
    rings = _rings(berry)
    pits, grains = lattice(SEEDS, 0.024), lattice(SEEDS, 0.0085, 1.7)
    peel = Peel(roughness=0.28, coat=0.2, subsurface=0.2, relief=1.6, variant=berry.variant)
    height = np.float32(1.3) * grains - pits
    material, images = peeled("skin", _colours(berry, pits, grains), peel, height)
    upright = join(skin(rings), _crown(berry, rings))
    solid = Solid(_lying(upright.corners), upright.uvs, upright.slots, upright.creases_deg)
    return finish(moved(solid, -middle(solid.corners)), [material, leafy("leaves")], images)


def _lying(points: Points) -> Points:
    """Turn +Z to -X, so that the stalk looks towards -x."""
    return points[..., [2, 1, 0]] * [-1.0, 1.0, 1.0]


def _rings(berry: Strawberry) -> Points:
    full = 0.5 * berry.diameter
    blunt = full * (0.86 - 0.3 * berry.point)
    knots = [
        (0.0, 0.0),
        (0.34 * blunt, 0.025),
        (0.85 * blunt, 0.17),
        (0.55 * (full + blunt), 0.42),
        (full, 0.68),
        (0.86 * full, 0.88),
        (0.5 * full, 0.98),
        (0.15 * full, 0.985),
        (0.0, 0.965),
    ]
    profile = profile_through(knots, ROWS) * berry.length_m
    return turned(profile, COLUMNS, uneven(ROWS, COLUMNS, berry.variant, 0.05))


def _crown(berry: Strawberry, rings: Points) -> Solid:
    top, length = rings[-1, 0], berry.length_m
    lower = sepals(top + np.array([0.0, 0.0, 0.0006]), berry.leaves, (0.4 * length, 0.15 * length), (0.08, 0.02), 1)
    upper = sepals(top + np.array([0.0, 0.0, 0.0014]), berry.leaves // 2, (0.27 * length, 0.11 * length), (0.3, 0.5), 1)
    path = curved(top - [0.0, 0.0, 0.002], berry.stalk_m + 0.002, 0.5 * berry.stalk_m, 2.3 * berry.variant)
    return join(lower, upper, stalk(path, np.linspace(0.0011, 0.0009, len(path)), 1))


def _colours(berry: Strawberry, pits: Field, grains: Field) -> Field:
    up, seed = upward(), 41 * berry.variant
    cloud = clouds(seed + 1)
    bright, deep = rgb8(berry.hue, 0.9, 0.82), rgb8(berry.hue - 0.01, 0.95, 0.6)
    colours = over(bright, deep, np.clip(0.25 + 0.6 * berry.ripeness + 0.2 * cloud - 0.35, 0.0, 1.0))
    pale = up + 0.05 * cloud + 0.32 * (1 - berry.ripeness)
    colours = over(colours, (240, 214, 160), 0.9 * smooth(pale, 0.86, 1.02))
    colours = over(colours, deep, 0.45 * pits)
    return over(colours, (214, 172, 84), 0.9 * grains)
