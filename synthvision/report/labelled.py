"""The labels of a frame on disk, in the form in which they were made."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.manifest import Manifest
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import decode_rle
from synthvision.labels import InstanceLabel, KeypointLabel, Labels, Xyxy
from synthvision.labels.types import KeypointState

Mask = NDArray[np.bool_]


def labels_of(dataset: Dataset, record: FrameRecord) -> Labels:
    """Return the labels of a frame, with the maps that masks make; what is not known is 0, NaN or empty.

    ``depth`` is the frame's own where it has a file of it; ``distance`` is not on disk, and ``scene_map`` tells labels
    apart, no more. A label of a category that the manifest does not have is called by its number.

    Raises:
        DatasetError: a mask that is of another size, a file of depth that cannot be read.
    """
    shape = record.height_px, record.width_px
    instance_map, category_map = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)
    for label in sorted(record.labels, key=lambda label: label.on):  # decals lie over what bears them
        if label.counts is not None and not label.see_through:
            mask = decode_rle(label.counts, *shape)
            instance_map[mask], category_map[mask] = label.instance_id, label.category_id
    has_depth = record.file("depth") is not None
    return Labels(
        instance_map=instance_map,
        category_map=category_map,
        depth=dataset.depth(record) if has_depth else np.zeros(shape, np.float32),
        normals=None,
        scene_map=instance_map.astype(np.int32) - 1,
        instances=tuple(_label(dataset, record, label) for label in record.labels),
    )


def category_name(manifest: Manifest, category_id: int) -> str:
    """Return the name of a category, or what stands for one that the manifest, by a fault, does not have."""
    known = 1 <= category_id <= len(manifest.categories)
    return manifest.categories[category_id - 1].name if known else f"category {category_id}"


def _label(dataset: Dataset, record: FrameRecord, label: InstanceRecord) -> InstanceLabel:
    bbox, mask = _cropped(record, label.counts, label.bbox)
    amodal_bbox, amodal_mask = _cropped(record, label.amodal_counts, label.amodal_bbox)
    return InstanceLabel(
        name=label.name,
        category=category_name(dataset.manifest, label.category_id),
        category_id=label.category_id,
        instance_id=label.instance_id,
        bbox=bbox,
        mask=mask,
        amodal_bbox=amodal_bbox,
        amodal_mask=amodal_mask,
        mask_px=label.area,
        amodal_px=label.amodal_area or 0,
        visibility=np.nan if label.visibility is None else label.visibility,
        truncation=np.nan if label.truncation is None else label.truncation,
        hidden_by=label.hidden_by,
        object_to_camera=np.full((4, 4), np.nan)
        if label.object_to_camera is None
        else np.array(label.object_to_camera),
        corners_m=np.array(label.corners_m).reshape(-1, 3) if label.corners_m else np.full((8, 3), np.nan),
        corners_px=_corners_px(label),
        distance_m=0.0 if label.distance_m is None else label.distance_m,
        size_m=np.full(3, np.nan) if label.size_m is None else np.array(label.size_m),
        on=label.on,
        see_through=label.see_through,
        keypoints=tuple(
            KeypointLabel(name, x, y, cast("KeypointState", state), (0.0, 0.0, 0.0))
            for name, (x, y, state) in label.keypoints.items()
        ),
    )


def _cropped(
    record: FrameRecord, counts: str | None, box: tuple[float, float, float, float] | None
) -> tuple[Xyxy | None, Mask]:
    """Return a half-open box in whole pixels, and the mask in it; all of the box where no mask is known."""
    if box is None:
        return None, np.zeros((0, 0), bool)
    x, y, width, height = box
    bounds = (
        max(int(np.floor(x)), 0),
        max(int(np.floor(y)), 0),
        min(int(np.ceil(x + width)), record.width_px),
        min(int(np.ceil(y + height)), record.height_px),
    )
    x0, y0, x1, y1 = bounds
    if x1 <= x0 or y1 <= y0:
        return None, np.zeros((0, 0), bool)
    if counts is None:
        return bounds, np.ones((y1 - y0, x1 - x0), bool)
    return bounds, decode_rle(counts, record.height_px, record.width_px)[y0:y1, x0:x1]


def _corners_px(label: InstanceRecord) -> NDArray[np.float64]:
    if not label.corners_px:
        return np.full((8, 2), np.nan)
    return np.array([(np.nan, np.nan) if corner is None else corner for corner in label.corners_px])
