"""What the ray-caster says about a scene: plain arrays and records, no format of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Xyxy = tuple[int, int, int, int]


KeypointState = Literal[0, 1, 2]
"""As in COCO: not labelled, labelled but hidden, seen."""


@dataclass(frozen=True)
class KeypointLabel:
    """A keypoint of an instance in the image.

    Attributes:
        name: as its category declares it.
        x, y: pixels, (0.5, 0.5) in the middle of the first; 0 where ``state`` is 0.
        state: 2 if the ray to it meets nothing before it, 1 if something does (the instance itself counts, see-through
            things do not), 0 if it is outside the image or has no image, as a decal's point that is beyond the edge of
            its surface.
        position_m: in camera axes.
    """

    name: str
    x: float
    y: float
    state: KeypointState
    position_m: tuple[float, float, float]


@dataclass(frozen=True)
class Maps:
    """Which maps are cast besides those that every frame has; ``coverage`` is rays per side of a pixel, 0 for none."""

    normals: bool = False
    object_coordinates: bool = False
    uv: bool = False
    parts: bool = False
    disparity: bool = False
    coverage: int = 0
    distance: bool = False

    @property
    def need_points(self) -> bool:
        """Whether any of them needs to know where on its triangle a pixel's ray meets a mesh."""
        return self.normals or self.object_coordinates or self.uv or self.parts or self.disparity


ALL_MAPS = Maps(normals=True, object_coordinates=True, uv=True, parts=True, disparity=True, coverage=4, distance=True)
"""Everything."""

SURFACE_MAPS = Maps(normals=True, object_coordinates=True, uv=True, parts=True, distance=True)
"""Those that need no rays besides the pixels' own."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """How much of each pixel an instance fills.

    Attributes:
        instance_id: whose.
        bbox: half-open box ``(x0, y0, x1, y1)`` around the pixels with any of it.
        share: float32 crop of the image, shape (y1 - y0, x1 - x0): visible share of each pixel, 0…1; over all
            instances that are not see-through they add up to at most 1. See-through ones, and decals on their bearers,
            come on top of that, as their masks do.
    """

    instance_id: int
    bbox: Xyxy
    share: NDArray[np.float32]


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
        size_m: (3,) float64 sides of the mesh's own box along its own axes, metres, scale applied.
        keypoints: those that are declared for its mesh, or for a decal's picture, in that order.
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
    size_m: NDArray[np.float64]
    on: int = -1
    see_through: bool = False
    keypoints: tuple[KeypointLabel, ...] = ()


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of one frame; maps are (H, W), taken at pixel centres.

    Maps show what is seen with see-through things left out, and a labelled decal on top of what bears it.

    Attributes:
        instance_map: uint16 ``instance_id``, 0 where no labelled instance is seen.
        category_map: uint16 ``category_id``, 0 likewise.
        depth: float32 metres to the camera plane (z); 0 where nothing is.
        normals: (H, W, 3) float32 unit shading normals in camera axes, facing the camera; 0 where nothing is.
            None where they were not asked for.
        scene_map: int32 index into ``Scene.instances`` of what is seen, ground and distractors too; -1 for nothing.
        instances: one label per labelled instance, by ascending ``instance_id``.
        object_coordinates: (H, W, 3) float32 where on its mesh a pixel's point is (NOCS): moved by the middle of the
            mesh's box, divided by that box's diagonal, plus 0.5; so each is in 0…1. 0 where no labelled instance is
            seen. (H. Wang et al., "Normalized Object Coordinate Space for Category-Level 6D Object Pose and Size
            Estimation", CVPR 2019.)
        uv: (H, W, 2) float32 texture coordinates of what is seen, v up, as its mesh has them (before the material's
            ``uv_scale``); NaN where there are none.
        parts: uint8 material slot + 1 of the labelled instance that is seen, 0 where none is; 255 for all slots from
            254 on. The part's name is that of the instance's material in the slot.
        disparity: float32 pixels by which the point is further left (right, for the right eye) in the other eye's
            picture, always at least 0; 0 where nothing is, or there is no pair (of pinholes: a lens or parallel rays
            make none).
        stereo_mask: uint8 0 where nothing is, 1 where the other eye sees the point, too, 2 where something hides it
            from that eye, 3 where it is outside that picture; 0 everywhere where there is no pair.
        coverage: one for each labelled instance and decal that is seen anywhere.
        distance: float32 metres along the ray; 0 where nothing is.

    The maps from ``object_coordinates`` on are None where they were not asked for. Where a decal is, they are of what
    bears it.
    """

    instance_map: NDArray[np.uint16]
    category_map: NDArray[np.uint16]
    depth: NDArray[np.float32]
    normals: NDArray[np.float32] | None
    scene_map: NDArray[np.int32]
    instances: tuple[InstanceLabel, ...]
    object_coordinates: NDArray[np.float32] | None = None
    uv: NDArray[np.float32] | None = None
    parts: NDArray[np.uint8] | None = None
    disparity: NDArray[np.float32] | None = None
    stereo_mask: NDArray[np.uint8] | None = None
    coverage: tuple[Coverage, ...] | None = None
    distance: NDArray[np.float32] | None = None
