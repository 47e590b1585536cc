"""The shading normals of what every pixel sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul
from synthvision.labels.batches import BatchHits
from synthvision.labels.casting import Placed, interpolate
from synthvision.labels.meshes import CastMesh
from synthvision.labels.projection import Index, Window, pixel_slopes, window_slopes
from synthvision.labels.tracing import Points, Traced
from synthvision.scene import Camera

Floats = NDArray[np.float32]


def shading_normals(traced: Traced) -> Floats:
    """Return (H, W, 3) float32 unit shading normals in camera axes, turned towards the camera; 0 where nothing is."""
    view, hits = traced.view, traced.hits
    normals = np.zeros((*hits.depth.shape, 3), np.float32)
    for index, silhouette in traced.silhouettes.items():
        window = silhouette.window
        seen = hits.scene_map[window.slices] == index
        if seen.any():
            found = _instance_normals(hits.on_meshes, view.placed[index], window, seen, view.scene.camera)
            # One axis at a time: several times quicker than assigning rows of three.
            for axis in range(3):
                normals[window.slices][:, :, axis][seen] = found[..., axis]
    flat = normals.reshape(-1, 3)
    for batch in traced.batches:
        if not view.scene.instances[batch.members[0]].see_through:
            seen_there = np.flatnonzero(traced.visible_in(batch))
            flat[batch.pixel.take(seen_there)] = _batch_normals(traced, batch, seen_there)
    return normals


def world_normals(normals: Floats, camera: Camera) -> Floats:
    """Turn (H, W, 3) float32 normals in camera axes into the world's; 0 stays 0."""
    turn = np.array(camera.camera_to_world)[:3, :3].astype(np.float32)
    return _through(normals.reshape(-1, 3), turn.T).reshape(normals.shape)


def _instance_normals(
    points: Points, placed: Placed, window: Window, seen: NDArray[np.bool_], camera: Camera
) -> Floats:
    """Normals (N, 3) of what the ``seen`` pixels of a window see of one instance; (3,) if all are the same."""
    if placed.cast.parallelogram is not None:
        return _flat_normal(placed, camera)
    triangles, u, v = points.triangle[window.slices][seen], points.u[window.slices][seen], points.v[window.slices][seen]
    slopes = (axis.astype(np.float32) for axis in window_slopes(camera, window))
    along_x, along_y = (np.broadcast_to(axis, seen.shape)[seen] for axis in slopes)
    return _turned_normals(placed.cast, triangles, u, v, _linear(placed.camera_to_object), along_x, along_y)


def _batch_normals(traced: Traced, batch: BatchHits, chosen: Index) -> Floats:
    """Normals (N, 3) of some pixels of a batch, as ``_instance_normals`` has them."""
    view, camera = traced.view, traced.view.scene.camera
    which = batch.which.take(chosen)
    if view.placed[batch.members[0]].cast.parallelogram is not None:
        return np.stack([_flat_normal(view.placed[member], camera) for member in batch.members]).take(which, axis=0)
    linear = _linear(view.to_object[batch.members])[which]
    along_x, along_y = (axis.astype(np.float32) for axis in pixel_slopes(camera, batch.pixel.take(chosen)))
    cast = view.placed[batch.members[0]].cast
    triangle, u, v = batch.triangle.take(chosen), batch.u.take(chosen), batch.v.take(chosen)
    return _turned_normals(cast, triangle, u, v, linear, along_x, along_y)


def _turned_normals(
    cast: CastMesh, triangles: NDArray[np.int32], u: Floats, v: Floats, linear: Floats, along_x: Floats, along_y: Floats
) -> Floats:
    """Unit normals (N, 3) at points of triangles, through ``linear`` (3, 3) or (N, 3, 3), against their rays."""
    geometric = _through(cast.face_normals.take(triangles, axis=0), linear)
    shading = geometric
    if cast.mesh.normals is not None:
        shading = _through(interpolate(cast.mesh.normals, triangles, u, v), linear)
    away = geometric[:, 0] * along_x + geometric[:, 1] * along_y + geometric[:, 2]
    length = np.sqrt(np.einsum("ij,ij->i", shading, shading))
    shading *= (np.where(away > 0, np.float32(-1), np.float32(1)) / np.maximum(length, np.float32(1e-20)))[:, None]
    return shading


def _through(vectors: Floats, linear: Floats) -> Floats:
    """Return ``vectors @ linear``, written out, so that a matrix per vector and one for all give the same bits."""
    turned = np.empty_like(vectors)
    for axis in range(3):
        turned[:, axis] = vectors[:, 0] * linear[..., 0, axis]
        turned[:, axis] += vectors[:, 1] * linear[..., 1, axis]
        turned[:, axis] += vectors[:, 2] * linear[..., 2, axis]
    return turned


def _linear(camera_to_object: NDArray[np.float64]) -> Floats:
    """Return what turns normals into camera axes from the right: they go by the inverse transpose."""
    return camera_to_object[..., :3, :3].astype(np.float32)


def _flat_normal(placed: Placed, camera: Camera) -> Floats:
    """Return the one normal (3,) of a flat mesh, of unit length and turned towards the camera."""
    normal = matmul(placed.cast.face_normals[0], _linear(placed.camera_to_object))
    unit: Floats = normal / np.linalg.norm(normal, axis=-1)
    if camera.orthographic:
        return -unit if normal[2] > 0 else unit
    point = matmul(placed.object_to_camera[:3, :3], placed.cast.mesh.vertices[0]) + placed.object_to_camera[:3, 3]
    return -unit if matmul(normal, point) > 0 else unit
