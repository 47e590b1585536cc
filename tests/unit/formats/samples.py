"""Datasets that exports are tested with, and how to look at what they hold."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from synthvision.dataset import Dataset
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, make_dataset, make_recipe

SPLITS = {0: "train", 1: "train", 2: "val", 12: "val"}


def whole(folder: Path) -> Dataset:
    """A hole, several parts, a mask of one pixel, ids up to 65535, an empty picture, a hidden thing, two splits."""
    recipe = make_recipe(splits={"train": 0.5, "val": 0.5})
    return Dataset(make_dataset(folder, recipe, splits=SPLITS))


def changed(folder: Path, change: Callable[[dict], None], **sections) -> Dataset:
    """The same without splits, every line of which was changed."""
    make_dataset(folder, make_recipe(**sections))
    lines = [json.loads(line) for line in (folder / "frames.jsonl").read_text().splitlines()]
    for line in lines:
        change(line)
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    (folder / "frames.jsonl").write_text(text)
    return Dataset(folder)


def boxes_alone(folder: Path) -> Dataset:
    """Labels as they are imported from boxes: no masks, sides that are no whole numbers."""

    def forget(line):
        for label in line["labels"]:
            unknown = ("counts", "amodal_counts", "amodal_bbox", "amodal_area", "visibility", "truncation")
            for key in (*unknown, "object_to_camera", "corners_m", "corners_px", "distance_m", "size_m"):
                label.pop(key, None)
            if "bbox" in label:
                label["bbox"] = [label["bbox"][0] + 0.25, label["bbox"][1], label["bbox"][2] - 0.5, label["bbox"][3]]
                label["area"] = max(1, round(label["bbox"][2] * label["bbox"][3]))
        line["scene"] = {}
        for key in ("camera_matrix", "camera_to_world"):
            del line[key]

    return changed(folder, forget)


def three_hundred(folder: Path) -> Dataset:
    """Everything is of the last of 300 categories."""

    def last(line):
        for label in line["labels"]:
            label["category_id"] = 300

    return changed(folder, last, categories=[{"name": f"class {number}"} for number in range(300)])


def visible(dataset: Dataset) -> dict[int, dict[int, np.ndarray]]:
    """Frame index → instance id → mask (H, W) bool, of all that is visible."""
    return {
        record.frame_index: {
            label.instance_id: dataset.mask(record, label) for label in record.labels if label.bbox is not None
        }
        for record in dataset
    }


def names(dataset: Dataset) -> dict[int, dict[int, str]]:
    """Frame index → instance id → name of the category, of all that is visible."""
    categories = {category.id: category.name for category in dataset.manifest.categories}
    return {
        record.frame_index: {
            label.instance_id: categories[label.category_id] for label in record.labels if label.bbox is not None
        }
        for record in dataset
    }


def filled(polygons: list[list[float]]) -> np.ndarray:
    """Rasterise flat polygons as COCO's tools do."""
    return coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(polygons, HEIGHT, WIDTH))).astype(bool)
