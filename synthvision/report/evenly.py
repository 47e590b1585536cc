"""Choosing a few of many, the same in every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def evenly(things: Sequence[T], count: int) -> list[T]:
    """Choose ``count`` things, or all if there are fewer, from the first to the last at even distances."""
    places = np.linspace(0, len(things) - 1, min(count, len(things))).round().astype(int)
    return [things[place] for place in places]
