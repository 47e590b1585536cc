import contextlib
import io
import json
import resource
import subprocess
import sys

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvision.dataset.manifest import make_manifest, manifest_bytes
from synthvision.dataset.records import FileRecord, dump_line, frame_record
from synthvision.errors import DatasetError
from synthvision.formats import write_coco
from tests.unit.dataset.hand_made import (
    CATEGORIES,
    content,
    frames_by_hand,
    make_dataset,
    make_labels,
    make_recipe,
    make_scene,
)
from tests.unit.dataset.test_writer import files_at_most


def load(path):
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def scores(truth, kind):
    """Average precision and recall of the ground truth against itself."""
    found = [{**annotation, "score": 1.0} for annotation in truth.dataset["annotations"]]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(found), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[0], evaluation.stats[8]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("coco")) / "annotations" / "instances.json"


@pytest.mark.parametrize("polygons", [False, True])
@pytest.mark.parametrize("kind", ["bbox", "segm"])
def test_the_ground_truth_scores_itself_at_1(tmp_path, polygons, kind):
    folder = make_dataset(tmp_path, make_recipe(outputs={"polygons": polygons}))
    assert scores(load(folder / "annotations/instances.json"), kind) == (1.0, 1.0)


@pytest.mark.parametrize("polygons", [False, True])
def test_every_mask_survives_holes_and_parts_and_all(tmp_path, polygons):
    folder = make_dataset(tmp_path, make_recipe(outputs={"polygons": polygons}))
    coco = load(folder / "annotations/instances.json")
    seen = {}
    for annotation in coco.dataset["annotations"]:
        mask = coco.annToMask(annotation).astype(bool)
        assert (type(annotation["area"]), annotation["area"]) == (int, mask.sum())
        box = coco_mask.toBbox(coco_mask.encode(np.asfortranarray(mask.astype(np.uint8))))
        assert annotation["bbox"] == box.tolist()
        assert all(type(side) is float for side in annotation["bbox"])
        seen[annotation["image_id"] - 1, annotation["attributes"]["instance_number"]] = mask
    visible = {
        (frame_index, number): mask
        for frame_index, instances in frames_by_hand().items()
        for number, _, mask, _ in instances
        if mask.any()
    }
    assert seen.keys() == visible.keys()
    assert all((seen[key] == visible[key]).all() for key in seen)


def test_ids_names_and_the_empty_image(path):
    data = json.loads(path.read_bytes())
    assert [(image["id"], image["file_name"]) for image in data["images"]] == [
        (1, "000000.png"),
        (2, "000001.png"),
        (3, "000002.png"),
        (13, "000012.png"),
    ]
    assert [annotation["id"] for annotation in data["annotations"]] == [1, 2, 3, 4, 5]
    assert [annotation["image_id"] for annotation in data["annotations"]] == [1, 1, 1, 3, 13]
    assert all(annotation["iscrowd"] == 0 for annotation in data["annotations"])
    assert load(path).getAnnIds(imgIds=[2]) == []
    assert [category["id"] for category in data["categories"]] == [1, 2]
    assert [category["name"] for category in data["categories"]] == [category["name"] for category in CATEGORIES]


def test_a_supercategory_is_never_the_name_of_a_category(path):
    categories = json.loads(path.read_bytes())["categories"]
    assert [category["supercategory"] for category in categories] == ["object", "mug-group"]


def test_info_licence_camera_and_attributes(path):
    data = json.loads(path.read_bytes())
    assert set(data["info"]) >= {"description", "version", "year", "contributor", "date_created", "url", "versions"}
    assert (data["info"]["synthetic"], data["info"]["seed"]) == (True, 7)
    assert data["licenses"] == [
        {"id": 1, "name": "CC0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}
    ]
    image = data["images"][0]
    assert (image["width"], image["height"], image["license"]) == (64, 48, 1)
    assert image["K"] == [[70, 0, 32], [0, 70, 24], [0, 0, 1]]
    assert image["distortion"] == {"model": "pinhole", "coefficients": []}
    assert np.shape(image["camera_to_world"]) == (4, 4)
    attributes = data["annotations"][1]["attributes"]
    amodal = coco_mask.decode(attributes["amodal_segmentation"]).astype(bool)
    assert (amodal == frames_by_hand()[0][1][3]).all()
    assert (attributes["visibility"], attributes["truncation"]) == (0.752577, 0.125)
    assert attributes["hidden_by"] == {"other/0": 24}
    assert np.shape(attributes["object_to_camera"]) == (4, 4)
    assert np.shape(attributes["corners_px"]) == (8, 2)
    assert data["annotations"][-1]["attributes"]["corners_px"][0] is None  # the camera is inside the box


def test_small_masks_are_left_out_and_their_images_stay(tmp_path):
    folder = make_dataset(tmp_path, make_recipe(outputs={"min_mask_px": 2}))
    data = json.loads((folder / "annotations/instances.json").read_bytes())
    assert [annotation["attributes"]["instance_number"] for annotation in data["annotations"]] == [1, 2, 1, 65535]
    assert [annotation["id"] for annotation in data["annotations"]] == [1, 2, 3, 4]
    assert len(data["images"]) == 4


def test_splits_share_their_categories_and_no_image(tmp_path):
    recipe = make_recipe(splits={"train": 3, "val": 1, "test": 1})
    folder = make_dataset(tmp_path, recipe, splits={0: "train", 1: "val", 2: "train", 12: "val"})
    names = ["instances_train.json", "instances_val.json", "instances_test.json"]
    assert sorted(path.name for path in (folder / "annotations").iterdir()) == sorted(names)
    data = [json.loads((folder / "annotations" / name).read_bytes()) for name in names]
    assert data[0]["categories"] == data[1]["categories"] == data[2]["categories"]
    images = [[image["file_name"] for image in split["images"]] for split in data]
    assert images == [["000000.png", "000002.png"], ["000001.png", "000012.png"], []]
    assert [[a["id"] for a in split["annotations"]] for split in data] == [[1, 2, 3, 4], [1], []]
    for split, found in zip(("train", "val", "test"), images, strict=True):
        assert all((folder / "images" / split / name).is_file() for name in found)
        assert len(load(folder / "annotations" / f"instances_{split}.json").imgs) == len(found)


def test_the_same_frames_give_the_same_file(tmp_path):
    first = make_dataset(tmp_path / "a")
    second = make_dataset(tmp_path / "b", order=[12, 0, 2, 1])
    assert content(first) == content(second)


def test_lines_out_of_order_or_of_an_unknown_split_are_refused_and_the_old_file_stays(tmp_path):
    folder = make_dataset(tmp_path)
    before = content(folder)
    lines = (folder / "frames.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "frames.jsonl").write_bytes(lines[1] + lines[0])
    with pytest.raises(DatasetError, match=r"frames\.jsonl:2: frame index must be above 1, got 0"):
        write_coco(folder)
    (folder / "frames.jsonl").write_bytes(lines[1].replace(b'"split":""', b'"split":"extra"'))
    with pytest.raises(DatasetError, match=r"frames\.jsonl:1: split must be empty, got 'extra'"):
        write_coco(folder)
    (folder / "frames.jsonl").write_bytes(b"".join(lines))
    assert content(folder) == before


def test_a_full_disk_leaves_the_old_file(tmp_path):
    folder = make_dataset(tmp_path)
    before = content(folder)
    with files_at_most(3000), pytest.raises(DatasetError, match="disk must have room for this file"):
        write_coco(folder)
    assert content(folder) == before


def made_up_lines(folder, count):
    """Write a dataset of ``count`` equal frames without pictures."""
    (folder / "manifest.json").write_bytes(manifest_bytes(make_manifest(make_recipe(), 7, "preview")))
    files = {"images/000000.png": FileRecord(1, "ab" * 32)}
    record = json.loads(frame_record(make_scene(0), make_labels(frames_by_hand()[0]), (), files).to_line())
    with (folder / "frames.jsonl").open("wb") as stream:
        for frame_index in range(count):
            stream.write(dump_line(record | {"frame_index": frame_index}, ""))


TRACED = """
import sys, tracemalloc
from pathlib import Path
from synthvision.formats import write_coco
write_coco(Path(sys.argv[1]))  # what it loads at first does not count
tracemalloc.start()
write_coco(Path(sys.argv[1]))
print(tracemalloc.get_traced_memory()[1])
"""


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    peaks = []
    for count in (150, 1500):
        folder = tmp_path / str(count)
        folder.mkdir()
        made_up_lines(folder, count)
        # In a process of its own: here, threads of earlier tests may live, whose memory would count.
        told = subprocess.run([sys.executable, "-c", TRACED, folder], capture_output=True, text=True, check=True)
        peaks.append(int(told.stdout))
    written = tmp_path / "1500" / "annotations" / "instances.json"
    assert written.stat().st_size > 4.5e6
    assert peaks[1] < peaks[0] + 5e5
    assert peaks[1] < 3e6
    assert len(json.loads(written.read_bytes())["annotations"]) == 4500


def test_resident_memory_stays_small(tmp_path):
    made_up_lines(tmp_path, 3000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_coco(tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB
