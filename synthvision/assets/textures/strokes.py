"""Lines with a width of their own at every point, and how to make them wander. Pure functions of size and seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.textures.noise import Field, series

Line = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stroke:
    """``cover`` 0…1 where the line is; ``side`` -1…1 from its right border to its left, 0 in its middle."""

    cover: Field
    side: Field


def drawn(size: int, line: Line, width: NDArray[np.float64]) -> Stroke:
    """Draw a line (N, 2), u to the right and v up in 0…1, of ``width`` (N,), over the side, on ``size`` squared texels.

    The border of the line is one texel soft.
    """
    place = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    u, v = np.meshgrid(place, 1 - place)
    best = np.full((size, size), 9.0, np.float32)
    side = np.zeros((size, size), np.float32)
    for start, end, thick, thicker in zip(line[:-1], line[1:], width[:-1], width[1:], strict=True):
        du, dv = (end - start).tolist()
        share = np.clip(((u - start[0]) * du + (v - start[1]) * dv) / max(du * du + dv * dv, 1e-12), 0, 1)
        across = u - start[0] - share * du, v - start[1] - share * dv
        half = np.maximum(0.5 * (thick + share * (thicker - thick)), 0.5 / size)
        outside = elementary.hypot(*across) - half
        nearer = outside < best
        best[nearer] = outside[nearer]
        turn = np.sign(du * across[1] - dv * across[0]) * elementary.hypot(*across) / half
        side[nearer] = turn[nearer]
    cover: Field = np.clip(0.5 - best * size, 0, 1).astype(np.float32)
    return Stroke(cover, side)


def wandering(start: tuple[float, ...], end: tuple[float, ...], size: float, count: int, seed: int) -> Line:
    """Return ``count`` points from ``start`` to ``end`` that wander sideways by about ``size``, as a crack does.

    The offsets are midpoint displacement: each halving adds offsets of 0.62 of the size before.
    """
    levels = int(np.ceil(elementary.log2(max(2, count - 1))))
    offset, scale = np.zeros(2), size
    for level in range(levels):
        middle = (offset[:-1] + offset[1:]) / 2 + scale * (series(len(offset) - 1, seed + 1000 * level) - 0.5)
        woven = np.empty(2 * len(offset) - 1)
        woven[::2], woven[1::2] = offset, middle
        offset, scale = woven, 0.62 * scale
    begin, stop = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = stop - begin
    normal = np.array([-along[1], along[0]])
    normal /= max(float(np.linalg.norm(along, axis=-1)), 1e-9)
    share = np.linspace(0.0, 1.0, len(offset))[:, None]
    line: Line = begin + share * along + offset[:, None] * normal
    return np.clip(line, 0.03, 0.97)
