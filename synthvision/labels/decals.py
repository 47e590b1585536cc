"""Where pictures on instances are: which points of a surface a decal covers, and the extents of the labelled ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.assets.texels import opacity
from synthvision.elementary import matmul
from synthvision.labels.casting import Crossings, cast_rays, interpolate
from synthvision.labels.extents import NOTHING, Extent, extent_of
from synthvision.labels.meshes import CastMesh
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, Window, projected_windows, rays_through
from synthvision.labels.tracing import Traced
from synthvision.labels.truncation import outside_grid, share_outside
from synthvision.scene import Decal, Scene

COVERED = 0.5
"""Least opacity of the picture where a decal's mask is."""

_SIDES = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)]) - 0.5


@dataclass(frozen=True, eq=False)
class DecalExtent:
    """A labelled decal before the camera.

    Attributes:
        decal: the decal.
        bearer: scene index of the instance that bears it.
        to_camera: (4, 4) float64 from the decal's frame.
        corners_m: (8, 3) float64 corners of its slab in camera axes, metres; bits 0, 1, 2 of an index: x, y, z.
        extent: where it is seen.
        truncation: share of its projection outside the image, 0…1.
    """

    decal: Decal
    bearer: int
    to_camera: NDArray[np.float64]
    corners_m: NDArray[np.float64]
    extent: Extent
    truncation: float


def decal_points(
    decal: Decal, cast: CastMesh, triangles: NDArray[np.int32], u: NDArray[np.float32], v: NDArray[np.float32]
) -> tuple[Index, NDArray[np.float32]]:
    """Return which of N points of its bearer's triangles a decal's square reaches, and where in its picture they are.

    ``u``, ``v`` (N,) are weights of a triangle's second and third corner. Picture coordinates (M, 2) have v up.
    """
    corners = cast.mesh.vertices.take(cast.mesh.triangles.take(triangles, axis=0), axis=0)
    points = interpolate(corners, np.arange(len(corners)), u, v)
    to_object = np.array(decal.decal_to_object)
    offsets = points - to_object[:3, 3]
    # Its columns are at right angles to each other, so this is the inverse.
    x, y, z = (matmul(offsets, column / matmul(column, column)) for column in to_object[:3, :3].T)
    facing = matmul(cast.face_normals.take(triangles, axis=0), to_object[:3, 2]) > 0
    half = 0.5
    reached = np.flatnonzero((np.abs(x) <= half) & (np.abs(y) <= half) & (np.abs(z) <= decal.depth_m) & facing)
    return reached, (np.stack([x[reached], y[reached]], axis=1) + half).astype(np.float32)


def _covered(decal: Decal, cast: CastMesh, hits: Crossings, store: AssetStore) -> NDArray[np.bool_]:
    """Say for points (N,) where rays have hit the bearer whether the decal's mask is there."""
    reached, uv = decal_points(decal, cast, hits.triangle, hits.u, hits.v)
    covered = np.zeros(len(hits.triangle), bool)
    covered[reached] = opacity(store.image(decal.texture, cast.asset), uv) >= COVERED
    return covered


def decal_extents(traced: Traced, store: AssetStore) -> Iterator[DecalExtent]:
    """Yield the labelled decals in scene order."""
    bearers = bearing(traced.view.scene)
    for decal in traced.view.scene.decals:
        if decal.instance_id:
            yield _decal_extent(traced, decal, bearers[decal.on], store)


def bearing(scene: Scene) -> Mapping[str, int]:
    """Return the scene index of each instance that bears decals, by name."""
    named = {decal.on for decal in scene.decals}
    return {instance.name: index for index, instance in enumerate(scene.instances) if instance.name in named}


def seen_decals(traced: Traced, store: AssetStore) -> Iterator[tuple[Decal, Extent]]:
    """Yield the labelled decals in scene order with nothing but where they are seen."""
    bearers = bearing(traced.view.scene)
    for decal in traced.view.scene.decals:
        if decal.instance_id:
            *_, whole = _slab(traced.view, decal, bearers[decal.on])
            yield decal, _extent(traced, decal, bearers[decal.on], whole, store)


def _decal_extent(traced: Traced, decal: Decal, bearer: int, store: AssetStore) -> DecalExtent:
    to_camera, corners_m, whole = _slab(traced.view, decal, bearer)
    extent = _extent(traced, decal, bearer, whole, store)
    truncation = _truncation(traced, decal, bearer, whole, extent.amodal_px, store)
    return DecalExtent(decal, bearer, to_camera, corners_m, extent, truncation)


def _slab(view: PlacedScene, decal: Decal, bearer: int) -> tuple[NDArray[np.float64], NDArray[np.float64], Window]:
    """Return ``to_camera`` and ``corners_m`` of a decal, and its window, which may leave the image."""
    to_camera = matmul(view.to_camera[bearer], np.array(decal.decal_to_object))
    corners = _SIDES * np.array([1.0, 1.0, 2 * decal.depth_m])
    corners_m: NDArray[np.float64] = matmul(corners, to_camera[:3, :3].T) + to_camera[:3, 3]
    return to_camera, corners_m, Window(*projected_windows(view.scene.camera, corners_m.T[None])[0].tolist())


def _extent(traced: Traced, decal: Decal, bearer: int, whole: Window, store: AssetStore) -> Extent:
    if bearer not in traced.silhouettes:
        return NOTHING
    silhouette = traced.silhouettes[bearer]
    frame, crossings = silhouette.window, silhouette.crossings
    assert crossings is not None  # noqa: S101 - kept of all that bear labelled decals
    x0, y0 = max(whole.x0, frame.x0), max(whole.y0, frame.y0)
    window = Window(x0, y0, max(x0, min(whole.x1, frame.x1)), max(y0, min(whole.y1, frame.y1)))
    inner = np.s_[window.y0 - frame.y0 : window.y1 - frame.y0, window.x0 - frame.x0 : window.x1 - frame.x0]
    covered = silhouette.mask[inner].copy()
    rays = np.arange(silhouette.mask.size).reshape(frame.shape)[inner][covered]
    covered[covered] = _covered(decal, traced.view.placed[bearer].cast, crossings.of(rays), store)
    return extent_of(window, covered, covered & traced.visible(bearer)[inner], traced.hits.scene_map)


def _truncation(traced: Traced, decal: Decal, bearer: int, window: Window, inside_px: int, store: AssetStore) -> float:
    camera, placed = traced.view.scene.camera, traced.view.placed[bearer]
    if window.empty or window.inside_image(camera) == window:
        return 0.0
    x, y, pixels = outside_grid(camera, window)
    met = cast_rays(placed, camera, rays_through(camera, x, y, placed.camera_to_object), store)
    covered = _covered(decal, placed.cast, met.of(np.flatnonzero(met.hit)), store)
    return share_outside(pixels * int(covered.sum()), inside_px)
