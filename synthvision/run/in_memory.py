"""Frames for scripts that want no disk."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from synthvision.errors import FrameError
from synthvision.recipe.model import Recipe
from synthvision.run.crew import Crew, FrameFailed, Patience
from synthvision.run.messages import REAL_STAGES, Frame, FrameDone, Job, RendererName
from synthvision.run.plan import Order, crew_size
from synthvision.run.stopping import Stop


def frames(
    recipe: Recipe,
    count: int,
    *,
    start: int = 0,
    seed: int | None = None,
    workers: int | None = None,
    renderer: RendererName = "blender",
    device: str = "auto",
) -> Generator[Frame, None, None]:
    """Yield frames ``start`` … ``start + count - 1`` in order.

    They are equal to the last bit to what ``render_dataset`` writes (before JPEG, where the recipe asks for that).

    Worker processes make some frames ahead of the one that is asked for; they end with the iterator. Their labels have
    all maps that cost no rays of their own (``SURFACE_MAPS``), whatever the recipe puts out; disparity and coverage
    where it does. The calling program needs no ``if __name__ == "__main__"``.

    Args:
        recipe: from ``load_recipe``.
        count: how many.
        start, seed, workers, renderer, device: as in ``render_dataset``.

    Yields:
        ``Frame`` with ``image`` (H, W, 3) uint8 sRGB, ``labels`` and ``scene``.

    Raises:
        FrameError: the frame whose turn it is cannot be made; says why.
        UsageError, DeviceError, RenderError, AssetError, RunError: as ``render_dataset``.
    """
    return made_in_order(Order(recipe, count, start, seed, workers, device, renderer))


def made_in_order(
    order: Order, *, patience: Patience | None = None, stages: str = REAL_STAGES
) -> Generator[Frame, None, None]:
    """Do what ``frames`` says."""
    job = Job(order.recipe, order.dataset_seed, None, order.renderer, order.device, stages=stages)
    crew = Crew(job, crew_size(order, order.count), Stop(), patience)
    waiting: dict[int, Frame | FrameFailed] = {}
    turn = order.start
    events = crew.run(order.missing(()))
    try:
        for event in events:
            if isinstance(event, FrameDone):
                waiting[event.frame_index] = event.product
            elif isinstance(event, FrameFailed):
                waiting[event.frame_index] = event
            for frame in _due(waiting, turn):
                turn += 1
                yield frame
    finally:
        events.close()


def _due(waiting: dict[int, Frame | FrameFailed], turn: int) -> Iterator[Frame]:
    """Take out the frames whose turn has come; raises FrameError where that is one that failed."""
    while turn in waiting:
        frame = waiting.pop(turn)
        if isinstance(frame, FrameFailed):
            raise FrameError(frame.text)
        turn += 1
        yield frame
