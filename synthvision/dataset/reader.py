"""Read access to a dataset folder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.coverage_file import decode_coverage
from synthvision.dataset.disk import lines_within, read_whole, reading_errors
from synthvision.dataset.encodings import (
    decode_depth,
    decode_disparity,
    decode_image,
    decode_normals,
    decode_object_coordinates,
    decode_picture,
    decode_uv,
)
from synthvision.dataset.layout import FRAMES, inside
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.dataset.records import FrameRecord, InstanceRecord, iterate_lines, parse_line, read_record
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.labels.types import Coverage
from synthvision.scene.json_form import scene_from_json
from synthvision.scene.typed_json import read_typed
from synthvision.scene.types import Scene


class Dataset:
    """The frames of a dataset, in the order of their lines; records are read from disk when asked for."""

    def __init__(self, folder: Path) -> None:
        """Open a dataset; raises DatasetError if the folder is none."""
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[FrameRecord]:
        """Yield every record, holding one at a time. Raises DatasetError at a line that is damaged."""
        for where, data in iterate_lines(self.folder / FRAMES):
            yield read_record(data, where)

    @property
    def frame_indices(self) -> tuple[int, ...]:
        """Indices of the frames, in the order of their lines."""
        return tuple(self._offsets)

    def record(self, frame_index: int) -> FrameRecord:
        """Return the record of one frame; raises DatasetError if the dataset does not have it."""
        path = self.folder / FRAMES
        if frame_index not in self._offsets:
            raise DatasetError(f"{path}: frame must be one of its {len(self)}, got {frame_index}")
        with reading_errors(path), path.open("rb") as stream:
            stream.seek(self._offsets[frame_index])
            where = f"{path}: frame {frame_index}"
            return read_record(parse_line(stream.readline(), where), where)

    @cached_property
    def _offsets(self) -> dict[int, int]:
        path = self.folder / FRAMES
        offsets: dict[int, int] = {}
        offset = 0
        with reading_errors(path), path.open("rb") as stream:
            for number, line in enumerate(lines_within(stream, path), start=1):
                where = f"{path}:{number}"
                index = parse_line(line, where).get("frame_index")
                offsets[read_typed(int, index, f"{where}.frame_index")] = offset
                offset += len(line)
        return offsets

    def image(self, record: FrameRecord) -> NDArray[np.uint8]:
        """Return the picture of a frame, (H, W, 3) uint8 sRGB. Raises DatasetError."""
        return decode_picture(*self._content(record, "images"))

    def depth(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W) float32 metres to the camera plane, 0 where nothing is. Raises DatasetError."""
        content, where = self._content(record, "depth")
        return decode_depth(content, where)

    def instances(self, record: FrameRecord) -> NDArray[np.uint16]:
        """Return the (H, W) uint16 map of instance ids, 0 where none is seen. Raises DatasetError."""
        return decode_image(*self._content(record, "instances"))

    def normals(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W, 3) float32 normals in camera axes, 0 where nothing is. Raises DatasetError."""
        return decode_normals(*self._content(record, "normals"))

    def world_normals(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W, 3) float32 normals in world axes, 0 where nothing is. Raises DatasetError."""
        return decode_normals(*self._content(record, "world_normals"))

    def semantic(self, record: FrameRecord) -> NDArray[np.uint16]:
        """Return the (H, W) uint16 map of category ids, 0 where no label is seen. Raises DatasetError."""
        return decode_image(*self._content(record, "semantic"))

    def object_coordinates(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W, 3) float32 object coordinates (NOCS), 0 where no label is seen. Raises DatasetError."""
        return decode_object_coordinates(*self._content(record, "object_coordinates"))

    def uv(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W, 2) float32 texture coordinates in 0…1, NaN where there are none. Raises DatasetError."""
        return decode_uv(*self._content(record, "uv"))

    def parts(self, record: FrameRecord) -> NDArray[np.uint8]:
        """Return the (H, W) uint8 map of parts, from 1; 0 where no label is seen. Raises DatasetError."""
        return decode_image(*self._content(record, "parts"))

    def disparity(self, record: FrameRecord) -> NDArray[np.float32]:
        """Return (H, W) float32 disparities in pixels, 0 where nothing is. Raises DatasetError."""
        return decode_disparity(*self._content(record, "disparity"))

    def stereo_mask(self, record: FrameRecord) -> NDArray[np.uint8]:
        """Return the (H, W) uint8 map of what the other eye sees, as ``Labels.stereo_mask``. Raises DatasetError."""
        return decode_image(*self._content(record, "stereo_mask"))

    def coverage(self, record: FrameRecord) -> tuple[Coverage, ...]:
        """Return the soft mask of every instance and decal that is seen. Raises DatasetError."""
        return decode_coverage(*self._content(record, "coverage"))

    def mask(self, record: FrameRecord, label: InstanceRecord) -> NDArray[np.bool_]:
        """Return the (H, W) bool mask of the visible pixels of an instance; DatasetError where only a box is known."""
        return _decoded(label.counts, record, label, "mask")

    def amodal_mask(self, record: FrameRecord, label: InstanceRecord) -> NDArray[np.bool_]:
        """Return the (H, W) bool mask that an instance would have with all others absent; DatasetError if unknown."""
        return _decoded(label.amodal_counts, record, label, "amodal mask")

    def scene(self, record: FrameRecord, asset_root: Path) -> Scene:
        """Return the Scene of a frame; ``asset_root`` is where its relative asset paths start. Raises DatasetError."""
        return scene_from_json(record.scene, asset_root)

    def _content(self, record: FrameRecord, kind: str) -> tuple[bytes, str]:
        name = record.file(kind)
        if name is None:
            kinds = ", ".join(sorted({path.split("/")[0] for path in record.files}))
            raise DatasetError(f"{self.folder}: frame {record.frame_index} must have a file in {kinds}, got {kind}")
        path = inside(self.folder, self.folder / name)
        return read_whole(path), str(path)


def _decoded(counts: str | None, record: FrameRecord, label: InstanceRecord, what: str) -> NDArray[np.bool_]:
    if counts is None:
        where = f"frame {record.frame_index}: label {label.instance_id} ({label.name})"
        raise DatasetError(f"{where}: {what} must be known, got a label that was imported without one")
    return decode_rle(counts, record.height_px, record.width_px)
