from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from synthvision.errors import UsageError
from synthvision.recipe.distributions import (
    Choice,
    Integers,
    LogUniform,
    Normal,
    NormalParameters,
    Number,
    Uniform,
)
from synthvision.sampling.quantiles import Quantiles, pick, quantile, truncated_normal
from synthvision.sampling.tables import Weights

NUMBERS: TypeAdapter[Number] = TypeAdapter(Number)
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


def declared(data: object) -> Number:
    return NUMBERS.validate_python(data)


LOG = math.log(3), 0.7


def cut(distribution: object, low: float, high: float) -> object:
    below, above = distribution.cdf(low), distribution.cdf(high)  # type: ignore[attr-defined]
    return lambda x: (distribution.cdf(x) - below) / (above - below)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "cdf"),
    [
        ({"log_normal": {"median": 3, "sigma": 0.7}}, stats.lognorm(0.7, scale=3).cdf),
        ({"log_normal": {"median": 3, "sigma": 0.7, "low": 1, "high": 4}}, cut(stats.lognorm(0.7, scale=3), 1, 4)),
        ({"log_normal": {"median": 3, "sigma": 0.7, "low": 0}}, stats.lognorm(0.7, scale=3).cdf),
        ({"beta": {"alpha": 2, "beta": 0.5}}, stats.beta(2, 0.5).cdf),
        ({"beta": {"alpha": 0.3, "beta": 4, "low": -1, "high": 5}}, stats.beta(0.3, 4, -1, 6).cdf),
        ({"triangular": [-1, 0.5, 4]}, stats.triang(0.3, -1, 5).cdf),
        ({"triangular": [2, 2, 4]}, stats.triang(0, 2, 2).cdf),
        ({"triangular": [2, 4, 4]}, stats.triang(1, 2, 2).cdf),
        ({"exponential": {"mean": 2}}, stats.expon(0, 2).cdf),
        ({"exponential": {"mean": 2, "low": 1, "high": 3}}, cut(stats.expon(1, 2), 1, 3)),
        ({"exponential": {"mean": 1e6, "low": 1, "high": 3}}, stats.uniform(1, 2).cdf),
        (
            {"piecewise_linear": {"values": [0, 1, 3], "densities": [0, 2, 0]}},
            lambda x: np.where(x < 1, x**2, 3 - (3 - x) ** 2 / 2) / 3,
        ),
        ({"piecewise_linear": {"values": [1, 2], "densities": [3, 3]}}, stats.uniform(1, 1).cdf),
        (
            {"empirical": {"edges": [0, 1, 2, 4], "counts": [1, 0, 3]}},
            lambda x: np.interp(x, [0, 1, 2, 4], [0, 0.25, 0.25, 1]),
        ),
    ],
)
def test_continuous_distributions_are_inverted(data: object, cdf: object) -> None:
    drawn = quantiles(declared(data))
    # The cut-off at which a uniform density stands in for an exponential one is 1e-6 wide.
    assert np.abs(cdf(drawn) - GRID).max() < 1e-6  # type: ignore[operator]
    assert (np.diff(drawn) > 0).all()


@pytest.mark.parametrize(
    ("data", "exact"),
    [
        ({"poisson": {"mean": 3.2}}, stats.poisson(3.2)),
        ({"poisson": {"mean": 0.001}}, stats.poisson(0.001)),
        ({"poisson": {"mean": 800_000}}, stats.poisson(800_000)),
        ({"binomial": {"trials": 12, "chance": 0.3}}, stats.binom(12, 0.3)),
        ({"binomial": {"trials": 1, "chance": 0.5}}, stats.binom(1, 0.5)),
        ({"binomial": {"trials": 1_000_000, "chance": 0.999}}, stats.binom(1_000_000, 0.999)),
    ],
)
def test_discrete_distributions_are_inverted_exactly(data: object, exact: object) -> None:
    parsed = declared(data)
    for u in (*GRID[::7].tolist(), 2**-53, 1e-9, 1 - 1e-9, 1 - 2**-53):
        value = quantile(parsed, u)
        assert exact.cdf(value) >= u  # type: ignore[attr-defined]
        assert value == 0 or exact.cdf(value - 1) < u  # type: ignore[attr-defined]


def test_at_a_step_of_the_distribution_function_the_lower_value_is_drawn() -> None:
    step = float(stats.poisson(3.2).cdf(2))
    assert quantile(declared({"poisson": {"mean": 3.2}}), step) == 2
    assert quantile(declared({"poisson": {"mean": 3.2}}), step + 1e-12) == 3


def test_poisson_is_cut_off_and_keeps_its_proportions() -> None:
    drawn = quantiles(declared({"poisson": {"mean": 5, "high": 3}}))
    weights = stats.poisson(5).pmf(range(4))
    expected = weights / weights.sum()
    assert [(drawn == value).mean() for value in range(4)] == pytest.approx(expected.tolist(), abs=1e-3)


def test_binomial_that_cannot_fail_or_succeed() -> None:
    assert set(quantiles(declared({"binomial": {"trials": 7, "chance": 1.0}}))) == {7}
    assert set(quantiles(declared({"binomial": {"trials": 7, "chance": 0.0}}))) == {0}


def test_measured_values_are_equally_likely_and_ascend() -> None:
    drawn = quantiles(declared({"empirical": {"values": [5, 1, 3, 3]}}))
    assert [(drawn == value).sum() for value in (1, 3, 5)] == [500, 1000, 500]
    assert (np.diff(drawn) >= 0).all()


def test_densities_that_vanish_at_the_ends_stay_inside() -> None:
    parsed = declared({"piecewise_linear": {"values": [0, 1, 2], "densities": [1, 0, 1]}})
    assert 0 <= quantile(parsed, 2**-53) < quantile(parsed, 0.5 - 1e-9) <= 1 <= quantile(parsed, 0.5 + 1e-9)
    assert quantile(parsed, 1 - 2**-53) <= 2


def test_data_that_was_not_read_is_an_error() -> None:
    unread = declared({"empirical": {"values": [1.0]}}).model_copy(  # type: ignore[union-attr]
        update={
            "empirical": declared({"empirical": {"values": [1.0]}}).empirical.model_copy(  # type: ignore[union-attr]
                update={"values": None, "file": "sizes.csv"}
            )
        }
    )
    with pytest.raises(UsageError, match=r"got the file 'sizes\.csv', not read$"):
        quantile(unread, 0.5)


def test_what_a_choice_leaves_of_u_is_uniform_again() -> None:
    weights = Weights([1, 0, 3])
    halves = [weights.split(float(u)) for u in GRID]
    first, last = [rest for index, rest in halves if index == 0], [rest for index, rest in halves if index == 2]
    assert len(first) == 500
    assert len(last) == 1500
    assert np.allclose(first, (np.arange(500) + 0.5) / 500)
    assert np.allclose(last, (np.arange(1500) + 0.5) / 1500)
    assert all(0 < weights.split(u)[1] < 1 for u in (2**-53, 0.25, 1 - 2**-53))


def test_quantile_functions_are_kept_with_their_declaration() -> None:
    quantiles_kept = Quantiles()
    drawn = [quantiles_kept.at(Uniform(uniform=(index, index + 1)), 0.5) for index in range(200)]
    assert drawn == [index + 0.5 for index in range(200)]  # a declaration that was thrown away would lend its identity
