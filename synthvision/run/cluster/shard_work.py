"""What an actor does on its node: shards, made by the same processes as in a local run, into the dataset's store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from synthvision.dataset.closing import Closing
from synthvision.errors import SynthvisionError
from synthvision.recipe.model import Recipe
from synthvision.run.commits import COMMITS
from synthvision.run.crew import Crew
from synthvision.run.messages import CannotWork, RendererName
from synthvision.run.plan import Order, ceiling_bytes
from synthvision.run.rendering import job_of, make_frames
from synthvision.run.slots import Size
from synthvision.run.staging import standing_keeper
from synthvision.run.stopping import Stop
from synthvision.run.stores import open_store
from synthvision.run.summary import Progress, RunSummary

_TELL_EVERY_S = 1.0

Tell = Callable[[Progress], bool]
"""Tells the driver how far a shard is, and returns whether the user wants to stop."""


@dataclass(frozen=True)
class Work:
    """What is the same for all shards of a run.

    Attributes:
        recipe, seed, renderer, device: as in ``Order``.
        out: folder that all nodes see, or URL.
        cpus: threads for a worker.
        on_gpu: whether it has a GPU.
    """

    recipe: Recipe
    seed: int
    out: str
    renderer: RendererName
    device: str
    cpus: int
    on_gpu: bool

    def order(self, frames: range) -> Order:
        """Return the order of a shard."""
        return Order(self.recipe, len(frames), frames.start, self.seed, 1, self.device, self.renderer)


class ShardMaker(Closing):
    """Makes one shard after another with the same worker, which keeps its Blender and all that it has loaded."""

    def __init__(self, work: Work, neighbours: int) -> None:
        """Begin without a worker; ``neighbours`` share the memory of this machine with it, itself among them."""
        threads = work.cpus if work.on_gpu else 0
        self._work, self._stop = work, Stop()
        self._size = Size(1, work.cpus, threads, on_gpus=1, ceiling_bytes=ceiling_bytes(neighbours))
        self._station: _Station | None = None

    def make(self, frames: range, tell: Tell) -> RunSummary | CannotWork:
        """Make a shard of which no frame is finished, and return how that went.

        An error that no other frame would be spared is ``CannotWork``; the next shard begins with a new worker then.
        """
        news = _News(tell, self._stop)
        try:
            order = self._work.order(frames)
            with news:
                station = self._station = self._station or _Station(self._work, order, self._size, self._stop)
                return station.make(order, self._size, self._stop, news.note)
        except SynthvisionError as error:
            self.close()
            return CannotWork(type(error).__name__, str(error))

    def close(self) -> None:
        """End the worker; what is not committed is lost."""
        station, self._station = self._station, None
        if station is not None:
            station.close()


class _Station(Closing):
    """A staging folder, and the crew of one that writes there."""

    def __init__(self, work: Work, order: Order, size: Size, stop: Stop) -> None:
        with ExitStack() as stack:
            self._keeper = stack.enter_context(standing_keeper(order, open_store(work.out), frozenset()))
            self._crew = stack.enter_context(Crew(job_of(order, self._keeper.folder.absolute()), size, stop))
            self._held = stack.pop_all()

    def make(self, order: Order, size: Size, stop: Stop, watch: Callable[[Progress], None]) -> RunSummary:
        summary = make_frames(order, self._keeper, stop, watch, size=size, crew=self._crew)
        self._keeper.put_log(f"{COMMITS}/run_log-{order.start:09d}-{order.indices.stop - 1:09d}.jsonl")
        return summary

    def close(self) -> None:
        self._crew.dismiss()
        self._held.close()


class _News:
    """Tells the newest progress once a second, and asks for a stop when it hears that the user wants one."""

    def __init__(self, tell: Tell, stop: Stop) -> None:
        self._tell, self._stop = tell, stop
        self._newest: Progress | None = None
        self._ended = threading.Event()

    def note(self, progress: Progress) -> None:
        note = progress.note or (self._newest.note if self._newest else "")
        self._newest = replace(progress, note=note)

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
