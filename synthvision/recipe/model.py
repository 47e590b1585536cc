"""The sections of a recipe, as frozen typed data.

Everything here is declaration: ranges, names, rules. ``synthvision.sampling`` turns it into a ``Scene``.
Metres, degrees, watts and kelvin, as the suffix of each key says. World: right-handed, Z up.
The text under a field is its description in the JSON Schema and in ``docs/recipe_reference.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, Tag, model_validator

from synthvision.recipe.cameras import Camera, LookAt
from synthvision.recipe.distributions import Number, Range, Region, Variable, VariableName
from synthvision.recipe.legal import Flag, Legal, Name, Positive, Section, Share, Whole, form
from synthvision.recipe.lights import (
    AreaLight,
    Light,
    LightBase,
    PointLight,
    RingRig,
    SpotLight,
    StripRig,
    SunLight,
    ThreePointRig,
    WindowRig,
    World,
)
from synthvision.recipe.relighting import Relight, Relighting
from synthvision.recipe.rendering import Render
from synthvision.recipe.rules import (
    Bounds,
    EachInstanceRequired,
    EachInstanceRule,
    InstanceRule,
    InstancesRequired,
    Rule,
)
from synthvision.recipe.sensors import DepthSensor, Sensor
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


class Outputs(Section):
    """Which files a frame has besides its image and labels."""

    image: Literal["png", "jpeg"] = "png"
    """format of the image"""
    jpeg_quality: Annotated[Whole, Field(ge=1, le=100)] = 95
    """of JPEG images"""
    depth: Literal["png16", "exr", "none"] = "png16"
    """16-bit PNG in millimetres, float EXR in metres, or no depth"""
    measured_depth: Flag = True
    """what the `depth_sensor` measures, where there is one: 16-bit PNG in millimetres"""
    instances: Flag = True
    """16-bit PNG of instance ids"""
    normals: Flag = False
    """PNG of camera-space normals"""
    world_normals: Flag = False
    """PNG of world-space normals"""
    semantic: Flag = False
    """16-bit PNG of category ids"""
    object_coordinates: Flag = False
    """16-bit PNG of where on its model each pixel's point is (NOCS)"""
    uv: Flag = False
    """16-bit PNG of texture coordinates"""
    parts: Flag = False
    """8-bit PNG of part numbers: the model's material slots, from 1"""
    disparity: Flag = False
    """EXR of disparities of a stereo pair in pixels, and a PNG of which points the other eye does not see"""
    coverage: Annotated[Whole, Field(le=16)] = 0
    """soft masks: rays per side of a pixel that is cast n by n, 2 to 16; 0 for none"""
    min_mask_px: Annotated[Whole, Field(ge=1)] = 1
    """instances with fewer visible pixels are not annotated"""
    polygons: Flag = False
    """add polygons to COCO annotations: lossy"""


class Correlation(Section):
    """Variables that go together (a Gaussian copula): each keeps its own distribution."""

    of: Annotated[list[VariableName], Field(min_length=2, max_length=64)]
    """names of variables that are drawn from one random number each"""
    rank: list[list[Annotated[float, Field(strict=True, ge=-1, le=1)]]]
    """matrix of their rank correlations (Spearman), 1 on the diagonal"""


class SamplingPlan(Section):
    """How draws are spread over the frames."""

    method: Literal["stratified", "latin_hypercube", "independent"] = "stratified"
    """`latin_hypercube`: each of `frames` equal parts of a range is met exactly once"""
    frames: Annotated[Whole, Field(ge=1, le=2**31)] | None = None
    """number of frames of the dataset, for `latin_hypercube` only"""
    sobol: Annotated[list[VariableName], Field(min_length=1, max_length=1000)] | None = None
    """variables that are spread evenly together, as points of a Sobol sequence"""

    @model_validator(mode="after")
    def _frames_for_latin(self) -> SamplingPlan:
        if (self.method == "latin_hypercube") != (self.frames is not None):
            got = "frames with another method" if self.frames is not None else "no frames"
            raise ValueError(f"must have frames if and only if method is latin_hypercube, got {got}")
        return self


def _sampling_tag(value: Any) -> str | None:
    if isinstance(value, str):
        return "<method>"
    return "<plan>" if isinstance(value, dict | SamplingPlan) else None


Sampling = Annotated[
    Annotated[Literal["stratified", "independent"], Tag("<method>")] | Annotated[SamplingPlan, Tag("<plan>")],
    form("sampling", "stratified, independent or a mapping", _sampling_tag),
]


def _camera_tag(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return "<list>"
    return "<one>" if isinstance(value, dict | Camera) else None


Cameras = Annotated[
    Annotated[Camera, Tag("<one>")] | Annotated[list[Camera], Field(min_length=1, max_length=64), Tag("<list>")],
    form("camera", "a mapping or a list of mappings", _camera_tag),
]


class Randomizer(Section):
    """Python code that changes drawn scenes, registered as an entry point of the group `synthvision.randomizers`."""

    use: Name
    """name of the entry point"""
    options: dict[str, Any] = Field(default={})
    """what it is given"""


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
    correlations: list[Correlation] = Field(default=[])
    """variables that go together"""
    difficulty: Annotated[Number, Legal(0, 1)] = 0.5
    """how far values with an `easy` and a `hard` form are from one to the other; also a variable of that name"""
    sampling: Sampling = "stratified"
    """draws spread evenly over the frames, or independent of each other, or a mapping with more to say"""
    freeze: list[Name] = Field(default=[])
    """factors held at their centre: `objects`, `distractors`, `materials`, `lights`, `world`, `camera`, `sensor`,
    `ground`, `variables`, `difficulty`, or the name of a group, light or variable"""
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
    camera: Cameras
    """what looks at it: one camera, or a list of which each gives an image of every scene"""
    relight: Relighting | None = None
    """frames of each view in other light, for the price of one path trace: how many, or a mapping with more to say"""
    randomizers: list[Randomizer] = Field(default=[])
    """Python code that changes drawn scenes, applied in order"""
    require: list[Rule] = Field(default=[])
    """rules that a frame must meet to be taken"""
    render: Render = Render()
    """how well it is rendered"""
    sensor: Sensor = Sensor()
    """how light becomes pixels"""
    depth_sensor: DepthSensor | None = None
    """a depth camera, whose depth is written beside the perfect one"""
    outputs: Outputs = Outputs()
    """which files are written"""
    splits: dict[SplitName, Positive] = Field(default={})
    """names of the dataset's splits with their relative sizes"""

    # Where relative file names of the recipe start. Not part of the recipe's content, so not of its hash.
    _folder: Path = PrivateAttr(default_factory=Path)

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The cameras; a stereo pair counts once."""
        return tuple(self.camera) if isinstance(self.camera, list) else (self.camera,)

    @property
    def relit(self) -> Relight | None:
        """How each view is relit, if it is."""
        return Relight(count=self.relight) if isinstance(self.relight, int) else self.relight

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
    "DepthSensor",
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
    "Relight",
    "Render",
    "RingRig",
    "Rotation",
    "Rule",
    "Sensor",
    "Share",
    "SpotLight",
    "StripRig",
    "SunLight",
    "Things",
    "ThreePointRig",
    "WindowRig",
    "World",
]
