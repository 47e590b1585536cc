"""Text on pictures, anti-aliased and readable when small."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from synthvision.render.palette import Rgb

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def text_size(text: str, size_px: int) -> tuple[int, int]:
    """Return width and line height in pixels of a line of text."""
    return round(_font(size_px).getlength(text)), round(size_px * 1.25)


def write_text(picture: NDArray[np.uint8], text: str, corner: tuple[int, int], size_px: int, colour: Rgb) -> None:
    """Write a line of text into an (H, W, 3) uint8 picture, top-left at ``corner`` (x, y); clipped at the edges."""
    width, height = text_size(text, size_px)
    mask = Image.new("L", (width + 2, height))
    ImageDraw.Draw(mask).text((0, height / 2), text, fill=255, font=_font(size_px), anchor="lm")
    _blend(picture, np.asarray(mask), corner, colour)


def _blend(picture: NDArray[np.uint8], mask: NDArray[np.uint8], corner: tuple[int, int], colour: Rgb) -> None:
    x, y = corner
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + mask.shape[1], picture.shape[1]), min(y + mask.shape[0], picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    share = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255
    under = picture[y0:y1, x0:x1].astype(np.float32)
    picture[y0:y1, x0:x1] = np.rint(under + (np.array(colour, np.float32) - under) * share).astype(np.uint8)


@cache
def _font(size_px: int) -> Font:
    return ImageFont.load_default(size=size_px)
