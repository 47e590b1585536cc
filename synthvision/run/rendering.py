"""A recipe in, a dataset out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from synthvision.errors import UsageError
from synthvision.recipe.model import Recipe
from synthvision.run.crew import Crew, Patience
from synthvision.run.keeping import Keeper, local_keeper
from synthvision.run.messages import REAL_STAGES, Job, RendererName
from synthvision.run.plan import Order, crew_size
from synthvision.run.quarantine import Quarantine
from synthvision.run.run_log import RunLog
from synthvision.run.shards import Shard
from synthvision.run.slots import Size
from synthvision.run.stopping import Stop, stop_on_signals
from synthvision.run.stores import is_url, local_folder, open_store
from synthvision.run.summary import Interrupted, Progress, RunSummary
from synthvision.run.tally import Tally
from synthvision.run.trace import Trace

if TYPE_CHECKING:
    from synthvision.run.cluster.engine import Cluster

Watcher = Callable[[Progress], None]


def render_dataset(
    recipe: Recipe,
    out: str | Path,
    *,
    frames: int,
    start: int = 0,
    seed: int | None = None,
    workers: int | None = None,
    device: str = "auto",
    renderer: RendererName = "blender",
    shard: Shard | None = None,
    per_gpu: int | None = None,
    trace: str | Path | None = None,
    cluster: Cluster | None = None,
    progress: Watcher | None = None,
) -> RunSummary:
    """Render frames ``start`` … ``start + frames - 1`` of a recipe into the dataset folder ``out``.

    Frames that are in the folder already are not made again, so the same call continues after whatever stopped it. The
    dataset's bytes do not depend on the number of workers, their order, or interruptions, but for ``run_log.jsonl``.
    The work is done by processes that do not import the calling program: it needs no ``if __name__ == "__main__"``.

    Args:
        recipe: from ``load_recipe``.
        out: folder; new, empty, or one that holds the same dataset. Or the URL of one on an object store, such as
            ``s3://bucket/folder`` (extra ``synthvision[cloud]``): frames then count when they are committed there, some
            dozens at a time; with ``shard``, run it once more without when all shards are there, to write the index.
        frames: how many, counted from ``start``.
        start: the first.
        seed: of the dataset; None for the recipe's own. 0 is a seed like any other.
        workers: processes; None for one per core on the CPU, and ``per_gpu`` on each GPU.
        device: ``auto``, ``cpu``, ``cuda``, ``optix``, ``hip``, ``oneapi``, ``metal``, or one of several as ``cuda:1``.
        renderer: ``blender`` or ``preview``.
        shard: make only this part of the frames; ``synthvision merge`` joins the folders of all shards.
        per_gpu: workers on each GPU, 1 by default; more keep a GPU busy where drawing a frame takes the CPU long.
        trace: a file for what every worker did when, as ``about:tracing`` and Perfetto show it.
        cluster: a Ray cluster to render on (extra ``synthvision[ray]``); ``workers`` is then how many there may be in
            all. ``out`` must be a folder that all nodes see, or a URL, and the recipe's files must lie at the same path
            on all nodes.
        progress: called with the state of the run whenever that changes.

    Returns:
        How it went. Frames that cannot be made are in ``failures``; they do not stop the run.

    Raises:
        UsageError: an impossible argument.
        DeviceError: the device is not there; says what is.
        DatasetError: the folder belongs to something else or to another recipe or seed, another run writes there,
            the disk is full or cannot be written. What was finished is kept.
        RunError: workers cannot be started.
        Interrupted: Ctrl-C or SIGTERM, after the dataset was brought into order; a KeyboardInterrupt.
    """
    order = Order(recipe, frames, start, seed, workers, device, renderer, per_gpu, shard)
    watch = progress or (lambda _: None)
    with stop_on_signals() as stop:
        if cluster is not None:
            summary = _on_cluster(cluster, order, str(out), stop, watch, trace)
        else:
            with _staged(order, str(out)) if is_url(out) else local_keeper(order, local_folder(out)) as keeper:
                summary = make_frames(order, keeper, stop, watch, trace=None if trace is None else Path(trace))
    if summary.interrupted:
        raise Interrupted(summary)
    return summary


def _on_cluster(
    cluster: Cluster, order: Order, out: str, stop: Stop, watch: Watcher, trace: str | Path | None
) -> RunSummary:
    from synthvision.run.cluster.engine import carry_out_on  # noqa: PLC0415 - most runs need no cluster

    for option, given in (("trace", trace), ("per_gpu", order.per_gpu), ("shard", order.shard)):
        if given is not None:
            raise UsageError(f"{option}: it must be left out with a cluster, got '{given}'")
    return carry_out_on(cluster, order, out, stop, watch)


def _staged(order: Order, url: str) -> AbstractContextManager[Keeper]:
    from synthvision.run.staging import staged_keeper  # noqa: PLC0415 - most runs need no store

    return staged_keeper(order, open_store(url), index=order.shard is None)


def carry_out(
    order: Order,
    folder: Path,
    stop: Stop,
    watch: Watcher,
    *,
    patience: Patience | None = None,
    stages: str = REAL_STAGES,
    trace: Path | None = None,
) -> RunSummary:
    """Do what ``render_dataset`` says in a folder, with a wish to stop that anyone may utter."""
    with local_keeper(order, folder) as keeper:
        return make_frames(order, keeper, stop, watch, patience=patience, stages=stages, trace=trace)


def make_frames(
    order: Order,
    keeper: Keeper,
    stop: Stop,
    watch: Watcher,
    *,
    patience: Patience | None = None,
    stages: str = REAL_STAGES,
    trace: Path | None = None,
    size: Size | None = None,
    crew: Crew | None = None,
) -> RunSummary:
    """Make the frames of an order that its keeper does not have yet, with a crew of this size or one that fits here.

    A ``crew`` that is given must be of that size and do the job of ``job_of``; it stays for other orders.
    """
    folder = keeper.folder.absolute()
    with RunLog(folder) as log, Trace(trace) if trace else nullcontext() as spans:
        before = order.finished(keeper)
        size = size or crew_size(order, len(order.indices) - before)
        log.begin(order, size, keeper.manifest.versions)
        tally = Tally(len(order.indices), before, order.recipe.require)
        job = job_of(order, folder, stages)
        quarantine = Quarantine(folder, job, "" if keeper.name == keeper.folder else keeper.name)
        watch(tally.progress())
        frames = keeper.handed_out(order.missing(keeper))
        for event in crew.work(frames) if crew else Crew(job, size, stop, patience).run(frames):
            keeper.note(event)
            quarantine.note(event)
            log.note(event)
            tally.note(event)
            if spans is not None:
                spans.note(event)
            watch(tally.progress())
        keeper.conclude(interrupted=tally.summary(keeper.name, interrupted=bool(stop.wishes)).interrupted)
        summary = tally.summary(keeper.name, interrupted=bool(stop.wishes))
        log.end(summary)
    return summary


def job_of(order: Order, folder: Path, stages: str = REAL_STAGES) -> Job:
    """Return what the workers of an order are to do with each of its frames."""
    return Job(order.recipe, order.dataset_seed, folder, order.renderer, order.device, stages=stages)
