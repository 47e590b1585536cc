"""Colours."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, Tag, model_validator

from synthvision.recipe.distributions.numbers import Number
from synthvision.recipe.distributions.ranges import Range, VariableName, inside, one_turn
from synthvision.recipe.legal import Legal, NotNegative, Section, Share, form, own_tags, tag_of_keys

COLOURS = own_tags("hsv", "rgb", "palette", "temperature_k")


class Hsv(Section):
    """Hue, saturation and value, each a range in [0, 1]; hue wraps, so ``[0.9, 1.1]`` is red. sRGB primaries."""

    hsv: tuple[
        Annotated[Range, inside(-1, 2), AfterValidator(one_turn)],
        Annotated[Range, inside(0, 1)],
        Annotated[Range, inside(0, 1)],
    ]
    """ranges of hue, saturation and value"""


_Display = Annotated[Number, Legal(0, 1)]


class Rgb(Section):
    """An sRGB colour as people write it: three display values in [0, 1] (converted to linear when used)."""

    rgb: tuple[_Display, _Display, _Display]
    """red, green and blue"""


class WeightedColours(Section):
    """Colours with their relative weights."""

    colours: Annotated[list[tuple[Share, Share, Share]], Field(min_length=1)]
    """what may be drawn"""
    weights: Annotated[list[NotNegative], Field(min_length=1)]
    """how often, relative to each other"""

    @model_validator(mode="after")
    def _match(self) -> WeightedColours:
        if len(self.colours) != len(self.weights):
            raise ValueError(f"must have as many weights as colours ({len(self.colours)}), got {len(self.weights)}")
        if sum(self.weights) <= 0:
            raise ValueError("must have weights that sum to more than 0, got 0")
        return self


def _palette_tag(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return "<equal>"
    return "<weighted>" if isinstance(value, dict | WeightedColours) else None


class Palette(Section):
    """One of several sRGB colours ``[r, g, b]`` in [0, 1], equally likely unless they have weights."""

    palette: Annotated[
        Annotated[list[tuple[Share, Share, Share]], Field(min_length=1), Tag("<equal>")]
        | Annotated[WeightedColours, Tag("<weighted>")],
        form("palette", "a list of colours, or a mapping of colours and weights", _palette_tag),
    ]
    """the colours, or the colours with weights"""


class Temperature(Section):
    """The colour of a black body, its brightest channel at 1; 6500 is daylight."""

    temperature_k: Annotated[Number, Legal(1000, 40000)]
    """colour temperature"""


def _colour_tag(value: Any) -> str | None:
    return "<variable>" if isinstance(value, str) else tag_of_keys(value, COLOURS)


COLOUR = form("colour", "the name of a colour variable or a distribution of colours", _colour_tag)
Colour = Annotated[
    Annotated[VariableName, Tag("<variable>")]
    | Annotated[Hsv, Tag("<hsv>")]
    | Annotated[Rgb, Tag("<rgb>")]
    | Annotated[Palette, Tag("<palette>")]
    | Annotated[Temperature, Tag("<temperature_k>")],
    COLOUR,
]
"""A colour, the name of a colour variable, or a distribution of colours."""
