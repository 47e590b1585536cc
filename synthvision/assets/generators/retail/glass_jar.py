"""A jar with a lid and a label: jam, pickles, sauce, seen through its wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Print, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, fruit, grocery_front, side_panel, smooth
from synthvision.assets.generators.solids import Solid, circle, join, lathe, levelled, loft, tip
from synthvision.assets.generators.surfaces import hsv, printed, rgb8
from synthvision.assets.textures.noise import fractal
from synthvision.assets.types import Asset, Material

COLUMNS = 64
LID_M = 0.016
_LABEL_PX = 1024
_CONTENT_PX = 256


@dataclass(frozen=True)
class GlassJar:
    """``content_hue`` and ``content_value`` are of what is inside, ``lumps`` how uneven it is; shares of the height."""

    height_m: float = 0.12
    diameter_m: float = 0.075
    neck: float = 0.85
    label_share: float = 0.42
    content_hue: float = 0.02
    content_value: float = 0.5
    lumps: float = 0.5
    lid_hue: float = 0.0
    lid_value: float = 0.6
    label_hue: float = 0.1
    label_layout: int = 1
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a closed jar; slots ``content``, ``label`` and ``lid``."""
    jar = read_parameters("glass_jar", GlassJar, parameters)
    content, inside = printed("content", _content(jar), roughness=0.08, coat=1.0)
    label, outside = printed("label", _label(jar), roughness=0.5)
    tin = Material("lid", hsv(jar.lid_hue, 0.7, jar.lid_value), metallic=0.3, roughness=0.3, coat=0.4)
    return finish(join(_body(jar), _lid(jar)), [content, label, tin], {**inside, **outside})


def _body(jar: GlassJar) -> Solid:
    radius, top = jar.diameter_m / 2, jar.height_m - LID_M
    neck = jar.neck * radius
    shoulder = top - 0.16 * jar.height_m
    room = shoulder - 0.07 * jar.height_m
    low = shoulder - room / 2 - jar.label_share * jar.height_m / 2
    high = low + jar.label_share * jar.height_m
    base = filleted(
        [
            (0.0, 0.004, 0.0),
            (0.6 * radius, 0.003, 0.01),
            (0.8 * radius, 0.0, 0.002),
            (radius, 0.0, 0.008),
            (radius, low - 0.0006, 0.0),
        ]
    )
    upper = filleted(
        [(radius, high + 0.0006, 0.0), (radius, shoulder, 0.02), (neck, top - 0.004, 0.012), (neck, top, 0.0)], steps=6
    )
    paper_radius = radius + 0.0003
    edges = [(radius, low - 0.0006), (paper_radius, low), (paper_radius, high), (radius, high + 0.0006)]
    return join(
        lathe(base, COLUMNS),
        _turned_seam(lathe(edges[:2], COLUMNS)),
        _turned_seam(lathe(edges[1:3], COLUMNS, slot=1)),
        _turned_seam(lathe(edges[2:], COLUMNS)),
        lathe(upper, COLUMNS),
    )


def _turned_seam(solid: Solid) -> Solid:
    """Shift the texture by a quarter turn, so that the middle of the picture faces -y."""
    solid.uvs[..., 0] -= 0.25
    return solid


def _lid(jar: GlassJar) -> Solid:
    """Return the lid, which starts at the neck's end: jar and lid are one shell."""
    neck, low, high = jar.neck * jar.diameter_m / 2, jar.height_m - LID_M, jar.height_m
    outer = neck + 0.0025
    ring = circle(COLUMNS)
    knurls = 1 - 0.012 * (np.arange(COLUMNS) % 4 < 2)  # noqa: PLR2004 - every second pair of columns
    ribbed = ring * (outer * knurls)[:, None]
    rings = [
        levelled(ring * neck, low),
        levelled(ring * outer, low + 0.0004),
        levelled(ring * outer, low + 0.0022),
        levelled(ribbed, low + 0.0032),
        levelled(ribbed, high - 0.004),
        levelled(ring * (outer * 0.985), high - 0.0015),
        levelled(ring * (outer * 0.94), high),
        levelled(ring * (outer * 0.86), high),
        levelled(ring * (outer * 0.83), high - 0.0012),
    ]
    return loft([*rings, tip(rings[-1])], slot=2, crease_deg=30)


def _content(jar: GlassJar) -> Image8:
    """Paint lumps of the content's colour, lighter and darker."""
    broad = fractal(_CONTENT_PX, 71 + jar.label_word, slope=1.3, low=4, high=40)
    lumps = elementary.tanh(1.6 * broad)[..., None]
    colour = np.array(rgb8(jar.content_hue, 0.85, jar.content_value), np.float64)
    mixed = colour * (1 + 0.45 * jar.lumps * lumps) + 16 * jar.lumps * np.maximum(lumps, 0.0)
    image: Image8 = np.clip(mixed, 0, 255).astype(np.uint8)
    return image


def _label(jar: GlassJar) -> Image8:
    """Paint the band round the jar: the front in its middle, small print at its ends."""
    design = Print(jar.label_hue, jar.label_layout, jar.label_word)
    height = int(_LABEL_PX * jar.label_share * jar.height_m / (np.pi * jar.diameter_m))

    def paint(pen: Pen, wide: int, tall: int) -> None:
        grocery_front(pen, (0.3 * wide, 0, 0.7 * wide, tall), design, fruit)

    picture = smooth(_LABEL_PX, height, paint, design.main)
    side = smooth(_LABEL_PX // 4, height, lambda pen, w, h: side_panel(pen, w, h, design, code=True), design.deep)
    picture.paste(side, (_LABEL_PX - side.width, 0))
    return pixels(picture)
