"""Between which values a declared number lies, and whether they are whole: what legal ranges are checked against."""

from __future__ import annotations

import math
from collections.abc import Mapping

from synthvision.recipe.distributions import (
    Choice,
    Hsv,
    Integers,
    LogUniform,
    Normal,
    Number,
    Palette,
    Rgb,
    Uniform,
    Variable,
    WeightedNumbers,
)

Distribution = float | Uniform | LogUniform | Normal | Integers | Choice


def support(number: Number, variables: Mapping[str, Variable]) -> tuple[float, float]:
    """Return the least and the greatest value that a number can have; infinite where there is no end.

    Values of weight 0 do not count. Raises KeyError for a variable that does not exist, TypeError for a colour.
    """
    match resolved(number, variables):
        case Uniform(uniform=ends) | LogUniform(log_uniform=ends) | Integers(integers=ends):
            return float(ends[0]), float(ends[1])
        case Normal(normal=normal):
            low = -math.inf if normal.low is None else normal.low
            return low, math.inf if normal.high is None else normal.high
        case Choice() as choice:
            values = possible_values(choice)
            return min(values), max(values)
        case constant:
            return float(constant), float(constant)


def is_whole(number: Number, variables: Mapping[str, Variable]) -> bool:
    """Say whether every value of a number is whole. Raises as ``support``."""
    match resolved(number, variables):
        case Integers():
            return True
        case Choice() as choice:
            return all(value.is_integer() for value in possible_values(choice))
        case int() | float() as constant:
            return float(constant).is_integer()
        case _:
            return False


def resolved(number: Number, variables: Mapping[str, Variable]) -> Distribution:
    """Return a number with the name of a variable replaced by what the variable is. Raises as ``support``."""
    variable = variables[number] if isinstance(number, str) else number
    if isinstance(variable, Hsv | Rgb | Palette):
        raise TypeError(f"variable '{number}' must be a number, got a colour")
    return variable


def possible_values(choice: Choice) -> list[float]:
    """Return the values of a choice whose weight is above 0."""
    if isinstance(choice.choice, WeightedNumbers):
        pairs = zip(choice.choice.values, choice.choice.weights, strict=True)
        return [value for value, weight in pairs if weight > 0]
    return choice.choice
