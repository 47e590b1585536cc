"""A paper cup, open or with a lid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import WHITE, Image8, Print, front, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, lathe
from synthvision.assets.generators.surfaces import hsv, paper, plastic, printed, rgb8
from synthvision.assets.types import Asset

COLUMNS = 72


@dataclass(frozen=True)
class Cup:
    """``taper`` is the lower diameter over the upper; ``lid`` 1 closes it; ``sleeve`` 1 prints a cardboard sleeve."""

    height_m: float = 0.11
    diameter_m: float = 0.085
    taper: float = 0.7
    lid: int = 0
    sleeve: int = 1
    hue: float = 0.07
    label_layout: int = 3
    label_word: int = 2


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a cup; slots ``body`` (printed wall), ``paper`` (rim, inside, base) and ``lid``."""
    cup = read_parameters("cup", Cup, parameters)
    top = cup.diameter_m / 2
    bottom, high = top * cup.taper, cup.height_m - 0.003
    foot = filleted(
        [
            (0.0, 0.006, 0.0),
            (bottom - 0.0012, 0.006, 0.0),
            (bottom - 0.0012, 0.0, 0.0004),
            (bottom, 0.0, 0.0004),
            (bottom, 0.001, 0.0),
        ],
        steps=3,
    )
    wall = lathe(np.linspace((bottom, 0.001), (top - 0.0005, high), 8), COLUMNS, slot=0)
    upper = _lid(top, cup.height_m) if cup.lid else _rim(cup, bottom)
    material, images = printed("body", _artwork(cup), roughness=0.55)
    solid = join(lathe(foot, COLUMNS, slot=1), wall, upper)
    return finish(
        solid, [material, paper("paper", hsv(0.1, 0.06, 0.92)), plastic("lid", hsv(cup.hue, 0.1, 0.92))], images
    )


def _rim(cup: Cup, bottom: float) -> Solid:
    top, high = cup.diameter_m / 2, cup.height_m - 0.003
    angle = np.linspace(-0.45 * np.pi, 1.2 * np.pi, 14)
    roll = np.stack(
        [top + 0.0004 + 0.0015 * elementary.cos(angle), cup.height_m - 0.0015 + 0.0015 * elementary.sin(angle)], axis=1
    )
    inside = np.array([(top - 0.0022, high - 0.001), (bottom - 0.001, 0.0075), (0.0, 0.0075)])
    return lathe(np.concatenate([[(top - 0.0005, high)], roll, inside]), COLUMNS, slot=1, crease_deg=45)


def _lid(top: float, height: float) -> Solid:
    profile: Points = filleted(
        [
            (top - 0.0005, height - 0.003, 0.0),
            (top + 0.0025, height - 0.0035, 0.0006),
            (top + 0.0025, height + 0.001, 0.0012),
            (top - 0.0015, height + 0.001, 0.0005),
            (top - 0.0045, height + 0.011, 0.002),
            (top - 0.008, height + 0.011, 0.001),
            (top - 0.0095, height + 0.0055, 0.001),
            (0.0, height + 0.0055, 0.0),
        ],
        steps=4,
    )
    return lathe(profile, COLUMNS, slot=2)


def _artwork(cup: Cup) -> Image8:
    width, height = 1024, 400
    design = Print(cup.hue, cup.label_layout, cup.label_word)
    picture = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(picture)
    if cup.sleeve:
        pen.rectangle((0, height * 0.25, width, height * 0.74), fill=rgb8(0.085, 0.5, 0.62))
        for line in range(0, width, 16):
            pen.line((line, height * 0.25, line, height * 0.74), fill=rgb8(0.085, 0.52, 0.56), width=3)
    else:
        pen.rectangle((0, height * 0.82, width, height), fill=design.main)
        pen.rectangle((0, 0, width, height * 0.08), fill=design.main)
    for x in (0.25, 0.75):
        front(pen, (width * x, height * 0.48), width * 0.22, height, design)
    return pixels(picture)
