"""Finished frames are brought to the disk behind the run's back, so that a power cut takes no more than the last few.

Waiting for the disk after every file would cost a run as much as rendering small frames. One thread of the parent does
the waiting, for many frames at a time.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from queue import Empty, SimpleQueue

from synthvision.dataset.disk import disk_errors
from synthvision.dataset.records import FrameRecord
from synthvision.errors import DatasetError


class Syncing:
    """Syncs the files of the frames it is told of, and then the journal that has their lines."""

    def __init__(self, folder: Path, journal: Path) -> None:
        self._folder = folder
        self._journal = journal
        self._error: DatasetError | None = None
        self._told: SimpleQueue[FrameRecord | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="syncing", daemon=True)
        self._thread.start()

    def note(self, record: FrameRecord) -> None:
        """Take a frame whose files are in place and whose line is in the journal.

        Raises:
            DatasetError: the disk could not take what was told of before.
        """
        self._check()
        self._told.put(record)

    def wait(self) -> None:
        """Return when all that was told before is on the disk; raises DatasetError as ``note``."""
        reached = threading.Event()
        self._told.put(reached)
        reached.wait()
        self._check()

    def close(self) -> None:
        """Wait, and end the thread; raises DatasetError as ``note``."""
        if self._thread.is_alive():
            self._told.put(None)
            self._thread.join()
            self._check()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            told = [self._told.get(), *self._waiting()]
            records = [one for one in told if isinstance(one, FrameRecord)]
            if records and self._error is None:
                try:
                    self._sync(records)
                except DatasetError as error:
                    self._error = error
            for event in told:
                if isinstance(event, threading.Event):
                    event.set()
            goes_on = None not in told

    def _waiting(self) -> list[FrameRecord | threading.Event | None]:
        found = []
        try:
            while True:
                found.append(self._told.get_nowait())
        except Empty:
            return found

    def _sync(self, records: list[FrameRecord]) -> None:
        files = [self._folder / name for record in records for name in record.files]
        for path in (*files, *sorted({path.parent for path in files}), self._journal):
            _sync(path)


def _sync(path: Path) -> None:
    """Wait until a file, or a folder's names, are on the disk; what is gone meanwhile is for the run to complain of."""
    with disk_errors(path):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
