"""What is installed from a wheel is whole: bundled recipes, catalog and marker of types travel in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_wheel_works_without_the_checkout(tmp_path: Path):
    built = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    assert (installed / "synthvision/py.typed").exists()
    listed = run_installed(installed, tmp_path, "recipes")
    assert all(path.stem in listed for path in (ROOT / "scenes").glob("*.yaml"))
    out = tmp_path / "out"
    run_installed(installed, tmp_path, "render", "quickstart", "-o", str(out), "-n", "1", "--renderer", "preview")
    assert (out / "annotations/instances.json").exists()


def run_installed(installed: Path, folder: Path, *arguments: str) -> str:
    where = "import synthvision, sys; sys.stderr.write(synthvision.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed), "TERM": "dumb"}
    found = subprocess.run([sys.executable, "-c", where], cwd=folder, env=environment, capture_output=True, text=True)
    assert found.stderr.startswith(str(installed)), "the test must see the wheel, not the checkout"
    done = subprocess.run(
        [sys.executable, "-m", "synthvision", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
