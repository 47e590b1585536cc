"""What an entry of ``variables:`` may be."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Tag

from synthvision.recipe.distributions.colours import COLOURS, Hsv, Palette, Rgb, Temperature
from synthvision.recipe.distributions.numbers import Distributions, number_tag
from synthvision.recipe.distributions.ranges import Expression
from synthvision.recipe.legal import Real, Section, form, keys_of, tag_of_keys


def _variable_tag(value: Any) -> str | None:
    return number_tag(value) or tag_of_keys(value, COLOURS)


def _scoped_tag(value: Any) -> str | None:
    return "<scope>" if {"scope", "of"} & set(keys_of(value)) else _variable_tag(value)


class ScopedVariable(Section):
    """A variable with a scope of its own."""

    scope: Literal["frame", "object", "part"]
    """how often it is drawn: once a frame, for each object (or light), or for each material slot of each object"""
    of: Annotated[
        Annotated[Real, Tag("<constant>")]
        | Annotated[Expression, Tag("<expression>")]
        | Distributions
        | Annotated[Hsv, Tag("<hsv>")]
        | Annotated[Rgb, Tag("<rgb>")]
        | Annotated[Palette, Tag("<palette>")]
        | Annotated[Temperature, Tag("<temperature_k>")],
        form("variable", "a number, an expression or a distribution of numbers or colours", _variable_tag),
    ]
    """what it is"""


Variable = Annotated[
    Annotated[Real, Tag("<constant>")]
    | Annotated[Expression, Tag("<expression>")]
    | Distributions
    | Annotated[Hsv, Tag("<hsv>")]
    | Annotated[Rgb, Tag("<rgb>")]
    | Annotated[Palette, Tag("<palette>")]
    | Annotated[Temperature, Tag("<temperature_k>")]
    | Annotated[ScopedVariable, Tag("<scope>")],
    form("variable", "a number, an expression or a distribution of numbers or colours", _scoped_tag),
]
"""What an entry of ``variables:`` may be: drawn once a frame unless it has another scope, shared by all that name it.

An expression may name the entries above it.
"""
