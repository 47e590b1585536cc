"""From text to an expression, by recursive descent: one method for each level of precedence."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from synthvision.errors import FrameError
from synthvision.recipe.expressions.intervals import Span
from synthvision.recipe.expressions.tokens import Token, tokens
from synthvision.recipe.expressions.tree import Both, Constant, Named, Negated, Node, Not, Operation, Selection, either

DEEPEST = 30
"""Parentheses, signs and powers inside each other."""
MOST_OPERATIONS = 100
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Expression:
    """A parsed expression. Truth is 1, falsehood 0, and everything but 0 counts as true."""

    text: str
    root: Node = field(repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in it."""
        return self.root.names()

    def evaluate(self, values: Mapping[str, float]) -> float:
        """Return its value; ``values`` has one for each of ``names``.

        Raises:
            FrameError: where it has none: a division by zero, an overflow, a root of a negative number.
        """
        try:
            value = self.root.value(values)
        except ZeroDivisionError:
            raise self._no_value("a division by zero") from None
        except OverflowError:
            raise self._no_value("one too large") from None
        except ValueError as error:
            raise self._no_value(str(error)) from None
        if not math.isfinite(value):
            raise self._no_value("one too large")
        return value

    def bounds(self, spans: Mapping[str, Span]) -> Span:
        """Return the least and the greatest value it can have when each name has one within its span.

        By interval arithmetic: what is returned holds every value, but a name that stands twice in the text counts as
        two values (``x - x`` is not 0), so it may be wider than need be.
        """
        return self.root.span(spans)

    def is_whole(self, whole: Collection[str] = ()) -> bool:
        """Say whether all its values are surely whole; ``whole`` are the names whose values are."""
        return self.root.is_whole(whole)

    def _no_value(self, got: str) -> FrameError:
        return FrameError(f"expression '{self.text}' must be a finite number, got {got}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return the expression that a text stands for; ValueError, with the place, for text that is none."""
    return Expression(text, _Parser(tokens(text)).whole())


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, words: tuple[Token, ...]) -> None:
        self._words = words
        self._place = 0
        self._operations = 0
        self._depth = 0

    def whole(self) -> Node:
        root = self._selection()
        if self._next.kind != "end":
            raise ValueError(f"expression must go on with an operator or end, got {self._next}")
        return root

    @property
    def _next(self) -> Token:
        return self._words[self._place]

    def _accept(self, *texts: str) -> str | None:
        """Step over the next word if it is one of these; names and numbers never are."""
        word = self._next
        if word.kind not in {"operator", "keyword"} or word.text not in texts:
            return None
        self._place += 1
        return word.text

    def _counted(self, node: Node) -> Node:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise ValueError(f"expression must have at most {MOST_OPERATIONS} operations, got more")
        return node

    def _deeper(self, level: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"expression must be nested at most {DEEPEST} deep, got more")
        node = level()
        self._depth -= 1
        return node

    def _selection(self) -> Node:
        chosen = self._disjunction()
        if not self._accept("if"):
            return chosen
        condition = self._disjunction()
        if not self._accept("else"):
            raise ValueError(f"expression must have an else for its if, got {self._next}")
        return self._counted(Selection(chosen, condition, self._deeper(self._selection)))

    def _disjunction(self) -> Node:
        node = self._conjunction()
        while self._accept("or"):
            node = self._counted(either(node, self._conjunction()))
        return node

    def _conjunction(self) -> Node:
        node = self._negation()
        while self._accept("and"):
            node = self._counted(Both(node, self._negation()))
        return node

    def _negation(self) -> Node:
        if self._accept("not"):
            return self._counted(Not(self._deeper(self._negation)))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        sign = self._accept(*_COMPARISONS)
        if sign is None:
            return left
        node = self._counted(Operation(sign, left, self._sum()))
        if self._next.text in _COMPARISONS:
            raise ValueError(f"expression must have no chained comparison (write a < b and b < c), got {self._next}")
        return node

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._accept("+", "-"):
            node = self._counted(Operation(sign, node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._accept("*", "/", "//", "%"):
            node = self._counted(Operation(sign, node, self._signed()))
        return node

    def _signed(self) -> Node:
        if self._accept("-"):
            return self._counted(Negated(self._deeper(self._signed)))
        return self._power()

    def _power(self) -> Node:
        base = self._primary()
        if not self._accept("**"):
            return base
        return self._counted(Operation("**", base, self._deeper(self._signed)))

    def _primary(self) -> Node:
        word = self._next
        if self._accept("("):
            inner = self._deeper(self._selection)
            if not self._accept(")"):
                raise ValueError(f"expression must close its parenthesis, got {self._next}")
            return inner
        if word.kind not in {"number", "name"}:
            raise ValueError(f"expression must have a number or a name next, got {word}")
        self._place += 1
        return Constant(float(word.text)) if word.kind == "number" else Named(word.text)
