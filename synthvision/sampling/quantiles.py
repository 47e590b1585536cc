"""Inverse distribution functions: u in (0, 1) to a value that never falls as u grows, so strata stay strata.

A function is made once for each distribution (``quantile_function``), so that tables are not summed up again for every
draw. Discrete ones are exact inverses: the least value whose cumulative probability reaches u.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any

from scipy.special import bdtr, bdtrik, betaincinv, log_ndtr, ndtri_exp, pdtr, pdtrik

from synthvision.recipe.distributions import (
    Beta,
    BetaParameters,
    Binomial,
    BinomialParameters,
    Choice,
    Empirical,
    Exponential,
    ExponentialParameters,
    Integers,
    LogNormal,
    LogNormalParameters,
    LogUniform,
    Normal,
    NormalParameters,
    PiecewiseLinear,
    Poisson,
    PoissonParameters,
    Triangular,
    Uniform,
    WeightedNumbers,
)
from synthvision.sampling.tables import Weights, empirical, piecewise_linear

_LOG_HALF = math.log(0.5)

Quantile = Callable[[float], float]


def quantile(distribution: Any, u: float) -> float:
    """Return the value below which the share ``u`` of a distribution lies."""
    return quantile_function(distribution)(u)


def quantile_function(distribution: Any) -> Quantile:
    """Return the quantile function of a distribution that needs nothing but one uniform number.

    Raises:
        KeyError: it is no such distribution, but a constant, an expression, or made of others.
    """
    return _MAKERS[type(distribution)](distribution)


class Quantiles:
    """Quantile functions, made when first asked for. Keyed by identity: a recipe's declarations live as long as it."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, Quantile]] = {}

    def at(self, distribution: Any, u: float) -> float:
        """Return the value below which the share ``u`` of a distribution lies."""
        made = self._made.get(id(distribution))
        if made is None:
            # The distribution is kept as well, lest another one gets its identity.
            made = self._made[id(distribution)] = distribution, quantile_function(distribution)
        return made[1](u)


def between(low: float, high: float, u: float) -> float:
    """Return the uniform quantile on ``[low, high]``."""
    return min(max(low + u * (high - low), low), high)


def pick(weights: Sequence[float], u: float) -> int:
    """Return the index of one of several weighted things; one of weight 0 is never picked."""
    sums = list(accumulate(weights))
    index = bisect_right(sums, u * sums[-1])
    return index if index < len(sums) else max(place for place, weight in enumerate(weights) if weight > 0)


def _uniform(declared: Uniform) -> Quantile:
    low, high = declared.uniform
    return lambda u: between(low, high, u)


def _log_uniform(declared: LogUniform) -> Quantile:
    low, high = declared.log_uniform
    log_low, log_high = math.log(low), math.log(high)
    return lambda u: min(max(math.exp(between(log_low, log_high, u)), low), high)


def _integers(declared: Integers) -> Quantile:
    first, last = declared.integers
    return lambda u: float(min(first + math.floor(u * (last - first + 1)), last))


def _choice(declared: Choice) -> Quantile:
    choice = declared.choice
    values = choice.values if isinstance(choice, WeightedNumbers) else choice
    weights = Weights(choice.weights if isinstance(choice, WeightedNumbers) else [1.0] * len(values))
    return lambda u: values[weights.pick(u)]


def truncated_normal(parameters: NormalParameters, u: float) -> float:
    """Return the quantile of a normal distribution, truncated where ``low`` or ``high`` is given."""
    return _normal(parameters.mean, parameters.std, parameters.low, parameters.high)(u)


def _normal(mean: float, std: float, least: float | None, most: float | None) -> Quantile:
    low = -math.inf if least is None else least
    high = math.inf if most is None else most
    first, last = (low - mean) / std, (high - mean) / std
    return lambda u: min(max(mean + std * _standard_normal(first, last, u), low), high)


def _standard_normal(low: float, high: float, u: float) -> float:
    """Invert the truncated standard normal from the side where the logarithm of the probability is exact."""
    log_probability = _log_probability(low, high, u)
    if log_probability <= _LOG_HALF:
        return float(ndtri_exp(log_probability))
    return -float(ndtri_exp(_log_probability(-high, -low, 1 - u)))


def _log_probability(low: float, high: float, u: float) -> float:
    """Return log(Φ(low) + u (Φ(high) - Φ(low))), exact far into the lower tail."""
    log_high = float(log_ndtr(high))
    share_below = math.exp(float(log_ndtr(low)) - log_high) if low > -math.inf else 0.0
    return log_high + math.log(u + (1 - u) * share_below)


def _log_normal(parameters: LogNormalParameters) -> Quantile:
    low, high = parameters.low or 0.0, math.inf if parameters.high is None else parameters.high
    logarithm = _normal(
        math.log(parameters.median),
        parameters.sigma,
        math.log(low) if low > 0 else None,
        None if parameters.high is None else math.log(high),
    )
    return lambda u: min(max(math.exp(logarithm(u)), low), high)


def _beta(parameters: BetaParameters) -> Quantile:
    alpha, beta, low, high = parameters.alpha, parameters.beta, parameters.low, parameters.high
    return lambda u: between(low, high, float(betaincinv(alpha, beta, u)))


def _triangular(declared: Triangular) -> Quantile:
    low, mode, high = declared.triangular
    width = high - low
    share_below = (mode - low) / width

    def value(u: float) -> float:
        if u < share_below:
            return min(low + math.sqrt(u * width * (mode - low)), mode)
        return max(high - math.sqrt((1 - u) * width * (high - mode)), mode)

    return value


def _exponential(parameters: ExponentialParameters) -> Quantile:
    mean, low = parameters.mean, parameters.low
    high = math.inf if parameters.high is None else parameters.high
    share_kept = -math.expm1(-(high - low) / mean)
    return lambda u: min(low - mean * math.log1p(-u * share_kept), high)


def _poisson(parameters: PoissonParameters) -> Quantile:
    mean = parameters.mean
    share_kept = 1.0 if parameters.high is None else float(pdtr(parameters.high, mean))
    most = math.inf if parameters.high is None else parameters.high
    return _discrete(lambda u: float(pdtrik(u, mean)), lambda k: float(pdtr(k, mean)), share_kept, most)


def _binomial(parameters: BinomialParameters) -> Quantile:
    trials, chance = parameters.trials, parameters.chance
    if chance in {0, 1}:
        return lambda _: trials * chance
    return _discrete(lambda u: float(bdtrik(u, trials, chance)), lambda k: float(bdtr(k, trials, chance)), 1.0, trials)


def _discrete(
    guess: Callable[[float], float], cdf: Callable[[float], float], share_kept: float, most: float
) -> Quantile:
    """Return the exact inverse of a distribution function of whole numbers from 0, beginning at a guess near it."""

    def value(u: float) -> float:
        target = u * share_kept
        near = guess(target)
        found = max(math.ceil(near), 0) if math.isfinite(near) else 0
        while found > 0 and cdf(found - 1) >= target:
            found -= 1
        while found < most and cdf(found) < target:
            found += 1
        return float(min(found, most))

    return value


_MAKERS: Mapping[type, Callable[[Any], Quantile]] = MappingProxyType(
    {
        Uniform: _uniform,
        LogUniform: _log_uniform,
        Normal: lambda declared: _normal(
            declared.normal.mean, declared.normal.std, declared.normal.low, declared.normal.high
        ),
        LogNormal: lambda declared: _log_normal(declared.log_normal),
        Beta: lambda declared: _beta(declared.beta),
        Triangular: _triangular,
        Exponential: lambda declared: _exponential(declared.exponential),
        Poisson: lambda declared: _poisson(declared.poisson),
        Binomial: lambda declared: _binomial(declared.binomial),
        Integers: _integers,
        Choice: _choice,
        PiecewiseLinear: lambda declared: piecewise_linear(declared.piecewise_linear),
        Empirical: lambda declared: empirical(declared.empirical),
    }
)
