"""What the ray-caster says about a scene: plain arrays and records, no format of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Xyxy = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class InstanceLabel:
    """The label of one labelled instance or decal (``instance_id`` ≥ 1), visible or not.

    Attributes:
        name, category, category_id, instance_id: as in the scene.
        bbox: tight half-open box ``(x0, y0, x1, y1)`` around the visible mask in pixels, or None if nothing is visible.
        mask: bool crop of the image, shape (y1 - y0, x1 - x0) of ``bbox``: the visible pixels; (0, 0) if that is None.
        amodal_bbox: box around the amodal mask, or None if no ray through a pixel centre meets the instance.
        amodal_mask: bool crop of the image, shape (y1 - y0, x1 - x0) of ``amodal_bbox``; (0, 0) if that is None.
        mask_px, amodal_px: pixels in the visible and the amodal mask.
        visibility: ``mask_px / amodal_px``, 0 if nothing.
        truncation: share of the instance's projection outside the image, 0…1.
        hidden_by: name of each instance (or ground, distractor) that hides pixels of this one → how many.
        object_to_camera: (4, 4) float64, OpenCV camera axes, metres.
        corners_m: (8, 3) float64 corners of the mesh's own box in camera axes; corner i has x, y, z at the
            greatest side where bit 0, 1, 2 of i is set.
        corners_px: (8, 2) float64 their projections; NaN for a corner not in front of the camera, or out of the lens's
            sight.
        distance_m: from the camera centre to the centre of that box.
        on: ``instance_id`` of the instance that bears a decal (0 if that has no label); -1 for anything but a decal.
            A decal's amodal mask is where it would be seen if its bearer were alone; its pixels are its bearer's, too.
            Its box is its picture's square, ``depth_m`` to both sides.
        see_through: as in the scene. Such an instance is in no map but has its mask.
    """

    name: str
    category: str
    category_id: int
    instance_id: int
    bbox: Xyxy | None
    mask: NDArray[np.bool_]
    amodal_bbox: Xyxy | None
    amodal_mask: NDArray[np.bool_]
    mask_px: int
    amodal_px: int
    visibility: float
    truncation: float
    hidden_by: Mapping[str, int]
    object_to_camera: NDArray[np.float64]
    corners_m: NDArray[np.float64]
    corners_px: NDArray[np.float64]
    distance_m: float
    on: int = -1
    see_through: bool = False


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of one frame; maps are (H, W), taken at pixel centres.

    Maps show what is seen with see-through things left out, and a labelled decal on top of what bears it.

    Attributes:
        instance_map: uint16 ``instance_id``, 0 where no labelled instance is seen.
        category_map: uint16 ``category_id``, 0 likewise.
        depth: float32 metres to the camera plane (z); 0 where nothing is.
        distance: float32 metres along the ray; 0 where nothing is.
        normals: (H, W, 3) float32 unit shading normals in camera axes, facing the camera; 0 where nothing is.
            None where they were not asked for.
        scene_map: int32 index into ``Scene.instances`` of what is seen, ground and distractors too; -1 for nothing.
        instances: one label per labelled instance, by ascending ``instance_id``.
    """

    instance_map: NDArray[np.uint16]
    category_map: NDArray[np.uint16]
    depth: NDArray[np.float32]
    distance: NDArray[np.float32]
    normals: NDArray[np.float32] | None
    scene_map: NDArray[np.int32]
    instances: tuple[InstanceLabel, ...]
