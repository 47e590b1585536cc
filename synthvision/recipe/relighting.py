"""Several frames of one path trace, in other light."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from synthvision.recipe.distributions import Number
from synthvision.recipe.distributions.shapes import LogUniform
from synthvision.recipe.legal import Legal, Section, Whole, form

Count = Annotated[Whole, Field(ge=2, le=1000)]


class Relight(Section):
    """Frames that differ in the light's mix and in the sensor's draws alone; they cost one path trace together."""

    count: Count
    """frames of each camera's view of a scene"""
    light_gain: Annotated[Number, Legal(0)] = LogUniform(log_uniform=(0.25, 4.0))
    """factor on each light, drawn anew for each light and frame, `{log_uniform: [0.25, 4]}` unless given; of more than
    six lights, neighbours share theirs"""
    world_gain: Annotated[Number, Legal(0)] = LogUniform(log_uniform=(0.5, 2.0))
    """factor on the surroundings and the backdrop, drawn anew in each frame, `{log_uniform: [0.5, 2]}` unless given"""
    emission_gain: Annotated[Number, Legal(0)] = 1.0
    """factor on all materials that shine, drawn anew in each frame"""


def _relight_tag(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return "<count>"
    return "<mapping>" if isinstance(value, dict | Relight) else None


Relighting = Annotated[
    Annotated[Count, Tag("<count>")] | Annotated[Relight, Tag("<mapping>")],
    form("relight", "a whole number or a mapping", _relight_tag),
]
