"""One finished frame as one line of ``frames.jsonl``: compact JSON, sorted keys, the same bytes every time.

Poses and K keep every bit. What can be worked out again from pose and camera is rounded to keep lines short: metres to
1e-9, pixels to 1e-4, shares to 1e-6.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from synthvision.dataset.disk import lines_within, reading_errors
from synthvision.dataset.layout import check_file_name, check_split
from synthvision.dataset.rle import Xywh, encode_crops
from synthvision.errors import DatasetError
from synthvision.labels.types import InstanceLabel, KeypointLabel, Labels, Xyxy
from synthvision.limits import MAX_IMAGE_PX
from synthvision.render.types import Convergence
from synthvision.scene.json_form import scene_to_json
from synthvision.scene.typed_json import read_typed, to_plain
from synthvision.scene.types import Camera, Matrix, Scene, Vector

Point = tuple[float, float]
KeypointRecord = tuple[float, float, int]


@dataclass(frozen=True)
class FileRecord:
    """A file of a frame: its size in bytes and the SHA-256 (hex) of its content."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Distortion:
    """Lens model and its coefficients, in OpenCV's order.

    ``pinhole`` and ``orthographic`` have none; ``orthographic`` has pixels per metre in K, and no perspective.
    """

    model: str = "pinhole"
    coefficients: tuple[float, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a frame of a merged, mixed or imported dataset comes from.

    Attributes:
        source: number of the dataset it was taken from, in ``sources/000``, ``sources/001``, …; each has its manifest
            there, and its recipe if it was rendered.
        frame_index: of the frame there, by which it can be made again.
        synthetic: whether it was rendered; False for a photograph.
        file: name of the file that it was imported from; empty if it was rendered by synthvision.
        licence: place in the manifest's ``licences``.
    """

    source: int
    frame_index: int
    synthetic: bool = True
    file: str = ""
    licence: int = 0


@dataclass(frozen=True)
class InstanceRecord:
    """The label of one instance or decal, visible or not.

    Attributes:
        name: as in the scene, ``<group>/<index>``.
        bbox, amodal_bbox: [x, y, width, height] around the mask, right and bottom exclusive; None if nothing is there.
        area, amodal_area: pixels of the mask.
        counts, amodal_counts: compressed COCO run lengths over the whole image.
        visibility, truncation, hidden_by: as in ``labels.InstanceLabel``.
        object_to_camera: pose in camera axes (x right, y down, z forward), metres.
        corners_m, corners_px: 8 corners of the mesh's own box in camera axes and in the image; None in
            ``corners_px`` for a corner that is not in front of the camera, or out of the lens's sight.
        distance_m: from the camera centre to the centre of that box.
        on: ``instance_id`` of the bearer of a decal, 0 if that has no label; -1, and not written, for all else.
        see_through: it is in no map and hides nothing; not written where it is not.
        size_m: sides of the mesh's own box along its own axes, metres; with ``object_to_camera`` and the middle of
            ``corners_m`` that is the oriented 3-D box.
        keypoints: name → (x, y, state): pixels, and COCO's state: 0 outside the image (then x = y = 0), 1 hidden,
            2 seen.
        crowd: an imported label of several things at once (COCO's ``iscrowd``).

    Labels that were imported know less: what is unknown is None, or empty. One without ``counts`` is a box alone, whose
    ``area`` is that of the box.
    """

    instance_id: int
    category_id: int
    name: str
    bbox: Xywh | None
    area: int
    counts: str | None
    amodal_bbox: Xywh | None
    amodal_area: int | None
    amodal_counts: str | None
    visibility: float | None
    truncation: float | None
    object_to_camera: Matrix | None
    distance_m: float | None
    hidden_by: Mapping[str, int] = field(default_factory=dict)
    corners_m: tuple[Vector, ...] = ()
    corners_px: tuple[Point | None, ...] = ()
    on: int = -1
    see_through: bool = False
    size_m: Vector | None = None
    keypoints: Mapping[str, KeypointRecord] = field(default_factory=dict)
    crowd: bool = False


@dataclass(frozen=True)
class FrameRecord:
    """A finished frame.

    Attributes:
        split: name of its split; empty when the recipe has none.
        refusals: for each rule of ``require:``, how many draws of this frame it refused.
        misplaced: who found no place → how many draws of this frame were refused for it; not written where none were.
        camera_matrix: K, 3x3, pixels; pixel centres at (i + 0.5, j + 0.5).
        camera_to_world: 4x4, OpenCV camera axes, metres.
        files: path relative to the dataset, with forward slashes → what the file is.
        labels: by ascending ``instance_id``.
        scene: the whole Scene as ``scene_to_json`` writes it; empty for a picture that was imported.
        origin: where a frame of a merged, mixed or imported dataset comes from; None for one that was made here.
        convergence: how many samples per pixel it took and how good its picture is estimated to be, where the recipe
            has ``samples_per_pixel: auto``; else None, and not written.

    A picture that was imported may have no ``camera_matrix`` and no ``camera_to_world``: then they are None.
    """

    frame_index: int
    split: str
    refusals: tuple[int, ...]
    width_px: int
    height_px: int
    camera_matrix: tuple[Vector, Vector, Vector] | None
    camera_to_world: Matrix | None
    files: Mapping[str, FileRecord]
    labels: tuple[InstanceRecord, ...]
    scene: Mapping[str, Any]
    distortion: Distortion = field(default_factory=Distortion)
    origin: Origin | None = None
    misplaced: Mapping[str, int] = field(default_factory=dict)
    convergence: Convergence | None = None

    def to_line(self) -> bytes:
        """Write the record as one line of UTF-8 JSON, newline included. Raises DatasetError for NaN and infinity."""
        data = vars(self) | {
            "files": {path: vars(file) for path, file in self.files.items()},
            "labels": [_without_defaults(vars(label)) for label in self.labels],
            "distortion": vars(self.distortion),
            "misplaced": dict(self.misplaced),
            "convergence": None if self.convergence is None else vars(self.convergence),
            "origin": None if self.origin is None else to_plain(self.origin),
        }
        return dump_line(_without_defaults(data), f"frame {self.frame_index}")

    def file(self, kind: str) -> str | None:
        """Return the path in the dataset of the frame's file of a kind (``images``, ``depth``, …); None for none."""
        return next((path for path in self.files if path.startswith(f"{kind}/")), None)

    @property
    def synthetic(self) -> bool:
        """Whether the picture was rendered."""
        return self.origin is None or self.origin.synthetic

    @property
    def imported(self) -> bool:
        """Whether the picture was imported, so that it has no scene and may be stored in any form."""
        return self.origin is not None and self.origin.file != ""


def dump_line(data: Mapping[str, Any], where: str) -> bytes:
    """Write compact, sorted JSON with a newline at its end. Raises DatasetError for NaN and infinity."""
    try:
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise DatasetError(f"{where}: every number must be finite, got '{error}'") from error
    return text.encode() + b"\n"


_DEFAULTS: dict[str, Any] = {"on": -1, "see_through": False, "keypoints": {}, "crowd": False, "misplaced": {}}


def _without_defaults(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value != _DEFAULTS.get(key)}


def read_record(data: Any, where: str) -> FrameRecord:
    """Make a record from parsed JSON; ``where`` starts the text of errors. Raises DatasetError."""
    record: FrameRecord = read_typed(FrameRecord, data, where)
    for name in record.files:
        check_file_name(name, where)
    if record.split:
        check_split(record.split)
    if not 0 < record.width_px * record.height_px <= MAX_IMAGE_PX or min(record.width_px, record.height_px) < 1:
        got = f"{record.width_px} x {record.height_px}"
        raise DatasetError(f"{where}: picture must have 1 to {MAX_IMAGE_PX} px, got {got}")
    return record


def iterate_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (where, parsed line) of a ``frames.jsonl``, holding one line at a time. Raises DatasetError."""
    with reading_errors(path), path.open("rb") as stream:
        for number, line in enumerate(lines_within(stream, path), start=1):
            where = f"{path}:{number}"
            yield where, parse_line(line, where)


def parse_line(line: bytes, where: str, *, finite: bool = True) -> dict[str, Any]:
    """Parse one line, which must be complete and, unless told otherwise, of finite numbers; raises DatasetError."""
    try:
        data = from_json(
            line, allow_inf_nan=not finite
        )  # exact for numbers of any length, as Python's own, and twice as quick
    except ValueError as error:
        raise DatasetError(f"{where}: line must be JSON, got '{error}'; run the render again to repair it") from error
    if not line.endswith(b"\n") or not isinstance(data, dict):
        raise DatasetError(f"{where}: line must be a whole JSON object, got {line[:40]!r}…; run the render again")
    return data


def frame_record(scene: Scene, labels: Labels, refusals: Sequence[int], files: Mapping[str, FileRecord]) -> FrameRecord:
    """Put together the record of a frame from its scene, its labels and its files."""
    camera = scene.camera
    return FrameRecord(
        frame_index=scene.frame_index,
        split=scene.split,
        refusals=tuple(refusals),
        width_px=camera.width_px,
        height_px=camera.height_px,
        camera_matrix=_camera_matrix(camera),
        camera_to_world=camera.camera_to_world,
        files=files,
        labels=_instance_records(labels),
        scene=scene_to_json(scene),
        distortion=_distortion(camera),
    )


def _distortion(camera: Camera) -> Distortion:
    if camera.lens is not None:
        return Distortion(camera.lens.model, camera.lens.coefficients)
    return Distortion("orthographic") if camera.orthographic else Distortion()


def _camera_matrix(camera: Camera) -> tuple[Vector, Vector, Vector]:
    return (camera.fx, 0.0, camera.cx), (0.0, camera.fy, camera.cy), (0.0, 0.0, 1.0)


def _instance_records(labels: Labels) -> tuple[InstanceRecord, ...]:
    if not labels.instances:
        return ()
    height, width = labels.instance_map.shape
    visible = encode_crops([_visible_crop(label) for label in labels.instances], height, width)
    # The visible mask lies in the amodal one: where they are as large, they are the same.
    hidden = [label for label in labels.instances if label.mask_px != label.amodal_px]
    amodal = dict(zip(map(id, hidden), encode_crops(list(map(_amodal_crop, hidden)), height, width), strict=True))
    corners_m = _nested(np.round(np.stack([label.corners_m for label in labels.instances]), 9))
    corners_px = _nested(np.round(np.stack([label.corners_px for label in labels.instances]), 4))
    rows = zip(labels.instances, visible, corners_m, corners_px, strict=True)
    return tuple(
        _instance_record(label, counts, amodal.get(id(label), counts), *corners) for label, counts, *corners in rows
    )


def _instance_record(
    label: InstanceLabel, visible: str, amodal: str, corners_m: Any, corners_px: Any
) -> InstanceRecord:
    return InstanceRecord(
        instance_id=int(label.instance_id),
        category_id=int(label.category_id),
        name=label.name,
        bbox=_xywh(label.bbox),
        area=int(label.mask_px),
        counts=visible,
        amodal_bbox=_xywh(label.amodal_bbox),
        amodal_area=int(label.amodal_px),
        amodal_counts=amodal,
        visibility=round(float(label.visibility), 6),
        truncation=round(float(label.truncation), 6),
        hidden_by={name: int(pixels) for name, pixels in label.hidden_by.items()},
        object_to_camera=_nested(label.object_to_camera),
        corners_m=corners_m,
        corners_px=tuple(None if x != x or y != y else (x, y) for x, y in corners_px),  # noqa: PLR0124 - NaN is not itself
        distance_m=round(float(label.distance_m), 9),
        on=int(label.on),
        see_through=bool(label.see_through),
        size_m=_nested(np.round(label.size_m, 9)),
        keypoints={point.name: _keypoint(point) for point in label.keypoints},
    )


def _keypoint(point: KeypointLabel) -> KeypointRecord:
    return round(float(point.x), 4), round(float(point.y), 4), int(point.state)


def _visible_crop(label: InstanceLabel) -> tuple[NDArray[np.bool_], int, int]:
    x0, y0, _, _ = label.bbox or (0, 0, 0, 0)
    return label.mask, x0, y0


def _amodal_crop(label: InstanceLabel) -> tuple[NDArray[np.bool_], int, int]:
    x0, y0, _, _ = label.amodal_bbox or (0, 0, 0, 0)
    return label.amodal_mask, x0, y0


def _xywh(box: Xyxy | None) -> Xywh | None:
    if box is None:
        return None
    x0, y0, x1, y1 = map(int, box)
    return x0, y0, x1 - x0, y1 - y0


def _nested(array: NDArray[Any]) -> Any:
    """Turn an array into nested tuples of Python floats."""
    return _tuples(array.tolist())


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(map(_tuples, values)) if values and isinstance(values[0], list) else tuple(values)


def scene_key(record: FrameRecord) -> tuple[int, int, bool]:
    """Say which scene a frame shows: (source, scene index, True); a picture without one is alone with its index.

    Frames of one dataset with equal keys were taken by several cameras of one world.
    """
    source = 0 if record.origin is None else record.origin.source
    if record.scene:
        return source, record.scene.get("scene_index", 0), True
    return source, record.frame_index if record.origin is None else record.origin.frame_index, False
