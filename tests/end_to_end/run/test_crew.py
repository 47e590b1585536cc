"""Workers that die, stall and refuse: with fake stages in real processes."""

from __future__ import annotations

import os
import re
import signal
import time  # noqa: TID251 - waiting for processes
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthvision.errors import DatasetError, DeviceError, RunError
from synthvision.recipe.model import Recipe
from synthvision.run.crew import Crew, CrewChanged, Event, FrameFailed, Patience, WorkerLost
from synthvision.run.messages import FrameDone, Job, Ready
from synthvision.run.slots import Size
from synthvision.run.stopping import Stop

RECIPE = Recipe.model_validate(
    {"version": 1, "name": "none", "categories": [{"name": "mug"}], "camera": {"position": {"at_m": [0, 0, 1]}}}
)
QUICK = Patience(grace_s=1.0)


def crew(folder: Path, stages: str, size: Size = Size(1), stop: Stop | None = None, patience: Patience = QUICK) -> Crew:  # noqa: B008 - frozen
    job = Job(RECIPE, 0, folder, "preview", "auto", stages=f"tests.unit.run.fake_stages:{stages}")
    return Crew(job, size, stop or Stop(), patience)


def done(events: list[Event]) -> dict[int, Any]:
    return {event.frame_index: event.product for event in events if isinstance(event, FrameDone)}


def failed(events: list[Event]) -> dict[int, str]:
    return {event.frame_index: event.text for event in events if isinstance(event, FrameFailed)}


def lost(events: list[Event]) -> list[WorkerLost]:
    return [event for event in events if isinstance(event, WorkerLost)]


def products(frames: range) -> dict[int, int]:
    return {index: index * 10 + 1 for index in frames}


def gone(pid: int) -> bool:
    """Whether a process has ended; one that we started and did not wait for stays as a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def wait_until_gone(pid: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return gone(pid)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_frame_is_done_once(tmp_path: Path, workers: int) -> None:
    events = list(crew(tmp_path, "FakeStages", Size(workers)).run(range(5, 17)))
    assert done(events) == products(range(5, 17))
    assert len([event for event in events if isinstance(event, FrameDone)]) == 12
    first = next(event for event in events if isinstance(event, FrameDone))
    assert (first.attempts, first.refusals) == (3, (2,))
    assert (first.effort.seconds.sampling, first.effort.seconds.labels) == (0.25, 0.5)


def test_workers_end_by_themselves_and_close_their_renderer(tmp_path: Path) -> None:
    list(crew(tmp_path, "FakeStages", Size(2)).run(range(8)))
    pids = {int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()}
    assert {path.name for path in tmp_path.glob("closed-*")} >= {f"closed-{pid}" for pid in pids}
    assert all(gone(pid) for pid in pids)


def test_workers_stay_for_the_frames_of_another_call(tmp_path: Path) -> None:
    with crew(tmp_path, "FakeStages", Size(2)) as staying:
        parts = [list(staying.work(frames)) for frames in (range(4, 10), range(2), ())]
        pids = {int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()}
        assert not any(gone(pid) for pid in pids)
        assert not list(tmp_path.glob("closed-*"))
    assert [done(part) for part in parts] == [products(range(4, 10)), products(range(2)), {}]
    assert sum(isinstance(event, Ready) for part in parts for event in part) <= 2
    assert all(wait_until_gone(pid) for pid in pids)


def test_a_worker_that_died_between_two_calls_is_replaced(tmp_path: Path) -> None:
    with crew(tmp_path, "FakeStages") as staying:
        list(staying.work(range(2)))
        (pid,) = {int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()}
        os.kill(pid, signal.SIGKILL)
        assert wait_until_gone(pid)
        assert done(list(staying.work(range(2, 5)))) == products(range(2, 5))


def test_without_frames_no_worker_starts(tmp_path: Path) -> None:
    assert list(crew(tmp_path, "Unready").run(())) == []


def test_killed_worker_costs_one_more_try(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "KilledOnce").run(range(8)))
    assert done(events) == products(range(8))
    assert [3 in event.frames for event in lost(events)] == [True]
    assert "worker died: SIGKILL (out of memory? try fewer --workers)" in lost(events)[0].text


def test_frame_that_kills_every_worker_is_given_up_alone(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "Poisoned").run(range(8)))
    assert done(events) == {index: product for index, product in products(range(8)).items() if index != 3}
    assert list(failed(events)) == [3]
    assert failed(events)[3].startswith("frame 3: worker died: SIGSEGV; it printed last:")
    assert "last words of a worker" in failed(events)[3]
    assert "(3 tries)" in failed(events)[3]
    assert [event.frames for event in lost(events)[1:]] == [(3,), (3,)]


def test_memory_error_ends_the_worker_and_is_tried_again(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "OutOfMemoryOnce").run(range(5)))
    assert done(events) == products(range(5))
    assert lost(events)[0].text == "frame 2: MemoryError: no room for 1 GB"
    assert "fake_stages.py" in lost(events)[0].trace


def test_stalled_worker_is_replaced(tmp_path: Path) -> None:
    patience = Patience(first_s=0.6, least_s=0.6, medians=0.0)
    events = list(crew(tmp_path, "StallsOnce", patience=patience).run(range(4)))
    assert done(events) == products(range(4))
    assert lost(events)[0].text == "worker stalled: it finished no frame within 0.6 s"


def test_frame_that_always_stalls_is_given_up(tmp_path: Path) -> None:
    patience = Patience(first_s=0.3, least_s=0.3, medians=0.0, tries=2)
    events = list(crew(tmp_path, "StallsAlways", patience=patience).run(range(3)))
    assert sorted(done(events)) == [0, 2]
    assert failed(events) == {1: "frame 1: worker stalled: it finished no frame within 0.6 s (2 tries)"}


def test_refused_frame_is_not_tried_again(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "Refuses").run(range(4)))
    assert failed(events) == {1: "frame 1: no attempt meets every rule"}
    assert sorted(done(events)) == [0, 2, 3]
    assert not lost(events)
    assert (tmp_path / "accepted").read_text().split("\n").count("") == 1
    assert len((tmp_path / "accepted").read_text().splitlines()) == 4


def test_render_error_is_tried_in_another_worker(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "RendersBadly").run(range(3)))
    text = "frame 1: Blender must render without errors, got: Error: it is Monday (3 tries)"
    assert failed(events) == {1: text}
    assert sorted(done(events)) == [0, 2]


def test_full_disk_stops_the_run_and_loses_no_finished_frame(tmp_path: Path) -> None:
    events: list[Event] = []
    with pytest.raises(DatasetError, match=r"images/000002\.png: disk must have room"):
        events.extend(crew(tmp_path, "DiskFull").run(range(100)))  # it keeps what came before the error
    assert {0, 1} <= set(done(events))


def test_missing_device_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="one that this machine has") as caught:
        list(crew(tmp_path, "NoSuchDevice").run(range(3)))
    assert caught.value.exit_code == 2


def test_workers_that_never_start_stop_the_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="workers must be able to start, but 3 in a row did not") as caught:
        list(crew(tmp_path, "Unready").run(range(3)))
    assert "exit status 7; it printed last:\n    no way to start" in str(caught.value)


def test_bug_at_the_start_is_reported_with_its_trace(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="worker: it must be able to start, got ZeroDivisionError: a bug") as caught:
        list(crew(tmp_path, "Bug").run(range(3)))
    assert "fake_stages.py" in caught.value.__notes__[0]


def test_lone_scout_stays_alone_on_a_gpu(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "Gpu", Size(2, 1, scout_threads=4)).run(range(8)))
    assert [event.device for event in events if isinstance(event, Ready)] == ["cuda:0 (4 threads)"]
    assert done(events) == products(range(8))


def test_scout_without_a_gpu_makes_room_for_the_crew(tmp_path: Path) -> None:
    events = list(crew(tmp_path, "NoGpu", Size(2, 1, scout_threads=4)).run(range(30)))
    assert {event.device for event in events if isinstance(event, Ready)} == {"cpu (1 threads)"}
    assert done(events) == products(range(30))


def told(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, CrewChanged)]


def on_device(folder: Path, stages: str, size: Size, device: str = "auto") -> Crew:
    job = Job(RECIPE, 0, folder, "blender", device, stages=f"tests.unit.run.fake_stages:{stages}")
    return Crew(job, size, Stop(), QUICK)


def test_every_gpu_has_a_worker_of_its_own(tmp_path: Path) -> None:
    events = list(on_device(tmp_path, "TwoGpus", Size(4, 1, scout_threads=4)).run(range(30)))
    assert len(done(events)) == 30
    assert {device for device, _ in done(events).values()} == {"cuda:0", "cuda:1"}
    ready = [event.device for event in events if isinstance(event, Ready)]
    assert ready == ["cuda:0 (4 threads)", "cuda:1 (2 threads)"]


def test_a_device_with_an_index_is_one_gpu(tmp_path: Path) -> None:
    events = list(on_device(tmp_path, "TwoGpus", Size(4, 1, scout_threads=4, per_gpu=2), "cuda:1").run(range(20)))
    assert {device for device, _ in done(events).values()} == {"cuda:1"}
    assert len([event for event in events if isinstance(event, Ready)]) == 2


def test_a_full_device_is_relieved_by_tiles_and_then_by_fewer_workers(tmp_path: Path) -> None:
    events = list(on_device(tmp_path, "SmallGpus", Size(4, 1, scout_threads=4, per_gpu=2)).run(range(24)))
    assert len(done(events)) == 24
    assert not failed(events)
    texts = told(events)
    assert "cuda:0 has too little memory; goes on in tiles of 512 pixels" in texts
    assert {tile for _, tile in done(events).values()} == {512}
    assert "cuda:0 has too little memory; goes on with one worker fewer" in texts


def test_a_frame_that_fits_into_no_memory_is_given_up(tmp_path: Path) -> None:
    events = list(on_device(tmp_path, "NoGpuIsLargeEnough", Size(4, 1, scout_threads=4)).run(range(6)))
    assert sorted(done(events)) == [0, 2, 3, 4, 5]
    assert failed(events) == {1: "frame 1: System is out of GPU memory (3 tries)"}


def test_a_worker_that_holds_too_much_is_replaced_between_frames(tmp_path: Path) -> None:
    ceiling = Size(1, 1, ceiling_bytes=250_000_000)
    events = list(crew(tmp_path, "Leaks", ceiling, patience=replace(QUICK, least_frames=2)).run(range(30)))
    assert done(events) == products(range(30))
    assert not lost(events)
    assert len(told(events)) >= 2
    assert re.fullmatch(r"a worker holds \d+ MB after \d+ frames; another takes its place", told(events)[0])
    pids = [int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()]
    assert len(pids) == 30
    assert all(gone(pid) for pid in set(pids))


def stop_after(events: Iterator[Event], count: int, stop: Stop, wishes: int = 1) -> list[Event]:
    seen: list[Event] = []
    for event in events:
        seen.append(event)
        if len(done(seen)) == count and not stop.wishes:
            for _ in range(wishes):
                stop.ask()
    return seen


def test_stop_lets_frames_in_work_finish(tmp_path: Path) -> None:
    stop = Stop()
    events = stop_after(crew(tmp_path, "Slow", stop=stop).run(range(1000)), 4, stop)
    assert 4 <= len(done(events)) <= 8


def test_stop_kills_workers_that_take_too_long(tmp_path: Path) -> None:
    stop = Stop()
    started = time.monotonic()
    events = stop_after(crew(tmp_path, "StallsOnce", stop=stop).run(range(9)), 1, stop)
    assert done(events).keys() == {0}
    assert time.monotonic() - started < 6
    pids = {int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()}
    assert all(gone(pid) for pid in pids)


def test_workers_end_when_the_caller_loses_interest(tmp_path: Path) -> None:
    events = crew(tmp_path, "Slow", Size(2)).run(range(1000))
    while not isinstance(next(events), FrameDone):
        pass
    events.close()
    pids = {int(line.split()[0]) for line in (tmp_path / "accepted").read_text().splitlines()}
    assert pids
    assert all(gone(pid) for pid in pids)


def test_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:  # the child is the parent of the worker
        try:
            for _ in crew(tmp_path, "StallsOnce").run(range(9)):
                pass
        finally:
            os._exit(0)
    end = time.monotonic() + 20
    while not (tmp_path / "stalled.once").exists() and time.monotonic() < end:
        time.sleep(0.02)
    worker = int((tmp_path / "accepted").read_text().split()[0])
    assert not gone(worker)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert wait_until_gone(worker)
