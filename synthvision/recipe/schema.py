"""JSON Schema of recipes, for editors and for ``docs/recipe_reference.md``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from synthvision.recipe import distributions, lights, model, rules, things
from synthvision.recipe.model import Recipe

_MODULES: tuple[ModuleType, ...] = (distributions, things, lights, rules, model)


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
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "synthvision recipe"}


def _documentation() -> Mapping[str, Mapping[str, str]]:
    """Return section → key → the text under the field in the source, inherited ones included."""
    own = dict(pair for module in _MODULES for pair in _documented_classes(module))
    classes = [vars(module)[name] for module in _MODULES for name in own if name in vars(module)]
    return {
        one.__name__: {key: text for base in reversed(one.__mro__) for key, text in own.get(base.__name__, {}).items()}
        for one in classes
    }


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
