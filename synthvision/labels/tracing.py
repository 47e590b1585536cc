"""Which surface every pixel sees: a z-buffer over the instances, each cast in its own frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.casting import Placed, cast_window, interpolate
from synthvision.labels.meshes import CastMeshes
from synthvision.labels.projection import Window, grid_lines, projected_window
from synthvision.scene import Camera, Instance, Scene


@dataclass(frozen=True, eq=False)
class Hits:
    """What the ray through each pixel centre meets first.

    Attributes:
        scene_map: (H, W) int32 index into ``Scene.instances``, -1 for nothing.
        depth: (H, W) float32 z in metres, inf for nothing.
        triangle: (H, W) int32 triangle of that instance's mesh, -1 for nothing.
        barycentric: (H, W, 2) float32 weights of the triangle's second and third corner.
    """

    scene_map: NDArray[np.int32]
    depth: NDArray[np.float32]
    triangle: NDArray[np.int32]
    barycentric: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Silhouette:
    """One instance as seen without all others: its window in the image and the pixels of it that it covers."""

    window: Window
    mask: NDArray[np.bool_]


def place(scene: Scene, instance: Instance, meshes: CastMeshes) -> Placed:
    """Put an instance's mesh in front of the scene's camera."""
    camera_to_world = np.array(scene.camera.camera_to_world)
    object_to_camera = np.linalg.inv(camera_to_world) @ np.array(instance.object_to_world)
    cast = meshes.get(instance.mesh, scene.meshes[instance.mesh])
    return Placed(cast, object_to_camera, np.linalg.inv(object_to_camera), instance.materials)


def full_window(placed: Placed, camera: Camera) -> Window:
    """Return the window of the instance's projection; it may leave the image."""
    matrix = placed.object_to_camera
    return projected_window(camera, matrix[:3, :3] @ placed.cast.columns + matrix[:3, 3:])


def trace(
    scene: Scene, placed: tuple[Placed, ...], windows: tuple[Window, ...], store: AssetStore
) -> tuple[Hits, tuple[Silhouette, ...]]:
    """Cast every instance; nearer wins, and of exactly equal depths the first in scene order."""
    camera = scene.camera
    shape = camera.height_px, camera.width_px
    hits = Hits(
        scene_map=np.full(shape, -1, np.int32),
        depth=np.full(shape, np.inf, np.float32),
        triangle=np.full(shape, -1, np.int32),
        # Two planes, seen as one (H, W, 2) array: merging plane by plane is quicker.
        barycentric=np.moveaxis(np.zeros((2, *shape), np.float32), 0, 2),
    )
    silhouettes = []
    for index, (mesh, window) in enumerate(zip(placed, windows, strict=True)):
        seen = window.inside_image(camera)
        if seen.empty:
            silhouettes.append(Silhouette(Window(0, 0, 0, 0), np.zeros((0, 0), bool)))
            continue
        silhouettes.append(_merge(hits, index, mesh, camera, seen, store))
    return hits, tuple(silhouettes)


def _merge(hits: Hits, index: int, mesh: Placed, camera: Camera, window: Window, store: AssetStore) -> Silhouette:
    crossings = cast_window(mesh, camera, window, store)
    depth = crossings.depth.reshape(window.shape)
    triangle = crossings.triangle.reshape(window.shape)
    behind = hits.depth[window.slices]
    nearer = depth < behind
    np.copyto(behind, depth, where=nearer)
    np.copyto(hits.scene_map[window.slices], np.int32(index), where=nearer)
    np.copyto(hits.triangle[window.slices], triangle, where=nearer)
    barycentric = hits.barycentric[window.slices]
    np.copyto(barycentric[:, :, 0], crossings.u.reshape(window.shape), where=nearer)
    np.copyto(barycentric[:, :, 1], crossings.v.reshape(window.shape), where=nearer)
    return Silhouette(window, triangle >= 0)


def ray_lengths(camera: Camera) -> NDArray[np.float32]:
    """Return (H, W) float32 lengths of the pixel rays with z = 1: distance along the ray per metre of depth."""
    columns, rows = grid_lines(camera, Window(0, 0, camera.width_px, camera.height_px))
    squares = np.add.outer((rows**2 + 1.0).astype(np.float32), (columns**2).astype(np.float32))
    lengths: NDArray[np.float32] = np.sqrt(squares, out=squares)
    return lengths


def shading_normals(
    hits: Hits, placed: tuple[Placed, ...], silhouettes: tuple[Silhouette, ...], camera: Camera
) -> NDArray[np.float32]:
    """Return (H, W, 3) float32 unit shading normals in camera axes, turned towards the camera; 0 where nothing is."""
    normals = np.zeros((*hits.depth.shape, 3), np.float32)
    for index, (mesh, silhouette) in enumerate(zip(placed, silhouettes, strict=True)):
        window = silhouette.window
        seen = hits.scene_map[window.slices] == index
        if seen.any():
            found = _instance_normals(hits, mesh, window, seen, camera)
            # One axis at a time: several times quicker than assigning rows of three.
            for axis in range(3):
                normals[window.slices][:, :, axis][seen] = found[..., axis]
    return normals


def _instance_normals(
    hits: Hits, placed: Placed, window: Window, seen: NDArray[np.bool_], camera: Camera
) -> NDArray[np.float32]:
    """Normals (N, 3) of what the ``seen`` pixels of a window see of one instance; (3,) if all are the same."""
    mesh = placed.cast.mesh
    # Normals go by the inverse transpose, which is this matrix applied from the right.
    linear = placed.camera_to_object[:3, :3].astype(np.float32)
    if placed.cast.parallelogram is not None:
        return _facing_camera(placed.cast.face_normals[0] @ linear, placed)
    triangles = hits.triangle[window.slices][seen]
    geometric = placed.cast.face_normals.take(triangles, axis=0) @ linear
    shading = geometric
    if mesh.normals is not None:
        barycentric = hits.barycentric[window.slices]
        u, v = barycentric[:, :, 0][seen], barycentric[:, :, 1][seen]
        shading = interpolate(mesh.normals, triangles, u, v) @ linear
    columns, rows = (line.astype(np.float32) for line in grid_lines(camera, window))
    along_x, along_y = np.broadcast_to(columns, seen.shape)[seen], np.broadcast_to(rows[:, None], seen.shape)[seen]
    away = geometric[:, 0] * along_x + geometric[:, 1] * along_y + geometric[:, 2]
    length = np.sqrt(np.einsum("ij,ij->i", shading, shading))
    shading *= (np.where(away > 0, np.float32(-1), np.float32(1)) / np.maximum(length, np.float32(1e-20)))[:, None]
    return shading


def _facing_camera(normal: NDArray[np.float32], placed: Placed) -> NDArray[np.float32]:
    """Turn a plane's normal towards the camera, and make it of unit length."""
    point = placed.object_to_camera[:3, :3] @ placed.cast.mesh.vertices[0] + placed.object_to_camera[:3, 3]
    unit: NDArray[np.float32] = normal / np.linalg.norm(normal)
    return -unit if normal @ point > 0 else unit
