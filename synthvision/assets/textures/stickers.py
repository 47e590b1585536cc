"""Decals that somebody has stuck on: printed labels and adhesive tape, (H, W, 4) uint8 as in ``defects``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import BLACK, SMALL_PRINT, Print, barcode, lettering, paragraph, pixels
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.textures.noise import Field, Image8, fractal, picture, series, smooth, tinted

SIZE = 256
_MARGIN = 0.03


@dataclass(frozen=True)
class Sticker:
    """A label, ``height`` over its width; ``layout`` 0 barcode, 1 warning triangle, 2 inspection seal, 3 parts list."""

    height: float = 0.6
    hue: float = 0.14
    layout: int = 0
    word: int = 0
    torn: float = 0.0
    variant: int = 0


@dataclass(frozen=True)
class Tape:
    """A strip along u, ``width`` over its length, torn at both ends; ``tone`` and ``saturation`` with ``hue``."""

    width: float = 0.3
    hue: float = 0.1
    saturation: float = 0.45
    tone: float = 0.75
    wrinkles: float = 0.4
    variant: int = 0


def sticker(parameters: Mapping[str, float]) -> Image8:
    """Return a printed label, with a corner torn off by ``torn``."""
    look = read_parameters("sticker", Sticker, parameters)
    height = round(SIZE * (1 - 2 * _MARGIN) * min(1.0, look.height))
    width = round(SIZE * (1 - 2 * _MARGIN))
    # Drawn four times as large and reduced, for smooth edges.
    print_ = _printed(look, 2 * width, 2 * height).resize((width, height), Image.Resampling.BOX)
    whole = np.zeros((SIZE, SIZE, 4), np.float32)
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    whole[top : top + height, left : left + width, :3] = pixels(print_)
    whole[..., 3] = 255 * _paper(width, height) * _left_on(look)
    whole[..., :3] *= (1 + 0.02 * fractal(SIZE, look.variant + 1, slope=1.4))[..., None]
    return picture(whole)


def _paper(width: int, height: int) -> Field:
    """Return the coverage of a rectangle with rounded corners in the middle of the picture."""
    place = np.arange(SIZE, dtype=np.float32) + np.float32(0.5 - SIZE / 2)
    radius = 0.06 * min(width, height)
    across = np.maximum(np.abs(place)[None, :] - (width / 2 - radius), 0)
    upward = np.maximum(np.abs(place)[:, None] - (height / 2 - radius), 0)
    return smooth((elementary.hypot(across, upward) - radius).astype(np.float32), 0.5, -0.5)


def _left_on(look: Sticker) -> Field:
    """Return 0 where a corner has been torn off."""
    place = (np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE
    from_corner = place[None, ::-1] + place[:, None] / max(look.height, 0.2)
    start = 0.5 * (1 - min(1.0, look.height)) / max(look.height, 0.2)
    ragged = 0.03 * fractal(SIZE, look.variant + 2, slope=1.2, low=3, high=60)
    return smooth((from_corner - start + ragged).astype(np.float32), 1.1 * look.torn - 0.02, 1.1 * look.torn)


def _printed(look: Sticker, width: int, height: int) -> Image.Image:
    design = Print(look.hue, look.layout, look.word)
    layout = look.layout % 4
    number, serial = f"{48213 * (look.word + 7) % 10**9:09d}", f"No {look.word * 37 % 1000:03d}  {design.line}"
    paper = design.accent if layout == 1 else (247, 246, 242)
    image = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(image)
    if layout == 0:
        lettering(pen, (0.5 * width, 0.18 * height), design.brand, (0.8 * width, 0.2 * height), design.deep)
        barcode(pen, (0.08 * width, 0.34 * height, 0.92 * width, 0.78 * height), look.word + 3)
        lettering(
            pen,
            (0.5 * width, 0.88 * height),
            number,
            (0.6 * width, 0.12 * height),
            BLACK,
        )
    elif layout == 1:
        _warning(pen, width, height, design)
    elif layout == 2:  # noqa: PLR2004 - number of a layout
        pen.rectangle((0, 0, width, 0.3 * height), fill=design.main)
        lettering(pen, (0.5 * width, 0.15 * height), "QC PASSED", (0.8 * width, 0.2 * height), paper)
        lettering(pen, (0.5 * width, 0.5 * height), design.brand, (0.7 * width, 0.2 * height), design.deep)
        lettering(
            pen,
            (0.5 * width, 0.78 * height),
            serial,
            (0.8 * width, 0.14 * height),
            BLACK,
        )
    else:
        lettering(pen, (0.5 * width, 0.14 * height), design.brand, (0.8 * width, 0.17 * height), design.main)
        pen.line((0.06 * width, 0.26 * height, 0.94 * width, 0.26 * height), fill=BLACK, width=3)
        paragraph(pen, (0.08 * width, 0.3 * height, 0.92 * width, 0.94 * height), SMALL_PRINT, 6, BLACK)
    return image


def _warning(pen: ImageDraw.ImageDraw, width: int, height: int, design: Print) -> None:
    reach, x, y = 0.36 * min(width, height), 0.28 * width, 0.56 * height
    pen.polygon([(x, y - reach), (x + reach, y + 0.7 * reach), (x - reach, y + 0.7 * reach)], fill=BLACK)
    inner = 0.72 * reach
    pen.polygon([(x, y - inner), (x + inner, y + 0.62 * inner), (x - inner, y + 0.62 * inner)], fill=(250, 205, 30))
    lettering(pen, (x, y + 0.08 * reach), "!", (inner, 0.9 * inner), BLACK)
    lettering(pen, (0.7 * width, 0.36 * height), "CAUTION", (0.46 * width, 0.24 * height), BLACK)
    lettering(pen, (0.7 * width, 0.68 * height), design.line, (0.42 * width, 0.16 * height), BLACK)


def tape(parameters: Mapping[str, float]) -> Image8:
    """Return a strip of adhesive tape, a little see-through, with wrinkles across."""
    look = read_parameters("tape", Tape, parameters)
    place = (np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE
    u, v = np.meshgrid(place, np.abs(place - 0.5))
    teeth = [_teeth(look.variant + end) for end in (1, 2)]
    sides = smooth(v - np.float32(0.5 * look.width), 0.003, -0.003)
    ends = smooth(u - (0.04 + teeth[0][:, None]), -0.003, 0.003) * smooth(0.96 - teeth[1][:, None] - u, -0.003, 0.003)
    fold = fractal(SIZE, look.variant + 3, slope=1.4, low=2, high=60, stretch=(0.5, 4.0))
    shade = 1 + 0.07 * look.wrinkles * fold + 0.02 * fractal(SIZE, look.variant + 4, slope=1.0)
    border = 1 - 0.12 * smooth(v - np.float32(0.5 * look.width), -0.02, 0.0)
    colours = tinted((shade * border).astype(np.float32), look.hue, look.saturation, look.tone)
    cover = sides * ends * (0.88 + 0.04 * np.clip(fold, -1, 1))
    return picture(np.concatenate([colours, 255 * cover[..., None]], axis=2).astype(np.float32))


def _teeth(seed: int) -> Field:
    """Return how far each row is torn in: the zigzag of a dispenser's blade, leaning."""
    row = np.arange(SIZE, dtype=np.float32) / SIZE
    lean, count = series(2, 303 + seed).tolist()
    zigzag = np.abs((row * (24 + 16 * count)) % 1.0 - 0.5)
    made: Field = (0.03 * zigzag + 0.05 * lean * row + 0.01).astype(np.float32)
    return made
