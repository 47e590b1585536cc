"""Names, lists of names, categories and conditions, as sections use them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag

from synthvision.recipe.distributions import Expression
from synthvision.recipe.legal import Legal, Name, Section, form

When = Annotated[Expression | None, Legal(), Field(description="an expression that is true or false, as `night > 0.5`")]

LABEL_PATTERN = r"^[A-Za-z0-9_]([A-Za-z0-9_ -]*[A-Za-z0-9_-])?$"
Label = Annotated[str, Field(pattern=LABEL_PATTERN, max_length=64)]
"""A name that people give: letters, digits, ``_``, ``-`` and inner spaces."""

CATEGORY_PATTERN = r"^\S(.*\S)?$"


class Category(Section):
    """A class of labelled objects. Its ``category_id`` is its place in the list, from 1."""

    name: Annotated[str, Field(pattern=CATEGORY_PATTERN, max_length=200)]
    """what COCO files call it"""
    supercategory: Name = "object"
    """the larger class it belongs to, for COCO files"""
    surface: Literal["opaque", "see_through"] = "opaque"
    """`see_through`: masks and depth of what is behind are as if it were not there; it has its own mask"""


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


CategoryEntry = Annotated[Category, BeforeValidator(_named, json_schema_input_type=str | Category)]
"""A category as it is written: a plain name, or a mapping."""


def names_tag(value: Any) -> str | None:
    if isinstance(value, str):
        return "<one>"
    return "<list>" if isinstance(value, list | tuple) else None


Names = Annotated[
    Annotated[Name, Tag("<one>")] | Annotated[list[Name], Field(min_length=1), Tag("<list>")],
    form("names", "a name or a list of names", names_tag),
]
