"""Parts of one dataset that were rendered apart are that dataset, to the byte."""

from __future__ import annotations

import fcntl
import json
import shutil
import tracemalloc
from pathlib import Path

import pytest

from synthvision import cli
from synthvision.curation import joining, merge_datasets
from synthvision.dataset import Dataset, validate
from synthvision.dataset.lines import Part, by_frame_index, part_of
from synthvision.errors import DatasetError, UsageError
from tests.unit.curation.many import make_many
from tests.unit.run.small import contents


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_many(tmp_path_factory.mktemp("whole") / "whole", 12, views=3)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("parts")
    ranges = [("a", 0, 3), ("empty", 3, 0), ("b", 3, 6), ("c", 9, 3)]
    return [make_many(folder / name, count, views=3, start=start) for name, start, count in ranges]


@pytest.mark.parametrize("link", [False, True])
def test_joined_in_any_order_they_are_the_dataset(whole: Path, parts: list[Path], tmp_path: Path, link: bool) -> None:
    out = tmp_path / "out"
    said = merge_datasets(out, parts[::-1], link=link)
    assert said == "12 frames (0 to 11) of 4 parts of one dataset"
    assert contents(out) == contents(whole)
    assert validate(out) == ()
    assert (out / "images/000003.png").samefile(parts[2] / "images/000003.png") is link
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_says_which_frames_are_not_there(
    parts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.run(["merge", str(out), str(parts[0]), str(parts[3]), "--link"]) == 0
    said = f"{out}: 6 frames (0 to 11 without 6 between) of 2 parts of one dataset\n"
    assert capsys.readouterr().out == said
    assert Dataset(out).frame_indices == (0, 1, 2, 9, 10, 11)
    assert validate(out) == ()


def test_interleaved_parts_come_in_order(tmp_path: Path) -> None:
    folders = [make_many(tmp_path / name, 2, start=start) for name, start in (("a", 0), ("b", 4), ("c", 2))]
    lines = (folders[0] / "frames.jsonl").read_bytes().splitlines(keepends=True)
    third = (folders[1] / "frames.jsonl").read_bytes()
    (folders[0] / "frames.jsonl").write_bytes(lines[0] + third)
    (folders[1] / "frames.jsonl").write_bytes(lines[1])
    found = [part_of(folder / "frames.jsonl") for folder in folders]
    assert [line.frame_index for line in by_frame_index(part for part in found if part)] == list(range(6))


def test_parts_that_are_ranges_are_open_one_after_the_other(parts: list[Path]) -> None:
    class Watched:
        now = most = 0

    def watched(part):
        Watched.now += 1
        Watched.most = max(Watched.most, Watched.now)
        yield from part.open()
        Watched.now -= 1

    found = [part_of(folder / "frames.jsonl") for folder in parts]
    real = [Part(part.first, lambda part=part: watched(part)) for part in found if part]
    assert len(list(by_frame_index(real))) == 12
    assert (Watched.now, Watched.most) == (0, 1)


def test_what_a_killed_join_left_is_used_only_if_it_is_right(
    whole: Path, parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, partial = tmp_path / "out", tmp_path / "out.partial"

    def killed(_folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(joining, "write_coco", killed)
        with pytest.raises(KeyboardInterrupt):
            merge_datasets(out, parts, link=False)
    assert not out.exists()
    kept = (partial / "images/000000.png").stat()
    (partial / "images/000001.png").write_bytes(b"torn")
    (partial / "images/.000002.png.1.tmp").write_bytes(b"torn")
    merge_datasets(out, parts, link=False)
    assert contents(out) == contents(whole)
    assert (out / "images/000000.png").stat().st_mtime_ns == kept.st_mtime_ns
    assert not partial.exists()


def test_what_another_join_left_is_not_used(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    other = make_many(tmp_path / "out.partial", 14, views=3, name="other")
    assert (other / "images/000013.png").is_file()
    merge_datasets(tmp_path / "out", parts, link=True)
    assert contents(tmp_path / "out") == contents(whole)


def test_one_join_at_a_time(parts: list[Path], tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    with (tmp_path / "out.partial/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DatasetError, match=r"out.partial: folder must have one writer, got a second while"):
            merge_datasets(tmp_path / "out", parts, link=True)


def test_what_cannot_be_joined_is_refused(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(DatasetError) as caught:
        merge_datasets(out, [*parts, parts[2]], link=True)
    assert str(caught.value) == f"{parts[2]}: frame 3 must not be in {parts[2]} too, got it in both"
    broken = shutil.copytree(parts[2], tmp_path / "broken")
    lines = (broken / "frames.jsonl").read_bytes().splitlines(keepends=True)
    (broken / "frames.jsonl").write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    with pytest.raises(DatasetError) as caught:
        merge_datasets(out, [parts[0], broken], link=True)
    assert str(caught.value) == (
        f"{broken}/frames.jsonl:2: frame index must be above 4, got 3; "
        "run the render command of that folder again: it was stopped in the middle"
    )
    with (broken / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DatasetError) as caught:
            merge_datasets(out, [parts[0], broken], link=True)
    text = f"{broken}: dataset must be finished, got one that a run is writing; wait for it"
    assert str(caught.value) == text
    assert not out.exists()
    out.mkdir()
    (out / "mine").touch()
    with pytest.raises(UsageError, match="out: output must be a new or empty folder, got one with files"):
        merge_datasets(out, parts, link=True)


def test_files_are_compared_with_what_was_recorded(parts: list[Path], tmp_path: Path) -> None:
    broken = shutil.copytree(parts[0], tmp_path / "broken")
    content = bytearray((broken / "images/000001.png").read_bytes())
    content[-1] ^= 1
    (broken / "images/000001.png").write_bytes(content)
    with pytest.raises(DatasetError, match=r"broken/images/000001.png: file must have the bytes that its dataset re"):
        merge_datasets(tmp_path / "out", [broken, parts[2]], link=False)
    (broken / "recipe.yaml").write_text("name: other\n")
    with pytest.raises(DatasetError, match=r"broken/recipe.yaml: SHA-256 must be .*… as the manifest says, got"):
        merge_datasets(tmp_path / "out", [broken, parts[2]], link=True)
    assert not (tmp_path / "out").exists()


def test_a_line_cannot_name_files_elsewhere(parts: list[Path], tmp_path: Path) -> None:
    for name in ("../../secret", "images/../../secret", "/etc/passwd", "other/0.png"):
        evil = shutil.copytree(parts[0], tmp_path / "evil", dirs_exist_ok=True)
        line = json.loads((evil / "frames.jsonl").read_text().splitlines()[0])
        line["files"] = {name: {"bytes": 1, "sha256": ""}}
        (evil / "frames.jsonl").write_text(json.dumps(line) + "\n")
        with pytest.raises(DatasetError) as caught:
            merge_datasets(tmp_path / "out", [evil, parts[2]], link=True)
        text = f"{evil}/frames.jsonl:1: file must lie in a folder of the dataset (images, …), got '{name}'"
        assert str(caught.value) == text


def test_memory_does_not_grow_with_frames(tmp_path: Path) -> None:
    def peak(frames: int) -> int:
        line = b'{"files":{},"frame_index":%d,"filler":"' + b"x" * 20_000 + b'"}\n'
        for number in range(2):
            with (tmp_path / f"{number}.jsonl").open("wb") as stream:
                stream.writelines(line % index for index in range(number * frames, (number + 1) * frames))
        tracemalloc.start()
        found = [part_of(tmp_path / f"{number}.jsonl") for number in range(2)]
        assert sum(1 for _ in by_frame_index(part for part in found if part)) == 2 * frames
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(500) < peak(5) + 20_000
