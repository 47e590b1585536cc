"""What stands in the scene: categories, materials, places, object groups, distractors and the ground."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag, model_validator

from synthvision.recipe.distributions import Colour, Direction, Expression, Number, Numbers, Position, Region
from synthvision.recipe.legal import (
    Legal,
    Name,
    NotNegative,
    Positive,
    Section,
    Share,
    Whole,
    form,
    keys_of,
)

MOST_INSTANCES = 10_000
"""Instances that one frame may hold, and that one group may count."""

When = Annotated[Expression | None, Field(description="an expression that is true or false, as `night > 0.5`")]

LABEL_PATTERN = r"^[A-Za-z0-9_]([A-Za-z0-9_ -]*[A-Za-z0-9_-])?$"
Label = Annotated[str, Field(pattern=LABEL_PATTERN, max_length=64)]
"""A name that people give: letters, digits, ``_``, ``-`` and inner spaces."""


CATEGORY_PATTERN = r"^\S(.*\S)?$"


class Category(Section):
    """A class of labelled objects. Its ``category_id`` is its place in the list, from 1."""

    name: Annotated[str, Field(pattern=CATEGORY_PATTERN, max_length=200)]
    """what COCO files call it"""
    supercategory: Name = "object"
    """the larger class it belongs to, for COCO files"""
    surface: Literal["opaque", "see_through"] = "opaque"
    """`see_through`: masks and depth of what is behind are as if it were not there; it has its own mask"""


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


CategoryEntry = Annotated[Category, BeforeValidator(_named, json_schema_input_type=str | Category)]
"""A category as it is written: a plain name, or a mapping."""


def _names_tag(value: Any) -> str | None:
    if isinstance(value, str):
        return "<one>"
    return "<list>" if isinstance(value, list | tuple) else None


Names = Annotated[
    Annotated[Name, Tag("<one>")] | Annotated[list[Name], Field(min_length=1), Tag("<list>")],
    form("names", "a name or a list of names", _names_tag),
]


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


class OnSurface(Section):
    """Stand on the ground, or on top of an instance of another object group, without touching anything else."""

    on: Name = "ground"
    """`ground`, or the name of another group of objects or distractors"""
    within: Region | None = None
    """part of the surface, about the world's origin (ground) or the centre of the supporting instance"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class InVolume(Section):
    """Float anywhere in a volume without touching anything else."""

    in_: Position = Field(alias="in")
    """the volume"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class AtPoint(Section):
    """Put the object's origin exactly there; overlaps are the recipe's own wish."""

    at_m: tuple[Number, Number, Number]
    """x, y and z"""


class PoissonDisk(Section):
    """Spread over a surface with at least so much between centres (Bridson's blue noise)."""

    on: Name = "ground"
    """`ground`, or the name of another group"""
    within: Region | None = None
    """part of the surface"""
    spacing_m: Annotated[Number, Legal(0, open=True)]
    """least distance between two centres of the group"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class Grid(Section):
    """In rows and columns, from the first row on; more than ``rows`` × ``columns`` instances find no place."""

    on: Name = "ground"
    """`ground`, or the name of another group"""
    columns: Annotated[Whole, Field(ge=1, le=1000)]
    """along X"""
    rows: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """along Y"""
    pitch_m: tuple[Annotated[Number, Legal(0, open=True)], Annotated[Number, Legal(0, open=True)]]
    """distance between neighbours along X and Y"""
    centre_m: tuple[Number, Number] = (0.0, 0.0)
    """middle of the grid"""
    heading_deg: Number = 0.0
    """turns the grid about Z"""
    jitter_m: Annotated[Number, Legal(0)] = 0.0
    """radius of the disc in which each instance is moved"""


class Stack(Section):
    """One upon the other, in stacks of a random height."""

    on: Name = "ground"
    """`ground`, or the name of another group, on which the stacks stand"""
    within: Region | None = None
    """part of the surface"""
    height: Annotated[Number, Legal(1, whole=True)]
    """instances in each stack"""
    jitter_m: Annotated[Number, Legal(0)] = 0.0
    """radius of the disc in which each is moved against the one below"""
    jitter_deg: Annotated[Number, Legal(0)] = 0.0
    """greatest turn against the one below"""
    clearance_m: NotNegative = 0.002
    """least distance to other stacks and things"""


class Shelved(Section):
    """Side by side on the boards of shelves, in facings: the same asset several times in a row, as in a shop."""

    of: Name
    """name of the group of shelves: any things with several level boards"""
    facings: Annotated[Number, Legal(1, whole=True)] = 1.0
    """how many of one asset stand side by side before the next is drawn"""
    gap_m: Annotated[Number, Legal(0)] = 0.005
    """between neighbours"""
    deep: Annotated[Number, Legal(1, whole=True)] = 1.0
    """how many stand one behind the other"""
    fill: Share = 0.95
    """chance that a place is filled"""
    jitter_deg: Annotated[Number, Legal(0)] = 3.0
    """greatest turn away from facing the front"""


class Scatter(Section):
    """Strewn over a surface with a density: for thousands of small things, whose bounding balls do not overlap."""

    on: Name = "ground"
    """`ground` only"""
    within: Region | None = None
    """part of the ground"""
    density: Name | None = None
    """image file whose brightness is the density over ``within``; even by default"""
    overlap: Share = 0.0
    """by how much of their radii the bounding balls may overlap"""
    sink: Share = 0.0
    """how far each lies in the ground, as a share of its height"""


class Drop(Section):
    """Let fall and come to rest, with everything else that is dropped, by rigid-body physics."""

    into: Name = "ground"
    """`ground`, or the name of a group that stands already: fall on it, or into it"""
    within: Region | None = None
    """where over it, about its centre; by default the inner half of its extent"""
    height_m: Annotated[Number, Legal(0)] = 0.05
    """least height over what lies there, from which it falls"""


class Physics(Section):
    """What a thing is like to the laws of motion; only used where something is dropped."""

    mass_kg: Annotated[Number | None, Legal(0, open=True)] = None
    """by default from density and volume"""
    density_kg_m3: Annotated[Number, Legal(0, open=True)] = 1000.0
    """of the material"""
    friction: Annotated[Number, Legal(0, 5)] = 0.5
    """sliding friction"""
    damping: Annotated[Number, Legal(0)] = 0.01
    """how quickly it loses speed in air and by rolling, 1/s"""


_PLACES = {
    "in": "<in>",
    "at_m": "<at_m>",
    "poisson_disk": "<poisson_disk>",
    "grid": "<grid>",
    "stack": "<stack>",
    "shelf": "<shelf>",
    "scatter": "<scatter>",
    "drop": "<drop>",
}


class InPoissonDisk(Section):
    """Evenly spread."""

    poisson_disk: PoissonDisk
    """how"""


class InGrid(Section):
    """In rows and columns."""

    grid: Grid
    """how"""


class InStacks(Section):
    """One upon the other."""

    stack: Stack
    """how"""


class OnShelf(Section):
    """On the boards of shelves."""

    shelf: Shelved
    """how"""


class Scattered(Section):
    """Strewn by the thousand."""

    scatter: Scatter
    """how"""


class Dropped(Section):
    """Settled by physics."""

    drop: Drop
    """how"""


def _place_tag(value: Any) -> str | None:
    if not isinstance(value, dict | Section):
        return None
    keys = keys_of(value)
    return next((tag for key, tag in _PLACES.items() if key in keys), "<on>")


Place = Annotated[
    Annotated[OnSurface, Tag("<on>")]
    | Annotated[InVolume, Tag("<in>")]
    | Annotated[AtPoint, Tag("<at_m>")]
    | Annotated[InPoissonDisk, Tag("<poisson_disk>")]
    | Annotated[InGrid, Tag("<grid>")]
    | Annotated[InStacks, Tag("<stack>")]
    | Annotated[OnShelf, Tag("<shelf>")]
    | Annotated[Scattered, Tag("<scatter>")]
    | Annotated[Dropped, Tag("<drop>")],
    form("place", "a mapping with one of on, in, at_m, poisson_disk, grid, stack, shelf, scatter, drop", _place_tag),
]
"""Where an object is put."""


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


def _asset_tag(value: Any) -> str | None:
    return "<weighted>" if isinstance(value, dict) else _names_tag(value)


Assets = Annotated[
    Annotated[Name, Tag("<one>")]
    | Annotated[list[Name], Field(min_length=1), Tag("<list>")]
    | Annotated[dict[Name, NotNegative], Field(min_length=1), Tag("<weighted>")],
    form("asset", "a name, a list of names or a mapping of names to weights", _asset_tag),
]


class Things(Section):
    """What object groups and distractors have in common. Exactly one of ``asset`` and ``files`` is given."""

    name: Label | None = None
    """its own name, for `place: {on: NAME}` and `--set`; by default that of the asset or the category"""
    asset: Assets | None = None
    """a model of the catalog, a list of them, or a mapping of models to weights"""
    files: Name | None = None
    """glob of model files, relative to the recipe's folder"""
    unit_m: Positive = 1.0
    """length of one unit of the files"""
    up: Literal["x", "y", "z", "auto"] = "auto"
    """axis of the files that points up; `auto` is Y for glTF and Z for the rest"""
    variants: Annotated[Whole, Field(ge=1, le=1024)] = 8
    """how many members of a procedural family, with random parameters, take part in the dataset"""
    when: When = None
    """only in frames where the expression is true"""
    count: Annotated[Number, Legal(0, MOST_INSTANCES, whole=True)] = 1.0
    """how many instances a frame has"""
    scale: Annotated[Number, Legal(0, open=True)] = 1.0
    """factor on the size"""
    size_m: Annotated[Number | None, Legal(0, open=True)] = None
    """longest side of the asset, before `scale`"""
    place: Place = OnSurface()
    """where it is put"""
    rotation: Rotation | None = None
    """how it is turned: `upright` with a random yaw, `stable` in a pose in which it rests with a random yaw, `any` way,
    or by angles; by default upright on a surface, any way in a volume, and not at all at a point"""
    material: Materials | None = None
    """overrides of the asset's materials; a list is applied in order"""
    looks: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    """how many different draws of asset and material the instances of a frame share; by default each has its own"""
    decals: list[Decal] = Field(default=[])
    """pictures on the surface of each instance"""
    physics: Physics = Physics()
    """mass and friction, for what is dropped"""
    velocity_m_s: Numbers = (0.0, 0.0, 0.0)
    """movement while the shutter is open"""
    spin_deg_s: Numbers = (0.0, 0.0, 0.0)
    """turning while the shutter is open, about each of the world's axes"""

    @model_validator(mode="after")
    def _one_source(self) -> Things:
        if (self.asset is None) == (self.files is None):
            got = "neither" if self.asset is None else "both"
            raise ValueError(f"must have exactly one of asset and files, got {got}")
        if isinstance(self.asset, dict) and sum(self.asset.values()) <= 0:
            raise ValueError("must have asset weights that sum to more than 0, got 0")
        return self


class ObjectGroup(Things):
    """Labelled objects of one category."""

    category: Name
    """one of `categories`"""


class DistractorGroup(Things):
    """Objects that hide others but carry no category and no label."""


class Ground(Section):
    """A horizontal plane at z = 0 with its centre at the origin; ``ground: null`` leaves it out."""

    size_m: Positive = 20.0
    """side of the square"""
    material: Material = Material(kind="matte")
    """what it is made of"""
    tile_m: Annotated[Number, Legal(0, open=True)] = 1.0
    """side of one repeat of its texture"""
