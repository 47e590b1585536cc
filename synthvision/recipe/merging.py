"""How two sources become one: plain data are merged, and every key and value keeps the mark of where it was written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from synthvision.recipe.declared import Annotation, at_key, branch, is_optional, known_keys_of, recipe_annotation
from synthvision.recipe.names import written_group_names, written_light_names
from synthvision.recipe.source import KeyPath, Mark, Source

JOINED_LISTS = ("categories", "correlations", "objects", "distractors", "lights", "randomizers", "require")
"""Lists of a fragment that stand before the recipe's own."""

NAMED_LISTS = ("objects", "distractors", "lights")
"""Lists of a recipe that is extended whose entries are met by name."""


def merged(base: Source, top: Source, own: Collection[str]) -> Source:
    """Return ``base`` with what ``top`` says over it.

    Of the lists that fragments have, those in ``own`` take the place of the base's, and the others come after them.
    """
    return _merge(base, top, partial(_lists_over, own=own))


def joined(fragment: Source, own: Source) -> Source:
    """Return ``fragment`` with what ``own`` says over it, and its lists before those of ``own``."""
    return _merge(fragment, own, _lists_before)


ListMerge = Callable[["_Merge", KeyPath, "_Found", "_Found"], Any]


@dataclass(frozen=True)
class _Found:
    """A value of a source."""

    source: Source
    path: KeyPath

    @property
    def data(self) -> Any:
        return self.source.at(self.path)

    def below(self, step: str | int) -> _Found:
        return _Found(self.source, (*self.path, step))


@dataclass
class _Merge:
    """Collects the marks of what is merged, by their new paths."""

    lists: ListMerge
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)

    def copied(self, path: KeyPath, found: _Found) -> Any:
        """Return a value with all below it as it is."""
        self.mark(path, found)
        data = found.data
        if isinstance(data, dict):
            return {key: self.copied((*path, key), found.below(key)) for key in data}
        if isinstance(data, list):
            return [self.copied((*path, index), found.below(index)) for index in range(len(data))]
        return data

    def merged(self, path: KeyPath, base: _Found, top: _Found, annotation: Annotation) -> Any:
        """Return the value at ``path`` where both have one."""
        if isinstance(base.data, list) and isinstance(top.data, list) and path[:1] in _JOINED and len(path) == 1:
            return self.lists(self, path, base, top)
        if not isinstance(base.data, dict) or not isinstance(top.data, dict):
            return self.copied(path, top)
        form = branch(annotation, base.data)
        if _is_other_form(annotation, base.data, top.data):
            return self.copied(path, top)
        return self._mapping(path, base, top, form)

    def _mapping(self, path: KeyPath, base: _Found, top: _Found, annotation: Annotation) -> dict[str, Any]:
        self.mark(path, top)
        data: dict[str, Any] = {}
        for key in dict.fromkeys((*base.data, *top.data)):
            below = at_key(annotation, key)
            if key not in top.data:
                data[key] = self.copied((*path, key), base.below(key))
            elif key not in base.data:
                data[key] = self.copied((*path, key), top.below(key))
            elif top.data[key] is not None or is_optional(below):
                data[key] = self.merged((*path, key), base.below(key), top.below(key), below)
        return data

    def mark(self, path: KeyPath, found: _Found) -> None:
        """Keep where the value at ``path`` was written."""
        self.values[path] = found.source.values.get(found.path, found.source.origin)
        if found.path in found.source.keys:
            self.keys[path] = found.source.keys[found.path]


_JOINED = frozenset((name,) for name in JOINED_LISTS)


def _merge(base: Source, top: Source, lists: ListMerge) -> Source:
    merge = _Merge(lists)
    faults = tuple(dict.fromkeys((*base.faults, *top.faults)))
    if not isinstance(top.data, dict) or not isinstance(base.data, dict):
        return Source(top.data, top.origin, top.values, top.keys, faults)
    data = merge.merged((), _Found(base, ()), _Found(top, ()), recipe_annotation())
    return Source(data, top.origin, merge.values, merge.keys, faults)


def _lists_before(merge: _Merge, path: KeyPath, base: _Found, top: _Found) -> list[Any]:
    merge.mark(path, top)
    entries = [*map(base.below, range(len(base.data))), *map(top.below, range(len(top.data)))]
    return [merge.copied((*path, index), entry) for index, entry in enumerate(entries)]


def _lists_over(merge: _Merge, path: KeyPath, base: _Found, top: _Found, own: Collection[str]) -> list[Any]:
    if path[0] not in NAMED_LISTS:
        return list(merge.copied(path, top)) if path[0] in own else _lists_before(merge, path, base, top)
    merge.mark(path, top)
    names = _names(path, base)
    added = [top.below(index) for index, entry in enumerate(top.data) if _name(entry) not in names]
    changes = {_name(entry): top.below(index) for index, entry in enumerate(top.data) if _name(entry) in names}
    entry_annotation = at_key(at_key(recipe_annotation(), str(path[0])), 0)
    data = [
        merge.merged((*path, index), base.below(index), changes[name], entry_annotation)
        if name in changes
        else merge.copied((*path, index), base.below(index))
        for index, name in enumerate(names)
    ]
    return [*data, *(merge.copied((*path, index), entry) for index, entry in enumerate(added, len(names)))]


def _names(path: KeyPath, base: _Found) -> tuple[str, ...]:
    """Return the name of each entry of a list of the recipe that is extended."""
    if path[0] == "lights":
        return written_light_names(base.data)
    objects = base.source.at(("objects",)) if path[0] == "distractors" else []
    before = objects if isinstance(objects, list) else []
    return written_group_names([*before, *base.data])[len(before) :]


def _name(entry: Any) -> str | None:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def _is_other_form(annotation: Annotation, base: Mapping[str, Any], top: Mapping[str, Any]) -> bool:
    """Say whether ``top`` is of another form than ``base``, and not only some keys that its form has as well."""
    own, other = branch(annotation, base), branch(annotation, top)
    if other is None or own is other:
        return False
    return "type" in top or not set(top) <= set(known_keys_of(own))
