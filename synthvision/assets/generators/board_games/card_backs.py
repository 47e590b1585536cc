"""Backs of playing cards: lattices and rosettes in one ink, the same when turned round."""

from __future__ import annotations

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, mixed, picture

WIDTH, HEIGHT = 256, 358
PATTERNS = 4
BORDER_MM = 3.2


def back(hue: float, pattern: int, darkness: float) -> Image8:
    """Draw a back, (358, 256, 3) sRGB; ``pattern`` of ``PATTERNS``: lozenges, rosettes, basket, rings."""
    x = ((np.arange(WIDTH, dtype=np.float32) + 0.5) / WIDTH - 0.5)[None, :] * np.float32(63.0)
    y = ((np.arange(HEIGHT, dtype=np.float32) + 0.5) / HEIGHT - 0.5)[:, None] * np.float32(88.0)
    inside = np.minimum(31.5 - np.abs(x), 44.0 - np.abs(y)) - np.float32(BORDER_MM)
    drawn = (_lozenges, _rosettes, _basket, _rings)[pattern % PATTERNS](x, y)
    drawn = np.where(inside < 1.5, 1 - _line(inside - 0.9, 0.25), drawn)  # noqa: PLR2004 - a double frame, millimetres
    share = np.clip(drawn, 0.0, 1.0) * np.clip(inside * 4 + 0.5, 0.0, 1.0)
    return picture(mixed(share, (250, 249, 245), rgb8(hue, 0.82, 0.72 - 0.42 * darkness)))


def _line(distance: Field, half: float) -> Field:
    """Return 1 on a line of half-width ``half`` (millimetres), smooth over a pixel."""
    line: Field = np.clip((half - np.abs(distance)) * 4 + 0.5, 0.0, 1.0)
    return line


def _wave(value: Field) -> Field:
    """Return the distance to the nearest whole number."""
    distance: Field = np.abs(value - np.round(value))
    return distance


def _lozenges(x: Field, y: Field) -> Field:
    along, across = (x + 0.72 * y) / 4.0, (x - 0.72 * y) / 4.0
    lines = np.maximum(_line(_wave(along) * 3.0, 0.33), _line(_wave(across) * 3.0, 0.33))
    dots = np.clip((0.62 - 2.6 * elementary.hypot(_wave(along + 0.5), _wave(across + 0.5))) * 5, 0.0, 1.0)
    ground: Field = np.subtract(1, np.maximum(lines, dots))
    return ground


def _rosettes(x: Field, y: Field) -> Field:
    turn, far = elementary.arctan2(y, x), elementary.hypot(x, y)
    petals = elementary.sin(far * 1.9 + 2.4 * elementary.cos(12 * turn)) + 0.6 * elementary.sin(
        far * 1.9 - 2.4 * elementary.cos(12 * turn)
    )
    fine: Field = np.clip((petals + 0.25) * 3, 0.0, 1.0)
    medal = np.clip((far - 9.0) * 4, 0.0, 1.0)
    star = np.clip((elementary.cos(8 * turn) * 1.4 + 6.0 - far) * 3, 0.0, 1.0)
    rosettes: Field = np.maximum(fine * medal, star * (1 - medal))
    return rosettes


def _basket(x: Field, y: Field) -> Field:
    column, row = np.floor(x / 3.5), np.floor(y / 3.5)
    upright = (column + row) % 2 == 0
    bars = np.where(upright, _line(_wave(x / 1.1667) * 1.1667, 0.3), _line(_wave(y / 1.1667) * 1.1667, 0.3))
    weave: Field = np.subtract(1, bars)
    return weave


def _rings(x: Field, y: Field) -> Field:
    circles = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    for shift in (0.0, 0.5):
        far = elementary.hypot(_signed(x / 7.0 + shift), _signed(y / 7.0 + shift)) * 7.0
        circles = np.maximum(circles, np.maximum(_line(far - 2.2, 0.3), _line(far - 3.4, 0.2)))
        circles = np.maximum(circles, np.clip((0.8 - far) * 4, 0.0, 1.0))
    ground: Field = np.subtract(1, circles)
    return ground


def _signed(value: Field) -> Field:
    rest: Field = value - np.round(value)
    return rest
