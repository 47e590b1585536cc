"""Legal ranges, declared beside the fields they belong to, and the forms that a value of a recipe may take."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Section(BaseModel):
    """A part of a recipe: immutable, and a key it does not know is an error."""

    # Validators are built when one is first needed, all of them with the recipe's: a worker needs none.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


Real = Annotated[float, Field(strict=True)]
"""A finite number; neither a text nor a truth value."""

Whole = Annotated[int, Field(strict=True)]
"""A whole number written without a point."""

Flag = Annotated[bool, Field(strict=True)]
"""``true`` or ``false``."""

Name = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Positive = Annotated[float, Field(strict=True, gt=0)]
NotNegative = Annotated[float, Field(strict=True, ge=0)]


@dataclass(frozen=True)
class Legal:
    """The values that a number may take, whatever its distribution; ``open`` leaves the two ends out.

    As metadata of a field it is read by ``synthvision.recipe.supports`` and shows in the JSON Schema.
    """

    low: float = -math.inf
    high: float = math.inf
    open: bool = False
    whole: bool = False

    def __str__(self) -> str:
        return f"a whole number {self._ends()}".strip() if self.whole else self._ends() or "any number"

    def _ends(self) -> str:
        if math.isinf(self.high):
            return "" if math.isinf(self.low) else f"{'above' if self.open else 'at least'} {self.low:g}"
        if self.open:
            return f"between {self.low:g} and {self.high:g}, both excluded"
        return f"within {self.low:g} … {self.high:g}"

    def holds(self, low: float, high: float) -> bool:
        """Say whether every value of ``[low, high]`` is legal."""
        if self.open:
            return (self.low < low or math.isinf(self.low)) and (high < self.high or math.isinf(self.high))
        return self.low <= low and high <= self.high

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Bound the plain numbers among the forms of a value; distributions are for ``check`` to judge."""
        written = handler(schema)
        for form in _forms(written):
            if form.get("type") == "number":
                form.update(self._bounds())
        return written | {"x-legal": str(self)}

    def _bounds(self) -> dict[str, Any]:
        least, most = ("exclusiveMinimum", "exclusiveMaximum") if self.open else ("minimum", "maximum")
        bounds: dict[str, Any] = {} if math.isinf(self.low) else {least: self.low}
        bounds |= {} if math.isinf(self.high) else {most: self.high}
        return bounds | ({"multipleOf": 1} if self.whole else {})


def _forms(schema: dict[str, Any]) -> list[dict[str, Any]]:
    nested = [form for key in ("oneOf", "anyOf", "prefixItems") for form in schema.get(key, ())]
    return [schema, *(inner for form in nested for inner in _forms(form))]


WRONG_FORM = "wrong_form:"
"""What the type of the error begins with that a value of no known form makes; the name of the form follows."""


def form(name: str, wanted: str, tag_of: Callable[[Any], str | None]) -> Discriminator:
    """Return the discriminator of a union whose branch is chosen by looking at the value, never by trying them all."""
    return Discriminator(tag_of, custom_error_type=WRONG_FORM + name, custom_error_message=wanted)


def tag_of_keys(value: Any, tags: Mapping[str, str]) -> str | None:
    """Return the tag of the keys that are there and known; ``None`` when there are none, or keys of several tags."""
    keys = keys_of(value)
    found = {tag for key, tag in tags.items() if key in keys}
    return found.pop() if len(found) == 1 else None


def keys_of(value: Any) -> list[str]:
    """Return the keys of a mapping, or of a section that has been read already."""
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    fields = type(value).model_fields if isinstance(value, Section) else {}
    return [field.alias or name for name, field in fields.items()]


def own_tags(*keys: str) -> dict[str, str]:
    """Return tags for branches that are named like their key; a tag is no possible key, so that paths stay clear."""
    return {key: f"<{key}>" for key in keys}
