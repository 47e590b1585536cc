"""Shape of a recipe: plain data → ``Recipe``, and each of pydantic's complaints as one ``Fault``."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from synthvision.errors import Fault
from synthvision.recipe.declared import ErrorPath, is_tag
from synthvision.recipe.model import Recipe
from synthvision.recipe.source import KeyPath, Mark, Source, has_step
from synthvision.recipe.words import ShapeError, worded

SECTION_LISTS = (
    "categories",
    "correlations",
    "objects",
    "distractors",
    "lights",
    "camera",
    "randomizers",
    "require",
)
_REQUIRED: Mapping[str, Any] = {
    "version": 1,
    "name": "recipe",
    "categories": ["category"],
    "camera": {"position": {"at_m": [0, 0, 1]}},
}
_GONE = object()
_NO_MARK = Mark("")
_MOST_ROUNDS = 20


@dataclass(frozen=True)
class Shaped:
    """A recipe as far as it could be read, so that its names and files can be checked in the same go.

    Attributes:
        recipe: without the parts that have faults; ``None`` when nothing could be read.
        faults: of the shape.
        kept: for each list of sections, the place in the file of each of its entries.
        cut: the key paths that were left out.
    """

    recipe: Recipe | None
    faults: tuple[Fault, ...] = ()
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    cut: frozenset[KeyPath] = frozenset()


def shape(source: Source) -> Shaped:
    """Read the sections of a recipe."""
    read = _validated(source.data)
    if isinstance(read, Recipe):
        return Shaped(read, kept=_all_kept(read))
    errors = [_shape_error(error, source.data) for error in read]
    faults = tuple(dict.fromkeys(worded(error, source) for error in _folded(errors)))
    salvaged = _Salvage(copy.deepcopy(source.data)).recipe(errors) if isinstance(source.data, dict) else Shaped(None)
    return Shaped(salvaged.recipe, faults, salvaged.kept, salvaged.cut)


def _all_kept(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    lists = ((name, getattr(recipe, name)) for name in SECTION_LISTS)
    return {name: tuple(range(len(entries))) for name, entries in lists if isinstance(entries, list)}


def _validated(data: Any) -> Recipe | list[Any]:
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        return list(error.errors(include_url=False))


def _shape_error(error: Mapping[str, Any], data: Any) -> ShapeError:
    location: ErrorPath = error["loc"]
    at_key = bool(location) and location[-1] == "[key]"
    location = location[:-1] if at_key else location
    path = _key_path(location, data)
    return ShapeError(error["type"], path, location, error["input"], error["msg"], error.get("ctx", {}), at_key)


def _key_path(location: ErrorPath, data: Any) -> KeyPath:
    """Take the tags out of an error path; a last step that the data lack is what is missing there."""
    path: KeyPath = ()
    for step in location:
        if has_step(data, step):
            path, data = (*path, step), data[step]
        elif not is_tag(step) and isinstance(data, dict | list):
            return (*path, step)
    return path


def _folded(errors: Sequence[ShapeError]) -> list[ShapeError]:
    """Drop what is another error's echo: a key missing because it is misspelt, a list said to be short twice."""
    kept: list[ShapeError] = []
    for error in errors:
        siblings = [other for other in errors if other.parent == error.parent]
        misspelt = error.kind == "missing" and any(other.means(error) for other in siblings)
        again = error.is_short_list and any(other.is_short_list for other in kept if other.parent == error.parent)
        if not misspelt and not again:
            kept.append(error)
    return kept


class _Salvage:
    """Cuts out what is wrong, and what then is missing, until the rest is a recipe."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._cut: set[KeyPath] = set()

    def recipe(self, errors: Sequence[ShapeError]) -> Shaped:
        errors = self._renamed(errors)
        for _ in range(_MOST_ROUNDS):
            for error in errors:
                self._remove(error)
            kept, data = self._remaining()
            read = _validated(data)
            if isinstance(read, Recipe):
                return Shaped(read, (), kept, frozenset(self._cut))
            errors = [self._unfiltered(_shape_error(error, data), kept) for error in read]
        return Shaped(None)

    def _renamed(self, errors: Sequence[ShapeError]) -> list[ShapeError]:
        """Put what stands under a misspelt key where it belongs; returns the errors that are left."""
        left = list(errors)
        for missing in [error for error in errors if error.kind == "missing"]:
            misspelt = [error for error in left if error.parent == missing.parent and error.means(missing)]
            if misspelt:
                section = Source(self._data, _NO_MARK).at(missing.parent)
                section[missing.path[-1]] = section.pop(misspelt[0].path[-1])
                left = [error for error in left if error not in (missing, misspelt[0])]
        return left

    def _remove(self, error: ShapeError) -> None:
        path = error.path
        if error.kind == "missing":
            path = path[:-1] or path
        while path:
            parent = Source(self._data, _NO_MARK).at(path[:-1])
            if isinstance(path[-1], str) and isinstance(parent, dict):
                self._delete(parent, path)
                return
            if len(path) == 2 and path[0] in SECTION_LISTS and isinstance(parent, list):  # noqa: PLR2004 (an entry)
                parent[int(path[1])] = _GONE
                self._cut.add(path)
                return
            path = path[:-1]

    def _delete(self, parent: dict[str, Any], path: KeyPath) -> None:
        key = str(path[-1])
        parent.pop(key, None)
        self._cut.add(path)
        if len(path) == 1 and key in _REQUIRED:
            parent[key] = copy.deepcopy(_REQUIRED[key])

    def _remaining(self) -> tuple[dict[str, tuple[int, ...]], dict[str, Any]]:
        kept: dict[str, tuple[int, ...]] = {}
        data = dict(self._data)
        for name in SECTION_LISTS:
            entries = data.get(name, [])
            if isinstance(entries, list):
                kept[name] = tuple(index for index, entry in enumerate(entries) if entry is not _GONE)
                data[name] = [entries[index] for index in kept[name]]
        if not data["categories"]:
            data["categories"] = _REQUIRED["categories"]
        return kept, data

    @staticmethod
    def _unfiltered(error: ShapeError, kept: Mapping[str, tuple[int, ...]]) -> ShapeError:
        match error.path:
            case (str() as name, int() as index, *below) if name in kept:
                return error.moved((name, kept[name][index], *below))
            case _:
                return error
