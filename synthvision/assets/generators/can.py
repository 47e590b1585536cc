"""A food tin or a drinks can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.artwork import Print, wrap_label
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, circle, join, lathe, levelled, loft, moved
from synthvision.assets.generators.surfaces import printed, steel
from synthvision.assets.types import Asset

COLUMNS = 72


@dataclass(frozen=True)
class Can:
    """``drink`` 0 is a food tin with double-seam rims and a paper label, 1 a necked drinks can, printed all over."""

    height_m: float = 0.11
    diameter_m: float = 0.074
    drink: int = 0
    label_hue: float = 0.02
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a can; slots ``metal`` and ``label``."""
    can = read_parameters("can", Can, parameters)
    solid = _drink(can) if can.drink else _tin(can)
    width = 1024
    height = int(width * can.height_m / (np.pi * can.diameter_m))
    design = Print(can.label_hue, can.label_layout, can.label_word)
    label, images = printed(
        "label", wrap_label(width, height, design), roughness=0.3 if can.drink else 0.45, metallic=0.35 * can.drink
    )
    return finish(solid, [steel("metal", 0.26), label], images)


def _tin(can: Can) -> Solid:
    radius, height = can.diameter_m / 2, can.height_m
    seam, lip, sunk = radius + 0.0012, 0.0035, 0.0035
    lid = _lid(radius - 0.0022, height - sunk)
    top = filleted(
        [
            (radius, height - lip - 0.0025, 0.0),
            (radius, height - lip - 0.0005, 0.0003),
            (seam, height - lip, 0.0004),
            (seam, height, 0.0009),
            (radius - 0.001, height, 0.0007),
            (radius - 0.0022, height - sunk, 0.0008),
            (float(lid[0, 0]), float(lid[0, 1]), 0.0),
        ],
        steps=3,
    )
    label = lathe([(radius, lip + 0.0025), (radius, height - lip - 0.0025)], COLUMNS, slot=1)
    upper = np.concatenate([top, lid[1:]])
    lower = upper[::-1] * [1.0, -1.0] + [0.0, height]
    return join(lathe(lower, COLUMNS), label, lathe(upper, COLUMNS))


def _lid(radius: float, z: float) -> Points:
    """Return the profile of a lid with pressed rings, from its border to its centre."""
    shares = [0.93, 0.9, 0.86, 0.82, 0.78, 0.74, 0.5, 0.48, 0.45, 0.42]
    steps = [0.0, 0.0, 0.0008, 0.0008, 0.0, 0.0, 0.0, 0.0005, 0.0005, 0.0]
    return np.array([(radius * share, z + step) for share, step in zip(shares, steps, strict=True)] + [(0.0, z)])


def _drink(can: Can) -> Solid:
    radius, height = can.diameter_m / 2, can.height_m
    neck = 0.84 * radius
    low, high = 0.011, height - 0.02
    lower = filleted(
        [
            (0.0, 0.010, 0.0),
            (0.45 * radius, 0.0085, 0.012),
            (0.68 * radius, 0.0, 0.0012),
            (0.76 * radius, 0.0, 0.0015),
            (radius, low * 0.9, 0.006),
            (radius, low, 0.0),
        ],
        steps=6,
    )
    upper = filleted(
        [
            (radius, high, 0.0),
            (radius, high + 0.003, 0.004),
            (neck - 0.0008, height - 0.004, 0.004),
            (neck - 0.0008, height - 0.003, 0.0006),
            (neck + 0.0012, height - 0.002, 0.0005),
            (neck + 0.0012, height, 0.0009),
            (neck - 0.0008, height, 0.0009),
            (neck - 0.003, height - 0.0075, 0.0012),
            (neck - 0.0055, height - 0.0075, 0.0008),
            (neck - 0.006, height - 0.0045, 0.0008),
            (0.0, height - 0.0045, 0.0),
        ],
        steps=4,
    )
    printed_wall = lathe([(radius, low), (radius, high)], COLUMNS, slot=1)
    return join(lathe(lower, COLUMNS), printed_wall, lathe(upper, COLUMNS), _tab(neck, height - 0.0045))


def _tab(neck: float, lid: float) -> Solid:
    """Return the ring pull and its rivet, two shells that lie on the lid."""
    length = 0.42 * neck
    around = circle(40)
    outer = around * [length, 0.6 * length]
    hole = around * [0.42 * length, 0.34 * length] - [0.4 * length, 0.0]
    low, high = lid + 0.0004, lid + 0.0014
    loop = [
        levelled(hole, low),
        levelled(outer * 0.96, low),
        levelled(outer, (low + high) / 2),
        levelled(outer * 0.96, high),
        levelled(hole, high),
        levelled(hole, low),
    ]
    rivet = lathe(
        [
            (0.0, lid - 0.0002),
            (0.0022, lid - 0.0002),
            (0.0022, high + 0.0002),
            (0.0016, high + 0.0007),
            (0.0, high + 0.0008),
        ],
        20,
    )
    return moved(join(loft(loop, crease_deg=30), moved(rivet, (0.55 * length, 0.0, 0.0))), (-0.55 * length, 0.0, 0.0))
