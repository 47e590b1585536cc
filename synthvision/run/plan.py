"""Which frames are to be made, and by how many workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from synthvision.errors import RenderError, UsageError, did_you_mean
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import frames_per_scene
from synthvision.run.machine import available_memory_bytes, may_have_gpu, usable_cores
from synthvision.run.messages import RENDERERS, RendererName
from synthvision.run.shards import Shard
from synthvision.run.slots import Size

_WORKER_BYTES = 1_200_000_000
"""What one worker may need: Blender with a scene of some real models at 640x480 was measured at 0.6 GB."""

_MEMORY_SHARE = 0.9
"""Of the memory that is free when a run begins, that its workers may hold together."""


class FinishedFrames(Protocol):
    """Frames that are done, such as a dataset's journal."""

    def __contains__(self, frame_index: int, /) -> bool: ...


@dataclass(frozen=True)
class Order:
    """Frames that a user asks for: ``count`` frames from ``start``, of one recipe and seed, and with what to make them.

    ``seed`` None is the recipe's own; ``workers`` None is as many as the machine bears, or ``per_gpu`` on each GPU;
    of a ``shard`` only its part of the frames is made.
    """

    recipe: Recipe
    count: int
    start: int = 0
    seed: int | None = None
    workers: int | None = None
    device: str = "auto"
    renderer: RendererName = "blender"
    per_gpu: int | None = None
    shard: Shard | None = None

    def __post_init__(self) -> None:
        """Refuse impossible orders; raises UsageError, or RenderError where Blender is wanted and not installed."""
        _at_least("frames", self.count, 1)
        _at_least("start", self.start, 0)
        if self.workers is not None:
            _at_least("workers", self.workers, 1)
        if self.per_gpu is not None:
            _at_least("per_gpu", self.per_gpu, 1)
            if self.workers is not None:
                raise UsageError("per_gpu: there must be no number of workers beside it, got both; leave one out")
        if self.renderer not in RENDERERS:
            raise UsageError(
                f"renderer: name must be one of {', '.join(RENDERERS)}, got '{self.renderer}'"
                f"{did_you_mean(self.renderer, RENDERERS)}"
            )
        if self.renderer == "preview" and self.device not in {"auto", "cpu"}:
            raise UsageError(f"device: it must be auto or cpu for the preview renderer, got '{self.device}'")
        if self.renderer == "blender" and find_spec("bpy") is None:
            raise RenderError(
                "Blender: its Python module bpy must be installed, got none; install 'synthvision[blender]' on "
                "Python 3.11, or use the renderer 'preview'"
            )

    @property
    def dataset_seed(self) -> int:
        """The seed that counts."""
        return self.recipe.seed if self.seed is None else self.seed

    @property
    def views(self) -> int:
        """How many frames each scene has: those of all cameras and mixes."""
        return frames_per_scene(self.recipe)

    @property
    def indices(self) -> range:
        """The frames to be made: all that are asked for, or the shard's part of them."""
        frames = range(self.start, self.start + self.count)
        return frames if self.shard is None else self.shard.part(frames, self.views)

    def missing(self, finished: FinishedFrames) -> Iterator[int]:
        """Yield the frames that are still to be made, ascending."""
        return (index for index in self.indices if index not in finished)

    def finished(self, finished: FinishedFrames) -> int:
        """Count the frames of this order that are done."""
        return sum(index in finished for index in self.indices)


def _at_least(what: str, value: int, least: int) -> None:
    if value < least:
        raise UsageError(f"{what}: number must be at least {least}, got {value}")


def crew_size(order: Order, missing: int) -> Size:
    """Return how many workers make ``missing`` frames, with how many threads each.

    On the CPU one single-threaded worker per core makes the most of them, where memory allows; a GPU is for one worker.
    """
    cores, memory = usable_cores(), available_memory_bytes()
    bearable = cores if memory is None else max(1, memory // _WORKER_BYTES)
    workers = order.workers or max(1, min(cores, bearable, missing))
    on_cpu = order.renderer == "preview" or order.device == "cpu" or (order.device == "auto" and not may_have_gpu())
    return Size(
        workers,
        max(1, cores // workers),
        scout_threads=0 if on_cpu else cores,
        per_gpu=order.per_gpu or 1,
        on_gpus=order.workers,
        ceiling_bytes=ceiling_bytes(workers),
    )


def ceiling_bytes(workers: int) -> int:
    """Return how much each of so many workers on this machine may hold; 0 for no ceiling."""
    memory = available_memory_bytes()
    return 0 if memory is None else max(_WORKER_BYTES, int(_MEMORY_SHARE * memory) // workers)
