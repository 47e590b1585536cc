"""Where a process of our own finds modules: where its parent does."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def module_search_path() -> str:
    """Return ``PYTHONPATH`` for a child: that of this process, without the folders that Blender puts there."""
    return os.pathsep.join(path or str(Path.cwd()) for path in sys.path if not _is_of_blender(path))


def _is_of_blender(path: str) -> bool:
    """Whether Blender put a folder on the search path; a program that imports it has some that would hide it."""
    found = find_spec("bpy")
    if found is None or found.origin is None:
        return False
    return Path(path).is_relative_to(Path(found.origin).parent)
