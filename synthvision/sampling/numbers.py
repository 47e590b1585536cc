"""The numbers of a recipe: distributions, expressions, and variables of every scope, each under its name."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from synthvision.errors import FrameError, UsageError, did_you_mean
from synthvision.recipe.distributions import (
    Binomial,
    Choice,
    EasyHard,
    Hsv,
    Integers,
    Mixture,
    Number,
    Palette,
    Permutation,
    Poisson,
    Rgb,
    Schedule,
    SchedulePoints,
    ScopedVariable,
    Sequence,
    Temperature,
)
from synthvision.recipe.expressions import parse
from synthvision.sampling.frozen import Frozen
from synthvision.sampling.quantiles import Quantiles
from synthvision.sampling.shuffling import shuffled
from synthvision.sampling.streams import Uniforms
from synthvision.sampling.tables import Weights
from synthvision.scene import Vector

COLOUR_FORMS = (Hsv, Rgb, Palette, Temperature)
"""What makes a variable a colour."""

_COMPOSED = frozenset({Permutation, Sequence, Schedule, Mixture, EasyHard})
"""Asked for by type: ``isinstance`` is slow for pydantic's classes, and numbers are drawn by the hundred."""

_WHOLE = (Integers, Poisson, Binomial)


@dataclass(frozen=True)
class Scope:
    """The object or light that is drawn: ``name`` is ``<group>/<index>``, one of ``count``; ``slot`` of a material."""

    name: str
    index: int
    count: int
    slot: str | None = None


@dataclass(frozen=True)
class NumberDraws:
    """The random numbers of one attempt at one frame.

    Attributes:
        frame_index: of the scene, where it has several cameras.
        variables: those of the frame, already drawn (numbers, or linear RGB).
        difficulty: 0 … 1, already drawn.
        scoped: variables that each object or part has of its own.
        frozen: factors that are held; None for none.
        scope: the object that is drawn; None for what belongs to the frame.
        quantiles: a cache and nothing else.
    """

    streams: Uniforms
    frame_index: int
    attempt: int = 0
    variables: Mapping[str, float | Vector] = field(default_factory=dict)
    difficulty: float = 0.5
    scoped: Mapping[str, ScopedVariable] = field(default_factory=dict)
    frozen: Frozen | None = None
    scope: Scope | None = None
    quantiles: Quantiles = field(default_factory=Quantiles, compare=False, repr=False)

    def within(self, object_name: str, *, index: int, count: int) -> Self:
        """Return the draws of one object, or light: with its ``index``, ``count`` and variables of scope object.

        Names stay as they are: ``object_name`` is what they begin with, as ``mug/0`` or ``lights/sun/0``.
        """
        return replace(self, scope=Scope(object_name, index, count))

    def part(self, slot: str) -> Self:
        """Return the draws of one material slot of the object; ``UsageError`` outside an object."""
        if self.scope is None:
            raise UsageError(f"{slot}: a material slot must be of an object, got one outside")
        return replace(self, scope=replace(self.scope, slot=slot))

    def uniform(self, name: str) -> float:
        """Return the value of a name, in (0, 1)."""
        if self.frozen is not None:
            return self.frozen.uniform(self.streams, name, self.frame_index, self.attempt)
        return self.streams.uniform(name, self.frame_index, self.attempt)

    def number(self, declared: Number, name: str) -> float:
        """Draw a number; one that is constant or an expression has no stream."""
        if isinstance(declared, int | float):
            return float(declared)
        if isinstance(declared, str):
            return self._expression(declared, name)
        if type(declared) in _COMPOSED:
            return self._composed(declared, name, None)
        return self.quantiles.at(declared, self.uniform(name))

    def positive(self, declared: Number, name: str) -> float:
        """Draw a number that must be above 0; ``FrameError`` if it is not."""
        value = self.number(declared, name)
        if value <= 0:
            raise FrameError(f"frame {self.frame_index}: {name} must be above 0, got {value:g}")
        return value

    def not_negative(self, declared: Number, name: str) -> float:
        """Draw a number that must be 0 or above; ``FrameError`` if it is not."""
        value = self.number(declared, name)
        if value < 0:
            raise FrameError(f"frame {self.frame_index}: {name} must be 0 or above, got {value:g}")
        return value

    def count(self, declared: Number, name: str) -> int:
        """Draw how many: the number rounded to the nearest integer, never below 0."""
        return max(_nearest(self.number(declared, name)), 0)

    def holds(self, when: str | None, name: str = "when") -> bool:
        """Say whether a condition of the recipe holds; no condition does. ``name`` is where it stands, for messages."""
        return when is None or self._expression(when, name) != 0

    def _from(self, declared: Number, name: str, u: float) -> float:
        """Draw a number whose uniform value is known already, since it is a part of another's."""
        if isinstance(declared, int | float | str):
            return self.number(declared, name)
        return self._composed(declared, name, u) if type(declared) in _COMPOSED else self.quantiles.at(declared, u)

    def _composed(self, declared: Any, name: str, known: float | None) -> float:
        match declared:
            case Sequence(sequence=values):
                return values[self._frame(name) % len(values)]
            case Schedule(schedule=points):
                return _on_line(points, self._frame(name))
            case Permutation(permutation=values):
                return values[self._dealt(len(values), name)]
        u = self.uniform(name) if known is None else known
        if isinstance(declared, Mixture):
            part, rest = Weights([part.weight for part in declared.mixture]).split(u)
            return self._from(declared.mixture[part].of, name, rest)
        easy, hard = self._from(declared.easy, name, u), self._from(declared.hard, name, u)
        value = easy + (hard - easy) * self.difficulty
        return float(_nearest(value)) if _counts(declared) else value

    def _frame(self, name: str) -> int:
        """Return the frame that counts in a sequence, a schedule or an expression: the first for what is held."""
        return 0 if self.frozen is not None and self.frozen.holds(name) else self.frame_index

    def _dealt(self, count: int, name: str) -> int:
        """Return which of shuffled values a name is dealt: by its index in the group, or any where it has none."""
        scope = self.scope
        if scope is None or not name.startswith(f"{scope.name}/"):
            return min(int(self.uniform(name) * count), count - 1)
        deal, place = divmod(scope.index, count)
        stream = f"{scope.name.rpartition('/')[0]}{name[len(scope.name) :]}/deal/{deal}"
        return shuffled(count, int(self.uniform(stream) * (1 << 52)))[place]

    def _expression(self, text: str, name: str) -> float:
        value = self.variables.get(text)
        if isinstance(value, float):
            return value
        expression = parse(text)
        try:
            return expression.evaluate({used: self._named(used, name) for used in expression.names})
        except FrameError as error:
            raise FrameError(f"frame {self.frame_index}: {name}: {error}") from None

    def _named(self, variable: str, name: str) -> float:
        """Return the value of a name in an expression."""
        match variable:
            case "difficulty":
                return self.difficulty
            case "frame":
                return float(self._frame(name))
            case "index" | "count":
                if self.scope is None:
                    raise UsageError(f"{name}: {variable} must be used by an object or light, got it outside")
                return float(self.scope.index if variable == "index" else self.scope.count)
        if variable in self.scoped:
            return self._scoped_number(variable, name)
        value = self._of_frame(variable, name)
        if isinstance(value, tuple):
            raise UsageError(_no_number(variable, name))
        return value

    def _scoped_number(self, variable: str, name: str) -> float:
        declared = self.scoped[variable].of
        if isinstance(declared, COLOUR_FORMS):
            raise UsageError(_no_number(variable, name))
        return self.number(declared, self.address(variable, name))

    def _of_frame(self, variable: str, name: str) -> float | Vector:
        if variable not in self.variables:
            near = did_you_mean(variable, [*self.variables, *self.scoped])
            raise UsageError(f"{name}: variable must be an entry of variables, got '{variable}'{near}")
        return self.variables[variable]

    def address(self, variable: str, name: str) -> str:
        """Return the stream of a variable of an object or part: one for all that the object draws.

        ``UsageError`` where what is drawn, ``name``, is of none.
        """
        is_part = self.scoped[variable].scope == "part"
        if self.scope is None or (is_part and self.scope.slot is None):
            owner = "a material slot" if is_part else "an object or light"
            raise UsageError(f"{name}: variable '{variable}' must be used by {owner}, got it outside")
        owner = f"{self.scope.name}/{self.scope.slot}" if is_part else self.scope.name
        return f"{owner}/variables/{variable}"


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _counts(declared: EasyHard) -> bool:
    """Say whether an easy and a hard form are of something counted: both whole, and one of them drawn as a count."""
    forms = (declared.easy, declared.hard)
    return any(isinstance(form, _WHOLE) for form in forms) and all(_is_whole(form) for form in forms)


def _is_whole(form: Number) -> bool:
    if isinstance(form, Choice):
        values = form.choice if isinstance(form.choice, list) else form.choice.values
        return all(float(value).is_integer() for value in values)
    return isinstance(form, _WHOLE) or (isinstance(form, int | float) and float(form).is_integer())


def _on_line(points: SchedulePoints, frame: int) -> float:
    """Return the value at a frame of a line through points, level outside them."""
    place = bisect_right(points.frames, frame)
    if place in {0, len(points.frames)}:
        return points.values[0 if place == 0 else -1]
    first, last = points.frames[place - 1], points.frames[place]
    low, high = points.values[place - 1], points.values[place]
    return low + (high - low) * (frame - first) / (last - first)


def _no_number(variable: str, name: str) -> str:
    return f"{name}: variable '{variable}' must be a number, got a colour"
