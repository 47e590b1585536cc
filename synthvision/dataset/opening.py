"""Opening a dataset folder for writing: begin it, or continue it if it is the same dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthvision.dataset.disk import disk_errors, is_leftover, read_whole, remove_leftovers, write_whole
from synthvision.dataset.journal import Journal
from synthvision.dataset.layout import MANIFEST, RECIPE, RUN_LOG, folders_written
from synthvision.dataset.lock import LOCK, FolderLock
from synthvision.dataset.manifest import Manifest, check_same, make_manifest, manifest_bytes, read_manifest
from synthvision.errors import DatasetError
from synthvision.recipe import recipe_yaml
from synthvision.recipe.model import Recipe


@dataclass(frozen=True, eq=False)
class OpenDataset:
    """A dataset folder that this process alone may write: its manifest and its journal."""

    folder: Path
    manifest: Manifest
    journal: Journal


@contextmanager
def open_dataset(folder: Path, recipe: Recipe, seed: int, renderer: str) -> Iterator[OpenDataset]:
    """Begin a dataset, or continue one that has the same recipe, seed, renderer and software.

    Holds the folder's lock while the block runs; what dead processes left behind is cleaned up first.

    Raises:
        DatasetError: the folder holds other files or another dataset (says what differs), another run
            writes there, the disk is full, or the folder cannot be written.
    """
    _refuse_foreign(folder)
    manifest, text = make_manifest(recipe, seed, renderer), recipe_yaml(recipe)
    if (folder / MANIFEST).exists():
        _check_continues(folder, manifest, text)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with FolderLock(folder) as lock:
        if (folder / MANIFEST).exists():
            _check_continues(folder, manifest, text)  # again: the one before was without the lock
        remove_leftovers(folders_written(folder))
        _write_where_other(folder / MANIFEST, manifest_bytes(manifest))
        _write_where_other(folder / RECIPE, text.encode())
        with Journal(folder, verify=lock.machine_went_down) as journal:
            yield OpenDataset(folder, manifest, journal)


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists() or (folder / MANIFEST).exists():
        return
    if not folder.is_dir():
        raise DatasetError(f"{folder}: output must be a folder, got a file; choose another name")
    # Before the manifest is in place, a run that died can have left its lock, its log and unfinished files.
    foreign = sorted(path.name for path in folder.iterdir() if not _is_ours(path))
    if foreign:
        raise DatasetError(
            f"{folder}: folder must be empty or a synthvision dataset, got one with {foreign[0]!r}; "
            "choose another folder"
        )


def _is_ours(path: Path) -> bool:
    return is_leftover(path) or path.name in {LOCK, RUN_LOG}


def _check_continues(folder: Path, manifest: Manifest, text: str) -> None:
    path = folder / RECIPE
    old_text = read_whole(path).decode(errors="replace") if path.is_file() else ""
    check_same(folder, read_manifest(folder), manifest, old_text, text)


def _write_where_other(path: Path, content: bytes) -> None:
    if not path.is_file() or read_whole(path) != content:
        write_whole(path, content)
