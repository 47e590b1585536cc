"""Where the doctor looks, each place a parameter, so that tests can show it another machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthvision.doctor.blender_probe import BlenderReport, ask_blender, is_there
from synthvision.run.machine import available_memory_bytes, usable_cores

_TIMEOUT_S = 20


@dataclass(frozen=True)
class Answer:
    """What a program printed, on both streams, and its exit status."""

    status: int
    text: str


def run_program(command: Sequence[str]) -> Answer | None:
    """Return a program's answer; None if it is not there, cannot be started or does not end."""
    try:
        done = subprocess.run(  # noqa: S603 - the programs are named in this package
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Answer(done.returncode, done.stdout)


def can_write(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the first folder above it that is there."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


@dataclass(frozen=True)
class Machine:
    """The machine that is looked at; without arguments the one that this runs on.

    ``root`` is where ``/proc``, ``/sys`` and ``/dev`` are. ``temporary_folder`` raises FileNotFoundError if there is
    none that can be written to, as ``tempfile.gettempdir`` does.
    """

    python: tuple[int, int] = sys.version_info[:2]
    folder: Path = Path()
    root: Path = Path("/")
    ram_disk: Path = Path("/dev/shm")  # noqa: S108 - it is measured, not written to
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cores: Callable[[], int] = usable_cores
    memory_bytes: Callable[[], int | None] = available_memory_bytes
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    can_write: Callable[[Path], bool] = can_write
    temporary_folder: Callable[[], str] = tempfile.gettempdir
    has_library: Callable[[str], bool] = is_there
    run: Callable[[Sequence[str]], Answer | None] = run_program
    blender: Callable[[], BlenderReport] = ask_blender
