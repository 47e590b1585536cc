"""A conversion ends with the process that waits for it, whatever it is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time  # noqa: TID251 - waiting for processes
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from synthvision.assets.files.converted import MODULE
from synthvision.render.blender.compat import bpy

SOON_S = 60.0
CONVERTS = """
import sys; from pathlib import Path
from synthvision.assets.files import read_asset; from synthvision.assets.files.bundle import Bundle
read_asset(Bundle("heavy.blend", Path(sys.argv[1]).read_bytes(), {}))
"""
ENDS_WITH = """
import sys, time
sys.platform, parent = sys.argv[1], int(sys.argv[2])
from synthvision.render.blender.converting import end_with
end_with(parent)
print("goes on", flush=True)
time.sleep(600)
"""
STARTS = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2], str(os.getpid())])
print(child.pid, flush=True)
child.wait()
"""


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def conversions(pid: int) -> list[int]:
    """Return the converting children of a process, which has others, too."""
    listed = [one for children in Path(f"/proc/{pid}/task").glob("*/children") for one in children.read_text().split()]
    with suppress(FileNotFoundError):
        return [int(one) for one in listed if MODULE.encode() in Path(f"/proc/{one}/cmdline").read_bytes()]
    return []


def heavy_blend(path: Path) -> Path:
    """Save a shape that Blender takes minutes for, in one call that lets no other Python run."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_monkey_add()
    item = bpy.context.object
    item.modifiers.new("fine", "SUBSURF").render_levels = 3
    for number in range(20):
        item.modifiers.new(f"smooth {number}", "SMOOTH").iterations = 30_000
        item.modifiers[-1].show_viewport = False
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@contextmanager
def killed_at_the_end(*pids: int) -> Iterator[None]:
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_a_killed_parent_takes_a_conversion_with_it(tmp_path: Path) -> None:
    model = heavy_blend(tmp_path / "heavy.blend")
    environment = {**os.environ, "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = [sys.executable, "-c", CONVERTS, str(model)]
    with subprocess.Popen(words, env=environment) as parent, killed_at_the_end(parent.pid):
        wait_for(lambda: bool(conversions(parent.pid)))
        (child,) = conversions(parent.pid)
        with killed_at_the_end(child):
            (log,) = tmp_path.glob("synthvision-convert-*/log")
            wait_for(lambda: b"Read blend" in log.read_bytes())
            time.sleep(0.2)
            assert is_there(child)
            parent.kill()
            parent.wait()
            wait_for(lambda: not is_there(child))


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_process_ends_with_its_parent(platform: str) -> None:
    words = [sys.executable, "-c", STARTS, ENDS_WITH, platform]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        with killed_at_the_end(child, parent.pid):
            assert parent.stdout.readline() == "goes on\n"
            parent.kill()
            wait_for(lambda: not is_there(child))


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_parent_that_ended_before_it_was_looked_for(platform: str) -> None:
    words = [sys.executable, "-c", ENDS_WITH, platform, str(os.getppid())]
    done = subprocess.run(words, stdout=subprocess.PIPE, timeout=SOON_S, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
