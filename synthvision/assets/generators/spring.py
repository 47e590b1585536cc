"""A compression spring with closed ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import circle, loft, swept, tip
from synthvision.assets.generators.surfaces import metal
from synthvision.assets.types import Asset

POINTS_PER_TURN = 32


@dataclass(frozen=True)
class Spring:
    """``wire`` and ``pitch`` are the wire's diameter and the rise of a free coil over the spring's diameter."""

    diameter_m: float = 0.015
    wire: float = 0.12
    pitch: float = 0.3
    coils: float = 6.0
    finish: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a spring standing upright; slot ``body``. One closed coil lies at each end of the free coils."""
    spring = read_parameters("spring", Spring, parameters)
    wire = spring.wire * spring.diameter_m
    turns = np.linspace(0.0, spring.coils + 2, round((spring.coils + 2) * POINTS_PER_TURN) + 1)
    from_end = np.minimum(turns, turns[-1] - turns)
    free = np.clip((from_end - 0.8) / 0.4, 0.0, 1.0)
    rise = 1.04 * wire + (max(spring.pitch * spring.diameter_m, 1.04 * wire) - 1.04 * wire) * free
    height = np.concatenate([[0.0], np.cumsum((rise[1:] + rise[:-1]) / 2 * np.diff(turns))])
    radius = (spring.diameter_m - wire) / 2
    angle = 2 * np.pi * turns
    path = np.stack([radius * elementary.cos(angle), radius * elementary.sin(angle), height], axis=1)
    rings = swept(path, circle(12) * (wire / 2), (0.0, 0.0, 1.0))
    solid = loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]), crease_deg=50)
    return finish(solid, [metal("body", spring.finish, 0.22)])
