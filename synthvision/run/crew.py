"""The parent's side of a run: hands frames to workers, and replaces workers that die or stall.

The frames of one scene go to one worker, which keeps what they have in common.

A frame that was in hand when its worker was lost is tried again, alone in its worker, so that a frame that kills
workers cannot take its neighbours with it. After ``Patience.tries`` it is given up and the run goes on.
"""

from __future__ import annotations

import time  # noqa: TID251 - for stalls and the time left after Ctrl-C, never for data
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from statistics import median

from synthvision.dataset.closing import Closing
from synthvision.errors import (
    AssetError,
    DatasetError,
    DeviceError,
    RenderError,
    RunError,
    SynthvisionError,
    UsageError,
)
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import frames_per_scene, mixes_per_view
from synthvision.run.messages import CannotWork, FrameBroke, FrameDone, FrameRefused, FromWorker, Job, Ready
from synthvision.run.slots import Size, Slot, first_slots, relieved, slots_after_scout
from synthvision.run.stopping import Stop
from synthvision.run.workers import Worker

_IN_HAND = 3  # one being accepted, one being rendered, one being written
_LISTEN_S = 0.25
_RECENT = 101  # frames whose times say how long another may take
_WITHOUT_FILES: dict[str, type[SynthvisionError]] = {"RecipeError": UsageError}  # a RecipeError is made of faults
_ERRORS = {
    error.__name__: error for error in (AssetError, DatasetError, DeviceError, RenderError, RunError, UsageError)
} | _WITHOUT_FILES


@dataclass(frozen=True)
class Patience:
    """How long a worker may be silent, and how often a frame is tried.

    Attributes:
        start_s: from its start until it is ready; Blender may have to compile kernels for a new GPU.
        first_s: for one frame as long as no frame has been measured.
        least_s, medians: afterwards: the greater of ``least_s`` and this many times the median of the last frames.
        tries: for each frame; each one after the first may take twice as long as the one before.
        starts: workers in a row that may die before they are ready.
        grace_s: for frames in work after Ctrl-C.
        least_frames: that a worker has made before it is replaced for the memory it holds.
    """

    start_s: float = 900.0
    first_s: float = 1800.0
    least_s: float = 120.0
    medians: float = 20.0
    tries: int = 3
    starts: int = 3
    grace_s: float = 5.0
    least_frames: int = 8


def _for(recipe: Recipe, patience: Patience) -> Patience:
    """Where frames have samples as each needs them, what others took says nothing of the next."""
    if recipe.render.auto_samples is None:
        return patience
    return replace(patience, least_s=max(patience.least_s, patience.first_s))


@dataclass(frozen=True)
class FrameFailed:
    """A frame that was given up, and why.

    Attributes:
        frame_index, text: which, and why, for the user.
        tries: workers that failed on it; 0 where the recipe itself refuses it.
        trace: a traceback, or what the last worker printed.
    """

    frame_index: int
    text: str
    tries: int = 0
    trace: str = ""


@dataclass(frozen=True)
class WorkerLost:
    """A worker that died, stalled, or ended itself; ``frames`` were in its hands and are tried again or given up.

    ``text`` is for the user; ``trace``, a traceback or what the worker printed last, for the run log.
    """

    frames: tuple[int, ...]
    text: str
    trace: str = ""


@dataclass(frozen=True)
class CrewChanged:
    """The crew works on in another way, for want of memory."""

    text: str


Event = Ready | FrameDone | FrameFailed | WorkerLost | CrewChanged


class Crew(Closing):
    """The workers of one run, or of several parts of one."""

    def __init__(self, job: Job, size: Size, stop: Stop, patience: Patience | None = None) -> None:
        self._job = job
        self._size = size
        self._slots = first_slots(size, job.device)
        self._scouting = size.scout_threads > 0
        self._stop = stop
        self._patience = _for(job.recipe, patience or Patience())
        self._workers: list[Worker] = []
        self._frames: Iterator[int] = iter(())
        self._frames_per_scene = frames_per_scene(job.recipe)
        self._following: int | None = None
        self._waiting: deque[int] = deque()
        self._left: deque[deque[int]] = deque()
        self._again: deque[int] = deque()
        self._tries: Counter[int] = Counter()
        self._failed_starts = 0
        self._mixes = mixes_per_view(job.recipe)
        self._recent_s: dict[int, float] = {}
        self._stop_at: float | None = None
        self._events: deque[Event] = deque()
        self._error: SynthvisionError | None = None

    def run(self, frames: Iterable[int]) -> Generator[Event, None, None]:
        """Yield what happens until every frame is done or given up, or the user stops the run.

        Workers end with the generator, however that ends. It is the caller that keeps the products.

        Raises:
            SynthvisionError: no worker can do the job; its class and text are those of the worker's error.
        """
        try:
            yield from self.work(frames)
            self.dismiss()
        finally:
            self.close()

    def work(self, frames: Iterable[int]) -> Generator[Event, None, None]:
        """As ``run``, but the workers stay for the frames of another call, which a crew that was stopped takes none of.

        After an error all that is left to do is ``close``.
        """
        self._frames = iter(frames)
        self._following = next(self._frames, None)
        self._advance()
        while self._has_work() and not self._out_of_time():
            self._fill()
            self._listen()
            yield from self._take_events()
            if self._error is not None:
                raise self._error

    def close(self) -> None:
        """Kill the workers that are left."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _advance(self) -> None:
        """Have the frames of another scene wait: first what lost workers were to make."""
        if self._left:
            self._waiting = self._left.popleft()
            return
        self._waiting = deque()
        scene = None if self._following is None else self._following // self._frames_per_scene
        while self._following is not None and self._following // self._frames_per_scene == scene:
            self._waiting.append(self._following)
            self._following = next(self._frames, None)

    def _take_events(self) -> Iterator[Event]:
        while self._events:
            yield self._events.popleft()

    def _has_work(self) -> bool:
        if any(worker.in_hand for worker in self._workers):
            return True
        to_come = self._waiting or self._again or any(worker.to_come for worker in self._workers)
        return not self._stop.wishes and bool(to_come)

    def _out_of_time(self) -> bool:
        if not self._stop.wishes:
            return False
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self._patience.grace_s
        return self._stop.wishes > 1 or time.monotonic() >= self._stop_at

    def _fill(self) -> None:
        """Start the workers that are missing, and give frames to those that can take more."""
        if self._stop.wishes:
            return
        for slot in self._free_slots():
            if self._has_frames_for_another():
                self._workers.append(Worker(self._job, slot))
        for worker in self._workers:
            while worker.ready and (frame_index := self._next_for(worker)) is not None:
                worker.give(frame_index)

    def _free_slots(self) -> list[Slot]:
        taken = Counter(worker.slot for worker in self._workers)
        return list((Counter(self._slots) - taken).elements())

    def _has_frames_for_another(self) -> bool:
        starting = sum(not worker.ready for worker in self._workers)
        return bool(self._waiting) or len(self._again) > starting

    def _next_for(self, worker: Worker) -> int | None:
        if worker.alone or len(worker.in_hand) >= _IN_HAND:
            return None
        if not worker.to_come and not worker.retiring:
            if self._again and not worker.in_hand:
                worker.alone = True
                return self._again.popleft()
            worker.to_come = self._waiting
            self._advance()
        return worker.to_come.popleft() if worker.to_come else None

    def _listen(self) -> None:
        started = time.monotonic()
        connections = {worker.connection: worker for worker in self._workers}
        heard = wait(list(connections), timeout=_LISTEN_S)
        waited_s = min(time.monotonic() - started, 2 * _LISTEN_S)
        for connection, worker in connections.items():
            if connection in heard:
                self._hear(worker)
            else:
                worker.silent_s += waited_s
                self._judge_silence(worker)

    def _hear(self, worker: Worker) -> None:
        try:
            message = worker.hear()
        except (EOFError, OSError):
            how = worker.end(wait_s=1.0)
            self._lose(worker, f"worker died: {how}{worker.last_words()}", worker.in_hand, worker.tail())
            return
        self._handle(worker, message)

    def _handle(self, worker: Worker, message: FromWorker) -> None:
        match message:
            case CannotWork(kind, text, trace):
                self._give_up(_ERRORS.get(kind, RunError)(text), trace)
            case Ready():
                self._welcome(worker, message)
            case FrameDone(frame_index):
                worker.frames += 1
                self._time(frame_index, message.effort.seconds.total)
                self._events.append(message)
                self._weigh(worker, message.effort.held_bytes)
                self._answered(worker, frame_index)
            case FrameRefused(frame_index, text):
                self._events.append(FrameFailed(frame_index, text))
                self._answered(worker, frame_index)
            case FrameBroke(frame_index, text, trace, device_full):
                worker.end(wait_s=1.0)
                relieved = device_full and self._relieve(worker.slot)
                self._lose(worker, text, [] if relieved else [frame_index], trace)

    def _welcome(self, worker: Worker, ready: Ready) -> None:
        worker.ready = True
        self._failed_starts = 0
        if self._scouting:
            self._scouting = False
            self._slots = slots_after_scout(self._size, worker.slot, ready)
            worker.slot = self._slots[0]
            if not ready.gpus:  # it has other threads than the workers of a crew on the CPU
                self._workers.remove(worker)
                worker.end()
                return
        self._events.append(ready)

    def _time(self, frame_index: int, seconds: float) -> None:
        """Note what a frame took; of the frames that are mixed from one path trace, the slowest counts."""
        view = frame_index // self._mixes
        self._recent_s[view] = max(seconds, self._recent_s.get(view, 0.0))
        if len(self._recent_s) > _RECENT:
            del self._recent_s[next(iter(self._recent_s))]

    def _weigh(self, worker: Worker, held_bytes: int) -> None:
        """Let a worker that holds too much memory finish the scene that it is at, and take no more."""
        ceiling = self._size.ceiling_bytes
        if ceiling and held_bytes > ceiling and worker.frames >= self._patience.least_frames and not worker.retiring:
            worker.retiring = True
            megabytes = held_bytes // 2**20
            self._events.append(
                CrewChanged(f"a worker holds {megabytes} MB after {worker.frames} frames; another takes its place")
            )

    def _relieve(self, slot: Slot) -> bool:
        """Take load off a device whose memory was too little, and say whether there was any that could be taken off."""
        other = relieved(slot, self._slots)
        if other == slot:
            return False
        self._slots.remove(slot)
        if other is not None:
            self._slots.append(other)
        what = f"in tiles of {other.tile_px} pixels" if other else "with one worker fewer"
        self._events.append(CrewChanged(f"{slot.device} has too little memory; goes on {what}"))
        return True

    def _answered(self, worker: Worker, frame_index: int) -> None:
        worker.in_hand.remove(frame_index)
        worker.alone = False
        if worker.retiring and not worker.in_hand and not worker.to_come:
            self._workers.remove(worker)
            worker.dismiss()
            worker.end(wait_s=self._patience.grace_s)

    def _judge_silence(self, worker: Worker) -> None:
        limit_s = self._limit_s(worker)
        if (worker.in_hand or not worker.ready) and worker.silent_s > limit_s:
            worker.end()
            what = "finished no frame" if worker.ready else "was not ready"
            self._lose(
                worker, f"worker stalled: it {what} within {round(limit_s, 1):g} s", worker.in_hand, worker.tail()
            )

    def _limit_s(self, worker: Worker) -> float:
        patience = self._patience
        if not worker.ready:
            return patience.start_s
        limit_s = patience.first_s
        if self._recent_s:
            limit_s = max(patience.least_s, patience.medians * median(self._recent_s.values()))
        return limit_s * 2.0 ** max((self._tries[frame_index] for frame_index in worker.in_hand), default=0)

    def _lose(self, worker: Worker, text: str, suspects: list[int], trace: str = "") -> None:
        """Take a worker that has ended off the crew; its frames are tried again, and only the suspects' tries count."""
        self._workers.remove(worker)
        self._take_back(worker.to_come)
        self._events.append(WorkerLost(tuple(worker.in_hand), text, trace))
        if not worker.ready:
            self._count_failed_start(text)
        self._tries.update(suspects)
        for frame_index in worker.in_hand:
            if self._tries[frame_index] < self._patience.tries:
                self._again.append(frame_index)
            else:
                tries = self._tries.pop(frame_index)
                where = "" if text.startswith("frame ") else f"frame {frame_index}: "
                self._events.append(FrameFailed(frame_index, f"{where}{text} ({tries} tries)", tries, trace))

    def _take_back(self, frames: deque[int]) -> None:
        if frames:
            self._left.append(frames)
            if not self._waiting:
                self._advance()

    def _count_failed_start(self, text: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= self._patience.starts:
            self._give_up(
                RunError(f"run: workers must be able to start, but {self._failed_starts} in a row did not: {text}")
            )

    def _give_up(self, error: SynthvisionError, trace: str = "") -> None:
        """End the run with the first such error, as soon as the frames that were done before it are taken."""
        if trace:
            error.add_note(trace)
        self._error = self._error or error

    def dismiss(self) -> None:
        """Let workers end by themselves; those that a stopped run cannot wait for are killed."""
        for worker in self._workers:
            worker.dismiss()
        idle = [worker for worker in self._workers if worker.ready and not worker.in_hand]
        for worker in idle:
            worker.end(wait_s=self._patience.grace_s)


__all__ = ["Crew", "CrewChanged", "Event", "FrameFailed", "Patience", "WorkerLost"]
