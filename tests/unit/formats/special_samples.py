"""Datasets with labels over each other, crowds, keypoints, and names that YAML would take for values."""

import json
from pathlib import Path

from synthvision.dataset import Dataset
from synthvision.dataset.rle import encode_crops
from tests.unit.dataset.hand_made import CATEGORIES, HEIGHT, WIDTH, rectangle
from tests.unit.formats.samples import changed

PLACES = {
    "bearer": (4, 4, 20, 20),
    "decal": (8, 8, 6, 4),
    "later decal": (12, 10, 8, 8),
    "glass": (30, 10, 20, 10),
    "behind": (34, 12, 8, 6),
    "flock": (0, 40, 64, 8),
}
"""x, y, width, height of each mask of ``overlapping``, by the label's name; their ids are from 1 in this order."""


def _label(number: int, name: str, **more) -> dict:
    x, y, width, height = PLACES[name]
    (counts,) = encode_crops([(rectangle(*PLACES[name]), 0, 0)], HEIGHT, WIDTH)
    known = {"bbox": [x, y, width, height], "area": width * height, "counts": counts}
    return {"instance_id": number, "category_id": 1 + number % 2, "name": name, **known, **more}


def overlapping(folder: Path, first_id: int = 1) -> Dataset:
    """Frame 0: two decals on a bearer, a see-through glass before something, a crowd. The other frames are empty."""

    def replace(line):
        decals = {"decal", "later decal"}
        line["scene"]["decals"] = [{"name": "decal"}, {"name": "later decal"}]
        line["labels"] = [
            _label(
                first_id + place,
                name,
                **({"on": first_id} if name in decals else {}),
                **({"see_through": True} if name == "glass" else {}),
                **({"crowd": True} if name == "flock" else {}),
            )
            for place, name in enumerate(PLACES)
            if line["frame_index"] == 0
        ]

    return changed(folder, replace)


KEYPOINTS = {
    1: {"keypoints": ["left", "right", "top"], "skeleton": [[0, 1], [1, 2]], "flip_pairs": [[0, 1]]},
    2: {"keypoints": ["Spitze ⌃", "end"], "skeleton": [[0, 1]], "flip_pairs": [[0, 1]]},
}
POINTS = {1: {"left": [6.25, 7.5, 2], "right": [12.5, 7.0, 1], "top": [0, 0, 0]}, 2: {"Spitze ⌃": [40.5, 5.125, 2]}}
"""Of every label of the category, whatever its place; ``end`` is not known."""


def with_keypoints(folder: Path, keypoints: dict | None = None) -> Dataset:
    """The hand-made frames with keypoints, by default for both categories."""
    keypoints = KEYPOINTS if keypoints is None else keypoints

    def add(line):
        for label in line["labels"]:
            if label["category_id"] in keypoints:
                label["keypoints"] = POINTS[label["category_id"]]

    changed(folder, add)
    return edit_categories(folder, lambda category: category | keypoints.get(category["id"], {}))


def edit_categories(folder: Path, edit) -> Dataset:
    """Change every category in the manifest of a dataset."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["categories"] = [edit(category) for category in manifest["categories"]]
    path.write_text(json.dumps(manifest))
    return Dataset(folder)


YAML_NAMES = ["yes", "null", "1: 2", "#", '"quoted\\"', "Schlüssel 扳手", "- a", "{b}", "0x10"]


def with_yaml_names(folder: Path) -> Dataset:
    """Categories whose names are something else in YAML if they are not quoted."""
    names = [category["name"] for category in CATEGORIES] + YAML_NAMES

    def last(line):
        for label in line["labels"]:
            label["category_id"] = len(names)

    return changed(folder, last, categories=[{"name": name} for name in names])
