"""A gondola: the shelving of a shop, with price labels along the front of its boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision.assets.generators.artwork import BLACK, Image8, Print, barcode, lettering, pixels
from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, block
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, smooth
from synthvision.assets.generators.slabs import prism
from synthvision.assets.generators.solids import Solid, join, moved
from synthvision.assets.generators.surfaces import hsv, printed
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Asset, Material

PLINTH_M = 0.1
BOARD_M = 0.028
RAIL_M = 0.042
_RAIL_THICK_M = 0.006
_POST_M = 0.03
_BACK_M = 0.012
_ROW_PX = 48
_WIDE_PX = 1024
_MOST_BOARDS = 5


@dataclass(frozen=True)
class RetailShelf:
    """Open towards -y. ``boards`` counts every level from the lowest; ``hue`` and ``saturation`` are the back panel's.

    ``value`` is how light the painted steel is. ``label_hue`` colours the price labels, ``label_word`` is their text.
    """

    width_m: float = 1.0
    depth_m: float = 0.4
    height_m: float = 1.6
    boards: int = 4
    hue: float = 0.1
    saturation: float = 0.1
    value: float = 0.8
    label_hue: float = 0.14
    label_word: int = 0


def board_heights(parameters: Mapping[str, float]) -> tuple[float, ...]:
    """Return the heights (m) of the upper sides of all boards, lowest first."""
    shelf = read_parameters("retail_shelf", RetailShelf, parameters)
    lowest = PLINTH_M + BOARD_M
    step = (shelf.height_m - lowest) / shelf.boards
    return tuple(lowest + step * number for number in range(shelf.boards))


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a gondola; slots ``board``, ``back``, ``rail`` and ``frame``."""
    shelf = read_parameters("retail_shelf", RetailShelf, parameters)
    heights = board_heights(parameters)
    levels = [piece for number, z in enumerate(heights) for piece in _level(shelf, number, z)]
    rail, images = printed("rail", _labels(shelf), roughness=0.3)
    paint = hsv(0.1, 0.03, shelf.value)
    materials = [
        Material("board", paint, roughness=0.42, shader="painted_metal", wear=0.06),
        Material("back", hsv(shelf.hue, shelf.saturation, 0.9 * shelf.value), roughness=0.55),
        rail,
        Material("frame", hsv(0.1, 0.03, 0.75 * shelf.value), roughness=0.42, shader="painted_metal", wear=0.1),
    ]
    return finish(join(*_frame(shelf), *levels), materials, images)


def _frame(shelf: RetailShelf) -> list[Solid]:
    """Return two posts, the back panel in slats, and the plinth."""
    back = shelf.depth_m / 2
    posts = [
        moved(
            rounded_box((_POST_M, 0.05, shelf.height_m), 0.003, steps=1, slot=3),
            (side * (shelf.width_m - _POST_M) / 2, back - 0.025, 0.0),
        )
        for side in (-1, 1)
    ]
    slats, low = 4, PLINTH_M
    rise = (shelf.height_m - 0.03 - low) / slats
    inside = shelf.width_m - 2 * (_POST_M + APART_M)
    panels = [
        moved(
            rounded_box((inside, _BACK_M, rise - 0.003), 0.0015, steps=1, slot=1),
            (0.0, back - 0.02, low + number * rise + APART_M),
        )
        for number in range(slats)
    ]
    # A sheet behind the slats keeps light from falling through their joints.
    behind = block((inside, 0.004, shelf.height_m - 0.04 - low), (0.0, back - 0.0114, low + APART_M), slot=1)
    plinth = block((shelf.width_m - 0.004, 0.016, PLINTH_M - APART_M), (0.0, -back + 0.05, 0.0), slot=3)
    return [*posts, *panels, behind, plinth]


def _level(shelf: RetailShelf, number: int, z: float) -> list[Solid]:
    """Return a board with its price rail, and the brackets that carry it."""
    front = -shelf.depth_m / 2 + _RAIL_THICK_M + APART_M
    rear = shelf.depth_m / 2 - 0.05 - APART_M
    size = (shelf.width_m, rear - front, BOARD_M)
    tray = moved(rounded_box(size, 0.002, steps=1), (0.0, (front + rear) / 2, z - BOARD_M))
    pieces = [tray, _rail(shelf, number, z)]
    if number:
        half = shelf.width_m / 2
        pieces += [_bracket(side * (half - 0.006), (front + 0.05, rear), z - BOARD_M - APART_M) for side in (-1, 1)]
    return pieces


def _rail(shelf: RetailShelf, number: int, z: float) -> Solid:
    """Return the strip of labels: its front shows one row of the picture, its other sides the strip's ground."""
    size = (shelf.width_m - 0.004, _RAIL_THICK_M, RAIL_M)
    low = z - RAIL_M - 0.001
    strip = block(size, (0.0, (-shelf.depth_m + _RAIL_THICK_M) / 2, low), slot=2)
    facing = np.cross(strip.corners[:, 1] - strip.corners[:, 0], strip.corners[:, 2] - strip.corners[:, 0])
    front = facing[:, 1] < -0.5 * np.abs(facing).sum(axis=1)
    across = strip.corners[..., 0] / size[0] + 0.5
    upward = (strip.corners[..., 2] - low) / RAIL_M
    row = (upward * (1 - 2 / _ROW_PX) + 1 / _ROW_PX + number) / _MOST_BOARDS
    plain = np.array([0.5 / _WIDE_PX, (number + 0.5) / _MOST_BOARDS])
    return replace(strip, uvs=np.where(front[:, None, None], np.stack([across, row], axis=2), plain))


def _bracket(x: float, span: tuple[float, float], top: float) -> Solid:
    """Return a steel bracket that deepens towards the back; ``span`` is its front and back y."""
    (front, rear), thick = span, 0.003
    profile = [(front, top), (front, top - 0.012), (rear, top - 0.09), (rear, top)]
    rings = [np.array([(x + side * thick / 2, y, z) for y, z in profile]) for side in (-1, 1)]
    return prism(rings, slot=3, crease_deg=20)


def _labels(shelf: RetailShelf) -> Image8:
    """Paint one row of price labels for each board."""
    chance = series(_MOST_BOARDS * 24, 61 + shelf.label_word).reshape(_MOST_BOARDS, 24).tolist()
    design = Print(shelf.label_hue, 0, shelf.label_word)

    def paint(pen: Pen, wide: int, tall: int) -> None:
        for row, numbers in enumerate(chance):
            top, high = tall * row / _MOST_BOARDS, tall / _MOST_BOARDS
            x = 0.01 * wide
            for number, a in enumerate(numbers):
                width = wide * 0.055
                if x + width > 0.99 * wide:
                    break
                box = (x, top + 0.1 * high, x + width, top + 0.9 * high)
                _label(pen, box, design, int(1000 * a) + number)
                x += width * (1.15 + 1.8 * a)

    return pixels(smooth(_WIDE_PX, _ROW_PX * _MOST_BOARDS, paint, (214, 216, 216)))


def _label(pen: Pen, box: tuple[float, float, float, float], design: Print, number: int) -> None:
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    special = number % 5 == 0
    pen.rectangle(box, fill=design.accent if special else (250, 249, 244), outline=(150, 150, 150))
    pen.rectangle((x0, y0, x1, y0 + 0.16 * high), fill=design.main)
    price = f"{number % 9}.{(7 * number) % 10}9"
    lettering(pen, (x0 + 0.64 * wide, y0 + 0.55 * high), price, (0.62 * wide, 0.5 * high), BLACK)
    barcode(pen, (x0 + 0.04 * wide, y0 + 0.3 * high, x0 + 0.28 * wide, y0 + 0.9 * high), number)
