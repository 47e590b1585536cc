"""A bottle with a screw cap and a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.artwork import Print, wrap_label
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, circle, join, lathe, levelled, loft, tip
from synthvision.assets.generators.surfaces import hsv, plastic, printed
from synthvision.assets.types import Asset

COLUMNS = 72


@dataclass(frozen=True)
class Bottle:
    """Shares are of the height; ``neck`` is the neck's diameter over the body's."""

    height_m: float = 0.23
    diameter_m: float = 0.068
    neck: float = 0.42
    shoulder_share: float = 0.22
    cap_share: float = 0.085
    label_share: float = 0.3
    hue: float = 0.38
    saturation: float = 0.5
    value: float = 0.45
    cap_hue: float = 0.0
    label_hue: float = 0.1
    label_layout: int = 3
    label_word: int = 1


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a closed bottle; slots ``body``, ``label`` and ``cap``."""
    bottle = read_parameters("bottle", Bottle, parameters)
    radius = bottle.diameter_m / 2
    width = 1024
    height = int(width * bottle.label_share * bottle.height_m / (2 * np.pi * radius))
    design = Print(bottle.label_hue, bottle.label_layout, bottle.label_word)
    label, images = printed("label", wrap_label(width, height, design), roughness=0.5)
    body = plastic("body", hsv(bottle.hue, bottle.saturation, bottle.value), 0.12)
    cap = plastic("cap", hsv(bottle.cap_hue, 0.75, 0.75), 0.35)
    return finish(join(_body(bottle), _cap(bottle)), [body, label, cap], images)


def _body(bottle: Bottle) -> Solid:
    radius, height = bottle.diameter_m / 2, bottle.height_m
    neck = bottle.neck * radius
    top = height * (1 - bottle.cap_share)
    shoulder = top - 0.05 * height - bottle.shoulder_share * height
    low = 0.5 * (0.06 * height + shoulder) - 0.5 * bottle.label_share * height
    high = low + bottle.label_share * height
    base = filleted(
        [
            (0.0, 0.006, 0.0),
            (0.45 * radius, 0.004, 0.01),
            (0.78 * radius, 0.0, 0.002),
            (radius, 0.0, 0.007),
            (radius, low, 0.0),
        ]
    )
    upper = filleted(
        [
            (radius, high, 0.0),
            (radius, shoulder, 0.35 * height),
            (neck, shoulder + bottle.shoulder_share * height, 0.35 * height),
            (neck, top - 0.014, 0.0006),
            (neck * 1.28, top - 0.0132, 0.0006),
            (neck * 1.28, top - 0.0112, 0.0006),
            (neck, top - 0.0104, 0.0004),
            (neck, top, 0.0),
        ],
        steps=10,
    )
    return join(
        lathe(base, COLUMNS),
        lathe([(radius, low), (radius, high)], COLUMNS, slot=1),
        lathe(upper, COLUMNS),
    )


def _cap(bottle: Bottle) -> Solid:
    """Return the cap: its ribbed skirt starts at the neck's end, so bottle and cap are one shell."""
    neck = bottle.neck * bottle.diameter_m / 2
    low, high = bottle.height_m * (1 - bottle.cap_share), bottle.height_m
    outer = neck * 1.22 + 0.001
    ring = circle(COLUMNS)
    ribs = 1 - 0.022 * (np.arange(COLUMNS) % 3 == 0)
    ribbed = ring * (outer * ribs)[:, None]
    rings = [
        levelled(ring * neck, low),
        levelled(ring * outer, low),
        levelled(ring * outer, low + 0.1 * (high - low)),
        levelled(ribbed, low + 0.14 * (high - low)),
        levelled(ribbed, low + 0.88 * (high - low)),
        levelled(ring * (outer * 0.965), low + 0.96 * (high - low)),
        levelled(ring * (outer * 0.9), high),
        levelled(ring * (outer * 0.5), high),
    ]
    return loft([*rings, tip(rings[-1])], slot=2, crease_deg=30)
