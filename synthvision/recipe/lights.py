"""What gives light: lights and the world around the scene."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Tag

from synthvision.recipe.distributions import Colour, Number, Position
from synthvision.recipe.legal import Legal, Section, form
from synthvision.recipe.things import Label, Names

MOST_LIGHTS = 1000
Power = Annotated[Number, Legal(0)]
Radius = Annotated[Number, Legal(0)]
Size = Annotated[Number, Legal(0, open=True)]


class LightBase(Section):
    """What all lights have in common."""

    name: Label | None = None
    """its own name; by default its type"""
    count: Annotated[Number, Legal(0, MOST_LIGHTS, whole=True)] = 1.0
    """how many of them a frame has"""
    temperature_k: Annotated[Number | None, Legal(1000, 40000)] = None
    """colour temperature of a black body; 6500 is daylight; white by default"""
    colour: Colour | None = None
    """tint, on top of the temperature"""


class AreaLight(LightBase):
    """A disc that shines from ``position`` towards ``target_m``; ``power_w`` is radiant power."""

    type: Literal["area"]
    """`area`"""
    power_w: Power
    """radiant power"""
    size_m: Size = 0.5
    """diameter of the disc"""
    position: Position
    """where it is"""
    target_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    """the point it shines at"""


class PointLight(LightBase):
    """A small sphere that shines in all directions."""

    type: Literal["point"]
    """`point`"""
    power_w: Power
    """radiant power"""
    radius_m: Radius = 0.05
    """radius of the sphere; larger ones make softer shadows"""
    position: Position
    """where it is"""


class SunLight(LightBase):
    """Parallel light from a direction; ``irradiance_w_m2`` falls on a surface that faces it."""

    type: Literal["sun"]
    """`sun`"""
    irradiance_w_m2: Power
    """on a surface that faces it"""
    elevation_deg: Annotated[Number, Legal(-90, 90)] = 45.0
    """height above the horizon"""
    azimuth_deg: Number = 0.0
    """compass direction it comes from, from +X counter-clockwise"""
    angle_deg: Annotated[Number, Legal(0, 180)] = 0.53
    """angular diameter; larger ones make softer shadows"""


class SpotLight(LightBase):
    """A cone of light; ``cone_deg`` is its full opening, ``blend`` in [0, 1] the softness of its edge."""

    type: Literal["spot"]
    """`spot`"""
    power_w: Power
    """radiant power"""
    cone_deg: Annotated[Number, Legal(1, 180)] = 45.0
    """full opening of the cone"""
    blend: Annotated[Number, Legal(0, 1)] = 0.15
    """softness of the cone's edge"""
    radius_m: Radius = 0.05
    """radius of the source; larger ones make softer shadows"""
    position: Position
    """where it is"""
    target_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    """the point it shines at"""


LIGHT_TYPES = ("area", "point", "sun", "spot")


def _light_tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"<{kind}>" if kind in LIGHT_TYPES else None


Light = Annotated[
    Annotated[AreaLight, Tag("<area>")]
    | Annotated[PointLight, Tag("<point>")]
    | Annotated[SunLight, Tag("<sun>")]
    | Annotated[SpotLight, Tag("<spot>")],
    form("light", "a mapping with a type", _light_tag),
]


class World(Section):
    """What surrounds the scene: one colour, or an environment image."""

    colour: Colour | None = None
    """colour from all sides"""
    hdri: Names | None = None
    """environment: a catalog name, a file, a glob of files, or a list of these, of which one is drawn"""
    strength: Annotated[Number, Legal(0)] = 1.0
    """factor on its light"""
    rotation_deg: Number = 0.0
    """turns the environment about Z"""
