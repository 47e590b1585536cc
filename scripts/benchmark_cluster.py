"""What a run on a Ray cluster costs against workers of this machine on the same cores; see scripts/benchmark."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from synthvision import render_dataset
from synthvision.dataset.layout import RUN_LOG
from synthvision.recipe import load_recipe
from synthvision.recipe.model import Recipe
from synthvision.run.cluster.engine import Cluster
from synthvision.run.cluster.ledger import SHARD_S
from synthvision.run.machine import usable_cores

_LEAST_FRAMES = 5
# Few assets, which a worker has met after some frames: in shards of seconds, meeting them would weigh as it never does.
_FEW = ["objects.mug.variants=2", "objects.can.variants=2", "objects.bolt.variants=2", "distractors=[]"]
_FEW += ["ground.material={texture: wood}", "world.hdri=studio"]


@dataclass(frozen=True)
class _Section:
    """When the frames of one crew were finished, ascending, seconds."""

    times_s: tuple[float, ...]

    @property
    def interval_s(self) -> float:
        """Seconds from frame to frame, without the first, which waits for the start."""
        return (self.times_s[-1] - self.times_s[0]) / (len(self.times_s) - 1)


def cluster(frames: int = 64, samples: int = 64, width: int = 640, height: int = 480) -> dict[str, float]:
    """Seconds per frame and core of a long run on a local Ray cluster over those of local workers, 640x480.

    Frame for frame by the clocks of the run logs, so that the start of both does not count. A shard of a long run has
    ``SHARD_S`` seconds of work; that of the cluster's shards, from the last frame of one to the first of the next on
    that core, counts with its share of it.
    """
    changes = [f"render.samples_per_pixel={samples}", "render.denoise=false", f"camera.resolution=[{width}, {height}]"]
    recipe, cores = load_recipe("tabletop", [*_FEW, *changes]), usable_cores()
    print(f"cluster: {frames} frames by {cores} local workers, then on Ray", file=sys.stderr, flush=True)
    (local,) = _sections(recipe, frames, None)
    settled = _Section(local.times_s[2 * cores :])
    shards = _sections(recipe, frames, Cluster("local"))
    frame_s = median(shard.interval_s for shard in shards if len(shard.times_s) >= _LEAST_FRAMES)
    start_s = mean(_starts_s(shards, frame_s))
    print(f"  {cores * settled.interval_s:.3f} and {frame_s:.3f} s per frame and core", file=sys.stderr, flush=True)
    return {
        "ray_over_local": frame_s / (cores * settled.interval_s) * (1 + start_s / SHARD_S),
        "ray_shard_start_s": start_s,
    }


def _sections(recipe: Recipe, frames: int, on: Cluster | None) -> list[_Section]:
    """Render and return what the run log says of each crew that made frames, by their starts."""
    with tempfile.TemporaryDirectory() as folder:
        render_dataset(recipe, folder, frames=frames, device="cpu", cluster=on)
        entries = [json.loads(line) for line in Path(folder, RUN_LOG).read_text().splitlines()]
    sections: list[list[float]] = []
    for entry in entries:
        if entry["event"] == "begin":
            sections.append([])
        elif entry["event"] == "frame":
            sections[-1].append(float(entry["unix_s"]))
    return sorted((_Section(tuple(sorted(one))) for one in sections if one), key=lambda one: one.times_s)


def _starts_s(shards: list[_Section], frame_s: float) -> list[float]:
    """Return for each shard but the first ones how long its core made no frames before it."""
    free, starts = list[float](), list[float]()
    for shard in shards:
        before = [ended for ended in free if ended < shard.times_s[0]]
        if before:
            free.remove(max(before))
            starts.append(shard.times_s[0] - max(before) - frame_s)
        free.append(shard.times_s[-1])
    return starts
