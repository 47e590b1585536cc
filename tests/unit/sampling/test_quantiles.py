from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from synthvision.recipe.distributions import Choice, Integers, LogUniform, Normal, NormalParameters, Uniform
from synthvision.sampling.quantiles import pick, quantile, truncated_normal

GRID = (np.arange(2000) + 0.5) / 2000


def quantiles(distribution: object) -> np.ndarray:
    return np.array([quantile(distribution, float(u)) for u in GRID])  # type: ignore[arg-type]


def normal(**keys: float) -> Normal:
    return Normal(normal=NormalParameters(**keys))


@pytest.mark.parametrize(
    ("distribution", "cdf"),
    [
        (Uniform(uniform=(-2, 5)), stats.uniform(-2, 7).cdf),
        (LogUniform(log_uniform=(20, 400)), stats.loguniform(20, 400).cdf),
        (normal(mean=3, std=2), stats.norm(3, 2).cdf),
        (normal(mean=1, std=0.5, low=0.9, high=1.4), stats.truncnorm(-0.2, 0.8, 1, 0.5).cdf),
        (normal(mean=0, std=1, low=2), stats.truncnorm(2, np.inf).cdf),
        (normal(mean=0, std=1, high=-3), stats.truncnorm(-np.inf, -3).cdf),
        (normal(mean=0, std=1, low=-6, high=9), stats.truncnorm(-6, 9).cdf),
    ],
)
def test_quantile_inverts_the_distribution_function(distribution: object, cdf: object) -> None:
    assert np.abs(cdf(quantiles(distribution)) - GRID).max() < 1e-9  # type: ignore[operator]


@pytest.mark.parametrize(("low", "high"), [(10, 11), (38, 39), (50, 50.1), (-60, -50), (8.2, None), (None, -30.0)])
def test_tails_stay_inside_and_keep_their_shape(low: float | None, high: float | None) -> None:
    parameters = NormalParameters(mean=0, std=1, low=low, high=high)
    drawn = np.array([truncated_normal(parameters, float(u)) for u in GRID])
    assert (np.diff(drawn) > 0).all()
    assert drawn.min() >= (-math.inf if low is None else low)
    assert drawn.max() <= (math.inf if high is None else high)
    # Far out, a normal tail from a on is exponential with rate a (Mills' ratio), so its median is at a + ln 2 / a.
    start = low if low is not None and low > 0 else -high if high is not None else 0.0
    median = abs(float(np.median(drawn))) - start
    assert median == pytest.approx(math.log(2) / start, rel=0.05)


def test_values_never_leave_their_range_by_rounding() -> None:
    for u in (1e-16, 0.5, 1 - 2**-53):
        assert 0.1 <= quantile(Uniform(uniform=(0.1, 0.3)), u) <= 0.3
        assert 20 <= quantile(LogUniform(log_uniform=(20, 400)), u) <= 400
        assert quantile(Uniform(uniform=(0.7, 0.7)), u) == 0.7
        assert 1 <= quantile(Integers(integers=(1, 4)), u) <= 4


def test_integers_are_equally_likely_and_both_ends_are_in() -> None:
    drawn = quantiles(Integers(integers=(-1, 3)))
    assert {value: int((drawn == value).sum()) for value in range(-1, 4)} == dict.fromkeys(range(-1, 4), 400)


def test_choices_have_their_weights() -> None:
    equal = quantiles(Choice(choice=[1, 2, 4, 8]))
    assert [(equal == value).sum() for value in (1, 2, 4, 8)] == [500] * 4
    weighted = quantiles(Choice.model_validate({"choice": {"values": [5, 6, 7], "weights": [3, 0, 1]}}))
    assert [(weighted == value).sum() for value in (5, 6, 7)] == [1500, 0, 500]


def test_a_thing_of_weight_0_is_never_picked() -> None:
    for u in (2**-53, 0.5, 1 - 2**-53):
        assert pick([0, 1, 0], u) == 1
        assert pick([0, 0.1, 0.2, 0], u) in (1, 2)
