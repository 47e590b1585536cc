"""Which frames are to be made, and by how many workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from synthvision.errors import RenderError, UsageError, did_you_mean
from synthvision.recipe.model import Recipe
from synthvision.run.crew import Size
from synthvision.run.machine import available_memory_bytes, may_have_gpu, usable_cores
from synthvision.run.messages import RENDERERS, RendererName

_WORKER_BYTES = 1_200_000_000
"""What one worker may need: Blender with a scene of some real models at 640x480 was measured at 0.6 GB."""


class FinishedFrames(Protocol):
    """Frames that are done, such as a dataset's journal."""

    def __contains__(self, frame_index: int, /) -> bool: ...


@dataclass(frozen=True)
class Order:
    """Frames that a user asks for: ``count`` frames from ``start``, of one recipe and seed, and with what to make them.

    ``seed`` None is the recipe's own; ``workers`` None is as many as the machine bears.
    """

    recipe: Recipe
    count: int
    start: int = 0
    seed: int | None = None
    workers: int | None = None
    device: str = "auto"
    renderer: RendererName = "blender"

    def __post_init__(self) -> None:
        """Refuse impossible orders; raises UsageError, or RenderError where Blender is wanted and not installed."""
        _at_least("frames", self.count, 1)
        _at_least("start", self.start, 0)
        if self.workers is not None:
            _at_least("workers", self.workers, 1)
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

    def missing(self, finished: FinishedFrames) -> Iterator[int]:
        """Yield the frames that are still to be made, ascending."""
        return (index for index in range(self.start, self.start + self.count) if index not in finished)

    def finished(self, finished: FinishedFrames) -> int:
        """Count the frames of this order that are done."""
        return sum(index in finished for index in range(self.start, self.start + self.count))


def _at_least(what: str, value: int, least: int) -> None:
    if value < least:
        raise UsageError(f"{what}: number must be at least {least}, got {value}")


def crew_size(order: Order, missing: int) -> Size:
    """Return how many workers make ``missing`` frames, with how many threads each.

    On the CPU one single-threaded worker per core makes the most of them, where memory allows; a GPU is for one worker.
    """
    cores = usable_cores()
    if order.workers is not None:
        return Size(order.workers, max(1, cores // order.workers))
    memory = available_memory_bytes()
    bearable = cores if memory is None else max(1, memory // _WORKER_BYTES)
    workers = max(1, min(cores, bearable, missing))
    on_cpu = Size(workers, max(1, cores // workers))
    if order.renderer == "preview" or order.device == "cpu":
        return on_cpu
    if order.device != "auto":
        return Size(1, cores)
    return Size(workers, on_cpu.threads, scout_threads=cores) if may_have_gpu() else on_cpu
