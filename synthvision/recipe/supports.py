"""Between which values a declared number lies, and whether they are whole: what legal ranges are checked against."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from synthvision.recipe.distributions import (
    Beta,
    Binomial,
    BinomialParameters,
    Choice,
    EasyHard,
    Empirical,
    EmpiricalData,
    Exponential,
    Hsv,
    Integers,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    Number,
    Palette,
    Permutation,
    PiecewiseDensity,
    PiecewiseLinear,
    Poisson,
    Rgb,
    Schedule,
    ScopedVariable,
    Sequence,
    Temperature,
    Triangular,
    Uniform,
    Variable,
    WeightedNumbers,
)
from synthvision.recipe.expressions import parse

Span = tuple[float, float]

COLOURS = (Hsv, Rgb, Palette, Temperature)
"""What makes a variable a colour."""

DIFFICULTY = "difficulty"
FRAME = "frame"
IN_OBJECTS = ("index", "count")
"""Names that expressions of objects, distractors and lights know: which instance of its group, and of how many."""
RESERVED = (DIFFICULTY, FRAME, *IN_OBJECTS)
"""Names that expressions know without an entry of ``variables``."""

_JUST_ABOVE_ZERO = math.ulp(0.0)
_UNREAD: Span = (math.nan, math.nan)
"""Of data in a file that has faults of its own."""


@dataclass(frozen=True)
class Supports:
    """What the names of a recipe stand for.

    Attributes:
        variables: in the recipe's order; an expression knows those above it.
        difficulty: the span of the recipe's difficulty.
    """

    variables: Mapping[str, Variable]
    difficulty: Span = (0.0, 1.0)

    def span(self, number: Number) -> Span:
        """Return the least and the greatest value that a number can have; infinite where there is no end.

        Values of weight 0 do not count. Raises KeyError for a name that is not known, TypeError for a colour.
        """
        return self._span(number, self.spans)

    def is_whole(self, number: Number) -> bool:
        """Say whether every value of a number is whole, once it is rounded where it lies between whole ones."""
        if isinstance(number, str):
            return parse(number).is_whole(self.whole)
        return _is_whole(number, self.whole)

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        """The span of every name that is a number; those whose expression is at fault can be anything."""
        spans: dict[str, Span] = {
            DIFFICULTY: self.difficulty,
            FRAME: (0.0, math.inf),
            **dict.fromkeys(IN_OBJECTS, (0.0, math.inf)),
        }
        for name, number in self._numbers():
            try:
                spans[name] = self._span(number, spans)
            except KeyError:  # names what is not above it, a fault of its own
                spans[name] = (-math.inf, math.inf)
        return spans

    @cached_property
    def whole(self) -> frozenset[str]:
        """The names whose values are whole."""
        whole = {FRAME, *IN_OBJECTS}
        for name, number in self._numbers():
            is_whole = parse(number).is_whole(whole) if isinstance(number, str) else _is_whole(number, whole)
            whole.update({name} if is_whole else ())
        return frozenset(whole)

    def _numbers(self) -> Iterator[tuple[str, Number]]:
        for name, variable in self.variables.items():
            bare = without_scope(variable)
            if not isinstance(bare, COLOURS):
                yield name, bare

    def _span(self, number: Any, spans: Mapping[str, Span]) -> Span:
        match number:
            case str():
                self._refuse_colours(number)
                return parse(number).bounds(spans)
            case Mixture(mixture=parts):
                return _hull([self._span(part.of, spans) for part in parts])
            case EasyHard(easy=easy, hard=hard):
                return _between(self._span(easy, spans), self._span(hard, spans), spans[DIFFICULTY])
            case _:
                return _span_alone(number)

    def _refuse_colours(self, text: str) -> None:
        for name in sorted(parse(text).names):
            if isinstance(without_scope(self.variables.get(name, 0.0)), COLOURS):
                raise TypeError(f"variable '{name}' must be a number, got a colour")


def support(number: Number, variables: Mapping[str, Variable]) -> Span:
    """Return ``Supports(variables).span(number)``."""
    return Supports(variables).span(number)


def without_scope(variable: Variable) -> Any:
    """Return what a variable is drawn from."""
    return variable.of if isinstance(variable, ScopedVariable) else variable


def possible_values(choice: Choice) -> list[float]:
    """Return the values of a choice whose weight is above 0."""
    if isinstance(choice.choice, WeightedNumbers):
        pairs = zip(choice.choice.values, choice.choice.weights, strict=True)
        return [value for value, weight in pairs if weight > 0]
    return choice.choice


def _span_alone(number: Any) -> Span:
    """Return the span of a number that holds no other numbers."""
    values = _values(number)
    if values is not None:
        return min(values), max(values)
    if type(number) not in _SPANS:
        raise TypeError(f"a number must be of a known form, got {type(number).__name__}")
    low, high = _SPANS[type(number)](number)
    return float(low), float(high)


def _values(number: Any) -> list[float] | None:
    """Return the values between which a number lies where it is declared by them, or ``None``."""
    match number:
        case int() | float():
            return [float(number)]
        case Choice():
            return possible_values(number)
        case Permutation(permutation=values) | Sequence(sequence=values):
            return values
        case Schedule(schedule=points):
            return points.values
        case Empirical(empirical=data):
            return data.values
        case _:
            return None


def _is_whole(number: Any, whole: frozenset[str] | set[str]) -> bool:
    match number:
        case str():
            return parse(number).is_whole(whole)
        case Integers() | Poisson() | Binomial():
            return True
        case Empirical(empirical=EmpiricalData(file=str())):
            return True  # not read, a fault of its own
        case Mixture(mixture=parts):
            return all(_is_whole(part.of, whole) for part in parts)
        case EasyHard(easy=easy, hard=hard):
            return _is_whole(easy, whole) and _is_whole(hard, whole)
        case _:
            values = _values(number)
            return values is not None and all(value.is_integer() for value in values)


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)


def _hull(spans: list[Span]) -> Span:
    return min(low for low, _ in spans), max(high for _, high in spans)


def _between(easy: Span, hard: Span, difficulty: Span) -> Span:
    """Return between which values something between an easy and a hard value lies."""
    lows = [_mixed(easy[0], hard[0], share) for share in difficulty]
    highs = [_mixed(easy[1], hard[1], share) for share in difficulty]
    return min(lows), max(highs)


def _mixed(easy: float, hard: float, share: float) -> float:
    if share in {0.0, 1.0} or easy == hard:
        return hard if share == 1 else easy
    if math.isinf(easy) or math.isinf(hard):
        return easy if math.isinf(easy) else hard
    return easy + (hard - easy) * share


def _span_of_trials(parameters: BinomialParameters) -> Span:
    return parameters.trials * (parameters.chance == 1), parameters.trials * (parameters.chance > 0)


def _span_of_density(density: PiecewiseDensity) -> Span:
    values = list(pairwise(density.values))
    some = [ends for ends, likely in zip(values, pairwise(density.densities), strict=True) if any(likely)]
    return some[0][0], some[-1][1]


def _span_of_bins(data: EmpiricalData) -> Span:
    if data.edges is None or data.counts is None:
        return _UNREAD
    some = [ends for ends, count in zip(pairwise(data.edges), data.counts, strict=True) if count > 0]
    return some[0][0], some[-1][1]


_SPANS: Mapping[type, Callable[[Any], Span]] = {
    Uniform: lambda number: number.uniform,
    LogUniform: lambda number: number.log_uniform,
    Integers: lambda number: number.integers,
    Normal: lambda number: (_or(number.normal.low, -math.inf), _or(number.normal.high, math.inf)),
    LogNormal: lambda number: (number.log_normal.low or _JUST_ABOVE_ZERO, _or(number.log_normal.high, math.inf)),
    Beta: lambda number: (number.beta.low, number.beta.high),
    Triangular: lambda number: (number.triangular[0], number.triangular[2]),
    Exponential: lambda number: (number.exponential.low, _or(number.exponential.high, math.inf)),
    Poisson: lambda number: (0.0, _or(number.poisson.high, math.inf)),
    Binomial: lambda number: _span_of_trials(number.binomial),
    PiecewiseLinear: lambda number: _span_of_density(number.piecewise_linear),
    Empirical: lambda number: _span_of_bins(number.empirical),
}
"""The span of each form that is told by parameters."""
