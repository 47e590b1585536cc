"""The four suits and the letters of playing cards, as smooth masks that are pasted with an ink."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synthvision import elementary
from synthvision.assets.generators.artwork import Ink
from synthvision.assets.generators.solids import Points

SPADES, HEARTS, DIAMONDS, CLUBS = range(4)
RED: Ink = (200, 22, 36)
BLACK: Ink = (22, 22, 24)
INKS: tuple[Ink, Ink, Ink, Ink] = (BLACK, RED, RED, BLACK)
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
OVERSAMPLING = 4
WIDTHS = (0.88, 0.96, 0.8, 0.98)
"""Width of each suit as a share of its height."""


@lru_cache(maxsize=64)
def suit_mask(suit: int, height: int) -> Image.Image:
    """Return the upright sign of a suit as an 8-bit mask, ``height`` pixels high."""
    rows = height * OVERSAMPLING
    columns = round(height * WIDTHS[suit]) * OVERSAMPLING
    sheet = Image.new("L", (columns, rows))
    pen = ImageDraw.Draw(sheet)
    for part in _OUTLINES[suit]():
        pen.polygon([(x * columns, y * rows) for x, y in part.tolist()], fill=255)
    return sheet.reduce(OVERSAMPLING)


def _heart() -> list[Points]:
    turn = np.linspace(0.0, 2 * np.pi, 73)
    x = elementary.power(elementary.sin(turn), 3)
    y = (
        13 * elementary.cos(turn)
        - 5 * elementary.cos(2 * turn)
        - 2 * elementary.cos(3 * turn)
        - elementary.cos(4 * turn)
    )
    high = (y.max() - y) / (y.max() - y.min())
    return [np.stack([0.5 + 0.5 * x, high], axis=1)]


def _spade() -> list[Points]:
    (heart,) = _heart()
    leaf = np.stack([heart[:, 0], 0.8 * (1 - heart[:, 1])], axis=1)
    return [leaf, _foot(0.52)]


def _foot(top: float) -> Points:
    """Return the foot that widens downwards below a spade or club."""
    share = np.linspace(0.0, 1.0, 12)
    half = 0.035 + 0.22 * elementary.power(share, 2.6)
    y = top + (1 - top) * share
    right, left = np.stack([0.5 + half, y], axis=1), np.stack([0.5 - half, y], axis=1)
    return np.concatenate([right, left[::-1]])


def _diamond() -> list[Points]:
    """Return a rhomb whose sides are drawn in a little."""
    corners = np.array([(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)])
    share = np.linspace(0.0, 1.0, 10)[:-1, None]
    sides = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        straight = start + share * (end - start)
        sides.append(straight + 0.12 * share * (1 - share) * ([0.5, 0.5] - (start + end) / 2) * 4)
    return [np.concatenate(sides)]


def _club() -> list[Points]:
    turn = np.linspace(0.0, 2 * np.pi, 49)
    disc = np.stack([elementary.cos(turn) * 0.255, elementary.sin(turn) * 0.25], axis=1)
    core = np.array([(0.4, 0.3), (0.6, 0.3), (0.72, 0.62), (0.5, 0.66), (0.28, 0.62)])
    discs = [disc + np.array(place) for place in ((0.5, 0.25), (0.255, 0.6), (0.745, 0.6))]
    return [*discs, core, _foot(0.5)]


_OUTLINES = (_spade, _heart, _diamond, _club)


@lru_cache(maxsize=64)
def rank_mask(rank: int, height: int, weight: float) -> Image.Image:
    """Return a rank (1 to 13) as a condensed 8-bit mask, ``height`` pixels high; ``weight`` thickens its strokes."""
    text = RANKS[rank - 1]
    font = ImageFont.load_default(size=4 * height)
    stroke = round(0.16 * weight * height)
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
    sheet = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(sheet).text((-left, -top), text, fill=255, font=font, stroke_width=stroke)
    wide = 0.82 if text == "10" else min(0.66, 0.76 * sheet.width / sheet.height)
    return sheet.resize((max(3, round(wide * height)), height), Image.Resampling.BOX)


def stamp(sheet: Image.Image, mask: Image.Image, centre: tuple[float, float], ink: Ink) -> None:
    """Print a mask about a point, in pixels."""
    corner = round(centre[0] - mask.width / 2), round(centre[1] - mask.height / 2)
    sheet.paste(ink, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)
