"""What a run on a Ray cluster costs against workers of this machine on the same cores; see scripts/benchmark."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from synthvision import render_dataset
from synthvision.dataset.layout import RUN_LOG
from synthvision.recipe import load_recipe
from synthvision.recipe.model import Recipe
from synthvision.run.cluster.engine import Cluster
from synthvision.run.machine import usable_cores

# Few assets, which a worker has met after some frames: in runs of seconds, meeting them would weigh as it never does.
_FEW = ["objects.mug.variants=2", "objects.can.variants=2", "objects.bolt.variants=2", "distractors=[]"]
_FEW += ["ground.material={texture: wood}", "world.hdri=studio"]


def cluster(
    frames: int = 100, samples: int = 8, width: int = 200, height: int = 150, rounds: int = 2
) -> dict[str, float]:
    """Seconds of runs on a local Ray cluster over those of local workers: same recipe, frames and cores, 200x150.

    The start of neither counts: the clock of the run log runs from the frame with which every worker has made one, on
    average, to the last. Frames are many and small because at the end all workers but one wait for up to a whole frame,
    which is chance. Rounds alternate (local, Ray, Ray, local …), so that what warms up or slows down the machine meets
    both.
    """
    changes = [f"render.samples_per_pixel={samples}", "render.denoise=false", f"camera.resolution=[{width}, {height}]"]
    recipe, cores = load_recipe("tabletop", [*_FEW, *changes]), usable_cores()
    seconds: dict[str, list[float]] = {"local": [], "Ray": []}
    for turn in range(rounds):
        for name in ("local", "Ray")[:: 1 if turn % 2 == 0 else -1]:
            times_s = _finished_s(recipe, frames, Cluster("local") if name == "Ray" else None)
            seconds[name].append(settled_s(times_s, cores))
            said = f"cluster: {frames - cores} frames by {cores} workers, {name}: {seconds[name][-1]:.2f} s"
            print(said, file=sys.stderr, flush=True)
    return {
        "ray_over_local": sum(seconds["Ray"]) / sum(seconds["local"]),
        "ray_frame_s": sum(seconds["Ray"]) * cores / (rounds * (frames - cores)),
    }


def settled_s(times_s: Sequence[float], workers: int) -> float:
    """Return the seconds from the frame that is the number of workers to the last; frames finish at ``times_s``."""
    ordered = sorted(times_s)
    return ordered[-1] - ordered[workers - 1]


def _finished_s(recipe: Recipe, frames: int, on: Cluster | None) -> list[float]:
    """Render and return when each frame was finished, by the run log."""
    with tempfile.TemporaryDirectory() as folder:
        render_dataset(recipe, folder, frames=frames, device="cpu", cluster=on)
        entries = [json.loads(line) for line in Path(folder, RUN_LOG).read_text().splitlines()]
    return [float(entry["unix_s"]) for entry in entries if entry["event"] == "frame"]
