"""What an expression is made of. Each node knows its value, the span of its values, and whether they are whole."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from synthvision.recipe.expressions import intervals
from synthvision.recipe.expressions.intervals import Span


def _power(base: float, exponent: float) -> float:
    if base < 0 and not exponent.is_integer():
        raise ValueError("a negative number to a fractional power")
    return float(base**exponent)


_WHOLE_OF_WHOLE = frozenset({"+", "-", "*", "%"})
_ALWAYS_WHOLE = frozenset({"//", "<", "<=", ">", ">=", "==", "!="})
_APPLY: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Node:
    """A part of an expression."""

    def names(self) -> frozenset[str]:
        """Return the names in it."""
        raise NotImplementedError

    def value(self, values: Mapping[str, float]) -> float:
        """Return its value; ZeroDivisionError, OverflowError or ValueError where there is none."""
        raise NotImplementedError

    def span(self, spans: Mapping[str, Span]) -> Span:
        """Return an interval that holds its values, given those of its names."""
        raise NotImplementedError

    def is_whole(self, whole: Collection[str]) -> bool:
        """Say whether its values are surely whole, given the names whose values are."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Node):
    """A number."""

    number: float

    def names(self) -> frozenset[str]:
        return frozenset()

    def value(self, values: Mapping[str, float]) -> float:  # noqa: ARG002 (a constant needs none)
        return self.number

    def span(self, spans: Mapping[str, Span]) -> Span:  # noqa: ARG002 (as above)
        return self.number, self.number

    def is_whole(self, whole: Collection[str]) -> bool:  # noqa: ARG002 (as above)
        return self.number.is_integer()


@dataclass(frozen=True)
class Named(Node):
    """A name."""

    name: str

    def names(self) -> frozenset[str]:
        return frozenset({self.name})

    def value(self, values: Mapping[str, float]) -> float:
        return float(values[self.name])

    def span(self, spans: Mapping[str, Span]) -> Span:
        return spans[self.name]

    def is_whole(self, whole: Collection[str]) -> bool:
        return self.name in whole


@dataclass(frozen=True)
class Negated(Node):
    """``-inner``."""

    inner: Node

    def names(self) -> frozenset[str]:
        return self.inner.names()

    def value(self, values: Mapping[str, float]) -> float:
        return -self.inner.value(values)

    def span(self, spans: Mapping[str, Span]) -> Span:
        return intervals.negate(self.inner.span(spans))

    def is_whole(self, whole: Collection[str]) -> bool:
        return self.inner.is_whole(whole)


@dataclass(frozen=True)
class Operation(Node):
    """Two values joined by a sign: arithmetic or a comparison."""

    sign: str
    left: Node
    right: Node

    def names(self) -> frozenset[str]:
        return self.left.names() | self.right.names()

    def value(self, values: Mapping[str, float]) -> float:
        return float(_APPLY[self.sign](self.left.value(values), self.right.value(values)))

    def span(self, spans: Mapping[str, Span]) -> Span:
        return intervals.ARITHMETIC[self.sign](self.left.span(spans), self.right.span(spans))

    def is_whole(self, whole: Collection[str]) -> bool:
        if self.sign in _ALWAYS_WHOLE:
            return True
        if not (self.left.is_whole(whole) and self.right.is_whole(whole)):
            return False
        is_power = self.sign == "**" and isinstance(self.right, Constant)  # a negative exponent is a Negated
        return is_power or self.sign in _WHOLE_OF_WHOLE


@dataclass(frozen=True)
class Not(Node):
    """``not inner``."""

    inner: Node

    def names(self) -> frozenset[str]:
        return self.inner.names()

    def value(self, values: Mapping[str, float]) -> float:
        return float(self.inner.value(values) == 0)

    def span(self, spans: Mapping[str, Span]) -> Span:
        return intervals.opposite(self.inner.span(spans))

    def is_whole(self, whole: Collection[str]) -> bool:  # noqa: ARG002 (0 or 1)
        return True


@dataclass(frozen=True)
class Both(Node):
    """``left and right``, 0 or 1; the right side is left alone where the left one decides."""

    left: Node
    right: Node

    def names(self) -> frozenset[str]:
        return self.left.names() | self.right.names()

    def value(self, values: Mapping[str, float]) -> float:
        return float(self.left.value(values) != 0 and self.right.value(values) != 0)

    def span(self, spans: Mapping[str, Span]) -> Span:
        left, right = intervals.truth(self.left.span(spans)), intervals.truth(self.right.span(spans))
        return min(left[0], right[0]), min(left[1], right[1])

    def is_whole(self, whole: Collection[str]) -> bool:  # noqa: ARG002 (0 or 1)
        return True


@dataclass(frozen=True)
class Selection(Node):
    """``chosen if condition else other``; what is not chosen is left alone."""

    chosen: Node
    condition: Node
    other: Node

    def names(self) -> frozenset[str]:
        return self.chosen.names() | self.condition.names() | self.other.names()

    def value(self, values: Mapping[str, float]) -> float:
        return (self.chosen if self.condition.value(values) != 0 else self.other).value(values)

    def span(self, spans: Mapping[str, Span]) -> Span:
        condition = intervals.truth(self.condition.span(spans))
        if condition == intervals.EITHER:
            return intervals.union(self.chosen.span(spans), self.other.span(spans))
        return (self.chosen if condition == intervals.TRUE else self.other).span(spans)

    def is_whole(self, whole: Collection[str]) -> bool:
        return self.chosen.is_whole(whole) and self.other.is_whole(whole)


def either(left: Node, right: Node) -> Node:
    """``left or right``, 0 or 1, by De Morgan's rule."""
    return Not(Both(Not(left), Not(right)))
