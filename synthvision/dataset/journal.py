"""``frames.jsonl`` while frames are being made: lines are appended as frames finish, and sorted at the end.

There is one writer, the parent of the run (see ``lock``). After a crash, opening repairs: a torn last line is cut
off; a line that is broken, stands twice, or whose files are missing or of another size is dropped, and its frame
counts as not made. While frames are made, a thread brings them to the disk; what a power cut took before it did so is
found by its content.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from synthvision.dataset.closing import Closing
from synthvision.dataset.disk import check_is_there, disk_errors, open_whole, read_whole, reading_errors
from synthvision.dataset.layout import FRAMES
from synthvision.dataset.records import FrameRecord, parse_line
from synthvision.dataset.syncing import Syncing
from synthvision.errors import DatasetError


class Journal(Closing):
    """The finished frames of a dataset; a set of frame indices that lives on disk.

    In memory it holds one offset for each frame. Take the folder's lock before you make one.
    """

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        """Open or begin the journal of a folder, repairing it.

        With ``verify`` a frame counts only if the content of its files is right, which takes some milliseconds each.

        Raises:
            DatasetError: it cannot be read or written.
        """
        self._path = folder / FRAMES
        self._verify = verify
        self._offsets: dict[int, int] = {}
        if self._path.exists():
            self._repair(folder)
        with disk_errors(self._path):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            self._size = os.fstat(self._descriptor).st_size
        self._syncing = Syncing(folder, self._path)

    def __contains__(self, frame_index: int) -> bool:
        return frame_index in self._offsets

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[int]:
        """Yield the indices of finished frames, ascending."""
        return iter(sorted(self._offsets))

    def append(self, record: FrameRecord) -> None:
        """Add a finished frame, whose files are in place. On a full disk nothing is added; raises DatasetError."""
        if record.frame_index in self._offsets:
            raise DatasetError(f"{self._path}: frame must be new, got frame {record.frame_index} again")
        line = record.to_line()
        check_is_there(self._path.parent)
        with disk_errors(self._path):
            try:
                _write_all(self._descriptor, line)
            except OSError:
                os.ftruncate(self._descriptor, self._size)
                raise
        self._offsets[record.frame_index] = self._size
        self._size += len(line)
        self._syncing.note(record)

    def finish(self) -> None:
        """Bring the lines into the order of frame indices: the file then does not tell the order of the work."""
        if list(self._offsets) == sorted(self._offsets):
            return
        self._syncing.wait()
        self._rewrite()
        os.close(self._descriptor)
        with disk_errors(self._path):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND)

    def close(self) -> None:
        """Close the file; what was appended stays, also when the power is cut now."""
        try:
            self._syncing.close()
        finally:
            os.close(self._descriptor)

    def _repair(self, folder: Path) -> None:
        with reading_errors(self._path), self._path.open("rb") as stream:
            end, dropped = self._index(folder, stream)
        if dropped:
            self._rewrite()
        elif end < self._path.stat().st_size:
            with disk_errors(self._path):
                os.truncate(self._path, end)

    def _index(self, folder: Path, stream: BinaryIO) -> tuple[int, bool]:
        """Find the good lines; return where the last whole line ends and whether any line before was not good."""
        offset, dropped = 0, False
        for line in stream:
            if not line.endswith(b"\n"):
                break
            frame_index = _finished_frame(folder, line, str(self._path), _has_content if self._verify else _has_size)
            dropped |= frame_index is None or frame_index in self._offsets
            if frame_index is not None:
                self._offsets[frame_index] = offset  # of two lines the later one describes the files on disk
            offset += len(line)
        return offset, dropped

    def _rewrite(self) -> None:
        """Write the indexed lines anew, by frame index."""
        moved: dict[int, int] = {}
        with open_whole(self._path, durable=True) as target, self._path.open("rb") as source:
            for frame_index in sorted(self._offsets):
                source.seek(self._offsets[frame_index])
                moved[frame_index] = target.tell()
                target.write(source.readline())
        self._offsets = moved


def _finished_frame(
    folder: Path, line: bytes, where: str, is_whole: Callable[[Path, Mapping[str, Any]], bool]
) -> int | None:
    """Return the frame of a line whose files are all there and whole, else None."""
    try:
        data = parse_line(line, where)
        files: dict[str, Any] = data["files"]
        whole = all(is_whole(folder / path, file) for path, file in files.items())
        return int(data["frame_index"]) if whole else None
    except (DatasetError, KeyError, TypeError, AttributeError, ValueError):
        return None  # not a line that we wrote: the frame is made again


def _has_size(path: Path, file: Mapping[str, Any]) -> bool:
    return bool(path.is_file() and path.stat().st_size == file["bytes"])


def _has_content(path: Path, file: Mapping[str, Any]) -> bool:
    return _has_size(path, file) and hashlib.sha256(read_whole(path)).hexdigest() == file["sha256"]


def _write_all(descriptor: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
