"""Other tools' layouts, one file each, made from a dataset.

Each module of a format has a ``FORMAT``; it is imported when it is asked for, so that a heavy library is too.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from synthvision.errors import UsageError, did_you_mean
from synthvision.formats.coco import write_coco
from synthvision.formats.types import ExportOptions, ExportReport, Format

FORMATS = MappingProxyType(
    {
        "coco": "coco_folders",
        "coco-polygons": "coco_polygons",
        "coco-keypoints": "coco_keypoints",
        "coco-panoptic": "coco_panoptic",
        "yolo-detect": "yolo_detect",
        "yolo-segment": "yolo_segment",
        "yolo-pose": "yolo_pose",
        "yolo-obb": "yolo_obb",
        "voc": "voc",
        "kitti": "kitti",
        "bop": "bop",
        "cvat": "cvat",
        "label-studio": "label_studio",
        "labelme": "labelme",
        "webdataset": "webdataset",
        "huggingface": "huggingface",
        "parquet": "parquet",
        "nerfstudio": "nerfstudio",
        "hdf5": "hdf5",
        "pointcloud": "pointcloud",
    }
)
"""Name of each format → module of this package."""


def find_format(name: str) -> Format:
    """Return a format by its name; raises UsageError."""
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"--to: format must be one of {known}, got '{name}'{did_you_mean(name, FORMATS)}")
    found: Format = import_module(f"synthvision.formats.{FORMATS[name]}").FORMAT
    return found


__all__ = ["FORMATS", "ExportOptions", "ExportReport", "Format", "find_format", "write_coco"]
