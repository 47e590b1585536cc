"""Random variables as a recipe declares them. Drawing from them is the business of ``synthvision.sampling``.

A number in a recipe is a constant, an expression over the names of ``variables:`` (``wear``, ``2 * wear + 0.1``), or a
mapping with exactly one key that names its distribution: ``{uniform: [0, 1]}``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag, model_validator

from synthvision.recipe.legal import (
    Legal,
    Name,
    NotNegative,
    Positive,
    Real,
    Section,
    Share,
    form,
    keys_of,
    own_tags,
    tag_of_keys,
)


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
Expression = Annotated[
    str, Field(min_length=1, max_length=500, description="arithmetic over `variables`: `wear`, `2 * wear + 0.1`")
]
"""Checked and evaluated by ``synthvision.recipe.expressions``."""

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


class BetaParameters(Section):
    """A beta distribution stretched over ``[low, high]``."""

    alpha: Positive
    """first shape parameter"""
    beta: Positive
    """second shape parameter"""
    low: Real = 0.0
    """least value"""
    high: Real = 1.0
    """greatest value"""

    @model_validator(mode="after")
    def _not_empty(self) -> BetaParameters:
        if self.low >= self.high:
            raise ValueError(f"must have low below high, got low {self.low:g} and high {self.high:g}")
        return self


class Beta(Section):
    """Beta distribution."""

    beta: BetaParameters
    """its parameters"""


class Triangular(Section):
    """Triangular distribution: ``[low, mode, high]``."""

    triangular: tuple[Real, Real, Real]
    """least, likeliest and greatest value"""

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        low, mode, high = self.triangular
        if not low <= mode <= high or low == high:
            raise ValueError(f"must be [low, mode, high], low below high, got [{low:g}, {mode:g}, {high:g}]")
        return self


class ExponentialParameters(Section):
    """Exponential distribution that begins at ``low``, cut off at ``high`` where given."""

    mean: Positive
    """mean of what is above ``low``, before it is cut off"""
    low: Real = 0.0
    """least value"""
    high: Real | None = None
    """nothing higher is drawn"""

    @model_validator(mode="after")
    def _not_empty(self) -> ExponentialParameters:
        if self.high is not None and self.low >= self.high:
            raise ValueError(f"must have low below high, got low {self.low:g} and high {self.high:g}")
        return self


class Exponential(Section):
    """Exponential distribution."""

    exponential: ExponentialParameters
    """its parameters"""


class PoissonParameters(Section):
    """Poisson distribution, cut off at ``high`` where given."""

    mean: Annotated[float, Field(strict=True, gt=0, le=1e6)]
    """mean before it is cut off"""
    high: Annotated[int, Field(strict=True, ge=0)] | None = None
    """nothing higher is drawn"""


class Poisson(Section):
    """Poisson distribution: how many of something that comes independently."""

    poisson: PoissonParameters
    """its parameters"""


class BinomialParameters(Section):
    """Binomial distribution."""

    trials: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    """how often it is tried"""
    chance: Share
    """of success in each trial"""


class Binomial(Section):
    """Binomial distribution: how many of some trials succeed."""

    binomial: BinomialParameters
    """its parameters"""


class LogNormalParameters(Section):
    """Log-normal distribution, cut off at ``low`` and ``high`` where given."""

    median: Positive
    """half of the values are below it"""
    sigma: Positive
    """standard deviation of the natural logarithm"""
    low: NotNegative | None = None
    """nothing lower is drawn"""
    high: Positive | None = None
    """nothing higher is drawn"""

    @model_validator(mode="after")
    def _not_empty(self) -> LogNormalParameters:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"must have low below high, got low {self.low:g} and high {self.high:g}")
        return self


class LogNormal(Section):
    """Log-normal distribution."""

    log_normal: LogNormalParameters
    """its parameters"""


class Permutation(Section):
    """Each value once, in random order: instance after instance of a group takes the next, anew in every frame.

    When a group has more instances than values, the values are shuffled and dealt again.
    """

    permutation: Annotated[list[Real], Field(min_length=1)]
    """the values"""


class PiecewiseDensity(Section):
    """A density that is linear between the given points and 0 outside them."""

    values: Annotated[list[Real], Field(min_length=2)]
    """where, ascending"""
    densities: Annotated[list[NotNegative], Field(min_length=2)]
    """how likely there, relative to each other"""

    @model_validator(mode="after")
    def _match(self) -> PiecewiseDensity:
        if len(self.values) != len(self.densities):
            raise ValueError(f"must have as many densities as values ({len(self.values)}), got {len(self.densities)}")
        if any(low >= high for low, high in pairwise(self.values)):
            raise ValueError("must have values that ascend, got values that do not")
        if sum(self.densities) <= 0:
            raise ValueError("must have densities that sum to more than 0, got 0")
        return self


class PiecewiseLinear(Section):
    """Piecewise-linear density."""

    piecewise_linear: PiecewiseDensity
    """its points"""


class EmpiricalData(Section):
    """Measured data: values, or a histogram, written out or read from a file when the recipe is loaded.

    Exactly one of ``values``, ``counts`` (with ``edges``) and ``file``. A CSV file has a header; ``column`` names the
    column of values, or with ``counts_column`` the column of left edges of a histogram whose last row has the right
    end. A JSON file holds a list of numbers, or a mapping with ``values``, or one with ``edges`` and ``counts``.
    """

    values: Annotated[list[Real], Field(min_length=1, max_length=100_000)] | None = None
    """each is as likely as the others"""
    edges: Annotated[list[Real], Field(min_length=2, max_length=100_001)] | None = None
    """ends of the bins of a histogram, ascending"""
    counts: Annotated[list[NotNegative], Field(min_length=1, max_length=100_000)] | None = None
    """how many are in each bin; within a bin all values are equally likely"""
    file: Name | None = None
    """CSV or JSON file, relative to the recipe's folder"""
    column: Name | None = None
    """column of a CSV file"""
    counts_column: Name | None = None
    """column of counts of a CSV file"""


class Empirical(Section):
    """As in measured data: a value of a list, or a histogram's bin and a place in it."""

    empirical: EmpiricalData
    """the data"""


class Sequence(Section):
    """One value after the other, frame by frame, from the start again after the last."""

    sequence: Annotated[list[Real], Field(min_length=1)]
    """the values"""


class SchedulePoints(Section):
    """A line through points, level before the first and after the last."""

    frames: Annotated[list[Annotated[int, Field(strict=True, ge=0)]], Field(min_length=1)]
    """frame indices, ascending"""
    values: Annotated[list[Real], Field(min_length=1)]
    """the value in each of these frames"""

    @model_validator(mode="after")
    def _match(self) -> SchedulePoints:
        if len(self.frames) != len(self.values):
            raise ValueError(f"must have as many values as frames ({len(self.frames)}), got {len(self.values)}")
        if any(low >= high for low, high in pairwise(self.frames)):
            raise ValueError("must have frames that ascend, got frames that do not")
        return self


class Schedule(Section):
    """A value that changes along the frames, linear between the points given."""

    schedule: SchedulePoints
    """the points"""


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

    Both are drawn with the same randomness, and the value lies between them.
    """

    easy: Number
    """at difficulty 0"""
    hard: Number
    """at difficulty 1"""


_NUMBERS = own_tags(
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
    "easy",
)
_COLOURS = own_tags("hsv", "rgb", "palette", "temperature_k")
_POSITIONS = own_tags("shell", "box", "ball", "disc", "frustum", "on_surface", "at_m", "easy")
_REGIONS = own_tags("disc", "rectangle")
_DIRECTIONS = own_tags("cone", "hemisphere", "sphere", "towards")


def _number_tag(value: Any) -> str | None:
    """Say which form of number stands in the recipe; ``None`` (an error) for anything that is none of them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "<constant>"
    return "<expression>" if isinstance(value, str) else tag_of_keys(value, _NUMBERS)


_Distributions = (
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
    Annotated[Real, Tag("<constant>")] | Annotated[Expression, Tag("<expression>")] | _Distributions,
    form("number", "a number, an expression over variables or a distribution", _number_tag),
    Legal(),
]
"""A number, an expression over variables, or a distribution of numbers."""

MixturePart.model_rebuild()
EasyHard.model_rebuild()

Vector = tuple[Real, Real, Real]
Size = tuple[Positive, Positive, Positive]
Numbers = tuple[Number, Number, Number]


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
    return "<variable>" if isinstance(value, str) else tag_of_keys(value, _COLOURS)


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


def _variable_tag(value: Any) -> str | None:
    return _number_tag(value) or tag_of_keys(value, _COLOURS)


def _scoped_tag(value: Any) -> str | None:
    return "<scope>" if "scope" in keys_of(value) else _variable_tag(value)


class ScopedVariable(Section):
    """A variable with a scope of its own."""

    scope: Literal["frame", "object", "part"]
    """how often it is drawn: once a frame, for each object (or light), or for each material slot of each object"""
    of: Annotated[
        Annotated[Real, Tag("<constant>")]
        | Annotated[Expression, Tag("<expression>")]
        | _Distributions
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
    | _Distributions
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


class DiscExtent(Section):
    """A radius about a centre in the plane."""

    radius_m: Positive
    """radius"""
    centre_m: tuple[Real, Real] = (0.0, 0.0)
    """centre of the disc"""
    height_m: Real = 0.0
    """height of the disc over the ground or surface; of a position only"""


class Disc(Section):
    """A disc in the plane of a surface, uniform in area."""

    disc: DiscExtent
    """its extent"""


class FrustumExtent(Section):
    """A part of what the camera sees."""

    depth_m: PositiveRange
    """least and greatest distance along the camera's axis"""
    margin: Annotated[float, Field(strict=True, ge=0, lt=0.5)] = 0.05
    """share of the image, at each side, that is left free"""


class Frustum(Section):
    """Inside the view of the camera (the first, where there are several), uniform in volume."""

    frustum: FrustumExtent
    """which part"""


class SurfaceExtent(Section):
    """A place on the surface of things that stand already."""

    of: Name
    """`ground`, or the name of a group of objects or distractors"""
    offset_m: Real = 0.0
    """distance from the surface, outwards"""
    up_only: bool = False
    """only where the surface faces up, by less than 60 degrees"""


class OnMesh(Section):
    """On the surface of a group's instances, uniform in area."""

    on_surface: SurfaceExtent
    """which surface"""


class EasyHardPosition(Section):
    """An easy and a hard form of a position, drawn with the same randomness; ``difficulty`` says how far between."""

    easy: Position
    """at difficulty 0"""
    hard: Position
    """at difficulty 1"""


def _position_tag(value: Any) -> str | None:
    return tag_of_keys(value, _POSITIONS)


Position = Annotated[
    Annotated[Shell, Tag("<shell>")]
    | Annotated[Box, Tag("<box>")]
    | Annotated[Ball, Tag("<ball>")]
    | Annotated[Disc, Tag("<disc>")]
    | Annotated[Frustum, Tag("<frustum>")]
    | Annotated[OnMesh, Tag("<on_surface>")]
    | Annotated[At, Tag("<at_m>")]
    | Annotated[EasyHardPosition, Tag("<easy>")],
    form("position", "a mapping that says where", _position_tag),
]
"""A random point of the world."""

EasyHardPosition.model_rebuild()


class ConeExtent(Section):
    """Directions around an axis."""

    angle_deg: Annotated[float, Field(strict=True, ge=0, le=180)]
    """greatest angle to the axis"""
    axis: Vector = (0.0, 0.0, 1.0)
    """the axis; need not be of unit length"""

    @model_validator(mode="after")
    def _has_direction(self) -> ConeExtent:
        if not any(self.axis):
            raise ValueError("must have an axis of some length, got [0, 0, 0]")
        return self


class Cone(Section):
    """A direction within a cone, uniform in solid angle."""

    cone: ConeExtent
    """the cone"""


class Hemisphere(Section):
    """A direction of the half sphere around an axis, uniform in solid angle."""

    hemisphere: Vector
    """the axis"""


class Sphere(Section):
    """Any direction, uniform in solid angle."""

    sphere: Annotated[bool, Field(strict=True)]
    """`true`"""


class Towards(Section):
    """A direction given by three numbers, each of which may be a distribution."""

    towards: Numbers
    """x, y and z; need not be of unit length"""


def _direction_tag(value: Any) -> str | None:
    return tag_of_keys(value, _DIRECTIONS)


Direction = Annotated[
    Annotated[Cone, Tag("<cone>")]
    | Annotated[Hemisphere, Tag("<hemisphere>")]
    | Annotated[Sphere, Tag("<sphere>")]
    | Annotated[Towards, Tag("<towards>")],
    form("direction", "a mapping that says which way", _direction_tag),
]
"""A random direction of the world."""


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
    "variable": (*_NUMBERS, *_COLOURS, "scope"),
    "position": tuple(_POSITIONS),
    "direction": tuple(_DIRECTIONS),
    "region": tuple(_REGIONS),
}
"""The keys that tell the branches of each keyed form apart."""
