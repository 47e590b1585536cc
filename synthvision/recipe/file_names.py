"""Names of files in the plain data of a recipe: where they stand, and how they start from another folder."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthvision.recipe.source import Source

_KEYS = frozenset({"files", "texture", "hdri", "backdrop", "density", "file"})
"""Keys whose values are names of files, or lists of them; some may be names of the catalog, too."""

_OF_FILES = frozenset("./\\*?[")
"""What a name of the catalog never has, and a file's name nearly always."""


def with_names_from(source: Source, folder: Path, other: Path) -> Source:
    """Return a recipe's source, whose file names start from ``folder``, with names that start from ``other``.

    Absolute names and names of the catalog stay. A name without any of ``. / * ? [`` is taken for one of the catalog.
    """
    if os.path.realpath(folder) == os.path.realpath(other):
        return source
    start = Path(os.path.relpath(os.path.realpath(folder), os.path.realpath(other)))
    data = copy.deepcopy(source.data)
    _rename(data, lambda name: (start / name).as_posix() if _is_relative_file(name) else name)
    return replace(source, data=data)


def _is_relative_file(name: str) -> bool:
    return bool(_OF_FILES & set(name)) and not Path(name).is_absolute()


def _rename(value: Any, renamed: Callable[[str], str]) -> None:
    """Rename the files in a tree; the options of Python code are not ours."""
    if isinstance(value, list):
        for item in value:
            _rename(item, renamed)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _KEYS:
                value[key] = _renamed(item, renamed)
            elif key != "randomizers":
                _rename(item, renamed)


def _renamed(value: Any, renamed: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return renamed(value)
    return [renamed(item) if isinstance(item, str) else item for item in value] if isinstance(value, list) else value
