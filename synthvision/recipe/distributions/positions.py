"""Places in the world."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from synthvision.recipe.distributions.numbers import Number
from synthvision.recipe.distributions.ranges import PositiveRange, Range, Size, Vector, inside
from synthvision.recipe.distributions.regions import Disc
from synthvision.recipe.legal import Name, Positive, Real, Section, form, own_tags, tag_of_keys

POSITIONS = own_tags("shell", "box", "ball", "disc", "frustum", "on_surface", "at_m") | {
    "easy": "<easy>",
    "hard": "<easy>",
}


class ShellSector(Section):
    """A part of a spherical shell: between two radii, two elevations and two azimuths."""

    radius_m: PositiveRange
    """least and greatest distance from the centre"""
    elevation_deg: Annotated[Range, inside(-90, 90)] = (-90.0, 90.0)
    """height above the horizon: 90 is straight up"""
    azimuth_deg: Annotated[Range, inside(-720, 720)] = (0.0, 360.0)
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
    return tag_of_keys(value, POSITIONS)


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
