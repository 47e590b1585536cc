"""What the parent and its workers say to each other.

Parent to worker: one ``Job``, then frame indices, then None. Worker to parent: one ``Ready`` or ``CannotWork``, then
for each frame one of ``FrameDone``, ``FrameRefused`` or ``FrameBroke``, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # the parent starts without what only its workers need
    import numpy as np
    from numpy.typing import NDArray

    from synthvision.labels import Labels
    from synthvision.recipe.model import Recipe
    from synthvision.scene import Scene

RendererName = Literal["blender", "preview"]
RENDERERS: tuple[RendererName, ...] = ("blender", "preview")
REAL_STAGES = "synthvision.run.stages:open_stages"


@dataclass(frozen=True)
class Job:
    """What a worker is to do with every frame it is given.

    Attributes:
        recipe, seed: which frames these are.
        folder: dataset that finished frames are written to; None to send them back as they are.
        renderer: ``blender``, or ``preview`` for the ray-caster's own shading.
        device: as asked for on the command line.
        threads: of a CPU render.
        stages: ``module:function`` that makes the worker's ``Stages`` from the job.
    """

    recipe: Recipe
    seed: int
    folder: Path | None
    renderer: RendererName = "blender"
    device: str = "auto"
    threads: int = 1
    stages: str = REAL_STAGES


@dataclass(frozen=True)
class Ready:
    """The worker can begin. ``device`` is what it really renders on; ``on_gpu`` tells whether that is shared by all."""

    device: str
    on_gpu: bool


@dataclass(frozen=True)
class CannotWork:
    """No worker can do this job: a device, a recipe or a disk is wrong.

    ``kind`` is the name of the error's class; ``trace`` its traceback where nobody foresaw the error.
    """

    kind: str
    text: str
    trace: str = ""


@dataclass(frozen=True, eq=False)
class Frame:
    """One finished frame in memory: ``image`` is (H, W, 3) uint8 sRGB, RGB order."""

    image: NDArray[np.uint8]
    labels: Labels
    scene: Scene


@dataclass(frozen=True)
class Seconds:
    """Wall seconds that one frame spent in each stage of its worker."""

    sampling: float = 0.0
    labels: float = 0.0
    render: float = 0.0
    write: float = 0.0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(
            self.sampling + other.sampling,
            self.labels + other.labels,
            self.render + other.render,
            self.write + other.write,
        )

    @property
    def total(self) -> float:
        """All stages together."""
        return self.sampling + self.labels + self.render + self.write


@dataclass(frozen=True)
class FrameDone:
    """``product`` is the frame's ``FrameRecord``, its files in place; or, without a folder, the ``Frame`` itself.

    ``refusals`` and ``misplaced`` are those of ``Accepted``.
    """

    frame_index: int
    product: Any
    attempts: int
    refusals: tuple[int, ...]
    misplaced: Mapping[str, int]
    seconds: Seconds


@dataclass(frozen=True)
class FrameRefused:
    """The frame cannot be made from its recipe; another try would end the same."""

    frame_index: int
    text: str


@dataclass(frozen=True)
class FrameBroke:
    """The frame failed in a way that another process may not see; this worker ends. ``trace`` is for the run log."""

    frame_index: int
    text: str
    trace: str = ""


FromWorker = Ready | CannotWork | FrameDone | FrameRefused | FrameBroke
