"""Wood: one piece, or a floor of planks. The grain runs along u."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.textures.noise import (
    Field,
    Image8,
    fractal,
    hashed,
    picture,
    series,
    smooth,
    tinted,
    tinted_picture,
)

SIZE = 1024


@dataclass(frozen=True)
class Wood:
    """``tone`` is the brightness, ``figure`` the strength of the growth rings."""

    hue: float = 0.085
    saturation: float = 0.5
    tone: float = 0.65
    figure: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class Planks:
    """``planks`` rows of boards; ``spread`` is how much boards differ from each other."""

    hue: float = 0.08
    saturation: float = 0.52
    tone: float = 0.6
    figure: float = 0.5
    spread: float = 0.5
    planks: int = 7
    variant: int = 0


def wood(parameters: Mapping[str, float]) -> Image8:
    """Return one piece of wood."""
    look = read_parameters("wood", Wood, parameters)
    grain = _grain(look.variant, look.figure)
    return tinted_picture(grain, look.hue, look.saturation, look.tone)


def planks(parameters: Mapping[str, float]) -> Image8:
    """Return a floor of planks with staggered joints."""
    look = read_parameters("wood_planks", Planks, parameters)
    grain = _grain(look.variant, look.figure)
    x = np.arange(SIZE)
    row = x * look.planks // SIZE
    joints = (series(look.planks, look.variant + 11) * SIZE).astype(np.int64)
    along = (x - joints[row][:, None]) % SIZE
    board = 2 * row[:, None] + (along >= SIZE // 2)
    shift_y, shift_x, light, warmth = (_of_boards(look, board, look.variant + 21 + number) for number in range(4))
    from_y, from_x = ((x + (shift * SIZE).astype(np.int64)) % SIZE for shift in (shift_y.T, shift_x))
    shown = grain.take(from_y.T * SIZE + from_x)
    shown *= 1 + look.spread * 0.45 * (light - np.float32(0.5))
    shown *= _seams(x[:, None], along, look.planks)
    colours = tinted(shown, look.hue, look.saturation, look.tone)
    for channel, strength in ((0, 0.07), (2, -0.14)):
        colours[..., channel] *= 1 + (warmth - np.float32(0.5)) * np.float32(look.spread * strength)
    return picture(colours)


def _of_boards(look: Planks, board: NDArray[np.int64], seed: int) -> Field:
    """Return a number in [0, 1) for each pixel that belongs to its board."""
    boards = np.arange(2 * look.planks, dtype=np.uint32)
    return hashed(boards, np.zeros_like(boards), seed).take(board)


def _seams(y: NDArray[np.int64], along: NDArray[np.int64], count: int) -> Field:
    """Return 1 on boards, dark in the gaps between them, a soft shade beside the gaps."""
    wide = SIZE / count
    across = (y + 0.5) % wide
    side = np.minimum(across, wide - across).astype(np.float32)
    half = SIZE // 2
    end = half / 2 - np.abs(along.astype(np.float32) % half + np.float32(0.5 - half / 2))
    gap = np.minimum(side, end + 0.3)
    return 0.25 + 0.6 * smooth(gap, 0.8, 2.4) + 0.15 * smooth(gap, 1.5, 7.0)


def _grain(seed: int, figure: float) -> Field:
    """Return brightness about 1: growth rings bent by slow noise, fibres, pores, slow changes along the board."""
    y = (np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    bend = fractal(SIZE, seed + 1, slope=2.2, high=40, stretch=(7.0, 1.0))
    rings = y * 11 + np.float32(0.75) * bend
    rings -= np.floor(rings)
    late = smooth(rings, 0.25, 0.95) * smooth(rings, 1.0, 0.96)
    fibre = fractal(SIZE, seed + 2, slope=0.6, low=20, stretch=(34.0, 1.0))
    slow = fractal(SIZE, seed + 3, slope=1.6, high=30, stretch=(5.0, 1.0))
    pores = smooth(fractal(SIZE, seed + 4, slope=0.2, low=60, stretch=(16.0, 1.0)), 2.0, 3.0)
    grain: Field = 1.02 - 0.42 * figure * late + 0.045 * fibre + 0.06 * slow - 0.16 * pores
    return grain
