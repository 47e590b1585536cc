"""What stands in the scene: categories, materials, places, object groups, distractors and the ground."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag, model_validator

from synthvision.recipe.distributions import Colour, Number, Position, Region
from synthvision.recipe.legal import (
    Legal,
    Name,
    NotNegative,
    Positive,
    Section,
    Whole,
    form,
    keys_of,
)

MOST_INSTANCES = 10_000
"""Instances that one frame may hold, and that one group may count."""

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

    kind: Literal["asset", "plastic", "ceramic", "metal", "rubber", "paint", "cardboard", "matte"] = "asset"
    """what the surface is made of; `asset` keeps what the asset has"""
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


def _place_tag(value: Any) -> str | None:
    if not isinstance(value, dict | OnSurface | InVolume | AtPoint):
        return None
    keys = keys_of(value)
    return next((f"<{key}>" for key in ("in", "at_m") if key in keys), "<on>")


Place = Annotated[
    Annotated[OnSurface, Tag("<on>")] | Annotated[InVolume, Tag("<in>")] | Annotated[AtPoint, Tag("<at_m>")],
    form("place", "a mapping with one of on, in, at_m", _place_tag),
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


def _rotation_tag(value: Any) -> str | None:
    if isinstance(value, str):
        return "<named>"
    return "<angles>" if isinstance(value, dict | Angles) else None


Rotation = Annotated[
    Annotated[Literal["upright", "stable", "any"], Tag("<named>")] | Annotated[Angles, Tag("<angles>")],
    form("rotation", "upright, stable, any or a mapping of angles", _rotation_tag),
]
"""``upright``: random yaw; ``stable``: a pose in which the mesh rests, random yaw; ``any``: uniform on SO(3)."""


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
