"""How things are turned."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Tag

from synthvision.recipe.distributions import Direction, Number
from synthvision.recipe.legal import Section, form, keys_of


class Angles(Section):
    """Rotation by roll (about X), then pitch (about Y), then yaw (about Z), in the world's axes."""

    yaw_deg: Number = 0.0
    """about Z, the last of the three"""
    pitch_deg: Number = 0.0
    """about Y"""
    roll_deg: Number = 0.0
    """about X, the first of the three"""


class Turn(Section):
    """A turn about an axis of the world."""

    axis: Direction
    """the axis"""
    angle_deg: Number
    """the angle, counter-clockwise as seen against the axis"""


class About(Section):
    """Rotation about an axis."""

    about: Turn
    """axis and angle"""


class UpTowards(Section):
    """The asset's own up axis is brought into a direction, then turned about it at random."""

    up: Direction
    """where the asset's up goes"""


def _rotation_tag(value: Any) -> str | None:
    if isinstance(value, str):
        return "<named>"
    if not isinstance(value, dict | Section):
        return None
    keys = keys_of(value)
    return next((f"<{key}>" for key in ("about", "up") if key in keys), "<angles>")


Rotation = Annotated[
    Annotated[Literal["upright", "stable", "any"], Tag("<named>")]
    | Annotated[Angles, Tag("<angles>")]
    | Annotated[About, Tag("<about>")]
    | Annotated[UpTowards, Tag("<up>")],
    form("rotation", "upright, stable, any or a mapping of angles, about or up", _rotation_tag),
]
"""``upright``: random yaw; ``stable``: a pose in which the mesh rests, random yaw; ``any``: uniform on SO(3)."""
