"""``scripts/benchmark --peer 'CMD'``: the same frames made by us and by another program, measured in one run.

``CMD SCENE_JSON FRAMES`` makes the first FRAMES frames of SCENE_JSON (see ``peers/scene_file.py``), with all outputs
that its ``settings`` name, into the folder ``out`` beside it, and ends with 0. If it can, it prints one line of JSON:

    {"seconds_per_frame": 1.2, "path_tracer_seconds_per_frame": 1.0, "setup_seconds": 3.4}

``seconds_per_frame``: wall seconds of a whole frame, from its scene to its files, without what is done once for all.
``path_tracer_seconds_per_frame``: of the bare render of the same scene, without any output; may be left out.
``setup_seconds``: what is done once, such as loading meshes; may be left out.
Without such a line the peer runs a second time, for one frame, and a frame costs the difference over the number of
frames by which the two runs differ.
"""

from __future__ import annotations

import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - measuring time is what this is for
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from peers.scene_file import Variant, peer_recipe, plain, write_scene_json

from synthvision.assets import AssetStore
from synthvision.recipe.model import Recipe
from synthvision.run.accepting import Accepted, FrameMaker
from synthvision.run.keeping import local_keeper
from synthvision.run.messages import FrameDone, FromWorker, Job
from synthvision.run.pipeline import Pipeline
from synthvision.run.plan import Order
from synthvision.run.stages import FrameStages
from synthvision.scene import Scene

VARIANTS = (
    Variant("1spp", 1, 120),
    Variant("4spp", 4, 40),
    Variant("32spp", 32, 8),
    Variant("32spp_denoised", 32, 8, denoise=True),
)
PATIENCE_S = 3600.0
ERROR_CHARACTERS = 500


@dataclass(frozen=True)
class Cost:
    """Seconds per frame after the setup; ``path_tracer`` is the bare render's part of it, None where nobody knows."""

    whole: float
    path_tracer: float | None = None

    @property
    def outside(self) -> float | None:
        """The rest."""
        return None if self.path_tracer is None else self.whole - self.path_tracer


def peer_figures(command: str, variants: Sequence[Variant] = VARIANTS) -> dict[str, float]:
    """Measure both sides on every variant; ends the program where the peer cannot be measured."""
    words = split_command(command)
    figures: dict[str, float] = {}
    for variant in variants:
        say(f"against the peer: {variant.name}, {variant.frames} frames")
        ours, peer = measure(words, variant)
        say(f"  ours {_told(ours)}, peer {_told(peer)}")
        figures |= figures_of(variant, ours, peer)
    return figures


def measure(words: Sequence[str], variant: Variant) -> tuple[Cost, Cost]:
    """Return our cost and the peer's for one variant: ours in two halves around the peer's, on the same scenes."""
    threads = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recipe = peer_recipe(folder, variant)
        maker = FrameMaker(recipe, 0, AssetStore(recipe.folder))
        scenes = [plain(maker.accept(frame_index).scene) for frame_index in range(variant.frames)]
        path = write_scene_json(folder / "peer", recipe, scenes, variant, threads)
        before = measure_ours(recipe, folder / "before", scenes, threads)
        peer = run_peer(words, path, variant.frames)
        after = measure_ours(recipe, folder / "after", scenes, threads)
    return _mean(before, after), peer


def figures_of(variant: Variant, ours: Cost, peer: Cost) -> dict[str, float]:
    """Return the figures of one variant."""
    name = variant.name
    figures = {f"peer_over_ours_{name}": peer.whole / ours.whole}
    # Where one side's render denoises and the other's compositor does, what is outside the render says nothing.
    if peer.outside is None or ours.outside is None or variant.denoise:
        return figures
    figures |= {f"peer_outside_ms_{name}": 1000 * peer.outside, f"ours_outside_ms_{name}": 1000 * ours.outside}
    if ours.outside > 0:  # else it is lost in the noise of the render, and a ratio would mean nothing
        figures[f"peer_outside_over_ours_{name}"] = peer.outside / ours.outside
    return figures


def _mean(one: Cost, other: Cost) -> Cost:
    return Cost((one.whole + other.whole) / 2, ((one.path_tracer or 0.0) + (other.path_tracer or 0.0)) / 2)


def _told(cost: Cost) -> str:
    bare = "" if cost.path_tracer is None else f" (bare render {cost.path_tracer:.3f} s)"
    return f"{cost.whole:.3f} s per frame{bare}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def seconds(work: Callable[[], object]) -> float:
    """Return the wall seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class PlainStages(FrameStages):
    """The stages of a worker that draws and labels each frame, and renders what the peer is told of it."""

    def __init__(self, job: Job, scenes: Sequence[Scene]) -> None:
        super().__init__(job)
        self._scenes = scenes

    def accept(self, frame_index: int) -> Accepted:
        """Draw and label the frame's scene; what it is reduced by changes no label."""
        accepted = replace(self._maker.accept(frame_index), scene=self._scenes[frame_index])
        self._renderer.load(accepted.scene)
        return accepted


def measure_ours(recipe: Recipe, folder: Path, scenes: Sequence[Scene], threads: int) -> Cost:
    """Make a whole dataset, COCO file included, in one worker's pipeline; before and after, render its scenes bare."""
    frames = len(scenes)
    with local_keeper(Order(recipe, frames), folder) as keeper:
        stages = PlainStages(Job(recipe, 0, folder, "blender", "cpu", threads=threads), scenes)
        # Meshes are loaded and the renderer is warm before the clock starts, on both sides.
        for frame_index, scene in enumerate(scenes):
            stages.accept(frame_index)
            stages.prepare(scene)
        waiting = iter(range(frames))

        def note(message: FromWorker) -> None:
            if not isinstance(message, FrameDone):
                say(f"benchmark: our own frames must all be made, got {message}")
            keeper.note(message)

        # On both sides of the whole frames, so that a machine that gets slower or faster does so for both.
        bare = bare_seconds(stages, scenes)
        whole = seconds(Pipeline(stages, lambda: next(waiting, None), note).run)
        whole += seconds(lambda: keeper.conclude(interrupted=False))
        bare = (bare + bare_seconds(stages, scenes)) / 2
        stages.close()
    return Cost(whole / frames, bare / frames)


def bare_seconds(stages: FrameStages, scenes: Sequence[Scene]) -> float:
    """Return the wall seconds in which Blender renders scenes, without those in which they are built."""
    import bpy  # noqa: PLC0415, TID251 - the bare render that whole frames are compared with

    took = 0.0
    for scene in scenes:
        stages.prepare(scene)
        took += seconds(bpy.ops.render.render)
    return took


def split_command(command: str) -> list[str]:
    """Return the words of the peer's command."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _refused(f"the command must be words as a shell has them, got {command!r} ({error})") from error
    if not words:
        raise _refused("the command must name a program, got an empty one")
    if shutil.which(words[0]) is None:
        raise _refused(f"the command must begin with a program that can be run, got '{words[0]}'")
    return words


def run_peer(words: Sequence[str], path: Path, frames: int) -> Cost:
    """Run the peer on the first ``frames`` frames and return what one costs it."""
    wall, report = _run(words, path, frames)
    if report is None:
        say("  the peer tells no seconds per frame: it runs again, for one frame, for the difference")
        wall_of_one, _ = _run(words, path, 1)
        if wall <= wall_of_one:
            raise _refused(f"{frames} frames must take longer than one, got {wall:.2f} s and {wall_of_one:.2f} s")
        return Cost((wall - wall_of_one) / (frames - 1))
    whole = _reported(report, "seconds_per_frame")
    claimed = whole * frames + (_reported(report, "setup_seconds") if "setup_seconds" in report else 0.0)
    if claimed > wall:
        raise _refused(f"all its seconds must be at most the {wall:.2f} s that its process took, got {claimed:.2f}")
    if "path_tracer_seconds_per_frame" not in report:
        return Cost(whole)
    return Cost(whole, _reported(report, "path_tracer_seconds_per_frame"))


def _run(words: Sequence[str], path: Path, frames: int) -> tuple[float, dict[str, Any] | None]:
    """Return the wall seconds of the peer's process and the line that it printed, if it did."""
    out = path.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [*words, str(path), str(frames)], capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(f"'{words[0]}' must end within {PATIENCE_S:g} s for {frames} frames") from error
    except OSError as error:
        raise _refused(f"'{words[0]}' must be a program that can be run, got {error.strerror}") from error
    wall = time.perf_counter() - started
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing")[-ERROR_CHARACTERS:]
        raise _refused(f"'{words[0]}' must end with 0, got {done.returncode}; it said: {said}")
    files = sum(1 for file in out.rglob("*") if file.is_file()) if out.is_dir() else 0
    if files < frames:
        raise _refused(f"there must be at least {frames} files in the folder out beside SCENE_JSON, got {files}")
    return wall, _report(done.stdout)


def _report(output: str) -> dict[str, Any] | None:
    """Return the last line that is a JSON object with ``seconds_per_frame``; None if there is none."""
    for line in reversed(output.splitlines()):
        if line.startswith("{") and '"seconds_per_frame"' in line:
            try:
                report = json.loads(line)
            except ValueError as error:
                raise _refused(f"its line of seconds must be JSON, got {line!r}") from error
            return dict(report)
    return None


def _reported(report: dict[str, Any], key: str) -> float:
    value = report[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and value > 0):
        raise _refused(f"{key} must be a number of seconds above 0, got {value!r}")
    return float(value)


def _refused(text: str) -> SystemExit:
    return SystemExit(f"benchmark: --peer: {text}")
