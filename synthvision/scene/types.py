"""The hand-over between rooms: one drawn world, frozen, with no ranges left and no renderer's types.

World: right-handed, Z up, metres. Camera axes: OpenCV (x right, y down, z forward). Matrices are 4×4 nested tuples,
row by row, and act on column vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from synthvision.assets.types import AssetSource, Material, Texture

Row = tuple[float, float, float, float]
Matrix = tuple[Row, Row, Row, Row]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Instance:
    """One thing placed in the world.

    Attributes:
        name: unique in the scene, ``<group>/<index>``; the ground is ``ground``.
        mesh: content hash, a key of ``Scene.meshes``.
        object_to_world: pose; rotation, uniform scale, translation in metres.
        materials: one per slot of the mesh, overrides applied.
        instance_id: 1…N for labelled instances in scene order; 0 for the ground and distractors.
        category_id: 1…C in the recipe's order; 0 where there is no category.
        category: its name; empty where there is none.
        asset: the catalog name or file it came from.
    """

    name: str
    mesh: str
    object_to_world: Matrix
    materials: tuple[Material, ...]
    instance_id: int = 0
    category_id: int = 0
    category: str = ""
    asset: str = ""


@dataclass(frozen=True)
class Light:
    """One light. Position and ``direction`` (unit, the way the light travels) are in the world.

    ``power_w`` is radiant power (area, point, spot) or irradiance in W/m² (sun). ``colour`` is linear Rec.709,
    scaled to luminance 1, with the colour temperature already in it. ``size`` is the diameter of an area light, in
    metres, the radius of a point or spot light in metres, or the angular diameter of the sun in degrees.
    """

    name: str
    type: Literal["area", "point", "sun", "spot"]
    power_w: float
    colour: Vector
    position_m: Vector = (0.0, 0.0, 0.0)
    direction: Vector = (0.0, 0.0, -1.0)
    size: float = 0.0
    cone_deg: float = 0.0
    blend: float = 0.0


@dataclass(frozen=True)
class World:
    """The surroundings: an equirectangular environment times ``strength``, or one linear colour times ``strength``.

    ``rotation_deg`` turns the environment counter-clockwise about +Z, seen from above. At 0 the middle column of the
    image is seen in direction +X and columns further right are seen towards -Y, as Blender has it.
    """

    colour: Vector = (0.0, 0.0, 0.0)
    strength: float = 1.0
    environment: Texture | None = None
    rotation_deg: float = 0.0


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in pixels, pixel centres at (i + 0.5, j + 0.5).

    ``clip_m``: nothing nearer than this (along z) is seen.
    """

    width_px: int
    height_px: int
    fx: float
    fy: float
    cx: float
    cy: float
    camera_to_world: Matrix
    clip_m: float = 0.01


@dataclass(frozen=True)
class SensorSettings:
    """How linear light becomes 8 bits in this frame; noise is drawn from ``noise_seed``."""

    exposure_ev: float = 0.0
    view: Literal["srgb", "filmic"] = "filmic"
    shot_noise: bool = False
    read_noise_e: float = 0.0
    full_well_e: float = 10000.0
    noise_seed: int = 0


@dataclass(frozen=True)
class Scene:
    """One drawn world: everything needed to label it and to render it, and nothing else.

    Attributes:
        frame_index: the frame it is.
        attempt: how many draws of this frame ``require:`` had refused before this one.
        seed: of the dataset; Cycles' own noise seed is derived from (seed, frame_index).
        meshes: content hash → where the mesh comes from.
        variables: the frame's value of each entry of ``variables:`` (numbers, or linear RGB).
        split: name of the split the frame belongs to; empty when the recipe has none.
        asset_root: where relative paths start on this machine; not part of the content: neither compared nor written.
    """

    frame_index: int
    attempt: int
    seed: int
    meshes: Mapping[str, AssetSource]
    instances: tuple[Instance, ...]
    lights: tuple[Light, ...]
    world: World
    camera: Camera
    sensor: SensorSettings = SensorSettings()
    variables: Mapping[str, float | Vector] = field(default_factory=dict)
    split: str = ""
    asset_root: Path = field(default_factory=Path, compare=False)
