"""How our own child processes are started."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Gives numerical libraries one thread; they read it when they are first imported."""


def child_environment() -> dict[str, str]:
    """Return the environment of a child: it finds modules where its parent does.

    Numerical libraries get one thread in every worker: more would fight over the cores, and their sums could then
    depend on the number of workers.
    """
    search_path = os.pathsep.join(path or str(Path.cwd()) for path in sys.path if not _is_of_blender(path))
    return {**os.environ, **SINGLE_THREADED, "PYTHONPATH": search_path}


def _is_of_blender(path: str) -> bool:
    """Whether Blender put a folder on the search path; a program that imports it has some that would hide it."""
    found = find_spec("bpy")
    if found is None or found.origin is None:
        return False
    return Path(path).is_relative_to(Path(found.origin).parent)
