"""Keypoints from the recipe into the manifest, the COCO file and what ``validate`` says of them."""

import shutil
from pathlib import Path

import pytest

from synthvision.assets import load_catalog
from synthvision.dataset import validate
from synthvision.dataset.manifest import make_manifest, read_manifest
from tests.unit.dataset.hand_made import make_dataset, make_recipe
from tests.unit.dataset.test_validate import edit_coco, edit_line
from tests.unit.formats.test_coco import load

OBJECTS = [{"asset": "mug", "category": "mug"}]
MUG = tuple(load_catalog().models["mug"].keypoints)
POINTS = {"handle": [12.5, 7.25, 2], "rim_left": [0.0, 0.0, 0], "base_far": [63.9, 47.5, 1]}


def with_points(record) -> None:
    record["labels"][0]["keypoints"] = {name: list(point) for name, point in POINTS.items()}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = make_dataset(tmp_path_factory.mktemp("points") / "set", make_recipe(objects=OBJECTS))
    edit_line(folder, 0, with_points)
    return folder


@pytest.fixture
def folder(good, tmp_path):
    return Path(shutil.copytree(good, tmp_path / "set"))


def test_the_manifest_has_what_the_catalog_declares(folder):
    mug, key = read_manifest(folder).categories
    assert mug.keypoints == MUG
    left, right = (MUG.index(name) for name in ("rim_left", "rim_right"))
    assert (left, right) in mug.flip_pairs
    assert (MUG.index("rim_handle"), left) in mug.skeleton
    assert (key.keypoints, key.skeleton, key.flip_pairs) == ((), (), ())


def test_the_manifest_of_a_recipe_without_objects_has_none():
    manifest = make_manifest(make_recipe(), 7, "preview")
    assert all(category.keypoints == () for category in manifest.categories)


def test_coco_has_them_in_the_order_of_the_category(folder):
    coco = load(folder / "annotations/instances.json")
    mug, key = coco.loadCats([1, 2])
    assert mug["keypoints"] == list(MUG)
    assert min(min(pair) for pair in mug["skeleton"]) == 1
    assert [MUG.index("rim_handle") + 1, MUG.index("rim_left") + 1] in mug["skeleton"]
    assert "keypoints" not in key
    first, second, third = (annotation for annotation in coco.dataset["annotations"] if annotation["image_id"] == 1)
    triples = [first["keypoints"][start : start + 3] for start in range(0, 3 * len(MUG), 3)]
    assert dict(zip(MUG, triples, strict=True)) == {name: POINTS.get(name, [0, 0, 0]) for name in MUG}
    assert first["num_keypoints"] == 2
    assert "keypoints" not in second
    assert (sum(third["keypoints"]), third["num_keypoints"]) == (0, 0)


def test_what_is_right_has_no_fault(folder):
    assert validate(folder) == ()


@pytest.mark.parametrize(
    ("name", "point", "what"),
    [
        ("handle", [12.5, 7.25, 3], "keypoint 'handle': state must be 0, 1 or 2, got 3"),
        ("handle", [12.5, 7.25, 0], "keypoint 'handle': place must be 0, 0 with state 0, got 12.5, 7.25"),
        ("handle", [64.5, 7.25, 1], "keypoint 'handle': place must be in the image of 64 x 48 px, got 64.5, 7.25"),
        ("handle", [3.0, -0.5, 2], "keypoint 'handle': place must be in the image of 64 x 48 px, got 3, -0.5"),
        ("handel", [3.0, 0.5, 2], f"keypoint must be of mug ({', '.join(MUG)}), got 'handel'; did you mean 'handle'?"),
    ],
)
def test_a_wrong_point_is_named(folder, name, point, what):
    edit_line(folder, 0, lambda record: record["labels"][0]["keypoints"].update({name: point}))
    (fault,) = [fault for fault in validate(folder) if fault.kind == "bad_value"]
    assert fault.what == f"thing/1: {what}"
    assert fault.file == "frames.jsonl: frame 0"


def test_points_of_a_category_without_any_are_named(folder):
    edit_line(folder, 0, lambda record: record["labels"][1].update(keypoints={"tip": [1, 1, 2]}))
    (fault,) = validate(folder)
    assert fault.what == "thing/2: keypoint must be of Schlüssel 扳手 (none), got 'tip'"


def test_coco_with_other_points_is_out_of_date(folder):
    def move(rows):
        rows["annotations"][0]["keypoints"][-3] += 1

    edit_coco(folder, move)
    assert [(fault.kind, fault.what) for fault in validate(folder)] == [
        ("coco_out_of_date", "annotation 1: keypoints must be as in frames.jsonl, got others")
    ]
