"""What a task does on its node: one shard, made by the same processes as in a local run, into the dataset's store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from synthvision.errors import SynthvisionError
from synthvision.recipe.model import Recipe
from synthvision.run.commits import COMMITS
from synthvision.run.messages import CannotWork, RendererName
from synthvision.run.plan import Order
from synthvision.run.rendering import make_frames
from synthvision.run.slots import Size
from synthvision.run.staging import staged_keeper
from synthvision.run.stopping import Stop
from synthvision.run.stores import open_store
from synthvision.run.summary import Progress, RunSummary

_TELL_EVERY_S = 1.0

Tell = Callable[[Progress], bool]
"""Tells the driver how far a shard is, and returns whether the user wants to stop."""


@dataclass(frozen=True)
class ShardJob:
    """A shard for a task: ``frames`` of which none is finished.

    Attributes:
        recipe, seed, renderer, device: as in ``Order``.
        out: folder that all nodes see, or URL.
        cpus: threads for its worker.
        on_gpu: whether the task has a GPU.
    """

    recipe: Recipe
    seed: int
    out: str
    frames: range
    renderer: RendererName
    device: str
    cpus: int
    on_gpu: bool


def make_shard(job: ShardJob, tell: Tell) -> RunSummary | CannotWork:
    """Make a shard and return how that went; an error that no other frame would be spared is ``CannotWork``."""
    stop, news = Stop(), _News(tell)
    order = Order(job.recipe, len(job.frames), job.frames.start, job.seed, 1, job.device, job.renderer)
    size = Size(1, job.cpus, scout_threads=job.cpus if job.on_gpu else 0, on_gpus=1)
    log = f"{COMMITS}/run_log-{job.frames.start:09d}-{job.frames.stop - 1:09d}.jsonl"
    try:
        with (
            news.told_to(stop),
            staged_keeper(order, open_store(job.out), index=False, finished=frozenset(), log=log) as keeper,
        ):
            return make_frames(order, keeper, stop, news.note, size=size)
    except SynthvisionError as error:
        return CannotWork(type(error).__name__, str(error))


class _News:
    """Tells the newest progress once a second, and asks for a stop when it hears that the user wants one."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._newest: Progress | None = None
        self._ended = threading.Event()
        self._stop = Stop()

    def note(self, progress: Progress) -> None:
        note = progress.note or (self._newest.note if self._newest else "")
        self._newest = replace(progress, note=note)

    def told_to(self, stop: Stop) -> _News:
        self._stop = stop
        return self

    def __enter__(self) -> None:
        threading.Thread(target=self._run, name="news", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(_TELL_EVERY_S):
            newest = self._newest
            if newest is None:
                continue
            self._newest = replace(newest, note="")
            if self._tell(newest) and not self._stop.wishes:
                self._stop.ask()
