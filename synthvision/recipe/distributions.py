"""Random variables as a recipe declares them. Drawing from them is the business of ``synthvision.sampling``.

A number in a recipe is a constant, the name of an entry of ``variables:``, or a mapping with exactly one key that
names its distribution: ``{uniform: [0, 1]}``.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, Tag, model_validator

from synthvision.recipe.legal import Legal, NotNegative, Positive, Real, Section, Share, form, own_tags, tag_of_keys


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"must be [low, high] with low <= high, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


def _above_zero(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] <= 0:
        raise ValueError(f"must be a range above 0, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


def _inside(least: float, most: float) -> AfterValidator:
    def check(bounds: tuple[float, float]) -> tuple[float, float]:
        if bounds[0] < least or bounds[1] > most:
            raise ValueError(f"must be a range inside {least:g} … {most:g}, got [{bounds[0]:g}, {bounds[1]:g}]")
        return bounds

    return AfterValidator(check)


def _one_turn(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[1] - bounds[0] > 1:
        raise ValueError(f"must be a range no wider than 1, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


Range = Annotated[tuple[Real, Real], AfterValidator(_ordered)]
"""Closed range ``[low, high]``, ``low <= high``."""

PositiveRange = Annotated[Range, AfterValidator(_above_zero)]
"""Closed range ``[low, high]``, ``0 < low <= high``."""

VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
VariableName = Annotated[str, Field(pattern=VARIABLE_PATTERN, description="name of an entry of `variables`")]

LARGEST_INTEGER = 2**53
_SafeInteger = Annotated[int, Field(strict=True, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]


class Uniform(Section):
    """Uniform on ``[low, high]``."""

    uniform: Range
    """low and high"""


class LogUniform(Section):
    """Uniform in the logarithm on ``[low, high]``, ``low > 0``."""

    log_uniform: PositiveRange
    """low and high"""


class NormalParameters(Section):
    """Normal distribution, truncated to ``[low, high]`` where these are given."""

    mean: Real
    """of the normal distribution before it is cut off"""
    std: Positive
    """of the normal distribution before it is cut off"""
    low: Real | None = None
    """nothing lower is drawn"""
    high: Real | None = None
    """nothing higher is drawn"""

    @model_validator(mode="after")
    def _not_empty(self) -> NormalParameters:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"must have low below high, got low {self.low:g} and high {self.high:g}")
        return self


class Normal(Section):
    """Normal, or truncated normal when ``low`` or ``high`` is given (drawn by inverting the truncated CDF)."""

    normal: NormalParameters
    """its parameters"""


class Integers(Section):
    """Integers ``low … high``, both included, equally likely."""

    integers: Annotated[tuple[_SafeInteger, _SafeInteger], AfterValidator(_ordered)]
    """first and last"""


class WeightedNumbers(Section):
    """Numbers with their relative weights."""

    values: Annotated[list[Real], Field(min_length=1)]
    """what may be drawn"""
    weights: Annotated[list[NotNegative], Field(min_length=1)]
    """how often, relative to each other"""

    @model_validator(mode="after")
    def _match(self) -> WeightedNumbers:
        if len(self.values) != len(self.weights):
            raise ValueError(f"must have as many weights as values ({len(self.values)}), got {len(self.weights)}")
        if sum(self.weights) <= 0:
            raise ValueError("must have weights that sum to more than 0, got 0")
        return self


def _choice_tag(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return "<equal>"
    return "<weighted>" if isinstance(value, dict | WeightedNumbers) else None


class Choice(Section):
    """One of several numbers: ``{choice: [1, 2, 4]}`` or ``{choice: {values: [1, 2], weights: [3, 1]}}``."""

    choice: Annotated[
        Annotated[list[Real], Field(min_length=1), Tag("<equal>")] | Annotated[WeightedNumbers, Tag("<weighted>")],
        form("choice", "a list of numbers, or a mapping of values and weights", _choice_tag),
    ]
    """the numbers, or the numbers with weights"""


_NUMBERS = own_tags("uniform", "log_uniform", "normal", "integers", "choice")
_COLOURS = own_tags("hsv", "rgb", "palette")
_POSITIONS = own_tags("shell", "box", "ball", "at_m")
_REGIONS = own_tags("disc", "rectangle")


def _number_tag(value: Any) -> str | None:
    """Say which form of number stands in the recipe; ``None`` (an error) for anything that is none of them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "<constant>"
    return "<variable>" if isinstance(value, str) else tag_of_keys(value, _NUMBERS)


Number = Annotated[
    Annotated[Real, Tag("<constant>")]
    | Annotated[VariableName, Tag("<variable>")]
    | Annotated[Uniform, Tag("<uniform>")]
    | Annotated[LogUniform, Tag("<log_uniform>")]
    | Annotated[Normal, Tag("<normal>")]
    | Annotated[Integers, Tag("<integers>")]
    | Annotated[Choice, Tag("<choice>")],
    form("number", "a number, the name of a variable or a distribution", _number_tag),
    Legal(),
]
"""A number, the name of a variable, or a distribution of numbers."""

Vector = tuple[Real, Real, Real]
Size = tuple[Positive, Positive, Positive]


class Hsv(Section):
    """Hue, saturation and value, each a range in [0, 1]; hue wraps, so ``[0.9, 1.1]`` is red. sRGB primaries."""

    hsv: tuple[
        Annotated[Range, _inside(-1, 2), AfterValidator(_one_turn)],
        Annotated[Range, _inside(0, 1)],
        Annotated[Range, _inside(0, 1)],
    ]
    """ranges of hue, saturation and value"""


_Display = Annotated[Number, Legal(0, 1)]


class Rgb(Section):
    """An sRGB colour as people write it: three display values in [0, 1] (converted to linear when used)."""

    rgb: tuple[_Display, _Display, _Display]
    """red, green and blue"""


class Palette(Section):
    """One of several sRGB colours ``[r, g, b]`` in [0, 1], equally likely."""

    palette: Annotated[list[tuple[Share, Share, Share]], Field(min_length=1)]
    """the colours"""


def _colour_tag(value: Any) -> str | None:
    return "<variable>" if isinstance(value, str) else tag_of_keys(value, _COLOURS)


COLOUR = form("colour", "the name of a colour variable or a distribution of colours", _colour_tag)
Colour = Annotated[
    Annotated[VariableName, Tag("<variable>")]
    | Annotated[Hsv, Tag("<hsv>")]
    | Annotated[Rgb, Tag("<rgb>")]
    | Annotated[Palette, Tag("<palette>")],
    COLOUR,
]
"""A colour, the name of a colour variable, or a distribution of colours."""


def _variable_tag(value: Any) -> str | None:
    return None if isinstance(value, str) else _number_tag(value) or tag_of_keys(value, _COLOURS)


Variable = Annotated[
    Annotated[Real, Tag("<constant>")]
    | Annotated[Uniform, Tag("<uniform>")]
    | Annotated[LogUniform, Tag("<log_uniform>")]
    | Annotated[Normal, Tag("<normal>")]
    | Annotated[Integers, Tag("<integers>")]
    | Annotated[Choice, Tag("<choice>")]
    | Annotated[Hsv, Tag("<hsv>")]
    | Annotated[Rgb, Tag("<rgb>")]
    | Annotated[Palette, Tag("<palette>")],
    form("variable", "a number or a distribution of numbers or colours", _variable_tag),
]
"""What an entry of ``variables:`` may be: drawn once a frame, shared by all that name it."""


class ShellSector(Section):
    """A part of a spherical shell: between two radii, two elevations and two azimuths."""

    radius_m: PositiveRange
    """least and greatest distance from the centre"""
    elevation_deg: Annotated[Range, _inside(-90, 90)] = (-90.0, 90.0)
    """height above the horizon: 90 is straight up"""
    azimuth_deg: Annotated[Range, _inside(-720, 720)] = (0.0, 360.0)
    """direction, from +X counter-clockwise as seen from above"""
    centre_m: Vector = (0.0, 0.0, 0.0)
    """centre of the shell"""


class Shell(Section):
    """A sector of a spherical shell, uniform in volume: elevation 0 is the horizon, 90 straight up; azimuth 0 is +X."""

    shell: ShellSector
    """the sector"""


class BoxExtent(Section):
    """Full side lengths along X, Y and Z, about a centre."""

    size_m: Size
    """side lengths"""
    centre_m: Vector = (0.0, 0.0, 0.0)
    """centre of the box"""


class Box(Section):
    """An axis-aligned box, uniform in volume."""

    box: BoxExtent
    """its extent"""


class BallExtent(Section):
    """A radius about a centre."""

    radius_m: Positive
    """radius"""
    centre_m: Vector = (0.0, 0.0, 0.0)
    """centre of the ball"""


class Ball(Section):
    """A ball, uniform in volume."""

    ball: BallExtent
    """its extent"""


class At(Section):
    """Three numbers, each of which may be a distribution."""

    at_m: tuple[Number, Number, Number]
    """x, y and z"""


def _position_tag(value: Any) -> str | None:
    return tag_of_keys(value, _POSITIONS)


Position = Annotated[
    Annotated[Shell, Tag("<shell>")]
    | Annotated[Box, Tag("<box>")]
    | Annotated[Ball, Tag("<ball>")]
    | Annotated[At, Tag("<at_m>")],
    form("position", "a mapping that says where", _position_tag),
]
"""A random point of the world."""


class DiscExtent(Section):
    """A radius about a centre in the plane."""

    radius_m: Positive
    """radius"""
    centre_m: tuple[Real, Real] = (0.0, 0.0)
    """centre of the disc"""


class Disc(Section):
    """A disc in the plane of a surface, uniform in area."""

    disc: DiscExtent
    """its extent"""


class RectangleExtent(Section):
    """Full side lengths along X and Y, about a centre."""

    size_m: tuple[Positive, Positive]
    """side lengths"""
    centre_m: tuple[Real, Real] = (0.0, 0.0)
    """centre of the rectangle"""


class Rectangle(Section):
    """A rectangle in the plane of a surface, uniform in area."""

    rectangle: RectangleExtent
    """its extent"""


def _region_tag(value: Any) -> str | None:
    return tag_of_keys(value, _REGIONS)


Region = Annotated[
    Annotated[Disc, Tag("<disc>")] | Annotated[Rectangle, Tag("<rectangle>")],
    form("region", "a mapping that says which part of the surface", _region_tag),
]
"""A part of a surface."""

KEYS_OF_FORM = {
    "number": tuple(_NUMBERS),
    "colour": tuple(_COLOURS),
    "variable": (*_NUMBERS, *_COLOURS),
    "position": tuple(_POSITIONS),
    "region": tuple(_REGIONS),
}
"""The keys that tell the branches of each keyed form apart."""
