"""A model file with everything it refers to, read once: what is hashed is exactly what is parsed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from synthvision.assets.remote import MissingFileError, read_remote
from synthvision.errors import AssetError, did_you_mean
from synthvision.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES
from synthvision.object_stores import is_remote

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, eq=False)
class Bundle:
    """A model file's bytes and those of the files it refers to.

    ``name`` is the path as the recipe gives it and opens every message; ``parts`` maps each reference, as written
    in the file, to its bytes, in the order in which the file names them.
    """

    name: str
    data: bytes
    parts: Mapping[str, bytes]

    @property
    def sha256(self) -> str:
        """Hex digest over everything the asset is made of.

        A file without references has its plain SHA-256. Otherwise it is the SHA-256 of the text that has the file's own
        digest in the first line and ``<digest>  <reference>`` in each further line.
        """
        own = hashlib.sha256(self.data).hexdigest()
        if not self.parts:
            return own
        lines = [own, *(f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in self.parts.items())]
        return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def read_file(path: Path, where: str, most_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Read a whole file; AssetError if it is missing, empty, not a file, or larger than ``most_bytes``.

    One on an object store is fetched, or taken from the cache.
    """
    if is_remote(path):
        return read_remote(path, where, most_bytes)
    try:
        if not path.is_file():
            got = "something that is not a file" if path.exists() else "no such file"
            raise MissingFileError(f"{where}: file must exist, got {got}{did_you_mean(path.name, _names_beside(path))}")
        size = path.stat().st_size
        if size > most_bytes:
            together = ", with all that the model refers to" if most_bytes < MAX_FILE_BYTES else ""
            raise AssetError(f"{where}: file must be at most {MAX_FILE_BYTES} bytes{together}, got {size}")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise AssetError(f"{where}: file must be readable, got {type(error).__name__}: {error}") from error
    if not data:
        raise AssetError(f"{where}: file must have content, got 0 bytes")
    return data


def _names_beside(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []


def local_path(reference: str, folder: Path, where: str) -> Path:
    """Return where ``reference`` lies; AssetError unless it stays beside or below the model file."""
    text = reference.replace("\\", "/")
    leaves = text.startswith("/") or ".." in PurePosixPath(text).parts or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)
    path = folder / text
    if leaves or "\0" in text or not path.resolve().is_relative_to(folder.resolve()):
        raise AssetError(f"{where}: references must stay in the asset's own folder, got '{reference}'")
    return path


class Fetcher:
    """Reads the files that one model refers to, each once, and remembers them in order."""

    def __init__(self, folder: Path, where: str) -> None:
        self._folder = folder
        self._where = where
        self._left = MAX_FILE_BYTES
        self.parts: dict[str, bytes] = {}

    def __call__(self, reference: str) -> bytes:
        """Return the bytes of ``reference``; AssetError naming it if it is missing or lies elsewhere."""
        if reference not in self.parts:
            path = local_path(reference, self._folder, self._where)
            self.parts[reference] = read_file(path, f"{self._where}: '{reference}' that it refers to", self._left)
            self._left -= len(self.parts[reference])
        return self.parts[reference]


def check_text(data: bytes, where: str, most_bytes: int = MAX_TEXT_BYTES, remedy: str = "use a binary form") -> None:
    """Refuse text that is too long to be taken apart in bounded memory."""
    if len(data) > most_bytes:
        raise AssetError(f"{where}: text must be at most {most_bytes} bytes, got {len(data)}; {remedy}")


def text_of(raw: bytes) -> str:
    """Decode UTF-8, or Latin-1 where a file is older than that; blanks at both ends are dropped."""
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
