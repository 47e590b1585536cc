"""Scene → Labels: trace once, then read every label off the z-buffer and the silhouettes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.elementary import matmul
from synthvision.labels.batches import SMALL_PX
from synthvision.labels.coverage import soft_masks
from synthvision.labels.decals import DecalExtent, decal_extents
from synthvision.labels.extents import NOTHING, Extent, extents
from synthvision.labels.keypoints import KeypointsOf, keypoint_labels
from synthvision.labels.meshes import CastMeshes
from synthvision.labels.normals import shading_normals
from synthvision.labels.object_maps import (
    SeenMesh,
    object_coordinates,
    part_numbers,
    seen_meshes,
    texture_coordinates,
)
from synthvision.labels.placing import PlacedScene, place
from synthvision.labels.projection import project
from synthvision.labels.stereo import disparities, is_pair, other_eye, stereo_mask
from synthvision.labels.tracing import Hits, Traced, ray_lengths, trace
from synthvision.labels.truncation import truncations
from synthvision.labels.types import SURFACE_MAPS, InstanceLabel, KeypointLabel, Labels, Maps
from synthvision.scene import Decal, Instance, Scene

_SURFACE_MAPS: Mapping[str, Callable[[tuple[int, int], Sequence[SeenMesh]], NDArray[Any]]] = {
    "object_coordinates": object_coordinates,
    "uv": texture_coordinates,
    "parts": part_numbers,
}

_BOX_CORNERS = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)])


class Labeller:
    """Makes labels; keeps the BVH of every mesh it has met, so make one per process and use it for all frames.

    ``small_px`` decides how, not what: things with smaller windows are cast together where they have the same mesh.
    """

    def __init__(self, store: AssetStore, small_px: int = SMALL_PX) -> None:
        self._store = store
        self._meshes = CastMeshes(store)
        self._small_px = small_px

    def label(self, scene: Scene, *, maps: Maps = SURFACE_MAPS) -> Labels:
        """Return the exact labels of a scene; raises AssetError if one of its meshes cannot be had.

        Leave out maps that nobody reads: where much of the image is covered, normals alone are a third of the work.
        """
        traced = self.trace(scene, points=maps.need_points)
        return self.with_maps(self.read(traced), traced, maps)

    def trace(self, scene: Scene, *, points: bool = True) -> Traced:
        """Cast the rays of a scene, with ``points`` where maps will need them (``Maps.need_points``).

        Raises AssetError if one of its meshes cannot be had.
        """
        return trace(self.place(scene), self._store, self._small_px, points=points)

    def read(self, traced: Traced) -> Labels:
        """Return the labels without the maps that are made on request."""
        view, scene, hits = traced.view, traced.view.scene, traced.hits
        decals = tuple(decal_extents(traced, self._store))
        depth = np.where(hits.scene_map >= 0, hits.depth, np.float32(0))
        keypoints = keypoint_labels(view, self._store)
        instances = self._instance_labels(view, extents(traced), keypoints) + _decal_labels(scene, decals, keypoints)
        return Labels(
            instance_map=_painted(_by_instance(scene, hits, "instance_id"), scene, decals, "instance_id"),
            category_map=_painted(_by_instance(scene, hits, "category_id"), scene, decals, "category_id"),
            depth=depth,
            normals=None,
            scene_map=hits.scene_map,
            instances=tuple(sorted(instances, key=lambda label: label.instance_id)),
        )

    def with_maps(self, labels: Labels, traced: Traced, maps: Maps) -> Labels:
        """Add maps to what was read of traced rays."""
        scene, hits = traced.view.scene, traced.hits
        made: dict[str, Any] = {"normals": shading_normals(traced)} if maps.normals else {}
        wanted = [name for name in _SURFACE_MAPS if getattr(maps, name)]
        seen = tuple(seen_meshes(traced)) if wanted else ()
        size = scene.camera.height_px, scene.camera.width_px
        made |= {name: _SURFACE_MAPS[name](size, seen) for name in wanted}
        if maps.disparity:
            made["disparity"] = disparities(scene.camera, hits)
            made["stereo_mask"] = self._stereo_mask(traced, made["disparity"])
        if maps.coverage:
            made["coverage"] = soft_masks(scene, maps.coverage, self.place, self._store)
        if maps.distance:
            made["distance"] = labels.depth * ray_lengths(scene.camera)
        return replace(labels, **made)

    def _stereo_mask(self, traced: Traced, disparity: NDArray[np.float32]) -> NDArray[np.uint8]:
        scene = traced.view.scene
        if not is_pair(scene.camera):
            return np.zeros(disparity.shape, np.uint8)
        other = self.place(replace(scene, camera=other_eye(scene.camera)))
        return stereo_mask(traced.hits, disparity, other, self._store)

    def place(self, scene: Scene) -> PlacedScene:
        """Return every instance in front of the scene's camera."""
        return place(scene, self._meshes)

    def _instance_labels(
        self, view: PlacedScene, found: Mapping[int, Extent], keypoints: KeypointsOf
    ) -> list[InstanceLabel]:
        instances = view.scene.instances
        labelled = [index for index, instance in enumerate(instances) if instance.instance_id]
        outside = truncations(view, {index: extent.amodal_px for index, extent in found.items()}, labelled, self._store)
        corners_m = _box_corners(view, labelled)
        corners_px = project(view.scene.camera, corners_m.reshape(-1, 3)).reshape(-1, 8, 2)
        distances = np.linalg.norm(corners_m.mean(axis=1), axis=1).tolist()
        return [
            _label(
                instances[index],
                found.get(index, NOTHING),
                instances,
                outside[index],
                view.to_camera[index],
                *box,
                see_through=instances[index].see_through,
                keypoints=keypoints.get(instances[index].instance_id, ()),
            )
            for index, *box in zip(labelled, corners_m, corners_px, distances, strict=True)
        ]


def label(scene: Scene, *, maps: Maps = SURFACE_MAPS) -> Labels:
    """Label one scene. For many scenes make one ``Labeller``, which keeps what it has built for each mesh."""
    return Labeller(AssetStore(scene.asset_root)).label(scene, maps=maps)


def _label(
    instance: Instance | Decal,
    extent: Extent,
    instances: Sequence[Instance],
    truncation: float,
    to_camera: NDArray[np.float64],
    corners_m: NDArray[np.float64],
    corners_px: NDArray[np.float64],
    distance_m: float,
    *,
    on: int = -1,
    see_through: bool = False,
    keypoints: tuple[KeypointLabel, ...] = (),
) -> InstanceLabel:
    return InstanceLabel(
        name=instance.name,
        category=instance.category,
        category_id=instance.category_id,
        instance_id=instance.instance_id,
        bbox=extent.bbox,
        mask=extent.mask,
        amodal_bbox=extent.amodal_bbox,
        amodal_mask=extent.amodal_mask,
        mask_px=extent.mask_px,
        amodal_px=extent.amodal_px,
        visibility=extent.mask_px / extent.amodal_px if extent.amodal_px else 0.0,
        truncation=truncation,
        hidden_by={instances[index].name: pixels for index, pixels in extent.hidden_by.items()},
        object_to_camera=to_camera,
        corners_m=corners_m,
        corners_px=corners_px,
        distance_m=distance_m,
        size_m=np.linalg.norm(corners_m[[1, 2, 4]] - corners_m[0], axis=1),
        on=on,
        see_through=see_through,
        keypoints=keypoints,
    )


def _decal_labels(scene: Scene, decals: Sequence[DecalExtent], keypoints: KeypointsOf) -> list[InstanceLabel]:
    return [
        _label(
            found.decal,
            found.extent,
            scene.instances,
            found.truncation,
            found.to_camera,
            found.corners_m,
            project(scene.camera, found.corners_m),
            float(np.linalg.norm(found.corners_m.mean(axis=0), axis=-1)),
            on=scene.instances[found.bearer].instance_id,
            see_through=scene.instances[found.bearer].see_through,
            keypoints=keypoints.get(found.decal.instance_id, ()),
        )
        for found in decals
    ]


def _by_instance(scene: Scene, hits: Hits, attribute: str) -> NDArray[np.uint16]:
    """Map scene indices to an id of each instance; index -1 (nothing) takes the 0 at the table's end."""
    table = np.array([getattr(instance, attribute) for instance in scene.instances] + [0], np.uint16)
    ids: NDArray[np.uint16] = table.take(hits.scene_map, mode="wrap")
    return ids


def _painted(
    ids: NDArray[np.uint16], scene: Scene, decals: Sequence[DecalExtent], attribute: str
) -> NDArray[np.uint16]:
    """Write the decals over what bears them, where that is in the map; the later one is on top."""
    for found in decals:
        if found.extent.bbox is not None and not scene.instances[found.bearer].see_through:
            x0, y0, x1, y1 = found.extent.bbox
            ids[y0:y1, x0:x1][found.extent.mask] = getattr(found.decal, attribute)
    return ids


def _box_corners(view: PlacedScene, chosen: Sequence[int]) -> NDArray[np.float64]:
    """Corners (K, 8, 3) of the meshes' own boxes in camera axes, metres; bit 0, 1, 2 of the index: greatest x, y, z."""
    bounds = np.array([view.placed[index].cast.mesh.bounds for index in chosen]).reshape(-1, 2, 3)
    to_camera = view.to_camera[list(chosen)]
    corners: NDArray[np.float64] = matmul(bounds[:, _BOX_CORNERS, np.arange(3)], to_camera[:, :3, :3].swapaxes(1, 2))
    corners += to_camera[:, None, :3, 3]
    return corners


__all__ = ["Labeller", "label"]
