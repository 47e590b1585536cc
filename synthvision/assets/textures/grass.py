"""Grass: a lawn seen from above, thousands of blades over soil; and a meadow of forty metres, as its patches show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, Image8, cells, fractal, mixed, picture, series, smooth, tinted

SIZE = 768
MEADOW = 2048
BLADES = 9000


@dataclass(frozen=True)
class Grass:
    """``dry`` is how far the blades have turned to straw; ``length`` that of a blade over the tile's side."""

    hue: float = 0.26
    tone: float = 0.55
    dry: float = 0.2
    length: float = 0.05
    variant: int = 0


@dataclass(frozen=True)
class Meadow:
    """``dry`` is the share of straw, ``bare`` of earth, ``weeds`` of dark clumps, ``flowers`` of white and yellow."""

    hue: float = 0.235
    tone: float = 0.42
    dry: float = 0.4
    bare: float = 0.2
    weeds: float = 0.4
    flowers: float = 0.2
    variant: int = 0


def grass(parameters: Mapping[str, float]) -> Image8:
    """Return a lawn; blades that cross the border go on at the opposite side."""
    look = read_parameters("grass", Grass, parameters)
    canvas = Image.new("RGB", (SIZE, SIZE), rgb8(look.hue - 0.06, 0.55, 0.22 * look.tone))
    pen = ImageDraw.Draw(canvas)
    chance = [series(BLADES, look.variant + number) for number in range(6)]
    x, y = chance[0] * SIZE, chance[1] * SIZE
    angle = chance[2] * 2 * np.pi
    reach = SIZE * look.length * (0.5 + chance[3])
    end_x, end_y = x + reach * elementary.cos(angle), y + reach * elementary.sin(angle)
    bent = 0.2 * reach * (chance[4] - 0.5)
    middle_x, middle_y = (x + end_x) / 2 - bent * elementary.sin(angle), (y + end_y) / 2 + bent * elementary.cos(angle)
    depth = np.arange(BLADES) / BLADES
    straw = chance[5] < 0.5 * look.dry
    for blade in range(BLADES):
        hue = look.hue + 0.05 * (float(chance[4][blade]) - 0.5) - (0.1 if straw[blade] else 0.0) - 0.04 * look.dry
        value = look.tone * (0.35 + 0.65 * float(depth[blade])) * (0.85 + 0.3 * float(chance[3][blade]))
        fill = rgb8(hue, 0.45 if straw[blade] else 0.56, min(1.0, value * (1.3 if straw[blade] else 1.0)))
        line = [(x[blade], y[blade]), (middle_x[blade], middle_y[blade]), (end_x[blade], end_y[blade])]
        _wrapped_line(pen, [(float(px), float(py)) for px, py in line], fill)
    patches = 1 + 0.07 * fractal(SIZE, look.variant + 9, slope=1.8, high=16)
    return picture(np.asarray(canvas, np.float32) * patches[..., None])


def meadow(parameters: Mapping[str, float]) -> Image8:
    """Return a meadow: tussocks, patches of green and of straw, bare earth, weeds, some flowers."""
    look = read_parameters("meadow", Meadow, parameters)
    seed = 20 * look.variant + 60_000
    # What is as small as a tussock may repeat after twenty metres.
    tussocks, buds = cells(MEADOW // 2, 75, seed + 1), cells(MEADOW // 2, 170, seed + 10)
    fine = fractal(MEADOW // 2, seed + 3, slope=0.5, low=40)
    value = _four(1 + 0.15 * fine + 0.22 * (0.45 - tussocks.nearest) + 0.16 * (tussocks.chance(seed + 4) - 0.5))
    fine = _four(fine)
    wide = fractal(MEADOW, seed + 5, slope=1.5, high=160)
    ragged = wide + 0.5 * fractal(MEADOW, seed + 6, slope=0.9, low=10, high=500)
    green = tinted(value.astype(np.float32), look.hue, 0.38, look.tone)
    straw = tinted(value.astype(np.float32), look.hue - 0.085, 0.4, 1.25 * look.tone)
    ground = mixed((0.9 * smooth(ragged, 1.6 - 3.0 * look.dry, 2.6 - 2.0 * look.dry)).astype(np.float32), green, straw)
    dark = fractal(MEADOW, seed + 7, slope=1.1, low=14, high=200) + 0.4 * fine
    clump = smooth(dark, 3.2 - 1.6 * look.weeds, 3.8 - 1.6 * look.weeds)
    ground = mixed(
        (0.7 * clump).astype(np.float32), ground, tinted(value.astype(np.float32), look.hue + 0.02, 0.5, 0.24)
    )
    earth = smooth(-ragged - 0.25 * fine, 2.3 - 1.6 * look.bare, 2.8 - 1.6 * look.bare)
    ground = mixed(earth, ground, tinted((1 + 0.12 * fine).astype(np.float32), 0.1, 0.3, 0.42))
    there = smooth(buds.nearest, 0.26, 0.14) * (buds.chance(seed + 11) < 0.12 * look.flowers)
    bud = _four(there) * (wide > -0.3)  # noqa: PLR2004 - in patches
    yellow = _four((buds.chance(seed + 12) < 0.5).astype(np.float32))  # noqa: PLR2004 - half of them
    petals = mixed(
        yellow, np.full_like(ground, 226.0), np.broadcast_to(np.array(rgb8(0.14, 0.8, 0.85), np.float32), ground.shape)
    )
    return picture(mixed(bud.astype(np.float32), ground, petals))


def _four(tile: Field) -> Field:
    return np.tile(tile, (2, 2)).astype(np.float32)


def _wrapped_line(pen: ImageDraw.ImageDraw, line: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
    margin = 3
    columns = [px for px, _ in line]
    rows = [py for _, py in line]
    right = [0] + [SIZE] * (min(columns) < margin) + [-SIZE] * (max(columns) > SIZE - margin)
    down = [0] + [SIZE] * (min(rows) < margin) + [-SIZE] * (max(rows) > SIZE - margin)
    for dx in right:
        for dy in down:
            pen.line([(px + dx, py + dy) for px, py in line], fill=fill, width=3)
