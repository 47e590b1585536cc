"""``require:``: what the labels of a frame must show for the frame to be taken."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Tag, model_validator

from synthvision.recipe.legal import Legal, Name, Real, Section, form, own_tags, tag_of_keys


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


_RULES = own_tags("instances", "each_instance")
RULE_KEYS = tuple(_RULES)


def _rule_tag(value: Any) -> str | None:
    return tag_of_keys(value, _RULES)


Rule = Annotated[
    Annotated[InstancesRequired, Tag("<instances>")] | Annotated[EachInstanceRequired, Tag("<each_instance>")],
    form("rule", "a mapping that says what is required", _rule_tag),
]
