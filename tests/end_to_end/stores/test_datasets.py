"""Datasets on object stores: a real S3 server that fails and stalls, and fsspec's memory for the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time  # noqa: TID251 - waiting for commits
from pathlib import Path

import fsspec
import pytest

from synthvision import cli, render_dataset
from synthvision.dataset import validate
from synthvision.errors import DatasetError, UsageError
from synthvision.run.shards import Shard
from synthvision.run.stores import FolderStore, UrlStore, open_store
from tests.end_to_end.stores.objects import FRAMES, OPTIONS, faults, log_of, objects, render
from tests.unit.run.small import contents, small_recipe, small_recipe_file


def test_on_s3_that_fails_and_stalls_it_is_the_local_dataset(
    s3: str, server: str, tmp_path: Path, local: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    faults(server, "?fail=7&stall=1&seconds=1.5")
    arguments = ["-n", str(FRAMES), "--renderer", "preview", "--workers", "1"]
    assert cli.run(["render", str(small_recipe_file(tmp_path)), "--out", s3, *arguments]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{s3}: {FRAMES} of {FRAMES} frames are there; pictures in {s3}/images\n")
    done = faults(server)
    assert (done["fail"], done["stall"]) == (7, 1)
    assert objects(s3) == local
    events = [entry["event"] for entry in log_of(s3)]
    assert (events[0], events[-1], events.count("frame")) == ("begin", "end", FRAMES)

    system, root = fsspec.core.url_to_fs(s3)
    system.get(root, str(tmp_path / "copy"), recursive=True)
    assert validate(tmp_path / "copy") == ()
    assert render(tmp_path, s3).progress.made == 0


def test_a_killed_run_goes_on_from_its_commits(s3: str, server: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    code = (
        "import sys; from synthvision import cli; from synthvision.run import staging; staging.FRAMES_PER_COMMIT = 2;"
        "sys.exit(cli.run(sys.argv[1:]))"
    )
    arguments = ["render", str(small_recipe_file(tmp_path)), "--out", s3, "-n", "400", "--renderer", "preview"]
    environment = {**os.environ, "FSSPEC_S3_CONFIG_KWARGS": json.dumps(OPTIONS["config_kwargs"])}
    run = subprocess.Popen([sys.executable, "-c", code, *arguments, "--workers", "1"], env=environment)
    commits = open_store(s3)
    end = time.monotonic() + 60
    while len(commits.names(".shards")) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    committed = 2 * len(commits.names(".shards"))
    assert 4 <= committed < 400
    assert "frames.jsonl" not in objects(s3)

    frames = committed + 1
    summary = render(tmp_path, s3, frames)
    assert (summary.progress.before, summary.progress.made) == (committed, 1)
    render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=frames, workers=1, renderer="preview")
    there, wanted = objects(s3), contents(tmp_path / "out")
    assert {name: there[name] for name in wanted} == wanted
    orphans = {name for name in there if name not in wanted}
    assert all(int(Path(name).stem) >= frames for name in orphans), "files of frames in work when it was killed"


def test_shards_of_many_machines_share_one_folder(memory: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    for number in (2, 0, 1):
        assert render(tmp_path, memory, shard=Shard(number, 3)).exit_code == 0
    assert "frames.jsonl" not in objects(memory)
    summary = render(tmp_path, memory)
    assert (summary.progress.before, summary.progress.made) == (FRAMES, 0)
    assert objects(memory) == local
    log = log_of(memory)
    assert [line["shard"] for line in log if line["event"] == "begin" and "shard" in line] == ["0/3", "1/3", "2/3"]
    assert len(log) >= 4 * 2 + FRAMES


def test_it_can_be_extended(memory: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    render(tmp_path, memory, 3)
    render(tmp_path, memory, 2, start=5)
    summary = render(tmp_path, memory)
    assert (summary.progress.before, summary.progress.made) == (5, 2)
    assert objects(memory) == local


def test_another_dataset_and_other_files_are_refused(memory: str, tmp_path: Path) -> None:
    render(tmp_path, memory, 1)
    with pytest.raises(DatasetError, match=rf"^{memory}: seed must be 0, as the dataset was begun, got 5; choose"):
        render(tmp_path, memory, 1, seed=5)
    fsspec.filesystem("memory").pipe_file(f"{tmp_path.name}/other/mine.txt", b"mine")
    with pytest.raises(DatasetError) as caught:
        render(tmp_path, f"memory://{tmp_path.name}/other")
    assert str(caught.value) == (
        f"memory://{tmp_path.name}/other: folder must be empty or a synthvision dataset, got one with 'mine.txt'; "
        "choose another folder"
    )


def test_a_damaged_commit_is_named(memory: str, tmp_path: Path) -> None:
    render(tmp_path, memory, 2, shard=Shard(0, 1))
    store = open_store(memory)
    (name,) = (name for name in store.names(".shards") if "run_log" not in name)
    store.write(name, store.read(name)[:-10])
    with pytest.raises(DatasetError, match=rf"^{memory}/{name}: SHA-256 must begin with [0-9a-f]{{16}} as the name"):
        render(tmp_path, memory, 2)


def test_a_store_that_does_not_answer_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: str, server: str
) -> None:
    with pytest.raises(
        DatasetError, match=r"^s3://no-such-bucket-of-ours/x/recipe.yaml: bucket must exist, got 'The spec"
    ):
        render(tmp_path, "s3://no-such-bucket-of-ours/x")
    monkeypatch.setattr("synthvision.run.stores._PATIENCE_S", 0.5)
    faults(server, "?fail=1000&stall=0&seconds=0")
    with pytest.raises(DatasetError) as caught:
        render(tmp_path, s3)
    assert re.match(
        rf"{s3}/recipe.yaml: object store must answer, got 'OSError: .*' for 0.5 s; cure", str(caught.value)
    )


def test_unknown_urls_and_missing_extras_are_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^s4://b/x: output must be a folder or a URL that fsspec knows, got '.*s4"):
        render(tmp_path, "s4://b/x")
    monkeypatch.setitem(sys.modules, "tenacity", None)
    with pytest.raises(UsageError) as caught:
        render(tmp_path, "s3://b/x")
    text = "s3://b/x: output must be a folder without the extra 'synthvision[cloud]', got a URL; install it"
    assert str(caught.value) == text


def test_file_urls_are_folders(tmp_path: Path) -> None:
    render(tmp_path, f"file://{tmp_path}/out", 1)
    assert (tmp_path / "out/images/000000.png").is_file()


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_every_store_does_the_same(kind: str, tmp_path: Path, memory: str) -> None:
    store = open_store(tmp_path / "store" if kind == "folder" else memory)
    assert isinstance(store, FolderStore if kind == "folder" else UrlStore)
    assert (store.read("a/x"), store.names(), store.names("a"), store.download("a/x", tmp_path / "y")) == (
        None,
        (),
        (),
        False,
    )
    store.write("a/x", b"1")
    (tmp_path / "file").write_bytes(b"2")
    store.put({"a/y": tmp_path / "file", "z": tmp_path / "file"})
    assert (store.names(), store.names("a")) == (("a", "z"), ("a/x", "a/y"))
    assert (store.read("a/x"), store.download("a/y", tmp_path / "y")) == (b"1", True)
    assert (tmp_path / "y").read_bytes() == b"2"
    store.delete(["a/x", "a/none", "a/y"])
    assert store.names("a") == ()
