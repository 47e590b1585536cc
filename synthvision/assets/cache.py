"""What takes long to make, kept on disk for all processes of a machine: bounded, disposable, safe with many writers.

An entry is a folder of .npy files and ``entry.json``, which has their shapes, dtypes and checksums. It is written
beside its place and moved there whole, so a process that is killed leaves nothing that looks like an entry. Large
arrays are mapped, not read: all processes share the one copy that the kernel keeps of the file, and an entry that is
taken away stays with those who have it mapped. Nothing here may stop a run: a folder that cannot be used costs time.

Everything lies below ``$XDG_CACHE_HOME/synthvision`` (or ``~/.cache/synthvision``), in one folder for each kind.
Together they take ``SYNTHVISION_CACHE_BYTES`` at most (4 GiB unless it is set; 0: nothing is kept), and what was used
least recently goes first.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Generic, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import UsageError

VARIABLE = "SYNTHVISION_CACHE_BYTES"
DEFAULT_BYTES = 4 * 1024**3

MAPPED_BYTES = 4 * 1024**2
"""Smaller arrays are read. Each mapped one holds a file open, and a process may often have but a thousand of those."""

_LEFT_FREE = 8
"""An entry is written where so many times its size are free: it must not be what fills the disk of a dataset."""

_FILLED = 15 / 16
"""What is left of the bound after making room, so that the next entries need none made."""

_LISTING = "entry.json"
_LOCKS = "locks"
_SUM = "sum"

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Entry:
    """Arrays by name, which has to do for a file, too; and JSON values, of which tuples come back as lists."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind(Generic[Value]):
    """What is kept in the folder of this name, and how it becomes an entry.

    ``unpack`` is given read-only, C-ordered arrays; it raises KeyError, TypeError or ValueError for what ``pack`` never
    made.
    """

    folder: str
    pack: Callable[[Value], Entry]
    unpack: Callable[[Entry], Value]


def kept(kind: Kind[Value], key: str, make: Callable[[], Value]) -> Value:
    """Return what belongs to ``key``, made now if it is not there.

    ``key`` is a SHA-256 (hex) over all that decides the value. Processes that want the same at the same time wait for
    the first to make it. What is damaged is made anew.
    """
    capacity, root = capacity_bytes(), cache_root()
    if capacity == 0 or root is None:
        return make()
    place = root / kind.folder / key
    found = _found(kind, place)
    if found is not None:
        return found
    with _alone(root, key):
        found = _found(kind, place)  # another one may have made it while we waited
        if found is not None:
            return found
        made = make()
        written = _write(place, kind.pack(made), capacity)
    if written:
        _account(root, written, capacity)
    found = _found(kind, place)
    # Who makes an entry uses its mapped arrays like all others, so that its own copy can go.
    return made if found is None else found


def capacity_bytes() -> int:
    """Return how much may be kept; UsageError if the environment does not say so properly."""
    text = os.environ.get(VARIABLE, "").strip() or str(DEFAULT_BYTES)
    if not (text.isascii() and text.isdigit()):
        raise UsageError(
            f"{VARIABLE}: cache must be a whole number of bytes, got '{text}'; 0 switches it off,"
            f" and where it is not set the cache has {DEFAULT_BYTES}"
        )
    return int(text)


def cache_root() -> Path | None:
    """Return the folder of the whole cache; None where nobody knows the user's home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "synthvision"
    except RuntimeError:  # a container's user often has neither a name nor HOME
        return None


@contextmanager
def _alone(root: Path, key: str) -> Iterator[None]:
    """Keep other processes from making the same; where files cannot be locked, each makes it for itself.

    Keys share 256 files, which nobody has to tidy up.
    """
    try:
        lock = _locked(root / _LOCKS / key[:2])
    except OSError:
        yield
        return
    with lock:
        yield


def _locked(path: Path) -> BinaryIO:
    """Open a file that one process has at a time. The kernel drops the lock with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+b")
    with suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _found(kind: Kind[Value], place: Path) -> Value | None:
    """Return the value of an entry, and note its use; None if there is none, or none that is whole."""
    try:
        value = kind.unpack(_read(place))
    except (OSError, KeyError, TypeError, ValueError):
        return None
    with suppress(OSError):  # somebody else's folder, or a read-only one
        os.utime(place)
    return value


def _read(place: Path) -> Entry:
    written = json.loads((place / _LISTING).read_bytes())
    listing = written["listing"]
    if zlib.crc32(_text(listing)) != written["crc32"]:
        raise ValueError("damaged listing")
    arrays = {name: _read_array(place / f"{name}.npy", **facts) for name, facts in listing["arrays"].items()}
    return Entry(arrays, listing["facts"])


def _read_array(path: Path, shape: list[int], dtype: str, crc32: int) -> NDArray[Any]:
    held = _held(path)
    if zlib.crc32(held) != crc32:
        raise ValueError("damaged array")
    # The checksum is that of the file, so the head is NumPy's and the rest, at its end, is the array.
    count = int(np.prod(shape, dtype=np.int64))
    start = len(held) - count * np.dtype(dtype).itemsize
    return np.frombuffer(held, np.dtype(dtype), count, start).reshape(shape)


def _held(path: Path) -> bytes | mmap.mmap:
    """Return the content of a file, mapped if it is large."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < MAPPED_BYTES:
            return file.read()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _write(place: Path, entry: Entry, capacity: int) -> int:
    """Put an entry in its place, whole or not at all, and return its bytes."""
    size = sum(array.nbytes for array in entry.arrays.values())
    if size > capacity:
        return 0
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        if size * _LEFT_FREE > shutil.disk_usage(place.parent).free:
            return 0
        with TemporaryDirectory(prefix=".", dir=place.parent) as folder:
            whole = Path(folder) / place.name
            _write_files(whole, entry)
            _discard(place)  # it is damaged, or this process would not be here
            whole.rename(place)
            os.utime(place)
            return _bytes_in(place)
    return 0


def _write_files(folder: Path, entry: Entry) -> None:
    folder.mkdir()
    arrays = {name: _written(folder / f"{name}.npy", array) for name, array in entry.arrays.items()}
    listing = {"arrays": arrays, "facts": entry.facts}
    written = {"crc32": zlib.crc32(_text(listing)), "listing": listing}
    (folder / _LISTING).write_text(json.dumps(written), encoding="utf-8")


def _written(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    """Write one array and return what ``_read_array`` has to know about it."""
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    return {"shape": list(array.shape), "dtype": array.dtype.str, "crc32": zlib.crc32(_held(path))}


def _text(listing: Any) -> bytes:
    return json.dumps(listing, sort_keys=True).encode()


def _account(root: Path, written: int, capacity: int) -> None:
    """Note that so much was written, and make room if that is too much.

    The sum is kept in a file, because looking at a thousand entries takes longer than writing one.
    """
    with suppress(OSError), _locked(root / _LOCKS / _SUM) as file:
        file.seek(0)
        text = file.read()
        held = int(text) + written if text.isdigit() else _trim(root, capacity)  # new, or its writer was killed
        if held > capacity:
            held = _trim(root, capacity)
        file.truncate(0)
        file.write(str(held).encode())


def _trim(root: Path, capacity: int) -> int:
    """Take away what was used least recently, until the rest fits with room for some more; return its bytes.

    Whatever lies in the folders counts, also what killed processes have left. The last entry stays.
    """
    entries = sorted(_entries(root))
    held = sum(size for _, _, size in entries)
    if held <= capacity:
        return held
    for _, place, size in entries[:-1]:
        if held <= capacity * _FILLED:
            break
        _discard(place)
        held -= size
    return held


def _entries(root: Path) -> Iterator[tuple[int, Path, int]]:
    """Yield the last use, place and bytes of everything in the folders of all kinds."""
    kinds = [folder for folder in root.iterdir() if folder.is_dir() and folder.name != _LOCKS]
    for place in (place for kind in kinds for place in kind.iterdir()):
        with suppress(OSError):  # taken away by another process meanwhile
            yield place.stat().st_mtime_ns, place, _bytes_in(place)


def _bytes_in(place: Path) -> int:
    """Return the bytes of an entry, or of whatever else lies in its place."""
    if not place.is_dir():
        return place.lstat().st_size
    return sum(_bytes_in(Path(item)) if item.is_dir() else item.stat().st_size for item in os.scandir(place))


def _discard(place: Path) -> None:
    """Take an entry away at once and as a whole; who has its arrays mapped keeps them."""
    gone = place.with_name(f".{uuid4().hex}")
    try:
        place.rename(gone)
    except OSError:  # it is not there, or not ours to remove
        return
    if gone.is_dir():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        gone.unlink(missing_ok=True)
