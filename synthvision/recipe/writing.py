"""A recipe as text again, and its identity."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from synthvision.recipe.catalog_names import catalog_names
from synthvision.recipe.legal import Section
from synthvision.recipe.model import Material, Recipe, Things
from synthvision.recipe.names import matching_files, matching_paths
from synthvision.recipe.scalars import plain_scalar
from synthvision.recipe.things import Scattered

_WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_LARGEST_EXACT = 2**53


def recipe_yaml(recipe: Recipe) -> str:
    """Return a recipe as YAML with every default written out; the same text for equal recipes.

    ``recipe_from_text`` makes an equal recipe of it. File names stay as they are: relative to the recipe's folder.
    """
    entries = resolved_recipe(recipe).items()
    return "".join(line + "\n" for key, value in entries for line in _entry(f"{_text(key)}:", value, 0))


def resolved_recipe(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain data with every default written out, in the order of the model."""
    return _resolved_section(recipe)


def recipe_hash(recipe: Recipe) -> str:
    """Return the SHA-256 (hex) of a recipe: of its resolved data, in canonical JSON, and of every file it names.

    A recipe whose models or textures have changed is another recipe. Raises AssetError for files that cannot be read.
    """
    content = {"recipe": resolved_recipe(recipe), "files": file_hashes(recipe)}
    canonical = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def file_hashes(recipe: Recipe) -> dict[str, str]:
    """Return the SHA-256 of every file that a recipe names, by its path in the recipe, sorted.

    The hash of a model covers the materials and textures it refers to.
    """
    from synthvision.assets import asset_file, texture_file  # noqa: PLC0415 (the schema needs no mesh libraries)

    hashes: dict[str, str] = {}
    for group in (*recipe.objects, *recipe.distractors):
        for path in matching_files(recipe, group):
            hashes[path] = asset_file(path, recipe.folder, group.unit_m, group.up).sha256
    for path in _image_files(recipe):
        hashes[path] = texture_file(path, recipe.folder).sha256
    return dict(sorted(hashes.items()))


def _image_files(recipe: Recipe) -> list[str]:
    catalog = catalog_names()
    world = recipe.world
    names = [name for name in _listed(world.hdri) if name not in catalog.environments]
    names += [name for name in _texture_names(recipe) if name not in catalog.textures]
    names += [*_listed(world.backdrop), *_density_names(recipe)]
    return [path for name in names for path in matching_paths(recipe.folder, name)]


def _things(recipe: Recipe) -> list[Things]:
    return [*recipe.objects, *recipe.distractors]


def _texture_names(recipe: Recipe) -> list[str]:
    overrides: list[Material | list[Material] | None] = [thing.material for thing in _things(recipe)]
    overrides += [recipe.ground.material] if recipe.ground else []
    materials = [one for override in overrides for one in (override if isinstance(override, list) else [override])]
    names = [name for material in materials if material is not None for name in _listed(material.texture)]
    return [*names, *(name for thing in _things(recipe) for decal in thing.decals for name in _listed(decal.texture))]


def _density_names(recipe: Recipe) -> list[str]:
    scattered = [thing.place.scatter for thing in _things(recipe) if isinstance(thing.place, Scattered)]
    return [scatter.density for scatter in scattered if scatter.density is not None]


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _resolved_section(section: Section) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if value is not None or field.default is not None:
            data[field.alias or name] = _resolved(value)
    return data


def _resolved(value: Any) -> Any:
    if isinstance(value, Section):
        return _resolved_section(value)
    if isinstance(value, list | tuple):
        return [_resolved(item) for item in value]
    return {key: _resolved(item) for key, item in value.items()} if isinstance(value, dict) else value


def _entry(head: str, value: Any, indent: int) -> list[str]:
    """Return the lines of ``head`` and its value: on one line where there is room, else in blocks."""
    line = f"{' ' * indent}{head} {_flow(value)}"
    sections = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    if not value or not isinstance(value, dict | list) or (len(line) <= _WIDTH and not sections):
        return [line]
    if isinstance(value, dict):
        inner = [line for key, item in value.items() for line in _entry(f"{_text(key)}:", item, indent + 2)]
        return [f"{' ' * indent}{head}", *inner]
    return [f"{' ' * indent}{head}", *(line for item in value for line in _item(item, indent + 2))]


def _item(value: Any, indent: int) -> list[str]:
    """Return the lines of a list's entry; a mapping begins on the line of its dash."""
    line = f"{' ' * indent}- {_flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, dict):
        return [line]
    lines = [line for key, item in value.items() for line in _entry(f"{_text(key)}:", item, indent + 2)]
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _number(value)


def _text(text: str) -> str:
    """Return a text as a scalar that reads back as that text; quotes are JSON's, which YAML shares."""
    return text if _PLAIN.fullmatch(text) and plain_scalar(text) == text else json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    is_short = float(value).is_integer() and abs(value) < _LARGEST_EXACT and str(value) != "-0.0"
    return str(int(value)) if is_short else repr(value)
