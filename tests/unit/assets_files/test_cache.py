"""The cache on disk: whole or not there, bounded, shared by processes; in the worst case it costs time."""

from __future__ import annotations

import errno
import fcntl
import mmap
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import cache
from synthvision.assets.cache import DEFAULT_BYTES, VARIABLE, Entry, Kind, kept
from synthvision.assets.store import AssetStore
from synthvision.errors import UsageError

Floats = NDArray[np.float64]
FORK = multiprocessing.get_context("fork")


def unpack(entry: Entry) -> tuple[Floats, list[int]]:
    return entry.arrays["values"], entry.facts["shape"]


KIND: Kind[tuple[Floats, list[int]]] = Kind(
    "trial", lambda value: Entry({"values": value[0]}, {"shape": value[1]}), unpack
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE, raising=False)


class Maker:
    """Makes values and counts how often."""

    def __init__(self, numbers: int = 100) -> None:
        self.made = 0
        self._numbers = numbers

    def __call__(self) -> tuple[Floats, list[int]]:
        self.made += 1
        values = np.arange(self._numbers, dtype=np.float64).reshape(2, -1)
        return values, list(values.shape)


def key(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def folder(tmp_path: Path) -> Path:
    return tmp_path / "home/synthvision/trial"


def is_right(value: tuple[Floats, list[int]], numbers: int = 100) -> bool:
    values, shape = value
    expected = np.arange(numbers, dtype=np.float64).reshape(2, -1)
    return values.tobytes() == expected.tobytes() and list(values.shape) == shape == [2, numbers // 2]


def test_a_thing_is_made_once_and_comes_back_to_the_bit(tmp_path):
    make = Maker()
    first, again = kept(KIND, key("a"), make), kept(KIND, key("a"), make)
    assert make.made == 1
    for values, shape in (first, again):
        assert is_right((values, shape))
        assert type(values) is np.ndarray
        assert not values.flags.writeable
        assert values.flags.c_contiguous
        assert values.flags.aligned
    (entry,) = folder(tmp_path).iterdir()
    assert sorted(path.name for path in entry.iterdir()) == ["entry.json", "values.npy"]
    assert np.load(entry / "values.npy").tobytes() == first[0].tobytes()


@pytest.mark.parametrize("array", [np.zeros((0, 3), np.float32), np.array(7), np.asfortranarray(np.eye(3)), np.ones(1)])
@pytest.mark.parametrize("mapped_from", [1, 1 << 20])
def test_arrays_of_every_form(array, mapped_from, monkeypatch):
    monkeypatch.setattr(cache, "MAPPED_BYTES", mapped_from)
    kind: Kind[NDArray[np.generic]] = Kind("one", lambda it: Entry({"it": it}), lambda entry: entry.arrays["it"])
    found = kept(kind, key("a"), lambda: array)
    assert (found.shape, found.dtype, found.tolist()) == (array.shape, array.dtype, array.tolist())


def test_nothing_is_kept_where_it_is_switched_off(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    make = Maker()
    assert is_right(kept(KIND, key("a"), make))
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 2
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("text", ["4G", "-1", "1.5", "²"])
def test_a_bound_that_is_no_number_is_refused_before_anything_is_loaded(tmp_path, monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(UsageError) as caught:
        AssetStore(tmp_path)
    assert str(caught.value) == (
        f"SYNTHVISION_CACHE_BYTES: cache must be a whole number of bytes, got '{text}'; 0 switches it off,"
        f" and where it is not set the cache has {DEFAULT_BYTES}"
    )


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turn_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 4
    path.write_bytes(data)


DAMAGES: list[Callable[[Path], object]] = [
    Path.unlink,
    cut_short,
    turn_a_bit,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"\x93NUMPY none of ours"),
    lambda path: path.write_text("[1]"),
]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["entry.json", "values.npy"])
@pytest.mark.parametrize("mapped_from", [1, 1 << 20])
def test_a_damaged_entry_is_made_anew(tmp_path, monkeypatch, name, damage, mapped_from):
    monkeypatch.setattr(cache, "MAPPED_BYTES", mapped_from)
    make = Maker()
    kept(KIND, key("a"), make)
    damage(folder(tmp_path) / key("a") / name)
    for _ in range(2):
        assert is_right(kept(KIND, key("a"), make))
    assert make.made == 2
    assert [path.name for path in folder(tmp_path).iterdir()] == [key("a")], "nothing else is left"


def test_an_entry_of_another_layout_is_made_anew():
    other: Kind[Floats] = Kind("trial", lambda value: Entry({"values": value}), lambda entry: entry.arrays["values"])
    kept(other, key("a"), lambda: np.ones(3))
    make = Maker()
    assert is_right(kept(KIND, key("a"), make))
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 1


def entries(tmp_path: Path) -> set[str]:
    return {path.name for path in folder(tmp_path).iterdir()}


def test_what_was_used_least_recently_goes_first_and_the_bound_holds(tmp_path, monkeypatch):
    make = Maker(1000)
    for number, name in enumerate("abc"):
        kept(KIND, key(name), make)
        os.utime(folder(tmp_path) / key(name), ns=(number, number))
    kept(KIND, key("a"), make)
    assert make.made == 3
    bound = 3 * 9000
    monkeypatch.setenv(VARIABLE, str(bound))
    kept(KIND, key("d"), make)
    assert entries(tmp_path) == {key("a"), key("c"), key("d")}
    assert 24_000 < sum(path.stat().st_size for path in folder(tmp_path).rglob("*.*")) <= bound


def test_kinds_share_the_bound_and_what_killed_processes_left_counts(tmp_path, monkeypatch):
    other: Kind[Floats] = Kind("other", lambda value: Entry({"it": value}), lambda entry: entry.arrays["it"])
    kept(other, key("a"), lambda: np.ones(1000))
    left = folder(tmp_path) / ".left" / key("x")
    left.mkdir(parents=True)
    (left / "values.npy").write_bytes(b"half")
    (folder(tmp_path) / "old.npz").write_bytes(b"of an earlier version")
    other_entry = folder(tmp_path).parent / "other" / key("a")
    for number, place in enumerate((left.parent, folder(tmp_path) / "old.npz", other_entry)):
        os.utime(place, ns=(number, number))
    monkeypatch.setenv(VARIABLE, "8500")
    kept(KIND, key("b"), Maker(1000))
    assert entries(tmp_path) == {key("b")}
    assert not other_entry.exists()


@pytest.mark.parametrize("noted", ["", "none of ours"])
def test_the_bound_holds_whatever_became_of_the_sum(tmp_path, monkeypatch, noted):
    make, sum_file = Maker(1000), folder(tmp_path).parent / "locks/sum"
    kept(KIND, key("a"), make)
    size = sum(path.stat().st_size for path in (folder(tmp_path) / key("a")).iterdir())
    assert sum_file.read_text() == str(size)
    sum_file.write_text(noted)
    monkeypatch.setenv(VARIABLE, str(3 * size))
    for name in "bcde":
        kept(KIND, key(name), make)
        assert key(name) in entries(tmp_path)
        assert sum_file.read_text() == str(len(entries(tmp_path)) * size)
    assert 2 <= len(entries(tmp_path)) <= 3


def test_what_is_larger_than_the_bound_pushes_nothing_out(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2000")
    kept(KIND, key("small"), Maker())
    make = Maker(1000)
    for _ in range(2):
        assert is_right(kept(KIND, key("large"), make), 1000)
    assert make.made == 2
    assert entries(tmp_path) == {key("small")}


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=8 * 800 - 1))
    assert is_right(kept(KIND, key("a"), Maker()))
    assert not entries(tmp_path)


def test_mapped_arrays_survive_that_their_entry_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MAPPED_BYTES", 1)
    values, _ = kept(KIND, key("a"), Maker(200_000))
    held = values
    while isinstance(held, np.ndarray):
        held = held.base
    assert isinstance(held.obj if isinstance(held, memoryview) else held, mmap.mmap)
    monkeypatch.setenv(VARIABLE, "1700000")
    kept(KIND, key("b"), Maker(200_000))
    assert entries(tmp_path) == {key("b")}
    assert is_right((values, [2, 100_000]), 200_000)


def make_slowly(log: Path) -> tuple[Floats, list[int]]:
    with log.open("a") as lines:
        lines.write("made\n")
    Event().wait(0.05)
    return Maker(10_000)()


def use(start: object, log: Path, results: object) -> None:
    start.wait()
    results.put(is_right(kept(KIND, key("a"), lambda: make_slowly(log)), 10_000))


def at_once(tmp_path: Path, count: int = 6) -> int:
    """Ask for one thing in many processes at once; return how often it was made."""
    log, start, results = tmp_path / "log", FORK.Barrier(count), FORK.Queue()
    running = [FORK.Process(target=use, args=(start, log, results)) for _ in range(count)]
    for process in running:
        process.start()
    assert [results.get(timeout=20) for _ in running] == [True] * count
    for process in running:
        process.join(20)
    assert entries(tmp_path) == {key("a")}
    make = Maker(10_000)
    assert is_right(kept(KIND, key("a"), make), 10_000)
    assert make.made == 0
    return len(log.read_text().splitlines())


def test_processes_at_once_make_a_thing_once(tmp_path):
    assert at_once(tmp_path) == 1


def test_without_locks_each_makes_it_and_one_entry_stays(tmp_path, monkeypatch):
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert at_once(tmp_path) >= 1


def test_threads_make_a_thing_once():
    make = Maker(10_000)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: kept(KIND, key("a"), make), range(6)))
    assert all(is_right(value, 10_000) for value in found)
    assert make.made == 1


def test_a_writer_that_is_killed_leaves_no_entry_and_no_lock(tmp_path, monkeypatch):
    def killed(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", killed)
        writer = FORK.Process(target=kept, args=(KIND, key("a"), Maker()))
        writer.start()
        writer.join(20)
    assert writer.exitcode == -signal.SIGKILL
    assert [name[0] for name in entries(tmp_path)] == ["."]
    make = Maker()
    assert is_right(kept(KIND, key("a"), make))
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 1


def test_a_folder_that_cannot_be_made_costs_time_and_nothing_else(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    make = Maker()
    assert is_right(kept(KIND, key("a"), make))
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 2
    assert (tmp_path / "home").read_text() == "not a folder"


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    def nobody(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "expanduser", nobody)
    make = Maker()
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 1


def test_a_read_only_folder_is_read(tmp_path, monkeypatch):
    make = Maker()
    kept(KIND, key("a"), make)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "read-only")

    for owner, name in ((os, "utime"), (Path, "mkdir"), (os, "mkdir"), (Path, "rename")):
        monkeypatch.setattr(owner, name, refused)
    assert is_right(kept(KIND, key("a"), make))
    assert make.made == 1
    assert is_right(kept(KIND, key("b"), make))
    assert make.made == 2
    assert entries(tmp_path) == {key("a")}


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(path: Path, *_: object, **__: object) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert is_right(kept(KIND, key("a"), Maker()))
    assert not entries(tmp_path)


def test_what_cannot_be_made_leaves_no_lock():
    def broken() -> tuple[Floats, list[int]]:
        raise ValueError("damaged file")

    for _ in range(2):
        with pytest.raises(ValueError, match="damaged file"):
            kept(KIND, key("a"), broken)
    assert is_right(kept(KIND, key("a"), Maker()))
