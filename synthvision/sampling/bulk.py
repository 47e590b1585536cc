"""Thousands of random values under one name."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthvision.sampling.draws import Draws
from synthvision.sampling.streams import hash64

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def bulk_uniforms(draws: Draws, name: str, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the values (N,) in (0, 1) of numbered things (N,); each depends on its own number alone.

    They come from the one value of ``name``, by counting (SplitMix64: G. Steele, D. Lea and C. Flood, "Fast Splittable
    Pseudorandom Number Generators", OOPSLA 2014), so they are not stratified over the frames.
    """
    key = np.uint64(hash64(f"{name}/{draws.uniform(name)!r}"))
    bits = key + (numbers.astype(np.uint64) + np.uint64(1)) * _GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    bits ^= bits >> np.uint64(31)
    values: NDArray[np.float64] = ((bits >> np.uint64(12)).astype(np.float64) + 0.5) / (1 << 52)
    return values


def directions(angles_rad: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cosines (N,) and sines (N,), one by one: numpy's own may differ in the last bit between processors."""
    values = angles_rad.tolist()
    return np.array([math.cos(angle) for angle in values]), np.array([math.sin(angle) for angle in values])
