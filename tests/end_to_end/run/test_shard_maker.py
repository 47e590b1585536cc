"""An actor's shards: made one after the other by one worker, committed each by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvision.run.cluster import shard_work
from synthvision.run.cluster.shard_work import ShardMaker, Work
from synthvision.run.commits import commits_in, finished_in
from synthvision.run.messages import CannotWork
from synthvision.run.stores import FolderStore
from synthvision.run.summary import Progress, RunSummary
from tests.unit.run.small import small_recipe


@pytest.fixture
def work(tmp_path: Path) -> Work:
    (tmp_path / "out").mkdir()
    return Work(small_recipe(tmp_path), 0, str(tmp_path / "out"), "preview", "cpu", 1, on_gpu=False)


def untold(_: Progress) -> bool:
    return False


def test_shards_are_made_by_one_worker_and_committed_each(work: Work, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "out")
    with ShardMaker(work, 2) as maker:
        for frames in (range(4, 6), range(3)):
            made = maker.make(frames, untold)
            assert isinstance(made, RunSummary)
            assert (made.progress.wanted, made.progress.made, made.failures) == (len(frames), len(frames), ())
            assert finished_in(store, range(6)) >= set(frames)
            (worker,) = maker._station._crew._workers
            pids = {worker.pid}
        staging = maker._station._keeper.folder
        assert [path for path in (staging / "images").iterdir() if path.is_file()] == []
        (worker,) = maker._station._crew._workers
        assert worker.frames == 5, "all are of the same worker"
        assert pids == {worker.pid}
    assert not staging.exists()
    assert [(commit.first, commit.last) for commit in commits_in(store)] == [(0, 2), (4, 5)]
    logs = [
        tmp_path / "out" / ".shards" / f"run_log-{name}.jsonl"
        for name in ("000000004-000000005", "000000000-000000002")
    ]
    events = [[json.loads(line)["event"] for line in log.read_text().splitlines()] for log in logs]
    assert events == [["begin", "worker ready", "frame", "frame", "end"], ["begin", "frame", "frame", "frame", "end"]]


def test_an_error_is_told_and_the_next_shard_begins_anew(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ShardMaker(work, 1) as maker:
        assert isinstance(maker.make(range(1), untold), RunSummary)
        first = maker._station
        (tmp_path / "out" / ".shards").rename(tmp_path / "aside")
        (tmp_path / "out" / ".shards").touch()  # nothing can be committed
        told = maker.make(range(1, 2), untold)
        assert isinstance(told, CannotWork)
        assert (told.kind, ".shards" in told.text) == ("DatasetError", True)
        assert not first._keeper.folder.exists()
        (tmp_path / "out" / ".shards").unlink()
        assert isinstance(maker.make(range(1, 2), untold), RunSummary)
        assert maker._station is not first


def test_each_worker_has_its_part_of_the_memory(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_work, "ceiling_bytes", lambda neighbours: 8_000_000_000 // neighbours)
    assert ShardMaker(work, 4)._size.ceiling_bytes == 2_000_000_000
