"""Jack, queen and king: two-headed figures in four flat colours, cut from a frame along a slanted line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Ink
from synthvision.assets.generators.board_games.suits import BLACK, INKS, RED, stamp, suit_mask

FRAME = (0.158, 0.072, 0.842, 0.928)
"""Left, top, right and bottom of the frame as shares of the card."""
OVERSAMPLING = 2
BLUE: Ink = (36, 62, 128)
YELLOW: Ink = (240, 190, 50)
PAPER: Ink = (252, 251, 247)
FLESH: Ink = (250, 232, 214)
JACK, QUEEN, KING = 11, 12, 13
SLANT = 0.11
"""How much higher the cut between the two figures is at the right than in the middle, over half the frame's height."""


@dataclass(frozen=True)
class _Canvas:
    """The upper figure on its own sheet: x and y go from 0 to 1 across the frame and from its top to its middle."""

    pen: ImageDraw.ImageDraw
    width: int
    half: int

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x * self.width, y * self.half)

    def shape(self, points: Sequence[tuple[float, float]], ink: Ink, line: int = 3) -> None:
        places = [self._at(x, y) for x, y in points]
        self.pen.polygon(places, fill=ink)
        if line:
            self.pen.line([*places, places[0], places[1]], fill=BLACK, width=line, joint="curve")

    def oval(self, x: float, y: float, across: float, ink: Ink, line: int = 3, high: float = 1.0) -> None:
        """Draw an ellipse of half-width ``across`` (share of the width), ``high`` times as high as wide."""
        column, row = self._at(x, y)
        wide = across * self.width
        box = (column - wide, row - wide * high, column + wide, row + wide * high)
        self.pen.ellipse(box, fill=ink, outline=BLACK if line else None, width=line)

    def stroke(self, points: Sequence[tuple[float, float]], ink: Ink = BLACK, line: int = 3) -> None:
        self.pen.line([self._at(x, y) for x, y in points], fill=ink, width=line, joint="curve")


def court(sheet: Image.Image, rank: int, suit: int) -> None:
    """Draw the figure of a jack (11), queen (12) or king (13) with its frame and two large pips."""
    left, top, right, bottom = (
        round(share * size) for share, size in zip(FRAME, (sheet.width, sheet.height) * 2, strict=True)
    )
    width, height = (right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING
    half = Image.new("RGB", (width, height), PAPER)
    canvas = _Canvas(ImageDraw.Draw(half), width, height // 2)
    _figure(canvas, rank, suit)
    small = half.reduce(OVERSAMPLING)
    _pip(small, suit)
    turned = small.transpose(Image.Transpose.ROTATE_180)
    sheet.paste(Image.composite(small, turned, _upper_half(small.size)), (left, top))
    ImageDraw.Draw(sheet).rectangle((left - 2, top - 2, right + 1, bottom + 1), outline=BLUE, width=2)


def _upper_half(size: tuple[int, int]) -> Image.Image:
    """Return a mask of what lies above the cut; it maps to its opposite when the card is turned round."""
    wide, high = size
    cut = high / 2 * (1 + SLANT * (1 - 2 * (np.arange(wide) + 0.5) / wide))
    share = np.clip(cut[None, :] - np.arange(high)[:, None], 0.0, 1.0)
    return Image.fromarray(np.round(255 * share).astype(np.uint8))


def _pip(figure: Image.Image, suit: int) -> None:
    """Print the large pip, with a light rim where it covers the figure."""
    mask = suit_mask(suit, round(0.155 * figure.height))
    centre = (0.135 * figure.width + 0.1 * mask.width, 0.1 * figure.height)
    stamp(figure, mask.resize((mask.width + 8, mask.height + 8)), centre, PAPER)
    stamp(figure, mask, centre, INKS[suit])


def _figure(canvas: _Canvas, rank: int, suit: int) -> None:
    first, second = ((RED, BLUE), (BLUE, RED), (RED, BLACK), (BLUE, RED))[suit]
    _robe(canvas, rank, first, second)
    _weapon(canvas, rank, suit, second)
    if rank == KING:
        _king(canvas, first, second)
    elif rank == QUEEN:
        _queen(canvas, first, second)
    else:
        _jack(canvas, first, second)


def _robe(canvas: _Canvas, rank: int, first: Ink, second: Ink) -> None:
    """Draw shoulders, stole and sleeves, with the stripes and lozenges that courts are made of."""
    canvas.shape(
        [(-0.02, 1.25), (0.06, 0.86), (0.22, 0.64), (0.4, 0.56), (0.6, 0.56), (0.78, 0.64), (0.94, 0.86), (1.02, 1.25)],
        first,
    )
    for number in range(5):
        x = 0.05 + 0.052 * number
        colour = (YELLOW, second, PAPER, second, YELLOW)[number]
        canvas.shape(
            [(x, 1.25), (x + 0.1, 0.72 - 0.014 * number), (x + 0.145, 0.7 - 0.014 * number), (x + 0.052, 1.25)],
            colour,
            2,
        )
    canvas.shape([(0.36, 0.54), (0.64, 0.54), (0.72, 1.25), (0.3, 1.25)], YELLOW)
    for number in range(5):
        y = 0.649 + 0.117 * number
        canvas.shape([(0.5, y - 0.053), (0.57, y), (0.5, y + 0.053), (0.43, y)], second if number % 2 else first, 2)
        canvas.oval(0.5, y, 0.014, PAPER, 0)
    for x in (0.352, 0.648):
        for number in range(9):
            canvas.oval(x + (0.006 * number if x > 0.5 else -0.006 * number), 0.62 + 0.075 * number, 0.013, BLACK, 0)  # noqa: PLR2004 - middle
    for number in range(4):
        y = 0.8 + 0.11 * number
        canvas.shape(
            [(0.74, y), (1.0, y + 0.08), (1.0, y + 0.125), (0.73, y + 0.045)], second if number % 2 else YELLOW, 2
        )
    collar = PAPER if rank == KING else second
    canvas.shape([(0.3, 0.6), (0.38, 0.5), (0.62, 0.5), (0.7, 0.6), (0.6, 0.66), (0.5, 0.62), (0.4, 0.66)], collar)
    for x in (0.36, 0.43, 0.5, 0.57, 0.64):
        canvas.oval(x, 0.575, 0.011, BLACK if rank == KING else YELLOW, 0)


def _face(canvas: _Canvas, hair: Ink) -> None:
    """Draw head and locks; the figure looks a little to the left."""
    for x in (0.345, 0.655):
        side = -1 if x < 0.5 else 1  # noqa: PLR2004 - middle
        for number in range(4):
            canvas.oval(x + side * 0.006 * number, 0.335 + 0.055 * number, 0.052, hair)
            canvas.oval(x + side * 0.006 * number, 0.335 + 0.055 * number, 0.02, PAPER, 2)
    canvas.shape([(0.44, 0.44), (0.56, 0.44), (0.57, 0.58), (0.43, 0.58)], FLESH)
    canvas.oval(0.5, 0.365, 0.135, FLESH, 3, 1.26)
    for x in (0.435, 0.545):
        canvas.stroke([(x - 0.032, 0.335), (x, 0.318), (x + 0.034, 0.33)], line=4)
        canvas.oval(x, 0.352, 0.026, PAPER, 2, 0.55)
        canvas.oval(x - 0.004, 0.352, 0.011, BLACK, 0)
    canvas.stroke([(0.5, 0.33), (0.472, 0.405), (0.496, 0.412)])
    canvas.stroke([(0.455, 0.45), (0.49, 0.443), (0.53, 0.45)], RED, 6)


def _king(canvas: _Canvas, first: Ink, second: Ink) -> None:
    _face(canvas, YELLOW)
    beard = [
        (0.372, 0.4),
        (0.4, 0.47),
        (0.36, 0.56),
        (0.43, 0.6),
        (0.5, 0.66),
        (0.57, 0.6),
        (0.64, 0.56),
        (0.6, 0.47),
        (0.628, 0.4),
        (0.57, 0.43),
        (0.5, 0.424),
        (0.43, 0.43),
    ]
    canvas.shape(beard, YELLOW)
    for x in (0.42, 0.46, 0.5, 0.54, 0.58):
        canvas.stroke([(x, 0.48), (0.5 + 1.1 * (x - 0.5), 0.56), (0.5 + 0.8 * (x - 0.5), 0.61)], line=2)
    canvas.stroke([(0.46, 0.452), (0.54, 0.452)], RED, 6)
    crown = [
        (0.33, 0.27),
        (0.3, 0.09),
        (0.375, 0.17),
        (0.42, 0.055),
        (0.465, 0.16),
        (0.5, 0.03),
        (0.535, 0.16),
        (0.58, 0.055),
        (0.625, 0.17),
        (0.7, 0.09),
        (0.67, 0.27),
    ]
    canvas.shape(crown, YELLOW)
    for x, y in ((0.3, 0.085), (0.42, 0.05), (0.5, 0.028), (0.58, 0.05), (0.7, 0.085)):
        canvas.oval(x, y, 0.019, first)
    canvas.shape([(0.325, 0.225), (0.675, 0.225), (0.67, 0.28), (0.33, 0.28)], second)
    for x in (0.39, 0.445, 0.5, 0.555, 0.61):
        canvas.oval(x, 0.252, 0.016, YELLOW, 2)


def _queen(canvas: _Canvas, first: Ink, second: Ink) -> None:
    canvas.shape([(0.28, 0.22), (0.2, 0.62), (0.34, 0.68), (0.5, 0.6), (0.66, 0.68), (0.8, 0.62), (0.72, 0.22)], second)
    for number in range(4):
        canvas.stroke([(0.27 - 0.015 * number, 0.3 + 0.09 * number), (0.33, 0.32 + 0.085 * number)], YELLOW, 7)
        canvas.stroke([(0.73 + 0.015 * number, 0.3 + 0.09 * number), (0.67, 0.32 + 0.085 * number)], YELLOW, 7)
    _face(canvas, YELLOW)
    canvas.shape([(0.36, 0.27), (0.5, 0.2), (0.64, 0.27), (0.6, 0.235), (0.5, 0.19), (0.4, 0.235)], YELLOW)
    crown = [(0.33, 0.25), (0.27, 0.08), (0.4, 0.17), (0.5, 0.05), (0.6, 0.17), (0.73, 0.08), (0.67, 0.25), (0.5, 0.19)]
    canvas.shape(crown, YELLOW)
    for x, y in ((0.27, 0.075), (0.5, 0.045), (0.73, 0.075), (0.4, 0.165), (0.6, 0.165)):
        canvas.oval(x, y, 0.021, first)
    for x in (0.42, 0.5, 0.58):
        canvas.oval(x, 0.178 - 0.02 * (x == 0.5), 0.014, PAPER, 2)  # noqa: PLR2004 - middle


def _jack(canvas: _Canvas, first: Ink, second: Ink) -> None:
    _face(canvas, YELLOW)
    canvas.shape([(0.3, 0.25), (0.27, 0.15), (0.38, 0.08), (0.6, 0.07), (0.74, 0.14), (0.71, 0.25), (0.5, 0.21)], first)
    canvas.shape([(0.29, 0.25), (0.5, 0.2), (0.72, 0.25), (0.7, 0.3), (0.5, 0.25), (0.31, 0.3)], YELLOW)
    for x in (0.38, 0.46, 0.54, 0.62):
        canvas.oval(x, 0.23 + 0.1 * abs(x - 0.5), 0.013, second, 2)
    canvas.shape([(0.6, 0.17), (0.7, 0.03), (0.86, 0.02), (0.94, 0.1), (0.84, 0.1), (0.74, 0.16)], second)
    for number in range(4):
        canvas.stroke([(0.68 + 0.05 * number, 0.1 - 0.012 * number), (0.74 + 0.05 * number, 0.05)], PAPER, 3)


def _weapon(canvas: _Canvas, rank: int, suit: int, second: Ink) -> None:
    """Draw the king's sword, the queen's flower or the jack's halberd in a hand."""
    if rank == KING:
        canvas.shape([(0.855, 0.06), (0.875, 0.01), (0.895, 0.06), (0.895, 0.74), (0.855, 0.74)], (200, 212, 226))
        canvas.stroke([(0.875, 0.06), (0.875, 0.72)], line=2)
        canvas.shape([(0.77, 0.73), (0.98, 0.73), (0.98, 0.765), (0.77, 0.765)], YELLOW)
        canvas.shape([(0.857, 0.765), (0.893, 0.765), (0.893, 0.9), (0.857, 0.9)], second)
    elif rank == QUEEN:
        canvas.stroke([(0.86, 0.86), (0.875, 0.6), (0.85, 0.42)], (40, 110, 60), 7)
        for turn in np.linspace(0.0, 2 * np.pi, 6)[:-1]:
            canvas.oval(
                0.85 + 0.055 * float(elementary.cos(turn)),
                0.37 + 0.045 * float(elementary.sin(turn)),
                0.04,
                RED if suit != 1 else YELLOW,
            )
        canvas.oval(0.85, 0.37, 0.026, YELLOW if suit != 1 else RED)
    else:
        canvas.shape([(0.885, 0.1), (0.91, 0.1), (0.91, 1.25), (0.885, 1.25)], YELLOW)
        canvas.shape([(0.897, 0.3), (0.98, 0.24), (0.995, 0.45), (0.897, 0.42)], (200, 212, 226))
        canvas.shape([(0.875, 0.2), (0.897, 0.02), (0.92, 0.2)], (200, 212, 226))
    canvas.oval(0.875, 0.835, 0.06, FLESH, 3, 0.8)
    for number in range(3):
        canvas.stroke([(0.835, 0.815 + 0.025 * number), (0.885, 0.81 + 0.025 * number)], line=2)
