"""Quantile functions of what is given as a table: weights, histograms, densities at points, measured values."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from synthvision.errors import UsageError
from synthvision.recipe.distributions import EmpiricalData, PiecewiseDensity

_LEAST = 2.0**-53
"""What is left of a uniform number after a choice stays away from 0 and 1 by this."""


class Weights:
    """Several things with relative weights, at least one of them above 0."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._sums = list(accumulate(weights))
        self._last = max(index for index, weight in enumerate(weights) if weight > 0)

    def pick(self, u: float) -> int:
        """Return the index of one thing; one of weight 0 is never picked."""
        return min(bisect_right(self._sums, u * self._sums[-1]), self._last)

    def split(self, u: float) -> tuple[int, float]:
        """Return the index of one thing, and how far within its share ``u`` lies: a number in (0, 1) of its own."""
        index = self.pick(u)
        below = self._sums[index - 1] if index else 0.0
        rest = (u * self._sums[-1] - below) / (self._sums[index] - below)
        return index, min(max(rest, _LEAST), 1 - _LEAST)


def piecewise_linear(points: PiecewiseDensity) -> Callable[[float], float]:
    """Return the quantile function of a density that is linear between points."""
    values, densities = points.values, points.densities
    areas = [
        (high - low) * (first + last) / 2
        for (low, high), (first, last) in zip(pairwise(values), pairwise(densities), strict=True)
    ]
    weights = Weights(areas)

    def value(u: float) -> float:
        index, share = weights.split(u)
        low, high = values[index], values[index + 1]
        return low + (high - low) * _in_trapezium(densities[index], densities[index + 1], share)

    return value


def _in_trapezium(first: float, last: float, share: float) -> float:
    """Return where on (0, 1) a density from ``first`` to ``last`` has the share on its left.

    That solves ((last - first) t² / 2 + first t) = share (first + last) / 2, by the formula that cancels nothing.
    """
    area = share * (first + last)
    return min(area / (first + math.sqrt(max(first * first + (last - first) * area, 0.0))), 1.0)


def empirical(data: EmpiricalData) -> Callable[[float], float]:
    """Return the quantile function of measured values, or of a histogram.

    Raises:
        UsageError: the data has not been read from its file.
    """
    if data.values is not None:
        ascending = sorted(data.values)
        return lambda u: ascending[min(math.floor(u * len(ascending)), len(ascending) - 1)]
    if data.edges is None or data.counts is None:
        raise UsageError(f"empirical: data must be values, or edges and counts, got the file '{data.file}', not read")
    edges, weights = data.edges, Weights(data.counts)

    def value(u: float) -> float:
        index, share = weights.split(u)
        low, high = edges[index], edges[index + 1]
        return min(low + share * (high - low), high)

    return value
