"""Frames that no worker could make: set aside in the dataset with all that is needed to look into them.

::

    quarantine/000012/scene.json     the Scene, as it would have been rendered; left out where drawing it fails, too
    quarantine/000012/log.txt        why it was given up: the error, and a traceback or what the worker printed last
    quarantine/000012/command.txt    the command that makes this frame alone, in a new folder
"""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthvision.assets import AssetStore
from synthvision.dataset.disk import disk_errors, write_whole
from synthvision.dataset.layout import QUARANTINE, RECIPE
from synthvision.labels import Maps
from synthvision.object_stores import shown_path
from synthvision.run.accepting import Accepted, FrameMaker
from synthvision.run.crew import Crew, Event, FrameFailed, Patience
from synthvision.run.messages import FrameDone, Job, Ready
from synthvision.run.slots import Size
from synthvision.run.stopping import Stop
from synthvision.scene.json_form import scene_to_json

if TYPE_CHECKING:
    from synthvision.scene import Scene

_DRAWING = Patience(start_s=120.0, first_s=120.0, tries=1, starts=1)
"""A scene is drawn in a process of its own: what killed the workers may be the drawing."""


class Quarantine:
    """The frames of one dataset that were given up; ``home`` is where the dataset will lie, if not in ``folder``."""

    def __init__(self, folder: Path, job: Job, home: str | Path = "") -> None:
        self._folder = folder
        self._job = job
        self._home = home or folder

    def note(self, event: Event) -> None:
        """Set a frame aside that workers failed on, and forget one that has been made after all.

        Raises:
            DatasetError: the disk is full, or the folder cannot be written.
        """
        match event:
            case FrameDone(frame_index):
                self._release(frame_index)
            case FrameFailed(tries=tries) if tries:
                self._add(event)

    def _add(self, failed: FrameFailed) -> None:
        place = self._place(failed.frame_index)
        scene, why_not = self._draw(failed.frame_index)
        if scene:
            write_whole(place / "scene.json", scene.encode(), within=self._folder)
        log = [failed.text, failed.trace, f"the scene could not be drawn: {why_not}" if why_not else ""]
        texts = {"log.txt": "\n\n".join(filter(None, log)), "command.txt": self._command(failed.frame_index)}
        for name, text in texts.items():
            write_whole(place / name, f"{text}\n".encode(), within=self._folder)

    def _release(self, frame_index: int) -> None:
        place = self._place(frame_index)
        if place.is_dir():
            with disk_errors(place):
                shutil.rmtree(place)
                if not any(place.parent.iterdir()):
                    place.parent.rmdir()

    def _place(self, frame_index: int) -> Path:
        return self._folder / QUARANTINE / f"{frame_index:06d}"

    def _draw(self, frame_index: int) -> tuple[str, str]:
        """Return the Scene as JSON, or nothing and why."""
        job = replace(self._job, folder=None, stages=f"{__name__}:open_drawing")
        why = ""
        for event in Crew(job, Size(1), Stop(), _DRAWING).run([frame_index]):
            match event:
                case FrameDone(_, str(scene)):
                    return scene, ""
                case FrameFailed(_, text):
                    why = text
        return "", why

    def _command(self, frame_index: int) -> str:
        job = self._job
        words = ["synthvision", "render", f"{self._home}/{RECIPE}", "--out", f"frame-{frame_index:06d}"]
        words += ["--frames", "1", "--start", str(frame_index), "--seed", str(job.seed)]
        words += ["--renderer", job.renderer, "--device", job.device, "--workers", "1"]
        words += ["--files-from", shown_path(job.recipe.folder.absolute())]
        return shlex.join(words)


class DrawingStages:
    """Stages that draw a frame's scene and go no further; the product is the Scene as JSON."""

    ready = Ready("no device")

    def __init__(self, job: Job) -> None:
        self._maker = FrameMaker(job.recipe, job.seed, AssetStore(job.recipe.folder), maps=Maps())

    def accept(self, frame_index: int) -> Accepted:
        """Draw the scene."""
        return self._maker.accept(frame_index)

    def prepare(self, scene: Scene) -> None:
        """Nothing is rendered."""

    def render(self, scene: Scene) -> Scene:
        """Pass it on."""
        return scene

    def develop(self, _accepted: Accepted, scene: Scene) -> Scene:
        """Pass it on."""
        return scene

    def write(self, _accepted: Accepted, scene: Scene) -> str:
        """Return it as JSON."""
        return json.dumps(scene_to_json(scene), indent=1) + "\n"

    def close(self) -> None:
        """Nothing is held."""


def open_drawing(job: Job) -> DrawingStages:
    """Make the stages of a worker that only draws."""
    return DrawingStages(job)
