"""Permutations with an address: any entry of one is had without making the others, or from a short list kept ready."""

from __future__ import annotations

from functools import lru_cache

from synthvision.sampling.streams import MASK, low_bits

_SMALL = 64
"""Up to this many things are shuffled whole: the hash below reaches only 8 of the 24 permutations of 4 things."""


def permuted(index: int, count: int, seed: int) -> int:
    """Return where a permutation of ``count`` things, at most 2^31, puts the one at ``index``.

    ``seed`` (64 bits) chooses it. Large permutations are hashed, not kept: A. Kensler, "Correlated Multi-Jittered
    Sampling", Pixar Technical Memo 13-01, 2013.
    """
    if count <= _SMALL:
        return shuffled(count, seed)[index]
    mask = (1 << (count - 1).bit_length()) - 1
    seed = (seed ^ (seed >> 32)) & MASK
    index = _mixed(index, mask, seed)
    while index >= count:
        index = _mixed(index, mask, seed)
    return (index + seed) % count


@lru_cache(maxsize=4096)
def shuffled(count: int, seed: int) -> tuple[int, ...]:
    """Return 0 … ``count - 1`` in an order chosen by a 64-bit seed, all equally likely (Fisher and Yates)."""
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        bits = (low_bits(seed, last) << 32) | low_bits(~seed, last)
        other = (bits * (last + 1)) >> 64
        order[last], order[other] = order[other], order[last]
    return tuple(order)


def _mixed(value: int, mask: int, seed: int) -> int:
    """Permute the numbers up to ``mask``, all of whose bits are set (Kensler's constants)."""
    value = ((value ^ seed) * 0xE170893D) & MASK
    value ^= seed >> 16
    value ^= (value & mask) >> 4
    value = ((value ^ (seed >> 8)) * 0x0929EB3F) & MASK
    value ^= seed >> 23
    value ^= (value & mask) >> 1
    value = (value * (1 | (seed >> 27))) & MASK
    value = (value * 0x6935FA69) & MASK
    value ^= (value & mask) >> 11
    value = (value * 0x74DCB303) & MASK
    value ^= (value & mask) >> 2
    value = (value * 0x9E501CC3) & MASK
    value ^= (value & mask) >> 2
    value = (value * 0xC860A3DF) & MASK
    value &= mask
    return value ^ (value >> 5)
