"""HDF5 files as users of BlenderProc read them: ``0.hdf5``, ``1.hdf5``, … with a data set for each kind of map.

Names and meaning as ``blenderproc.writer.write_hdf5`` has them: ``colors``, ``depth`` (z, metres), ``normals`` (in
Blender's camera axes, x right, y up, z backwards, moved from -1…1 to 0…1), ``instance_segmaps``,
``category_id_segmaps``, ``instance_attribute_maps`` (JSON) and ``camera_pose`` (JSON: K with pixel centres at whole
numbers, world to camera). Background is 0; where nothing is, depth is 1e10, as Blender writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import UsageError
from synthvision.formats.cameras import integer_centred
from synthvision.formats.frames import (
    Tally,
    category_of,
    chosen_frames,
    count_crowds,
)
from synthvision.formats.painting import painted_ids
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

NOTHING_M = 1e10
_FLIP = np.array([1.0, -1.0, -1.0], np.float32)
"""OpenCV's camera axes to Blender's."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write a file per frame, numbered from 0. Raises UsageError where h5py is not installed."""
    h5py = _library()
    tally = Tally()
    with new_folder(out) as folder:
        for record, labels in chosen_frames(dataset, options):
            path = folder / record.split / f"{tally.frames}.hdf5"
            path.parent.mkdir(exist_ok=True)
            tally.count(len(labels))
            count_crowds(labels, tally)
            with h5py.File(path, "w") as file:
                for name, values in _data_sets(dataset, record, labels, tally).items():
                    is_map = isinstance(values, np.ndarray)
                    file.create_dataset(name, data=values, compression="gzip" if is_map else None)
    return tally.report()


def _library() -> Any:
    try:
        import h5py  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise UsageError(
            "h5py: library must be installed for this format, got none; pip install 'synthvision[formats]'"
        ) from error
    return h5py


def _data_sets(
    dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...], tally: Tally
) -> dict[str, Any]:
    instances, categories = painted_ids(dataset, record, labels, tally.losses)
    found: dict[str, Any] = {
        "colors": dataset.image(record),
        "instance_segmaps": instances,
        "category_id_segmaps": categories,
        "instance_attribute_maps": np.bytes_(json.dumps(_attributes(dataset, record, labels))),
    }
    if record.file("depth") is not None:
        depth = dataset.depth(record)
        found["depth"] = np.where(depth > 0, depth, np.float32(NOTHING_M))
    if record.file("normals") is not None:
        normals = dataset.normals(record)
        shown = normals.any(axis=2, keepdims=True)
        found["normals"] = np.where(shown, (normals * _FLIP + 1) / 2, np.float32(0)).astype(np.float32)
    if record.camera_matrix is not None and record.camera_to_world is not None:
        found["camera_pose"] = np.bytes_(json.dumps(_camera(record)))
    return found


def _attributes(dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...]) -> list[dict[str, Any]]:
    background = [{"idx": 0, "category_id": 0, "name": "background"}]
    return background + [
        {
            "idx": label.instance_id,
            "category_id": label.category_id,
            "name": label.name,
            "supercategory": category_of(dataset, label).supercategory,
            "category": category_of(dataset, label).name,
            "frame_index": record.frame_index,
        }
        for label in labels
    ]


def _camera(record: FrameRecord) -> dict[str, Any]:
    world_to_camera = np.linalg.inv(np.array(record.camera_to_world))
    return {
        "cam_K": integer_centred(np.array(record.camera_matrix)).ravel().tolist(),
        "cam_R_w2c": world_to_camera[:3, :3].ravel().tolist(),
        "cam_t_w2c": world_to_camera[:3, 3].tolist(),
    }


FORMAT = Format(
    name="hdf5",
    title="HDF5 files in BlenderProc's manner",
    cannot_carry=("amodal masks, poses, keypoints, lenses", "masks of see-through things, which are in no map"),
    write=write,
)
