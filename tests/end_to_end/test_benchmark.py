"""scripts/benchmark works: its quick parts run here, its figures are judged by people."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

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


def test_the_start_of_workers_does_not_count_for_the_cost_of_a_cluster(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    module = import_module("benchmark_cluster")
    assert module.settled_s([9.0, 4.0, 5.0, 8.0, 7.5], 2) == 4.0
