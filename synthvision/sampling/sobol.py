"""Several random values spread evenly *together*: shuffled, Owen-scrambled Sobol points, addressed like any stream.

A value that is stratified alone (``streams``) may still come in bad company: 64 frames meet each 64th of two ranges,
but not each of the 8 × 8 cells of the square. The names of a group here are the dimensions of one Sobol sequence, so
that over any aligned block of 2^k frames the first two fill every rectangle of area 2^-k whose sides are powers of two
exactly once, and more of them together as evenly as Joe and Kuo's numbers allow.

Sources: I. M. Sobol, USSR Comp. Math. 7(4), 1967; direction numbers of S. Joe and F. Y. Kuo, "Constructing Sobol
Sequences with Better Two-dimensional Projections", SIAM J. Sci. Comput. 30(5), 2008, as SciPy has them; scrambling and
shuffling of B. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from synthvision.sampling.streams import (
    MASK,
    Uniforms,
    between_0_and_1,
    hash64,
    low_bits,
    nested_uniform_scramble,
)

_BITS = 32
_BLOCK_BITS = 20
"""2^20 frames are one sequence; what comes after is a sequence of its own."""

Directions = tuple[int, ...]
"""The direction numbers of one dimension, as 32-bit numbers, for the bits of the index from the lowest."""


@dataclass(frozen=True)
class SobolGroup:
    """Some of the names of ``base`` drawn as the points of one Sobol sequence; all others as ``base`` has them.

    Attributes:
        dimensions: name → its dimension, from 0. A name inside an object, ``<object>/variables/x``, is found as
            ``variables/x``; each object has a sequence of its own.
        directions: for each dimension.
        order: names the order in which frames walk along the sequence.
    """

    base: Uniforms
    seed: int
    order: str
    dimensions: Mapping[str, int]
    directions: Sequence[Directions]

    def uniform(self, name: str, frame: int, attempt: int = 0) -> float:
        """Return the value of ``name`` in ``frame`` at ``attempt``: strictly between 0 and 1."""
        owner, own_name = split_owner(name)
        dimension = self.dimensions.get(own_name)
        if dimension is None:
            return self.base.uniform(name, frame, attempt)
        block, index = divmod(frame, 1 << _BLOCK_BITS)
        order = hash64(f"{self.seed}/{attempt}/{block}/sobol/{owner}{self.order}")
        shuffled = nested_uniform_scramble(index, order & MASK)
        key = hash64(f"{self.seed}/{attempt}/{block}/sobol/{name}")
        value = nested_uniform_scramble(_point(self.directions[dimension], shuffled), key & MASK)
        return between_0_and_1((value << _BITS) | low_bits(key, index))


def sobol_group(base: Uniforms, seed: int, names: Sequence[str]) -> SobolGroup:
    """Return ``base`` with the named values spread evenly together, the first ones best."""
    dimensions = {name: place for place, name in enumerate(names)}
    return SobolGroup(base, seed, ",".join(names), dimensions, _directions(len(names)))


def split_owner(name: str) -> tuple[str, str]:
    """Split ``mug/0/variables/x`` into ``mug/0/`` and ``variables/x``; a frame's own variables have no owner."""
    owner, mark, rest = name.rpartition("variables/")
    return owner, mark + rest


def _point(directions: Directions, index: int) -> int:
    """Return the 32-bit coordinate of a point; bits of the index above the block's are a shift, which is left out."""
    value = 0
    for number in directions:
        if index & 1:
            value ^= number
        index >>= 1
    return value


@cache
def _directions(dimensions: int) -> tuple[Directions, ...]:
    """Return the direction numbers of each dimension, read off SciPy's points.

    SciPy walks in the order of the Gray code, where point 2^(k+1) - 1 is direction number k alone.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - slow to load, and every worker waits for what stands at the top

    points = qmc.Sobol(dimensions, scramble=False, bits=_BITS)
    columns: list[list[int]] = []
    for bit in range(_BLOCK_BITS):
        points.fast_forward((1 << (bit + 1)) - 1 - points.num_generated)
        columns.append([int(value * (1 << _BITS)) for value in points.random(1)[0].tolist()])
    return tuple(zip(*columns, strict=True))
