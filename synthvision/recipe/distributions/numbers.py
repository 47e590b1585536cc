"""A number of a recipe: a constant, an expression or any distribution, some of which hold numbers again."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from synthvision.recipe.distributions.ranges import Expression
from synthvision.recipe.distributions.series import Empirical, Schedule, Sequence
from synthvision.recipe.distributions.shapes import (
    Beta,
    Binomial,
    Choice,
    Exponential,
    Integers,
    LogNormal,
    LogUniform,
    Normal,
    Permutation,
    PiecewiseLinear,
    Poisson,
    Triangular,
    Uniform,
)
from synthvision.recipe.legal import Legal, Positive, Real, Section, form, own_tags, tag_of_keys


class MixturePart(Section):
    """One part of a mixture."""

    of: Number
    """what is drawn when it is this part's turn"""
    weight: Positive = 1.0
    """how often, relative to the other parts"""


class Mixture(Section):
    """First a part is drawn by its weight, then a number from it."""

    mixture: Annotated[list[MixturePart], Field(min_length=1)]
    """the parts"""


class EasyHard(Section):
    """An easy and a hard form; the recipe's ``difficulty`` (0 … 1) says how far from one to the other.

    Both are drawn with the same randomness, and the value lies between them: rounded where a whole number is asked for.
    """

    easy: Number
    """at difficulty 0"""
    hard: Number
    """at difficulty 1"""


NUMBERS = own_tags(
    "uniform",
    "log_uniform",
    "normal",
    "log_normal",
    "beta",
    "triangular",
    "exponential",
    "poisson",
    "binomial",
    "integers",
    "choice",
    "permutation",
    "mixture",
    "piecewise_linear",
    "empirical",
    "sequence",
    "schedule",
) | {"easy": "<easy>", "hard": "<easy>"}


def number_tag(value: Any) -> str | None:
    """Say which form of number stands in the recipe; ``None`` (an error) for anything that is none of them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "<constant>"
    return "<expression>" if isinstance(value, str) else tag_of_keys(value, NUMBERS)


Distributions = (
    Annotated[Uniform, Tag("<uniform>")]
    | Annotated[LogUniform, Tag("<log_uniform>")]
    | Annotated[Normal, Tag("<normal>")]
    | Annotated[LogNormal, Tag("<log_normal>")]
    | Annotated[Beta, Tag("<beta>")]
    | Annotated[Triangular, Tag("<triangular>")]
    | Annotated[Exponential, Tag("<exponential>")]
    | Annotated[Poisson, Tag("<poisson>")]
    | Annotated[Binomial, Tag("<binomial>")]
    | Annotated[Integers, Tag("<integers>")]
    | Annotated[Choice, Tag("<choice>")]
    | Annotated[Permutation, Tag("<permutation>")]
    | Annotated[Mixture, Tag("<mixture>")]
    | Annotated[PiecewiseLinear, Tag("<piecewise_linear>")]
    | Annotated[Empirical, Tag("<empirical>")]
    | Annotated[Sequence, Tag("<sequence>")]
    | Annotated[Schedule, Tag("<schedule>")]
    | Annotated[EasyHard, Tag("<easy>")]
)

Number = Annotated[
    Annotated[Real, Tag("<constant>")] | Annotated[Expression, Tag("<expression>")] | Distributions,
    form("number", "a number, an expression over variables or a distribution", number_tag),
    Legal(),
]
"""A number, an expression over variables, or a distribution of numbers."""

MixturePart.model_rebuild()
EasyHard.model_rebuild()

Numbers = tuple[Number, Number, Number]
