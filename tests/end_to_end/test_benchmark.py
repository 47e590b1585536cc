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


def test_what_a_shard_on_a_cluster_costs_besides_its_frames(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    module = import_module("benchmark_cluster")
    first, other = module._Section((1.0, 2.0, 3.0)), module._Section((1.0, 3.0, 5.0))
    third, last = module._Section((7.0, 8.0)), module._Section((10.0,))
    assert (first.interval_s, other.interval_s) == (1.0, 2.0)
    # Each follows on the core that became free last.
    assert module._starts_s([first, other, third, last], 1.0) == [1.0, 1.0]
