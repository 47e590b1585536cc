"""A lawn seen from above: thousands of blades over soil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Image8, fractal, picture, series

SIZE = 768
BLADES = 9000


@dataclass(frozen=True)
class Grass:
    """``dry`` is how far the blades have turned to straw; ``length`` that of a blade over the tile's side."""

    hue: float = 0.26
    tone: float = 0.55
    dry: float = 0.2
    length: float = 0.05
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
    end_x, end_y = x + reach * np.cos(angle), y + reach * np.sin(angle)
    bent = 0.2 * reach * (chance[4] - 0.5)
    middle_x, middle_y = (x + end_x) / 2 - bent * np.sin(angle), (y + end_y) / 2 + bent * np.cos(angle)
    depth = np.arange(BLADES) / BLADES
    straw = chance[5] < 0.5 * look.dry
    for blade in range(BLADES):
        hue = look.hue + 0.05 * (float(chance[4][blade]) - 0.5) - (0.1 if straw[blade] else 0.0) - 0.04 * look.dry
        value = look.tone * (0.35 + 0.65 * float(depth[blade])) * (0.85 + 0.3 * float(chance[3][blade]))
        fill = rgb8(hue, 0.45 if straw[blade] else 0.68, min(1.0, value * (1.3 if straw[blade] else 1.0)))
        line = [(x[blade], y[blade]), (middle_x[blade], middle_y[blade]), (end_x[blade], end_y[blade])]
        _wrapped_line(pen, [(float(px), float(py)) for px, py in line], fill)
    patches = 1 + 0.07 * fractal(SIZE, look.variant + 9, slope=1.8, high=16)
    return picture(np.asarray(canvas, np.float32) * patches[..., None])


def _wrapped_line(pen: ImageDraw.ImageDraw, line: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
    margin = 3
    columns = [px for px, _ in line]
    rows = [py for _, py in line]
    right = [0] + [SIZE] * (min(columns) < margin) + [-SIZE] * (max(columns) > SIZE - margin)
    down = [0] + [SIZE] * (min(rows) < margin) + [-SIZE] * (max(rows) > SIZE - margin)
    for dx in right:
        for dy in down:
            pen.line([(px + dx, py + dy) for px, py in line], fill=fill, width=3)
