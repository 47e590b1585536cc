"""Runs on a Ray cluster."""

from __future__ import annotations

import dataclasses
import math
import time  # noqa: TID251 - how long an actor rests, never data
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvision import errors
from synthvision.dataset.disk import disk_errors
from synthvision.dataset.lock import FolderLock
from synthvision.errors import RunError, SynthvisionError, UsageError
from synthvision.run.cluster.connection import connected
from synthvision.run.cluster.ledger import Ledger, Pace, Piece
from synthvision.run.cluster.shard_work import ShardMaker, Work
from synthvision.run.cluster.totals import Totals
from synthvision.run.commits import finished_in
from synthvision.run.crew import FrameFailed, WorkerLost
from synthvision.run.messages import CannotWork
from synthvision.run.plan import Order
from synthvision.run.run_log import RunLog
from synthvision.run.slots import Size
from synthvision.run.staging import staged_keeper
from synthvision.run.stopping import Stop
from synthvision.run.stores import is_url, local_folder, open_store
from synthvision.run.summary import Progress, RunSummary

if TYPE_CHECKING:
    from types import ModuleType

_LISTEN_S = 0.5
_PARTING_S = 10.0
"""How long actors have to end their workers and to delete what these staged."""

_REST_S = 60.0
"""After an error that other nodes may not have, an actor gets no shard for so long, unless no other is at work."""

_MOST_LOST = 5
_MOST_STARTS = 5
_MAY_PASS = {"DatasetError", "RunError", "RenderError"}
"""Errors that another node may not have: its disk is full, its network down, its Blender broken."""


@dataclass(frozen=True)
class Cluster:
    """Where a run goes, and what each of its actors, which has one worker, gets there.

    Attributes:
        address: ``local`` for a cluster on this machine that ends with the run, ``auto`` for the one that this machine
            belongs to, ``ray://HOST:10001`` for another.
        gpus_per_worker: or a fraction, for several workers on a GPU; None for one where there are GPUs and Blender is
            to use them.
        cpus_per_worker: None for one, or with GPUs for a fair share.
    """

    address: str
    gpus_per_worker: float | None = None
    cpus_per_worker: int | None = None

    def __post_init__(self) -> None:
        """Refuse impossible shares; raises UsageError."""
        if self.gpus_per_worker is not None and self.gpus_per_worker < 0:
            raise UsageError(f"gpus_per_worker: number must be at least 0, got {self.gpus_per_worker}")
        if self.cpus_per_worker is not None and self.cpus_per_worker < 1:
            raise UsageError(f"cpus_per_worker: number must be at least 1, got {self.cpus_per_worker}")


def carry_out_on(
    cluster: Cluster, order: Order, out: str | Path, stop: Stop, watch: Callable[[Progress], None]
) -> RunSummary:
    """Make the frames of an order on a cluster, into a folder that all nodes see or a URL.

    Raises:
        UsageError: no such cluster, the extra is missing, or the cluster lacks what a worker is to have.
        DatasetError, DeviceError, AssetError: as in a local run.
        RunError: the cluster was lost.
    """
    place = str(out) if is_url(out) else str(local_folder(out).absolute())
    with ExitStack() as stack:
        ray = stack.enter_context(connected(cluster.address))
        share = _share(ray, cluster, order)
        if not is_url(place):
            with disk_errors(Path(place)):
                Path(place).mkdir(parents=True, exist_ok=True)
            stack.enter_context(FolderLock(Path(place)))
        keeper = stack.enter_context(staged_keeper(order, open_store(place)))
        log = stack.enter_context(RunLog(keeper.folder))
        before = order.finished(keeper)
        log.begin(order, Size(share.slots(ray), share.cpus), keeper.manifest.versions)
        driver = _Driver(ray, order, place, share, Totals(len(order.indices), before), log, watch)
        driver.run(Ledger(order.missing(keeper), order.views), len(order.indices) - before, stop)
        summary = driver.totals.summary(place, interrupted=bool(stop.wishes))
        keeper.conclude(interrupted=summary.interrupted)
        log.end(summary)
    return summary


@dataclass(frozen=True)
class _Share:
    """What an actor gets; ``most`` is how many there may be, None for all that fit."""

    cpus: int
    gpus: float
    most: int | None

    def slots(self, ray: ModuleType) -> int:
        """Return how many actors fit on the cluster as it is now, node by node."""
        fits = sum(self._on(node) for node in ray.nodes())
        return fits if self.most is None else min(fits, self.most)

    def neighbours(self, ray: ModuleType) -> int:
        """Return how many actors there may be on the node of the calling one, itself among them."""
        here = ray.get_runtime_context().get_node_id()
        return max([1, *(self._on(node) for node in ray.nodes() if node["NodeID"] == here)])

    def _on(self, node: Mapping[str, Any]) -> int:
        there = node["Resources"] if node["Alive"] else {}
        by_gpu = there.get("GPU", 0) / self.gpus if self.gpus else float("inf")
        fits = int(min(there.get("CPU", 0) // self.cpus, by_gpu))
        return fits if self.most is None else min(fits, self.most)


def _share(ray: ModuleType, cluster: Cluster, order: Order) -> _Share:
    there = ray.cluster_resources()
    cpus, gpus = int(there.get("CPU", 0)), there.get("GPU", 0)
    wants_gpu = order.renderer == "blender" and order.device != "cpu" and gpus > 0
    per_worker = cluster.gpus_per_worker if cluster.gpus_per_worker is not None else float(wants_gpu)
    fair = max(1, int(cpus * per_worker / gpus)) if per_worker and gpus else 1
    share = _Share(cluster.cpus_per_worker or fair, per_worker, order.workers)
    if not share.slots(ray):
        raise UsageError(
            f"--cluster: a node must have what a worker is to get ({share.cpus} CPUs, {share.gpus:g} GPUs), "
            f"got a cluster of {cpus} CPUs and {gpus:g} GPUs in all"
        )
    return share


class _Driver:
    """Has an actor in every slot, hands out shards to them, takes the results, and hands out again what is lost."""

    def __init__(
        self,
        ray: ModuleType,
        order: Order,
        out: str,
        share: _Share,
        totals: Totals,
        log: RunLog,
        watch: Callable[[Progress], None],
    ) -> None:
        self.totals = totals
        self._ray, self._out, self._share = ray, out, share
        self._log, self._watch = log, watch
        self._pace = Pace()
        self._work = _work(order, out, share)
        self._starting: dict[Any, Any] = {}
        self._idle: deque[Any] = deque()
        self._flying: dict[Any, tuple[Piece, Any]] = {}
        self._resting: deque[tuple[float, Any]] = deque()
        self._left = self._slots = self._failed_starts = 0
        self._board = ray.remote(num_cpus=0, max_restarts=-1)(_Board).remote()
        self._actor = ray.remote(num_cpus=share.cpus, num_gpus=share.gpus)(_ShardActor)

    def run(self, ledger: Ledger, left: int, stop: Stop) -> None:
        """Make all frames of the ledger; raises SynthvisionError."""
        self._left = left
        try:
            while self._flying or (ledger.has_more and not stop.wishes):
                if stop.wishes > 1:
                    break
                if not stop.wishes:
                    self._hand_out(ledger)
                self._listen(ledger)
                self._tell(stopping=bool(stop.wishes))
        except (self._ray.exceptions.RayError, ConnectionError) as error:  # the latter from ray://
            raise RunError(f"--cluster: it must answer, got {type(error).__name__}: {error}") from error
        finally:
            with suppress(self._ray.exceptions.RayError, ConnectionError):  # a cluster that is lost has let go already
                self._part()

    def _hand_out(self, ledger: Ledger) -> None:
        """Give every idle actor a shard, and have an actor in every slot as long as there are shards for them."""
        self._count_slots()
        self._wake()
        while ledger.has_more and self._idle:
            piece, actor = ledger.take(self._pace.frames(self._left, self._slots)), self._idle.popleft()
            self._left -= len(piece.frames)
            self._flying[actor.make.remote(piece.frames)] = (piece, actor)
        shards = math.ceil(self._left / self._pace.frames(self._left, self._slots)) if ledger.has_more else 0
        while len(self._starting) < min(shards, self._slots - len(self._flying) - len(self._resting)):
            if self._failed_starts > _MOST_STARTS and self._flying:
                break  # it goes on with those that could start
            actor = self._actor.remote(self._work, self._share, self._board)
            self._starting[actor.begin.remote()] = actor

    def _count_slots(self) -> None:
        slots = max(1, self._share.slots(self._ray))
        if slots != self._slots:  # others may be able to start now
            self._failed_starts = 0
        self._slots = slots

    def _wake(self) -> None:
        now = time.monotonic()
        while self._resting and (self._resting[0][0] <= now or not (self._flying or self._idle)):
            self._idle.append(self._resting.popleft()[1])

    def _listen(self, ledger: Ledger) -> None:
        ended, _ = self._ray.wait([*self._starting, *self._flying], num_returns=1, timeout=_LISTEN_S)
        for call in ended:
            if call in self._starting:
                self._welcome(call, self._starting.pop(call))
            else:
                self._take(ledger, call, *self._flying.pop(call))

    def _welcome(self, call: Any, actor: Any) -> None:
        try:
            self._ray.get(call)
        except self._ray.exceptions.RayError as error:
            self._ray.kill(actor)
            self._failed_starts += 1
            self._log.note(WorkerLost((), f"an actor could not start: {_short(error)}"))
            if self._failed_starts > _MOST_STARTS and not (self._flying or self._idle):
                raise RunError(
                    f"--cluster: actors must be able to start, but {self._failed_starts} in a row did not: "
                    f"{_short(error)}; see that all nodes have this version of synthvision"
                ) from error
            return
        self._failed_starts = 0
        self._idle.append(actor)

    def _take(self, ledger: Ledger, call: Any, piece: Piece, actor: Any) -> None:
        try:
            result = self._ray.get(call)
        except self._ray.exceptions.RayError as error:
            self._ray.kill(actor)
            self._lose(ledger, piece, _short(error))
            return
        match result:
            case RunSummary():
                self._idle.append(actor)
                self.totals.add(result)
                self._pace.note(result.progress.made, result.progress.elapsed_s)
            case CannotWork(kind, text):
                self._resting.append((time.monotonic() + _REST_S, actor))
                if kind not in _MAY_PASS:
                    raise _error(kind, text)
                self._lose(ledger, piece, text, _error(kind, text))

    def _lose(self, ledger: Ledger, piece: Piece, why: str, error: SynthvisionError | None = None) -> None:
        frames = f"frames {piece.frames.start} to {piece.frames.stop - 1}"
        self._log.note(WorkerLost(tuple(piece.frames), f"{frames}: {why}"))
        finished = finished_in(open_store(self._out), piece.frames)
        self.totals.kept(len(finished))
        if finished or piece.lost < _MOST_LOST:
            ledger.give_back(piece, finished)
            self._left += len(piece.frames) - len(finished)
            self.totals.say(f"{frames}: actor lost ({why}); another takes its place")
        elif error is not None:
            raise error
        else:
            self._give_up(piece, why)

    def _give_up(self, piece: Piece, why: str) -> None:
        lost = f"the actor that made it was lost {piece.lost + 1} times, last by {why}"
        given_up = [FrameFailed(index, f"frame {index}: {lost}") for index in piece.frames]
        for failure in given_up:
            self._log.note(failure)
        self.totals.fail(given_up)

    def _part(self) -> None:
        """End all actors: those that have nothing in hand by themselves."""
        at_hand = [*self._idle, *(actor for _, actor in self._resting)]
        partings = [actor.close.remote() for actor in at_hand]
        if partings:
            self._ray.wait(partings, num_returns=len(partings), timeout=_PARTING_S)
        flying = [actor for _, actor in self._flying.values()]
        for actor in (*at_hand, *self._starting.values(), *flying, self._board):
            self._ray.kill(actor)

    def _tell(self, *, stopping: bool) -> None:
        flying = {_name(piece.frames) for piece, _ in self._flying.values()}
        try:
            told = self._ray.get(self._board.read.remote(stopping), timeout=5 * _LISTEN_S)
        except (self._ray.exceptions.RayActorError, self._ray.exceptions.GetTimeoutError):
            told = {}  # the board is only for the eye; it comes back on another node
        self.totals.hear({name: progress for name, progress in told.items() if name in flying})
        self._watch(self.totals.progress())


class _Board:
    """An actor where the others write how far they are, and read whether the user wants to stop."""

    def __init__(self) -> None:
        self._progress: dict[str, Progress] = {}
        self._stopping = False

    def write(self, name: str, progress: Progress) -> bool:
        self._progress[name] = progress
        return self._stopping

    def read(self, stopping: bool) -> dict[str, Progress]:
        self._stopping = stopping
        told = dict(self._progress)
        self._progress = {name: dataclasses.replace(progress, note="") for name, progress in told.items()}
        return told


class _ShardActor:
    """An actor that makes shards on its node, with one worker that stays from one to the next."""

    def __init__(self, work: Work, share: _Share, board: Any) -> None:
        import ray  # noqa: PLC0415 - this runs on a node

        self._ray, self._board = ray, board
        self._maker = ShardMaker(work, share.neighbours(ray))

    def begin(self) -> None:
        """Say by an answer that the actor has found its place."""

    def make(self, frames: range) -> RunSummary | CannotWork:
        def tell(progress: Progress) -> bool:
            try:
                return bool(self._ray.get(self._board.write.remote(_name(frames), progress), timeout=5))
            except self._ray.exceptions.RayError:
                return False  # the board is on its way to another node

        return self._maker.make(frames, tell)

    def close(self) -> None:
        self._maker.close()


def _work(order: Order, out: str, share: _Share) -> Work:
    device = "cpu" if order.device == "auto" and not share.gpus else order.device
    return Work(order.recipe, order.dataset_seed, out, order.renderer, device, share.cpus, share.gpus > 0)


def _name(frames: range) -> str:
    return f"{frames.start}-{frames.stop}"


def _short(error: Exception) -> str:
    error = getattr(error, "cause", None) or error  # what was raised in the actor
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"


def _error(kind: str, text: str) -> SynthvisionError:
    found = getattr(errors, kind, RunError)
    return UsageError(text) if kind == "RecipeError" else found(text)
