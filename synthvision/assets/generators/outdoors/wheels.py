"""Wheels of road vehicles."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, pixels
from synthvision.assets.generators.joinery import spread_over, turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.solids import Solid, join, lathe, moved

RIMS = 3


def wheel(
    centre: tuple[float, float, float], radius: float, width: float, *, slots: tuple[int, int], columns: int = 24
) -> Solid:
    """Return a wheel whose outer face looks away from y = 0; ``slots`` are those of the tyre and of the rim.

    Texture coordinates cover the rim's face, as ``rim_picture`` draws it.
    """
    half, rim = width / 2, 0.66 * radius
    tyre = filleted(
        [
            (0.5 * rim, -half * 0.9, 0.0),
            (radius * 0.9, -half, 0.02),
            (radius, -half * 0.6, 0.03),
            (radius, half * 0.6, 0.03),
            (radius * 0.9, half, 0.02),
            (rim, half * 0.92, 0.0),
        ],
        steps=2,
    )
    back = [(0.0, -half * 0.9), (0.5 * rim, -half * 0.9)]
    face = [(rim, half * 0.92), (0.97 * rim, half * 0.62), (0.25 * rim, half * 0.75), (0.0, half * 0.78)]
    disc = spread_over(lathe(face, columns, slot=slots[1]), (0, 1), (-rim, -rim), (rim, rim))
    whole = join(lathe([*back, *map(tuple, tyre[1:].tolist())], columns, slot=slots[0], crease_deg=40), disc)
    return moved(turned(whole, 0, -90 if centre[1] > 0 else 90), centre)


@lru_cache(maxsize=RIMS)
def rim_picture(design: int) -> Image8:
    """Draw a rim from outside: 0 five spokes, 1 ten thin spokes, 2 a steel disc with holes."""
    side = 256
    picture = Image.new("RGB", (side, side), (38, 38, 40))
    pen = ImageDraw.Draw(picture)
    middle, silver = side / 2, (176, 178, 180)
    pen.ellipse((0, 0, side, side), fill=silver)
    if design % RIMS == 2:  # noqa: PLR2004 - steel disc
        _holes(pen, middle)
    else:
        pen.ellipse((14, 14, side - 14, side - 14), fill=(30, 30, 32))
        spokes, half = ((5, 0.2), (10, 0.075))[design % RIMS]
        for number in range(spokes):
            _spoke(pen, middle, number * 2 * np.pi / spokes, half)
    pen.ellipse((middle - 26, middle - 26, middle + 26, middle + 26), fill=(150, 152, 155))
    pen.ellipse((middle - 13, middle - 13, middle + 13, middle + 13), fill=(60, 62, 64))
    return pixels(picture)


def _holes(pen: ImageDraw.ImageDraw, middle: float) -> None:
    for number in range(10):
        angle = number * 2 * np.pi / 10
        x, y = middle + 0.68 * middle * elementary.cos(angle), middle + 0.68 * middle * elementary.sin(angle)
        pen.ellipse((x - 13, y - 13, x + 13, y + 13), fill=(30, 30, 32))


def _spoke(pen: ImageDraw.ImageDraw, middle: float, angle: float, half: float) -> None:
    reach = 0.95 * middle
    points = [
        (middle + r * reach * elementary.cos(angle + turn), middle + r * reach * elementary.sin(angle + turn))
        for r, turn in ((0.15, -3.2 * half), (1.0, -half), (1.0, half), (0.15, 3.2 * half))
    ]
    pen.polygon([(float(x), float(y)) for x, y in points], fill=(184, 186, 188))
