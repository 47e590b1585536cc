"""The sections of a recipe, as frozen typed data.

Everything here is declaration: ranges, names, rules. ``synthvision.sampling`` turns it into a ``Scene``.
Metres, degrees, watts and kelvin, as the suffix of each key says. World: right-handed, Z up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from synthvision.recipe.distributions import Colour, Number, Position, Range, Region, Section, Variable

Name = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Category(Section):
    """A class of labelled objects. Its ``category_id`` is its place in the list, from 1."""

    name: Name
    supercategory: Name = "object"


class Licence(Section):
    """The licence under which the rendered dataset is given; copied into every COCO file."""

    name: str = "unspecified"
    url: str = ""


class Info(Section):
    """Free text for the ``info`` block of COCO files. ``date_created`` is never taken from a clock."""

    description: str = ""
    contributor: str = ""
    url: str = ""
    version: str = "1.0"
    year: int = 0
    date_created: str = ""


class Material(Section):
    """Overrides of the materials that an asset brings; what is not named stays as the asset has it.

    ``slots`` limits the overrides to the named material slots of the asset (``body``, ``pips``, …).
    ``texture`` replaces the base colour by a catalog texture or an image file.
    """

    kind: Literal["asset", "plastic", "ceramic", "metal", "rubber", "paint", "cardboard", "matte"] = "asset"
    slots: list[Name] | None = None
    colour: Colour | None = None
    texture: Name | list[Name] | None = None
    texture_scale: Number = 1.0
    metallic: Number | None = None
    roughness: Number | None = None
    specular: Number | None = None
    coat: Number | None = None
    emission_w_m2: Number | None = None


class OnSurface(Section):
    """Stand on the ground, or on top of an instance of another object group, without touching anything else.

    ``within`` is in the plane of the surface, about the world origin (ground) or the supporting instance's centre.
    """

    on: Name = "ground"
    within: Region | None = None
    clearance_m: Annotated[float, Field(ge=0)] = 0.002


class InVolume(Section):
    """Float anywhere in a volume without touching anything else."""

    in_: Position = Field(alias="in")
    clearance_m: Annotated[float, Field(ge=0)] = 0.002


class AtPoint(Section):
    """Put the object's origin exactly there; overlaps are the recipe's own wish."""

    at_m: tuple[Number, Number, Number]


class Angles(Section):
    """Rotation by roll (about X), then pitch (about Y), then yaw (about Z), in the world's axes."""

    yaw_deg: Number = 0.0
    pitch_deg: Number = 0.0
    roll_deg: Number = 0.0


Place = OnSurface | InVolume | AtPoint
Rotation = Literal["upright", "stable", "any"] | Angles
"""``upright``: random yaw; ``stable``: one of the poses in which the mesh rests, random yaw; ``any``: uniform on SO(3)."""


class Things(Section):
    """What object groups and distractors have in common. Exactly one of ``asset`` and ``files`` is given.

    ``variants`` is how many members of a procedural family with random parameters take part in the dataset.
    """

    name: Name | None = None
    asset: Name | list[Name] | dict[str, Annotated[float, Field(ge=0)]] | None = None
    files: Name | None = None
    unit_m: Positive = 1.0
    up: Literal["x", "y", "z", "auto"] = "auto"
    variants: Annotated[int, Field(ge=1, le=1024)] = 8
    count: Number = 1.0
    scale: Number = 1.0
    size_m: Number | None = None
    place: Place = OnSurface()
    rotation: Rotation | None = None
    material: Material | list[Material] | None = None


class ObjectGroup(Things):
    """Labelled objects of one category. ``size_m`` sets the longest side of the asset, before ``scale``."""

    category: Name


class DistractorGroup(Things):
    """Objects that hide others but carry no category and no label."""


class Ground(Section):
    """A horizontal plane at z = 0 with its centre at the origin."""

    size_m: Positive = 20.0
    material: Material = Material(kind="matte")
    tile_m: Number = 1.0


class LightBase(Section):
    name: Name | None = None
    count: Number = 1.0
    temperature_k: Number | None = None
    colour: Colour | None = None


class AreaLight(LightBase):
    """A disc that shines from ``position`` towards ``target_m``; ``power_w`` is radiant power."""

    type: Literal["area"]
    power_w: Number
    size_m: Number = 0.5
    position: Position
    target_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)


class PointLight(LightBase):
    """A small sphere that shines in all directions."""

    type: Literal["point"]
    power_w: Number
    radius_m: Number = 0.05
    position: Position


class SunLight(LightBase):
    """Parallel light from a direction; ``irradiance_w_m2`` falls on a surface that faces it."""

    type: Literal["sun"]
    irradiance_w_m2: Number
    elevation_deg: Number = 45.0
    azimuth_deg: Number = 0.0
    angle_deg: Number = 0.53


class SpotLight(LightBase):
    """A cone of light; ``cone_deg`` is its full opening, ``blend`` in [0, 1] the softness of its edge."""

    type: Literal["spot"]
    power_w: Number
    cone_deg: Number = 45.0
    blend: Number = 0.15
    radius_m: Number = 0.05
    position: Position
    target_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)


Light = Annotated[AreaLight | PointLight | SunLight | SpotLight, Field(discriminator="type")]


class World(Section):
    """What surrounds the scene: one colour, or an environment image (catalog name, file, list or glob of files).

    ``visible: false`` keeps its light but shows the camera plain ``colour`` instead.
    """

    colour: Colour | None = None
    hdri: Name | list[Name] | None = None
    strength: Number = 1.0
    rotation_deg: Number = 0.0


class LookAt(Section):
    """Where the camera looks: ``at_m`` moved by a uniform jitter in a ball of ``jitter_m``. Z is up in the image, then ``roll_deg``."""

    at_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    jitter_m: Annotated[float, Field(ge=0)] = 0.0
    roll_deg: Number = 0.0


class Camera(Section):
    """A pinhole camera. ``fov_deg`` is the horizontal field of view."""

    resolution: tuple[Annotated[int, Field(ge=8, le=16384)], Annotated[int, Field(ge=8, le=16384)]] = (640, 480)
    fov_deg: Number = 50.0
    position: Position
    look_at: LookAt = LookAt()
    clip_m: Positive = 0.01


class Bounds(Section):
    """``min`` and ``max``, both included; at least one is given."""

    min: float | None = None
    max: float | None = None


class InstanceRule(Section):
    """Of the labelled instances that meet every bound given, ``count`` must be within its bounds."""

    category: Name | None = None
    visibility: Bounds | None = None
    truncation: Bounds | None = None
    mask_px: Bounds | None = None
    box_side_px: Bounds | None = None
    distance_m: Bounds | None = None
    count: Bounds = Bounds(min=1)


class EachInstanceRule(Section):
    """Every labelled instance (of ``category`` where given) must meet every bound."""

    category: Name | None = None
    visibility: Bounds | None = None
    truncation: Bounds | None = None
    mask_px: Bounds | None = None
    box_side_px: Bounds | None = None
    distance_m: Bounds | None = None


class InstancesRequired(Section):
    instances: InstanceRule


class EachInstanceRequired(Section):
    each_instance: EachInstanceRule


Rule = InstancesRequired | EachInstanceRequired


class Render(Section):
    """How well Blender renders; ``samples_per_pixel`` and ``denoise`` override the preset."""

    quality: Literal["draft", "standard", "high"] = "standard"
    samples_per_pixel: Annotated[int, Field(ge=1, le=65536)] | None = None
    denoise: bool | None = None
    attempts: Annotated[int, Field(ge=1, le=10000)] = 50


class Sensor(Section):
    """From linear light to 8 bits. Noise is in electrons at a full well of ``full_well_e``; 0 read and ``shot_noise: false`` is a noiseless camera."""

    exposure_ev: Number = 0.0
    view: Literal["srgb", "filmic"] = "filmic"
    shot_noise: bool = False
    read_noise_e: Number = 0.0
    full_well_e: Number = 10000.0


class Outputs(Section):
    """Which files a frame has besides its image and labels."""

    image: Literal["png", "jpeg"] = "png"
    jpeg_quality: Annotated[int, Field(ge=1, le=100)] = 95
    depth: Literal["png16", "exr", "none"] = "png16"
    instances: bool = True
    normals: bool = False
    min_mask_px: Annotated[int, Field(ge=1)] = 1
    polygons: bool = False


class Recipe(Section):
    """A whole recipe. Made by ``load_recipe``; every name in it has been checked."""

    version: Literal[1]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    licence: Licence = Licence()
    info: Info = Info()
    categories: Annotated[list[Category], Field(min_length=1, max_length=65535)]
    variables: dict[str, Variable] = {}
    sampling: Literal["stratified", "independent"] = "stratified"
    seed: int = 0
    objects: list[ObjectGroup] = []
    distractors: list[DistractorGroup] = []
    ground: Ground | None = Ground()
    lights: list[Light] = []
    world: World = World()
    camera: Camera
    require: list[Rule] = []
    render: Render = Render()
    sensor: Sensor = Sensor()
    outputs: Outputs = Outputs()
    splits: dict[str, Positive] = {}

    # Where relative file names of the recipe start. Not part of the recipe's content, so not of its hash.
    _folder: Path = PrivateAttr(default_factory=Path)

    @property
    def folder(self) -> Path:
        """The folder that relative file names in the recipe start from."""
        return self._folder


__all__ = ["Range", "Recipe"]
