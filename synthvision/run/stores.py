"""Places for a dataset that is made away from where it will lie: a folder that others share, or an object store.

Every object appears whole or not at all. Object stores are reached by fsspec; what fails for the moment (status 500, a
connection that is lost, no answer in time) is tried again with growing pauses, by botocore for S3 and around that here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from synthvision.dataset.disk import (
    disk_errors,
    is_leftover,
    open_whole,
    read_whole,
    reading_errors,
    remove_leftovers,
    write_whole,
)
from synthvision.errors import DatasetError
from synthvision.object_stores import PATIENCE_S, asking_again, file_system, without_credentials
from synthvision.object_stores import is_url as is_store

if TYPE_CHECKING:
    from tenacity import Retrying

_PATIENCE_S = PATIENCE_S


class Store(Protocol):
    """Objects by names with forward slashes, as ``layout`` gives them. All methods raise DatasetError."""

    name: str

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, None if there is none."""
        ...

    def download(self, name: str, path: Path) -> bool:
        """Write an object to a file, and say whether there was one."""
        ...

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Return the names of what lies directly in a folder, sorted; none if there is no such folder."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write an object."""
        ...

    def put(self, files: Mapping[str, Path]) -> None:
        """Write files as objects."""
        ...

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects."""
        ...

    def remove_leftovers(self) -> None:
        """Delete what machines that are gone have left half-written; one that still writes there fails."""
        ...


def is_url(out: str | Path) -> bool:
    """Whether an output is on an object store; ``file://`` is a folder like any other."""
    return is_store(str(out))


def local_folder(out: str | Path) -> Path:
    """Return the folder that an output which is no URL, or begins with ``file://``, means."""
    return Path(str(out).removeprefix("file://"))


def open_store(out: str | Path) -> Store:
    """Return the store of a folder or URL.

    Raises:
        UsageError: a URL without the extra that it needs, or of an unknown kind.
    """
    return UrlStore(str(out)) if is_url(out) else FolderStore(local_folder(out))


class FolderStore:
    """A folder, such as one that all machines of a cluster have mounted."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if there is none."""
        path = self._folder / name
        return read_whole(path) if path.is_file() else None

    def download(self, name: str, path: Path) -> bool:
        """Copy a file from the folder, and say whether there was one."""
        if not (self._folder / name).is_file():
            return False
        with reading_errors(self._folder / name):
            shutil.copyfile(self._folder / name, path)
        return True

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Return what lies directly in a folder, as names relative to the store."""
        if not (self._folder / folder).is_dir():
            return ()
        with reading_errors(self._folder / folder):
            found = [path for path in (self._folder / folder).iterdir() if not is_leftover(path)]
        return tuple(sorted(path.relative_to(self._folder).as_posix() for path in found))

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        write_whole(self._folder / name, content)

    def put(self, files: Mapping[str, Path]) -> None:
        """Copy files into the folder."""
        for name, path in files.items():
            with path.open("rb") as source, open_whole(self._folder / name) as target:
                shutil.copyfileobj(source, target, 1 << 20)

    def delete(self, names: Iterable[str]) -> None:
        """Delete files, and folders that are empty then."""
        for path in [self._folder / name for name in names]:
            with disk_errors(path):
                path.unlink(missing_ok=True)
                if path.parent != self._folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def remove_leftovers(self) -> None:
        """Delete unfinished files in all folders."""
        remove_leftovers(Path(folder) for folder, _, _ in os.walk(self._folder))


class UrlStore:
    """A folder of an object store. An upload appears there whole or not at all: that is what such stores promise."""

    def __init__(self, url: str) -> None:
        """Find the file system of a URL; raises UsageError."""
        self.name = url.rstrip("/")
        self._system, self._root = file_system(self.name)

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, None if there is none."""
        try:
            with self._errors(name):
                content: bytes = self._again()(self._system.cat_file, self._path(name))
                return content
        except _NotThere:
            return None

    def download(self, name: str, path: Path) -> bool:
        """Write an object to a file, and say whether there was one."""
        try:
            with self._errors(name):
                self._again()(self._system.get_file, self._path(name), str(path))
        except _NotThere:
            return False
        return True

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Return what lies directly in a folder, as names relative to the store."""
        place = self._path(folder) if folder else self._root
        try:
            with self._errors(folder):
                found = self._again()(self._system.ls, place, detail=False)
        except _NotThere:
            return ()
        paths = (str(path).strip("/").removeprefix(self._root.strip("/")).strip("/") for path in found)
        return tuple(sorted(path for path in paths if path not in {"", folder}))

    def write(self, name: str, content: bytes) -> None:
        """Write an object."""
        with self._errors(name, writing=True):
            self._again()(self._system.pipe_file, self._path(name), content)

    def put(self, files: Mapping[str, Path]) -> None:
        """Upload files, many at a time where the file system can."""
        sources, targets = map(str, files.values()), map(self._path, files)
        with self._errors("", writing=True):
            self._again()(self._system.put, list(sources), list(targets))

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects."""
        for name in names:
            try:
                with self._errors(name):
                    self._again()(self._system.rm_file, self._path(name))
            except _NotThere:
                continue

    def remove_leftovers(self) -> None:
        """Do nothing: an upload that did not come to its end is nowhere to be seen."""

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _again(self) -> Retrying:
        return asking_again(_PATIENCE_S)

    @contextmanager
    def _errors(self, name: str, *, writing: bool = False) -> Iterator[None]:
        where = f"{self.name}/{name}" if name else self.name
        again = "cure that and run the same command again: finished frames are kept"
        try:
            yield
        except FileNotFoundError as error:
            if not writing:
                raise _NotThere from error
            raise DatasetError(f"{where}: bucket must exist, got '{error}'; make it and run again") from error
        except PermissionError as error:
            raise DatasetError(f"{where}: object must be yours to read and write, got '{error}'; {again}") from error
        except Exception as error:  # each kind of store has its own classes of errors
            if without_credentials(error):
                remedy = f"set those of the store's own tools, such as AWS_PROFILE for s3://; {again}"
                raise DatasetError(f"{where}: credentials must be there, got none ('{error}'); {remedy}") from error
            got = f"'{type(error).__name__}: {error}' for {_PATIENCE_S:g} s"
            raise DatasetError(f"{where}: object store must answer, got {got}; {again}") from error


class _NotThere(Exception):  # noqa: N818 - no error: the answer is that there is no such object
    """There is no such object."""
