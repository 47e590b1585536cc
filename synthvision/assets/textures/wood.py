"""Wood: one piece, or a floor of planks. The grain runs along u."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.textures.noise import Field, Image8, fractal, hashed, picture, series, smooth, tinted

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
    return picture(tinted(grain, look.hue, look.saturation, look.tone))


def planks(parameters: Mapping[str, float]) -> Image8:
    """Return a floor of planks with staggered joints."""
    look = read_parameters("wood_planks", Planks, parameters)
    grain = _grain(look.variant, look.figure)
    y, x = np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij")
    row = y * look.planks // SIZE
    joints = (series(look.planks, look.variant + 11) * SIZE).astype(np.int64)
    along = (x - joints[row]) % SIZE
    board = (row * 2 + (along * 2 // SIZE)).astype(np.uint32)
    zero = np.zeros_like(board)
    shift_y = (hashed(board, zero, look.variant + 21) * SIZE).astype(np.int64)
    shift_x = (hashed(board, zero, look.variant + 22) * SIZE).astype(np.int64)
    shown = grain[(y + shift_y) % SIZE, (x + shift_x) % SIZE]
    shown = shown * (1 + look.spread * 0.45 * (hashed(board, zero, look.variant + 23) - 0.5))
    colours = tinted(shown, look.hue, look.saturation, look.tone)
    warmth = (hashed(board, zero, look.variant + 24) - 0.5) * look.spread * 0.14
    colours *= 1 + warmth[..., None] * np.array([0.5, 0.0, -1.0], np.float32)
    return picture(colours * _seams(y, along, look.planks)[..., None])


def _seams(
    y: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    along: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    count: int,
) -> Field:
    """Return 1 on boards, dark in the gaps between them, a soft shade beside the gaps."""
    wide = SIZE / count
    across = (y + 0.5) % wide
    side = np.minimum(across, wide - across).astype(np.float32)
    half = SIZE // 2
    end = np.minimum(along % half + 0.5, half - along % half - 0.5).astype(np.float32)
    gap = np.minimum(side, end + 0.3)
    return 0.25 + 0.6 * smooth(gap, 0.8, 2.4) + 0.15 * smooth(gap, 1.5, 7.0)


def _grain(seed: int, figure: float) -> Field:
    """Return brightness about 1: growth rings bent by slow noise, fibres, pores, slow changes along the board."""
    y = (np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    bend = fractal(SIZE, seed + 1, slope=2.2, high=40, stretch=(7.0, 1.0))
    rings = (y * 11 + 0.75 * bend) % 1.0
    late = smooth(rings, 0.25, 0.95) * smooth(rings, 1.0, 0.96)
    fibre = fractal(SIZE, seed + 2, slope=0.6, low=20, stretch=(34.0, 1.0))
    slow = fractal(SIZE, seed + 3, slope=1.6, high=30, stretch=(5.0, 1.0))
    pores = smooth(fractal(SIZE, seed + 4, slope=0.2, low=60, stretch=(16.0, 1.0)), 2.0, 3.0)
    grain: Field = 1.02 - 0.42 * figure * late + 0.045 * fibre + 0.06 * slow - 0.16 * pores
    return grain
