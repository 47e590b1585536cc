"""Names must be unique, known and used; what stands on what must lead to the ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.names import GROUND
from synthvision.recipe.source import KeyPath, has_step, shown
from synthvision.recipe.things import ObjectGroup, OnSurface


def reference_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with names and with what refers to them."""
    yield from _category_faults(checked)
    yield from _name_faults(checked)
    yield from _support_faults(checked)
    splits = ((("splits", name), name) for name in checked.recipe.splits)
    yield from _twice(checked, splits, are_files=True)


def _category_faults(checked: Checked) -> Iterator[Fault]:
    names = written_categories(checked)
    yield from _twice(checked, ((_name_path(checked, index), name) for index, name in names.items()))
    for path, _, group in checked.groups:
        if isinstance(group, ObjectGroup):
            yield from unknown_category(checked, (*path, "category"), group.category)
    if not _is_use_clear(checked):
        return
    used = [str(entry.get("category")) for entry in checked.written("objects")]
    meant = [near for category in used for near in get_close_matches(category, names.values(), n=1)]
    kept = [index for index in checked.kept.get("categories", ()) if index in names]
    for index in kept:
        if names[index] not in {*used, *meant} and list(names.values()).index(names[index]) == index:
            message = f"category must be used by an object group, got {shown(names[index])}, which none uses"
            yield checked.fault(_name_path(checked, index), message)


def _is_use_clear(checked: Checked) -> bool:
    """Say whether every object group names a category, so that one of them cannot be what seems unused."""
    written = checked.source.at(("objects",))
    entries = written if isinstance(written, list) else []
    is_list = isinstance(written, list) or not has_step(checked.source.data, "objects")
    return is_list and all(isinstance(entry, dict) and isinstance(entry.get("category"), str) for entry in entries)


def written_categories(checked: Checked) -> Mapping[int, str]:
    """Return the name of each entry of ``categories``, by its index, as far as names are written there."""
    entries = (entry.get("name") if isinstance(entry, dict) else entry for entry in checked.written("categories"))
    return {index: entry for index, entry in enumerate(entries) if isinstance(entry, str)}


def unknown_category(checked: Checked, path: KeyPath, name: str) -> Iterator[Fault]:
    """Yield the fault of naming a category that is not declared."""
    known = list(written_categories(checked).values())
    if known and name not in known:
        near = did_you_mean(name, known)
        yield checked.fault(path, f"category must be one of categories, got {shown(name)}{near}")


def _name_path(checked: Checked, index: int) -> KeyPath:
    path: KeyPath = ("categories", index)
    return (*path, "name") if isinstance(checked.source.at(path), dict) else path


def _name_faults(checked: Checked) -> Iterator[Fault]:
    groups = [
        ((name, index, "name"), entry.get("name"))
        for name in ("objects", "distractors")
        for index, entry in enumerate(checked.written(name))
        if isinstance(entry, dict)
    ]
    yield from _twice(checked, groups)
    for path, name in groups:
        if name == GROUND:
            yield checked.fault(path, f"name must be another than '{GROUND}', what things stand on, got '{GROUND}'")
    lights = enumerate(checked.written("lights"))
    yield from _twice(
        checked, ((("lights", index, "name"), entry.get("name")) for index, entry in lights if isinstance(entry, dict))
    )


def _twice(checked: Checked, named: Iterable[tuple[KeyPath, object]], *, are_files: bool = False) -> Iterator[Fault]:
    """Yield a fault at every second of a name; names of files are keys, and their case does not count."""
    first: dict[str, KeyPath] = {}
    for path, name in named:
        if not isinstance(name, str):
            continue
        same = name.casefold() if are_files else name
        if same in first:
            line = checked.source.fault(first[same], "", at_key=are_files).line
            message = f"name must be unique, got two of a name: {shown(name)} (the first in line {line})"
            yield checked.fault(path, message, at_key=are_files)
        first.setdefault(same, path)


def _support_faults(checked: Checked) -> Iterator[Fault]:
    standing = [
        (path, name, group.place.on) for path, name, group in checked.groups if isinstance(group.place, OnSurface)
    ]
    supports = {name: on for _, name, on in standing if on != GROUND}
    reported: set[str] = set()
    for path, name, on in standing:
        circle = _circle(name, supports)
        on_path: KeyPath = (*path, "place", "on")
        if on not in (GROUND, *checked.group_names):
            near = did_you_mean(on, (GROUND, *checked.group_names))
            rule = f"'{GROUND}' or the name of a group of objects"
            yield checked.fault(on_path, f"on must be {rule}, got {shown(on)}{near}")
        elif circle and not reported.intersection(circle):
            reported.update(circle)
            got = "itself" if len(circle) == 1 else f"a circle: {', '.join((*circle, circle[0]))}"
            yield checked.fault(on_path, f"on must lead to the ground, got {got}")


def _circle(name: str, supports: Mapping[str, str]) -> tuple[str, ...]:
    """Return the groups that stand on each other, beginning with ``name``, if it is one of them."""
    chain = [name]
    while (below := supports.get(chain[-1])) is not None and below not in chain:
        chain.append(below)
    return tuple(chain) if below == name else ()
