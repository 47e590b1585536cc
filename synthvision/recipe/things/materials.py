"""What surfaces are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from synthvision.recipe.distributions import Colour, Number
from synthvision.recipe.legal import Legal, Name, Section, form
from synthvision.recipe.things.names import Names, When


class Material(Section):
    """Overrides of the materials that an asset brings; what is not named stays as the asset has it."""

    kind: Literal[
        "asset",
        "plastic",
        "ceramic",
        "metal",
        "rubber",
        "paint",
        "cardboard",
        "matte",
        "painted_metal",
        "brushed_metal",
        "wood",
        "glass",
        "fabric",
        "concrete",
        "asphalt",
        "soil",
        "fruit_skin",
        "paper",
    ] = "asset"
    """what the surface is made of; `asset` keeps what the asset has"""
    when: When = None
    """this override applies only in frames where the expression is true"""
    slots: Annotated[list[Name], Field(min_length=1)] | None = None
    """only these material slots of the asset are overridden (`body`, `pips`, …); all by default"""
    colour: Colour | None = None
    """base colour"""
    texture: Names | None = None
    """replaces the base colour by a catalog texture or an image file; one of a list is drawn"""
    texture_scale: Annotated[Number, Legal(0, open=True)] = 1.0
    """how often the texture repeats, relative to its own scale"""
    metallic: Annotated[Number | None, Legal(0, 1)] = None
    """0 for anything but metals, 1 for metals"""
    roughness: Annotated[Number | None, Legal(0, 1)] = None
    """0 is a mirror, 1 is chalk"""
    specular: Annotated[Number | None, Legal(0, 1)] = None
    """strength of the reflection at normal incidence; 0.5 is glass and plastic"""
    coat: Annotated[Number | None, Legal(0, 1)] = None
    """strength of a clear coat on top"""
    emission_w_m2: Annotated[Number | None, Legal(0)] = None
    """light that the surface gives by itself"""
    transmission: Annotated[Number | None, Legal(0, 1)] = None
    """1 for glass: how much light goes through instead of being scattered"""
    pattern_scale: Annotated[Number, Legal(0, open=True)] = 1.0
    """size of the kind's own structure (grain, weave, pores), relative to life"""
    wear: Annotated[Number | None, Legal(0, 1)] = None
    """how much of the surface is rubbed off at random, edges first"""
    dust: Annotated[Number | None, Legal(0, 1)] = None
    """how much dust lies on what faces up"""
    fingerprints: Annotated[Number | None, Legal(0, 1)] = None
    """how much of the surface is smudged"""
    scratches: Annotated[Number | None, Legal(0, 1)] = None
    """how many fine scratches there are"""


def _material_tag(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return "<list>"
    return "<one>" if isinstance(value, dict | Material) else None


Materials = Annotated[
    Annotated[Material, Tag("<one>")] | Annotated[list[Material], Field(min_length=1), Tag("<list>")],
    form("material", "a mapping or a list of mappings", _material_tag),
]
