"""Files of assets and recipes on object stores: named like those of a folder, fetched one by one when they are read.

How a folder on a store is a path: ``synthvision.object_stores``. What is read is kept in the cache of
``synthvision.assets.cache`` by URL and by what the store says of the object (size and ETag, checksum or time): a
machine fetches it once, and again when it has changed there.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.cache import Entry, Kind, kept
from synthvision.errors import AssetError, did_you_mean
from synthvision.object_stores import PATIENCE_S, asking_again, file_system, shown_path, without_credentials

_WILD = frozenset("*?[")
_WHAT = "folder of the recipe's files"
_VERSION_KEYS = ("ETag", "etag", "md5Hash", "md5", "content_md5", "version", "generation")
_TIME_KEYS = ("LastModified", "last_modified", "mtime", "updated", "created")

Answer = TypeVar("Answer")


class UnfitFileError(AssetError):
    """A file is not there, not ours to read, empty or too large: asking again would not help."""


class MissingFileError(UnfitFileError):
    """There is no such file, where another would do as well."""


def is_remote_file(path: Path) -> bool:
    """Whether there is such an object. Raises AssetError if the store does not say."""
    return _info(path, shown_path(path)) is not None


def read_remote(path: Path, where: str, most_bytes: int) -> bytes:
    """Return the content of an object; UnfitFileError if it cannot be read, AssetError if the store does not answer."""
    info = _info(path, where)
    if info is None:
        near = did_you_mean(path.name, _names_beside(path))
        raise MissingFileError(f"{where}: file must exist, got no such object{_at(path, where)}{near}")
    size = info.get("size")
    if size is not None and size > most_bytes:
        raise UnfitFileError(f"{where}: file must be at most {most_bytes} bytes, got {size}")
    version = _version(info)
    if version is None:
        return _download(path, where, most_bytes)

    def unchanged() -> NDArray[np.uint8]:
        content = _download(path, where, most_bytes)
        again = _info(path, where)
        if again is None or _version(again) != version:
            raise AssetError(f"{where}: file must stay as it is while it is read, got another {shown_path(path)}")
        return np.frombuffer(content, dtype=np.uint8)

    key = hashlib.sha256(f"{shown_path(path)}\n{version}".encode()).hexdigest()
    return kept(_OBJECTS, key, unchanged).tobytes()


def matching_remote(folder: Path, pattern: str) -> tuple[str, ...]:
    """Return the objects that a pattern matches, sorted, relative to ``folder``; as ``recipe.names.matching_paths``."""
    steps = PurePosixPath(pattern).parts
    wild = next((index for index, step in enumerate(steps) if _WILD & set(step)), len(steps))
    if is_remote_file(folder / pattern):
        return (PurePosixPath(pattern).as_posix(),)
    if wild == len(steps):
        return ()
    base = PurePosixPath(*steps[:wild])
    depth = None if "**" in steps else len(steps) - wild
    names = _names_below(folder / base, depth)
    fits = _fitting(steps[wild:])
    return tuple(sorted((base / name).as_posix() for name in names if fits(name)))


def _fitting(steps: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what says whether a name fits, as in :mod:`glob`: hidden ones only where the pattern names them."""
    text = ""
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if step == "**":
            text += r"(?:[^./][^/]*/)*" + (r"[^./][^/]*" if last else "")
        else:
            visible = "" if step.startswith(".") else r"(?!\.)"
            text += visible + fnmatch.translate(step)[4:-3].replace(".*", "[^/]*") + ("" if last else "/")
    whole = re.compile(text, re.DOTALL)
    return lambda name: whole.fullmatch(name) is not None


def _info(path: Path, where: str) -> Mapping[str, Any] | None:
    """Return what a store says of an object; None if there is none, or something else in its place."""
    system, place = file_system(_url(path), _WHAT)
    try:
        found: Mapping[str, Any] = _asked(where, path, system.info, place)
    except FileNotFoundError:
        return None
    return found if found.get("type", "file") == "file" else None


def _download(path: Path, where: str, most_bytes: int) -> bytes:
    system, place = file_system(_url(path), _WHAT)

    def read() -> bytes:
        with system.open(place, "rb") as file:
            content: bytes = file.read(most_bytes + 1)
            return content

    try:
        content = _asked(where, path, read)
    except FileNotFoundError:
        raise MissingFileError(f"{where}: file must exist, got no such object{_at(path, where)}") from None
    if not content:
        raise UnfitFileError(f"{where}: file must have content, got 0 bytes")
    if len(content) > most_bytes:
        raise UnfitFileError(f"{where}: file must be at most {most_bytes} bytes, got more")
    return content


def _names_below(folder: Path, depth: int | None) -> Iterator[str]:
    system, place = file_system(_url(folder), _WHAT)
    try:
        found = _asked(shown_path(folder), folder, system.find, place, maxdepth=depth)
    except FileNotFoundError:
        return
    for one in found:
        yield str(one).strip("/").removeprefix(place.strip("/")).strip("/")


def _names_beside(path: Path) -> list[str]:
    """Return the names of a folder for a hint, which does not matter enough to wait or fail for it."""
    with suppress(OSError):
        system, place = file_system(_url(path.parent), _WHAT)
        return sorted(PurePosixPath(str(name)).name for name in system.ls(place, detail=False))
    return []


def _at(path: Path, where: str) -> str:
    return "" if shown_path(path) == where else f" {shown_path(path)}"


def _url(path: Path) -> str:
    return shown_path(Path(os.path.normpath(path)))


def _version(info: Mapping[str, Any]) -> str | None:
    """Return what changes when an object does; None where its store tells no more than the size."""
    told = [f"{key}={info[key]}" for key in (*_VERSION_KEYS, *_TIME_KEYS) if info.get(key)]
    return "\n".join([f"size={info.get('size')}", *told]) if told else None


def _asked(where: str, path: Path, ask: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
    """Call a function of a file system, again while it fails for the moment; FileNotFoundError passes."""
    with _errors(where, shown_path(path)):
        answer: Answer = asking_again(PATIENCE_S)(ask, *arguments, **options)
        return answer


@contextmanager
def _errors(where: str, url: str) -> Iterator[None]:
    at = url if where == url else f"{where}: {url}"
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise FileNotFoundError(url) from error
    except PermissionError as error:
        raise UnfitFileError(f"{at}: object must be yours to read, got '{error}'; check the credentials") from error
    except Exception as error:  # each kind of store has its own classes of errors
        if without_credentials(error):
            remedy = "set those of the store's own tools, such as AWS_PROFILE or AWS_ACCESS_KEY_ID for s3://"
            text = f"{at}: credentials must be there to read it, got none ('{error}'); {remedy}"
            raise UnfitFileError(text) from error
        got = f"'{type(error).__name__}: {error}' for {PATIENCE_S:g} s"
        raise AssetError(f"{at}: object store must answer, got {got}; check the URL and the network") from error


def _pack(content: NDArray[np.uint8]) -> Entry:
    return Entry({"content": content})


def _unpack(entry: Entry) -> NDArray[np.uint8]:
    return entry.arrays["content"]


_OBJECTS = Kind("objects", _pack, _unpack)
