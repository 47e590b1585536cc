"""Commits: the frames of a dataset in a store count when an object with their lines is there.

::

    .shards/000000032-000000063-32-0f3a….jsonl    first and last frame, number of frames, SHA-256 of the lines
    .shards/run_log-1-of-8.jsonl                  of a run that made one shard

Their files are uploaded before. The name alone tells which frames they are, unless some between first and last are
missing. When the dataset is complete, its ``frames.jsonl`` and COCO files are written from the commits, which then go.

A machine that was cut off may commit frames that others have made since, also when the index is written. That does no
harm: its files are the same to the byte, and so are its lines, which is checked wherever commits are taken away.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from synthvision.dataset.disk import disk_errors, open_whole, remove_leftovers
from synthvision.dataset.layout import FRAMES, annotation_files
from synthvision.dataset.lines import Line, Part, by_frame_index, lines_of, part_of, read_line
from synthvision.dataset.manifest import Manifest
from synthvision.errors import DatasetError
from synthvision.formats import write_coco
from synthvision.run.plan import FinishedFrames
from synthvision.run.shards import Shard
from synthvision.run.stores import FolderStore, Store

COMMITS = ".shards"
_NAME = re.compile(rf"{re.escape(COMMITS)}/(\d{{9,}})-(\d{{9,}})-(\d+)-([0-9a-f]{{16}})\.jsonl")
_AHEAD = 16
_EARLIER = ".earlier.jsonl.tmp"  # a leftover in the eyes of ``disk``


@dataclass(frozen=True)
class Commit:
    """A commit by its name."""

    name: str
    first: int
    last: int
    frames: int
    digest: str


def commits_in(store: Store) -> tuple[Commit, ...]:
    """Return the commits of a store by their first frames; raises DatasetError."""
    found = map(_NAME.fullmatch, store.names(COMMITS))
    return tuple(
        sorted(
            (Commit(one[0], int(one[1]), int(one[2]), int(one[3]), one[4]) for one in found if one),
            key=lambda commit: (commit.first, commit.name),
        )
    )


def write_commit(store: Store, lines: Sequence[tuple[int, bytes]]) -> None:
    """Make frames count whose files are in the store: (index, line) ascending, at least one. Raises DatasetError."""
    content = b"".join(line for _, line in lines)
    digest = hashlib.sha256(content).hexdigest()[:16]
    store.write(f"{COMMITS}/{lines[0][0]:09d}-{lines[-1][0]:09d}-{len(lines)}-{digest}.jsonl", content)


def read_commit(store: Store, commit: Commit) -> tuple[Line, ...]:
    """Return the lines of a commit; raises DatasetError if it is not as its name says."""
    content = store.read(commit.name) or b""
    where = f"{store.name}/{commit.name}"
    digest = hashlib.sha256(content).hexdigest()[:16]
    if digest != commit.digest:
        text = f"{where}: SHA-256 must begin with {commit.digest} as the name says, got {digest}"
        raise DatasetError(f"{text}; delete it and run again: its frames are made anew")
    lines = content.splitlines(keepends=True)
    return tuple(read_line(line, Path(commit.name), f"{where}:{number}") for number, line in enumerate(lines, start=1))


def finished_frames(store: Store, folder: Path) -> set[int]:
    """Return the frames that a store has; ``folder`` is for temporary files. Raises DatasetError."""
    finished: set[int] = set()
    for commit in commits_in(store):
        if commit.last - commit.first + 1 == commit.frames:
            finished.update(range(commit.first, commit.last + 1))
        else:
            finished.update(line.frame_index for line in read_commit(store, commit))
    if store.download(FRAMES, folder / _EARLIER):
        finished.update(line.frame_index for line in lines_of(folder / _EARLIER))
    return finished


def finished_in(store: Store, frames: range) -> frozenset[int]:
    """Return which of some frames are committed; raises DatasetError."""
    near = [commit for commit in commits_in(store) if commit.first < frames.stop and commit.last >= frames.start]
    lines = (line.frame_index for commit in near for line in read_commit(store, commit))
    return frozenset(index for index in lines if index in frames)


def write_index(store: Store, manifest: Manifest, folder: Path) -> None:
    """Write ``frames.jsonl`` and the COCO files of a store from its commits and what was there before.

    Memory does not grow with the frames; ``folder``, which has the manifest, must have room for these files.

    Raises:
        DatasetError: a commit is damaged, the disk is full, the store does not answer.
    """
    commits = commits_in(store)
    with _Ahead(store, commits) as ahead:
        parts = [Part(commit.first, partial(ahead.lines, commit)) for commit in commits]
        earlier = part_of(folder / _EARLIER) if store.download(FRAMES, folder / _EARLIER) else None
        with open_whole(folder / FRAMES) as target:
            for line in _once(store.name, by_frame_index([earlier, *parts] if earlier else parts)):
                target.write(line.content)
    write_coco(folder)
    store.put({name: folder / name for name in annotation_files(manifest.splits).values()})
    store.put({FRAMES: folder / FRAMES})
    store.remove_leftovers()
    store.delete(commit.name for commit in commits)  # those that were read: other machines may have added some


def _once(where: str, lines: Iterable[Line]) -> Iterator[Line]:
    """Pass lines on, of equal ones the first: two machines may have made the same frame, with the same bytes."""
    last: Line | None = None
    for line in lines:
        if last is None or line.frame_index != last.frame_index:
            yield line
        elif line.content != last.content:
            raise _differs(where, line, last.path)
        last = line


def _differs(where: str, line: Line, other: Path) -> DatasetError:
    there = FRAMES if other.name == _EARLIER else other
    return DatasetError(
        f"{where}: frame {line.frame_index} must be the same wherever it was made, got another in {line.path} than in "
        f"{there}; delete the former, run again, and let 'synthvision validate' say whose files are there"
    )


def sweep_late(folder: Path, finished: FinishedFrames) -> None:
    """Take away commits to a dataset folder that came late: whose frames its ``frames.jsonl`` has, to the byte.

    Call it holding the folder's lock. Memory grows with the late frames.

    Raises:
        DatasetError: they have other frames, as a run on a cluster is not done.
    """
    store, late = FolderStore(folder), dict[int, Line]()
    for line in (line for commit in commits_in(store) for line in read_commit(store, commit)):
        if line.frame_index not in finished:
            raise unfinished(folder)
        late[line.frame_index] = line
    for line in lines_of(folder / FRAMES) if late else ():
        if line.frame_index in late and line.content != late[line.frame_index].content:
            raise _differs(str(folder), late[line.frame_index], Path(FRAMES))
    remove_leftovers(iter([folder / COMMITS]))
    store.delete(store.names(COMMITS))
    if (folder / COMMITS).is_dir():  # it was empty
        with disk_errors(folder / COMMITS):
            (folder / COMMITS).rmdir()


def unfinished(folder: Path) -> DatasetError:
    """Return what is wrong with a folder that only a run on a cluster can finish."""
    return DatasetError(
        f"{folder}: dataset must be finished by runs on a cluster, as it was begun, got one with {COMMITS}; "
        "run the same command with --cluster first"
    )


class _Ahead:
    """Reads commits some time before their turn comes, which is that of their order."""

    def __init__(self, store: Store, commits: Iterable[Commit]) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(_AHEAD)
        self._coming = deque(commits)
        self._read: dict[Commit, Future[tuple[Line, ...]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def lines(self, commit: Commit) -> Iterator[Line]:
        """Give the lines of a commit; those of a following one are read meanwhile."""
        while self._coming and (commit not in self._read or len(self._read) < _AHEAD):
            ahead = self._coming.popleft()
            self._read[ahead] = self._pool.submit(read_commit, self._store, ahead)
        return iter(self._read.pop(commit).result())


def log_name(shard: Shard | None) -> str:
    """Return the name of a run's log among the commits."""
    return f"{COMMITS}/run_log-{shard.number}-of-{shard.of}.jsonl" if shard else f"{COMMITS}/run_log.jsonl"
