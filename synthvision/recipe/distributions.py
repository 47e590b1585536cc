"""Random variables as a recipe declares them. Drawing from them is the business of ``synthvision.sampling``.

A number in a recipe is a constant, the name of an entry of ``variables:``, or a mapping with exactly one key that
names its distribution: ``{uniform: [0, 1]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator


class Section(BaseModel):
    """A part of a recipe: immutable, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"range must be [low, high] with low <= high, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


Range = Annotated[tuple[float, float], AfterValidator(_ordered)]
"""Closed range ``[low, high]``, ``low <= high``."""

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="name of an entry of `variables`")]


class Uniform(Section):
    """Uniform on ``[low, high]``."""

    uniform: Range


class LogUniform(Section):
    """Uniform in the logarithm on ``[low, high]``, ``low > 0``."""

    log_uniform: Range

    @model_validator(mode="after")
    def _positive(self) -> LogUniform:
        if self.log_uniform[0] <= 0:
            raise ValueError(f"log_uniform range must be above 0, got {self.log_uniform[0]:g}")
        return self


class NormalParameters(Section):
    """Normal distribution, truncated to ``[low, high]`` where these are given."""

    mean: float
    std: Annotated[float, Field(gt=0)]
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> NormalParameters:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low must be below high, got low {self.low:g} and high {self.high:g}")
        return self


class Normal(Section):
    """Normal, or truncated normal when ``low`` or ``high`` is given (drawn by inverting the truncated CDF)."""

    normal: NormalParameters


class Integers(Section):
    """Integers ``low … high``, both included, equally likely."""

    integers: Annotated[tuple[int, int], AfterValidator(_ordered)]


class WeightedNumbers(Section):
    """Numbers with their relative weights."""

    values: Annotated[list[float], Field(min_length=1)]
    weights: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1)]

    @model_validator(mode="after")
    def _match(self) -> WeightedNumbers:
        if len(self.values) != len(self.weights):
            raise ValueError(f"weights must be as many as values ({len(self.values)}), got {len(self.weights)}")
        if sum(self.weights) <= 0:
            raise ValueError("weights must sum to more than 0, got 0")
        return self


class Choice(Section):
    """One of several numbers: ``{choice: [1, 2, 4]}`` or ``{choice: {values: [1, 2], weights: [3, 1]}}``."""

    choice: Annotated[list[float], Field(min_length=1)] | WeightedNumbers


def _number_tag(value: Any) -> str | None:
    """Say which form of number stands in the recipe; ``None`` (an error) for anything that is none of them."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return "constant"
    if isinstance(value, str):
        return "variable"
    return _single_key(value)


def _single_key(value: Any) -> str | None:
    """Return the only key of a mapping, or the only field of a section already read."""
    keys = list(value) if isinstance(value, Mapping) else list(getattr(type(value), "model_fields", ()))
    return str(keys[0]) if len(keys) == 1 else None


Number = Annotated[
    Annotated[float, Tag("constant")]
    | Annotated[VariableName, Tag("variable")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[LogUniform, Tag("log_uniform")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[Integers, Tag("integers")]
    | Annotated[Choice, Tag("choice")],
    Discriminator(_number_tag),
]
"""A number, the name of a variable, or a distribution of numbers."""


class Hsv(Section):
    """Hue, saturation and value, each a range in [0, 1]; hue wraps, so ``[0.9, 1.1]`` is red. sRGB primaries."""

    hsv: tuple[Range, Range, Range]


class Rgb(Section):
    """An sRGB colour as people write it: three display values in [0, 1] (converted to linear when used)."""

    rgb: tuple[Number, Number, Number]


class Palette(Section):
    """One of several sRGB colours ``[r, g, b]`` in [0, 1], equally likely."""

    palette: Annotated[list[tuple[float, float, float]], Field(min_length=1)]


def _colour_tag(value: Any) -> str | None:
    return "variable" if isinstance(value, str) else _single_key(value)


Colour = Annotated[
    Annotated[VariableName, Tag("variable")]
    | Annotated[Hsv, Tag("hsv")]
    | Annotated[Rgb, Tag("rgb")]
    | Annotated[Palette, Tag("palette")],
    Discriminator(_colour_tag),
]
"""A colour, the name of a colour variable, or a distribution of colours."""


def _variable_tag(value: Any) -> str | None:
    return "constant" if _number_tag(value) == "constant" else _single_key(value)


Variable = Annotated[
    Annotated[float, Tag("constant")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[LogUniform, Tag("log_uniform")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[Integers, Tag("integers")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Hsv, Tag("hsv")]
    | Annotated[Rgb, Tag("rgb")]
    | Annotated[Palette, Tag("palette")],
    Discriminator(_variable_tag),
]
"""What an entry of ``variables:`` may be: drawn once a frame, shared by all that name it."""


class Shell(Section):
    """A sector of a spherical shell, uniform in volume: elevation 0 is the horizon, 90 straight up; azimuth 0 is +X."""

    class Sector(Section):
        radius_m: Range
        elevation_deg: Range = (-90.0, 90.0)
        azimuth_deg: Range = (0.0, 360.0)
        centre_m: tuple[float, float, float] = (0.0, 0.0, 0.0)

    shell: Sector


class Box(Section):
    """An axis-aligned box, uniform in volume."""

    class Extent(Section):
        size_m: tuple[float, float, float]
        centre_m: tuple[float, float, float] = (0.0, 0.0, 0.0)

    box: Extent


class Ball(Section):
    """A ball, uniform in volume."""

    class Extent(Section):
        radius_m: Annotated[float, Field(gt=0)]
        centre_m: tuple[float, float, float] = (0.0, 0.0, 0.0)

    ball: Extent


class At(Section):
    """Three numbers, each of which may be a distribution."""

    at_m: tuple[Number, Number, Number]


Position = Annotated[
    Annotated[Shell, Tag("shell")]
    | Annotated[Box, Tag("box")]
    | Annotated[Ball, Tag("ball")]
    | Annotated[At, Tag("at_m")],
    Discriminator(_single_key),
]
"""A random point of the world."""


class Disc(Section):
    """A disc in the plane of a surface, uniform in area."""

    class Extent(Section):
        radius_m: Annotated[float, Field(gt=0)]
        centre_m: tuple[float, float] = (0.0, 0.0)

    disc: Extent


class Rectangle(Section):
    """A rectangle in the plane of a surface, uniform in area."""

    class Extent(Section):
        size_m: tuple[float, float]
        centre_m: tuple[float, float] = (0.0, 0.0)

    rectangle: Extent


Region = Annotated[
    Annotated[Disc, Tag("disc")] | Annotated[Rectangle, Tag("rectangle")],
    Discriminator(_single_key),
]
"""A part of a surface."""
