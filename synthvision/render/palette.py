"""Colours for drawing: the same category or instance has the same colour in every picture."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]

BACKGROUND: Rgb = (22, 24, 29)
INK: Rgb = (236, 238, 242)
FAINT_INK: Rgb = (150, 156, 168)

# Far apart in hue and lightness for the first dozen; beyond it hues follow the golden ratio.
_CATEGORIES: tuple[Rgb, ...] = (
    (255, 122, 69),
    (64, 169, 255),
    (115, 209, 61),
    (247, 89, 171),
    (255, 214, 10),
    (151, 117, 250),
    (19, 194, 194),
    (245, 63, 63),
    (180, 220, 80),
    (92, 124, 250),
    (255, 169, 168),
    (174, 140, 100),
)
_GOLDEN = 0.618033988749895
_DARK_INK: Rgb = (16, 18, 22)
_READABLE_LUMA = 140


def category_colour(category_id: int) -> Rgb:
    """Return the colour of a category (from 1); grey for 0."""
    if category_id <= 0:
        return (160, 165, 175)
    if category_id <= len(_CATEGORIES):
        return _CATEGORIES[category_id - 1]
    return _by_hue(category_id, 0.72)


def instance_colour(instance_id: int) -> Rgb:
    """Return the colour of an instance (from 1); the background's for 0."""
    return BACKGROUND if instance_id <= 0 else _by_hue(instance_id, 0.55 + 0.3 * (instance_id % 2))


def colour_table(ids: NDArray[np.uint16], *, by_instance: bool) -> NDArray[np.uint8]:
    """Return (greatest id + 1, 3) uint8 colours for looking up a whole map of ids."""
    colour = instance_colour if by_instance else category_colour
    return np.array([colour(number) for number in range(int(ids.max(initial=0)) + 1)], np.uint8)


def ink_on(colour: Rgb) -> Rgb:
    """Return near-black or near-white, whichever is readable on ``colour`` (luma of ITU-R BT.601)."""
    red, green, blue = colour
    return _DARK_INK if 0.299 * red + 0.587 * green + 0.114 * blue > _READABLE_LUMA else INK


def _by_hue(number: int, saturation: float) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(number * _GOLDEN % 1.0, saturation, 1.0 - 0.12 * (number // 2 % 3))
    return round(red * 255), round(green * 255), round(blue * 255)
