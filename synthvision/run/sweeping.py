"""Takes away what frames without a line in the journal have left: half-written files, or files of a frame not finished.

Workers that were killed may have written some files of a frame. If the frame is made again, they are written over; if
not, because the run was stopped or is shorter now, they would be files that no line describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from synthvision.dataset.disk import disk_errors, remove_leftovers
from synthvision.dataset.layout import KINDS, folders_written
from synthvision.run.plan import FinishedFrames

_PARTS = frozenset((kind,) for kind in KINDS)
_FRAME_FILE = re.compile(r"(\d{6,})\.(?:png|jpg|exr|npz)")


def sweep(folder: Path, finished: FinishedFrames) -> None:
    """Delete such files; call it when no worker lives, holding the folder's lock. Raises DatasetError."""
    remove_leftovers(folders_written(folder))
    for path in _frame_files(folder):
        name = _FRAME_FILE.fullmatch(path.name)
        if name and int(name[1]) not in finished:
            with disk_errors(path):
                path.unlink()


def _frame_files(folder: Path) -> Iterator[Path]:
    for written in folders_written(folder):
        if written.relative_to(folder).parts[:1] in _PARTS:
            yield from (path for path in written.iterdir() if path.is_file())
