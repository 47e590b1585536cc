"""Which folders a recipe may read: its own, the bundled ones, and those that the user has allowed."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from synthvision.bundled import bundled_folder
from synthvision.errors import UsageError
from synthvision.object_stores import folder_of, is_remote, shown_path
from synthvision.recipe.names import matching_paths

_WILD = frozenset("*?[")


@dataclass(frozen=True)
class Roots:
    """Resolved folders; nothing outside them is read on a recipe's word."""

    folder: Path
    allowed: tuple[Path, ...]

    @staticmethod
    def of(folder: Path, allowed: Sequence[str | os.PathLike[str]]) -> Roots:
        """Return the roots of a recipe whose names start in ``folder``; UsageError for one that they cannot lead to."""
        named = [folder_of(root) for root in allowed]
        for root in named:
            if is_remote(root) and not is_remote(folder):
                raise UsageError(
                    f"{shown_path(root)}: allowed root must be a folder for a recipe whose files are in one, got a URL,"
                    " to which no file name leads; say with --files-from at which URL its files are"
                )
        folders = (folder, bundled_folder("scenes"), bundled_folder("assets"), *named)
        return Roots(folder, tuple(Path(os.path.realpath(one)) for one in folders))

    def files(self, pattern: str) -> tuple[str, ...] | str:
        """Return the files that a pattern matches, as ``matching_paths``, or the rule that it breaks.

        Links are followed before it is judged where a file lies. What lies outside is not even looked at.
        """
        steps = PurePath(pattern).parts
        wild = next((index for index, step in enumerate(steps) if _WILD & set(step)), len(steps))
        if ".." in steps[wild:]:
            return "without .. after a wildcard"
        inside = "inside the recipe's folder (--allow-root DIR allows another)"
        if not self.holds(PurePath(*steps[:wild])):
            return inside
        found = matching_paths(self.folder, pattern)
        return found if all(self.holds(PurePath(path)) for path in found) else inside

    def holds(self, path: PurePath) -> bool:
        """Say whether a file or folder, relative to the recipe's folder, may be read."""
        target = Path(os.path.realpath(self.folder / path))
        return any(target.is_relative_to(root) for root in self.allowed)


def is_file(path: Path) -> bool:
    """Say whether there is such a file, on a disk or an object store."""
    if is_remote(path):
        from synthvision.assets.remote import is_remote_file  # noqa: PLC0415 (the schema needs no mesh libraries)

        return is_remote_file(path)
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises for names that cannot be)


def read_start(path: Path, most_bytes: int) -> bytes:
    """Read so many bytes of a file, or all if it has fewer; OSError if it cannot be read.

    From an object store comes all or nothing: OSError, which names the file, also if it is empty or has as many bytes
    or more, and AssetError if the store does not answer.
    """
    if is_remote(path):
        from synthvision.assets.remote import UnfitFileError, read_remote  # noqa: PLC0415 (as above)

        try:
            return read_remote(path, shown_path(path), most_bytes - 1)
        except UnfitFileError as error:
            raise OSError(errno.EIO, str(error)) from error
    with path.open("rb") as stream:
        return stream.read(most_bytes)


def is_pattern(name: str) -> bool:
    """Say whether a file name has wildcards."""
    return bool(_WILD & set(name))
