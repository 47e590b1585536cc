"""Workers start from a program that has Blender itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time  # noqa: TID251 - waiting for a worker
from pathlib import Path

import psutil


def test_a_program_that_imports_blender_can_render_datasets(tmp_path: Path):
    script = (
        "import bpy, synthvision as sv\n"
        "recipe = sv.load_recipe('dice', ['camera.resolution=[64, 48]', 'render.samples_per_pixel=1'])\n"
        f"assert sv.render_dataset(recipe, {str(tmp_path / 'out')!r}, frames=1).finished == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


def test_neither_workers_that_end_nor_killed_ones_leave_temporary_files(tmp_path: Path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "synthvision", "render", "dice", "-o", str(tmp_path / "out"), "-n", "4"]
    command += ["--workers", "1", "--set", "camera.resolution=[64, 48]", "--set", "render.samples_per_pixel=1"]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(temporary)}) as run:
        end = time.monotonic() + 120
        while not list(temporary.glob("synthvision-worker-*/blender_*")):
            assert time.monotonic() < end
            time.sleep(0.01)
        for child in psutil.Process(run.pid).children():
            if "synthvision.run.worker" in child.cmdline():
                child.kill()
    assert run.returncode == 0
    assert list(temporary.iterdir()) == []
    assert len(list((tmp_path / "out/images").iterdir())) == 4
