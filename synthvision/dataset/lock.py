"""One writer per dataset folder. The kernel drops the lock with the process that held it, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from synthvision.dataset.disk import disk_errors
from synthvision.errors import DatasetError

LOCK = ".lock"


class FolderLock:
    """An exclusive lock on a folder, held from construction to ``close``.

    The file ``.lock`` exists, with the holder's process id in it, while a run goes on, and is removed at its end.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock; raises DatasetError if another run holds it or the folder cannot be written."""
        self._path = folder / LOCK
        with disk_errors(self._path):
            self._descriptor = self._take()
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def _take(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.pread(descriptor, 32, 0).decode().strip() or "unknown"
                os.close(descriptor)
                raise DatasetError(
                    f"{self._path.parent}: folder must have one writer, got a second while process {holder} "
                    "is writing; wait for it, stop it, or choose another folder"
                ) from error
            if self._is_current(descriptor):
                return descriptor
            os.close(descriptor)  # its last holder removed the file between our opening and locking it

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Give the lock back and remove its file."""
        self._path.unlink(missing_ok=True)  # while the lock is held: see _is_current
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
