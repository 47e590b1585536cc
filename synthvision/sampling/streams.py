"""Random values with addresses: each is a pure function of (seed, frame, name, attempt), in any order, on any worker.

Over the frames, the values of one name are *stratified*: they are a shuffled, Owen-scrambled van der Corput sequence in
base 2, so any aligned block of 2^k frames has exactly one value in each of the 2^k equal parts of (0, 1). Two names are
independent of each other, because each shuffles the frames in its own way.

Sources: B. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020; the hash with better mixing is from
N. Vegdahl, "Building a Better LK Hash", 2021.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

MASK = 0xFFFFFFFF
"""32 bits, all set."""

_BITS = 32


class Uniforms(Protocol):
    """Where random values come from: pure functions of an address, uniform on (0, 1) over the frames."""

    def uniform(self, name: str, frame: int, attempt: int = 0, /) -> float:
        """Return the value of ``name`` in ``frame`` at ``attempt``: strictly between 0 and 1."""
        ...


@dataclass(frozen=True)
class Streams:
    """All random values of a dataset. ``seed`` is any integer; ``stratified=False`` draws every value independently."""

    seed: int
    stratified: bool = True

    def uniform(self, name: str, frame: int, attempt: int = 0) -> float:
        """Return the value of ``name`` in ``frame`` at ``attempt``: strictly between 0 and 1."""
        if not self.stratified:
            return between_0_and_1(hash64(f"{self.seed}/{attempt}/{frame}/{name}"))
        # Frames beyond 2^32 go on in a stream of their own.
        block, index = divmod(frame, 1 << _BITS)
        key = hash64(f"{self.seed}/{attempt}/{name}" if block == 0 else f"{self.seed}/{attempt}:{block}/{name}")
        shuffled = nested_uniform_scramble(index, key & MASK)
        # Scrambling the van der Corput value reverse(i) is reverse(permute(reverse(reverse(i)))).
        value = reverse_bits(_permute(shuffled, key >> _BITS))
        return between_0_and_1((value << _BITS) | low_bits(key, index))


def hash64(address: str) -> int:
    """Return 64 random bits for an address."""
    digest = hashlib.blake2b(address.encode(), digest_size=8, person=b"synthvision")
    return int.from_bytes(digest.digest(), "little")


def between_0_and_1(bits64: int) -> float:
    """Return the middle of one of 2^52 equal cells: never 0, never 1, exact in a float."""
    return ((bits64 >> 12) + 0.5) / (1 << 52)


def low_bits(key: int, index: int) -> int:
    """Hash what stands below the 32 stratified bits (SplitMix64's finaliser: Steele, Lea and Flood, 2014)."""
    mixed = (key + (index + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (mixed ^ (mixed >> 31)) >> _BITS


def nested_uniform_scramble(value: int, seed: int) -> int:
    """Owen-scramble a 32-bit number in base 2: each bit is flipped, or not, depending on the bits above it alone."""
    return reverse_bits(_permute(reverse_bits(value), seed))


def _permute(value: int, seed: int) -> int:
    """Permute 32-bit numbers such that a bit depends only on itself and lower bits (Vegdahl's constants)."""
    value ^= (value * 0x3D20ADEA) & MASK
    value = (value + seed) & MASK
    value = (value * ((seed >> 16) | 1)) & MASK
    value ^= (value * 0x05526C56) & MASK
    value ^= (value * 0x53A22864) & MASK
    return value


def reverse_bits(value: int) -> int:
    """Reverse the order of 32 bits."""
    value = ((value >> 1) & 0x55555555) | ((value & 0x55555555) << 1)
    value = ((value >> 2) & 0x33333333) | ((value & 0x33333333) << 2)
    value = ((value >> 4) & 0x0F0F0F0F) | ((value & 0x0F0F0F0F) << 4)
    value = ((value >> 8) & 0x00FF00FF) | ((value & 0x00FF00FF) << 8)
    return (value >> 16) | ((value << 16) & MASK)
