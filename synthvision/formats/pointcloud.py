"""Coloured point clouds: one binary PLY per frame, a point for every pixel that shows something.

Greg Turk, "The PLY Polygon File Format", 1994. Points are in world axes, metres (in camera axes where the pose is not
known), with the picture's colour and the instance they belong to (0 for none).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import DatasetError
from synthvision.formats.cameras import points_seen
from synthvision.formats.frames import Tally, chosen_frames
from synthvision.formats.painting import painted_ids
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

_POINT = np.dtype(
    [
        *[(axis, "<f4") for axis in "xyz"],
        *[(colour, "u1") for colour in ("red", "green", "blue")],
        ("instance_id", "<u2"),
        ("category_id", "<u2"),
    ]
)
_PLY_TYPES = {"<f4": "float", "|u1": "uchar", "<u2": "ushort"}


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write ``000012.ply`` for every frame; raises DatasetError for one without depth or camera."""
    tally = Tally()
    with new_folder(out) as folder:
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            path = folder / record.split / f"{record.frame_index:06d}.ply"
            path.parent.mkdir(exist_ok=True)
            points = frame_points(dataset, record, labels, tally)
            frame = "camera" if record.camera_to_world is None else "world"
            with path.open("wb") as stream:
                stream.write(_header(len(points), frame).encode("ascii"))
                stream.write(points.tobytes())
    return tally.report()


def frame_points(
    dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...], tally: Tally
) -> NDArray[np.void]:
    """Return the points (N,) of a frame: x, y, z, red, green, blue, instance_id, category_id."""
    if record.camera_matrix is None or record.file("depth") is None:
        lacking = "camera" if record.camera_matrix is None else "depth"
        raise DatasetError(f"frame {record.frame_index}: {lacking} must be known for a point cloud, got none")
    depth = dataset.depth(record)
    seen = depth > 0
    points = np.zeros(int(seen.sum()), _POINT)
    places = points_seen(record, depth)[seen]
    if record.camera_to_world is not None:
        pose = np.array(record.camera_to_world)
        places = places @ pose[:3, :3].T + pose[:3, 3]
    colours = dataset.image(record)[seen]
    for axis, values in zip("xyz", places.T, strict=True):
        points[axis] = values
    for colour, values in zip(("red", "green", "blue"), colours.T, strict=True):
        points[colour] = values
    instances, categories = painted_ids(dataset, record, labels, tally.losses)
    points["instance_id"], points["category_id"] = instances[seen], categories[seen]
    return points


def _header(count: int, frame: str) -> str:
    properties = "".join(f"property {_PLY_TYPES[_POINT[name].str]} {name}\n" for name in _POINT.names or ())
    return (
        "ply\nformat binary_little_endian 1.0\n"
        f"comment synthvision, {frame} axes, metres\nelement vertex {count}\n{properties}end_header\n"
    )


FORMAT = Format(
    name="pointcloud",
    title="coloured point clouds (PLY)",
    cannot_carry=("what no pixel shows", "masks of see-through things", "amodal masks, poses, keypoints"),
    write=write,
)
