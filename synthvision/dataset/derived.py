"""Writes a dataset of frames that exist already: merged, chosen, mixed or imported.

Frames get new indices, from 0 in the order in which they come; their ``origin`` says which frames of which dataset they
were. Their ``scene`` stays as it was, with the index, split and category ids that it had there, so that it can be
rendered again with the recipe in ``sources/NNN``.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from synthvision.dataset.disk import disk_errors, open_whole, read_whole, reading_errors, write_whole
from synthvision.dataset.layout import FRAMES, MANIFEST, RECIPE, derived_file, inside, source_folder
from synthvision.dataset.manifest import Manifest, manifest_bytes
from synthvision.dataset.records import FileRecord, FrameRecord
from synthvision.dataset.sources import Source
from synthvision.errors import DatasetError, UsageError


def files_of(folder: Path, record: FrameRecord) -> dict[str, Path]:
    """Map each kind of file that a frame of the dataset in ``folder`` has to where it is."""
    return {name.split("/")[0]: inside(folder, folder / name) for name in record.files}


class DerivedWriter:
    """Writes a derived dataset into an empty folder, in a ``with`` block; memory does not grow with the frames.

    At the end of the block everything but the COCO files is there. Use it inside ``disk.new_folder``, so that the
    dataset appears whole or not at all.
    """

    def __init__(self, folder: Path, manifest: Manifest, sources: Sequence[Source]) -> None:
        """Begin a dataset.

        Args:
            folder: exists and is empty.
            manifest: of the new dataset; its ``sources`` are filled in from the sources, and ``synthetic`` from
                the frames.
            sources: as ``Origin.source`` of the frames counts them.
        """
        self.folder = folder
        self.frames = 0
        self._manifest = replace(manifest, sources=tuple(source.entry for source in sources))
        self._sources = sources
        self._photographs = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._lines = self._stack.enter_context(open_whole(self.folder / FRAMES))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        if error is None:
            self._end()

    def add(self, record: FrameRecord, files: Mapping[str, Path | bytes], *, link: bool = False) -> FrameRecord:
        """Add a frame and return its new record.

        Args:
            record: with its ``origin``, and category ids and split of the new dataset.
            files: kind of file (``images``, ``depth``, …) → where it is now, or the bytes of a PNG made anew. A
                suffix stays as it is, in lower case.
            link: make hard links instead of copies. Bytes of copies are compared with the hash in ``record``,
                where it has one; of links only the size.

        Raises:
            DatasetError: a file that is not as recorded, a full disk, a record without origin.
            UsageError: links between two disks.
        """
        if record.origin is None:
            raise DatasetError(f"frame {record.frame_index}: record must have an origin, got none")
        recorded = {name.split("/")[0]: file for name, file in record.files.items()}
        written: dict[str, FileRecord] = {}
        for kind, source in files.items():
            suffix = ".png" if isinstance(source, bytes) else source.suffix.lower()
            name = derived_file(kind, self.frames, record.split, suffix)
            written[name] = _put(source, self.folder / name, recorded.get(kind), link=link)
        added = replace(record, frame_index=self.frames, files=written)
        with disk_errors(self.folder / FRAMES):
            self._lines.write(added.to_line())
        self.frames += 1
        self._photographs += not record.synthetic
        return added

    def _end(self) -> None:
        synthetic = self._photographs == 0 if self.frames else self._manifest.synthetic
        write_whole(self.folder / MANIFEST, manifest_bytes(replace(self._manifest, synthetic=synthetic)))
        for number, source in enumerate(self._sources):
            folder = self.folder / source_folder(number)
            write_whole(folder / MANIFEST, source.manifest)
            if source.recipe is not None:
                write_whole(folder / RECIPE, source.recipe)


def _put(source: Path | bytes, target: Path, recorded: FileRecord | None, *, link: bool) -> FileRecord:
    if isinstance(source, bytes):
        write_whole(target, source)
        return _described(source)
    return take_over(source, target, recorded, link=link)


def take_over(source: Path, target: Path, recorded: FileRecord | None, *, link: bool) -> FileRecord:
    """Copy or link a file of another dataset and return what it is; raises as ``DerivedWriter.add``."""
    return _link(source, target, recorded) if link else _copy(source, target, recorded)


def _copy(path: Path, target: Path, recorded: FileRecord | None) -> FileRecord:
    content = read_whole(path)
    found = _described(content)
    if recorded is not None and found != recorded:
        raise DatasetError(
            f"{path}: file must have the bytes that its dataset recorded (SHA-256 {recorded.sha256[:12]}…), "
            f"got {found.sha256[:12]}…; run 'synthvision validate' on that dataset"
        )
    write_whole(target, content)
    return found


def _link(path: Path, target: Path, recorded: FileRecord | None) -> FileRecord:
    found = _described(read_whole(path)) if recorded is None else recorded
    with reading_errors(path):
        size = path.stat().st_size
    if size != found.bytes:
        raise DatasetError(f"{path}: file must have {found.bytes} bytes as its dataset recorded, got {size}")
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path.resolve(), target)
        except OSError as error:
            if error.errno in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
                got = f"got '{os.strerror(error.errno)}'"
                raise UsageError(f"{path}: hard link must be possible to {target}, {got}; leave --link away") from error
            raise
    return found


def _described(content: bytes) -> FileRecord:
    return FileRecord(len(content), hashlib.sha256(content).hexdigest())
