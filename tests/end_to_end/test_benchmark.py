"""scripts/benchmark works: its quick parts run here, its figures are judged by people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_quick_measurements_print_one_json_object():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/benchmark.py", "--only", "labels", "--only", "preview"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout)
    assert set(figures) == {"label_ms_10", "label_ms_50", "label_ms_500", "preview_fps"}
    assert all(value > 0 for value in figures.values())
