"""Interval arithmetic: between which values the result of an operation lies.

Every function takes closed intervals ``(low, high)``, whose ends may be infinite, and returns one that holds the
result of the same operation on any finite numbers of them, as far as it has a finite result. Ends are computed with
the operation itself, which rounds monotonically (Moore, Kearfott, Cloud: Introduction to Interval Analysis, 2009).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

Span = tuple[float, float]
WHOLE_LINE: Span = (-math.inf, math.inf)
TRUE: Span = (1.0, 1.0)
FALSE: Span = (0.0, 0.0)
EITHER: Span = (0.0, 1.0)


def add(left: Span, right: Span) -> Span:
    """``left + right``."""
    return _span((left[0] + right[0], left[1] + right[1]))


def negate(value: Span) -> Span:
    """``-value``."""
    return -value[1], -value[0]


def subtract(left: Span, right: Span) -> Span:
    """``left - right``."""
    return add(left, negate(right))


def multiply(left: Span, right: Span) -> Span:
    """``left * right``; an end at 0 stays 0, however large the other side."""
    return _span(0.0 if 0.0 in {one, other} else one * other for one in left for other in right)


def divide(left: Span, right: Span) -> Span:
    """``left / right``."""
    if right[0] <= 0 <= right[1]:
        return _divide_around_zero(left, right)
    return _span(_quotient(one, other) for one in left for other in right)


def floor_divide(left: Span, right: Span) -> Span:
    """``left // right``."""
    if right[0] <= 0 <= right[1]:
        low, high = _divide_around_zero(left, right)
        return low if low < 0 else 0.0, high if high > 0 else 0.0
    return _span(one / other if math.isinf(one) else one // other for one in left for other in right)


def remainder(left: Span, right: Span) -> Span:
    """``left % right``, which has the sign of ``right``."""
    low, high = left
    if right[0] == right[1] and right[0] > 0 and not math.isinf(high - low):
        period = right[0]
        if high - low < period and low % period <= high % period:
            return low % period, high % period
    if low >= 0 and high < right[0]:
        return left
    if low >= 0 and right[0] >= 0:
        return 0.0, min(high, right[1])
    return min(right[0], 0.0), max(right[1], 0.0)


def power(base: Span, exponent: Span) -> Span:
    """``base ** exponent``; a negative base has whole exponents only."""
    if exponent[0] == exponent[1] and exponent[0].is_integer():
        return _whole_power(base, exponent[0])
    if base[0] < 0:
        if exponent[0] != exponent[1] or base[1] < 0:
            return WHOLE_LINE
        base = 0.0, base[1]
    return _span(_corner(one, other) for one in base for other in exponent)


def union(one: Span, other: Span) -> Span:
    """The least interval that holds both."""
    return min(one[0], other[0]), max(one[1], other[1])


def truth(value: Span) -> Span:
    """Whether ``value`` is other than 0."""
    if value == FALSE:
        return FALSE
    return EITHER if value[0] <= 0 <= value[1] else TRUE


def opposite(value: Span) -> Span:
    """``not value``."""
    low, high = truth(value)
    return 1.0 - high, 1.0 - low


def less(left: Span, right: Span) -> Span:
    """``left < right``."""
    if left[1] < right[0]:
        return TRUE
    return FALSE if left[0] >= right[1] else EITHER


def at_most(left: Span, right: Span) -> Span:
    """``left <= right``."""
    return opposite(less(right, left))


def equal(left: Span, right: Span) -> Span:
    """``left == right``."""
    if left == right and left[0] == left[1]:
        return TRUE
    return FALSE if left[1] < right[0] or right[1] < left[0] else EITHER


ARITHMETIC: Mapping[str, Callable[[Span, Span], Span]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": remainder,
    "**": power,
    "<": less,
    "<=": at_most,
    ">": lambda left, right: less(right, left),
    ">=": lambda left, right: at_most(right, left),
    "==": equal,
    "!=": lambda left, right: opposite(equal(left, right)),
}
"""The operation of each sign."""


def _span(ends: Iterable[float]) -> Span:
    ends = list(ends)
    if any(math.isnan(end) for end in ends):
        return WHOLE_LINE
    return min(ends), max(ends)


def _divide_around_zero(left: Span, right: Span) -> Span:
    """A quotient near 0 on one side only has a sign; else it can be anything."""
    if left[0] < 0 < left[1] or right[0] < 0 < right[1]:
        return WHOLE_LINE
    farthest = right[0] or right[1]
    is_open = farthest == 0 or math.isinf(farthest)
    least = 0.0 if is_open else min(abs(end) for end in left) / abs(farthest)
    is_negative = (left[0] < 0) != (right[0] < 0)
    return (-math.inf, -least) if is_negative else (least, math.inf)


def _quotient(one: float, other: float) -> float:
    return 0.0 if math.isinf(other) else one / other


def _whole_power(base: Span, exponent: float) -> Span:
    if exponent == 0:
        return TRUE
    has_zero = base[0] <= 0 <= base[1]
    is_even = exponent % 2 == 0
    if exponent < 0 and has_zero:
        return (0.0, math.inf) if is_even or base[0] >= 0 else WHOLE_LINE
    ends = [_corner(end, exponent) for end in base]
    return _span([*ends, 0.0] if is_even and has_zero else ends)


def _corner(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power
        return math.inf
