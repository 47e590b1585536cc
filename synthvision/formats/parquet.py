"""Parquet files: pictures, boxes and masks in columns, as Hugging Face's viewers and loaders read them.

The column ``image`` is a struct of ``bytes`` and ``path``, which ``datasets`` decodes as pictures; masks are compressed
COCO run lengths, whose size is that of the picture.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import read_whole
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import UsageError
from synthvision.formats.frames import (
    Tally,
    category_of,
    chosen_frames,
    count_crowds,
    image_name,
    image_path,
)
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

GROUP_FRAMES = 64
"""Frames of a row group, which are in memory at once."""

FILE_FRAMES = 4096
"""Frames of a file."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write ``SPLIT-00000.parquet`` and so on. Raises UsageError where pyarrow is not installed."""
    tally = Tally()
    with new_folder(out) as folder:
        writers: dict[str, _Split] = {}
        try:
            for record, labels in chosen_frames(dataset, options):
                tally.count(len(labels))
                count_crowds(labels, tally)
                split = record.split or "train"
                if split not in writers:
                    writers[split] = _Split(folder, split)
                writers[split].add(_row(dataset, record, labels))
        finally:
            for writer in writers.values():
                writer.close()
    return tally.report()


class _Split:
    """The files of one split, and the rows that wait for the next group."""

    def __init__(self, folder: Path, split: str) -> None:
        self._folder = folder
        self._split = split
        self._rows: list[dict[str, Any]] = []
        self._frames = 0
        self._writer: Any = None
        self._schema = _schema()

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) == GROUP_FRAMES:
            self._flush()

    def close(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an optional library, known to be there by now
        import pyarrow.parquet as pq  # noqa: PLC0415 - as above

        if not self._rows:
            return
        if self._frames % FILE_FRAMES == 0:
            if self._writer is not None:
                self._writer.close()
            path = self._folder / f"{self._split}-{self._frames // FILE_FRAMES:05d}.parquet"
            # Pictures are compressed already.
            open_file: Any = pq.ParquetWriter
            self._writer = open_file(path, self._schema, compression={"image.bytes": "NONE"})
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._frames += len(self._rows)
        self._rows.clear()


def _schema() -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise UsageError(
            "pyarrow: library must be installed for this format, got none; pip install 'synthvision[formats]'"
        ) from error
    matrix = pa.list_(pa.float64())
    objects = pa.struct(
        [
            ("id", pa.int64()),
            ("category_id", pa.int64()),
            ("category", pa.string()),
            ("bbox", pa.list_(pa.float64(), 4)),
            ("area", pa.int64()),
            ("segmentation", pa.string()),
            ("visibility", pa.float64()),
            ("truncation", pa.float64()),
            ("object_to_camera", matrix),
            ("size_m", matrix),
        ]
    )
    fields = [
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("image_id", pa.int64()),
        ("frame_index", pa.int64()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("camera_matrix", matrix),
        ("camera_to_world", matrix),
        ("objects", pa.list_(objects)),
    ]
    # Under this key ``datasets`` looks for columns that are more than their types say: it then decodes the pictures.
    features = {"info": {"features": {"image": {"_type": "Image"}}}}
    return pa.schema(fields, metadata={"huggingface": json.dumps(features)})


def _row(dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...]) -> dict[str, Any]:
    return {
        "image": {"bytes": read_whole(dataset.folder / image_path(record)), "path": image_name(record)},
        "image_id": record.frame_index + 1,
        "frame_index": record.frame_index,
        "width": record.width_px,
        "height": record.height_px,
        "camera_matrix": _flat(record.camera_matrix),
        "camera_to_world": _flat(record.camera_to_world),
        "objects": [_object(dataset, label) for label in labels],
    }


def _object(dataset: Dataset, label: InstanceRecord) -> dict[str, Any]:
    return {
        "id": label.instance_id,
        "category_id": label.category_id,
        "category": category_of(dataset, label).name,
        "bbox": label.bbox,
        "area": label.area,
        "segmentation": label.counts,
        "visibility": label.visibility,
        "truncation": label.truncation,
        "object_to_camera": _flat(label.object_to_camera),
        "size_m": label.size_m,
    }


def _flat(rows: tuple[tuple[float, ...], ...] | None) -> list[float] | None:
    return None if rows is None else [value for row in rows for value in row]


FORMAT = Format(
    name="parquet",
    title="Parquet files",
    cannot_carry=("depth and other maps", "amodal masks, keypoints, crowds, the Scene of each frame"),
    write=write,
)
