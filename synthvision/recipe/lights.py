"""What gives light: lights and the world around the scene."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Tag, model_validator

from synthvision.recipe.distributions import Colour, Number, Numbers, Position
from synthvision.recipe.legal import Legal, Section, form
from synthvision.recipe.things import Label, Names, When

MOST_LIGHTS = 1000
Power = Annotated[Number, Legal(0)]
Radius = Annotated[Number, Legal(0)]
Size = Annotated[Number, Legal(0, open=True)]


class LightBase(Section):
    """What all lights have in common."""

    name: Label | None = None
    """its own name; by default its type"""
    when: When = None
    """only in frames where the expression is true"""
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


class RigBase(LightBase):
    """A set of lights around a point, as photographers build them."""

    power_w: Power
    """radiant power of all its lights together"""
    target_m: Numbers = (0.0, 0.0, 0.0)
    """the point it shines at"""
    distance_m: Size = 2.0
    """of its lights from that point"""
    azimuth_deg: Number = 0.0
    """where the camera's side is, from +X counter-clockwise"""


class ThreePointRig(RigBase):
    """Key, fill and rim light: 45 degrees to one side, the other side, and from behind."""

    type: Literal["three_point"]
    """`three_point`"""
    elevation_deg: Annotated[Number, Legal(0, 90)] = 40.0
    """of the key light over the horizon"""
    fill_share: Annotated[Number, Legal(0, 1)] = 0.4
    """power of the fill light relative to the key light"""
    rim_share: Annotated[Number, Legal(0)] = 0.6
    """power of the rim light relative to the key light"""
    size_m: Size = 0.6
    """diameter of each light"""


class RingRig(RigBase):
    """A ring of lamps around the line from the point straight up, as over an inspection bench."""

    type: Literal["ring"]
    """`ring`"""
    lamps: Annotated[Number, Legal(3, 64, whole=True)] = 8.0
    """how many"""
    elevation_deg: Annotated[Number, Legal(0, 90)] = 60.0
    """of the lamps over the horizon, as seen from the point"""
    size_m: Size = 0.1
    """diameter of each lamp"""


class StripRig(RigBase):
    """Long bars of light overhead, side by side."""

    type: Literal["strip"]
    """`strip`"""
    bars: Annotated[Number, Legal(1, 16, whole=True)] = 2.0
    """how many"""
    length_m: Size = 1.2
    """of each bar"""
    width_m: Size = 0.08
    """of each bar"""
    spacing_m: Size = 0.6
    """between bars"""


class WindowRig(RigBase):
    """Daylight from a window at the side: one large bright rectangle."""

    type: Literal["window"]
    """`window`"""
    elevation_deg: Annotated[Number, Legal(0, 90)] = 20.0
    """of the window's middle over the horizon, as seen from the point"""
    width_m: Size = 1.2
    """of the window"""
    height_m: Size = 1.4
    """of the window"""


LIGHT_TYPES = ("area", "point", "sun", "spot", "three_point", "ring", "strip", "window")


def _light_tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"<{kind}>" if kind in LIGHT_TYPES else None


Light = Annotated[
    Annotated[AreaLight, Tag("<area>")]
    | Annotated[PointLight, Tag("<point>")]
    | Annotated[SunLight, Tag("<sun>")]
    | Annotated[SpotLight, Tag("<spot>")]
    | Annotated[ThreePointRig, Tag("<three_point>")]
    | Annotated[RingRig, Tag("<ring>")]
    | Annotated[StripRig, Tag("<strip>")]
    | Annotated[WindowRig, Tag("<window>")],
    form("light", "a mapping with a type", _light_tag),
]


class Sky(Section):
    """A clear sky with its sun. Where the sun stands is given by angles, or by place, day and hour."""

    elevation_deg: Annotated[Number | None, Legal(-10, 90)] = None
    """of the sun over the horizon; below it, dusk"""
    azimuth_deg: Number = 0.0
    """where the sun stands, from +X counter-clockwise; with `latitude_deg`, where north is"""
    latitude_deg: Annotated[Number | None, Legal(-90, 90)] = None
    """place on the earth; north is positive"""
    day: Annotated[Number, Legal(1, 366)] = 172.0
    """of the year"""
    hour: Annotated[Number, Legal(0, 24)] = 12.0
    """true solar time"""
    turbidity: Annotated[Number, Legal(1.7, 10)] = 3.0
    """haze: 2 is very clear, 6 hazy"""
    clouds: Annotated[Number, Legal(0, 1)] = 0.0
    """share of the sky that is clouded"""

    @model_validator(mode="after")
    def _one_way(self) -> Sky:
        if (self.elevation_deg is None) == (self.latitude_deg is None):
            got = "neither" if self.latitude_deg is None else "both"
            raise ValueError(f"must have exactly one of elevation_deg and latitude_deg, got {got}")
        return self


class Gradient(Section):
    """A sky that goes from one colour to another."""

    horizon: Colour
    """colour at the horizon"""
    zenith: Colour
    """colour straight up"""
    nadir: Colour | None = None
    """colour straight down; the horizon's by default"""


class World(Section):
    """What surrounds the scene: one colour, a gradient, a sky, or an environment image."""

    colour: Colour | None = None
    """colour from all sides"""
    gradient: Gradient | None = None
    """from the horizon's colour to the zenith's"""
    sky: Sky | None = None
    """a clear sky with a sun, which is also a light"""
    hdri: Names | None = None
    """environment: a catalog name, a file, a glob of files, or a list of these, of which one is drawn"""
    strength: Annotated[Number, Legal(0)] = 1.0
    """factor on its light"""
    rotation_deg: Number = 0.0
    """turns the environment about Z"""
    backdrop: Names | None = None
    """picture that the camera sees behind everything: files as for `hdri`; it gives no light"""
    backdrop_strength: Annotated[Number, Legal(0)] = 1.0
    """brightness of a white pixel of it"""

    @model_validator(mode="after")
    def _one_source(self) -> World:
        given = [name for name in ("colour", "gradient", "sky", "hdri") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"must have at most one of colour, gradient, sky and hdri, got {' and '.join(given)}")
        return self
