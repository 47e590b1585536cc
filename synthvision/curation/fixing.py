"""Making anew what the lines of a dataset say: the lines' order, the maps of masks, the COCO files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.disk import disk_errors, is_leftover, open_whole, read_whole, reading_errors, write_whole
from synthvision.dataset.encodings import decode_image
from synthvision.dataset.layout import FRAMES, annotation_files, folders_written, inside, source_folder
from synthvision.dataset.lock import FolderLock
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.dataset.painting import NUMBERS, paint_masks, provenance_text
from synthvision.dataset.png import encode_png
from synthvision.dataset.records import FileRecord, FrameRecord, parse_line, read_record
from synthvision.dataset.validate_coco import coco_faults
from synthvision.errors import DatasetError
from synthvision.formats import write_coco


def fix_dataset(folder: Path) -> Iterator[str]:
    """Make anew what the frame lines can make anew, and say of each file what was done.

    Unfinished files of processes that died are deleted. A line that is no whole JSON object is left out, of two lines
    of a frame the later one stays, and lines are brought into order. Maps of instances and categories that are
    missing, cannot be read or do not show the masks are painted anew; so are COCO files written that do not say what
    the lines say. Nothing else is touched: a picture can only be rendered again.

    Raises:
        DatasetError: the folder is no dataset, a run writes there, or the disk is full.
    """
    manifest = read_manifest(folder)
    with FolderLock(folder):
        yield from _remove_leftovers(folder)
        if not (folder / FRAMES).is_file():
            return
        yield from _repair_lines(folder)
        yield from _paint_maps(folder, manifest)
        if any(True for _ in coco_faults(folder, manifest, set())):
            write_coco(folder)
            yield from (f"{name}: written anew" for name in annotation_files(manifest.splits).values())


def _remove_leftovers(folder: Path) -> Iterator[str]:
    for path in sorted(path for place in folders_written(folder) for path in place.iterdir() if is_leftover(path)):
        with disk_errors(path):
            path.unlink()
        yield f"{path.relative_to(folder)}: unfinished file deleted"


def _repair_lines(folder: Path) -> Iterator[str]:
    """Keep the last whole line of each frame, in order; memory holds one offset for each frame."""
    offsets: dict[int, int] = {}
    said: list[str] = []
    offset = 0
    with reading_errors(folder / FRAMES), (folder / FRAMES).open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            frame_index = _frame_of(line)
            if frame_index is None:
                said.append(f"{FRAMES}:{number}: line left out, which is not whole: its frame must be made again")
            else:
                if frame_index in offsets:
                    said.append(f"{FRAMES}:{number}: earlier line of frame {frame_index} left out")
                offsets[frame_index] = offset
            offset += len(line)
    if list(offsets.values()) != [offsets[index] for index in sorted(offsets)]:
        said.append(f"{FRAMES}: lines sorted by frame")
    if said:
        _rewrite(folder, [offsets[index] for index in sorted(offsets)])
    yield from said


def _frame_of(line: bytes) -> int | None:
    """Return the frame of a line that is whole, else None."""
    try:
        frame_index = parse_line(line, FRAMES).get("frame_index")
    except DatasetError:
        return None  # said by the caller
    return frame_index if isinstance(frame_index, int) else None


def _rewrite(folder: Path, offsets: list[int]) -> None:
    with open_whole(folder / FRAMES) as target, (folder / FRAMES).open("rb") as source:
        for offset in offsets:
            source.seek(offset)
            target.write(source.readline())


def _paint_maps(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Paint wrong maps anew, and where their bytes are then not those recorded, write the lines anew, too."""
    said: list[str] = []
    with open_whole(folder / FRAMES) as target, (folder / FRAMES).open("rb") as source:
        for line in source:
            target.write(_with_right_maps(folder, manifest, line, said))
    yield from said


def _with_right_maps(folder: Path, manifest: Manifest, line: bytes, said: list[str]) -> bytes:
    try:
        record = read_record(parse_line(line, FRAMES), FRAMES)
        painted = {kind: paint_masks(record, kind) for kind in NUMBERS if record.file(kind)}
    except DatasetError:
        return line  # a value or a mask is wrong: nothing can be painted by it
    files = dict(record.files)
    for kind, pixels in painted.items():
        name = str(record.file(kind))
        path = inside(folder, folder / name)
        if not _is_right(path, pixels, record.files[name]):
            content = encode_png(pixels, _text(folder, manifest, record))
            write_whole(path, content)
            files[name] = _described(content)
            said.append(f"{name}: painted anew from the masks")
    return line if files == dict(record.files) else replace(record, files=files).to_line()


def _is_right(path: Path, pixels: NDArray[np.uint16], recorded: FileRecord) -> bool:
    if not path.is_file():
        return False
    content = read_whole(path)
    try:
        there = decode_image(content, str(path))
    except DatasetError:
        return False
    return _described(content) == recorded and np.array_equal(there, pixels)


def _described(content: bytes) -> FileRecord:
    return FileRecord(len(content), hashlib.sha256(content).hexdigest())


def _text(folder: Path, manifest: Manifest, record: FrameRecord) -> dict[str, str]:
    """Return the text that the frame's files got when they were rendered, so that their bytes are the same again."""
    maker, frame_index = manifest, record.frame_index
    if record.origin is not None:
        maker, frame_index = read_manifest(folder / source_folder(record.origin.source)), record.origin.frame_index
    return provenance_text(maker.name, maker.seed, frame_index, maker.versions["synthvision"])
