"""scripts/chaos: killed, stopped dead and out of disk, again and again, and nobody can tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_disturbed_run_ends_with_the_bytes_of_an_undisturbed_one() -> None:
    command = [sys.executable, ROOT / "scripts/chaos.py", "--disturbances", "16", "--minutes", "6", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.stdout, done.stderr[-2000:]
    found = json.loads(done.stdout)
    harm = ("frames_lost", "files_that_differ", "faults", "workers_left_over", "exit_code")
    assert {name: found[name] for name in harm} == dict.fromkeys(harm, 0), found
    assert sum(found["disturbances"].values()) == 16
    assert len(found["disturbances"]) == 4
    assert done.returncode == 0
