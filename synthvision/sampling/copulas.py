"""Variables that go together: a Gaussian copula changes only how the values of its names are paired.

The uniform value of each name becomes a normal one, the normal ones are mixed, and the mixtures become uniform again.
A Spearman rank correlation ρ of two such values is had by mixing with the Pearson correlation 2 sin(π ρ / 6)
(K. Pearson, "Mathematical contributions to the theory of evolution XVI", 1907). Rank correlations do not care what
continuous distribution a value is then given; with few different values (integers, choices) ties make them weaker.

What stays of the stratification: the first name of a group keeps its values, and so all its strata. The others are
mixtures. They are spread as evenly as the values they are mixed from are together, which is why ``plans`` makes those a
Sobol group in stratified datasets: far evener than by chance, but not with exactly one value in each stratum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scipy.special import ndtr, ndtri

from synthvision.errors import UsageError
from synthvision.sampling.sobol import split_owner
from synthvision.sampling.streams import Uniforms

_LEAST = 2.0**-53
_SINGULAR = 1e-9
"""A mixture whose own share of the variance is below this has none: it is decided by those before it."""

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Copula:
    """Some of the names of ``base`` paired as ``factor`` says; all others as ``base`` has them.

    Attributes:
        places: name → its row of the factor. Names inside objects are found as in ``SobolGroup``.
        factor: lower triangular, times its transpose the Pearson correlations of the normal values.
    """

    base: Uniforms
    places: Mapping[str, int]
    factor: Matrix

    def uniform(self, name: str, frame: int, attempt: int = 0) -> float:
        """Return the value of ``name`` in ``frame`` at ``attempt``: strictly between 0 and 1."""
        owner, own_name = split_owner(name)
        place = self.places.get(own_name)
        if place is None or place == 0:
            return self.base.uniform(name, frame, attempt)
        mixed = 0.0
        for other, weight in zip(self.places, self.factor[place], strict=False):
            if weight:
                mixed += weight * float(ndtri(self.base.uniform(owner + other, frame, attempt)))
        return min(max(float(ndtr(mixed)), _LEAST), 1 - _LEAST)


def copula(base: Uniforms, names: Sequence[str], ranks: Sequence[Sequence[float]], where: str) -> Copula:
    """Return ``base`` with the named values paired to have rank correlations (N, N).

    Raises:
        UsageError: no numbers can have these correlations; ``where`` says where they stand.
    """
    pearson = tuple(tuple(2 * math.sin(math.pi * rank / 6) for rank in row) for row in ranks)
    return Copula(base, {name: place for place, name in enumerate(names)}, _factor(pearson, where))


@lru_cache(maxsize=64)
def _factor(matrix: Matrix, where: str) -> Matrix:
    """Return the Cholesky factor of a correlation matrix, which may be singular."""
    rows: list[list[float]] = []
    for place, wanted in enumerate(matrix):
        row: list[float] = []
        for before in range(place):
            rest = wanted[before] - sum(a * b for a, b in zip(row, rows[before], strict=False))
            own = rows[before][before]
            if own == 0 and abs(rest) > math.sqrt(_SINGULAR):
                raise UsageError(_impossible(where))
            row.append(rest / own if own else 0.0)
        left = 1 - sum(weight * weight for weight in row)
        if left < -_SINGULAR:
            raise UsageError(_impossible(where))
        rows.append([*row, math.sqrt(left) if left > _SINGULAR else 0.0])
    return tuple(tuple(row) for row in rows)


def _impossible(where: str) -> str:
    rule = "rank must be correlations that a Gaussian copula can have together"
    return f"{where}: {rule}, got some that contradict each other"
