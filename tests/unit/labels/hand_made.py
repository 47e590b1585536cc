"""Small scenes made by hand, so that what the labels should say is known in closed form."""

from __future__ import annotations

import numpy as np
import trimesh

from synthvision.assets.types import Asset, AssetSource, GeneratedAsset, Material, Mesh, Texture
from synthvision.scene import Camera, Instance, Light, Scene, World

IDENTITY = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
# Camera at the origin of the world that looks along +Y, with the world's Z up in the image.
LOOKING_ALONG_Y = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, -1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


class HandMadeStore:
    """The two methods of an AssetStore that labels use, over assets given by name."""

    def __init__(self, **assets: Asset) -> None:
        self.assets = assets
        self.images: dict[str, np.ndarray] = {}

    def asset(self, source: AssetSource) -> Asset:
        return self.assets[source.generator]

    def image(self, texture: Texture, asset: Asset | None = None) -> np.ndarray:
        return self.images[texture.key]


def mesh(vertices, triangles, uvs=None, normals=None) -> Mesh:
    return Mesh(
        np.asarray(vertices, np.float32),
        np.asarray(triangles, np.int32),
        np.zeros(len(triangles), np.int16),
        None if uvs is None else np.asarray(uvs, np.float32),
        None if normals is None else np.asarray(normals, np.float32),
    )


def sphere(subdivisions: int = 6) -> Asset:
    """Unit sphere with smooth normals."""
    ball = trimesh.creation.icosphere(subdivisions)
    return Asset(mesh(ball.vertices, ball.faces, normals=ball.vertices[ball.faces]), (Material(),))


def box() -> Asset:
    """Cube of side 1 about its centre."""
    cube = trimesh.creation.box()
    return Asset(mesh(cube.vertices, cube.faces), (Material(),))


def quad(material: Material = Material()) -> Asset:  # noqa: B008 - frozen
    """Square of side 1 in the XZ plane about the origin, facing -Y, u to the right and v up."""
    corners = [(-0.5, 0, -0.5), (0.5, 0, -0.5), (0.5, 0, 0.5), (-0.5, 0, 0.5)]
    uv = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    triangles = np.array([(0, 1, 2), (0, 2, 3)])
    return Asset(mesh(corners, triangles, uvs=uv[triangles]), (material,))


def at(x: float, y: float, z: float, scale: float = 1.0, rotation: np.ndarray | None = None):
    matrix = np.eye(4)
    matrix[:3, :3] = scale * (np.eye(3) if rotation is None else rotation)
    matrix[:3, 3] = x, y, z
    return tuple(tuple(row) for row in matrix.tolist())


def scene(store: HandMadeStore, things, camera: Camera | None = None) -> Scene:
    """A scene of (asset name, pose, labelled?) triples."""
    instances, ids = [], 0
    for index, (name, pose, labelled) in enumerate(things):
        ids += labelled
        asset = store.assets[name]
        instances.append(
            Instance(
                name=f"{name}/{index}",
                mesh=asset.mesh.content_hash,
                object_to_world=pose,
                materials=asset.materials,
                instance_id=ids if labelled else 0,
                category_id=1 if labelled else 0,
                category=name if labelled else "",
            )
        )
    return Scene(
        frame_index=0,
        attempt=0,
        seed=0,
        meshes={asset.mesh.content_hash: GeneratedAsset(name) for name, asset in store.assets.items()},
        instances=tuple(instances),
        lights=(Light("sun", "sun", 3.0, (1.0, 1.0, 1.0), direction=(0.3, 0.5, -0.8)),),
        world=World(),
        camera=camera or Camera(64, 48, 60.0, 60.0, 32.0, 24.0, LOOKING_ALONG_Y),
    )
