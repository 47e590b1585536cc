"""A traffic cone with reflective bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted, rounded_square
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, circle, join, lathe, levelled, loft, tip
from synthvision.assets.generators.surfaces import hsv, plastic, rubber
from synthvision.assets.types import Asset, Material

COLUMNS = 80


@dataclass(frozen=True)
class Cone:
    """``base`` is the side of the foot over the height; 1 to 3 white ``bands``; ``dark_base`` 1 for a rubber foot."""

    height_m: float = 0.5
    base: float = 0.56
    bands: int = 2
    dark_base: int = 0
    hue: float = 0.03
    value: float = 0.95


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a cone; slots ``body``, ``bands`` and ``base``."""
    cone = read_parameters("cone", Cone, parameters)
    orange = hsv(cone.hue, 0.93, cone.value)
    foot = rubber("base", hsv(0.0, 0.0, 0.13)) if cone.dark_base else plastic("base", orange, 0.5)
    bands = Material("bands", hsv(0.0, 0.0, 0.93), roughness=0.35, coat=0.2)
    return finish(join(_foot(cone), _shaft(cone)), [plastic("body", orange, 0.45), bands, foot])


def _foot(cone: Cone) -> Solid:
    half, thick = cone.base * cone.height_m / 2, 0.045 * cone.height_m
    square = rounded_square(half, 0.22 * half, COLUMNS)
    edge = 0.25 * thick
    rim = levelled(square * (1 - edge / half), 0.0)
    rings = [
        tip(rim),
        levelled(circle(COLUMNS) * (0.5 * half), 0.0),
        rim,
        levelled(square, edge),
        levelled(square, thick - edge),
        levelled(square * (1 - 0.4 * edge / half), thick - 0.35 * edge),
        levelled(square * (1 - edge / half), thick),
        levelled(circle(COLUMNS) * (0.78 * half), thick),
    ]
    return loft(rings, slot=2, crease_deg=40)


def _shaft(cone: Cone) -> Solid:
    height, half, thick = cone.height_m, cone.base * cone.height_m / 2, 0.045 * cone.height_m
    low, top = 0.66 * half, 0.055 * height
    skirt = filleted([(0.78 * half, thick, 0.0), (low, thick * 1.25, 0.03 * height), (low * 0.96, 0.1 * height, 0.0)])
    bounds = _band_heights(cone)
    radii = np.interp(bounds, [0.1 * height, height], [low * 0.96, top])
    pieces = [lathe(skirt, COLUMNS)]
    for number, (r0, r1, z0, z1) in enumerate(zip(radii[:-1], radii[1:], bounds[:-1], bounds[1:], strict=True)):
        pieces.append(lathe(np.linspace((r0, z0), (r1, z1), 5), COLUMNS, slot=number % 2))
    mouth = filleted(
        [
            (float(radii[-1]), float(bounds[-1]), 0.0),
            (top, height, 0.008 * height),
            (0.7 * top, height, 0.006 * height),
            (0.66 * top, 0.93 * height, 0.0),
            (0.0, 0.93 * height, 0.0),
        ]
    )
    return join(*pieces, lathe(mouth, COLUMNS))


def _band_heights(cone: Cone) -> list[float]:
    """Return the heights at which colours change, from the skirt to below the mouth; bands are every second stretch."""
    starts = {1: (0.52,), 2: (0.36, 0.66), 3: (0.28, 0.5, 0.72)}[cone.bands]
    wide = {1: 0.22, 2: 0.16, 3: 0.12}[cone.bands]
    shares = [0.1, *(edge for start in starts for edge in (start, start + wide)), 0.97]
    return [share * cone.height_m for share in shares]
