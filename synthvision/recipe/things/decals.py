"""Pictures on surfaces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from synthvision.recipe.distributions import Number
from synthvision.recipe.legal import Legal, Name, Section
from synthvision.recipe.things.names import Label, Names, When


class Decal(Section):
    """A picture on the surface of each instance, such as a scratch or a sticker, at a random place."""

    name: Label | None = None
    """its own name; by default its category, or `decal`"""
    when: When = None
    """only in frames where the expression is true"""
    category: Name | None = None
    """one of `categories`: each of these decals is an annotation of its own; none by default"""
    texture: Names
    """a catalog texture with opacity (`scratch`, `crack`, `stain`, `dent` …), an image file with opacity, or a list"""
    count: Annotated[Number, Legal(0, 100, whole=True)] = 1.0
    """how many on each instance"""
    size_m: Annotated[Number, Legal(0, open=True)]
    """longer side of the picture, on the instance as it stands"""
    slots: Annotated[list[Name], Field(min_length=1)] | None = None
    """only on these material slots of the asset"""
    side: Literal["any", "top", "visible"] = "any"
    """where: anywhere, on what faces up, or on what faces the camera"""
    roughness: Annotated[Number | None, Legal(0, 1)] = None
    """of the surface under the picture"""
    metallic: Annotated[Number | None, Legal(0, 1)] = None
    """of the surface under the picture"""
    bump_m: Number = 0.0
    """height of the picture over the surface; negative is cut in"""
    tint: Annotated[Number, Legal(0, 1)] = 1.0
    """how much of the picture's colour shows; 0 leaves the surface its own, as in a dent"""
