"""YOLO segmentation: ``class x1 y1 x2 y2 …``, one ring of corners per object."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.rings import joined_ring, mask_rings
from synthvision.formats.types import ExportOptions, ExportReport, Format
from synthvision.formats.yolo import FEWER, box_corners, share_points, write_yolo

_BOX = "a label without mask is written as its box"
_JOINED = "the parts or holes of a mask are one ring, joined by lines without width"


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, labels and ``data.yaml``."""
    return write_yolo(dataset, out, options, _numbers)


def _numbers(dataset: Dataset, record: FrameRecord, label: InstanceRecord, losses: Counter[str]) -> list[str]:
    if label.counts is None:
        losses[_BOX] += 1
        return share_points(record, box_corners(label))
    rings = mask_rings(dataset.mask(record, label))
    if len(rings) > 1:
        losses[_JOINED] += 1
    return share_points(record, joined_ring(rings))


FORMAT = Format(
    name="yolo-segment",
    title="YOLO segmentation with data.yaml",
    cannot_carry=(
        "parts and holes as such: lines without width join them to one ring, which readers may draw a pixel wide",
        "keypoints",
        *FEWER,
    ),
    write=write,
)
