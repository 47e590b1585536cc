"""``--set key.path=value``: changes to the plain data of a recipe, before it is read."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from synthvision.errors import Fault, RecipeError, did_you_mean
from synthvision.recipe.composition import EXTENDS, INCLUDE
from synthvision.recipe.names import written_group_names, written_light_names
from synthvision.recipe.reading import read_yaml
from synthvision.recipe.source import KeyPath, Mark, Source, has_step, path_text, shown

_MOST_SHOWN = 20
_OF_FILES = (EXTENDS, INCLUDE)
_STEP = re.compile(r"(?P<key>[^.\[\]]+)(?P<indices>(?:\[[0-9]{1,9}\])*)")


class _Refused(Exception):  # noqa: N818 (it never leaves this module)
    def __init__(self, path: KeyPath, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def with_overrides(source: Source, overrides: Sequence[str]) -> Source:
    """Return the source with each override applied in turn; what cannot be applied joins its ``faults``.

    In a list, an entry is named by its index (``objects[0].count``) or its name (``objects.mug.count``). Sections that
    are not there yet are made. Faults in a value are placed at ``--set key.path=value:line:column``.
    """
    for override in overrides:
        source = _applied(source, override)
    return source


def _applied(source: Source, override: str) -> Source:
    label = f"--set {override}"
    key, equals, text = override.partition("=")
    if not equals:
        message = f"override must be key.path=value, got {shown(override)}"
        return _with_faults(source, [Source(None, Mark(label)).fault((), message)])
    try:
        value = read_yaml(text, label)
        path = _path(source.data, _steps(key))
        data = _with_value(source.data, path, value.data)
    except RecipeError as error:
        return _with_faults(source, error.faults)
    except _Refused as refused:
        return _with_faults(source, [Source(None, Mark(label)).fault(refused.path, refused.message)])
    values = {old: mark for old, mark in source.values.items() if old[: len(path)] != path}
    keys = {old: mark for old, mark in source.keys.items() if old[: len(path)] != path}
    values |= {(*path, *below): mark for below, mark in value.values.items()}
    keys |= {(*path, *below): mark for below, mark in value.keys.items()}
    keys[path] = Mark(label)
    faults = [Fault(fault.file, fault.line, fault.column, path_text(path), fault.message) for fault in value.faults]
    return _with_faults(Source(data, source.origin, values, keys, source.faults), faults)


def _with_faults(source: Source, faults: Sequence[Fault]) -> Source:
    return Source(source.data, source.origin, source.values, source.keys, (*source.faults, *faults))


def _steps(key: str) -> KeyPath:
    steps: KeyPath = ()
    for part in key.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise _Refused((), f"override must begin with a key path like objects[0].count, got {shown(key)}")
        steps += (match["key"], *(int(index) for index in re.findall(r"[0-9]+", match["indices"])))
    if steps[0] in _OF_FILES:
        raise _Refused(steps[:1], f"{steps[0]} must be written in a recipe, got it in an override")
    return steps


def _path(data: Any, steps: KeyPath) -> KeyPath:
    """Return the key path with the names of list entries replaced by their indices."""
    path: KeyPath = ()
    value = data
    for step in steps:
        found = _index(data, path, value, step) if isinstance(value, list) and isinstance(step, str) else step
        path = (*path, found)
        value = value[found] if has_step(value, found) else None
    return path


def _index(data: Any, path: KeyPath, entries: list[Any], name: str) -> int:
    names = _entry_names(data, path, entries)
    if name in names:
        return names.index(name)
    known = f" or one of {', '.join(names[:_MOST_SHOWN])}" if names else ""
    message = f"entry must be an index, as in {path_text(path)}[0]{known}, got {shown(name)}{did_you_mean(name, names)}"
    raise _Refused((*path, name), message)


def _entry_names(data: Any, path: KeyPath, entries: list[Any]) -> tuple[str, ...]:
    objects = Source(data, Mark("")).at(("objects",))
    before = objects if isinstance(objects, list) else []
    if path == ("objects",):
        return written_group_names(entries)
    if path == ("distractors",):
        return written_group_names([*before, *entries])[len(before) :]
    return written_light_names(entries) if path == ("lights",) else ()


def _with_value(data: Any, path: KeyPath, value: Any) -> Any:
    """Return a copy of the data in which ``path`` leads to ``value``; mappings on the way are made."""
    changed = copy.deepcopy(data)
    parent = changed
    for place, step in enumerate(path):
        _check_step(parent, path[: place + 1])
        last = place == len(path) - 1
        if last:
            parent[step] = value
        elif isinstance(step, str) and parent.get(step) is None:
            parent[step] = {}
        parent = parent[step]
    return changed


def _check_step(parent: Any, path: KeyPath) -> None:
    step, above = path[-1], path_text(path[:-1]) or "recipe"
    if isinstance(step, str) and not isinstance(parent, dict):
        raise _Refused(path, f"{above} must be a mapping to have the key {shown(step)}, got {shown(parent)}")
    if isinstance(step, int) and not has_step(parent, step):
        entries = len(parent) if isinstance(parent, list) else 0
        raise _Refused(path, f"index must be below {entries}, the number of entries, got {step}")
