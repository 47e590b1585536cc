"""Parts of a surface."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Tag

from synthvision.recipe.legal import Positive, Real, Section, form, own_tags, tag_of_keys

REGIONS = own_tags("disc", "rectangle")


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
    return tag_of_keys(value, REGIONS)


Region = Annotated[
    Annotated[Disc, Tag("<disc>")] | Annotated[Rectangle, Tag("<rectangle>")],
    form("region", "a mapping that says which part of the surface", _region_tag),
]
"""A part of a surface."""
