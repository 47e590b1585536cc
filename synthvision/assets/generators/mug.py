"""A mug with a handle, one closed shell: the handle is stitched into two openings of the wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Print, lettering, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import (
    Points,
    Solid,
    block_directions,
    block_outline,
    join,
    lathe,
    loft,
    revolved,
    swept,
)
from synthvision.assets.generators.surfaces import ceramic, hsv, printed, rgb8
from synthvision.assets.types import Asset

COLUMNS = 96
BLOCK_ROWS = 4


@dataclass(frozen=True)
class Mug:
    """``taper`` is the lower diameter over the upper; ``handle_share`` the handle's height over the mug's.

    ``print_layout``: 0 plain, 1 a band, 2 a word, 3 stripes. ``two_tone`` 1 gives inside and handle the second colour.
    """

    height_m: float = 0.095
    diameter_m: float = 0.082
    taper: float = 0.95
    wall_m: float = 0.004
    handle_share: float = 0.62
    handle_depth_m: float = 0.03
    hue: float = 0.58
    saturation: float = 0.6
    value: float = 0.75
    two_tone: int = 0
    print_layout: int = 2
    word: int = 0

    def radius_at(self, z: float | Points) -> float | Points:
        """Return the outer radius at a height."""
        return self.diameter_m / 2 * (self.taper + (1 - self.taper) * z / self.height_m)


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a mug; slots ``body`` (outer wall, printed), ``inside``, ``handle`` and ``base``."""
    mug = read_parameters("mug", Mug, parameters)
    heights, blocks = _wall_heights(mug)
    wall = revolved(np.stack([mug.radius_at(heights) + 0 * heights, heights], axis=1), COLUMNS)
    half = _block_columns(mug)
    keep = np.ones((len(heights) - 1, COLUMNS), dtype=bool)
    for low, high in blocks:
        keep[low:high, np.arange(-half, half)] = False
    body = join(_foot(mug, float(heights[0])), loft(wall, keep=keep, crease_deg=70), _lip(mug, float(heights[-1])))
    colour = hsv(mug.hue, mug.saturation, mug.value)
    second = colour if mug.two_tone == 0 and mug.print_layout == 0 else hsv(mug.hue, 0.05, 0.93)
    second = hsv(mug.hue + 0.08, mug.saturation, mug.value * 0.7) if mug.two_tone else second
    material, images = printed("body", _artwork(mug), roughness=0.18, coat=0.4)
    return finish(
        join(body, _handle(mug, wall, blocks, half)),
        [material, ceramic("inside", second), ceramic("handle", second), ceramic("base", colour)],
        images,
    )


def _wall_heights(mug: Mug) -> tuple[Points, list[tuple[int, int]]]:
    """Return the heights of the wall's rings and, for the two ends of the handle, the rings that bound its opening."""
    start, end = 0.1 * mug.height_m, mug.height_m - 0.005
    centre = 0.52 * mug.height_m
    reach = mug.handle_share * mug.height_m / 2
    half = 1.35 * _thickness(mug)
    lower, upper = (centre - reach, centre + reach)
    parts = [
        np.linspace(start, lower - half, 4)[:-1],
        np.linspace(lower - half, lower + half, BLOCK_ROWS + 1)[:-1],
        np.linspace(lower + half, upper - half, 9)[:-1],
        np.linspace(upper - half, upper + half, BLOCK_ROWS + 1)[:-1],
        np.linspace(upper + half, end, 4),
    ]
    return np.concatenate(parts), [(3, 3 + BLOCK_ROWS), (11 + BLOCK_ROWS, 11 + 2 * BLOCK_ROWS)]


def _thickness(mug: Mug) -> float:
    return 0.0042 * mug.height_m / 0.095


def _block_columns(mug: Mug) -> int:
    return max(2, round(1.9 * _thickness(mug) / (np.pi * mug.diameter_m / COLUMNS)))


def _handle(mug: Mug, wall: Points, blocks: list[tuple[int, int]], half: int) -> Solid:
    (low0, low1), (high0, high1) = blocks
    start = block_outline(wall, (high0, high1), (-half, half))
    end = block_outline(wall, (low1, low0), (-half, half))
    angle = np.linspace(0.0, np.pi, 29)
    power = 0.78
    centre, reach = 0.52 * mug.height_m, mug.handle_share * mug.height_m / 2
    z = centre + reach * np.sign(elementary.cos(angle)) * elementary.power(np.abs(elementary.cos(angle)), power)
    x = mug.radius_at(z) + 0.0012 + (mug.handle_depth_m - 0.0012) * elementary.power(elementary.sin(angle), power)
    path = np.stack([x, 0 * x, z], axis=1)
    directions = block_directions(BLOCK_ROWS, 2 * half)
    oval = np.stack([1.45 * elementary.cos(directions), 0.95 * elementary.sin(directions)], axis=1) * _thickness(mug)
    flare = 1 + 0.3 * elementary.exp(-np.minimum(np.arange(len(path)), np.arange(len(path))[::-1]) / 1.2)
    rings = swept(path, oval[None] * flare[:, None, None], (0.0, 1.0, 0.0))
    return loft(np.concatenate([start[None], rings, end[None]]), slot=2, crease_deg=70)


def _foot(mug: Mug, top: float) -> Solid:
    radius = float(mug.radius_at(0.0))
    profile = filleted(
        [
            (0.0, 0.0015, 0.0),
            (0.72 * radius, 0.0015, 0.0006),
            (0.75 * radius, 0.0, 0.0006),
            (radius, 0.0, 0.006),
            (float(mug.radius_at(top)), top, 0.0),
        ]
    )
    return lathe(profile, COLUMNS, slot=3)


def _lip(mug: Mug, bottom: float) -> Solid:
    height, wall = mug.height_m, mug.wall_m
    floor = wall * 1.3
    profile = filleted(
        [
            (float(mug.radius_at(bottom)), bottom, 0.0),
            (mug.diameter_m / 2, height, wall * 0.48),
            (mug.diameter_m / 2 - wall, height, wall * 0.48),
            (float(mug.radius_at(floor)) - wall, floor, 0.009),
            (0.0, floor, 0.0),
        ],
        steps=6,
    )
    return lathe(profile, COLUMNS, slot=1)


def _artwork(mug: Mug) -> Image8:
    """Draw what goes round the wall; the handle is at the picture's left and right border."""
    ground = rgb8(mug.hue, mug.saturation, mug.value)
    contrast = rgb8(mug.hue + 0.5, 0.12, 0.95) if mug.value < 0.6 else rgb8(mug.hue + 0.45, 0.8, 0.35)  # noqa: PLR2004 - dark or light
    picture = Image.new("RGB", (1024, 320), ground)
    pen = ImageDraw.Draw(picture)
    if mug.print_layout == 1:
        pen.rectangle((0, 110, 1024, 210), fill=contrast)
    elif mug.print_layout == 2:  # noqa: PLR2004 - number of a layout
        design = Print(mug.hue, 0, mug.word)
        for x in (256, 768):
            lettering(pen, (x, 150), design.brand, (230, 110), contrast)
            pen.rectangle((x - 110, 215, x + 110, 221), fill=contrast)
    elif mug.print_layout == 3:  # noqa: PLR2004 - number of a layout
        for stripe in range(0, 320, 64):
            pen.rectangle((0, stripe, 1024, stripe + 26), fill=contrast)
    return pixels(picture)
