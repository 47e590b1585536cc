"""YOLO oriented boxes: ``class x1 y1 x2 y2 x3 y3 x4 y4``, the corners of the least rectangle around the mask."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from synthvision.dataset.boxes import oriented_box_2d
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.types import ExportOptions, ExportReport, Format
from synthvision.formats.yolo import FEWER, box_corners, share_points, write_yolo

_BOX = "a label without mask is written as its upright box"
_CLIPPED = "corners of an oriented box are moved to the edge of the picture"

_ROUNDING_PX = 1e-6


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, labels and ``data.yaml``."""
    return write_yolo(dataset, out, options, _numbers)


def _numbers(dataset: Dataset, record: FrameRecord, label: InstanceRecord, losses: Counter[str]) -> list[str]:
    box = None if label.counts is None else oriented_box_2d(dataset.mask(record, label))
    if box is None:
        losses[_BOX] += 1
        return share_points(record, box_corners(label))
    inside = np.clip(box, 0, (record.width_px, record.height_px))
    # A picture with a corner outside is refused as a whole.
    losses.update([_CLIPPED] if np.abs(inside - box).max() > _ROUNDING_PX else [])
    return share_points(record, [(x, y) for x, y in inside.tolist()])


FORMAT = Format(
    name="yolo-obb",
    title="YOLO oriented boxes with data.yaml",
    cannot_carry=("masks", "keypoints", "corners outside the picture: they are moved to its edge", *FEWER),
    write=write,
)
