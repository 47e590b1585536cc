"""A tube of toothpaste, standing on its cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from synthvision import elementary
from synthvision.assets.generators.artwork import WHITE, Image8, Print, lettering, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, smooth
from synthvision.assets.generators.solids import Points, Solid, circle, join, lathe, levelled, loft, tip
from synthvision.assets.generators.surfaces import hsv, plastic, printed
from synthvision.assets.types import Asset

LABEL_PX = 640
COLUMNS = 40
_KINDS = ("fresh mint", "total care", "whitening", "sensitive")


@dataclass(frozen=True)
class ToothpasteTube:
    """``width_m`` is that of the crimp, along x; it is written from the crimp down."""

    height_m: float = 0.17
    width_m: float = 0.055
    label_hue: float = 0.55
    label_layout: int = 2
    label_word: int = 5
    cap_hue: float = 0.6


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a tube of toothpaste; slots ``body`` and ``cap``."""
    tube = read_parameters("toothpaste_tube", ToothpasteTube, parameters)
    radius = tube.width_m / np.pi
    cap_m, shoulder = 0.024, 0.008
    share = np.array([0.0, 0.15, 0.35, 0.55, 0.75, 0.9, 0.93])
    low = cap_m + shoulder
    heights = low + share * (tube.height_m - low)
    around = circle(COLUMNS)
    rings = [
        levelled(_flattened(around, radius, tube.width_m / 2, s / 0.93), float(z))
        for s, z in zip(share, heights, strict=True)
    ]
    rings.append(levelled(_flattened(around, radius, tube.width_m / 2, 1.0), tube.height_m))
    design = Print(tube.label_hue, tube.label_layout, tube.label_word)
    image = _print(design, (tube.height_m - low) / (2 * tube.width_m))
    body = loft(rings, crease_deg=40)
    foot = lathe([(0.0, cap_m - 0.002), (0.55 * radius, cap_m - 0.002), (0.6 * radius, low - 0.004)], COLUMNS, slot=1)
    neck = loft([levelled(around * (0.6 * radius), low - 0.004), rings[0]], slot=1, crease_deg=40)
    end = loft([rings[-1], _middle_line(rings[-1])])
    material, images = printed("body", image, roughness=0.32, coat=0.3)
    solid = join(body, foot, neck, replace(end, uvs=np.zeros_like(end.uvs) + 0.01), _tube_cap(0.86 * radius, cap_m))
    return finish(solid, [material, plastic("cap", hsv(tube.cap_hue, 0.6, 0.8), 0.35)], images)


def _flattened(around: Points, radius: float, half: float, share: float) -> Points:
    """Blend a circle into a flat crimp 2·``half`` wide."""
    eased = elementary.power(share, 1.2)
    thin = 0.0009
    x = around[:, 0] * (radius + (half - radius) * eased)
    y = around[:, 1] * (radius + (thin - radius) * eased)
    outline: Points = np.stack([x, y], axis=1)
    return outline


def _middle_line(ring: Points) -> Points:
    """Return a ring folded onto its long axis, to close a flat end with a strip."""
    line = ring.copy()
    line[:, 1] = 0.0
    return line


def _tube_cap(radius: float, height: float) -> Solid:
    ring = circle(COLUMNS)
    ribbed = ring * (radius * (1 - 0.03 * (np.arange(COLUMNS) % 2)))[:, None]
    base = levelled(ring * (0.96 * radius), 0.0)
    rings = [
        tip(base),
        base,
        levelled(ribbed, 0.0012),
        levelled(ribbed, 0.8 * height),
        levelled(ring * (0.7 * radius), height),
    ]
    return loft([*rings, tip(rings[-1])], slot=1, crease_deg=30)


def _print(design: Print, slenderness: float) -> Image8:
    """Draw what goes round, front and back alike; ``slenderness`` is the picture's height over its width."""
    length, half = round(LABEL_PX * slenderness), LABEL_PX // 2
    face = smooth(length, half, lambda pen, width, height: _front(pen, width, height, design), WHITE).rotate(
        90, expand=True
    )
    picture = Image.new("RGB", (LABEL_PX, length), WHITE)
    for number in range(2):
        picture.paste(face, (number * half, 0))
    return pixels(picture)


def _front(pen: Pen, width: int, height: int, design: Print) -> None:
    """Paint a lying front: two bands of colour below, slanting or level, the brand and a drop."""
    tilt = (0.0, 0.16, -0.1)[design.layout % 3]
    for upper, ink in ((0.68, design.accent), (0.76, design.main)):
        start, end = upper * height, (upper + tilt) * height
        pen.polygon([(0, height), (0, start), (width, end), (width, height)], fill=ink)
    lettering(pen, (0.42 * width, 0.36 * height), design.brand, (0.6 * width, 0.32 * height), design.deep)
    kind = _KINDS[design.word % len(_KINDS)]
    lettering(pen, (0.36 * width, 0.6 * height), kind, (0.36 * width, 0.1 * height), design.main)
    x, y, half = 0.84 * width, 0.42 * height, 0.17 * height
    pen.ellipse((x - half, y - half, x + half, y + half), fill=design.main)
    pen.polygon(
        [(x - 0.85 * half, y - 0.5 * half), (x + 0.85 * half, y - 0.5 * half), (x, y - 2 * half)], fill=design.main
    )
    pen.ellipse((x - 0.6 * half, y - 0.3 * half, x - 0.1 * half, y + 0.4 * half), fill=WHITE)
