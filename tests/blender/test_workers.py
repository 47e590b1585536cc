"""Workers start from a program that has Blender itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_program_that_imports_blender_can_render_datasets(tmp_path: Path):
    script = (
        "import bpy, synthvision as sv\n"
        "recipe = sv.load_recipe('dice', ['camera.resolution=[64, 48]', 'render.samples_per_pixel=1'])\n"
        f"assert sv.render_dataset(recipe, {str(tmp_path / 'out')!r}, frames=1).finished == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
