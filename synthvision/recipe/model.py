"""The sections of a recipe, as frozen typed data.

Everything here is declaration: ranges, names, rules. ``synthvision.sampling`` turns it into a ``Scene``.
Metres, degrees, watts and kelvin, as the suffix of each key says. World: right-handed, Z up.
The text under a field is its description in the JSON Schema and in ``docs/recipe_reference.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from synthvision.recipe.distributions import Number, Position, Range, Region, Variable, VariableName
from synthvision.recipe.legal import Flag, Legal, Name, NotNegative, Positive, Section, Share, Whole
from synthvision.recipe.lights import AreaLight, Light, LightBase, PointLight, SpotLight, SunLight, World
from synthvision.recipe.rules import (
    Bounds,
    EachInstanceRequired,
    EachInstanceRule,
    InstanceRule,
    InstancesRequired,
    Rule,
)
from synthvision.recipe.things import (
    Angles,
    AtPoint,
    Category,
    CategoryEntry,
    DistractorGroup,
    Ground,
    InVolume,
    Material,
    ObjectGroup,
    OnSurface,
    Place,
    Rotation,
    Things,
)

Side = Annotated[Whole, Field(ge=8, le=16384)]
MOST_PIXELS = 2**26
"""Pixels that an image may have."""

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
SPLIT_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
FileName = Annotated[str, Field(pattern=NAME_PATTERN, max_length=100)]
SplitName = Annotated[str, Field(pattern=SPLIT_PATTERN, max_length=64)]


class Licence(Section):
    """The licence under which the rendered dataset is given; copied into every COCO file."""

    name: str = "unspecified"
    """its name"""
    url: str = ""
    """where it can be read"""


class Info(Section):
    """Free text for the ``info`` block of COCO files. ``date_created`` is never taken from a clock."""

    description: str = ""
    """what the dataset is"""
    contributor: str = ""
    """who made it"""
    url: str = ""
    """where it lives"""
    version: str = "1.0"
    """of the dataset"""
    year: Annotated[Whole, Field(ge=0, le=9999)] = 0
    """of the dataset"""
    date_created: str = ""
    """copied as it stands"""


class LookAt(Section):
    """Where the camera looks: ``at_m`` moved by a uniform jitter in a ball of ``jitter_m``.

    Z is up in the image, then ``roll_deg``.
    """

    at_m: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    """the point looked at"""
    jitter_m: NotNegative = 0.0
    """radius of the ball in which that point is moved"""
    roll_deg: Number = 0.0
    """turn about the line of sight"""


class Camera(Section):
    """A pinhole camera. ``fov_deg`` is the horizontal field of view."""

    resolution: tuple[Side, Side] = (640, 480)
    """width and height of the image in pixels"""
    fov_deg: Annotated[Number, Legal(0, 180, open=True)] = 50.0
    """horizontal field of view"""
    position: Position
    """where it is"""
    look_at: LookAt = LookAt()
    """where it looks"""
    clip_m: Positive = 0.01
    """nothing nearer than this is seen"""


class Render(Section):
    """How well Blender renders; ``samples_per_pixel`` and ``denoise`` override the preset."""

    quality: Literal["draft", "standard", "high"] = "standard"
    """preset of samples, adaptive threshold and denoiser"""
    samples_per_pixel: Annotated[Whole, Field(ge=1, le=65536)] | None = None
    """overrides the preset"""
    denoise: Flag | None = None
    """overrides the preset"""
    attempts: Annotated[Whole, Field(ge=1, le=10000)] = 50
    """how often a frame is drawn anew before `require` is given up"""


class Sensor(Section):
    """From linear light to 8 bits. Noise is in electrons at a full well of ``full_well_e``.

    A read noise of 0 and ``shot_noise: false`` is a noiseless camera.
    """

    exposure_ev: Number = 0.0
    """brightness, in stops"""
    view: Literal["srgb", "filmic"] = "filmic"
    """how bright light is shown: cut off (`srgb`) or rolled off (`filmic`)"""
    shot_noise: Flag = False
    """noise of the light itself"""
    read_noise_e: Annotated[Number, Legal(0)] = 0.0
    """standard deviation of the noise of reading a pixel"""
    full_well_e: Annotated[Number, Legal(0, open=True)] = 10000.0
    """electrons of a white pixel"""


class Outputs(Section):
    """Which files a frame has besides its image and labels."""

    image: Literal["png", "jpeg"] = "png"
    """format of the image"""
    jpeg_quality: Annotated[Whole, Field(ge=1, le=100)] = 95
    """of JPEG images"""
    depth: Literal["png16", "exr", "none"] = "png16"
    """16-bit PNG in millimetres, float EXR in metres, or no depth"""
    instances: Flag = True
    """16-bit PNG of instance ids"""
    normals: Flag = False
    """PNG of camera-space normals"""
    min_mask_px: Annotated[Whole, Field(ge=1)] = 1
    """instances with fewer visible pixels are not annotated"""
    polygons: Flag = False
    """add polygons to COCO annotations: lossy"""


class Recipe(Section):
    """A whole recipe. Made by ``load_recipe``; every name in it has been checked."""

    version: Literal[1]
    """of the recipe language"""
    name: FileName
    """of the recipe: letters, digits, `_`, `.` and `-`"""
    licence: Licence = Licence()
    """of the dataset"""
    info: Info = Info()
    """of the dataset"""
    categories: Annotated[list[CategoryEntry], Field(min_length=1, max_length=65535)]
    """classes of labelled objects, as names or mappings; the order gives the ids"""
    variables: dict[VariableName, Variable] = Field(default={})
    """numbers and colours that are drawn once a frame and used by name"""
    sampling: Literal["stratified", "independent"] = "stratified"
    """draws spread evenly over the frames, or independent of each other"""
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
    """of the dataset, where the command names none"""
    objects: list[ObjectGroup] = Field(default=[])
    """groups of labelled objects"""
    distractors: list[DistractorGroup] = Field(default=[])
    """groups of objects without labels"""
    ground: Ground | None = Ground()
    """the plane at z = 0; `null` for none"""
    lights: list[Light] = Field(default=[])
    """what shines"""
    world: World = World()
    """what surrounds the scene"""
    camera: Camera
    """what looks at it"""
    require: list[Rule] = Field(default=[])
    """rules that a frame must meet to be taken"""
    render: Render = Render()
    """how well it is rendered"""
    sensor: Sensor = Sensor()
    """how light becomes pixels"""
    outputs: Outputs = Outputs()
    """which files are written"""
    splits: dict[SplitName, Positive] = Field(default={})
    """names of the dataset's splits with their relative sizes"""

    # Where relative file names of the recipe start. Not part of the recipe's content, so not of its hash.
    _folder: Path = PrivateAttr(default_factory=Path)

    @property
    def folder(self) -> Path:
        """The folder that relative file names in the recipe start from."""
        return self._folder

    def in_folder(self, folder: Path) -> Recipe:
        """Return the same recipe with its relative file names starting from ``folder``."""
        moved = self.model_copy()
        moved._folder = folder  # noqa: SLF001 (its own copy)
        return moved


__all__ = [
    "Angles",
    "AreaLight",
    "AtPoint",
    "Bounds",
    "Camera",
    "Category",
    "DistractorGroup",
    "EachInstanceRequired",
    "EachInstanceRule",
    "Ground",
    "InVolume",
    "Info",
    "InstanceRule",
    "InstancesRequired",
    "Licence",
    "Light",
    "LightBase",
    "LookAt",
    "Material",
    "Name",
    "ObjectGroup",
    "OnSurface",
    "Outputs",
    "Place",
    "PointLight",
    "Positive",
    "Range",
    "Recipe",
    "Region",
    "Render",
    "Rotation",
    "Rule",
    "Sensor",
    "Share",
    "SpotLight",
    "SunLight",
    "Things",
    "World",
]
