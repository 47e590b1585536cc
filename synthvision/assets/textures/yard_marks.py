"""What lies on a yard once and not again: repairs, cracks, covers, tyre tracks, stains, paint. Metres, on one tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.textures.noise import Field, series
from synthvision.assets.textures.strokes import wandering

SIZE = 2048
SIDE_M = 128.0
"""Side of the tile that the marks are drawn for; they are as large as in life when ``tile_m`` is this."""
_FINER = 2
_ONE = 128
"""Grey that stands for a factor of 1."""
Chance = Callable[[int, int], list[list[float]]]
"""Rows and columns of independent numbers in [0, 1)."""
Points = list[tuple[float, float]]


class Pen:
    """Draws on a grey tile in metres; what crosses the border goes on at the opposite side."""

    def __init__(self, picture: Image.Image) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._scale = picture.width / SIDE_M

    def polygon(self, points: Points, level: int) -> None:
        for moved in self._copies(points):
            self._draw.polygon(moved, fill=level)

    def line(self, points: Points, width_m: float, level: int) -> None:
        for moved in self._copies(points):
            self._draw.line(moved, fill=level, width=max(1, round(width_m * self._scale)), joint="curve")

    def _copies(self, points: Points) -> Iterator[Points]:
        side = SIDE_M
        columns, rows = [x for x, _ in points], [y for _, y in points]
        across = [0.0] + [side] * (min(columns) < 1) + [-side] * (max(columns) > side - 1)
        down = [0.0] + [side] * (min(rows) < 1) + [-side] * (max(rows) > side - 1)
        for dx in across:
            for dy in down:
                yield [((x + dx) * self._scale, (y + dy) * self._scale) for x, y in points]


Mark = Callable[[Pen, Chance], None]


@dataclass(frozen=True)
class Sheet:
    """The marks of one yard; ``seed`` tells yards apart."""

    seed: int

    def tone(self, *marks: Mark) -> Field:
        """Return what crisp marks multiply the ground with, (SIZE, SIZE)."""
        return self._drawn(marks, SIZE * _FINER, _ONE, 500) / np.float32(_ONE)

    def soft(self, *marks: Mark, blur_px: float) -> Field:
        """Return the same for marks without an edge, ``blur_px`` texels soft."""
        drawn = self._drawn(marks, SIZE, _ONE, 900) / np.float32(_ONE)
        margin = int(4 * blur_px) + 1
        framed = cv2.GaussianBlur(np.pad(drawn, margin, mode="wrap"), (0, 0), blur_px)
        blurred: Field = np.asarray(framed[margin:-margin, margin:-margin], np.float32)
        return blurred

    def cover(self, mark: Mark) -> Field:
        """Return where paint is, 0…1."""
        return self._drawn((mark,), SIZE * _FINER, 0, 1300) / np.float32(255)

    def _drawn(self, marks: tuple[Mark, ...], size: int, level: int, stream: int) -> Field:
        picture = Image.new("L", (size, size), level)
        pen = Pen(picture)
        for number, mark in enumerate(marks):
            mark(pen, self._chance(stream + 37 * number))
        return np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BOX), np.float32)

    def _chance(self, stream: int) -> Chance:
        def rows(count: int, columns: int) -> list[list[float]]:
            drawn: list[list[float]] = series(count * columns, self.seed + stream).reshape(count, columns).tolist()
            return drawn

        return rows


def _level(factor: float) -> int:
    return round(_ONE * factor)


def _rectangle(centre: tuple[float, float], size: tuple[float, float], turn: float) -> Points:
    cosine, sine = float(elementary.cos(turn)), float(elementary.sin(turn))
    corners = [(sx * size[0] / 2, sy * size[1] / 2) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [(centre[0] + cosine * x - sine * y, centre[1] + sine * x + cosine * y) for x, y in corners]


def patches(pen: Pen, chance: Chance, count: int) -> None:
    """Draw rectangles laid anew, and filled trenches, each with a seam of tar round it."""
    for x, y, long, wide, tone, turn, trench in chance(count, 7):
        size = (2 + 11 * long * long, 1 + 5 * wide)
        if trench < 0.2:  # noqa: PLR2004 - share of trenches
            size = (14 + 40 * long, 0.6 + 0.8 * wide)
        quarter = 0.5 * np.pi * (turn < 0.5)  # noqa: PLR2004 - half of them
        outline = _rectangle((x * SIDE_M, y * SIDE_M), size, quarter + 0.06 * (turn - 0.5))
        pen.polygon(outline, _level(0.76 + 0.4 * tone))
        pen.line([*outline, outline[0]], 0.1, _level(0.62))


def cracks(pen: Pen, chance: Chance, count: int) -> None:
    """Draw cracks, most of them sealed with a stripe of tar."""
    for number, (x, y, angle, reach, width) in enumerate(chance(count, 5)):
        way = np.array([elementary.cos(6.2832 * angle), elementary.sin(6.2832 * angle)]) * (0.04 + 0.16 * reach)
        shape = wandering((0.5, 0.5), tuple(0.5 + way), 0.05, 24, 71 * number + round(9999 * reach))
        line = (shape - 0.5 + (x, y)) * SIDE_M
        pen.line([(float(px), float(py)) for px, py in line], 0.04 + 0.09 * width, _level(0.6 + 0.15 * width))


def covers(pen: Pen, chance: Chance, count: int) -> None:
    """Draw manhole covers and gullies."""
    for x, y, round_one, tone in chance(count, 4):
        centre, angle = (x * SIDE_M, y * SIDE_M), np.linspace(0, 2 * np.pi, 17)
        ring = [
            (centre[0] + 0.36 * float(elementary.cos(a)), centre[1] + 0.36 * float(elementary.sin(a))) for a in angle
        ]
        square = _rectangle(centre, (0.55, 0.55), 0.0)
        pen.polygon(ring if round_one < 0.6 else square, _level(0.45 + 0.3 * tone))  # noqa: PLR2004 - share


def tracks(pen: Pen, chance: Chance, count: int, strength: float, width_m: float = 0.24) -> None:
    """Draw pairs of tyre tracks, 1.75 m apart, in wide bends; ``strength`` above 0 is lighter than the ground."""
    for x, y, angle, bend, reach, shade in chance(count, 6):
        t = np.linspace(0, 1, 40)
        length, turn = 10 + 46 * reach, 6.2832 * angle + 2.6 * (bend - 0.5) * t
        step = length / len(t)
        middle = np.stack([np.cumsum(elementary.cos(turn)), np.cumsum(elementary.sin(turn))], axis=1) * step + (
            x * SIDE_M,
            y * SIDE_M,
        )
        normal = np.stack([-elementary.sin(turn), elementary.cos(turn)], axis=1)
        for side in (-0.875, 0.875):
            line = middle + side * normal
            level = _level(1 + strength * (0.35 + 0.65 * shade))
            pen.line([(float(px), float(py)) for px, py in line], width_m, level)


def spots(pen: Pen, chance: Chance, count: int, strength: float) -> None:
    """Draw what has dripped and been spilled: blots of a hand to two metres, a few of them light."""
    for number, (x, y, size, shade, kind) in enumerate(chance(count, 5)):
        radius = 0.12 + 1.4 * elementary.power(size, 5) + 0.25 * size
        angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        ragged = radius * (0.7 + 0.6 * series(14, 55 + number))
        outline = np.stack(
            [x * SIDE_M + ragged * elementary.cos(angle), y * SIDE_M + ragged * elementary.sin(angle)], axis=1
        )
        factor = 1 + strength * shade * (-0.5 if kind < 0.12 else 1.0)  # noqa: PLR2004 - cement and sand
        pen.polygon([(float(px), float(py)) for px, py in outline], _level(factor))


def bays(pen: Pen, chance: Chance) -> None:
    """Paint rows of parking bays near the border, a crossing and a few arrows."""
    for x, _, count, depth in chance(3, 4):
        side = 22.0 if depth < 0.5 else SIDE_M - 22.0  # noqa: PLR2004 - either side
        start, pitch = 18 + 40 * x, 2.5
        number = 6 + round(10 * count)
        for bay in range(number + 1):
            at = start + pitch * bay
            pen.line([(at, side - 2.5), (at, side + 2.5)], 0.12, 255)
        pen.line([(start, side + 2.5), (start + pitch * number, side + 2.5)], 0.12, 255)
    for x, y, way, _ in chance(5, 4):
        _arrow(pen, ((0.16 + 0.68 * x) * SIDE_M, (0.16 + 0.68 * y) * SIDE_M), 1.0 if way < 0.5 else -1.0)  # noqa: PLR2004
    ((x, y, _, _),) = chance(1, 4)
    for bar in range(7):
        centre = ((0.2 + 0.5 * x) * SIDE_M + bar, (0.2 + 0.6 * y) * SIDE_M)
        pen.polygon(_rectangle(centre, (0.5, 3.0), 0.0), 255)


def _arrow(pen: Pen, at: tuple[float, float], way: float) -> None:
    x, y = at
    pen.line([(x - 1.6 * way, y), (x + 0.8 * way, y)], 0.18, 255)
    pen.polygon([(x + 0.7 * way, y - 0.5), (x + 1.9 * way, y), (x + 0.7 * way, y + 0.5)], 255)


def lines(pen: Pen, chance: Chance) -> None:
    """Paint the lines of storage places and lanes, and a hatched field that is kept clear."""
    for x, y, long, wide in chance(4, 4):
        centre = ((0.18 + 0.64 * x) * SIDE_M, (0.18 + 0.64 * y) * SIDE_M)
        outline = _rectangle(centre, (6 + 10 * long, 3 + 6 * wide), 0.0)
        pen.line([*outline, outline[0]], 0.12, 255)
    for x, _, long, _ in chance(2, 4):
        at = (0.2 + 0.6 * x) * SIDE_M
        pen.line([(at, 16 + 20 * long), (at, SIDE_M - 18)], 0.14, 255)
    ((x, y, _, _),) = chance(1, 4)
    left, top = (0.2 + 0.5 * x) * SIDE_M, (0.2 + 0.55 * y) * SIDE_M
    for step in range(9):
        pen.line([(left + step, top), (left + step - 2.0, top + 4.0)], 0.16, 255)
