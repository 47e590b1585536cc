"""Stages for workers under test: no scene, no light, but the same faults as the real ones.

What must happen once only is remembered in the job's folder, because the worker that did it is gone.
"""

from __future__ import annotations

import os
import signal
import time  # noqa: TID251 - tests of stalls
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvision.errors import DatasetError, DeviceError, DeviceMemoryError, RejectedError, RenderError
from synthvision.run.messages import Job, Ready
from synthvision.run.spans import Span


@dataclass(frozen=True)
class FakeScene:
    frame_index: int
    attempt: int = 2


@dataclass(frozen=True)
class FakeAccepted:
    scene: FakeScene
    refusals: tuple[int, ...] = (2,)
    misplaced: Mapping[str, int] = field(default_factory=dict)
    spans: tuple[Span, ...] = (Span("sampling", 1.0, 1.25), Span("labels", 1.25, 1.75))


class FakeStages:
    def __init__(self, job: Job) -> None:
        self.folder = job.folder or Path()
        self.ready = Ready("fake")

    def prepare(self, scene: FakeScene) -> None:
        pass

    def once(self, name: str) -> bool:
        """Whether this is the first time in any worker."""
        try:
            (self.folder / f"{name}.once").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def accept(self, frame_index: int) -> FakeAccepted:
        with (self.folder / "accepted").open("a") as stream:
            stream.write(f"{os.getpid()} {frame_index}\n")
        return FakeAccepted(FakeScene(frame_index))

    def render(self, scene: FakeScene) -> int:
        return scene.frame_index * 10

    def develop(self, _accepted: FakeAccepted, radiance: int) -> int:
        return radiance

    def write(self, _accepted: FakeAccepted, image: int) -> Any:
        return image + 1

    def close(self) -> None:
        (self.folder / f"closed-{os.getpid()}").touch()


class Slow(FakeStages):
    def render(self, scene: FakeScene) -> int:
        time.sleep(0.05)
        return super().render(scene)


class TracesForThree(FakeStages):
    """Frames 0, 3, 6 … take long, the two after each no time."""

    def render(self, scene: FakeScene) -> int:
        time.sleep(1.5 if scene.frame_index % 3 == 0 else 0.0)
        return super().render(scene)


class KilledOnce(FakeStages):
    """Frame 3 kills its worker the first time."""

    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 3 and self.once("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().render(scene)


class Poisoned(FakeStages):
    """Frame 3 kills every worker, after saying something."""

    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 3:
            print("last words of a worker", flush=True)  # noqa: T201 - as Blender does
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().render(scene)


class OutOfMemoryOnce(FakeStages):
    def write(self, accepted: FakeAccepted, image: int) -> Any:
        if accepted.scene.frame_index == 2 and self.once("memory"):
            raise MemoryError("no room for 1 GB")
        return super().write(accepted, image)


class StallsOnce(FakeStages):
    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 1 and self.once("stalled"):
            time.sleep(600)
        return super().render(scene)


class StallsAlways(FakeStages):
    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 1:
            time.sleep(600)
        return super().render(scene)


class Refuses(FakeStages):
    def accept(self, frame_index: int) -> FakeAccepted:
        accepted = super().accept(frame_index)
        if frame_index == 1:
            raise RejectedError("frame 1: no attempt meets every rule")
        return accepted


class RendersBadly(FakeStages):
    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 1:
            raise RenderError("frame 1: Blender must render without errors, got: Error: it is Monday")
        return super().render(scene)


class DiskFull(Slow):
    def write(self, accepted: FakeAccepted, image: int) -> Any:
        if accepted.scene.frame_index == 2:
            raise DatasetError("images/000002.png: disk must have room for this file, got 'No space left on device'")
        return super().write(accepted, image)


class Unready(FakeStages):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        print("no way to start", flush=True)  # noqa: T201 - as Blender does
        os._exit(7)


class NoSuchDevice(FakeStages):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        raise DeviceError("device: it must be one that this machine has (cpu), got 'cuda'")


class Bug(FakeStages):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        raise ZeroDivisionError("a bug")


class Gpu(FakeStages):
    """Says how many threads it was given."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.ready = Ready(f"cuda:0 ({job.threads} threads)", ("cuda:0",))


class NoGpu(FakeStages):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.ready = Ready(f"cpu ({job.threads} threads)")


class TwoGpus(FakeStages):
    """A host of two GPUs; the product says which one a frame was made on."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        own = job.device if ":" in job.device else "cuda:0"
        all_gpus = (own,) if ":" in job.device else ("cuda:0", "cuda:1")
        self.ready = Ready(f"{own} ({job.threads} threads)", all_gpus)
        self.own = own
        self.tile_px = job.tile_px
        (self.folder / f"{os.getpid()}.started").touch()

    def render(self, scene: FakeScene) -> int:
        """Wait until there are two workers, so that one cannot make all frames before the other has begun."""
        end = time.monotonic() + 60
        while len(list(self.folder.glob("*.started"))) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.01)
        return super().render(scene)

    def write(self, _accepted: FakeAccepted, _image: int) -> Any:
        return self.own, self.tile_px


class SmallGpus(TwoGpus):
    """Each GPU has too little memory for whole pictures, and once for two workers in tiles."""

    def render(self, scene: FakeScene) -> int:
        if not self.tile_px or self.once(f"{self.own}.crowded"):
            raise DeviceMemoryError(f"frame {scene.frame_index}: System is out of GPU memory")
        return super().render(scene)


class NoGpuIsLargeEnough(TwoGpus):
    """Frame 1 fits into no memory."""

    def render(self, scene: FakeScene) -> int:
        if scene.frame_index == 1:
            raise DeviceMemoryError("frame 1: System is out of GPU memory")
        return super().render(scene)


class Leaks(FakeStages):
    """Keeps 20 MB of each frame."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.kept: list[bytes] = []

    def write(self, accepted: FakeAccepted, image: int) -> Any:
        self.kept.append(bytes([1]) * 20_000_000)
        return super().write(accepted, image)
