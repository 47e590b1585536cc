"""``kill -9`` of the run or of a worker, twenty times at arbitrary moments, then resume: nobody can tell."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time  # noqa: TID251 - waiting for processes
from pathlib import Path

import psutil

from synthvision import render_dataset
from synthvision.dataset import validate
from tests.unit.run.small import contents, small_recipe, small_recipe_file

FRAMES = 300
KILLS = 20


def draw(kill: int, what: str, bound: int) -> int:
    """Return a number below ``bound``, the same in every run of the test."""
    return int.from_bytes(hashlib.sha256(f"{kill} {what}".encode()).digest()[:8], "big") % bound


def start(recipe: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "synthvision", "render", str(recipe), "-o", str(out), "-n", str(FRAMES)]
    return subprocess.Popen([*command, "--renderer", "preview", "--workers", "2"], stderr=subprocess.DEVNULL)


def finished_frames(out: Path) -> int:
    journal = out / "frames.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def wait_for_moment(kill: int, run: subprocess.Popen[bytes], out: Path, *, fresh: bool) -> None:
    """Wait until some more frames are finished and a moment longer; for every other fresh run only for some time."""
    if fresh and draw(kill, "early", 2):
        time.sleep(draw(kill, "start", 1500) / 1000)
        return
    wanted = finished_frames(out) + draw(kill, "frames", 6)
    while finished_frames(out) < wanted and run.poll() is None:
        time.sleep(0.002)
    time.sleep(draw(kill, "delay", 60) / 1000)


def victim(kill: int, run: subprocess.Popen[bytes]) -> psutil.Process:
    parent = psutil.Process(run.pid)
    workers = parent.children()
    if workers and draw(kill, "whom", 2):
        return workers[draw(kill, "which", len(workers))]
    return parent


def test_killed_twenty_times_and_resumed_is_byte_identical(tmp_path: Path) -> None:
    recipe, out = small_recipe_file(tmp_path), tmp_path / "killed"
    run, workers, killed = start(recipe, out), set[psutil.Process](), {"run": 0, "worker": 0}
    for kill in range(KILLS):
        fresh = run.poll() is not None
        if fresh:
            run = start(recipe, out)
        wait_for_moment(kill, run, out, fresh=fresh)
        assert run.poll() is None, "the run ended before all kills: it needs more frames"
        target = victim(kill, run)
        workers.update(psutil.Process(run.pid).children())
        target.kill()
        killed["run" if target.pid == run.pid else "worker"] += 1
        if target.pid == run.pid:
            run.wait()
    run.kill()
    run.wait()
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert alive == []
    assert min(killed.values()) >= 5, killed

    assert 0 < finished_frames(out) < FRAMES
    assert start(recipe, out).wait() == 0
    undisturbed = tmp_path / "undisturbed"
    render_dataset(small_recipe(tmp_path), undisturbed, frames=FRAMES, workers=1, renderer="preview")
    assert contents(out) == contents(undisturbed)
    assert validate(out) == ()
