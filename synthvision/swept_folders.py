"""Temporary folders, and what is left of those of dead processes.

A process that is killed cannot delete its folder. The next one that needs one for the same purpose does: each folder
holds a file that its process has locked, and the kernel drops that lock with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MARK = ".in_use"


@contextmanager
def swept_folder(purpose: str) -> Iterator[Path]:
    """Give a new folder ``synthvision-PURPOSE-…`` in ``TMPDIR`` that goes when the block ends.

    Those that dead processes had for that purpose go before. OSError if none can be made there.
    """
    prefix = f"synthvision-{purpose}-"
    _sweep(Path(tempfile.gettempdir()), prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    with (folder / _MARK).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            _delete(folder)


def _sweep(place: Path, prefix: str) -> None:
    name = re.compile(rf"{prefix}[a-z0-9_]{{8}}")
    for folder in place.glob(f"{prefix}*"):
        if name.fullmatch(folder.name) and _is_left_over(folder):
            _delete(folder)


def _delete(folder: Path) -> None:
    """Delete a folder, its mark last, so that what is left when this process is killed is swept, too."""
    with suppress(OSError):  # another process may be sweeping, too
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _MARK:
                path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(folder: Path) -> bool:
    """Whether a folder is ours and nobody holds its mark; one without a mark is only just being made."""
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return False
        with (folder / _MARK).open("r+b") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # it is held, or has just gone
    return True
