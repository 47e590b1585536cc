"""Named points of things and turns after which they look the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from synthvision.recipe.distributions.ranges import Vector
from synthvision.recipe.legal import NotNegative, Section, Share, Whole
from synthvision.recipe.things.names import Label

Shares = tuple[Share, Share, Share]
Pair = tuple[Label, Label]
MOST_KEYPOINTS = 1000


class Keypoint(Section):
    """A point of the asset by its own axes. Exactly one of `at`, `towards` and `at_m` is given."""

    at: Shares | None = None
    """by shares of the asset's own box along x, y and z, 0 to 1 each"""
    onto: Vector | None = None
    """from `at` along this direction to the first surface of the asset"""
    towards: Vector | None = None
    """the point of the asset that is furthest in this direction: the middle of all that are, or the one nearest to it
    if it is not on the surface"""
    at_m: Vector | None = None
    """by metres from the asset's own origin"""
    depth_m: NotNegative | None = None
    """how far before the point the asset's own surface may be for the point to count as seen; by default 0 for a point
    on the surface or in the open, and for one inside a body twice the way to the nearest surface"""

    @model_validator(mode="after")
    def _one_way(self) -> Keypoint:
        given = [name for name in ("at", "towards", "at_m") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"must have exactly one of at, towards and at_m, got {' and '.join(given) or 'none'}")
        if self.onto is not None and self.at is None:
            raise ValueError(f"must have onto only beside at, got it beside {given[0]}")
        for name in ("onto", "towards"):
            if (way := getattr(self, name)) is not None and not any(way):
                raise ValueError(f"must have a direction of some length, got {name}: [0, 0, 0]")
        return self


class Symmetry(Section):
    """A turn about an axis of the asset after which it looks the same, in shape and print."""

    axis: Vector
    """the axis, in the asset's own frame; need not be of unit length"""
    fold: Whole
    """how many such turns make a whole one; 0 if any angle will do"""
    at: Shares = (0.5, 0.5, 0.5)
    """a point that the axis leads through, by shares of the asset's own box"""

    @model_validator(mode="after")
    def _turns(self) -> Symmetry:
        if self.fold < 0 or self.fold == 1:
            raise ValueError(f"must have a fold of 0 or at least 2, got {self.fold}")
        if not any(self.axis):
            raise ValueError("must have an axis of some length, got [0, 0, 0]")
        return self


Keypoints = Annotated[dict[Label, Keypoint], Field(max_length=MOST_KEYPOINTS)]
"""Name → point."""
