"""What the model declares at a place: which section, which keys, which kind of number; found from the annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Discriminator, Tag

from synthvision.recipe.distributions import COLOUR
from synthvision.recipe.legal import Legal, Section
from synthvision.recipe.model import Recipe
from synthvision.recipe.things import InVolume, OnSurface

ErrorPath = tuple[str | int, ...]
"""A pydantic error's ``loc``: a key path with the tags of the branches taken between the keys."""

_SIBLING_KEYS: Mapping[type[Section], tuple[str, ...]] = {
    OnSurface: ("in", "at_m", "poisson_disk", "grid", "stack", "shelf", "scatter", "drop"),
    InVolume: ("on", "at_m"),
    Recipe: ("extends", "include"),
}


@dataclass(frozen=True)
class Leaf:
    """What a field holds: a number within ``legal``, a colour, or bounds of a quantity within ``legal``."""

    colour: bool = False
    legal: Legal | None = None


Annotation = Any
"""The type of a field, with its metadata."""


def recipe_annotation() -> Annotation:
    """Return the annotation of a whole recipe."""
    return Recipe


def at_key(annotation: Annotation, step: str | int) -> Annotation:
    """Return the annotation of what is at a key or index of a value of one form, or ``None`` where none is declared."""
    return _step(_bare(annotation), step)


def branch(annotation: Annotation, value: Any) -> Annotation:
    """Return the annotation of the form that a value has; ``None`` where it has none that is declared."""
    bare = _bare(annotation)
    if get_origin(bare) is not Annotated:
        return bare
    discriminator = next(part for part in get_args(bare) if isinstance(part, Discriminator))
    tag = discriminator.discriminator(value) if callable(discriminator.discriminator) else None
    return None if tag is None else _bare(_step(bare, str(tag)))


def is_optional(annotation: Annotation) -> bool:
    """Say whether a value may be ``null``."""
    is_union = get_origin(annotation) in {Union, UnionType}
    arguments = get_args(annotation)
    return NoneType in arguments if is_union or not arguments else is_optional(arguments[0])


def known_keys_of(section: Annotation) -> list[str]:
    """Return the keys of a section; none of anything else."""
    if not (isinstance(section, type) and issubclass(section, Section)):
        return []
    return [field.alias or name for name, field in section.model_fields.items()]


def is_tag(step: str | int) -> bool:
    """Say whether a step of an error path is the tag of a branch (``<uniform>``)."""
    return isinstance(step, str) and step.startswith("<") and step.endswith(">")


def annotation_at(path: ErrorPath) -> Any:
    """Return the annotation at an error path of a recipe, or ``None`` below what is declared."""
    annotation: Any = Recipe
    for step in path:
        annotation = _step(_bare(annotation), step)
    return _bare(annotation)


def known_keys(path: ErrorPath) -> list[str]:
    """Return the keys that the section at an error path knows."""
    return known_keys_of(annotation_at(path))


def near_keys(path: ErrorPath) -> list[str]:
    """Return the keys that may have been meant there, those of neighbouring forms of the section included."""
    section = annotation_at(path)
    return [*known_keys(path), *(_SIBLING_KEYS.get(section, ()) if isinstance(section, type) else ())]


def known_values(path: ErrorPath) -> list[str]:
    """Return the words that may stand at an error path."""
    annotation = annotation_at(path)
    return [str(value) for value in get_args(annotation)] if get_origin(annotation) is Literal else []


def length_of(path: ErrorPath) -> int:
    """Return how many entries the list at an error path has; 0 if any number will do."""
    annotation = annotation_at(path)
    return len(get_args(annotation)) if get_origin(annotation) is tuple else 0


def is_whole_number(path: ErrorPath) -> bool:
    """Say whether the number at an error path must be whole."""
    section = annotation_at(path[:-1])
    is_section = isinstance(section, type) and issubclass(section, Section)
    leaf = leaves(section).get(str(path[-1])) if is_section and path else None
    return leaf is not None and leaf.legal is not None and leaf.legal.whole


@cache
def leaves(section: type[Section]) -> Mapping[str, Leaf]:
    """Return what each field of a section holds, for fields that are numbers, colours or bounds (by Python name)."""
    found = {name: _leaf([field.annotation, *field.metadata]) for name, field in section.model_fields.items()}
    return {name: leaf for name, leaf in found.items() if leaf is not None}


def _leaf(parts: list[Any]) -> Leaf | None:
    metadata = [*_metadata(parts[0]), *parts[1:]]
    if COLOUR in metadata:
        return Leaf(colour=True)
    legal = [part for part in metadata if isinstance(part, Legal)]
    return Leaf(legal=legal[-1]) if legal else None


def _metadata(annotation: Any) -> Iterator[Any]:
    """Yield the metadata around the values of an annotation, inner ones first."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from _metadata(arguments[0])
        yield from arguments[1:]
    elif get_origin(annotation) in {tuple, Union, UnionType}:
        for argument in arguments:
            yield from _metadata(argument)


def _bare(annotation: Any) -> Any:
    """Take ``Annotated`` and ``| None`` away, as far as this leaves one type or a union of tagged branches."""
    if get_origin(annotation) is Annotated and not any(
        isinstance(part, Discriminator) for part in get_args(annotation)
    ):
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        some = [argument for argument in get_args(annotation) if argument is not NoneType]
        return _bare(some[0]) if len(some) == 1 else annotation
    return annotation


def _step(annotation: Any, step: str | int) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:  # a union of tagged branches
        return next((branch for branch in get_args(arguments[0]) if Tag(str(step)) in get_args(branch)[1:]), None)
    if origin is tuple and isinstance(step, int):
        return arguments[min(step, len(arguments) - 1)]
    if origin in {list, dict}:
        return arguments[-1]
    if isinstance(annotation, type) and issubclass(annotation, Section):
        fields = annotation.model_fields.items()
        return next((_whole(field) for name, field in fields if step in {name, field.alias}), None)
    return None


def _whole(field: Any) -> Any:
    """Return a field's annotation with the discriminator that pydantic has moved into its metadata."""
    discriminators = [part for part in field.metadata if isinstance(part, Discriminator)]
    if field.discriminator is not None:
        discriminators.append(field.discriminator)
    return Annotated[field.annotation, discriminators[0]] if discriminators else field.annotation
