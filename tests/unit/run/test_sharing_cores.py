"""Blender is loaded on as many cores as it is to use, and may then run on all; the rest yields to its renders."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from synthvision.run.machine import on_few_cores
from synthvision.run.pipeline import yield_to_renderer

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


@pytest.mark.parametrize("already", [0, 4, 15, 19])
def test_who_yields_to_the_renderer_is_nicer_than_it_was_and_needs_no_right_for_it(already: int) -> None:
    found = []

    def work() -> None:
        here = os.PRIO_PROCESS, threading.get_native_id()
        before = max(os.getpriority(*here), already)  # these tests may have been started with nice
        os.setpriority(*here, before)
        yield_to_renderer()
        found.append((os.getpriority(*here), min(before + 10, 19)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0][0] == found[0][1]
