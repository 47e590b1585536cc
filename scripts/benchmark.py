"""What scripts/benchmark runs; see ``MEASUREMENTS`` for the figures and docs/performance.md for what they mean."""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - measuring time is what this is for
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import mean, median

import psutil
from benchmark_assets import assets
from benchmark_cluster import cluster
from benchmark_peer import bare_seconds, peer_figures

from synthvision.assets import AssetStore
from synthvision.labels import Maps
from synthvision.recipe import bundled_recipes, load_recipe
from synthvision.recipe.model import Recipe
from synthvision.run.accepting import FrameMaker
from synthvision.run.crew import Crew
from synthvision.run.messages import FrameDone, Job
from synthvision.run.pipeline import Pipeline
from synthvision.run.slots import Size
from synthvision.run.stages import FrameStages
from synthvision.run.stopping import Stop
from synthvision.sampling import SceneSampler

Figures = dict[str, float]

# A table with as many things as wanted, at the size of a typical dataset, none of them hidden from the measurement.
CROWD = """
version: 1
name: crowd
categories: [thing]
objects:
  - asset: [mug, can, carton, bottle, gear, nut, die, brick]
    category: thing
    count: {count}
    size_m: {size_m}
    place: {{on: ground, within: {{disc: {{radius_m: 0.9}}}}}}
world: {{hdri: studio}}
lights: [{{type: area, power_w: 60, position: {{at_m: [1, 1, 2]}}}}]
camera:
  resolution: [640, 480]
  fov_deg: 45
  position: {{shell: {{radius_m: [2, 2.4], elevation_deg: [35, 60]}}}}
"""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def crowd(count: int, size_m: float, *overrides: str) -> Recipe:
    """Return the recipe of a table with ``count`` things."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crowd.yaml"
        path.write_text(CROWD.format(count=count, size_m=size_m))
        return load_recipe(path, overrides)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def labels() -> Figures:
    """Milliseconds to label one frame of 10, 50 and 500 instances at 640x480, on one core."""
    figures = {}
    with one_core():
        for count, size_m, frames in ((10, 0.2, 12), (50, 0.14, 8), (500, 0.045, 3)):
            say(f"labels: {count} instances")
            recipe = crowd(count, size_m)
            store = AssetStore(recipe.folder)
            sampler, maker = SceneSampler(recipe, store, 0), FrameMaker(recipe, 0, store)
            scenes = [sampler.draw(frame_index) for frame_index in range(frames)]
            for scene in scenes:
                maker.labeller.label(scene, maps=Maps())
            took = [seconds(partial(maker.labeller.label, scene, maps=Maps())) for _ in range(3) for scene in scenes]
            figures[f"label_ms_{count}"] = 1000 * median(took)
    return figures


def maps() -> Figures:
    """Milliseconds that each map adds to the labels of one frame of 10 instances at 640x480, on one core."""
    asked = {"none": Maps(), "normals": Maps(normals=True), "object_coordinates": Maps(object_coordinates=True)}
    asked |= {"uv": Maps(uv=True), "parts": Maps(parts=True), "disparity": Maps(disparity=True)}
    asked |= {"coverage_2": Maps(coverage=2), "coverage_4": Maps(coverage=4)}
    say("maps")
    with one_core():
        recipe = crowd(10, 0.2, "camera.stereo.baseline_m=0.1")
        store = AssetStore(recipe.folder)
        sampler, maker = SceneSampler(recipe, store, 0), FrameMaker(recipe, 0, store)
        scenes = [sampler.draw(frame_index) for frame_index in range(0, 12, 2)]
        for scene in scenes:
            maker.labeller.label(scene, maps=Maps())
        took = {
            name: [seconds(partial(maker.labeller.label, one, maps=of)) for one in scenes] for name, of in asked.items()
        }
    figures = {name: 1000 * median(times) for name, times in took.items()}
    return {f"map_ms_{name}": time_ms - figures["none"] for name, time_ms in figures.items() if name != "none"}


def seconds(work: Callable[[], object]) -> float:
    """Return the wall seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def added_cost() -> Figures:
    """Whole annotated frames against the bare ``bpy.ops.render.render()`` of the same scenes, all cores."""
    figures: Figures = {}
    added = []
    for samples, frames in ((4, 20), (32, 4)):
        whole, bare = whole_and_bare(_noisy(samples, 640, 480), frames)
        figures[f"frame_over_bare_{samples}spp"] = whole / bare
        added.append(1000 * (whole - bare) / frames)
    figures["added_ms_per_frame"] = max(added)
    whole, bare = whole_and_bare(_noisy(1, 320, 240), 60, turns=3)
    figures["added_ms_1spp_320x240"] = 1000 * (whole - bare) / 60
    return figures


def _noisy(samples: int, width: int, height: int) -> Recipe:
    changes = [f"render.samples_per_pixel={samples}", "render.denoise=false", f"camera.resolution=[{width}, {height}]"]
    return load_recipe("tabletop", changes)


def whole_and_bare(recipe: Recipe, frames: int, turns: int = 1) -> tuple[float, float]:
    """Return the seconds of ``frames`` annotated frames in one worker's pipeline, and of their bare renders."""
    say(f"whole frames against bare renders: {recipe.render.samples_per_pixel} samples per pixel, {frames} frames")
    with tempfile.TemporaryDirectory() as folder:
        stages = FrameStages(Job(recipe, 0, Path(folder), "blender", "cpu", threads=len(os.sched_getaffinity(0))))
        scenes = [stages.accept(frame_index).scene for frame_index in range(frames)]
        for scene in scenes:  # meshes and textures are uploaded before the clock starts, for both sides alike
            stages.prepare(scene)
        # In turn, so that a machine that gets slower or faster does so for both.
        wholes, bares = [run_pipeline(stages, frames)], []
        for _ in range(turns):
            bares.append(bare_seconds(stages, scenes))
            wholes.append(run_pipeline(stages, frames))
        whole, bare = mean(wholes), mean(bares)
        stages.close()
    say(f"  whole {whole / frames:.3f} s, bare {bare / frames:.3f} s per frame")
    return whole, bare


def run_pipeline(stages: FrameStages, frames: int, indices: Sequence[int] = ()) -> float:
    """Make frames 0 … ``frames`` - 1, or those of so many ``indices``, and return the wall seconds."""
    waiting = iter(indices or range(frames))
    done: list[object] = []
    took = seconds(Pipeline(stages, lambda: next(waiting, None), done.append).run)
    if sum(isinstance(message, FrameDone) for message in done) != frames:
        raise SystemExit(f"benchmark: all {frames} frames must be made, got {done}")
    return took


def serial() -> Figures:
    """CPU milliseconds that the device waits for Blender to be given a frame, for each bundled recipe."""
    figures = {}
    for name in bundled_recipes():
        say(f"serial: {name}")
        stages = FrameStages(Job(load_recipe(name), 0, None, "blender", "cpu", threads=1))
        took = []
        for frame_index in range(SETTLING_FRAMES + SERIAL_FRAMES):
            scene = stages.accept(frame_index).scene
            started = time.thread_time()
            stages.prepare(scene)
            took.append(time.thread_time() - started)
        stages.close()
        figures[f"serial_ms_{name}"] = 1000 * median(took[SETTLING_FRAMES:])
    return figures


SETTLING_FRAMES, SERIAL_FRAMES = 30, 15


FRAMES_PER_CORE = 16


def workers() -> Figures:
    """Seconds of one single-threaded worker over those of one per core: same frames, after their start."""
    recipe = load_recipe("tabletop", ["render.samples_per_pixel=32", "camera.resolution=[320, 240]"])
    cores = len(os.sched_getaffinity(0))
    # Before and after the lone one, so that a machine that gets slower or faster does so for both.
    before, alone, after = (busy_seconds(recipe, count, cores) for count in (cores, 1, cores))
    return {"workers_speedup": 2 * alone / (before + after)}


def busy_seconds(recipe: Recipe, count: int, most: int) -> float:
    """Return the seconds of the frames in whose time up to ``most`` single-threaded workers are all at work."""
    frames = FRAMES_PER_CORE * most
    with tempfile.TemporaryDirectory() as folder:
        crew = Crew(Job(recipe, 0, Path(folder), "blender", "cpu"), Size(count, 1), Stop())
        times = [time.perf_counter() for event in crew.run(range(frames)) if isinstance(event, FrameDone)]
    took = times[frames - 1 - most] - times[3 * most]
    say(f"workers: {count}, {took:.1f} s")
    return took


RELIT = 8


def relight() -> Figures:
    """Images per second of a scene in eight lights over those of the same scene rendered eight times, 640x480."""
    say(f"relight: {RELIT} mixes of one path trace, and {RELIT} renders")
    mixes, one = range(RELIT), [0] * RELIT
    # Before and after the renders, so that a machine that gets slower or faster does so for both.
    before = tabletop_seconds(mixes, f"relight={RELIT}")
    renders = tabletop_seconds(one)
    after = tabletop_seconds(mixes, f"relight={RELIT}")
    return {"relight_speedup": 2 * renders / (before + after)}


def tabletop_seconds(indices: Sequence[int], *overrides: str) -> float:
    """Return the seconds that these frames take in one worker's pipeline on all cores, preset ``standard``."""
    recipe = load_recipe("tabletop", ["camera.resolution=[640, 480]", *overrides])
    with tempfile.TemporaryDirectory() as folder:
        stages = FrameStages(Job(recipe, 0, Path(folder), "blender", "cpu", threads=len(os.sched_getaffinity(0))))
        # Meshes and textures are uploaded before the clock starts.
        stages._renderer.show(stages.accept(0).scene)  # noqa: SLF001 - a measurement of its inside
        took = run_pipeline(stages, len(indices), indices)
        stages.close()
    say(f"  {' '.join(overrides) or 'renders'}: {took:.1f} s")
    return took


SMALL_FRAMES = 5_000


def memory() -> Figures:
    """Resident memory of a worker at frame 5,000 over that at frame 100, by when it has met every asset."""
    say(f"memory: {SMALL_FRAMES} small frames")
    few = ["objects.mug.variants=2", "objects.can.variants=2", "objects.bolt.variants=2", "distractors=[]"]
    few += ["ground.material={texture: wood}", "world.hdri=studio"]
    tiny = ["render.samples_per_pixel=1", "camera.resolution=[64, 48]", "require=[]"]
    recipe = load_recipe("tabletop", [*few, *tiny])
    process = psutil.Process()
    resident: list[int] = []

    def note(message: object) -> None:
        if isinstance(message, FrameDone):
            resident.append(process.memory_info().rss)

    with tempfile.TemporaryDirectory() as folder:
        stages = FrameStages(Job(recipe, 0, Path(folder), "blender", "cpu", threads=1))
        waiting = iter(range(SMALL_FRAMES))
        Pipeline(stages, lambda: next(waiting, None), note).run()
        stages.close()
    return {"memory_growth": resident[-1] / resident[99]}


def preview() -> Figures:
    """Preview frames per second at 320x240: drawing, labels, shading and developing, one process."""
    say("preview")
    recipe = crowd(10, 0.2, "camera.resolution=[320, 240]")
    stages = FrameStages(Job(recipe, 0, None, "preview"))
    frames = 30

    def make(frame_index: int) -> None:
        accepted = stages.accept(frame_index)
        stages.write(accepted, stages.develop(accepted, stages.render(accepted.scene)))

    for frame_index in range(frames):
        make(frame_index)
    took = seconds(lambda: [make(frame_index) for frame_index in range(frames, 2 * frames)])
    return {"preview_fps": frames / took}


COCO_FRAMES = 200_000


def coco() -> Figures:
    """Seconds and peak megabytes of assembling a COCO file of 10⁶ made-up annotations, in a process of its own."""
    say(f"COCO: {COCO_FRAMES} frame lines")
    with tempfile.TemporaryDirectory() as folder:
        make_up_lines(Path(folder))
        done = subprocess.run(
            [sys.executable, __file__, "--assemble", folder], check=True, capture_output=True, text=True
        )
    took, peak = json.loads(done.stdout)
    return {"coco_seconds": took, "coco_peak_mb": peak}


def make_up_lines(folder: Path) -> None:
    """Make a dataset of 200,000 frame lines out of eight real frames."""
    from synthvision import render_dataset  # noqa: PLC0415 - only here

    recipe = crowd(5, 0.2, "camera.resolution=[160, 120]")
    render_dataset(recipe, folder, frames=8, renderer="preview")
    journal = folder / "frames.jsonl"
    templates = [json.loads(line) for line in journal.read_text().splitlines()]
    with journal.open("w") as lines:
        for frame_index in range(COCO_FRAMES):
            line = templates[frame_index % len(templates)]
            line["frame_index"] = frame_index
            lines.write(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n")


def assemble(folder: Path) -> None:
    """Assemble the COCO file and print [seconds, peak megabytes]; runs in a process of its own."""
    from synthvision.formats import write_coco  # noqa: PLC0415 - only here

    gc.collect()
    took = seconds(lambda: write_coco(folder))
    print(json.dumps([took, peak_mb()]))


def peak_mb() -> float:
    """Return the most that this process has had in memory; getrusage would count what its parent had, too."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


MEASUREMENTS: Sequence[Callable[[], Figures]] = (
    labels,
    maps,
    preview,
    assets,
    coco,
    added_cost,
    serial,
    relight,
    memory,
    workers,
    cluster,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [measurement.__name__ for measurement in MEASUREMENTS]
    parser.add_argument("--only", choices=names, action="append", help="measure only this; may be repeated")
    parser.add_argument("--peer", metavar="CMD", help="only compare with a program: CMD SCENE_JSON FRAMES")
    parser.add_argument("--assemble", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.assemble:
        assemble(arguments.assemble)
        return
    figures: Figures = {}
    for measurement in MEASUREMENTS:
        if measurement.__name__ in (arguments.only or ([] if arguments.peer is not None else names)):
            figures |= measurement()
    if arguments.peer is not None:
        figures |= peer_figures(arguments.peer)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
