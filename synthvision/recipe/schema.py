"""JSON Schema of recipes, for editors and for ``docs/recipe_reference.md``."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from synthvision.recipe.composition import EXTENDS, INCLUDE
from synthvision.recipe.legal import Section
from synthvision.recipe.model import Recipe

_COMPOSITION: Mapping[str, Any] = {
    EXTENDS: {
        "type": "string",
        "minLength": 1,
        "description": "recipe that this one begins as: a file, or the name of a bundled recipe",
    },
    INCLUDE: {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "default": [],
        "description": "files with sections of recipes, whose lists stand before those written here",
    },
}
"""Keys of a recipe as it is written; a recipe that has been loaded is complete without them."""


def recipe_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of recipes as they are written, short forms included.

    What no schema can say, such as ``low <= high`` or that a name exists, is left to ``load_recipe``.
    ``x-legal`` says which values a number may take, whatever its distribution.
    """
    schema = Recipe.model_json_schema(by_alias=True, mode="validation")
    documentation = _documentation()
    definitions = [schema, *schema.get("$defs", {}).values()]
    for definition in definitions:
        texts = documentation.get(definition["title"], {})
        for key, value in definition.get("properties", {}).items():
            value.pop("title", None)
            value.update({"additionalProperties": False} if "patternProperties" in value else {})
            if key in texts:
                value["description"] = texts[key]
    whole = {**schema, "properties": {**_COMPOSITION, **schema["properties"]}, "title": "synthvision recipe"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_unless_composed(whole)}


def _unless_composed(schema: dict[str, Any]) -> dict[str, Any]:
    """Ask for the keys that a recipe must have only where it is not made of several files."""
    composed = {"anyOf": [{"required": [EXTENDS]}, {"required": [INCLUDE]}]}
    rest = {key: value for key, value in schema.items() if key != "required"}
    return {**rest, "if": {"not": composed}, "then": {"required": schema["required"]}}


def _documentation() -> Mapping[str, Mapping[str, str]]:
    """Return section → key → the text under the field in the source, inherited ones included."""
    sections = list(_sections(Section))
    modules = [sys.modules[name] for name in dict.fromkeys(section.__module__ for section in sections)]
    own = dict(pair for module in modules for pair in _documented_classes(module))
    return {
        one.__name__: {key: text for base in reversed(one.__mro__) for key, text in own.get(base.__name__, {}).items()}
        for one in sections
    }


def _sections(section: type[Section]) -> Iterator[type[Section]]:
    for one in section.__subclasses__():
        yield one
        yield from _sections(one)


def _documented_classes(module: ModuleType) -> Iterator[tuple[str, Mapping[str, str]]]:
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            yield node.name, dict(_documented_fields(node))


def _documented_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            text = below.value
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield field.target.id.rstrip("_"), text.value
