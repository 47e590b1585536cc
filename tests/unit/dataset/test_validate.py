"""Each test damages a good dataset in one way; exactly that must be found."""

import hashlib
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.dataset import validate
from synthvision.dataset.png import encode_png
from synthvision.dataset.records import dump_line
from synthvision.formats import write_coco
from tests.unit.dataset.hand_made import make_dataset, make_recipe

COCO = "annotations/instances.json"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("good") / "set", make_recipe(outputs={"normals": True}))


@pytest.fixture
def folder(good, tmp_path):
    return Path(shutil.copytree(good, tmp_path / "set"))


def found(folder):
    return [(fault.file, fault.kind) for fault in validate(folder)]


def edit_line(folder, frame, edit, *, coco=True):
    """Edit one line of frames.jsonl as JSON; write COCO anew from it, so that only the line is wrong."""
    path = folder / "frames.jsonl"
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    for record in records:
        if record["frame_index"] == frame:
            edit(record)
    path.write_bytes(b"".join(dump_line(record, "") for record in records))
    if coco:
        write_coco(folder)


def edit_coco(folder, edit):
    """Edit the COCO file line by line; ``edit`` gets the lists ``images`` and ``annotations``."""
    lines = (folder / COCO).read_bytes().decode().split("\n")
    first, second = lines.index('"images":['), lines.index('"annotations":[')
    images = [json.loads(line.rstrip(",")) for line in lines[first + 1 : second - 1]]
    annotations = [json.loads(line.rstrip(",")) for line in lines[second + 1 : lines.index("]}")]]
    edit({"images": images, "annotations": annotations})
    head = "\n".join(lines[: first + 1])
    rows = [",\n".join(json.dumps(row) for row in part) + "\n" * bool(part) for part in (images, annotations)]
    (folder / COCO).write_text(f'{head}\n{rows[0]}],\n"annotations":[\n{rows[1]}]}}\n')


def set_file(folder, name, content, frame):
    """Replace a file and make its line agree with the new bytes."""
    (folder / name).write_bytes(content)

    def edit(record):
        record["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    edit_line(folder, frame, edit)


@pytest.mark.parametrize(
    "outputs",
    [
        {},
        {"image": "jpeg", "depth": "exr"},
        {"depth": "none", "instances": False},
        {"polygons": True, "min_mask_px": 2},
    ],
)
def test_a_good_dataset_has_no_faults(tmp_path, outputs):
    assert validate(make_dataset(tmp_path, make_recipe(outputs=outputs))) == ()


def test_a_good_dataset_with_splits_has_no_faults(tmp_path):
    recipe = make_recipe(splits={"train": 3, "val": 1, "test": 1})
    splits = {0: "train", 1: "val", 2: "train", 12: "train"}
    assert validate(make_dataset(tmp_path, recipe, splits=splits)) == ()


def test_validating_changes_nothing(folder, good):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert validate(folder) == ()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_missing_manifest(folder):
    (folder / "manifest.json").unlink()
    assert found(folder) == [("manifest.json", "bad_manifest")]


def test_a_damaged_manifest(folder):
    (folder / "manifest.json").write_text('{"format": 1,')
    assert found(folder) == [("manifest.json", "bad_manifest")]


def test_another_recipe_file(folder):
    with (folder / "recipe.yaml").open("a") as stream:
        stream.write("# changed\n")
    assert found(folder) == [("recipe.yaml", "hash_mismatch")]


@pytest.mark.parametrize(
    "name", ["recipe.yaml", "frames.jsonl", COCO, "images/000001.png", "depth/000002.png", "instances/000000.png"]
)
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    assert found(folder) == [(name, "missing_file")]


def test_a_file_that_nobody_listed(folder):
    (folder / "images" / "000099.png").write_bytes(b"x")
    assert found(folder) == [("images/000099.png", "unlisted_file")]


def test_changed_pixels(folder):
    pixels = cv2.imread(str(folder / "images/000001.png"))
    pixels[5, 5, 0] ^= 1
    cv2.imwrite(str(folder / "images/000001.png"), pixels)
    assert found(folder) == [("images/000001.png", "hash_mismatch")]


def test_a_changed_text_chunk(folder):
    path = folder / "depth/000001.png"
    path.write_bytes(path.read_bytes() + b"tail")
    assert found(folder) == [("depth/000001.png", "hash_mismatch")]


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_an_unreadable_image(folder, content):
    set_file(folder, "images/000001.png", content, 1)
    assert found(folder) == [("images/000001.png", "unreadable_image")]


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("images/000001.png", np.zeros((64, 48, 3), np.uint8)),
        ("images/000001.png", np.zeros((48, 64), np.uint8)),
        ("depth/000001.png", np.zeros((48, 64), np.uint8)),
        ("instances/000001.png", np.zeros((47, 64), np.uint16)),
        ("normals/000001.png", np.zeros((48, 64, 3), np.uint8)),
    ],
)
def test_a_picture_of_the_wrong_size_or_depth(folder, name, pixels):
    set_file(folder, name, encode_png(pixels, {}), 1)
    assert found(folder) == [(name, "wrong_size")]


def test_a_torn_line(folder):
    path = folder / "frames.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    assert found(folder) == [("frames.jsonl:4", "torn_line")]


def test_a_frame_that_stands_twice(folder):
    path = folder / "frames.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[3]]))
    assert found(folder) == [("frames.jsonl:5", "duplicate_frame")]


def test_lines_out_of_order(folder):
    path = folder / "frames.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    assert found(folder) == [("frames.jsonl:2", "unsorted_frames")]


def test_a_number_that_is_not_finite(folder):
    path = folder / "frames.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"distance_m":0.666666667', b'"distance_m":NaN', 1))
    assert found(folder) == [("frames.jsonl:1", "bad_value")]


@pytest.mark.parametrize(
    ("frame", "edit"),
    [
        (0, lambda record: record["labels"][1].update(visibility=0.5)),
        (1, lambda record: record["scene"]["camera"].pop("fx")),
        (1, lambda record: record["scene"].update(frame_index=2)),
    ],
)
def test_a_value_that_contradicts_another(folder, frame, edit):
    edit_line(folder, frame, edit, coco=False)
    assert found(folder) == [(f"frames.jsonl: frame {frame}", "bad_value")]


def test_a_split_that_the_manifest_does_not_know(folder):
    edit_line(folder, 0, lambda record: record.update(split="train"), coco=False)
    assert found(folder) == [("frames.jsonl:1", "bad_value")]


def test_a_value_of_the_wrong_type(folder):
    edit_line(folder, 2, lambda record: record.update(width_px="64"), coco=False)
    assert found(folder) == [("frames.jsonl:3", "bad_value")]


def test_files_that_are_not_those_of_the_recipe(folder):
    edit_line(folder, 1, lambda record: record["files"].pop("depth/000001.png"))
    assert found(folder) == [("frames.jsonl: frame 1", "bad_value"), ("depth/000001.png", "unlisted_file")]


def test_an_unknown_category(folder):
    edit_line(folder, 0, lambda record: record["labels"][0].update(category_id=3))
    assert found(folder) == [("frames.jsonl: frame 0", "unknown_category")]


def test_instance_ids_out_of_order(folder):
    edit_line(folder, 0, lambda record: record["labels"][1].update(instance_id=1))
    assert found(folder) == [("frames.jsonl: frame 0", "id_problem")]


def test_a_mask_that_is_not_in_the_map(folder):
    def edit(record):
        first, second = record["labels"][:2]
        first["instance_id"], second["instance_id"] = 2, 3

    edit_line(folder, 0, edit)
    assert found(folder) == [("instances/000000.png", "rle_mismatch")]


def test_a_mask_of_another_size(folder):
    edit_line(folder, 0, lambda record: record["labels"][0].update(counts="d0"))
    assert found(folder) == [("frames.jsonl: frame 0", "rle_mismatch")]


def test_a_mask_outside_its_amodal_mask(folder):
    def edit(record):
        record["labels"][0]["amodal_counts"] = record["labels"][1]["amodal_counts"]

    edit_line(folder, 0, edit)
    assert found(folder) == [("frames.jsonl: frame 0", "rle_mismatch")]


@pytest.mark.parametrize("key", ["bbox", "amodal_bbox"])
def test_a_box_that_is_not_tight(folder, key):
    edit_line(folder, 0, lambda record: record["labels"][1].update({key: [30, 4, 17, 6]}))
    assert found(folder) == [("frames.jsonl: frame 0", "bbox_mismatch")]


@pytest.mark.parametrize("key", ["area", "amodal_area"])
def test_an_area_that_is_not_that_of_the_mask(folder, key):
    edit_line(folder, 0, lambda record: record["labels"][1].update({key: 74}))
    assert found(folder) == [("frames.jsonl: frame 0", "area_mismatch")]


def test_a_coco_file_that_lacks_a_frame(folder):
    (folder / COCO).unlink()
    path = folder / "frames.jsonl"
    lines = path.read_bytes()
    path.write_bytes(b"".join(lines.splitlines(keepends=True)[:3]))
    write_coco(folder)
    path.write_bytes(lines)
    assert found(folder) == [(COCO, "coco_out_of_date")]


def swap(rows):
    """Exchange the contents of the first and the last annotation, but not their ids."""
    rows[0], rows[-1] = {**rows[-1], "id": rows[0]["id"]}, {**rows[0], "id": rows[-1]["id"]}


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (lambda coco: coco["images"][1].update(id=0), "id_problem"),
        (lambda coco: coco["images"][1].update(id=1), "id_problem"),
        (lambda coco: coco["images"][1].update(id="2"), "id_problem"),
        (lambda coco: coco["images"][1].update(id=7), "coco_out_of_date"),
        (lambda coco: coco["images"][1].update(width=63), "coco_out_of_date"),
        (lambda coco: coco["images"][1].update(file_name="images/000001.png"), "coco_out_of_date"),
        (lambda coco: coco["annotations"][0].update(id=0), "id_problem"),
        (lambda coco: coco["annotations"][1].update(id=1), "id_problem"),
        (lambda coco: coco["annotations"][1].update(image_id=2), "coco_out_of_date"),
        (lambda coco: coco["annotations"][1].update(category_id=1), "coco_out_of_date"),
        (lambda coco: coco["annotations"][1].update(category_id=0), "unknown_category"),
        (lambda coco: coco["annotations"][1].update(iscrowd=1), "coco_out_of_date"),
        (lambda coco: coco["annotations"][1].pop("area"), "area_mismatch"),
        (lambda coco: coco["annotations"][1].update(bbox=[30.0, 4.0, 17.0, 6.0]), "bbox_mismatch"),
        (lambda coco: coco["annotations"][1].update(segmentation=None), "rle_mismatch"),
        (lambda coco: coco["annotations"][1]["segmentation"].update(counts="d0"), "rle_mismatch"),
        (lambda coco: coco["annotations"][1]["attributes"].update(visibility=1.0), "coco_out_of_date"),
        (lambda coco: coco["annotations"][1]["attributes"].update(distance_m=float("nan")), "bad_value"),
        (lambda coco: coco["annotations"].pop(), "coco_out_of_date"),
        (lambda coco: swap(coco["annotations"]), "coco_out_of_date"),
    ],
)
def test_a_coco_file_that_differs_from_the_lines(folder, edit, kind):
    edit_coco(folder, edit)
    assert found(folder) == [(COCO, kind)]


def change_nothing(_):
    pass


def test_editing_nothing_leaves_nothing_to_find(folder):
    edit_coco(folder, change_nothing)
    edit_line(folder, 0, change_nothing)
    assert found(folder) == []


@pytest.mark.parametrize("cut", [10, 900, -200, -2])
def test_a_coco_file_that_ends_early(folder, cut):
    path = folder / COCO
    path.write_bytes(path.read_bytes()[:cut])
    assert found(folder) == [(COCO, "coco_out_of_date")]


def test_a_coco_file_that_another_program_wrote(folder):
    path = folder / COCO
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1))
    assert found(folder) == [(COCO, "coco_out_of_date")]


def test_other_categories_in_the_coco_file(folder):
    path = folder / COCO
    path.write_bytes(path.read_bytes().replace(b'"name":"mug"', b'"name":"cup"', 1))
    assert found(folder) == [(COCO, "coco_out_of_date")]


def test_two_faults_are_both_found_and_say_what_to_do(folder):
    (folder / "depth/000002.png").unlink()
    edit_line(folder, 0, lambda record: record["labels"][1].update(area=74))
    faults = validate(folder)
    assert [str(fault).split("; ")[0] for fault in faults] == [
        "frames.jsonl: frame 0: thing/2: area must be 73 px, got 74 [area_mismatch]",
        "depth/000002.png: file must be there, got none [missing_file]",
    ]
    assert all("run the same render command again" in fault.remedy for fault in faults)
