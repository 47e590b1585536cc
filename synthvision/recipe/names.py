"""Names that a recipe gives or implies, and the files that it means; streams and overrides are addressed by them."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthvision.object_stores import is_remote
from synthvision.recipe.cameras import Camera
from synthvision.recipe.model import LightBase, ObjectGroup, Recipe, Things

GROUND = "ground"
"""The name that no group may have, since things stand on it."""

DISTRACTOR = "distractor"

SIDES = ("left", "right")
"""What the views of a stereo pair are called, behind the camera's name."""

FACTORS = (
    "objects",
    "distractors",
    "materials",
    "lights",
    "world",
    "camera",
    "sensor",
    "ground",
    "variables",
    "difficulty",
)
"""Factors that every recipe has, for `freeze`."""


def group_names(things: Sequence[Things]) -> tuple[str, ...]:
    """Return one name for each group, all different.

    It is the ``name`` given; else the asset's name where there is exactly one; else the category
    (``distractor`` for distractors); with ``-2``, ``-3`` … from the second of a name on. Objects and distractors share
    one set of names: pass ``[*recipe.objects, *recipe.distractors]``.
    """
    defaults = [_default(thing.asset, thing.category if isinstance(thing, ObjectGroup) else None) for thing in things]
    return _all_different([thing.name for thing in things], defaults)


def light_names(lights: Sequence[LightBase]) -> tuple[str, ...]:
    """Return one name for each light, all different: the ``name`` given, else ``area``, ``area-2`` …"""
    return _all_different([light.name for light in lights], [str(getattr(light, "type", "light")) for light in lights])


def view_names(cameras: Sequence[Camera]) -> tuple[str, ...]:
    """Return one name for each image of a scene, camera by camera; empty for one camera without a name.

    A stereo pair makes two, ``left`` and ``right``, behind the camera's name where it has one: ``<camera>-left``.
    """
    return tuple(
        "-".join(part for part in (camera.name, side) if part)
        for camera in cameras
        for side in (SIDES if camera.stereo else ("",))
    )


def frames_per_scene(recipe: Recipe) -> int:
    """Return how many frames each scene has: one for each view of it, and for each mix of its light."""
    return len(view_names(recipe.cameras)) * mixes_per_view(recipe)


def mixes_per_view(recipe: Recipe) -> int:
    """Return how many frames each view has, one after the other."""
    return 1 if recipe.relit is None else recipe.relit.count


def written_group_names(entries: Sequence[Any]) -> tuple[str, ...]:
    """Return what ``group_names`` would, for groups as plain data that may have faults."""
    mappings = [entry if isinstance(entry, dict) else {} for entry in entries]
    defaults = [_default(entry.get("asset"), entry.get("category")) for entry in mappings]
    return _all_different([_text(entry.get("name")) for entry in mappings], defaults)


def written_light_names(entries: Sequence[Any]) -> tuple[str, ...]:
    """Return what ``light_names`` would, for lights as plain data that may have faults."""
    mappings = [entry if isinstance(entry, dict) else {} for entry in entries]
    defaults = [_text(entry.get("type")) or "light" for entry in mappings]
    return _all_different([_text(entry.get("name")) for entry in mappings], defaults)


def _default(asset: Any, category: Any) -> str:
    return _text(asset) or _text(category) or DISTRACTOR


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _all_different(given: Sequence[str | None], defaults: Sequence[str]) -> tuple[str, ...]:
    """Return the names given, and for the rest their default with the first suffix that is free."""
    taken = {GROUND, *(name for name in given if name is not None)}
    names: list[str] = []
    for name, default in zip(given, defaults, strict=True):
        free, number = name or default, 2
        while name is None and free in taken:
            free, number = f"{default}-{number}", number + 1
        taken.add(free)
        names.append(free)
    return tuple(names)


def matching_files(recipe: Recipe, group: Things) -> tuple[str, ...]:
    """Return the model files of a group, as ``matching_paths`` has them; none when it has no ``files``."""
    return () if group.files is None else matching_paths(recipe.folder, group.files)


def matching_paths(folder: Path, pattern: str) -> tuple[str, ...]:
    """Return the files that a pattern matches, sorted, as POSIX paths relative to ``folder``.

    ``*``, ``?``, ``[…]`` and ``**`` as in :mod:`glob`; hidden files only where the pattern names them. A pattern that
    is absolute gives absolute paths. A name without wildcards gives itself when there is such a file. Raises AssetError
    for a folder on an object store that does not answer.
    """
    if is_remote(folder / pattern):
        from synthvision.assets.remote import matching_remote  # noqa: PLC0415 (the schema needs no mesh libraries)

        return matching_remote(folder, pattern)
    if os.path.isfile(folder / pattern):  # noqa: PTH113 (Path.is_file raises for names that cannot be)
        return (Path(pattern).as_posix(),)
    found = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 (Path.glob refuses absolute patterns)
    files = (path for path in found if os.path.isfile(folder / path))  # noqa: PTH113 (as above)
    return tuple(sorted({Path(path).as_posix() for path in files}))
