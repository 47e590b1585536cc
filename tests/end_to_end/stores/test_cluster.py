"""Runs on a Ray cluster whose recipe and dataset lie on a real S3 server that fails and stalls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from synthvision.run.stores import open_store
from tests.end_to_end.stores.objects import FRAMES, OPTIONS, faults, log_of, objects
from tests.unit.run.small import TEXT

pytest.importorskip("ray", reason="Ray is an extra: synthvision[ray], which synthvision[dev] has")


def test_it_is_the_local_dataset_in_two_runs(s3: str, server: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    above = s3.removesuffix("/set")
    open_store(above).write("small.yaml", TEXT.encode())
    faults(server, "?fail=5&stall=1&seconds=1.5")
    begun = on_a_cluster(f"{above}/small.yaml", s3, 3)
    assert begun.returncode == 0, begun.stderr
    assert (faults(server)["fail"], faults(server)["stall"]) == (5, 1)
    done = on_a_cluster(f"{above}/small.yaml", s3, FRAMES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{s3}: {FRAMES} of {FRAMES} frames are there; pictures in {s3}/images\n")
    assert objects(s3) == local
    events = [entry["event"] for entry in log_of(s3)]
    assert (events[0], events[-1], events.count("frame")) == ("begin", "end", FRAMES), "no frame is made twice"


def on_a_cluster(recipe: str, url: str, frames: int) -> subprocess.CompletedProcess[str]:
    """Render as a user does, in a process of its own, whose actors have its environment."""
    command = [sys.executable, "-m", "synthvision", "render", recipe, "-o", url, "-n", str(frames)]
    command += ["--renderer", "preview", "--cluster", "local"]
    environment = {**os.environ, "FSSPEC_S3_CONFIG_KWARGS": json.dumps(OPTIONS["config_kwargs"])}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
