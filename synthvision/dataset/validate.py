"""Finds every fault of a dataset: files against hashes, masks against boxes and maps, COCO against frame lines.

One cause is reported once: what follows from a fault that is already named is not checked. Memory holds one frame per
process, the frame indices, the names of files, and a hash of each picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvision.dataset.disk import is_leftover, read_whole
from synthvision.dataset.faults import RENDER_AGAIN, DatasetFault, FaultKind
from synthvision.dataset.layout import FRAMES, KINDS, MANIFEST, RECIPE, source_folder
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.dataset.validate_coco import coco_faults
from synthvision.dataset.validate_lines import REPAIR, LineFindings, check_lines
from synthvision.errors import DatasetError

_OTHER_MANIFEST = "restore the file, or make the dataset anew in another folder"
_DERIVE_AGAIN = "make the dataset anew from its sources, in another folder, or leave the frame out ('subset')"
_FIX = "run 'validate --fix': it writes them anew from frames.jsonl"
_FIX_LINES = "run 'validate --fix': it leaves out lines that are not whole or stand twice, and sorts them"
_DIVIDE = "divide the dataset anew by scenes ('split')"
_IN_COCO = "annotations/"


@dataclass
class _Seen:
    """What has been met so far while the lines are read."""

    frames: set[int] = field(default_factory=set)
    faulty: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    pixels: dict[bytes, int] = field(default_factory=dict)
    split_of: dict[tuple[int, int, bool], tuple[str, int]] = field(default_factory=dict)
    last: int = -1
    lines_are_good: bool = True


def validate(folder: Path, *, workers: int | None = None) -> tuple[DatasetFault, ...]:
    """Return every fault of the dataset in ``folder``; empty if it is as it should be. Writes nothing.

    The faults and their order do not depend on ``workers``: how many processes share the work; None for one per core,
    or for a small dataset none. Processes are spawned: in a script, call it under ``if __name__ == "__main__":``.
    """
    try:
        manifest = read_manifest(folder)
    except DatasetError as error:
        return (DatasetFault(MANIFEST, "bad_manifest", str(error), _OTHER_MANIFEST),)
    seen = _Seen()
    faults = [*_provenance_faults(folder, manifest), *_line_faults(folder, manifest, seen, workers)]
    if seen.lines_are_good:
        faults += _unlisted_files(folder, seen.files)
        faults += coco_faults(folder, manifest, seen.faulty)
    return tuple(_with_remedy(manifest, fault) for fault in faults)


def _with_remedy(manifest: Manifest, fault: DatasetFault) -> DatasetFault:
    """Return a fault with what helps in a derived dataset, which no render command makes."""
    if not manifest.sources or "render" not in fault.remedy:
        return fault
    if fault.remedy == REPAIR:
        return replace(fault, remedy=_FIX_LINES)
    return replace(fault, remedy=_FIX if fault.file.startswith(_IN_COCO) else _DERIVE_AGAIN)


def _provenance_faults(folder: Path, manifest: Manifest) -> Iterator[DatasetFault]:
    """Check the recipe, or what is kept of the sources of a derived dataset."""
    if not manifest.sources:
        yield from _hash_faults(folder, RECIPE, manifest.recipe_yaml_sha256)
    for number, entry in enumerate(manifest.sources):
        name = f"{source_folder(number)}/{MANIFEST}"
        faults = list(_hash_faults(folder, name, entry.manifest_sha256))
        yield from faults
        if not faults:
            try:
                source = read_manifest(folder / source_folder(number))
            except DatasetError as error:
                yield DatasetFault(name, "bad_manifest", str(error), _DERIVE_AGAIN)
                continue
            if source.recipe_yaml_sha256:
                yield from _hash_faults(folder, f"{source_folder(number)}/{RECIPE}", source.recipe_yaml_sha256)


def _hash_faults(folder: Path, name: str, expected: str) -> Iterator[DatasetFault]:
    if not (folder / name).is_file():
        yield DatasetFault(name, "missing_file", "file must be there, got none", RENDER_AGAIN)
        return
    sha256 = hashlib.sha256(read_whole(folder / name)).hexdigest()
    if sha256 != expected:
        what = f"SHA-256 must be {expected[:12]}… as the manifest says, got {sha256[:12]}…"
        yield DatasetFault(name, "hash_mismatch", what, RENDER_AGAIN)


def _line_faults(folder: Path, manifest: Manifest, seen: _Seen, workers: int | None) -> Iterator[DatasetFault]:
    if not (folder / FRAMES).is_file():
        seen.lines_are_good = False
        yield DatasetFault(FRAMES, "missing_file", "file must be there, got none", RENDER_AGAIN)
        return
    for line in check_lines(folder, manifest, workers):
        fault = line.fault or _place_fault(line, seen)
        if fault is not None:
            seen.lines_are_good = False
            yield fault
        else:
            yield from _frame_faults(manifest, line, seen)


def _place_fault(line: LineFindings, seen: _Seen) -> DatasetFault | None:
    kind: FaultKind | None = None
    if line.frame_index in seen.frames:
        kind, what = "duplicate_frame", f"frame must have one line, got a second for frame {line.frame_index}"
    elif line.frame_index < seen.last:
        kind, what = "unsorted_frames", f"frames must ascend, got {line.frame_index} after {seen.last}"
    seen.frames.add(line.frame_index)
    seen.last = max(seen.last, line.frame_index)
    return DatasetFault(f"{FRAMES}:{line.number}", kind, what, REPAIR) if kind else None


def _frame_faults(manifest: Manifest, line: LineFindings, seen: _Seen) -> Iterator[DatasetFault]:
    seen.files.update(line.files)
    if line.faults:
        seen.faulty.add(line.frame_index)
    yield from line.faults
    if line.pixels:
        earlier = seen.pixels.setdefault(line.pixels, line.frame_index)
        if earlier != line.frame_index:
            name = next(name for name in line.files if name.startswith("images/"))
            what = f"pixels must differ from those of all other frames, got those of frame {earlier}"
            yield DatasetFault(name, "duplicate_image", what, "leave one of the frames out ('dedup')")
    if manifest.splits and line.scene[2]:
        yield from _split_faults(line, seen)


def _split_faults(line: LineFindings, seen: _Seen) -> Iterator[DatasetFault]:
    split, frame = seen.split_of.setdefault(line.scene, (line.split, line.frame_index))
    if split != line.split:
        source, scene, _ = line.scene
        of_source = f" of source {source}" if source else ""
        what = f"scene {scene}{of_source} must be in one split, got {line.split}, but frame {frame} in {split}"
        yield DatasetFault(f"{FRAMES}: frame {line.frame_index}", "scene_in_two_splits", what, _DIVIDE)


def _unlisted_files(folder: Path, listed: set[str]) -> Iterator[DatasetFault]:
    for kind in KINDS:
        for path in sorted((folder / kind).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in listed and not is_leftover(path):
                remedy = "delete it, or run the same render command again if a run was interrupted"
                yield DatasetFault(
                    name, "unlisted_file", f"file must be named in {FRAMES}, got one that is not", remedy
                )
