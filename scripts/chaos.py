"""What scripts/chaos runs: a dataset rendered under random disturbances must be that of an undisturbed run."""

from __future__ import annotations

import argparse
import hashlib
import json
import random  # noqa: TID251 - what is disturbed when; no data comes of it
import resource
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - when to disturb
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psutil

from synthvision.dataset import validate
from synthvision.dataset.layout import RUN_LOG
from synthvision.errors import SynthvisionError, UsageError
from synthvision.recipe import load_recipe
from synthvision.run.cluster.engine import Cluster, carry_out_on
from synthvision.run.crew import Patience
from synthvision.run.plan import Order
from synthvision.run.rendering import carry_out
from synthvision.run.stopping import stop_on_signals

RECIPE = """
version: 1
name: chaos
categories: [brick, die]
objects:
  - {asset: brick, category: brick, variants: 1, count: {integers: [1, 2]},
     place: {on: ground, within: {disc: {radius_m: 0.06}}}}
  - {asset: die, category: die, variants: 1, count: {integers: [0, 2]},
     place: {on: ground, within: {disc: {radius_m: 0.06}}}}
lights:
  - {type: sun, irradiance_w_m2: 3, elevation_deg: {uniform: [30, 60]}}
camera:
  resolution: [48, 32]
  fov_deg: 40
  position: {shell: {radius_m: [0.25, 0.3], elevation_deg: [30, 60]}}
render: {samples_per_pixel: 1, denoise: false}
"""
STALLED = Patience(first_s=60.0, least_s=4.0, medians=20.0)
"""A worker that is stopped dead is noticed after seconds, not after minutes as in earnest."""

WORKER = "synthvision.run.worker"
"""The module that a worker runs, a word of its command line."""

HANGS_S = 300.0
"""A run that neither ends nor finishes a frame, nor can be disturbed, for so long, hangs."""

MORE_FRAMES = 40
MOST_NAMED = 20
"""Files that differ of which the names are told."""


class Watch:
    """Asked again and again whether a run goes on; ends the run and this program if it does but hangs."""

    def __init__(self, run: subprocess.Popen[bytes], folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._frames = -1
        self._since = 0.0

    def __call__(self) -> bool:
        """Return whether the run has not ended."""
        frames = finished_frames(self._folder)
        if frames != self._frames:
            self._frames, self._since = frames, time.monotonic()
        if self._run.poll() is not None:
            return False
        if time.monotonic() - self._since > HANGS_S:
            self._run.kill()
            sys.exit(f"chaos: the run hangs: for {HANGS_S:.0f} s no frame was finished after the first {frames}")
        return True


class Surroundings(Protocol):
    """What a run stands on, where that can be disturbed."""

    KINDS: Sequence[str]
    arguments: Sequence[str]

    def wait_for_moment(self, goes_on: Callable[[], bool]) -> None:
        """Wait until there is something to hit, or the run has ended."""

    def processes(self, parent: psutil.Process) -> list[psutil.Process]:
        """Return what must not outlive the run."""

    def strike(self, run: subprocess.Popen[bytes], kind: str) -> str:
        """Disturb, and return how after all."""


class LocalChaos:
    """Disturbs a run on this machine, its workers and its disk."""

    KINDS = ("kill the run", "kill a worker", "stop a worker dead", "fill the disk")
    arguments = ()

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self._folder = folder
        self._dice = dice

    def wait_for_moment(self, goes_on: Callable[[], bool]) -> None:
        """Wait until some more frames are finished, and a moment longer; sometimes only for a time."""
        if self._dice.random() < 0.25:  # noqa: PLR2004 - a quarter of the strikes hit a run that is only starting
            time.sleep(self._dice.uniform(0.0, 3.0))
            return
        wanted = finished_frames(self._folder) + self._dice.randint(1, 6)
        while finished_frames(self._folder) < wanted and goes_on():
            time.sleep(0.002)
        time.sleep(self._dice.uniform(0.0, 0.06))

    def processes(self, parent: psutil.Process) -> list[psutil.Process]:
        """Return the workers."""
        return workers_of(parent)

    def strike(self, run: subprocess.Popen[bytes], kind: str) -> str:
        """Disturb, and return how: a run without workers is killed."""
        workers = workers_of(psutil.Process(run.pid))
        if kind == "kill the run" or not workers:
            run.kill()
            run.wait()
            return "kill the run"
        if kind == "kill a worker":
            self._dice.choice(workers).kill()
        elif kind == "stop a worker dead":
            self._dice.choice(workers).suspend()
        else:
            fill_disk([psutil.Process(run.pid), *workers])
            run.wait()
        return kind


class Chaos:
    """One dataset under disturbances: those of ``around``, of which ``dice`` decides which come and when."""

    def __init__(self, folder: Path, asked: argparse.Namespace, around: Surroundings, dice: random.Random) -> None:
        self._folder = folder
        self._asked = asked
        self._around = around
        self._dice = dice
        self.frames = MORE_FRAMES
        self.done: Counter[str] = Counter()
        self._said = folder.with_suffix(".log")
        self._seen: set[psutil.Process] = set()
        self._turns: list[str] = []

    def disturb(self, count: int, seconds: float) -> None:
        """Disturb so often, or so long; whichever is reached first ends it."""
        end = time.monotonic() + seconds
        run: subprocess.Popen[bytes] | None = None
        while self.done.total() < count and time.monotonic() < end:
            if run is None or run.poll() is not None:
                run = self._start()
            self._around.wait_for_moment(Watch(run, self._folder))
            if run.poll() is None:
                self._strike(run)
            elif run.returncode == 0:
                self.frames += MORE_FRAMES  # it came to its end: there must be something to disturb
            elif run.returncode == UsageError.exit_code:
                sys.exit(f"chaos: the run must be able to start, got: {self._said.read_text()}")
        if run is not None:
            run.kill()
            run.wait()

    def orphans(self) -> int:
        """Return how many workers outlive their run by more than five seconds; those stopped dead are let go first."""
        for worker in filter(psutil.Process.is_running, self._seen):
            worker.resume()
        _, alive = psutil.wait_procs(self._seen, timeout=5)
        return len(alive)

    def finish(self) -> int:
        """Let the run come to its end and return its exit code."""
        run = self._start()
        goes_on = Watch(run, self._folder)
        while goes_on():
            time.sleep(0.05)
        return run.returncode

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, __file__, "--render", str(self._folder), "--frames", str(self.frames)]
        command += ["--renderer", self._asked.renderer, "--workers", str(self._asked.workers)]
        with self._said.open("wb") as said:
            return subprocess.Popen([*command, *self._around.arguments], stdout=said, stderr=said)

    def _strike(self, run: subprocess.Popen[bytes]) -> None:
        """Disturb in one of the ways that have not had their turn, so that all come equally often."""
        self._turns = self._turns or self._dice.sample(self._around.KINDS, len(self._around.KINDS))
        try:
            self._seen.update(self._around.processes(psutil.Process(run.pid)))
            kind = self._around.strike(run, self._turns[-1])
        except psutil.NoSuchProcess:
            return  # it has just ended by itself
        if kind == self._turns[-1]:
            self._turns.pop()
        self.done[kind] += 1
        print(f"{self.done.total()}: {kind}; {self.frames} frames asked for", file=sys.stderr, flush=True)


def workers_of(parent: psutil.Process) -> list[psutil.Process]:
    """Return the workers of a run, and nothing else that it may have started."""
    return [child for child in parent.children() if WORKER in child.cmdline()]


def fill_disk(processes: Sequence[psutil.Process]) -> None:
    """Let no file of these processes grow beyond a hundred bytes, which they are told as they are of a full disk."""
    for process in processes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))


def finished_frames(folder: Path) -> int:
    """Return how many frames are in the journal."""
    journal = folder / "frames.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def digest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file but the run log, which tells times."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != RUN_LOG)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def fate(name: str, found: Mapping[str, str], expected: Mapping[str, str]) -> str:
    """Say what became of a file that is not as it should be."""
    return "missing" if name not in found else "not in the undisturbed run" if name not in expected else "another"


def render(folder: Path, asked: argparse.Namespace, frames: int) -> int:
    """Make or continue the dataset in this process and return the exit code."""
    recipe_file = folder.parent / "chaos.yaml"
    if not recipe_file.exists():
        recipe_file.write_text(RECIPE)
    workers = None if asked.address else asked.workers
    order = Order(load_recipe(recipe_file), frames, workers=workers, renderer=asked.renderer, device="cpu")
    try:
        with stop_on_signals() as stop:
            if asked.address:
                return carry_out_on(Cluster(asked.address), order, folder, stop, lambda _: None).exit_code
            return carry_out(order, folder, stop, lambda _: None, patience=STALLED).exit_code
    except SynthvisionError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def report(folder: Path, asked: argparse.Namespace) -> dict[str, object]:
    """Disturb, finish, compare, and return what came of it."""
    disturbed, undisturbed = folder / "disturbed", folder / "undisturbed"
    dice = random.Random(asked.seed)  # noqa: S311 - as above
    with surroundings(disturbed, asked, dice) as around:
        chaos = Chaos(disturbed, asked, around, dice)
        started = time.monotonic()
        chaos.disturb(asked.disturbances, 60 * asked.minutes)
        took_s = time.monotonic() - started
        orphans, exit_code = chaos.orphans(), chaos.finish()
    render(undisturbed, asked, chaos.frames)
    found, expected = digest(disturbed), digest(undisturbed)
    differing = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    for name in differing[:MOST_NAMED]:
        print(f"{name}: {fate(name, found, expected)}", file=sys.stderr)
    return {
        "disturbances": dict(sorted(chaos.done.items())),
        "minutes": round(took_s / 60, 2),
        "frames": chaos.frames,
        "frames_lost": chaos.frames - finished_frames(disturbed),
        "files_that_differ": len(differing),
        "faults": len(validate(disturbed)),
        "workers_left_over": orphans,
        "exit_code": exit_code,
    }


@contextmanager
def surroundings(folder: Path, asked: argparse.Namespace, dice: random.Random) -> Iterator[Surroundings]:
    """Return what the run stands on: this machine, or a Ray cluster of several nodes on it."""
    if not asked.cluster:
        yield LocalChaos(folder, dice)
        return
    from chaos_cluster import ClusterChaos  # noqa: PLC0415 - Ray is an extra

    with ClusterChaos(asked.workers, dice) as nodes:
        yield nodes


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long to disturb at most")
    parser.add_argument("--disturbances", type=int, default=10**9, help="how often at most")
    parser.add_argument("--renderer", choices=("preview", "blender"), default="preview")
    parser.add_argument("--workers", type=int, default=2, help="or nodes of one core each")
    parser.add_argument("--cluster", action="store_true", help="on a Ray cluster whose nodes come and go")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--render", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--frames", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.render:
        return render(asked.render, asked, asked.frames)
    with tempfile.TemporaryDirectory() as folder:
        found = report(Path(folder), asked)
    print(json.dumps(found, indent=1))
    harm = ("frames_lost", "files_that_differ", "faults", "workers_left_over", "exit_code")
    return int(any(found[name] for name in harm))


if __name__ == "__main__":
    sys.exit(main())
