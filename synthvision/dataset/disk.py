"""Files that appear whole or not at all, and what goes wrong with disks in one clear sentence.

A file is written under a temporary name in its own folder and moved into place with ``os.replace``. That holds against
a process that dies at any moment. It waits for the disk only where it is told to be ``durable``: what is written so,
in a folder that was synced after it, is there after a power cut, too.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from synthvision.errors import DatasetError, UsageError
from synthvision.limits import MAX_FILE_BYTES, MAX_LINE_BYTES

LEFTOVER_SUFFIX = ".tmp"

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an OSError while ``path`` is written into a DatasetError that says the cause and the cure."""
    try:
        yield
    except OSError as error:
        raise DatasetError(_sentence(path, error)) from error


def _sentence(path: Path, error: OSError) -> str:
    reason = os.strerror(error.errno) if error.errno else str(error)
    again = "run the same command again: finished frames are kept"
    if error.errno in _NO_ROOM:
        return f"{path}: disk must have room for this file, got '{reason}'; free some space and {again}"
    if error.errno in _NOT_WRITABLE:
        return f"{path}: folder must be writable, got '{reason}'; change its permissions or mount and {again}"
    return f"{path}: file must be writable, got '{reason}'; cure that and {again}"


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Turn an OSError while ``path`` is read into a DatasetError."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise DatasetError(f"{path}: file must be readable, got '{reason}'") from error


def read_whole(path: Path, most_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of a file; raises DatasetError, also for one that is no plain file or is too large."""
    with reading_errors(path):
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DatasetError(f"{path}: file must be a plain file, got {_kind(found.st_mode)}")
        if found.st_size > most_bytes:
            raise DatasetError(f"{path}: file must be at most {most_bytes} bytes, got {found.st_size}")
        return path.read_bytes()


def _kind(mode: int) -> str:
    return "a folder" if stat.S_ISDIR(mode) else "a pipe or device"


def read_text(path: Path, most_bytes: int) -> str:
    """Return the content of a text file; raises DatasetError, also where it is not UTF-8."""
    try:
        return read_whole(path, most_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x} at {error.start}"
        raise DatasetError(f"{path}: file must be UTF-8, got {got}") from error


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; raises DatasetError."""
    try:
        return json.loads(read_whole(path))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: file must be JSON, got '{error}'") from error


def lines_within(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield the lines of an open file, newlines included; raises DatasetError at one that is too long."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise DatasetError(f"{path}: line must be at most {MAX_LINE_BYTES} bytes, got more")
        yield line


def write_whole(path: Path, content: bytes, *, within: Path | None = None) -> None:
    """Write a file as ``open_whole`` does; raises DatasetError."""
    with open_whole(path, within=within) as stream:
        stream.write(content)


@contextmanager
def open_whole(path: Path, *, durable: bool = False, within: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for writing that appears at ``path`` when the block ends well, and not at all when it does not.

    With ``durable`` its content is on the disk when it appears; its name is after ``sync_folder``. Its folder is made
    where needed, but not ``within`` or what that is in: a folder that was moved away is not begun anew.
    """
    # Two machines may write the same file at once, in processes of the same number.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{LEFTOVER_SUFFIX}")
    with disk_errors(path):
        try:
            with _opened(temporary, within) as stream:
                yield stream
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _opened(path: Path, within: Path | None) -> BinaryIO:
    """Open a file for writing; its folder, which nearly always is there, is made where it is not."""
    with suppress(FileNotFoundError):
        return path.open("wb")
    _make_folders(path.parent, within)
    return path.open("wb")


def _make_folders(folder: Path, within: Path | None) -> None:
    if within is None:
        folder.mkdir(parents=True, exist_ok=True)
        return
    for part in folder.relative_to(within).parts:
        within = within / part
        within.mkdir(exist_ok=True)


def check_is_there(folder: Path) -> None:
    """Raise DatasetError if a dataset's folder has been deleted; written to anew it would be half a dataset."""
    if not folder.is_dir():
        raise DatasetError(
            f"{folder}: folder must stay where it is while frames are written to it, got none: it was deleted or "
            "moved; run the same command again"
        )


def sync_folder(folder: Path) -> None:
    """Wait until the names of files that were put into a folder are on the disk; raises DatasetError."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be synced, nor needs to be
    with disk_errors(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_leftover(path: Path) -> bool:
    """Whether the file is the unfinished work of a process that died."""
    return path.name.startswith(".") and path.name.endswith(LEFTOVER_SUFFIX)


def remove_leftovers(folders: Iterator[Path]) -> None:
    """Delete unfinished files directly in each folder; raises DatasetError.

    Call it only while nobody writes there but machines that were given up, whose files are then not finished.
    """
    for folder in folders:
        for path in filter(is_leftover, folder.iterdir()):
            with disk_errors(path):
                path.unlink(missing_ok=True)  # such a machine may have finished it just now


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill that appears as ``out`` only when the block ends well; raises UsageError if ``out`` exists.

    Until then it stands beside ``out`` with ``.partial`` behind its name, and is deleted when the block fails; what a
    process that was killed left there is deleted by the next one.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: output must be a new or empty folder, got one with files; choose another name")
    partial = out.with_name(f"{out.name}.partial")
    with disk_errors(out):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
    try:
        yield partial
        with disk_errors(out):
            if out.exists():
                out.rmdir()
            partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
