"""The inside of a worker: the stages of neighbouring frames run beside each other.

While the main thread renders one frame (Blender lets go of Python's lock meanwhile), one thread draws and labels the
next, and another develops and writes the one before. Only the main thread ever touches Blender.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from synthvision.errors import (
    AssetError,
    DatasetError,
    DeviceError,
    DeviceMemoryError,
    FrameError,
    RecipeError,
    SynthvisionError,
    UsageError,
)
from synthvision.run.machine import held_bytes
from synthvision.run.messages import CannotWork, Effort, FrameBroke, FrameDone, FrameRefused, FromWorker, Ready
from synthvision.run.spans import Span, measured

if TYPE_CHECKING:  # a worker says at once that it lives; what is heavy comes with its stages
    from synthvision.render.types import LatentImage
    from synthvision.run.accepting import Accepted
    from synthvision.run.messages import Developed
    from synthvision.scene import Scene

_T = TypeVar("_T")
_NICER, _NICEST = 10, 19
_TURN_S = 0.0005
"""For how long a thread keeps Python's lock from one that waits for it: a tenth of Python's own, because the main
thread takes it several times between two renders, and the device waits."""
_NOBODY_CAN = (DatasetError, DeviceError, RecipeError, UsageError)
_SAME_AGAIN = (FrameError, AssetError)


class Stages(Protocol):
    """What a worker does with a frame.

    ``accept`` runs in one thread, ``develop`` and ``write`` in another, the rest in the main thread.
    """

    @property
    def ready(self) -> Ready:
        """What the worker tells its parent once."""
        ...

    def accept(self, frame_index: int) -> Accepted:
        """Draw and label the frame's scene."""
        ...

    def prepare(self, scene: Scene) -> None:
        """Build it in the renderer, which is Python's work."""
        ...

    def render(self, scene: Scene) -> LatentImage:
        """Light it, which is not."""
        ...

    def develop(self, accepted: Accepted, latent: LatentImage) -> Developed:
        """Make the picture as the sensor sees it."""
        ...

    def write(self, accepted: Accepted, picture: Developed) -> Any:
        """Write the frame where a folder is given, and return what the parent is to have."""
        ...

    def close(self) -> None:
        """Give back what the stages hold."""
        ...


@dataclass(frozen=True)
class _Rendered:
    accepted: Accepted
    latent: LatentImage
    spans: list[Span]


class Pipeline:
    """Takes frame indices from ``next_frame`` until that is None, and reports each once."""

    def __init__(
        self, stages: Stages, next_frame: Callable[[], int | None], report: Callable[[FromWorker], None]
    ) -> None:
        self._stages = stages
        self._next_frame = next_frame
        self._report = report
        self._accepted: Queue[Accepted | None] = Queue(maxsize=1)
        self._rendered: Queue[_Rendered | None] = Queue(maxsize=1)
        # Clear from the end of one render to the beginning of the next. The other threads begin nothing then: they
        # would fight the main thread for Python's lock and delay the render, beside which there is time for them.
        self._others_may_begin = threading.Event()
        self._others_may_begin.set()

    def run(self) -> None:
        """Work until there are no more frames. Call it from the main thread."""
        sys.setswitchinterval(_TURN_S)
        accepting = threading.Thread(target=self._accept_all, name="accepting", daemon=True)
        finishing = threading.Thread(target=self._finish_all, name="finishing", daemon=True)
        accepting.start()
        finishing.start()
        self._render_all()
        finishing.join()

    def _accept_all(self) -> None:
        yield_to_renderer()
        while (frame_index := self._next_frame()) is not None:
            self._others_may_begin.wait()
            accepted = self._attempt(frame_index, self._stages.accept, frame_index)
            if accepted is not None:
                self._accepted.put(accepted)
        self._accepted.put(None)

    def _render_all(self) -> None:
        while (accepted := self._next_accepted()) is not None:
            spans = list(accepted.spans)
            latent = self._attempt(accepted.scene.frame_index, self._render, accepted.scene, spans)
            if latent is not None:
                self._hand_on(_Rendered(accepted, latent, spans))
        self._hand_on(None)
        self._others_may_begin.set()

    def _hand_on(self, rendered: _Rendered | None) -> None:
        """Give a frame to the finishing thread; while that has no room for it, the others may begin."""
        try:
            self._rendered.put_nowait(rendered)
        except Full:
            self._others_may_begin.set()
            self._rendered.put(rendered)

    def _next_accepted(self) -> Accepted | None:
        """Return the next frame to render, None after the last; while there is none yet, the others may begin."""
        try:
            return self._accepted.get_nowait()
        except Empty:
            self._others_may_begin.set()
            return self._accepted.get()

    def _render(self, scene: Scene, spans: list[Span]) -> LatentImage:
        with measured(spans, "prepare"):
            self._stages.prepare(scene)
        self._others_may_begin.set()
        with measured(spans, "render"):
            latent = self._stages.render(scene)
        self._others_may_begin.clear()
        return latent

    def _finish_all(self) -> None:
        yield_to_renderer()
        for rendered in iter(self._rendered.get, None):
            self._others_may_begin.wait()
            self._attempt(rendered.accepted.scene.frame_index, self._finish, rendered)

    def _finish(self, rendered: _Rendered) -> None:
        accepted, spans = rendered.accepted, rendered.spans
        with measured(spans, "sensor"):
            picture = self._stages.develop(accepted, rendered.latent)
        with measured(spans, "write"):
            product = self._stages.write(accepted, picture)
        scene = accepted.scene
        effort = Effort(tuple(spans), os.getpid(), held_bytes())
        self._report(
            FrameDone(scene.frame_index, product, scene.attempt + 1, accepted.refusals, accepted.misplaced, effort)
        )

    def _attempt(self, frame_index: int, stage: Callable[..., _T], *arguments: Any) -> _T | None:
        """Run one stage of one frame. A refused frame is None; after anything worse this process ends."""
        try:
            return stage(*arguments)
        except _SAME_AGAIN as error:
            self._report(FrameRefused(frame_index, str(error)))
            return None
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent decides
            self._end(frame_index, error)

    def _end(self, frame_index: int, error: BaseException) -> NoReturn:
        try:
            self._report(verdict(frame_index, error))
        finally:
            os._exit(1)  # other threads may be in the middle of a render: there is nothing to wait for


def yield_to_renderer() -> None:
    """Let the calling thread have what the renderer's threads leave of the cores, where threads have priorities.

    Rendering is work in lockstep: a thread that is held up holds up the others, too.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(now + _NICER, _NICEST))


def verdict(frame_index: int, error: BaseException) -> FromWorker:
    """Say what an error in a stage means for the run."""
    if isinstance(error, _NOBODY_CAN):
        return CannotWork(type(error).__name__, str(error))
    if isinstance(error, SynthvisionError):
        return FrameBroke(frame_index, str(error), device_full=isinstance(error, DeviceMemoryError))
    trace = "".join(traceback.format_exception(error))
    return FrameBroke(frame_index, f"frame {frame_index}: {type(error).__name__}: {error}", trace)
