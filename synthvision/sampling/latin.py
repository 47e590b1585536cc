"""Latin hypercube over a known number of frames: each of N equal parts of (0, 1) is met exactly once, whatever N is.

Source: M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21(2), 1979.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthvision.sampling.shuffling import permuted
from synthvision.sampling.streams import hash64, low_bits

_BITS = 50
"""Of a value: so few that a place near the end of its part is not rounded into the next."""


@dataclass(frozen=True)
class LatinHypercube:
    """All random values of a dataset of ``frames`` frames; beyond them, the next ``frames`` frames are another one."""

    seed: int
    frames: int

    def uniform(self, name: str, frame: int, attempt: int = 0) -> float:
        """Return the value of ``name`` in ``frame`` at ``attempt``: strictly between 0 and 1."""
        block, index = divmod(frame, self.frames)
        key = hash64(f"{self.seed}/{attempt}/{block}/latin/{name}")
        part = permuted(index, self.frames, key)
        bits = _BITS - self.frames.bit_length()
        within = ((low_bits(key, index) << 32) | low_bits(~key, index)) >> (64 - bits)
        return (((part << bits) | within) + 0.5) / (self.frames << bits)
