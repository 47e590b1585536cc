"""The keypoints of a frame: of names that their categories have, with states that COCO knows, in the image."""

from __future__ import annotations

from collections.abc import Iterator

from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.records import KeypointRecord
from synthvision.dataset.validate_reading import FrameFiles
from synthvision.errors import did_you_mean

_STATES = (0, 1, 2)


def keypoint_faults(manifest: Manifest, frame: FrameFiles) -> Iterator[DatasetFault]:
    """Yield a fault for each keypoint that is wrong in itself; categories are known to be the manifest's."""
    for label in frame.record.labels:
        category = manifest.categories[label.category_id - 1]
        for name, point in label.keypoints.items():
            where = f"{label.name}: keypoint '{name}'"
            if name not in category.keypoints:
                known = ", ".join(category.keypoints) or "none"
                near = did_you_mean(name, category.keypoints)
                what = f"{label.name}: keypoint must be of {category.name} ({known}), got '{name}'{near}"
                yield frame.line_fault("bad_value", what)
            elif point[2] not in _STATES:
                yield frame.line_fault("bad_value", f"{where}: state must be 0, 1 or 2, got {point[2]}")
            else:
                yield from _place_faults(frame, where, point)


def _place_faults(frame: FrameFiles, where: str, point: KeypointRecord) -> Iterator[DatasetFault]:
    x, y, state = point
    width, height = frame.record.width_px, frame.record.height_px
    if state == 0 and (x, y) != (0, 0):
        yield frame.line_fault("bad_value", f"{where}: place must be 0, 0 with state 0, got {x:g}, {y:g}")
    elif not (0 <= x <= width and 0 <= y <= height):
        rule = f"in the image of {width} x {height} px"
        yield frame.line_fault("bad_value", f"{where}: place must be {rule}, got {x:g}, {y:g}")
