"""Parameter points for tests: the ends and the middle of every range, and scattered ones that never change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

UOf = Callable[[str], float]
ENDS: dict[str, UOf] = {"low": lambda _: 0.0, "middle": lambda _: 0.5, "high": lambda _: 1 - 1e-9}


def scattered(number: int) -> UOf:
    """Return a function from a parameter's name to a value in [0, 1)."""

    def u_of(name: str) -> float:
        digest = hashlib.sha256(f"{number} {name}".encode()).digest()
        return int.from_bytes(digest[:6], "little") / 2**48

    return u_of


def corner(number: int) -> UOf:
    """Return a function from a parameter's name to one end of its range."""
    inner = scattered(1000 + number)
    return lambda name: 0.0 if inner(name) < 0.5 else 1 - 1e-9


POINTS: dict[str, UOf] = {
    **ENDS,
    **{f"corner{number}": corner(number) for number in range(2)},
    **{f"scattered{number}": scattered(number) for number in range(2)},
}
