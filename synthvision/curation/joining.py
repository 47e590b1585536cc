"""The parts of one dataset, rendered apart, as that dataset: the same bytes as if one run had made all frames."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthvision.dataset.derived import take_over
from synthvision.dataset.disk import disk_errors, open_whole, read_whole, remove_leftovers, write_whole
from synthvision.dataset.layout import FRAMES, MANIFEST, RECIPE, folders_written, inside
from synthvision.dataset.lines import Line, by_frame_index, part_of
from synthvision.dataset.lock import LOCK, FolderLock, is_being_written
from synthvision.dataset.manifest import Manifest, manifest_bytes, read_manifest
from synthvision.dataset.records import FileRecord
from synthvision.errors import DatasetError, UsageError
from synthvision.formats import write_coco


def are_parts(manifests: Sequence[Manifest]) -> bool:
    """Whether datasets were rendered by one recipe, seed, renderer and software, so that they are parts of one."""
    first = manifests[0]
    return bool(first.recipe_yaml_sha256) and not first.sources and all(other == first for other in manifests)


def join_datasets(out: Path, folders: Sequence[Path], *, link: bool) -> str:
    """Put parts of one dataset together and return what was done in one line; frames keep their indices.

    Memory does not grow with the number of frames. ``out`` appears when all is done; a join that was killed goes on
    where it stopped, in ``OUT.partial``.

    Raises:
        UsageError: ``out`` is there and not empty, or cannot have hard links to the parts.
        DatasetError: a part is still being written or was stopped in the middle, a frame is in two parts, a file is
            not as recorded, the disk is full.
    """
    manifest = read_manifest(folders[0])
    for folder in folders:
        if is_being_written(folder):
            raise DatasetError(f"{folder}: dataset must be finished, got one that a run is writing; wait for it")
    with _continued(out, manifest) as folder:
        counted = _Counted()
        with open_whole(folder / FRAMES) as lines:
            for source, line in _each_once(folders, counted):
                for name, file in line.files.items():
                    _take(inside(source, source / name), folder / name, file, link=link)
                lines.write(line.content)
        write_whole(folder / RECIPE, _recipe(folders[0], manifest))
        write_coco(folder)
    return f"{counted} of {len(folders)} parts of one dataset"


@dataclass
class _Counted:
    """Frames in ascending order."""

    frames: int = 0
    first: int = -1
    last: int = -1

    def add(self, frame_index: int) -> None:
        if not self.frames:
            self.first = frame_index
        self.frames, self.last = self.frames + 1, frame_index

    def __str__(self) -> str:
        if not self.frames:
            return "0 frames"
        between = self.last - self.first + 1 - self.frames
        gaps = f" without {between} between" if between else ""
        return f"{self.frames} frames ({self.first} to {self.last}{gaps})"


def _each_once(folders: Sequence[Path], counted: _Counted) -> Iterator[tuple[Path, Line]]:
    parts = [part for folder in folders if (part := part_of(folder / FRAMES)) is not None]
    before: Line | None = None
    for line in by_frame_index(parts):
        if before is not None and line.frame_index == before.frame_index:
            raise DatasetError(
                f"{_folder(line)}: frame {line.frame_index} must not be in {_folder(before)} too, got it in both"
            )
        before = line
        counted.add(line.frame_index)
        yield _folder(line), line


def _folder(line: Line) -> Path:
    return line.path.parent


def _take(source: Path, target: Path, recorded: FileRecord, *, link: bool) -> None:
    """Copy or link a file, unless an earlier attempt has."""
    if target.exists():
        if _is_there(source, target, recorded, link=link):
            return
        with disk_errors(target):
            target.unlink()
    take_over(source, target, recorded, link=link)


def _is_there(source: Path, target: Path, recorded: FileRecord, *, link: bool) -> bool:
    if link:
        return source.exists() and source.samefile(target)
    content = read_whole(target)
    return FileRecord(len(content), hashlib.sha256(content).hexdigest()) == recorded


def _recipe(folder: Path, manifest: Manifest) -> bytes:
    content = read_whole(folder / RECIPE)
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.recipe_yaml_sha256:
        raise DatasetError(
            f"{folder / RECIPE}: SHA-256 must be {manifest.recipe_yaml_sha256[:12]}… as the manifest says, "
            f"got {found[:12]}…; run 'synthvision validate' on that dataset"
        )
    return content


@contextmanager
def _continued(out: Path, manifest: Manifest) -> Iterator[Path]:
    """Give a folder that becomes ``out`` when the block ends well, with what an attempt that was killed left in it."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: output must be a new or empty folder, got one with files; choose another name")
    partial = out.with_name(f"{out.name}.partial")
    with disk_errors(out):
        partial.mkdir(parents=True, exist_ok=True)
    with FolderLock(partial):
        if not (partial / MANIFEST).is_file() or read_whole(partial / MANIFEST) != manifest_bytes(manifest):
            _empty(partial)
            write_whole(partial / MANIFEST, manifest_bytes(manifest))
        remove_leftovers(folders_written(partial))
        yield partial
    with disk_errors(out):
        if out.exists():
            out.rmdir()
        partial.rename(out)


def _empty(folder: Path) -> None:
    """Delete what was left of joining something else."""
    for path in folder.iterdir():
        if path.name != LOCK:
            with disk_errors(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
