"""Inverse distribution functions: u in (0, 1) to a value that never falls as u grows, so strata stay strata."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from scipy.special import log_ndtr, ndtri_exp

from synthvision.recipe.distributions import (
    Choice,
    Integers,
    LogUniform,
    Normal,
    NormalParameters,
    Uniform,
    WeightedNumbers,
)

_LOG_HALF = math.log(0.5)

Distribution = Uniform | LogUniform | Normal | Integers | Choice


def quantile(distribution: Distribution, u: float) -> float:
    """Return the value below which the share ``u`` of the distribution lies."""
    match distribution:
        case Uniform(uniform=(low, high)):
            return between(low, high, u)
        case LogUniform(log_uniform=(low, high)):
            return min(max(math.exp(between(math.log(low), math.log(high), u)), low), high)
        case Normal(normal=parameters):
            return truncated_normal(parameters, u)
        case Integers(integers=(first, last)):
            return float(min(first + math.floor(u * (last - first + 1)), last))
        case Choice(choice=choice):
            return _choice_quantile(choice, u)


def _choice_quantile(choice: list[float] | WeightedNumbers, u: float) -> float:
    if isinstance(choice, WeightedNumbers):
        return choice.values[pick(choice.weights, u)]
    return choice[pick([1.0] * len(choice), u)]


def between(low: float, high: float, u: float) -> float:
    """Return the uniform quantile on ``[low, high]``."""
    return min(max(low + u * (high - low), low), high)


def pick(weights: Sequence[float], u: float) -> int:
    """Return the index of one of several weighted things; one of weight 0 is never picked."""
    sums = list(accumulate(weights))
    target = u * sums[-1]
    reachable = (index for index, weight in enumerate(weights) if weight > 0 and target < sums[index])
    last = max(index for index, weight in enumerate(weights) if weight > 0)
    return next(reachable, last)


def truncated_normal(parameters: NormalParameters, u: float) -> float:
    """Return the quantile of a normal distribution, truncated where ``low`` or ``high`` is given."""
    mean, std = parameters.mean, parameters.std
    low = -math.inf if parameters.low is None else parameters.low
    high = math.inf if parameters.high is None else parameters.high
    standard = _standard_normal((low - mean) / std, (high - mean) / std, u)
    return min(max(mean + std * standard, low), high)


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
