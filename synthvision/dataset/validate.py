"""Finds every fault of a dataset: files against hashes, masks against boxes and maps, COCO against frame lines.

One cause is reported once: what follows from a fault that is already named is not checked. Memory holds one
frame, the frame indices and the names of files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import is_leftover, read_whole
from synthvision.dataset.faults import RENDER_AGAIN, DatasetFault, FaultKind
from synthvision.dataset.layout import FRAMES, KINDS, MANIFEST, RECIPE
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.dataset.records import FrameRecord, parse_line, read_record
from synthvision.dataset.validate_coco import coco_faults
from synthvision.dataset.validate_frames import frame_faults
from synthvision.errors import DatasetError

_REPAIR = "run the same render command again: it repairs frames.jsonl"
_OTHER_MANIFEST = "restore the file, or make the dataset anew in another folder"


@dataclass
class _Seen:
    """What has been met so far while the lines are read."""

    frames: set[int] = field(default_factory=set)
    faulty: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    last: int = -1
    lines_are_good: bool = True


def validate(folder: Path) -> tuple[DatasetFault, ...]:
    """Return every fault of the dataset in ``folder``; empty if it is as it should be. Writes nothing."""
    try:
        manifest = read_manifest(folder)
    except DatasetError as error:
        return (DatasetFault(MANIFEST, "bad_manifest", str(error), _OTHER_MANIFEST),)
    seen = _Seen()
    faults = [*_recipe_faults(folder, manifest), *_line_faults(folder, manifest, seen)]
    if seen.lines_are_good:
        faults += _unlisted_files(folder, seen.files)
        faults += coco_faults(folder, manifest, seen.faulty)
    return tuple(faults)


def _recipe_faults(folder: Path, manifest: Manifest) -> Iterator[DatasetFault]:
    if not (folder / RECIPE).is_file():
        yield DatasetFault(RECIPE, "missing_file", "file must be there, got none", RENDER_AGAIN)
        return
    sha256 = hashlib.sha256(read_whole(folder / RECIPE)).hexdigest()
    if sha256 != manifest.recipe_yaml_sha256:
        what = f"SHA-256 must be {manifest.recipe_yaml_sha256[:12]}… as the manifest says, got {sha256[:12]}…"
        yield DatasetFault(RECIPE, "hash_mismatch", what, RENDER_AGAIN)


def _line_faults(folder: Path, manifest: Manifest, seen: _Seen) -> Iterator[DatasetFault]:
    if not (folder / FRAMES).is_file():
        seen.lines_are_good = False
        yield DatasetFault(FRAMES, "missing_file", "file must be there, got none", RENDER_AGAIN)
        return
    with (folder / FRAMES).open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            record = _read(line, number)
            fault = record if isinstance(record, DatasetFault) else _place_fault(manifest, record, number, seen)
            if fault is not None:
                seen.lines_are_good = False
                yield fault
            elif isinstance(record, FrameRecord):
                yield from _checked(folder, manifest, record, seen)


def _read(line: bytes, number: int) -> FrameRecord | DatasetFault:
    where = f"{FRAMES}:{number}"
    try:
        data = parse_line(line, where)
    except DatasetError as error:
        return DatasetFault(where, "torn_line", _rule(error, where), _REPAIR)
    try:
        if b"NaN" in line or b"Infinity" in line:  # in a name they are harmless, so look closer
            json.loads(line, parse_constant=_refuse_constant)
        return read_record(data, where)
    except (DatasetError, ValueError) as error:
        return DatasetFault(where, "bad_value", _rule(error, where), _REPAIR)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"every number must be finite, got {name}")


def _rule(error: Exception, where: str) -> str:
    return str(error).removeprefix(where).lstrip(":. ").split(";")[0]


def _place_fault(manifest: Manifest, record: FrameRecord, number: int, seen: _Seen) -> DatasetFault | None:
    where = f"{FRAMES}:{number}"
    kind: FaultKind | None = None
    if record.split not in (manifest.splits or ("",)):
        kind, what = "bad_value", f"split must be {', '.join(manifest.splits) or 'empty'}, got {record.split!r}"
    elif record.frame_index in seen.frames:
        kind, what = "duplicate_frame", f"frame must have one line, got a second for frame {record.frame_index}"
    elif record.frame_index < seen.last:
        kind, what = "unsorted_frames", f"frames must ascend, got {record.frame_index} after {seen.last}"
    seen.frames.add(record.frame_index)
    seen.last = max(seen.last, record.frame_index)
    return DatasetFault(where, kind, what, _REPAIR) if kind else None


def _checked(folder: Path, manifest: Manifest, record: FrameRecord, seen: _Seen) -> Iterator[DatasetFault]:
    seen.files.update(record.files)
    faults = frame_faults(folder, manifest, record)
    if faults:
        seen.faulty.add(record.frame_index)
    yield from faults


def _unlisted_files(folder: Path, listed: set[str]) -> Iterator[DatasetFault]:
    for kind in KINDS:
        for path in sorted((folder / kind).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in listed and not is_leftover(path):
                remedy = "delete it, or run the same render command again if a run was interrupted"
                yield DatasetFault(
                    name, "unlisted_file", f"file must be named in {FRAMES}, got one that is not", remedy
                )
