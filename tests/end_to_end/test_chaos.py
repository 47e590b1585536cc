"""scripts/chaos: killed, stopped dead and out of disk, again and again, and nobody can tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HARM = ("frames_lost", "files_that_differ", "faults", "workers_left_over", "exit_code")


def chaos(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, ROOT / "scripts/chaos.py", "--minutes", "6", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.stdout, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert {name: found[name] for name in HARM} == dict.fromkeys(HARM, 0), found
    assert done.returncode == 0
    return found


def test_a_disturbed_run_ends_with_the_bytes_of_an_undisturbed_one() -> None:
    found = chaos("--disturbances", "12", "--seed", "3")
    assert sum(found["disturbances"].values()) == 12
    assert len(found["disturbances"]) == 4


def test_so_does_one_on_a_cluster_whose_nodes_are_killed() -> None:
    pytest.importorskip("ray", reason="Ray is an extra: synthvision[ray], which synthvision[dev] has")
    found = chaos("--cluster", "--disturbances", "6", "--seed", "1")
    assert sum(found["disturbances"].values()) == 6
    assert {"kill a node", "cut a node off"} <= found["disturbances"].keys()  # a round has every kind once
