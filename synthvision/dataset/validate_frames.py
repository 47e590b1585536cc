"""The faults of one frame: its record in itself, its files, and both against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.coverage_file import decode_coverage
from synthvision.dataset.encodings import decode_depth, decode_image, decode_picture
from synthvision.dataset.faults import RENDER_FRAME, DatasetFault
from synthvision.dataset.layout import FRAMES, KINDS, derived_file, frame_files
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import tight_box
from synthvision.dataset.validate_keypoints import keypoint_faults
from synthvision.dataset.validate_maps import map_faults
from synthvision.dataset.validate_pictures import finite_faults, picture_faults
from synthvision.dataset.validate_poses import depth_faults, lens_of, pose_faults
from synthvision.dataset.validate_reading import Decoder, FrameFiles, Mask
from synthvision.errors import DatasetError
from synthvision.scene.json_form import scene_from_json

_SHARE_STEP = 1e-6  # shares are rounded to this
_BOX_STEP_PX = 1e-6  # x + width of a box that ends at the edge of the image is rounded
_Masks = tuple[Mask, Mask]
_NO_MASKS: _Masks = (np.zeros(0, bool), np.zeros(0, bool))
_FORMS = {
    "images": ("uint8", (3,)),
    "depth": ("uint16", ()),
    "measured_depth": ("uint16", ()),
    "instances": ("uint16", ()),
    "semantic": ("uint16", ()),
    "normals": ("uint16", (3,)),
    "world_normals": ("uint16", (3,)),
    "object_coordinates": ("uint16", (3,)),
    "uv": ("uint16", (3,)),
    "parts": ("uint8", ()),
    "disparity": ("float32", ()),
    "stereo_mask": ("uint8", ()),
}
_NO_PICTURE = ((), "archive")


@dataclass(frozen=True)
class FrameFindings:
    """What was found in a frame: its faults, and the SHA-256 of its pixels, empty where they are faulty."""

    faults: tuple[DatasetFault, ...]
    pixels: bytes = b""


def check_frame(folder: Path, manifest: Manifest, record: FrameRecord) -> FrameFindings:
    """Return every fault of one frame, whose line has been read and whose split is one of the manifest's."""
    frame = FrameFiles(folder, record)
    faults = list(_record_faults(manifest, frame))
    if faults:
        return FrameFindings(tuple(faults))
    faults = [
        *_mask_faults(frame),
        *pose_faults(frame),
        *keypoint_faults(manifest, frame),
        *_file_faults(frame),
    ]
    faults = faults or _content_faults(frame)
    return FrameFindings(tuple(faults), b"" if faults else _pixel_hash(frame))


def _content_faults(frame: FrameFiles) -> list[DatasetFault]:
    """Return what is wrong with files that can all be read."""
    broken = list(finite_faults(frame))
    if broken:
        return broken
    maps = map_faults(frame)
    masks_are_right = all(fault.kind != "rle_mismatch" for fault in maps)
    depths = depth_faults(frame) if masks_are_right else ()
    return [*maps, *depths, *picture_faults(frame, _decoder(frame, "images"))]


def _pixel_hash(frame: FrameFiles) -> bytes:
    pixels: NDArray[np.uint8] = frame.read("images", _decoder(frame, "images"))
    return hashlib.sha256(np.ascontiguousarray(pixels).data).digest()


def _record_faults(manifest: Manifest, frame: FrameFiles) -> Iterator[DatasetFault]:
    record = frame.record
    if record.frame_index < 0:
        yield frame.line_fault("id_problem", f"frame index must be at least 0, got {record.frame_index}")
        return
    expected = _expected_files(manifest, record)
    if expected != set(record.files):
        names = ", ".join(sorted(expected))
        yield frame.line_fault("bad_value", f"files must be {names}, got {', '.join(sorted(record.files))}")
    ids = [label.instance_id for label in record.labels]
    if any(number < 1 for number in ids) or any(a >= b for a, b in pairwise(ids)):
        yield frame.line_fault("id_problem", f"instance ids must ascend from 1, got {ids[:20]}")
    for label in record.labels:
        if not 1 <= label.category_id <= len(manifest.categories):
            what = f"category must be 1 to {len(manifest.categories)}, got {label.category_id} for {label.name}"
            yield frame.line_fault("unknown_category", what)
        if label.on not in (-1, 0, *ids) or label.on == label.instance_id:
            what = f"{label.name}: on must be the id of a label of the frame, got {label.on}"
            yield frame.line_fault("bad_value", what)
    yield from _origin_faults(manifest, frame)
    yield from _scene_faults(frame)


def _expected_files(manifest: Manifest, record: FrameRecord) -> set[str]:
    """Return the files that the recipe asks for; of a derived frame those that it has, as they must be named."""
    if record.origin is None:
        return set(frame_files(manifest.output_settings, record.frame_index, record.split).values())
    known = [name for name in record.files if name.split("/")[0] in KINDS]
    named = {
        derived_file(name.split("/")[0], record.frame_index, record.split, PurePosixPath(name).suffix) for name in known
    }
    has_image = any(name.startswith("images/") for name in known)
    return named if has_image else {*named, derived_file("images", record.frame_index, record.split, ".png")}


def _origin_faults(manifest: Manifest, frame: FrameFiles) -> Iterator[DatasetFault]:
    origin = frame.record.origin
    if (origin is None) != (not manifest.sources):
        rule = "be known, as the dataset has sources" if manifest.sources else "be none, as the dataset has no sources"
        yield frame.line_fault("bad_value", f"origin must {rule}, got {'none' if origin is None else 'one'}")
    elif origin is not None:
        for what, number, count in (
            ("source", origin.source, len(manifest.sources)),
            ("licence", origin.licence, max(1, len(manifest.licences))),
        ):
            if not 0 <= number < count:
                yield frame.line_fault("bad_value", f"origin.{what} must be 0 to {count - 1}, got {number}")


def _scene_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check the scene, which keeps the index and split that it had in the dataset that it was rendered for."""
    record, origin = frame.record, frame.record.origin
    if not record.scene and record.imported:
        return
    try:
        lens_of(record)
        scene = scene_from_json(record.scene, Path())
    except DatasetError as error:
        yield frame.line_fault("bad_value", str(error))
        return
    index = record.frame_index if origin is None else origin.frame_index
    split = record.split if origin is None else scene.split
    if (scene.frame_index, scene.split) != (index, split):
        got = f"frame {scene.frame_index}, split {scene.split!r}"
        yield frame.line_fault("bad_value", f"scene must be that of frame {index}, split {split!r}, got {got}")


def _mask_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check counts, box and area of every mask against each other, and the visible against the amodal mask.

    The masks of a decal lie in those of its bearer, if that has a label.
    """
    bearers: dict[int, _Masks] = {label.on: _NO_MASKS for label in frame.record.labels if label.on > 0}
    for label in frame.record.labels:
        if label.counts is None:
            yield from _box_alone_faults(frame, label)
            continue
        try:
            visible = frame.rle(label.counts)
            amodal = visible if label.amodal_counts is None else frame.rle(label.amodal_counts)
        except DatasetError as error:
            yield frame.line_fault("rle_mismatch", f"{label.name}: {error}")
            continue
        outside = 0 if amodal is visible else int(np.count_nonzero(visible & ~amodal))
        if outside:
            what = f"visible mask must lie in the amodal mask, got {outside} px outside"
            yield frame.line_fault("rle_mismatch", f"{label.name}: {what}")
            continue
        yield from _box_faults(frame, label, visible, amodal)
        yield from _bearer_faults(frame, label, (visible, amodal), bearers)


def _box_alone_faults(frame: FrameFiles, label: InstanceRecord) -> Iterator[DatasetFault]:
    """Check a label that was imported as a box: it lies in the image."""
    x, y, width, height = label.bbox or (0, 0, 0, 0)
    ends = x + width - frame.record.width_px, y + height - frame.record.height_px
    if width <= 0 or height <= 0 or min(x, y) < 0 or max(ends) > _BOX_STEP_PX:
        what = f"{label.name}: box must have sides and lie in the image, got {_box_text(label.bbox)}"
        yield frame.line_fault("bbox_mismatch", what)
    elif label.area != max(1, round(width * height)):
        expected = max(1, round(width * height))
        yield frame.line_fault("area_mismatch", f"{label.name}: area must be {expected} px, got {label.area}")


def _bearer_faults(
    frame: FrameFiles, label: InstanceRecord, masks: _Masks, bearers: dict[int, _Masks]
) -> Iterator[DatasetFault]:
    """Keep the masks of a bearer, and check those of a decal against them; a bearer comes first, its id is lower."""
    if label.instance_id in bearers:
        bearers[label.instance_id] = masks
    for name, mask, around in zip(("visible", "amodal"), masks, bearers.get(label.on, _NO_MASKS), strict=True):
        outside = int((mask & ~around).sum()) if around.size else 0
        if outside:
            what = f"{name} mask must lie in that of label {label.on}, which bears it, got {outside} px outside"
            yield frame.line_fault("rle_mismatch", f"{label.name}: {what}")


def _box_faults(frame: FrameFiles, label: InstanceRecord, visible: Mask, amodal: Mask) -> Iterator[DatasetFault]:
    known = [("", label.bbox, label.area, visible)]
    if label.amodal_area is not None:
        known.append(("amodal ", label.amodal_bbox, label.amodal_area, amodal))
    pixels: dict[str, int] = {}
    for name, box, area, mask in known:
        tight, pixels[name] = tight_box(mask), int(np.count_nonzero(mask))
        if box != tight:
            what = f"{label.name}: {name}box must be {_box_text(tight)} as its mask, got {_box_text(box)}"
            yield frame.line_fault("bbox_mismatch", what)
        if area != pixels[name]:
            yield frame.line_fault("area_mismatch", f"{label.name}: {name}area must be {pixels[name]} px, got {area}")
    whole = pixels.get("amodal ", 0)
    visibility = pixels[""] / whole if whole else 0.0
    if label.visibility is not None and abs(label.visibility - visibility) > _SHARE_STEP:
        what = f"{label.name}: visibility must be {visibility:.6f}, got {label.visibility}"
        yield frame.line_fault("bad_value", what)


def _box_text(box: tuple[float, ...] | None) -> str:
    return "none" if box is None else str(list(box))


def _file_faults(frame: FrameFiles) -> list[DatasetFault]:
    found = (_file_fault(frame, kind) for kind in sorted(frame.kinds, key=KINDS.index))
    return [fault for fault in found if fault is not None]


def _file_fault(frame: FrameFiles, kind: str) -> DatasetFault | None:
    """Return the first thing wrong with a file: absent, no picture, of the wrong size, or other bytes than recorded."""
    name = frame.name(kind)
    if not (frame.folder / name).is_file():
        return DatasetFault(name, "missing_file", "file must be there, got none", RENDER_FRAME)
    try:
        got = _form(frame, kind)
    except DatasetError as error:
        return DatasetFault(name, "unreadable_image", str(error).removeprefix(f"{name}: "), RENDER_FRAME)
    form = _expected_form(frame, kind)
    if got != form:
        what = f"picture must be {form[0]} {form[1]}, got {got[0]} {got[1]}"
        return DatasetFault(name, "wrong_size", what, RENDER_FRAME)
    sha256, recorded = frame.sha256(kind), frame.record.files[name].sha256
    if sha256 != recorded:
        what = f"SHA-256 must be {recorded[:12]}… as in {FRAMES}, got {sha256[:12]}…"
        return DatasetFault(name, "hash_mismatch", what, RENDER_FRAME)
    return None


def _decoder(frame: FrameFiles, kind: str) -> Decoder:
    """Return how to read a kind of file; a picture that was imported may be grey or have alpha."""
    if kind == "images" and frame.record.imported:
        return decode_picture
    if kind == "coverage":
        return decode_coverage
    return decode_depth if frame.name(kind).endswith(".exr") else decode_image


def _form(frame: FrameFiles, kind: str) -> tuple[tuple[int, ...], str]:
    decoded = frame.read(kind, _decoder(frame, kind))
    return _NO_PICTURE if kind == "coverage" else (decoded.shape, str(decoded.dtype))


def _expected_form(frame: FrameFiles, kind: str) -> tuple[tuple[int, ...], str]:
    if kind == "coverage":
        return _NO_PICTURE
    dtype, channels = _FORMS[kind]
    if frame.name(kind).endswith(".exr"):
        dtype = "float32"
    return (frame.record.height_px, frame.record.width_px, *channels), dtype
