"""Ranges, vectors and names, as the distributions are made of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from synthvision.recipe.expressions import LONGEST, parse
from synthvision.recipe.legal import Positive, Real


def ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"must be [low, high] with low <= high, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


def _above_zero(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] <= 0:
        raise ValueError(f"must be a range above 0, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


def inside(least: float, most: float) -> AfterValidator:
    def check(bounds: tuple[float, float]) -> tuple[float, float]:
        if bounds[0] < least or bounds[1] > most:
            raise ValueError(f"must be a range inside {least:g} … {most:g}, got [{bounds[0]:g}, {bounds[1]:g}]")
        return bounds

    return AfterValidator(check)


def one_turn(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[1] - bounds[0] > 1:
        raise ValueError(f"must be a range no wider than 1, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


Range = Annotated[tuple[Real, Real], AfterValidator(ordered)]
"""Closed range ``[low, high]``, ``low <= high``."""

PositiveRange = Annotated[Range, AfterValidator(_above_zero)]
"""Closed range ``[low, high]``, ``0 < low <= high``."""

VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
VariableName = Annotated[str, Field(pattern=VARIABLE_PATTERN, description="name of an entry of `variables`")]


def _parsed(text: str) -> str:
    parse(text)
    return text


Expression = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        description="arithmetic over `variables`: `wear`, `2 * wear + 0.1`",
        json_schema_extra={"format": "expression"},
    ),
    AfterValidator(_parsed),
]
"""Text that ``synthvision.recipe.expressions.parse`` reads."""

Vector = tuple[Real, Real, Real]
Size = tuple[Positive, Positive, Positive]
