"""YOLO detection: ``class x y width height``, the centre and sides of the box."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.types import ExportOptions, ExportReport, Format
from synthvision.formats.yolo import FEWER, centred_box, write_yolo


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, labels and ``data.yaml``."""
    return write_yolo(dataset, out, options, _numbers)


def _numbers(_dataset: Dataset, record: FrameRecord, label: InstanceRecord, _losses: Counter[str]) -> list[str]:
    return centred_box(record, label)


FORMAT = Format(
    name="yolo-detect", title="YOLO detection with data.yaml", cannot_carry=("masks", "keypoints", *FEWER), write=write
)
