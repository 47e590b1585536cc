"""Commits that came when the index was written: of frames that it has they are swept, others are an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvision.errors import DatasetError
from synthvision.run import commits
from synthvision.run.commits import commits_in, sweep_late, write_commit, write_index
from synthvision.run.stores import FolderStore


def line(index: int, text: str = "") -> tuple[int, bytes]:
    return index, json.dumps({"frame_index": index, "files": {}, "text": text}).encode() + b"\n"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    (tmp_path / "frames.jsonl").write_bytes(b"".join(line(index)[1] for index in range(6)))
    return FolderStore(tmp_path)


def test_late_commits_of_known_frames_go(tmp_path: Path, store: FolderStore) -> None:
    write_commit(store, [line(1), line(2)])
    write_commit(store, [line(2), line(4)])
    store.write(".shards/run_log-1-2.jsonl", b"{}\n")
    (tmp_path / ".shards" / ".000000003.7.tmp").touch()  # of one that was killed
    sweep_late(tmp_path, range(6))
    assert [path.name for path in tmp_path.iterdir()] == ["frames.jsonl"]


def test_an_empty_folder_and_a_log_alone_go(tmp_path: Path, store: FolderStore) -> None:
    (tmp_path / ".shards").mkdir()
    sweep_late(tmp_path, range(6))
    assert not (tmp_path / ".shards").exists()
    store.write(".shards/run_log-1-2.jsonl", b"{}\n")
    sweep_late(tmp_path, range(6))
    assert not (tmp_path / ".shards").exists()


def test_what_is_unknown_or_differs_stays_and_is_an_error(tmp_path: Path, store: FolderStore) -> None:
    write_commit(store, [line(5), line(6)])
    with pytest.raises(DatasetError) as caught:
        sweep_late(tmp_path, range(6))
    assert str(caught.value) == (
        f"{tmp_path}: dataset must be finished by runs on a cluster, as it was begun, got one with .shards; "
        "run the same command with --cluster first"
    )
    store.delete(commit.name for commit in commits_in(store))
    write_commit(store, [line(3, "of another device")])
    (commit,) = commits_in(store)
    with pytest.raises(DatasetError) as caught:
        sweep_late(tmp_path, range(6))
    assert str(caught.value) == (
        f"{tmp_path}: frame 3 must be the same wherever it was made, got another in {commit.name} than in "
        "frames.jsonl; delete the former, run again, and let 'synthvision validate' say whose files are there"
    )
    assert commits_in(store) == (commit,)


def test_an_index_is_not_written_of_commits_that_differ(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "write_coco", lambda _folder: pytest.fail("the index was taken for right"))
    write_commit(store, [line(6), line(7)])
    write_commit(store, [line(7, "of another device")])
    first, second = (commit.name for commit in commits_in(store))
    (tmp_path / "work").mkdir()
    with pytest.raises(DatasetError) as caught:
        write_index(store, None, tmp_path / "work")
    assert str(caught.value) == (
        f"{tmp_path}: frame 7 must be the same wherever it was made, got another in {second} than in {first}; "
        "delete the former, run again, and let 'synthvision validate' say whose files are there"
    )
