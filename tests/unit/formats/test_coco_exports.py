"""COCO in folders, with polygons and with keypoints, read back with pycocotools; panoptic as panopticapi checks it."""

import contextlib
import io
import json

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import CATEGORIES, WIDTH, content, rectangle
from tests.unit.formats.samples import boxes_alone, names, three_hundred, visible, whole
from tests.unit.formats.special_samples import KEYPOINTS, PLACES, POINTS, overlapping, with_keypoints

FOLDERS = {"train": (0, 1), "valid": (2, 12)}
SEE_THROUGH = "a see-through instance is not in the map: what is seen through it is"
COVERED = "pixels of a label are a decal's, or another's that lies over it"


def export(dataset, name, out, options=None):
    return find_format(name).write(dataset, out, options or ExportOptions())


def load(path):
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def scores(truth, kind, sigmas=None):
    """Average precision and recall of the ground truth against itself."""
    found = [{**annotation, "score": 1.0} for annotation in truth.dataset["annotations"]]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(found), kind)
        if sigmas is not None:
            evaluation.params.kpt_oks_sigmas = sigmas
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[0], evaluation.stats[8 if sigmas is None else 5]


def read_back(coco, frames):
    """Frame index → instance id → (mask, name of the category)."""
    categories = {category["id"]: category["name"] for category in coco.dataset["categories"]}
    found = {frame: {} for frame in frames}
    for annotation in coco.dataset["annotations"]:
        entry = coco.annToMask(annotation).astype(bool), categories[annotation["category_id"]]
        found[annotation["image_id"] - 1][annotation["attributes"]["instance_number"]] = entry
    return found


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_coco_folders_hold_every_mask_class_and_picture(tmp_path, name):
    dataset = whole(tmp_path / "source")
    report = export(dataset, name, tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {})
    masks, classes = visible(dataset), names(dataset)
    for folder, frames in FOLDERS.items():
        coco = load(tmp_path / "out" / folder / "_annotations.coco.json")
        assert [image["id"] - 1 for image in coco.dataset["images"]] == list(frames)
        assert scores(coco, "bbox") == scores(coco, "segm") == (1.0, 1.0)
        found = read_back(coco, frames)
        for frame in frames:
            assert found[frame].keys() == masks[frame].keys()
            for number, (mask, category) in found[frame].items():
                assert category == classes[frame][number]
                assert (mask == masks[frame][number]).all()
        for image in coco.dataset["images"]:
            split = "val" if folder == "valid" else folder
            original = dataset.folder / "images" / split / image["file_name"]
            assert (tmp_path / "out" / folder / image["file_name"]).read_bytes() == original.read_bytes()


def test_categories_and_licences_are_the_same_in_every_split(tmp_path):
    export(whole(tmp_path / "source"), "coco", tmp_path / "out")
    first, second = (json.loads((tmp_path / "out" / name / "_annotations.coco.json").read_text()) for name in FOLDERS)
    for key in ("info", "licenses", "categories"):
        assert first[key] == second[key]
    assert [category["name"] for category in first["categories"]] == [category["name"] for category in CATEGORIES]
    assert first["categories"][1]["supercategory"] == "mug-group"  # RF-DETR drops 'mug' if it is a supercategory


@pytest.mark.parametrize(
    "name", ["coco", "coco-polygons", "coco-panoptic", "yolo-detect", "yolo-segment", "yolo-obb", "voc"]
)
def test_two_exports_have_the_same_bytes(tmp_path, name):
    dataset = whole(tmp_path / "source")
    for out in ("first", "second"):
        export(dataset, name, tmp_path / out)
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_links_are_the_same_files(tmp_path):
    dataset = whole(tmp_path / "source")
    export(dataset, "coco", tmp_path / "out", ExportOptions(link=True))
    assert (tmp_path / "out/train/000000.png").samefile(dataset.folder / "images/train/000000.png")


def test_splits_and_visibility_choose(tmp_path):
    dataset = whole(tmp_path / "source")
    report = export(dataset, "coco", tmp_path / "out", ExportOptions(("train",), min_visibility=0.9))
    assert (report.frames, report.labels) == (2, 2)  # of 'parts' 73 of 97 pixels are seen
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["train"]
    with pytest.raises(DatasetError, match=r"split must be one of its own \(train, val\), got 'tset'"):
        export(dataset, "coco", tmp_path / "other", ExportOptions(("tset",)))
    assert not (tmp_path / "other").exists()


def test_boxes_alone_stay_boxes(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    export(dataset, "coco", tmp_path / "out")
    coco = load(tmp_path / "out/train/_annotations.coco.json")
    expected = [list(label.bbox) for record in dataset for label in record.labels if label.bbox]
    assert [annotation["bbox"] for annotation in coco.dataset["annotations"]] == expected
    assert {str(annotation["segmentation"]) for annotation in coco.dataset["annotations"]} == {"[]"}
    assert scores(coco, "bbox") == (1.0, 1.0)


def test_three_hundred_categories(tmp_path):
    export(three_hundred(tmp_path / "source"), "coco", tmp_path / "out")
    coco = load(tmp_path / "out/train/_annotations.coco.json")
    assert len(coco.dataset["categories"]) == 300
    assert {annotation["category_id"] for annotation in coco.dataset["annotations"]} == {300}


def test_crowds_decals_and_see_through_things_are_annotations(tmp_path):
    export(overlapping(tmp_path / "source"), "coco", tmp_path / "out")
    coco = load(tmp_path / "out/train/_annotations.coco.json")
    found = {annotation["attributes"]["name"]: annotation for annotation in coco.dataset["annotations"]}
    assert {name: annotation["iscrowd"] for name, annotation in found.items()} == {
        name: int(name == "flock") for name in PLACES
    }
    for name, place in PLACES.items():
        assert (coco.annToMask(found[name]) == rectangle(*place)).all()


def test_keypoints_stand_in_the_order_of_their_category(tmp_path):
    dataset = with_keypoints(tmp_path / "source")
    report = export(dataset, "coco-keypoints", tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {})
    coco = load(tmp_path / "out/annotations/person_keypoints_train.json")
    for number, category in enumerate(coco.dataset["categories"], start=1):
        assert category["keypoints"] == KEYPOINTS[number]["keypoints"]
        assert category["skeleton"] == [[a + 1, b + 1] for a, b in KEYPOINTS[number]["skeleton"]]
    for annotation in coco.dataset["annotations"]:
        category = annotation["category_id"]
        points = [POINTS[category].get(point, [0, 0, 0]) for point in KEYPOINTS[category]["keypoints"]]
        assert annotation["keypoints"] == [value for point in points for value in point]
        assert annotation["num_keypoints"] == sum(point[2] > 0 for point in points)
    assert (tmp_path / "out/images/train/000000.png").is_file()


@pytest.mark.parametrize("category", [1, 2])
def test_keypoints_have_only_categories_that_have_some_and_evaluate(tmp_path, category):
    dataset = with_keypoints(tmp_path / "source", {category: KEYPOINTS[category]})
    report = export(dataset, "coco-keypoints", tmp_path / "out")
    other = sum(
        name != CATEGORIES[category - 1]["name"] for frame in names(dataset).values() for name in frame.values()
    )
    assert report.losses == {"a label of a category without keypoints is left out": other}
    coco = load(tmp_path / "out/annotations/person_keypoints_train.json")
    assert [(entry["id"], entry["name"]) for entry in coco.dataset["categories"]] == [
        (1, CATEGORIES[category - 1]["name"])
    ]
    sigmas = np.full(len(KEYPOINTS[category]["keypoints"]), 0.05)
    with contextlib.redirect_stdout(io.StringIO()):
        # Of one pixel no part is larger than COCO's least area for keypoints; areas are not what is tested here.
        for annotation in coco.dataset["annotations"]:
            annotation["area"] = 2000.0
    assert scores(coco, "keypoints", sigmas) == (1.0, 1.0)


def test_keypoints_must_be_there(tmp_path):
    dataset = whole(tmp_path / "source")
    sentence = "at least one category must have keypoints for this format, got none in mug, Schlüssel 扳手"
    for name in ("coco-keypoints", "yolo-pose"):
        with pytest.raises(DatasetError, match=sentence):
            export(dataset, name, tmp_path / "out")


def check_panoptic(folder, split):
    """Check a split as ``panopticapi`` does in its evaluation and converters, and return frame → id → (mask, segment).

    panopticapi cannot be installed here. Its ``rgb2id`` is R + 256 G + 65536 B; its ``pq_compute`` raises for an id in
    the PNG that is not in ``segments_info``, for one there that is not in the PNG, and for an unknown category.
    """
    data = json.loads((folder / f"annotations/panoptic_{split}.json").read_text())
    categories = {category["id"]: category for category in data["categories"]}
    assert all(category["isthing"] == 1 and len(category["color"]) == 3 for category in categories.values())
    assert len({tuple(category["color"]) for category in categories.values()}) == len(categories)
    assert [a["image_id"] for a in data["annotations"]] == [image["id"] for image in data["images"]]
    found = {}
    for annotation in data["annotations"]:
        png = cv2.imread(str(folder / f"annotations/panoptic_{split}" / annotation["file_name"]))[:, :, ::-1]
        ids = png.astype(np.uint32) @ np.array([1, 256, 65536], np.uint32)
        segments = {segment["id"]: segment for segment in annotation["segments_info"]}
        assert len(segments) == len(annotation["segments_info"])
        assert set(np.unique(ids)) - {0} == segments.keys()
        for number, segment in segments.items():
            assert segment["category_id"] in categories
            assert segment["area"] == (ids == number).sum()
            x, y, width, height = segment["bbox"]
            assert (ids == number)[y : y + height, x : x + width].sum() == segment["area"]
        found[annotation["image_id"] - 1] = {number: (ids == number, segment) for number, segment in segments.items()}
    return found


def test_panoptic_segments_are_the_masks(tmp_path):
    dataset = whole(tmp_path / "source")
    report = export(dataset, "coco-panoptic", tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {})
    masks = visible(dataset)
    found = {frame: ids for split in ("train", "val") for frame, ids in check_panoptic(tmp_path / "out", split).items()}
    assert {frame: ids.keys() for frame, ids in found.items()} == {frame: ids.keys() for frame, ids in masks.items()}
    assert all((mask == masks[frame][number]).all() for frame in found for number, (mask, _) in found[frame].items())
    assert (tmp_path / "out/images/val/000012.png").is_file()


def test_panoptic_has_decals_on_top_and_sees_through_glass(tmp_path):
    report = export(overlapping(tmp_path / "source", first_id=70000), "coco-panoptic", tmp_path / "out")
    found = check_panoptic(tmp_path / "out", "train")
    assert found[1] == {}
    by_name = {name: found[0].get(70000 + place) for place, name in enumerate(PLACES)}
    assert by_name["glass"] is None
    covered = {name: rectangle(*place) for name, place in PLACES.items()}
    assert (by_name["later decal"][0] == covered["later decal"]).all()
    assert (by_name["decal"][0] == covered["decal"] & ~covered["later decal"]).all()
    assert (by_name["bearer"][0] == covered["bearer"] & ~covered["decal"] & ~covered["later decal"]).all()
    assert (by_name["behind"][0] == covered["behind"]).all()
    assert {name: entry[1]["iscrowd"] for name, entry in by_name.items() if entry} == {
        name: int(name == "flock") for name in PLACES if name != "glass"
    }
    assert report.losses == {SEE_THROUGH: 1, COVERED: 2}


def test_panoptic_needs_masks_and_ids_of_24_bits(tmp_path):
    report = export(boxes_alone(tmp_path / "boxes"), "coco-panoptic", tmp_path / "out")
    assert (report.labels, report.losses) == (0, {"a label without mask is not in the map": 5})
    with pytest.raises(DatasetError, match="frame 0: label behind: instance_id must be 1 to 16777215 for this format"):
        export(overlapping(tmp_path / "source", first_id=2**24 - 4), "coco-panoptic", tmp_path / "other")


def test_overlapping_imported_masks_have_the_smaller_on_top(tmp_path):
    dataset = overlapping(tmp_path / "source")
    path = dataset.folder / "frames.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line["labels"] = [label for label in line["labels"] if label["name"] in {"glass", "behind"}]
        for label in line["labels"]:
            label.pop("see_through", None)
    path.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))
    report = export(dataset, "coco-panoptic", tmp_path / "out")
    (glass, _), (behind, _) = check_panoptic(tmp_path / "out", "train")[0].values()
    assert (behind == rectangle(*PLACES["behind"])).all()
    assert (glass == rectangle(*PLACES["glass"]) & ~behind).all()
    assert report.losses == {COVERED: 1}
    assert glass.shape[1] == WIDTH
