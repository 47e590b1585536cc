"""Distributions of numbers that stand for themselves: named shapes with a few parameters."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Tag, model_validator

from synthvision.recipe.distributions.ranges import PositiveRange, Range, ordered
from synthvision.recipe.legal import NotNegative, Positive, Real, Section, Share, form

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

    integers: Annotated[tuple[_SafeInteger, _SafeInteger], AfterValidator(ordered)]
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
