"""Frames on their way to a store: made in a bounded staging folder, uploaded and committed some dozens at a time."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from synthvision.dataset import FrameRecord
from synthvision.dataset.disk import disk_errors, read_whole, write_whole
from synthvision.dataset.layout import MANIFEST, QUARANTINE, RECIPE, RUN_LOG
from synthvision.dataset.lock import LOCK
from synthvision.dataset.manifest import Manifest, check_same, make_manifest, manifest_bytes, read_manifest
from synthvision.errors import DatasetError
from synthvision.recipe import recipe_yaml
from synthvision.run.commits import COMMITS, finished_frames, log_name, write_commit, write_index
from synthvision.run.crew import Event, FrameFailed
from synthvision.run.messages import FrameDone
from synthvision.run.plan import Order
from synthvision.run.stores import Store
from synthvision.swept_folders import swept_folder

FRAMES_PER_COMMIT = 32
_UPLOADERS = 2
_WAITING = 3
"""Commits that may wait for the network; when there are more, frames wait, and the staging folder does not grow."""


@dataclass
class _Batch:
    """Frames that are committed together."""

    given: int = 0
    answered: int = 0
    records: list[FrameRecord] = field(default_factory=list)


class StagedKeeper:
    """Keeps frames in a store; frames count when they are committed there. After ``conclude`` it takes more of them."""

    def __init__(self, store: Store, manifest: Manifest, folder: Path, finished: Iterable[int], *, index: bool) -> None:
        """Begin to keep frames beside those that are finished; see ``staged_keeper``."""
        self.folder, self.manifest, self.name = folder, manifest, store.name
        self._store, self._index = store, index
        self._finished = set(finished)
        self._batches: dict[int, _Batch] = {}
        self._filling = _Batch()
        self._uploads: deque[Future[None]] = deque()
        self._pool = ThreadPoolExecutor(_UPLOADERS, thread_name_prefix="upload")

    def __contains__(self, frame_index: int) -> bool:
        return frame_index in self._finished

    def handed_out(self, frames: Iterable[int]) -> Iterator[int]:
        """Pass frames on, and note which are to be committed together: neighbours."""
        for frame_index in frames:
            if self._filling.given >= FRAMES_PER_COMMIT:
                full, self._filling = self._filling, _Batch()
                self._upload_if_done(full)
            self._filling.given += 1
            self._batches[frame_index] = self._filling
            yield frame_index

    def note(self, event: Event) -> None:
        """Keep a frame that is done, or give one up; commit when the last of its batch is answered."""
        if not isinstance(event, FrameDone | FrameFailed):
            return
        batch = self._batches.pop(event.frame_index)
        batch.answered += 1
        if isinstance(event, FrameDone):
            batch.records.append(event.product)
            self._finished.add(event.frame_index)
        if batch is not self._filling:
            self._upload_if_done(batch)

    def conclude(self, *, interrupted: bool) -> None:
        """Commit what is left; write the index of the dataset if all of it is there."""
        for batch in {id(batch): batch for batch in (*self._batches.values(), self._filling)}.values():
            self._upload(batch)
        self._batches, self._filling = {}, _Batch()
        self._wait_for_uploads(0)
        self._put_quarantine()
        if self._index and not interrupted:
            write_index(self._store, self.manifest, self.folder)

    def put_log(self, name: str) -> None:
        """Move the log of what was done since the last call behind what an object holds."""
        log = self.folder / RUN_LOG
        self._store.write(name, (self._store.read(name) or b"") + read_whole(log))
        with disk_errors(log):
            log.unlink()

    def close(self) -> None:
        """End the threads; what is not committed is lost."""
        self._pool.shutdown(cancel_futures=True)

    def _upload_if_done(self, batch: _Batch) -> None:
        if batch.answered == batch.given:
            self._upload(batch)

    def _upload(self, batch: _Batch) -> None:
        if batch.records:
            self._uploads.append(self._pool.submit(self._commit, batch.records))
            batch.records = []
        self._wait_for_uploads(_WAITING)

    def _wait_for_uploads(self, most: int) -> None:
        while self._uploads and (len(self._uploads) > most or self._uploads[0].done()):
            self._uploads.popleft().result()

    def _commit(self, records: list[FrameRecord]) -> None:
        names = [name for record in records for name in record.files]
        self._store.put({name: self.folder / name for name in names})
        ordered = sorted(records, key=lambda record: record.frame_index)
        write_commit(self._store, [(record.frame_index, record.to_line()) for record in ordered])
        for name in names:
            with disk_errors(self.folder / name):
                (self.folder / name).unlink()

    def _put_quarantine(self) -> None:
        """Upload frames that were set aside, and forget those that have been made after all."""
        aside = [path for path in (self.folder / QUARANTINE).rglob("*") if path.is_file()]
        self._store.put({path.relative_to(self.folder).as_posix(): path for path in aside})
        for path in aside:
            with disk_errors(path):
                path.unlink()
        for place in self._store.names(QUARANTINE):
            if place.rpartition("/")[2].isdigit() and int(place.rpartition("/")[2]) in self._finished:
                self._store.delete(self._store.names(place))


@contextmanager
def staged_keeper(order: Order, store: Store, *, index: bool = True) -> Iterator[StagedKeeper]:
    """Begin a dataset in a store, or continue it if it is the same; frames are made in a temporary folder.

    With ``index``, ``frames.jsonl`` and COCO are written at the end, which one of all machines does.

    Raises:
        DatasetError: the store holds other things or another dataset (says what differs), or does not answer.
    """
    with standing_keeper(order, store, None, index=index) as keeper:
        yield keeper
        if index:
            _put_log(store, keeper.folder)
        else:
            keeper.put_log(log_name(order.shard))


@contextmanager
def _staging_folder() -> Iterator[Path]:
    with ExitStack() as stack:
        with disk_errors(Path(tempfile.gettempdir())):
            folder = stack.enter_context(swept_folder("staging"))
        yield folder


@contextmanager
def standing_keeper(
    order: Order, store: Store, finished: Iterable[int] | None, *, index: bool = False
) -> Iterator[StagedKeeper]:
    """As ``staged_keeper``, for many orders of one dataset, whose logs the caller puts away.

    ``finished`` are the frames that the store has, which is found out there if it is None.
    """
    with _staging_folder() as staging:
        manifest = _begin(order, store, staging)
        there = finished_frames(store, staging) if finished is None else finished
        keeper = StagedKeeper(store, manifest, staging, there, index=index)
        try:
            yield keeper
        finally:
            keeper.close()


def _begin(order: Order, store: Store, staging: Path) -> Manifest:
    manifest = make_manifest(order.recipe, order.dataset_seed, order.renderer)
    text = recipe_yaml(order.recipe)
    if store.download(MANIFEST, staging / MANIFEST):
        old_text = (store.read(RECIPE) or b"").decode(errors="replace")
        check_same(store.name, read_manifest(staging), manifest, old_text, text)
    else:
        foreign = [name for name in store.names() if name not in {RECIPE, RUN_LOG, COMMITS, LOCK}]
        if foreign:
            raise DatasetError(
                f"{store.name}: folder must be empty or a synthvision dataset, got one with {foreign[0]!r}; "
                "choose another folder"
            )
        store.write(RECIPE, text.encode())
        store.write(MANIFEST, manifest_bytes(manifest))
    write_whole(staging / MANIFEST, manifest_bytes(manifest))
    return manifest


def _put_log(store: Store, staging: Path) -> None:
    """Add the log of this run, and those of the machines that made parts of it, to that of the dataset."""
    others = [name for name in store.names(COMMITS) if name.startswith(f"{COMMITS}/run_log")]
    together, one = staging / "together", staging / "one"
    with disk_errors(together), together.open("wb") as target:
        for name in (RUN_LOG, *others):
            if store.download(name, one):
                target.write(read_whole(one))
        target.write(read_whole(staging / RUN_LOG))
    store.put({RUN_LOG: together})
    store.delete(others)
