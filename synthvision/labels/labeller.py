"""Scene → Labels: trace once, then read every label off the z-buffer and the silhouettes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.casting import Placed
from synthvision.labels.meshes import CastMeshes
from synthvision.labels.projection import Window, project
from synthvision.labels.tracing import (
    Hits,
    Silhouette,
    full_window,
    place,
    ray_lengths,
    shading_normals,
    trace,
)
from synthvision.labels.truncation import truncation
from synthvision.labels.types import InstanceLabel, Labels, Xyxy
from synthvision.scene import Instance, Scene


class Labeller:
    """Makes labels; keeps the BVH of every mesh it has met, so make one per process and use it for all frames."""

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self._meshes = CastMeshes(store)

    def label(self, scene: Scene, *, normals: bool = True) -> Labels:
        """Return the exact labels of a scene; raises AssetError if one of its meshes cannot be had.

        Normals are a third of the work where much of the image is covered; leave them out when nobody reads them.
        """
        placed, windows = self.place(scene)
        hits, silhouettes = trace(scene, placed, windows, self._store)
        depth = np.where(hits.scene_map >= 0, hits.depth, np.float32(0))
        return Labels(
            instance_map=_by_instance(scene, hits, "instance_id"),
            category_map=_by_instance(scene, hits, "category_id"),
            depth=depth,
            distance=depth * ray_lengths(scene.camera),
            normals=shading_normals(hits, placed, silhouettes, scene.camera) if normals else None,
            scene_map=hits.scene_map,
            instances=tuple(
                self._instance_label(scene, index, placed[index], windows[index], silhouettes[index], hits)
                for index, instance in enumerate(scene.instances)
                if instance.instance_id
            ),
        )

    def place(self, scene: Scene) -> tuple[tuple[Placed, ...], tuple[Window, ...]]:
        """Return every instance in front of the scene's camera, and the window of its projection."""
        placed = tuple(place(scene, instance, self._meshes) for instance in scene.instances)
        return placed, tuple(full_window(mesh, scene.camera) for mesh in placed)

    def _instance_label(
        self, scene: Scene, index: int, placed: Placed, window: Window, silhouette: Silhouette, hits: Hits
    ) -> InstanceLabel:
        instance = scene.instances[index]
        amodal_bbox, amodal_mask = _crop(silhouette)
        seen = _crop_map(hits.scene_map, amodal_bbox)
        visible = seen == index
        mask_px, amodal_px = int(visible.sum()), int(amodal_mask.sum())
        corners_m = _box_corners(placed)
        return InstanceLabel(
            name=instance.name,
            category=instance.category,
            category_id=instance.category_id,
            instance_id=instance.instance_id,
            bbox=_tight(visible, amodal_bbox),
            amodal_bbox=amodal_bbox,
            amodal_mask=amodal_mask,
            mask_px=mask_px,
            amodal_px=amodal_px,
            visibility=mask_px / amodal_px if amodal_px else 0.0,
            truncation=truncation(placed, scene.camera, window, amodal_px, self._store),
            hidden_by=_hidden_by(scene.instances, seen[amodal_mask & ~visible]),
            object_to_camera=placed.object_to_camera,
            corners_m=corners_m,
            corners_px=project(scene.camera, corners_m),
            distance_m=float(np.linalg.norm(corners_m.mean(axis=0))),
        )


def label(scene: Scene) -> Labels:
    """Label one scene. For many scenes make one ``Labeller``, which keeps what it has built for each mesh."""
    return Labeller(AssetStore(scene.asset_root)).label(scene)


def _by_instance(scene: Scene, hits: Hits, attribute: str) -> NDArray[np.uint16]:
    """Map scene indices to an id of each instance; index -1 (nothing) takes the 0 at the table's end."""
    table = np.array([getattr(instance, attribute) for instance in scene.instances] + [0], np.uint16)
    ids: NDArray[np.uint16] = table[hits.scene_map]
    return ids


def _crop(silhouette: Silhouette) -> tuple[Xyxy | None, NDArray[np.bool_]]:
    """Cut a silhouette to its tight box."""
    window = silhouette.window
    box = _tight(silhouette.mask, (window.x0, window.y0, window.x1, window.y1))
    if box is None:
        return None, np.zeros((0, 0), bool)
    x0, y0, x1, y1 = box
    crop = silhouette.mask[y0 - window.y0 : y1 - window.y0, x0 - window.x0 : x1 - window.x0]
    return box, np.ascontiguousarray(crop)


def _crop_map(scene_map: NDArray[np.int32], box: Xyxy | None) -> NDArray[np.int32]:
    x0, y0, x1, y1 = box or (0, 0, 0, 0)
    return scene_map[y0:y1, x0:x1]


def _tight(mask: NDArray[np.bool_], within: Xyxy | None) -> Xyxy | None:
    """Return the half-open box around the set pixels of a mask whose first pixel is at ``within[:2]``."""
    if within is None:
        return None
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return None
    x, y = within[:2]
    return x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1


def _hidden_by(instances: tuple[Instance, ...], seen_instead: NDArray[np.int32]) -> dict[str, int]:
    """Count who is seen where the instance would be; pixels lost to an exact tie have an instance there too."""
    indices, counts = np.unique(seen_instead, return_counts=True)
    return {instances[index].name: int(count) for index, count in zip(indices, counts, strict=True)}


def _box_corners(placed: Placed) -> NDArray[np.float64]:
    """Corners (8, 3) of the mesh's own box in camera axes, metres; bit 0, 1, 2 of the index: greatest x, y, z."""
    pick = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)])
    corners = placed.cast.mesh.bounds[pick, np.arange(3)]
    in_camera: NDArray[np.float64] = corners @ placed.object_to_camera[:3, :3].T + placed.object_to_camera[:3, 3]
    return in_camera


__all__ = ["Labeller", "label"]
