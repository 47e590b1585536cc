"""nerfstudio: one folder per scene with a ``transforms.json`` and the pictures of all its cameras.

https://docs.nerf.studio/quickstart/data_conventions.html: ``transform_matrix`` is camera to world with x right, y up,
z backwards; pixel centres are at (i + 0.5, j + 0.5), as here. Depth is z in millimetres.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from synthvision.dataset.encodings import depth_to_mm
from synthvision.dataset.png import encode_png
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord
from synthvision.errors import DatasetError
from synthvision.formats.cameras import perspective_matrix, world_pose
from synthvision.formats.frames import Tally, chosen_frames, image_name, put_image
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

Json = dict[str, Any]

_FLIP = np.diag([1.0, -1.0, -1.0, 1.0])
"""OpenCV's camera axes to OpenGL's."""

LABEL = "a label is left out: nerfstudio has a place for pictures, cameras and depth only"
_POLYNOMIAL = ("k1", "k2", "p1", "p2", "k3")
_FISHEYE = ("k1", "k2", "k3", "k4")
_MODELS = MappingProxyType({"kannala_brandt": "OPENCV_FISHEYE", "brown_conrady": "OPENCV"})


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write a folder ``scene_000012`` per scene, which has a frame for each camera."""
    tally = Tally()
    with new_folder(out) as folder:
        for scene_index, frames in groupby(chosen_frames(dataset, options), lambda frame: _scene_index(frame[0])):
            scene = folder / f"scene_{scene_index:06d}"
            scene.mkdir()
            rows, models = [], set()
            for record, labels in frames:
                tally.count(0)
                tally.losses.update([LABEL] * len(labels))
                put_image(dataset, record, scene / "images" / image_name(record), options)
                rows.append(_frame(dataset, record, scene))
                models.add(_camera_model(record))
            text = json.dumps({"camera_model": _common_model(scene_index, models), "frames": rows}, indent=1)
            (scene / "transforms.json").write_text(text + "\n")
    return tally.report()


def _scene_index(record: FrameRecord) -> int:
    return int(record.scene.get("scene_index", record.frame_index))


def _frame(dataset: Dataset, record: FrameRecord, scene: Path) -> Json:
    matrix = perspective_matrix(record, "nerfstudio")
    row: Json = {
        "file_path": f"images/{image_name(record)}",
        "transform_matrix": (world_pose(record, "nerfstudio") @ _FLIP).tolist(),
        "w": record.width_px,
        "h": record.height_px,
        "fl_x": float(matrix[0, 0]),
        "fl_y": float(matrix[1, 1]),
        "cx": float(matrix[0, 2]),
        "cy": float(matrix[1, 2]),
        **_lens(record),
    }
    if record.file("depth") is not None:
        (scene / "depth").mkdir(exist_ok=True)
        name = f"depth/{record.frame_index:06d}.png"
        (scene / name).write_bytes(encode_png(depth_to_mm(dataset.depth(record)), {}))
        row["depth_file_path"] = name
    return row


def _lens(record: FrameRecord) -> Json:
    """Return the coefficients of a lens. Raises DatasetError for one that nerfstudio does not know."""
    coefficients = record.distortion.coefficients
    match _camera_model(record):
        case "OPENCV_FISHEYE":
            return dict(zip(_FISHEYE, coefficients, strict=False))
        case "OPENCV":
            if any(coefficients[len(_POLYNOMIAL) :]):
                raise DatasetError(
                    f"frame {record.frame_index}: lens must have k1, k2, p1, p2, k3 only for nerfstudio,"
                    " got a rational one"
                )
            return dict(zip(_POLYNOMIAL, coefficients, strict=False))
    return {}


def _camera_model(record: FrameRecord) -> str:
    return _MODELS.get(record.distortion.model, "PINHOLE")


def _common_model(scene_index: int, models: set[str]) -> str:
    """Return the one model that nerfstudio reads for all frames of a file: it ignores those of frames.

    ``OPENCV`` without coefficients is a pinhole. Raises DatasetError for a scene with fisheye and other cameras.
    """
    if len(models) > 1 and "OPENCV_FISHEYE" in models:
        raise DatasetError(
            f"scene {scene_index}: cameras must be all fisheye or none for nerfstudio, got {', '.join(sorted(models))};"
            " choose those of one camera with synthvision subset --where 'camera(NAME)'"
        )
    return min(models)


FORMAT = Format(
    name="nerfstudio",
    title="nerfstudio transforms.json",
    cannot_carry=("labels of any kind: it is for pictures, cameras and depth",),
    write=write,
)
