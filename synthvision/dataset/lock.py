"""One writer per dataset folder. The kernel drops the lock with the process that held it, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from synthvision.dataset.closing import Closing
from synthvision.dataset.disk import disk_errors, sync_folder
from synthvision.errors import DatasetError

LOCK = ".lock"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def is_being_written(folder: Path) -> bool:
    """Whether a run holds the lock of a folder, which this process need not be able to write."""
    path = folder / LOCK
    if not path.exists():
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False  # its run has just ended
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


class FolderLock(Closing):
    """An exclusive lock on a folder, held from construction to ``close``.

    The file ``.lock`` exists, with the holder's process id and the machine's boot in it, while a run goes on, and is
    removed at its end.

    Attributes:
        machine_went_down: whether the machine, or another one that had the folder, went down under the last run: what
            that run wrote last may then have its right size, but not its content.
    """

    def __init__(self, folder: Path, boot: Path = _BOOT) -> None:
        """Take the lock; raises DatasetError if another run holds it or the folder cannot be written."""
        self._path = folder / LOCK
        now = boot.read_text(encoding="ascii").strip() if boot.is_file() else ""
        with disk_errors(self._path):
            self._descriptor = self._take()
            _, _, before = os.pread(self._descriptor, 100, 0).decode(errors="replace").strip().partition("\n")
            self.machine_went_down = bool(before) and before != now
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n{now}\n".encode(), 0)
            os.fsync(self._descriptor)
        sync_folder(folder)

    def _take(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.pread(descriptor, 100, 0).decode().partition("\n")[0] or "unknown"
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
