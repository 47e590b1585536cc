import json
import os

import pytest

from synthvision.curation import fix_dataset, subset_dataset
from synthvision.dataset import validate
from synthvision.dataset.lock import FolderLock
from synthvision.errors import DatasetError
from tests.unit.dataset.hand_made import content, make_dataset, make_recipe
from tests.unit.dataset.test_validate import edit_coco


@pytest.fixture
def folder(tmp_path):
    return make_dataset(tmp_path / "set", make_recipe(outputs={"semantic": True}))


def test_a_good_dataset_is_left_alone(folder):
    before = content(folder)
    assert list(fix_dataset(folder)) == []
    assert content(folder) == before


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "annotations/instances.json").unlink(), "annotations/instances.json: written anew"),
        (
            lambda folder: edit_coco(folder, lambda coco: coco["annotations"].pop()),
            "annotations/instances.json: written anew",
        ),
        (
            lambda folder: (folder / "instances/000002.png").unlink(),
            "instances/000002.png: painted anew from the masks",
        ),
        (
            lambda folder: (folder / "semantic/000002.png").write_bytes(b"x"),
            "semantic/000002.png: painted anew from the masks",
        ),
        (
            lambda folder: (folder / "instances/000000.png").write_bytes(
                (folder / "instances/000002.png").read_bytes()
            ),
            "instances/000000.png: painted anew from the masks",
        ),
        (
            lambda folder: (folder / "depth/.000002.png.77.tmp").write_bytes(b""),
            "depth/.000002.png.77.tmp: unfinished ",
        ),
        (
            lambda folder: (folder / "frames.jsonl").write_bytes(
                b"".join(reversed((folder / "frames.jsonl").read_bytes().splitlines(keepends=True)))
            ),
            "frames.jsonl: lines sorted by frame",
        ),
        (
            lambda folder: (folder / "frames.jsonl").write_bytes(
                (folder / "frames.jsonl").read_bytes() + (folder / "frames.jsonl").read_bytes().splitlines(True)[3]
            ),
            "frames.jsonl:5: earlier line of frame 12 left out",
        ),
    ],
)
def test_what_the_lines_say_is_made_anew_byte_for_byte(folder, damage, said):
    before = content(folder)
    damage(folder)
    (line,) = fix_dataset(folder)
    assert line.startswith(said)
    assert content(folder) == before


def test_a_torn_line_goes_and_its_frame_with_it(folder):
    path = folder / "frames.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    assert list(fix_dataset(folder)) == [
        "frames.jsonl:4: line left out, which is not whole: its frame must be made again",
        "annotations/instances.json: written anew",
    ]
    faults = validate(folder)
    assert {fault.kind for fault in faults} == {"unlisted_file"}
    assert {os.path.basename(fault.file) for fault in faults} == {"000012.png"}  # noqa: PTH119 - a text, no path


def test_maps_of_a_derived_dataset_are_painted_as_they_were(folder, tmp_path):
    subset_dataset(folder, tmp_path / "part", "frame > 0", link=False)
    before = content(tmp_path / "part")
    (tmp_path / "part/instances/000001.png").unlink()
    assert list(fix_dataset(tmp_path / "part")) == ["instances/000001.png: painted anew from the masks"]
    assert content(tmp_path / "part") == before


def test_a_map_that_cannot_have_the_old_bytes_gets_a_new_line(folder):
    path = folder / "frames.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    lines[0]["files"]["instances/000000.png"]["sha256"] = "00" * 32
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert list(fix_dataset(folder)) == ["instances/000000.png: painted anew from the masks"]
    assert validate(folder) == ()


def test_what_cannot_be_made_anew_stays_a_fault(folder):
    (folder / "images/000001.png").unlink()
    assert list(fix_dataset(folder)) == []
    assert [fault.kind for fault in validate(folder)] == ["missing_file"]


def test_nothing_is_fixed_while_a_run_writes(folder):
    with FolderLock(folder), pytest.raises(DatasetError, match="folder must have one writer, got a second while"):
        list(fix_dataset(folder))
