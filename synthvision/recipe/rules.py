"""``require:``: what the labels of a frame must show for the frame to be taken."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag, model_validator

from synthvision.recipe.legal import Legal, Name, Positive, Real, Section, Share, form, own_tags, tag_of_keys


class Bounds(Section):
    """``min`` and ``max``, both included; at least one is given."""

    min: Real | None = None
    """least value"""
    max: Real | None = None
    """greatest value"""

    @model_validator(mode="after")
    def _not_empty(self) -> Bounds:
        if self.min is None and self.max is None:
            raise ValueError("must have min, max or both, got neither")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"must have min <= max, got min {self.min:g} and max {self.max:g}")
        return self


ShareBounds = Annotated[Bounds | None, Legal(0, 1)]
SizeBounds = Annotated[Bounds | None, Legal(0)]


class EachInstanceRule(Section):
    """Every labelled instance (of ``category`` where given) must meet every bound."""

    category: Name | None = None
    """only instances of this category"""
    visibility: ShareBounds = None
    """visible share of the instance's pixels"""
    truncation: ShareBounds = None
    """share of the instance outside the image"""
    mask_px: SizeBounds = None
    """visible pixels"""
    box_side_px: SizeBounds = None
    """shorter side of the tight box"""
    distance_m: SizeBounds = None
    """distance from the camera"""


class InstanceRule(EachInstanceRule):
    """Of the labelled instances that meet every bound given, ``count`` must be within its bounds."""

    count: Annotated[Bounds, Legal(0)] = Bounds(min=1)
    """how many instances may meet all of that"""


class InstancesRequired(Section):
    """So many instances must be like that."""

    instances: InstanceRule
    """which instances, and how many"""


class EachInstanceRequired(Section):
    """Each instance must be like that."""

    each_instance: EachInstanceRule
    """which instances, and what each must be like"""


class OverlapRule(Section):
    """How much the visible boxes of two labelled instances may overlap (intersection over union)."""

    category: Name | None = None
    """only between instances of this category"""
    iou: Annotated[Bounds, Legal(0, 1)]
    """of the two instances that overlap most"""


class OverlapRequired(Section):
    """Boxes may overlap so much."""

    overlap: OverlapRule
    """how much"""


class NearestRule(Section):
    """How near anything at all may be to the camera: nothing stands right before its face."""

    distance_m: Annotated[Bounds, Legal(0)]
    """along the axis, of the nearest thing that covers more than `ignore_share` of the image"""
    ignore_share: Share = 0.01
    """share of the image's pixels that may be nearer"""


class NearestRequired(Section):
    """Nothing is too near."""

    nearest: NearestRule
    """how near"""


class CategoriesRule(Section):
    """How many different categories are visible."""

    count: Annotated[Bounds, Legal(0)]
    """how many"""
    visibility: ShareBounds = None
    """counting only instances that are visible like that"""


class CategoriesRequired(Section):
    """So many categories are there."""

    categories: CategoriesRule
    """how many"""


class CoverageRule(Section):
    """Share of the image that labelled instances cover."""

    category: Name | None = None
    """only instances of this category"""
    share: Annotated[Bounds, Legal(0, 1)]
    """of all pixels"""


class CoverageRequired(Section):
    """So much of the image is covered."""

    coverage: CoverageRule
    """how much"""


class BalanceRule(Section):
    """How often each category occurs over the whole dataset, in annotations.

    Frames are taken with a probability that makes the mean number of visible instances of each category follow these
    shares, changing as little else as can be (exponential tilting, fitted on draws of the same recipe).
    """

    shares: dict[Name, Positive] | Literal["equal"] = "equal"
    """category → how often, relative to each other; `equal` for all alike"""
    pilot_frames: Annotated[int, Field(strict=True, ge=16, le=4096)] = 128
    """draws on which it is fitted"""


class BalanceRequired(Section):
    """Categories are in balance over the dataset."""

    balance: BalanceRule
    """how"""


_RULES = own_tags("instances", "each_instance", "overlap", "nearest", "categories", "coverage", "balance")
RULE_KEYS = tuple(_RULES)


def _rule_tag(value: Any) -> str | None:
    return tag_of_keys(value, _RULES)


Rule = Annotated[
    Annotated[InstancesRequired, Tag("<instances>")]
    | Annotated[EachInstanceRequired, Tag("<each_instance>")]
    | Annotated[OverlapRequired, Tag("<overlap>")]
    | Annotated[NearestRequired, Tag("<nearest>")]
    | Annotated[CategoriesRequired, Tag("<categories>")]
    | Annotated[CoverageRequired, Tag("<coverage>")]
    | Annotated[BalanceRequired, Tag("<balance>")],
    form("rule", "a mapping that says what is required", _rule_tag),
]
