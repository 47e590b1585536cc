import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synthvision.dataset import open_dataset, read_manifest
from synthvision.dataset.manifest import make_manifest, manifest_bytes
from synthvision.errors import DatasetError
from tests.unit.dataset.hand_made import content, frames_by_hand, make_dataset, make_recipe


def open_and_close(folder, recipe=None, seed=7, renderer="preview"):
    with open_dataset(folder, recipe or make_recipe(), seed, renderer) as dataset:
        return dataset


def test_a_new_folder_gets_manifest_recipe_and_journal_and_no_lock_stays(tmp_path):
    open_and_close(tmp_path / "deep" / "new")
    assert sorted(content(tmp_path / "deep" / "new")) == ["frames.jsonl", "manifest.json", "recipe.yaml"]


def test_the_manifest_reads_back_equal_and_tells_nothing_of_this_machine(tmp_path):
    opened = open_and_close(tmp_path)
    assert read_manifest(tmp_path) == opened.manifest
    text = (tmp_path / "manifest.json").read_text()
    assert str(tmp_path) not in text
    assert os.uname().nodename not in text
    data = json.loads(text)
    assert (data["format"], data["synthetic"], data["seed"], data["name"]) == (1, True, 7, "hand-made")
    assert [(c["id"], c["name"]) for c in data["categories"]] == [(1, "mug"), (2, "Schlüssel 扳手")]
    assert set(data["versions"]) >= {"synthvision", "numpy", "embreex"}
    assert data["versions"]["synthvision"] == "0.1.0"


def test_seed_0_is_seed_0(tmp_path):
    open_and_close(tmp_path, seed=0)
    assert read_manifest(tmp_path).seed == 0
    with pytest.raises(DatasetError, match="seed must be 0, as the dataset was begun, got 7"):
        open_and_close(tmp_path)


def test_an_interrupted_dataset_ends_as_an_undisturbed_one(tmp_path):
    whole = content(make_dataset(tmp_path / "whole"))
    part = make_dataset(tmp_path / "part", order=[12, 1], coco=False)
    (part / "images" / ".000002.png.99.tmp").write_bytes(b"half")
    (part / ".manifest.json.99.tmp").write_bytes(b"half")
    with (part / "frames.jsonl").open("ab") as stream:
        stream.write(b'{"torn')
    (part / "images" / "000012.png").unlink()
    (part / "recipe.yaml").unlink()
    assert content(make_dataset(part, order=sorted(frames_by_hand(), reverse=True))) == whole


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"seed": 8}, "seed must be 7, as the dataset was begun, got 8; choose another folder for the new run"),
        ({"renderer": "blender"}, "renderer must be preview, as the dataset was begun, got blender; choose another"),
        ({"recipe": make_recipe(seed=3)}, "seed: 0' is now 'seed: 3'); choose another folder for the new run"),
        ({"recipe": make_recipe(seed=3)}, "recipe must be the one that the dataset was begun with (hand-made, "),
    ],
)
def test_another_run_into_the_folder_is_refused_and_says_what_differs(tmp_path, change, text):
    make_dataset(tmp_path)
    before = content(tmp_path)
    with pytest.raises(DatasetError) as caught:
        open_and_close(tmp_path, **change)
    assert str(caught.value).startswith(f"{tmp_path}: ")
    assert text in str(caught.value)
    assert content(tmp_path) == before


def test_other_software_is_refused_by_name(tmp_path):
    make_dataset(tmp_path)
    data = json.loads((tmp_path / "manifest.json").read_bytes())
    data["versions"]["numpy"] = "0.9"
    (tmp_path / "manifest.json").write_text(json.dumps(data))
    with pytest.raises(DatasetError, match=r"version of numpy must be 0\.9, as the dataset was begun, got \d"):
        open_and_close(tmp_path)


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_bytes(b"years of work")
    with pytest.raises(DatasetError) as caught:
        open_and_close(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: folder must be empty or a synthvision dataset, got one with 'thesis.odt'; choose another folder"
    )
    assert list(content(tmp_path)) == ["thesis.odt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(DatasetError, match="out: output must be a folder, got a file"):
        open_and_close(tmp_path / "out")


def test_a_run_that_died_before_its_manifest_does_not_block_the_folder(tmp_path):
    (tmp_path / ".lock").write_text("1\n")
    (tmp_path / ".manifest.json.1.tmp").write_text("{")
    (tmp_path / "run_log.jsonl").write_text("")
    open_and_close(tmp_path)
    assert sorted(content(tmp_path)) == ["frames.jsonl", "manifest.json", "recipe.yaml", "run_log.jsonl"]


def test_a_folder_that_cannot_be_written_is_named():
    with pytest.raises(DatasetError, match="/sys/synthvision: folder must be writable, got "):
        open_and_close(Path("/sys/synthvision"))


def test_a_second_writer_is_refused_while_the_first_is_there(tmp_path):
    with open_dataset(tmp_path, make_recipe(), 7, "preview"):
        with pytest.raises(DatasetError) as caught:
            open_and_close(tmp_path)
        assert str(caught.value) == (
            f"{tmp_path}: folder must have one writer, got a second while process {os.getpid()} is writing; "
            "wait for it, stop it, or choose another folder"
        )
    open_and_close(tmp_path)


HOLDER = """
import sys
from pathlib import Path
from synthvision.dataset.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_goes_with_a_process_that_is_killed(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatasetError, match=f"while process {holder.pid} is writing"):
            open_and_close(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    open_and_close(tmp_path)
    assert not (tmp_path / ".lock").exists()


def test_the_version_of_blender_counts_only_where_blender_renders():
    assert "bpy" not in make_manifest(make_recipe(), 0, "preview").versions


def test_a_manifest_whose_splits_leave_the_folder_is_refused(tmp_path):
    data = json.loads(manifest_bytes(make_manifest(make_recipe(), 7, "preview"))) | {"splits": ["../up"]}
    (tmp_path / "manifest.json").write_text(json.dumps(data))
    with pytest.raises(DatasetError, match=r"split: name must be .*, got '\.\./up'"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "manifest.json: format must be 1, got 2"),
        ({"sed": 1}, "manifest.json: key must be one of categories, "),
        ({"seed": "7"}, "manifest.json.seed: value must be int, got '7'"),
        ({"outputs": {"depth": "png8"}}, "manifest.json: outputs must be as in a recipe, got "),
        ({"licence": {}}, "manifest.json: licence must have name and url, got {}"),
        ({"licences": [{"name": "MIT"}]}, "manifest.json: licence must have url, got {'name': 'MIT'}"),
        (
            {"categories": [{"id": 2, "name": "a", "supercategory": "b"}]},
            "category ids must be 1 to 1 in order, got [2]",
        ),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path, change, message):
    data = json.loads(manifest_bytes(make_manifest(make_recipe(), 7, "preview"))) | change
    (tmp_path / "manifest.json").write_text(json.dumps(data))
    with pytest.raises(DatasetError) as caught:
        read_manifest(tmp_path)
    assert message in str(caught.value)


def test_a_folder_without_manifest_is_no_dataset(tmp_path):
    with pytest.raises(DatasetError, match=r"folder must be a synthvision dataset with a manifest\.json, got one"):
        read_manifest(tmp_path)
