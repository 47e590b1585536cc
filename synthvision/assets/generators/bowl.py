"""A bowl with a foot ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, join, lathe
from synthvision.assets.generators.surfaces import ceramic, hsv
from synthvision.assets.types import Asset

COLUMNS = 80


@dataclass(frozen=True)
class Bowl:
    """``height`` and ``foot`` (the foot ring's diameter) over the diameter; ``fullness`` bends the wall, 1.6 to 3."""

    diameter_m: float = 0.15
    height: float = 0.45
    foot: float = 0.45
    fullness: float = 2.2
    hue: float = 0.55
    saturation: float = 0.4
    value: float = 0.6
    inside_value: float = 0.92


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bowl; slots ``body`` and ``inside``."""
    bowl = read_parameters("bowl", Bowl, parameters)
    radius, foot = bowl.diameter_m / 2, bowl.foot * bowl.diameter_m / 2
    wall, ring = 0.0045, 0.005
    outer = _wall(bowl, foot, radius, ring)
    base = np.array(
        [
            (0.0, 0.002),
            (foot - 0.006, 0.002),
            (foot - 0.0052, 0.0004),
            (foot - 0.0045, 0.0),
            (foot - 0.0012, 0.0),
            (foot - 0.0004, 0.0008),
        ]
    )
    top = bowl.height * bowl.diameter_m
    angle = np.linspace(0.0, np.pi, 9)[1:]
    lip = np.stack(
        [radius - wall / 2 + wall / 2 * elementary.cos(angle), top + wall / 2 * elementary.sin(angle)], axis=1
    )
    inner = _wall(bowl, foot * 0.8, radius - wall, ring + wall)[::-1][1:]
    body = lathe(np.concatenate([base, outer, lip]), COLUMNS)
    inside = lathe(np.concatenate([lip[-1:], inner, [(0.0, ring + wall)]]), COLUMNS, slot=1)
    colour = ceramic("body", hsv(bowl.hue, bowl.saturation, bowl.value))
    return finish(join(body, inside), [colour, ceramic("inside", hsv(bowl.hue, 0.08, bowl.inside_value))])


def _wall(bowl: Bowl, low: float, high: float, start: float) -> Points:
    """Return a wall from (low, start) to (high, top): a quarter of a superellipse, steep at the top."""
    angle = np.linspace(0.0, np.pi / 2, 18)
    power = 2 / bowl.fullness
    across = elementary.power(elementary.sin(angle), power)
    up = 1 - elementary.power(elementary.cos(angle), power)
    top = bowl.height * bowl.diameter_m
    return np.stack([low + (high - low) * across, start + (top - start) * up], axis=1)
