"""COCO, YOLO, Pascal VOC, KITTI and CVAT through FiftyOne's importers, into its own database and back out of it."""

import numpy as np
import pytest

from tests.clients import fiftyone_loaded  # noqa: F401 # isort: skip - before the package is first imported

import fiftyone as fo
from fiftyone import types

from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH
from tests.unit.formats.samples import boxes_alone, changed, names, three_hundred, visible, whole
from tests.unit.formats.special_samples import KEYPOINTS, POINTS, overlapping, with_keypoints

SIDES = np.array([WIDTH, HEIGHT])
FOLDERS = {"train": (0, 1), "valid": (2, 12)}


def export(dataset, name, out):
    find_format(name).write(dataset, out, ExportOptions())
    return out


def load(kind, field="ground_truth", **where):
    """Frame → what it found in it, in the order of the file."""
    paths = {key: str(path) if key.endswith(("_path", "_dir")) else path for key, path in where.items()}
    loaded = fo.Dataset.from_dir(dataset_type=kind, progress=False, **paths)
    found = {}
    for sample in loaded:
        labels = sample[field] if sample.has_field(field) else None
        frame = int(sample.filepath.rsplit("/", 1)[1].split(".")[0])
        found[frame] = [] if labels is None else list(labels.keypoints if "points" in field else labels.detections)
    loaded.delete()
    return found


def load_coco(folder, labels=None, field="segmentations", **more):
    where = {"data_path": folder, "labels_path": labels or folder / "_annotations.coco.json"}
    return load(types.COCODetectionDataset, label_types=[field], **where, **more)


def shown(dataset, frame):
    return [label for label in dataset.record(frame).labels if label.bbox]


def compare_boxes(dataset, found, *, smaller_px=0.0, first_px=0.0, tolerance=1e-3):
    """Compare classes and boxes; some readers take the last pixel for the border of a box, or count from 1."""
    for frame, labels in found.items():
        mine = shown(dataset, frame)
        assert [label.label for label in labels] == list(names(dataset)[frame].values())
        boxes = np.array([label.bounding_box for label in labels]).reshape(-1, 4) * [*SIDES, *SIDES]
        expected = np.array([label.bbox for label in mine], float).reshape(-1, 4)
        expected += [first_px, first_px, -smaller_px, -smaller_px]
        assert boxes == pytest.approx(expected, abs=tolerance)


def compare_masks(dataset, found):
    for frame, labels in found.items():
        for label, mask in zip(labels, visible(dataset)[frame].values(), strict=True):
            x, y, width, height = np.round(np.array(label.bounding_box) * [*SIDES, *SIDES]).astype(int)
            pasted = np.zeros((HEIGHT, WIDTH), bool)
            pasted[y : y + height, x : x + width] = label.mask
            assert (pasted == mask).all()


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_coco_masks_and_attributes(tmp_path, name):
    dataset = whole(tmp_path / "source")
    out = export(dataset, name, tmp_path / "out")
    for folder, frames in FOLDERS.items():
        found = load_coco(out / folder)
        assert found.keys() == set(frames)
        compare_boxes(dataset, found)
        compare_masks(dataset, found)
        for frame, labels in found.items():
            mine = shown(dataset, frame)
            assert [label["instance_number"] for label in labels] == [each.instance_id for each in mine]
            assert [label["visibility"] for label in labels] == [each.visibility for each in mine]
            assert [label["iscrowd"] for label in labels] == [0] * len(mine)


def test_the_files_of_the_dataset_itself(tmp_path):
    dataset = whole(tmp_path / "source")
    for split, frames in {"train": (0, 1), "val": (2, 12)}.items():
        found = load_coco(tmp_path / f"source/images/{split}", tmp_path / f"source/annotations/instances_{split}.json")
        assert found.keys() == set(frames)
        compare_boxes(dataset, found)
        compare_masks(dataset, found)


def test_three_hundred_classes_crowds_and_boxes_alone(tmp_path):
    many = three_hundred(tmp_path / "many")
    found = load_coco(export(many, "coco", tmp_path / "many-out") / "train")
    assert {label.label for labels in found.values() for label in labels} == {"class 299"}
    crowd = load_coco(export(overlapping(tmp_path / "crowd"), "coco", tmp_path / "crowd-out") / "train")
    assert [label["iscrowd"] for label in crowd[0]] == [0, 0, 0, 0, 0, 1]
    boxes = boxes_alone(tmp_path / "boxes")
    compare_boxes(boxes, load_coco(export(boxes, "coco", tmp_path / "boxes-out") / "train", field="detections"))


def test_coco_keypoints(tmp_path):
    dataset = with_keypoints(tmp_path / "source")
    out = export(dataset, "coco-keypoints", tmp_path / "out")
    where = {
        "data_path": out / "images/train",
        "labels_path": out / "annotations/person_keypoints_train.json",
    }
    loaded = fo.Dataset.from_dir(
        dataset_type=types.COCODetectionDataset,
        label_types=["keypoints"],
        progress=False,
        **{key: str(path) for key, path in where.items()},
    )
    for sample in loaded:
        frame = int(sample.filepath.rsplit("/", 1)[1].split(".")[0])
        labels = sample["ground_truth"].keypoints if sample["ground_truth"] else []
        for label, each in zip(labels, shown(dataset, frame), strict=True):
            assert label.label == names(dataset)[frame][each.instance_id]
            wanted = [
                POINTS[each.category_id].get(name, [0, 0, 0]) for name in KEYPOINTS[each.category_id]["keypoints"]
            ]
            assert label.visible == [state for *_, state in wanted]
            seen = np.array([[x, y] if state else [np.nan, np.nan] for x, y, state in wanted])
            assert np.array(label.points) * SIDES == pytest.approx(seen, nan_ok=True)
    loaded.delete()


@pytest.mark.parametrize(("split", "frames"), [("train", {0, 1}), ("val", {2, 12})])
def test_yolo(tmp_path, split, frames):
    dataset = whole(tmp_path / "source")
    out = export(dataset, "yolo-detect", tmp_path / "out")
    found = load(types.YOLOv5Dataset, dataset_dir=out, yaml_path="data.yaml", split=split)
    assert found.keys() == frames
    compare_boxes(dataset, found)


def test_pascal_voc(tmp_path):
    dataset = whole(tmp_path / "source")
    out = export(dataset, "voc", tmp_path / "out")
    found = load(types.VOCDetectionDataset, data_path=out / "JPEGImages", labels_path=out / "Annotations")
    assert found.keys() == {0, 1, 2, 12}
    compare_boxes(dataset, found, first_px=1, smaller_px=1)
    assert [label["occluded"] for label in found[0]] == [0, 1, 0]


def test_kitti(tmp_path):
    dataset = one_word(tmp_path / "source")
    out = export(dataset, "kitti", tmp_path / "out")
    where = {"data_path": out / "training/image_2", "labels_path": out / "training/label_2"}
    numbered = load(types.KITTIDetectionDataset, **where)
    found = {frame: numbered[place] for place, frame in enumerate((0, 1, 2, 12))}
    compare_boxes(dataset, found, smaller_px=1)
    for frame, labels in found.items():
        for label, each in zip(labels, shown(dataset, frame), strict=True):
            assert label["truncated"] == pytest.approx(each.truncation, abs=1e-4)
            assert len(label["dimensions"]) == len(label["location"]) == 3
            assert label["location"][1] == pytest.approx(np.max(each.corners_m, axis=0)[1], abs=1e-4)


def one_word(folder):
    """KITTI's names have no spaces."""
    return changed(folder, lambda _: None, categories=[{"name": "mug"}, {"name": "扳手"}])


def test_cvat_boxes(tmp_path):
    """It reads boxes of CVAT's files, rounded to whole pixels, and no masks."""
    dataset = boxes_alone(tmp_path / "source")
    out = export(dataset, "cvat", tmp_path / "out")
    where = {"data_path": out / "images", "labels_path": out / "annotations.xml"}
    found = load(types.CVATImageDataset, "detections", **where)
    compare_boxes(dataset, found, tolerance=0.51)
