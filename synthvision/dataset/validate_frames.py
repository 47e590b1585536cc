"""The faults of one frame: its record in itself, its files, and both against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.disk import read_whole
from synthvision.dataset.encodings import decode_depth, decode_image
from synthvision.dataset.faults import RENDER_FRAME, DatasetFault, FaultKind
from synthvision.dataset.layout import FRAMES, frame_files
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import decode_rle, tight_box
from synthvision.errors import DatasetError
from synthvision.scene.json_form import scene_from_json

_SHARE_STEP = 1e-6  # shares are rounded to this
_MAKE_ANEW = "delete the frame's image and run the same render command again: it makes the frame anew"
_Masks = tuple[NDArray[np.bool_], NDArray[np.bool_]]
_NO_MASKS: _Masks = (np.zeros(0, bool), np.zeros(0, bool))
_FORMS = {
    "images": ("uint8", (3,)),
    "depth": ("uint16", ()),
    "measured_depth": ("uint16", ()),
    "instances": ("uint16", ()),
    "normals": ("uint16", (3,)),
}


def frame_faults(folder: Path, manifest: Manifest, record: FrameRecord) -> list[DatasetFault]:
    """Return every fault of one frame, whose line has been read and whose split is one of the manifest's."""
    expected = frame_files(manifest.output_settings, record.frame_index, record.split)
    faults = list(_record_faults(manifest, record, expected))
    if faults:
        return faults
    faults = [*_mask_faults(record)]
    for kind, name in expected.items():
        fault = _file_fault(folder, manifest, record, kind, name)
        if fault is not None:
            faults.append(fault)
        elif kind == "instances" and not faults:
            faults += _map_faults(decode_image(read_whole(folder / name), name), record, name)
    return faults


def _fault(record: FrameRecord, kind: FaultKind, what: str) -> DatasetFault:
    return DatasetFault(f"{FRAMES}: frame {record.frame_index}", kind, what, _MAKE_ANEW)


def _record_faults(manifest: Manifest, record: FrameRecord, expected: dict[str, str]) -> Iterator[DatasetFault]:
    if set(expected.values()) != set(record.files):
        names = ", ".join(sorted(expected.values()))
        yield _fault(record, "bad_value", f"files must be {names}, got {', '.join(sorted(record.files))}")
    if record.frame_index < 0:
        yield _fault(record, "id_problem", f"frame index must be at least 0, got {record.frame_index}")
    ids = [label.instance_id for label in record.labels]
    if any(number < 1 for number in ids) or any(a >= b for a, b in pairwise(ids)):
        yield _fault(record, "id_problem", f"instance ids must ascend from 1, got {ids[:20]}")
    for label in record.labels:
        if not 1 <= label.category_id <= len(manifest.categories):
            what = f"category must be 1 to {len(manifest.categories)}, got {label.category_id} for {label.name}"
            yield _fault(record, "unknown_category", what)
        if label.on not in (-1, 0, *ids) or label.on == label.instance_id:
            yield _fault(
                record, "bad_value", f"{label.name}: on must be the id of a label of the frame, got {label.on}"
            )
    yield from _scene_faults(record)


def _scene_faults(record: FrameRecord) -> Iterator[DatasetFault]:
    try:
        scene = scene_from_json(record.scene, Path())
    except DatasetError as error:
        yield _fault(record, "bad_value", str(error))
        return
    if (scene.frame_index, scene.split) != (record.frame_index, record.split):
        got = f"frame {scene.frame_index}, split {scene.split!r}"
        yield _fault(record, "bad_value", f"scene must be that of the frame, got {got}")


def _mask_faults(record: FrameRecord) -> Iterator[DatasetFault]:
    """Check counts, box and area of every mask against each other, and the visible against the amodal mask.

    The masks of a decal lie in those of its bearer, if that has a label.
    """
    bearers: dict[int, _Masks] = {label.on: _NO_MASKS for label in record.labels if label.on > 0}
    for label in record.labels:
        if label.counts is None:
            continue  # a label that was imported as a box
        try:
            visible = _decoded(label.counts, record)
            amodal = visible if label.amodal_counts is None else _decoded(label.amodal_counts, record)
        except DatasetError as error:
            yield _fault(record, "rle_mismatch", f"{label.name}: {error}")
            continue
        outside = int((visible & ~amodal).sum())
        if outside:
            what = f"visible mask must lie in the amodal mask, got {outside} px outside"
            yield _fault(record, "rle_mismatch", f"{label.name}: {what}")
            continue
        yield from _box_faults(record, label, visible, amodal)
        yield from _bearer_faults(record, label, (visible, amodal), bearers)


def _bearer_faults(
    record: FrameRecord, label: InstanceRecord, masks: _Masks, bearers: dict[int, _Masks]
) -> Iterator[DatasetFault]:
    """Keep the masks of a bearer, and check those of a decal against them; a bearer comes first, its id is lower."""
    if label.instance_id in bearers:
        bearers[label.instance_id] = masks
    for name, mask, around in zip(("visible", "amodal"), masks, bearers.get(label.on, _NO_MASKS), strict=True):
        outside = int((mask & ~around).sum()) if around.size else 0
        if outside:
            what = f"{name} mask must lie in that of label {label.on}, which bears it, got {outside} px outside"
            yield _fault(record, "rle_mismatch", f"{label.name}: {what}")


def _box_faults(
    record: FrameRecord, label: InstanceRecord, visible: NDArray[np.bool_], amodal: NDArray[np.bool_]
) -> Iterator[DatasetFault]:
    known = [("", label.bbox, label.area, visible)]
    if label.amodal_area is not None:
        known.append(("amodal ", label.amodal_bbox, label.amodal_area, amodal))
    for name, box, area, mask in known:
        tight, pixels = tight_box(mask), int(mask.sum())
        if box != tight:
            what = f"{label.name}: {name}box must be {_box_text(tight)} as its mask, got {_box_text(box)}"
            yield _fault(record, "bbox_mismatch", what)
        if area != pixels:
            yield _fault(record, "area_mismatch", f"{label.name}: {name}area must be {pixels} px, got {area}")
    visibility = visible.sum() / amodal.sum() if amodal.any() else 0.0
    if label.visibility is not None and abs(label.visibility - visibility) > _SHARE_STEP:
        yield _fault(record, "bad_value", f"{label.name}: visibility must be {visibility:.6f}, got {label.visibility}")


def _decoded(counts: str, record: FrameRecord) -> NDArray[np.bool_]:
    return decode_rle(counts, record.height_px, record.width_px)


def _box_text(box: tuple[float, ...] | None) -> str:
    return "none" if box is None else str(list(box))


def _file_fault(folder: Path, manifest: Manifest, record: FrameRecord, kind: str, name: str) -> DatasetFault | None:
    """Return the first thing wrong with a file: absent, no picture, of the wrong size, or other bytes than recorded."""
    path = folder / name
    if not path.is_file():
        return DatasetFault(name, "missing_file", "file must be there, got none", RENDER_FRAME)
    content = read_whole(path)
    try:
        got = _form(content, manifest, kind, name)
    except DatasetError as error:
        return DatasetFault(name, "unreadable_image", _rule(error, name), RENDER_FRAME)
    form = _expected_form(manifest, record, kind)
    if got != form:
        what = f"picture must be {form[0]} {form[1]}, got {got[0]} {got[1]}"
        return DatasetFault(name, "wrong_size", what, RENDER_FRAME)
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != record.files[name].sha256:
        what = f"SHA-256 must be {record.files[name].sha256[:12]}… as in {FRAMES}, got {sha256[:12]}…"
        return DatasetFault(name, "hash_mismatch", what, RENDER_FRAME)
    return None


def _rule(error: DatasetError, where: str) -> str:
    return str(error).removeprefix(f"{where}: ")


def _form(content: bytes, manifest: Manifest, kind: str, name: str) -> tuple[tuple[int, ...], str]:
    if kind == "depth" and manifest.output_settings.depth == "exr":
        pixels = decode_depth(content, name)
        return pixels.shape, str(pixels.dtype)
    picture = decode_image(content, name)
    return picture.shape, str(picture.dtype)


def _expected_form(manifest: Manifest, record: FrameRecord, kind: str) -> tuple[tuple[int, ...], str]:
    dtype, channels = _FORMS[kind]
    if kind == "depth" and manifest.output_settings.depth == "exr":
        dtype = "float32"
    return (record.height_px, record.width_px, *channels), dtype


def _map_faults(instance_map: NDArray[np.uint16], record: FrameRecord, name: str) -> Iterator[DatasetFault]:
    """Check that the map of instance ids shows exactly the visible masks: decals over the rest, see-through nowhere."""
    expected = np.zeros_like(instance_map)
    put_on = {decal["name"]: place for place, decal in enumerate(record.scene.get("decals", ()), start=1)}
    opaque = [label for label in record.labels if not label.see_through]
    for label in sorted(opaque, key=lambda label: put_on.get(label.name, 0)):
        if label.counts is not None:
            expected[_decoded(label.counts, record)] = label.instance_id
    differing = np.flatnonzero(expected != instance_map)
    if len(differing):
        row, column = divmod(int(differing[0]), record.width_px)
        where = f"first at column {column}, row {row}: {instance_map[row, column]} for {expected[row, column]}"
        what = f"ids must be the masks in {FRAMES}, got {len(differing)} px that differ ({where})"
        yield DatasetFault(name, "rle_mismatch", what, _MAKE_ANEW)
