"""Directions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag, model_validator

from synthvision.recipe.distributions.numbers import Numbers
from synthvision.recipe.distributions.ranges import Vector
from synthvision.recipe.legal import Section, form, own_tags, tag_of_keys

DIRECTIONS = own_tags("cone", "hemisphere", "sphere", "towards")


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
    return tag_of_keys(value, DIRECTIONS)


Direction = Annotated[
    Annotated[Cone, Tag("<cone>")]
    | Annotated[Hemisphere, Tag("<hemisphere>")]
    | Annotated[Sphere, Tag("<sphere>")]
    | Annotated[Towards, Tag("<towards>")],
    form("direction", "a mapping that says which way", _direction_tag),
]
"""A random direction of the world."""
