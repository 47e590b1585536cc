"""What the driver of a cluster does about actors that are lost or cannot work; a stand-in plays Ray."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from synthvision.errors import AssetError, DatasetError, RunError
from synthvision.run.cluster import engine
from synthvision.run.cluster.engine import _Driver, _ShardActor, _Share
from synthvision.run.cluster.ledger import Ledger
from synthvision.run.cluster.shard_work import Work
from synthvision.run.cluster.totals import Totals
from synthvision.run.messages import CannotWork
from synthvision.run.plan import Order
from synthvision.run.run_log import RunLog
from synthvision.run.stopping import Stop
from synthvision.run.summary import Progress, RunSummary
from tests.unit.run.small import small_recipe

Play = Callable[[range, int], Any]
"""Frames of a shard and how often they were handed out before → what the actor returns; an error is raised."""


class RayError(Exception):
    pass


class LostError(RayError):
    pass


class FakeRay:
    exceptions = SimpleNamespace(RayError=RayError, RayActorError=LostError, GetTimeoutError=LostError)

    def __init__(self, play: Play) -> None:
        self._play = play
        self._times: dict[int, int] = {}
        self.handed_out: list[range] = []
        self.most_flying = 0
        self.cannot_start = 0
        self.broken = 0
        self._maker: dict[range, int] = {}
        self.actors = 0
        self.killed: list[Any] = []

    def nodes(self) -> list[dict[str, Any]]:
        alive = {"Alive": True, "Resources": {"CPU": 1.0}}
        return [alive, alive, {"Alive": False, "Resources": {"CPU": 64.0}}]

    def remote(self, **_options: Any) -> Callable[[Any], Any]:
        def wrap(what: type) -> Any:
            if what is _ShardActor:
                return SimpleNamespace(remote=self._begin)
            read = SimpleNamespace(remote=lambda _stopping: "board")
            return SimpleNamespace(remote=lambda: SimpleNamespace(read=read))

        return wrap

    def _begin(self, _work: Work, _share: _Share, _board: Any) -> Any:
        self.actors += 1
        begun, closed, number = f"begun {self.actors}", f"closed {self.actors}", self.actors
        return SimpleNamespace(
            begin=SimpleNamespace(remote=lambda: begun),
            make=SimpleNamespace(remote=lambda frames: self._make(number, frames)),
            close=SimpleNamespace(remote=lambda: closed),
        )

    def _make(self, number: int, frames: range) -> range:
        self.handed_out.append(frames)
        self._maker[frames] = number
        return frames

    def wait(self, calls: list[Any], **_options: Any) -> tuple[list[Any], list[Any]]:
        assert calls
        self.most_flying = max(self.most_flying, len(calls))
        return calls[:1], calls[1:]

    def get(self, what: Any, timeout: float = 0) -> Any:
        if what == "board":
            return {}
        if isinstance(what, str):
            if self.cannot_start:
                self.cannot_start -= 1
                raise LostError("No module named 'synthvision'\nat length")
            return None
        if self._maker[what] == self.broken:
            return CannotWork("DatasetError", "images/000000.png: disk must have room")
        before = self._times.get(what.start, 0)
        self._times[what.start] = before + 1
        result = self._play(what, before)
        if isinstance(result, Exception):
            raise result
        return result

    def kill(self, actor: Any) -> None:
        self.killed.append(actor)


def done(frames: range) -> RunSummary:
    progress = Progress(len(frames), 0, len(frames), 0, len(frames), elapsed_s=len(frames) * 5.0, device="cpu")
    return RunSummary("out", progress, (), {"rule": 1})


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Callable[[Play, int], tuple[RunSummary, FakeRay]]]:
    def run(play: Play, frames: int = 40, cannot_start: int = 0, broken: int = 0) -> tuple[RunSummary, FakeRay]:
        ray, totals = FakeRay(play), Totals(frames, 0)
        ray.cannot_start, ray.broken = cannot_start, broken
        order = Order(small_recipe(tmp_path), frames, renderer="preview")
        with RunLog(tmp_path) as log:
            driver = _Driver(ray, order, str(tmp_path / "out"), _Share(1, 0, None), totals, log, lambda _: None)
            driver.run(Ledger(range(frames), 1), frames, Stop())
        return totals.summary("out", interrupted=False), ray

    return run


def test_shards_are_bounded_in_number_and_grow_with_what_is_measured(drive) -> None:
    summary, ray = drive(lambda frames, _: done(frames), 1000)
    assert (summary.finished, summary.exit_code, summary.refusals["rule"]) == (1000, 0, len(ray.handed_out))
    assert (ray.actors, ray.most_flying) == (2, 2)
    sizes = [len(frames) for frames in ray.handed_out]
    assert sizes[:2] == [8] * 2
    assert 60 < len(sizes) < 100
    assert sizes[3:60] == [12] * 57
    assert sizes[60:] == sorted(sizes[60:], reverse=True)
    assert sizes[-1] == 1
    assert len(ray.killed) == 2 + 1, "both actors and the board"
    assert [index for frames in ray.handed_out for index in frames] == list(range(1000))


def test_no_more_actors_are_started_than_there_are_shards(drive) -> None:
    summary, ray = drive(lambda frames, _: done(frames), 1)
    assert (summary.finished, ray.actors) == (1, 1)


def test_actors_that_cannot_start_end_the_run_where_all_are_like_that(drive, tmp_path: Path) -> None:
    summary, ray = drive(lambda frames, _: done(frames), cannot_start=3)
    assert (summary.finished, summary.failures) == (40, ())
    assert ray.actors == 5
    with pytest.raises(RunError) as caught:
        drive(lambda frames, _: done(frames), cannot_start=1000)
    assert str(caught.value) == (
        "--cluster: actors must be able to start, but 6 in a row did not: LostError: No module named 'synthvision'; "
        "see that all nodes have this version of synthvision"
    )


def test_frames_whose_actors_keep_some_of_them_each_time_are_not_given_up(
    drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "finished_in", lambda _store, frames: frozenset(frames[:1]))
    summary, _ = drive(lambda frames, _: LostError("node died") if frames.stop == 8 else done(frames))
    assert (summary.finished, summary.failures) == (40, ())


def test_a_lost_shard_is_handed_out_again_a_few_times_and_then_given_up(drive, tmp_path: Path) -> None:
    summary, ray = drive(lambda frames, _: LostError("node died\nat length") if frames.start == 0 else done(frames))
    assert ray.handed_out.count(range(8)) == 6
    assert (summary.finished, summary.progress.failed, summary.exit_code) == (32, 8, 1)
    text = "frame 3: the actor that made it was lost 6 times, last by LostError: node died"
    assert [failure.text for failure in summary.failures if failure.frame_index == 3] == [text]
    log = [json.loads(line) for line in (tmp_path / "run_log.jsonl").read_text().splitlines()]
    assert [entry["text"] for entry in log if entry["event"] == "worker lost"] == [
        "frames 0 to 7: LostError: node died"
    ] * 6
    assert sum(entry["event"] == "frame failed" for entry in log) == 8


def test_an_error_of_one_node_is_tried_elsewhere(drive) -> None:
    full = CannotWork("DatasetError", "images/000000.png: disk must have room")
    summary, ray = drive(lambda frames, before: full if frames.start == 0 and not before else done(frames))
    assert (summary.finished, summary.failures, ray.handed_out.count(range(8))) == (40, (), 2)
    with pytest.raises(DatasetError, match=r"^images/000000.png: disk must have room$"):
        drive(lambda frames, _: full if frames.start == 0 else done(frames))


def test_an_actor_that_cannot_work_rests_while_others_work(drive) -> None:
    summary, ray = drive(lambda frames, _: done(frames), 400, broken=1)
    assert (summary.finished, summary.failures, ray.actors) == (400, (), 2)
    assert ray.handed_out.count(range(8)) == 2


def test_an_error_of_the_recipe_ends_the_run_at_once(drive) -> None:
    with pytest.raises(AssetError, match=r"^mug.obj: it must be a mesh$"):
        drive(lambda _frames, _: CannotWork("AssetError", "mug.obj: it must be a mesh"))


@pytest.mark.parametrize("error", [LostError("head node died"), ConnectionError("head node died")])
def test_a_cluster_that_is_gone_is_a_run_error(drive, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """By ``ray://``, Ray raises ConnectionError, of what is cancelled, too."""

    def gone(*_: Any, **_options: Any) -> Any:
        raise error

    monkeypatch.setattr(FakeRay, "wait", gone)
    monkeypatch.setattr(FakeRay, "kill", gone)
    with pytest.raises(RunError) as caught:
        drive(lambda frames, _: done(frames))
    assert str(caught.value) == f"--cluster: it must answer, got {type(error).__name__}: head node died"


def test_frames_that_fell_short_are_counted_over_all_shards() -> None:
    totals = Totals(6, 0)
    totals.add(RunSummary("out", Progress(2, 0, 2, attempts=2, short=1), (), {}))
    totals.hear({"second": Progress(4, 0, 3, attempts=3, short=2)})
    assert totals.progress().short == 3
    assert totals.summary("out", interrupted=False).progress.short == 1
