"""Names must be unique, known and used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.names import GROUND, SIDES
from synthvision.recipe.source import KeyPath, has_step, shown
from synthvision.recipe.things import Decal, ObjectGroup


def reference_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with names and with what refers to them."""
    yield from _category_faults(checked)
    yield from _name_faults(checked)
    yield from _camera_faults(checked)
    splits = ((("splits", name), name) for name in checked.recipe.splits)
    yield from _twice(checked, splits, are_files=True)


def _category_faults(checked: Checked) -> Iterator[Fault]:
    names = written_categories(checked)
    yield from _twice(checked, ((_name_path(checked, index), name) for index, name in names.items()))
    for path, _, group in checked.groups:
        if isinstance(group, ObjectGroup):
            yield from unknown_category(checked, (*path, "category"), group.category)
    for path, section in checked.sections:
        if isinstance(section, Decal) and section.category is not None:
            yield from unknown_category(checked, (*path, "category"), section.category)
    if not _is_use_clear(checked):
        return
    used = [str(entry.get("category")) for entry in (*checked.written("objects"), *_written_decals(checked))]
    meant = [near for category in used for near in get_close_matches(category, names.values(), n=1)]
    kept = [index for index in checked.kept.get("categories", ()) if index in names]
    for index in kept:
        if names[index] not in {*used, *meant} and list(names.values()).index(names[index]) == index:
            message = f"category must be used by an object group or decal, got {shown(names[index])}, which none uses"
            yield checked.fault(_name_path(checked, index), message)


def _is_use_clear(checked: Checked) -> bool:
    """Say whether every object group names a category, so that one of them cannot be what seems unused."""
    written = checked.source.at(("objects",))
    entries = written if isinstance(written, list) else []
    is_list = isinstance(written, list) or not has_step(checked.source.data, "objects")
    return is_list and all(isinstance(entry, dict) and isinstance(entry.get("category"), str) for entry in entries)


def _written_decals(checked: Checked) -> Sequence[Mapping[str, Any]]:
    groups = [entry for name in ("objects", "distractors") for entry in checked.written(name)]
    lists = [group.get("decals") for group in groups if isinstance(group, dict)]
    return [decal for decals in lists if isinstance(decals, list) for decal in decals if isinstance(decal, dict)]


def written_categories(checked: Checked) -> Mapping[int, str]:
    """Return the name of each entry of ``categories``, by its index, as far as names are written there."""
    entries = (entry.get("name") if isinstance(entry, dict) else entry for entry in checked.written("categories"))
    return {index: entry for index, entry in enumerate(entries) if isinstance(entry, str)}


def unknown_category(checked: Checked, path: KeyPath, name: str, *, at_key: bool = False) -> Iterator[Fault]:
    """Yield the fault of naming a category that is not declared."""
    known = list(written_categories(checked).values())
    if known and name not in known:
        near = did_you_mean(name, known)
        yield checked.fault(path, f"category must be one of categories, got {shown(name)}{near}", at_key=at_key)


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


def _camera_faults(checked: Checked) -> Iterator[Fault]:
    written = checked.written("camera")
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in written]
    yield from _twice(checked, ((("camera", index, "name"), name) for index, name in enumerate(names)))
    if len(written) > 1:
        for index, entry in enumerate(written):
            if isinstance(entry, dict) and "name" not in entry:
                yield checked.fault(
                    ("camera", index), "name must be given where there are several cameras, got nothing"
                )
    yield from _view_faults(checked, written)


def _view_faults(checked: Checked, cameras: Sequence[Any]) -> Iterator[Fault]:
    """Yield a fault at every single camera that is called like one view of a stereo pair."""
    named = [(index, entry) for index, entry in enumerate(cameras) if isinstance(entry, dict)]
    pairs = {
        f"{entry['name']}-{side}": (index, entry["name"])
        for index, entry in reversed(named)
        if entry.get("stereo") is not None and isinstance(entry.get("name"), str)
        for side in SIDES
    }
    for index, entry in named:
        name = entry.get("name")
        if entry.get("stereo") is None and isinstance(name, str) and name in pairs:
            other, pair = pairs[name]
            fault = checked.fault(("camera", index, "name"), "")
            first = checked.fault(("camera", other, "name"), "")
            of_file = "" if first.file == fault.file else f" of {first.file}"
            where = f"'{pair}' (in line {first.line}{of_file})"
            message = f"name must be another than that of a view of the stereo pair {where}, got {shown(name)}"
            yield replace(fault, message=message)


def _twice(checked: Checked, named: Iterable[tuple[KeyPath, object]], *, are_files: bool = False) -> Iterator[Fault]:
    """Yield a fault at every second of a name; names of files are keys, and their case does not count."""
    first: dict[str, KeyPath] = {}
    for path, name in named:
        if not isinstance(name, str):
            continue
        same = name.casefold() if are_files else name
        if same in first:
            before = checked.fault(first[same], "", at_key=are_files)
            again = checked.fault(path, "", at_key=are_files)
            of_file = "" if before.file == again.file else f" of {before.file}"
            message = (
                f"name must be unique, got two of a name: {shown(name)} (the first in line {before.line}{of_file})"
            )
            yield replace(again, message=message)
        first.setdefault(same, path)
