"""What the parent and its workers say to each other.

Parent to worker: one ``Job``, then frame indices, then None. Worker to parent: one ``Ready`` or ``CannotWork``, then
for each frame one of ``FrameDone``, ``FrameRefused`` or ``FrameBroke``, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from synthvision.run.spans import Seconds, Span

if TYPE_CHECKING:  # the parent starts without what only its workers need
    import numpy as np
    from numpy.typing import NDArray

    from synthvision.labels import Labels
    from synthvision.recipe.model import Recipe
    from synthvision.render.types import Convergence
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
        tile_px: side of the tiles that pictures are rendered in, 0 for none; changes memory, not pixels.
        stages: ``module:function`` that makes the worker's ``Stages`` from the job.
    """

    recipe: Recipe
    seed: int
    folder: Path | None
    renderer: RendererName = "blender"
    device: str = "auto"
    threads: int = 1
    tile_px: int = 0
    stages: str = REAL_STAGES


@dataclass(frozen=True)
class Ready:
    """The worker can begin.

    Attributes:
        device: what it really renders on, for people.
        gpus: the GPUs that the job's device can mean, as one asks for them (``cuda:0``), its own first; none on a CPU.
    """

    device: str
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True)
class CannotWork:
    """No worker can do this job: a device, a recipe or a disk is wrong.

    ``kind`` is the name of the error's class; ``trace`` its traceback where nobody foresaw the error.
    """

    kind: str
    text: str
    trace: str = ""


@dataclass(frozen=True, eq=False)
class Developed:
    """A picture as the sensor sees it, (H, W, 3) uint8 sRGB, and how its light came by its number of samples."""

    image: NDArray[np.uint8]
    convergence: Convergence | None


@dataclass(frozen=True, eq=False)
class Frame:
    """One finished frame in memory: ``image`` is (H, W, 3) uint8 sRGB, RGB order.

    ``convergence`` says how its number of samples was found; None where the recipe gives it.
    """

    image: NDArray[np.uint8]
    labels: Labels
    scene: Scene
    convergence: Convergence | None = None


@dataclass(frozen=True)
class Effort:
    """What a frame cost: when which stage worked on it, in which process, and how much memory that has now.

    ``held_bytes`` is 0 where the system does not tell.
    """

    spans: tuple[Span, ...]
    process: int
    held_bytes: int

    @property
    def seconds(self) -> Seconds:
        """The seconds of each stage."""
        return Seconds.of(self.spans)


@dataclass(frozen=True)
class FrameDone:
    """``product`` is the frame's ``FrameRecord``, its files in place; or, without a folder, the ``Frame`` itself.

    Attributes:
        frame_index, product, attempts: which frame, what came of it, and after how many draws.
        refusals, misplaced: those of ``Accepted``.
        effort: what it cost.
    """

    frame_index: int
    product: Any
    attempts: int
    refusals: tuple[int, ...]
    misplaced: Mapping[str, int]
    effort: Effort


@dataclass(frozen=True)
class FrameRefused:
    """The frame cannot be made from its recipe; another try would end the same."""

    frame_index: int
    text: str


@dataclass(frozen=True)
class FrameBroke:
    """The frame failed in a way that another process may not see; this worker ends.

    Attributes:
        frame_index, text: which, and why.
        trace: for the run log.
        device_full: whether it was for want of memory on the device.
    """

    frame_index: int
    text: str
    trace: str = ""
    device_full: bool = False


FromWorker = Ready | CannotWork | FrameDone | FrameRefused | FrameBroke
