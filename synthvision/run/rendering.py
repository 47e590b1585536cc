"""A recipe in, a dataset out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from synthvision.dataset.opening import open_dataset
from synthvision.formats import write_coco
from synthvision.recipe.model import Recipe
from synthvision.run.crew import Crew, Patience
from synthvision.run.messages import REAL_STAGES, FrameDone, Job, RendererName
from synthvision.run.plan import Order, crew_size
from synthvision.run.quarantine import Quarantine
from synthvision.run.run_log import RunLog
from synthvision.run.shards import Shard
from synthvision.run.stopping import Stop, stop_on_signals
from synthvision.run.summary import Interrupted, Progress, RunSummary
from synthvision.run.sweeping import sweep
from synthvision.run.tally import Tally
from synthvision.run.trace import Trace

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
    progress: Watcher | None = None,
) -> RunSummary:
    """Render frames ``start`` … ``start + frames - 1`` of a recipe into the dataset folder ``out``.

    Frames that are in the folder already are not made again, so the same call continues after whatever stopped it. The
    dataset's bytes do not depend on the number of workers, their order, or interruptions, but for ``run_log.jsonl``.
    The work is done by processes that do not import the calling program: it needs no ``if __name__ == "__main__"``.

    Args:
        recipe: from ``load_recipe``.
        out: folder; new, empty, or one that holds the same dataset.
        frames: how many, counted from ``start``.
        start: the first.
        seed: of the dataset; None for the recipe's own. 0 is a seed like any other.
        workers: processes; None for one per core on the CPU, and ``per_gpu`` on each GPU.
        device: ``auto``, ``cpu``, ``cuda``, ``optix``, ``hip``, ``oneapi``, ``metal``, or one of several as ``cuda:1``.
        renderer: ``blender`` or ``preview``.
        shard: make only this part of the frames; ``synthvision merge`` joins the folders of all shards.
        per_gpu: workers on each GPU, 1 by default; more keep a GPU busy where drawing a frame takes the CPU long.
        trace: a file for what every worker did when, as ``about:tracing`` and Perfetto show it.
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
    with stop_on_signals() as stop:
        summary = carry_out(
            order, Path(out), stop, progress or (lambda _: None), trace=None if trace is None else Path(trace)
        )
    if summary.interrupted:
        raise Interrupted(summary)
    return summary


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
    """Do what ``render_dataset`` says, with a wish to stop that anyone may utter."""
    with (
        open_dataset(folder, order.recipe, order.dataset_seed, order.renderer) as dataset,
        RunLog(folder) as log,
        Trace(trace) if trace else nullcontext() as spans,
    ):
        before = order.finished(dataset.journal)
        size = crew_size(order, len(order.indices) - before)
        log.begin(order, size, dataset.manifest.versions)
        tally = Tally(len(order.indices), before, order.recipe.require)
        job = Job(order.recipe, order.dataset_seed, folder.absolute(), order.renderer, order.device, stages=stages)
        quarantine = Quarantine(folder.absolute(), job)
        watch(tally.progress())
        for event in Crew(job, size, stop, patience).run(order.missing(dataset.journal)):
            if isinstance(event, FrameDone):
                dataset.journal.append(event.product)
            quarantine.note(event)
            log.note(event)
            tally.note(event)
            if spans is not None:
                spans.note(event)
            watch(tally.progress())
        sweep(folder, dataset.journal)
        dataset.journal.finish()
        write_coco(folder)
        summary = tally.summary(folder, interrupted=bool(stop.wishes))
        log.end(summary)
    return summary
