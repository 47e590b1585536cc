"""Parts of a dataset: which frames they have, and what they hold when rendered apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthvision import cli, render_dataset
from synthvision.dataset import Dataset, validate
from synthvision.errors import UsageError
from synthvision.run.shards import Shard
from tests.unit.run.small import small_recipe, small_recipe_file


@given(st.integers(0, 50), st.integers(1, 60), st.integers(1, 12), st.integers(1, 4))
def test_parts_cover_the_frames_once_in_order_and_keep_scenes_whole(
    start: int, count: int, of: int, views: int
) -> None:
    parts = [Shard(number, of).part(range(start, start + count), views) for number in range(of)]
    assert [index for part in parts for index in part] == list(range(start, start + count))
    scenes = [{index // views for index in part} for part in parts]
    assert sum(map(len, scenes)) == len(set().union(*scenes))
    assert max(map(len, scenes)) - min(map(len, scenes)) <= 1


def test_parts_of_a_few_frames() -> None:
    assert [Shard(number, 4).part(range(10), 1) for number in range(4)] == [
        range(2),
        range(2, 5),
        range(5, 7),
        range(7, 10),
    ]
    assert [Shard(number, 2).part(range(3, 12), 4) for number in range(2)] == [range(3, 4), range(4, 12)]
    assert len(Shard(0, 5).part(range(2), 1)) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3/3", "shard: it must be 0/3 to 2/3, got 3/3"),
        ("0/0", "shard: count must be at least 1, got 0/0"),
        ("x", "shard: it must be NUMBER/COUNT, from 0/8 to 7/8 for eight shards, got 'x'"),
        ("-1/3", "shard: it must be NUMBER/COUNT, from 0/8 to 7/8 for eight shards, got '-1/3'"),
        ("1/2/3", "shard: it must be NUMBER/COUNT, from 0/8 to 7/8 for eight shards, got '1/2/3'"),
    ],
)
def test_what_is_no_shard_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    arguments = ["render", str(small_recipe_file(tmp_path)), "-o", str(tmp_path / "out"), f"--shard={text}"]
    assert cli.run([*arguments, "--renderer", "preview"]) == 2
    assert capsys.readouterr().err == f"{message}\n"
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match=r"^shard: it must be 0/3"):
        Shard(-1, 3)


def test_a_shard_has_its_part_of_the_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, out = small_recipe_file(tmp_path), tmp_path / "out"
    options = ["-n", "5", "--start", "10", "--shard", "1/3", "--renderer", "preview", "--workers", "1"]
    assert cli.run(["render", str(recipe), "-o", str(out), *options]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: 2 of 2 frames are there; pictures in {out}/images\nmade 2 in ")
    assert Dataset(out).frame_indices == (11, 12)
    assert validate(out) == ()
    begin = json.loads((out / "run_log.jsonl").read_text().splitlines()[0])
    assert (begin["frames"], begin["start"], begin["shard"]) == (5, 10, "1/3")


def test_a_shard_without_frames_is_an_empty_dataset(tmp_path: Path) -> None:
    recipe, out = small_recipe(tmp_path), tmp_path / "out"
    summary = render_dataset(recipe, out, frames=2, renderer="preview", shard=Shard(0, 3))
    assert (summary.finished, summary.exit_code) == (0, 0)
    assert len(Dataset(out)) == 0
    assert validate(out) == ()
    assert json.loads((out / "annotations/instances.json").read_text())["images"] == []
