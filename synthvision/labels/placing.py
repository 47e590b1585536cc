"""A whole scene before its camera: every instance's matrices and window, worked out together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul
from synthvision.labels.casting import Placed
from synthvision.labels.meshes import CastMeshes
from synthvision.labels.projection import Window, inside_image, mesh_windows
from synthvision.scene import Scene
from synthvision.scene.poses import as_array, inverse, inverses


@dataclass(frozen=True, eq=False)
class PlacedScene:
    """The I instances of a scene before its camera.

    Attributes:
        scene: the scene.
        placed: each of its instances.
        to_camera, to_object: (I, 4, 4) float64 their matrices, from their own frame and back.
        windows: (I, 4) int64 x0, y0, x1, y1 of each projection; it may leave the image.
        seen: (I, 4) int64 the part of it in the image; of size 0 where there is none.
    """

    scene: Scene
    placed: tuple[Placed, ...]
    to_camera: NDArray[np.float64]
    to_object: NDArray[np.float64]
    windows: NDArray[np.int64]
    seen: NDArray[np.int64]

    def window(self, index: int) -> Window:
        """Return the part of an instance's window that lies in the image."""
        x0, y0, x1, y1 = self.seen[index].tolist()
        return Window(x0, y0, x1, y1)

    def full_window(self, index: int) -> Window:
        """Return an instance's window, which may leave the image."""
        x0, y0, x1, y1 = self.windows[index].tolist()
        return Window(x0, y0, x1, y1)


def place(scene: Scene, meshes: CastMeshes) -> PlacedScene:
    """Put every instance in front of the scene's camera; raises AssetError if one of the meshes cannot be had."""
    casts = [meshes.get(instance.mesh, scene.meshes[instance.mesh]) for instance in scene.instances]
    poses = np.array([instance.object_to_world for instance in scene.instances]).reshape(-1, 4, 4)
    to_camera = matmul(inverse(as_array(scene.camera.camera_to_world)), poses)
    to_object = inverses(to_camera)
    placed = tuple(
        Placed(cast, forth, back, instance.materials)
        for cast, forth, back, instance in zip(casts, to_camera, to_object, scene.instances, strict=True)
    )
    windows = np.zeros((len(placed), 4), np.int64)
    for mesh, members in by_mesh(scene).items():
        chosen = np.array(members)
        columns = meshes.get(mesh, scene.meshes[mesh]).columns
        windows[chosen] = mesh_windows(scene.camera, to_camera[chosen], columns)
    return PlacedScene(scene, placed, to_camera, to_object, windows, inside_image(scene.camera, windows))


def by_mesh(scene: Scene) -> Mapping[str, list[int]]:
    """Return the instances of each mesh, in scene order."""
    members: dict[str, list[int]] = {}
    for index, instance in enumerate(scene.instances):
        members.setdefault(instance.mesh, []).append(index)
    return members
