"""The format ``coco-panoptic`` through COCO's ``panopticapi`` (as ``panopticapi-lite`` packs it).

Its measure checks that every id of a PNG is in the file and the other way round, and that all categories are known.
"""

import json

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("panopticapi", reason="run ./scripts/test_clients, which installs the clients")

from panopticapi.evaluation import pq_compute_single_core
from panopticapi.utils import rgb2id

from synthvision.formats import ExportOptions, find_format
from tests.unit.formats.samples import names, visible, whole
from tests.unit.formats.special_samples import overlapping


def measured(out, split):
    """The measure of an export against itself: quality per category."""
    data = json.loads((out / f"annotations/panoptic_{split}.json").read_text(encoding="utf-8"))
    folder = str(out / f"annotations/panoptic_{split}")
    categories = {category["id"]: category for category in data["categories"]}
    pairs = [(annotation, annotation) for annotation in data["annotations"]]
    found = pq_compute_single_core(0, pairs, folder, folder, categories)
    return data, found.pq_average(categories, isthing=True)


def test_segments_are_the_masks_and_score_1(tmp_path):
    dataset = whole(tmp_path / "source")
    find_format("coco-panoptic").write(dataset, tmp_path / "out", ExportOptions())
    for split, present in {"train": {1, 2}, "val": {2}}.items():
        data, (average, per_class) = measured(tmp_path / "out", split)
        assert {number for number, each in per_class.items() if each["pq"] == 1} == present
        assert average["n"] == len(present)
        assert average["pq"] == 1
        categories = {category["id"]: category["name"] for category in data["categories"]}
        for annotation in data["annotations"]:
            frame = annotation["image_id"] - 1
            ids = rgb2id(np.array(Image.open(tmp_path / f"out/annotations/panoptic_{split}" / annotation["file_name"])))
            segments = {each["id"]: categories[each["category_id"]] for each in annotation["segments_info"]}
            assert segments == names(dataset)[frame]
            assert set(np.unique(ids)) - {0} == set(segments)
            assert all(((ids == number) == mask).all() for number, mask in visible(dataset)[frame].items())


def test_crowds_are_ignored_and_decals_counted(tmp_path):
    find_format("coco-panoptic").write(overlapping(tmp_path / "source", 0xFF00), tmp_path / "out", ExportOptions())
    _, (average, _) = measured(tmp_path / "out", "train")
    assert average["pq"] == 1
