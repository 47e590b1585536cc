"""Object stores: a real S3 server in a process of its own, and fsspec's memory."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time  # noqa: TID251 - waiting for a server
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from synthvision import render_dataset
from synthvision.run import staging
from tests.end_to_end.stores.objects import FRAMES, OPTIONS, faults
from tests.unit.run.small import contents, small_recipe


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("local")
    render_dataset(small_recipe(folder), folder / "out", frames=FRAMES, workers=1, renderer="preview")
    return contents(folder / "out")


@pytest.fixture(autouse=True)
def small_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "FRAMES_PER_COMMIT", 2)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server; one for all files of tests, because fsspec keeps what it has connected to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(__file__).with_name("faulty_s3.py")
    process = subprocess.Popen(
        [sys.executable, program, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                faults(f"http://127.0.0.1:{port}")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A new bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setitem(fsspec.config.conf, "s3", OPTIONS)
    bucket = re.sub(r"[^a-z0-9]+", "-", tmp_path.name.lower()).strip("-")
    faults(server, "?fail=0&stall=0&seconds=0")
    fsspec.filesystem("s3").mkdir(bucket)
    return f"s3://{bucket}/data/set"


@pytest.fixture
def memory(tmp_path: Path) -> str:
    return f"memory://{tmp_path.name}/set"
