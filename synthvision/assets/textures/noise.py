"""Fields that repeat without a seam: hashed white noise, fractal noise, cells. Pure functions of size and seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.generators.surfaces import rgb8

Field = NDArray[np.float32]
Image8 = NDArray[np.uint8]
_MASK = np.uint32(0xFFFFFFFF)


def hashed(first: NDArray[np.uint32], second: NDArray[np.uint32], seed: int) -> Field:
    """Return a number in [0, 1) for each pair of whole numbers: a hash of the pair and the seed.

    The mixing steps are those of lowbias32 (C. Wellons, "Prospecting for hash functions").
    """
    mixed = np.bitwise_xor(
        first * np.uint32(0x9E3779B1), (second + np.uint32(seed % 2**32)) * np.uint32(0x85EBCA77), dtype=np.uint32
    )
    mixed += np.uint32((seed * 0xC2B2AE3D) % 2**32)
    shifted = mixed >> np.uint32(16)
    mixed ^= shifted
    mixed *= np.uint32(0x7FEB352D)
    mixed ^= np.right_shift(mixed, np.uint32(15), out=shifted)
    mixed *= np.uint32(0x846CA68B)
    mixed ^= np.right_shift(mixed, np.uint32(16), out=shifted)
    mixed >>= np.uint32(8)
    share = mixed.astype(np.float32)
    share *= np.float32(2.0**-24)
    return share


def white(rows: int, columns: int, seed: int) -> Field:
    """Return independent numbers in [0, 1), (rows, columns)."""
    return hashed(np.arange(rows, dtype=np.uint32)[:, None], np.arange(columns, dtype=np.uint32)[None, :], seed)


def series(count: int, seed: int) -> Field:
    """Return independent numbers in [0, 1), (count,)."""
    numbers: Field = white(1, count, seed)[0]
    return numbers


def fractal(
    size: int,
    seed: int,
    *,
    slope: float = 1.0,
    low: float = 1.0,
    high: float = 1e9,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Field:
    """Return noise with mean 0 and standard deviation 1 whose amplitudes fall as frequency to the power ``-slope``.

    Args:
        size: rows and columns.
        seed: which noise.
        slope: 0 is white, 1 rough, 2 cloudy.
        low: cycles per tile below which there is nothing, counted after stretching.
        high: cycles per tile above which there is nothing.
        stretch: how many times longer features are along columns (x) and rows (y).
    """
    fx = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(stretch[0])
    fy = np.abs(np.fft.fftfreq(size) * size).astype(np.float32) * np.float32(stretch[1])
    # Most fields have few waves across: the others need not be transformed.
    fx = fx[fx <= high]
    spectrum = scipy.fft.rfft(white(size, size, seed) - np.float32(0.5), axis=1)[:, : len(fx)]
    spectrum = scipy.fft.fft(spectrum, axis=0, overwrite_x=True)
    squared = np.add.outer(fy * fy, fx * fx)
    gain = elementary.power(np.maximum(squared, np.float32(1e-6)), np.float32(-slope / 2))
    gain *= (squared >= low * low) & (squared <= high * high)
    spectrum *= gain
    spectrum = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)
    field: Field = scipy.fft.irfft(spectrum, n=size, axis=1)
    field /= np.sqrt(np.mean(field * field))
    return field


@dataclass(frozen=True, eq=False)
class Cells:
    """A jittered grid of points: each pixel's distances to the two nearest, in cells, and the nearest one's number."""

    nearest: Field
    second: Field
    number: NDArray[np.uint32]

    def chance(self, seed: int) -> Field:
        """Return a number in [0, 1) that belongs to the pixel's cell."""
        return hashed(self.number, np.zeros_like(self.number), seed)


def cells(size: int, count: int, seed: int, *, jitter: float = 0.9) -> Cells:
    """Return the Worley cells of ``count`` by ``count`` points on a tile of ``size`` pixels."""
    place = ((np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(count / size)).astype(np.float32)
    whole = np.floor(place).astype(np.intp)
    offset = (whole - place + np.float32(0.5)).astype(np.float32)
    shift_x, shift_y = (np.float32(jitter) * (white(count, count, seed + axis) - np.float32(0.5)) for axis in (0, 1))
    nearest = np.full((size, size), 9.0, np.float32)
    second = nearest.copy()
    number = np.zeros((size, size), np.uint32)
    numbers = np.arange(count * count, dtype=np.uint32).reshape(count, count)
    for down in (-1, 0, 1):
        row = (whole + down) % count
        for right in (-1, 0, 1):
            column = (whole + right) % count
            dx, dy, these = (grid[row].take(column, axis=1) for grid in (shift_x, shift_y, numbers))
            dx += offset + np.float32(right)
            dy += (offset + np.float32(down))[:, None]
            squared = np.multiply(dx, dx, out=dx)
            squared += np.multiply(dy, dy, out=dy)
            np.minimum(second, np.maximum(nearest, squared, out=dy), out=second)
            np.copyto(number, these, where=squared < nearest)
            np.minimum(nearest, squared, out=nearest)
    return Cells(np.sqrt(nearest), np.sqrt(second), number)


def smooth(value: Field, low: float, high: float) -> Field:
    """Return 0 below ``low``, 1 above ``high``, and a smooth step between; ``low`` may be the greater one."""
    share = value - np.float32(low)
    share *= np.float32(1 / (high - low))
    np.clip(share, 0.0, 1.0, out=share)
    slope = share * np.float32(-2)
    slope += 3
    share *= share
    share *= slope
    return share


def tinted(value: Field, hue: float, saturation: float, tone: float) -> Field:
    """Return sRGB (H, W, 3), 0…255: one colour whose brightness is multiplied by ``value``."""
    colours = np.empty((*value.shape, 3), np.float32)
    for channel, level in enumerate(rgb8(hue, saturation, tone)):
        # Three times as fast as one product with an inner loop over three channels.
        np.multiply(value, np.float32(level), out=colours[..., channel])
    return colours


def tinted_picture(value: Field, hue: float, saturation: float, tone: float) -> Image8:
    """Return ``picture(tinted(...))`` without the (H, W, 3) floats between the two."""
    colours = np.empty((*value.shape, 3), np.uint8)
    for channel, level in enumerate(rgb8(hue, saturation, tone)):
        colours[..., channel] = picture(value * np.float32(level))
    return colours


def mixed(share: Field, first: Field | Sequence[float], second: Field | Sequence[float]) -> Field:
    """Return ``first`` where ``share`` is 0 and ``second`` where it is 1; colours (3,) or pictures (H, W, 3)."""
    start, end = np.asarray(first, np.float32), np.asarray(second, np.float32)
    colours = np.empty((*share.shape, 3), np.float32)
    for channel in range(3):
        np.multiply(share, end[..., channel] - start[..., channel], out=colours[..., channel])
        colours[..., channel] += start[..., channel]
    return colours


def picture(colours: Field) -> Image8:
    """Round to uint8; any shape."""
    limited = np.clip(colours, 0, 255)
    return np.rint(limited, out=limited).astype(np.uint8)
