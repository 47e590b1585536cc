"""Small scenes made by hand, and a store that gives what it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import trimesh
from numpy.typing import NDArray

from synthvision.assets import Asset, AssetStore, Material, Mesh, Texture
from synthvision.assets.types import AssetSource, GeneratedAsset
from synthvision.scene import Camera, Instance, Light, Matrix, Scene, World
from synthvision.scene.poses import look_at_camera

IDENTITY = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)


@dataclass
class FakeStore:
    """Serves meshes and images from memory, as an AssetStore does from files; a mesh goes by its content hash."""

    assets: dict[str, Asset] = field(default_factory=dict)
    images: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    environments: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def asset(self, source: AssetSource) -> Asset:
        assert isinstance(source, GeneratedAsset)
        return self.assets[source.generator]

    def image(self, texture: Texture, asset: Asset | None = None) -> NDArray[np.uint8]:
        if texture.kind == "embedded":
            assert asset is not None
            return asset.images[texture.key]
        return self.images[texture.key]

    def environment(self, texture: Texture) -> NDArray[np.float32]:
        return self.environments[texture.key]

    def as_store(self) -> AssetStore:
        return cast("AssetStore", self)


def plane(size_m: float) -> Mesh:
    """A square at z = 0 with its normal up; u and v run from 0 to 1."""
    half = size_m / 2
    vertices = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    uvs = (vertices[:, :2] / size_m + 0.5)[triangles].astype(np.float32)
    return Mesh(vertices, triangles, np.zeros(2, np.int16), uvs)


def box(size_m: float) -> Mesh:
    """A cube that stands on z = 0, flat."""
    made = trimesh.creation.box((size_m, size_m, size_m))
    vertices = (made.vertices + np.array((0, 0, size_m / 2))).astype(np.float32)
    return Mesh(vertices, made.faces.astype(np.int32), np.zeros(len(made.faces), np.int16))


def ball(radius_m: float, subdivisions: int = 4) -> Mesh:
    """A smooth sphere that stands on z = 0."""
    made = trimesh.creation.icosphere(subdivisions, radius_m)
    directions = np.asarray(made.vertices) / radius_m
    vertices = (made.vertices + np.array((0, 0, radius_m))).astype(np.float32)
    faces = made.faces.astype(np.int32)
    return Mesh(vertices, faces, np.zeros(len(faces), np.int16), normals=directions[faces].astype(np.float32))


def at(x: float, y: float, z: float = 0.0, scale: float = 1.0, turn_rad: float = 0.0) -> Matrix:
    """Return a pose: turned about z, scaled, moved."""
    c, s = scale * float(np.cos(turn_rad)), scale * float(np.sin(turn_rad))
    return (c, -s, 0.0, x), (s, c, 0.0, y), (0.0, 0.0, scale, z), (0.0, 0.0, 0.0, 1.0)


GREY = Material()
DUSK = World((0.05, 0.05, 0.05))
PLANE, BOX, BALL = plane(20.0), box(0.3), ball(0.2)


def make_store(*meshes: Mesh) -> FakeStore:
    """Return a store of these meshes, and of the three above."""
    return FakeStore({mesh.content_hash: Asset(mesh, (Material(),)) for mesh in (PLANE, BOX, BALL, *meshes)})


def thing(name: str, mesh: Mesh, pose: Matrix = IDENTITY, material: Material | Sequence[Material] = GREY) -> Instance:
    """Return an instance of a mesh of the store."""
    materials = (material,) if isinstance(material, Material) else tuple(material)
    return Instance(name, mesh.content_hash, pose, materials)


def camera(
    eye: tuple[float, float, float] = (1.2, -1.2, 1.0),
    target: tuple[float, float, float] = (0.0, 0.0, 0.15),
    size: tuple[int, int] = (96, 64),
    focal_px: float | None = None,
) -> Camera:
    """Return a camera that looks at a target, by default 53° wide."""
    width, height = size
    focal = float(width) if focal_px is None else focal_px
    pose = look_at_camera(eye, target)
    rows = cast("Matrix", tuple(tuple(float(value) for value in row) for row in pose))
    return Camera(width, height, focal, focal, width / 2, height / 2, rows)


LARGE_LAMP = Light("lamp", "area", 30.0, (1.0, 1.0, 1.0), (0.8, -0.4, 1.2), (-0.53, 0.27, -0.8), size=0.9)
SUN = Light("sun", "sun", 3.0, (1.0, 1.0, 1.0), direction=(0.0, 0.6, -0.8))


def make_scene(
    *instances: Instance,
    lights: Sequence[Light] = (SUN,),
    world: World = DUSK,
    view: Camera | None = None,
    frame_index: int = 0,
    seed: int = 0,
) -> Scene:
    """Return a scene of these instances."""
    meshes: Mapping[str, AssetSource] = {one.mesh: GeneratedAsset(one.mesh) for one in instances}
    return Scene(frame_index, 0, seed, meshes, instances, tuple(lights), world, view or camera())


def still_life(frame_index: int = 0, view: Camera | None = None) -> Scene:
    """A ball, a box and a ground under a sun."""
    return make_scene(
        thing("ground", PLANE, material=Material("ground", (0.5, 0.5, 0.5), roughness=0.9)),
        thing("ball/0", BALL, at(-0.25, 0.0), Material("glaze", (0.1, 0.25, 0.7), roughness=0.15, coat=0.5)),
        thing("box/0", BOX, at(0.25, 0.1, turn_rad=0.5), Material("card", (0.7, 0.35, 0.1), roughness=0.6)),
        view=view,
        frame_index=frame_index,
    )
