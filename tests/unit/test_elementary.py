"""Elementary functions, against those of longer numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, Philox  # noqa: TID251 - any numbers will do
from numpy.typing import NDArray

from synthvision import elementary

Values = NDArray[Any]
DICE = Generator(Philox(0))
COUNT = 50_000

needs_longer_numbers = pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 1e-18, reason="this machine's long double is no longer than float64"
)


def between(low: float, high: float) -> Values:
    return DICE.uniform(low, high, COUNT)


def error_in_last_places(found: Values, exact: Values) -> float:
    return float((np.abs(found - exact) / np.spacing(np.abs(exact).astype(np.float64))).max())


@needs_longer_numbers
@pytest.mark.parametrize(
    ("function", "exact", "values"),
    [
        (elementary.sin, np.sin, between(-50, 50)),
        (elementary.cos, np.cos, between(-50, 50)),
        (elementary.tan, np.tan, between(-50, 50)),
        (elementary.arcsin, np.arcsin, between(-1, 1)),
        (elementary.arccos, np.arccos, between(-1, 1)),
        (elementary.arctan, np.arctan, between(-9, 9)),
        (elementary.exp, np.exp, between(-700, 700)),
        (elementary.exp2, np.exp2, between(-900, 900)),
        (elementary.log, np.log, np.exp(between(-700, 700))),
        (elementary.log, np.log, between(0.5, 2)),
        (elementary.log2, np.log2, np.exp(between(-700, 700))),
    ],
)
def test_error_is_below_three_units_in_the_last_place(
    function: Callable[[Values], Values], exact: Callable[[Values], Values], values: Values
) -> None:
    assert error_in_last_places(function(values), exact(values.astype(np.longdouble))) < 3


@needs_longer_numbers
def test_errors_of_two_operands() -> None:
    x, y = between(-9, 9), between(-9, 9)
    long_x, long_y = x.astype(np.longdouble), y.astype(np.longdouble)
    assert error_in_last_places(elementary.arctan2(y, x), np.arctan2(long_y, long_x)) < 3
    assert error_in_last_places(elementary.hypot(x, y), np.hypot(long_x, long_y)) < 3
    error = np.abs(elementary.power(np.abs(x), y) / np.abs(long_x) ** long_y - 1)
    assert (error < 4e-16 * (1 + np.abs(y * np.log(np.abs(x))))).all()


def test_large_angles() -> None:
    angles = between(-1e5, 1e5)
    assert np.abs(elementary.sin(angles) - np.sin(angles)).max() < 3e-16
    assert np.abs(elementary.cos(angles) - np.cos(angles)).max() < 3e-16


def test_tanh() -> None:
    values = between(-20, 20)
    assert np.abs(elementary.tanh(values) - np.tanh(values)).max() < 3e-16


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "exp2", "log", "log2", "arctan", "arcsin", "arccos", "tanh"])
def test_ends_of_the_range(name: str) -> None:
    with np.errstate(all="ignore"):
        values = np.array([0.0, 1.0, -1.0, np.inf, -np.inf, np.nan])
        found, expected = getattr(elementary, name)(values), getattr(np, name)(values)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.allclose(found, expected, rtol=1e-15, atol=1e-15, equal_nan=True)


def test_quadrants_and_zeros_of_either_sign() -> None:
    y, x = np.meshgrid([0.0, -0.0, 1.0, -1.0], [0.0, -0.0, 1.0, -1.0])
    found, expected = elementary.arctan2(y, x), np.arctan2(y, x)
    assert np.allclose(found, expected, rtol=1e-15)
    assert np.array_equal(np.signbit(found), np.signbit(expected))


def test_powers() -> None:
    assert elementary.power(2.0, 3) == 8.0
    assert elementary.power(0.0, 0.7) == 0.0
    assert elementary.power(0.0, 0.0) == 1.0
    assert np.array_equal(elementary.power(np.array([-1.5, 3.0]), 3), [-3.375, 27.0])
    assert np.isnan(elementary.power(-1.0, 0.5))


def test_shapes_and_types_are_those_of_numpy() -> None:
    single = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    assert elementary.sin(single).dtype == elementary.power(single, 2.4).dtype == np.float32
    assert elementary.sin(single.astype(np.float64)).dtype == elementary.sin(np.arange(3)).dtype == np.float64
    assert elementary.arctan2(single, single[:1].astype(np.float64)).shape == (3, 4)
    assert isinstance(elementary.exp(1.0), np.float64)
    assert elementary.exp(np.zeros((0, 3))).shape == (0, 3)


def test_a_value_does_not_depend_on_its_neighbours() -> None:
    values = between(-50, 50)
    assert np.array_equal(elementary.sin(values)[::-1], elementary.sin(values[::-1]))
    assert elementary.sin(values[7]) == elementary.sin(values)[7]


@pytest.mark.parametrize(
    ("left", "right"),
    [((3,), (3,)), ((4, 3), (3,)), ((3,), (3, 5)), ((4, 3), (3, 5)), ((6, 4, 3), (3, 5)), ((6, 4, 3), (6, 3, 2))],
)
def test_matmul_is_the_matrix_product(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    first, second = DICE.normal(size=left), DICE.normal(size=right)
    found = elementary.matmul(first, second)
    assert np.shape(found) == np.shape(first @ second)
    assert np.allclose(found, first @ second, rtol=1e-14, atol=1e-14)
    assert elementary.matmul(first.astype(np.float32), second.astype(np.float32)).dtype == np.float32


def test_geometric_mean() -> None:
    values = DICE.lognormal(-3, 5, (480, 641)).astype(np.float32)
    assert elementary.geometric_mean(values) == pytest.approx(
        np.exp(np.log(values.astype(np.float64)).mean()), rel=1e-13
    )
    assert elementary.geometric_mean([1e-300] * 1000) == pytest.approx(1e-300, rel=1e-12)
