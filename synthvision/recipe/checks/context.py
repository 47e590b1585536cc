"""What every check sees: the sections that could be read, and the whole of what was written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from synthvision.errors import Fault
from synthvision.recipe.distributions import Number, ScopedVariable
from synthvision.recipe.legal import Section
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import written_group_names
from synthvision.recipe.roots import Roots
from synthvision.recipe.source import KeyPath, Source
from synthvision.recipe.supports import Span, Supports, without_scope
from synthvision.recipe.things import Things


@dataclass(frozen=True)
class Checked:
    """A recipe under check; ``kept`` and ``cut`` as in ``Shaped``."""

    recipe: Recipe
    source: Source
    kept: Mapping[str, tuple[int, ...]]
    cut: frozenset[KeyPath]
    roots: Roots

    def fault(self, path: KeyPath, message: str, *, at_key: bool = False) -> Fault:
        return self.source.fault(path, message, at_key=at_key)

    def written(self, name: str) -> list[Any]:
        """Return a list of sections as it was written, faults and all."""
        value = self.source.at((name,))
        return value if isinstance(value, list) else []

    @cached_property
    def sections(self) -> tuple[tuple[KeyPath, Section], ...]:
        """Every section of the recipe, outer ones first, with its key path in the file."""
        return tuple(self._inner(self.recipe, ()))

    @cached_property
    def written_variables(self) -> tuple[str, ...]:
        """Names of all variables in their order, those with faults as well."""
        value = self.source.at(("variables",))
        return tuple(value) if isinstance(value, dict) else ()

    @cached_property
    def variables(self) -> tuple[tuple[KeyPath, Any], ...]:
        """Key path and declaration of every variable, without its scope."""
        scoped = ((name, isinstance(one, ScopedVariable), one) for name, one in self.recipe.variables.items())
        return tuple(
            (("variables", name, "of") if is_scoped else ("variables", name), without_scope(one))
            for name, is_scoped, one in scoped
        )

    @cached_property
    def supports(self) -> Supports:
        """What the names in expressions stand for."""
        alone = Supports(self.recipe.variables)
        difficulty = _span(alone, self.recipe.difficulty) or (0.0, 1.0)
        is_legal = difficulty[0] >= 0 and difficulty[1] <= 1
        return Supports(self.recipe.variables, difficulty if is_legal else (0.0, 1.0))

    def span(self, number: Number) -> Span | None:
        """Return between which values a number lies; None where what it names or reads has faults of its own."""
        return _span(self.supports, number)

    @cached_property
    def groups(self) -> tuple[tuple[KeyPath, str, Things], ...]:
        """Key path, name and section of every group of objects and distractors."""
        objects = self.written("objects")
        names = written_group_names([*objects, *self.written("distractors")])
        offsets = {"objects": 0, "distractors": len(objects)}
        found = [(path, section) for path, section in self.sections if isinstance(section, Things)]
        return tuple((path, names[offsets[str(path[0])] + int(path[1])], thing) for path, thing in found)

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Names of all groups, those with faults as well."""
        return written_group_names([*self.written("objects"), *self.written("distractors")])

    @cached_property
    def has_all_counts(self) -> bool:
        """Whether no group of objects, and no group's count or category, had to be left out."""
        return not any(path[0] == "objects" and path[2:3] in {(), ("count",), ("category",)} for path in self.cut)

    def _inner(self, value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Section]]:
        if isinstance(value, Section):
            yield path, value
            for name, field in type(value).model_fields.items():
                yield from self._inner(getattr(value, name), (*path, field.alias or name))
        elif isinstance(value, list | tuple):
            every = range(len(value))
            indices = self.kept.get(str(path[0]), every) if len(path) == 1 else every
            for index, item in zip(indices, value, strict=False):
                yield from self._inner(item, (*path, index))
        elif isinstance(value, dict):
            for key, item in cast("dict[str, Any]", value).items():
                yield from self._inner(item, (*path, key))


def _span(supports: Supports, number: Number) -> Span | None:
    try:
        span = supports.span(number)
    except (KeyError, TypeError):  # a name that is unknown, or a colour
        return None
    return None if math.isnan(span[0]) or math.isnan(span[1]) else span
