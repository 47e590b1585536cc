"""Groups of objects and distractors, and the ground."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag, model_validator

from synthvision.recipe.distributions import Number, Numbers
from synthvision.recipe.legal import Legal, Name, NotNegative, Positive, Section, Whole, form
from synthvision.recipe.things.decals import Decal
from synthvision.recipe.things.materials import Material, Materials
from synthvision.recipe.things.names import Label, When, names_tag
from synthvision.recipe.things.places import OnSurface, Place
from synthvision.recipe.things.rotations import Rotation
from synthvision.recipe.things.traits import Keypoints, Pair, Symmetry

MOST_INSTANCES = 10_000
"""Instances that one frame may hold, and that one group may count."""


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


def _asset_tag(value: Any) -> str | None:
    return "<weighted>" if isinstance(value, dict) else names_tag(value)


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
    parameters: dict[Name, Number] = Field(default={})
    """parameters of the family that are drawn otherwise than the catalog does, once for each member; no expressions"""
    when: When = None
    """only in frames where the expression is true"""
    count: Annotated[Number, Legal(0, MOST_INSTANCES, whole=True)] = 1.0
    """how many instances a frame has"""
    scale: Annotated[Number, Legal(0, open=True)] = 1.0
    """factor on the size"""
    size_m: Annotated[Number | None, Legal(0, open=True)] = None
    """longest side of the asset, before `scale`"""
    place: Place = OnSurface()
    """where it is put: what stands at points first, then what stands in grids, then the rest in the recipe's order, but
    nothing before what it stands on; where that leaves no room for something, large things before small ones"""
    rotation: Rotation | None = None
    """how it is turned: `upright` with a random yaw, `stable` in a pose in which it rests with a random yaw, `any` way,
    or by angles; by default facing the front on a shelf, stable where scattered, any way in a volume and where dropped,
    not at all at a point, and upright elsewhere"""
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
        if self.parameters and self.asset is None:
            raise ValueError("must have parameters only beside asset, got files")
        for name, number in self.parameters.items():
            if isinstance(number, str):
                text = f"must have parameters without variables, got {name}: '{number}'"
                raise ValueError(text)  # noqa: TRY004 (what pydantic takes for a fault)
        return self


class ObjectGroup(Things):
    """Labelled objects of one category."""

    category: Name
    """one of `categories`"""
    keypoints: Keypoints = Field(default={})
    """named points of the asset that are labelled; they come after those that the catalog declares, or take the place
    of one of the same name"""
    skeleton: list[Pair] = Field(default=[])
    """pairs of keypoints to join by a line, besides the catalog's"""
    flip: list[Pair] = Field(default=[])
    """pairs of keypoints that change places when a picture is mirrored, besides the catalog's"""
    symmetries: list[Symmetry] | None = None
    """turns after which the asset looks the same; by default the catalog's, `[]` for none"""


class DistractorGroup(Things):
    """Objects that hide others but carry no category and no label."""


class Ground(Section):
    """A horizontal plane at z = 0 with its centre at the origin; ``ground: null`` leaves it out."""

    size_m: Positive = 20.0
    """side of the square"""
    material: Materials = Material(kind="matte")
    """what it is made of; a list is applied in order"""
    tile_m: Annotated[Number, Legal(0, open=True)] = 1.0
    """side of one repeat of its texture"""
