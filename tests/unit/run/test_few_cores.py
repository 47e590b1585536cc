"""Blender is loaded on as many cores as it is to use, and may then run on all."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from synthvision.run.machine import on_few_cores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads are bound to cores on Linux only")


def test_threads_begun_within_are_free_after_it() -> None:
    cores, done = os.sched_getaffinity(0), threading.Event()
    begun = threading.Thread(target=done.wait, daemon=True)
    with on_few_cores(1):
        begun.start()
        within = os.sched_getaffinity(0), os.sched_getaffinity(begun.native_id or 0)
    assert len(within[0]) == 1
    assert within[0] == within[1] < cores or len(cores) == 1
    assert os.sched_getaffinity(0) == os.sched_getaffinity(begun.native_id or 0) == cores
    done.set()


@pytest.mark.parametrize("count", [0, 10_000])
def test_all_cores_are_all(count: int) -> None:
    cores = os.sched_getaffinity(0)
    with on_few_cores(count):
        assert os.sched_getaffinity(0) == cores


def test_an_error_within_frees_them_too() -> None:
    cores = os.sched_getaffinity(0)
    with pytest.raises(ImportError), on_few_cores(1):
        raise ImportError
    assert os.sched_getaffinity(0) == cores
