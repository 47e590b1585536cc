"""What an asset is: arrays and names, in metres, Z up, without any renderer's types."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

UpAxis = Literal["x", "y", "z", "auto"]


@dataclass(frozen=True)
class GeneratedAsset:
    """An asset made by our own code: the same generator and parameters give the same arrays."""

    generator: str
    parameters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class AssetFile:
    """An asset read from a file. ``path`` is relative to the recipe's folder, or absolute if the recipe says so.

    ``unit_m`` is the length of one unit of the file; ``up`` the axis of the file that points up
    (``auto``: Y for glTF, which defines it, Z otherwise).
    """

    path: str
    sha256: str
    unit_m: float = 1.0
    up: UpAxis = "auto"


AssetSource = GeneratedAsset | AssetFile


@dataclass(frozen=True)
class Texture:
    """A reference to an image: generated, a file, or embedded in its asset (``key``: SHA-256 of its pixels)."""

    kind: Literal["generated", "file", "embedded"]
    key: str
    parameters: tuple[tuple[str, float], ...] = ()
    sha256: str = ""


Shader = Literal[
    "plain",
    "plastic",
    "painted_metal",
    "brushed_metal",
    "wood",
    "ceramic",
    "glass",
    "rubber",
    "fabric",
    "concrete",
    "asphalt",
    "soil",
    "fruit_skin",
    "paper",
    "cardboard",
]
"""Procedural structure of a surface; ``plain`` has none."""


@dataclass(frozen=True)
class Material:
    """Principled surface parameters of one material slot, fully resolved.

    Colours are linear Rec.709 RGB. ``*_texture`` values multiply the matching factor, as in glTF 2.0:
    metallic-roughness has roughness in G and metallic in B; a normal map is tangent-space, OpenGL (+Y up).
    A texel whose alpha (base colour alpha × ``alpha``) is below ``alpha_cutoff`` is not there, for light and
    for labels; ``alpha_cutoff = 0`` means opaque everywhere.
    """

    name: str = "body"
    base_colour: tuple[float, float, float] = (0.8, 0.8, 0.8)
    metallic: float = 0.0
    roughness: float = 0.5
    specular: float = 0.5
    coat: float = 0.0
    emission_w_m2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    alpha: float = 1.0
    alpha_cutoff: float = 0.0
    double_sided: bool = True
    uv_scale: float = 1.0
    base_colour_texture: Texture | None = None
    metallic_roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_strength: float = 1.0
    emission_texture: Texture | None = None
    transmission: float = 0.0
    ior: float = 1.5
    sheen: float = 0.0
    subsurface: float = 0.0
    anisotropy: float = 0.0
    shader: Shader = "plain"
    shader_scale: float = 1.0
    shader_seed: float = 0.0
    wear: float = 0.0
    dust: float = 0.0
    fingerprints: float = 0.0
    scratches: float = 0.0

    @property
    def patterned(self) -> bool:
        """Whether anything of it depends on ``shader_seed``."""
        marks = (self.wear, self.dust, self.fingerprints, self.scratches)
        return self.shader != "plain" or any(mark > 0 for mark in marks)


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh in its own frame, metres, Z up.

    Attributes:
        vertices: (V, 3) float32.
        triangles: (T, 3) int32, counter-clockwise seen from outside.
        slots: (T,) int16, index into the asset's materials.
        uvs: (T, 3, 2) float32 per corner, v up as in OpenGL and Blender, or None.
        normals: (T, 3, 3) float32 unit shading normals per corner, or None for flat shading.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    slots: NDArray[np.int16]
    uvs: NDArray[np.float32] | None = None
    normals: NDArray[np.float32] | None = None

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) over every array: two meshes with the same hash are the same to the last bit."""
        digest = hashlib.sha256()
        for array in (self.vertices, self.triangles, self.slots, self.uvs, self.normals):
            digest.update(b"none" if array is None else str((array.shape, array.dtype.str)).encode())
            digest.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """(2, 3) float64: least and greatest corner of the axis-aligned box, metres."""
        corners: NDArray[np.float64] = np.stack([self.vertices.min(axis=0), self.vertices.max(axis=0)]).astype(
            np.float64
        )
        return corners


@dataclass(frozen=True, eq=False)
class Asset:
    """A loaded asset: one mesh, one material per slot, and the images that its materials have embedded.

    ``images`` maps SHA-256 to (H, W, 3 or 4) uint8 arrays, first row on top, as stored in the file
    (sRGB for colours, plain data for the rest).
    """

    mesh: Mesh
    materials: tuple[Material, ...]
    images: Mapping[str, NDArray[np.uint8]] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the mesh and the embedded images: two playing cards have one shape and two faces."""
        if not self.images:
            return self.mesh.content_hash
        return hashlib.sha256("/".join([self.mesh.content_hash, *sorted(self.images)]).encode()).hexdigest()
