"""The format ``coco-polygons`` through the image processor of Hugging Face's DETR; it refuses run lengths."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.clients.torchvision_loaded import load_torchvision

pytest.importorskip("transformers", reason="run ./scripts/test_clients, which installs the clients")
load_torchvision()

from transformers import DetrImageProcessor  # noqa: E402 - needs torchvision

from synthvision.formats import ExportOptions, find_format  # noqa: E402
from tests.unit.dataset.hand_made import HEIGHT, WIDTH  # noqa: E402
from tests.unit.formats.samples import visible, whole  # noqa: E402
from tests.unit.formats.special_samples import with_keypoints  # noqa: E402


def samples(folder):
    """Image id → picture and annotations as the processor wants them."""
    data = json.loads((folder / "_annotations.coco.json").read_text(encoding="utf-8"))
    annotations = {image["id"]: [] for image in data["images"]}
    for annotation in data["annotations"]:
        annotations[annotation["image_id"]].append(annotation)
    return {
        image["id"]: (
            Image.open(folder / image["file_name"]),
            {"image_id": image["id"], "annotations": annotations[image["id"]]},
        )
        for image in data["images"]
    }


@pytest.mark.parametrize("split", ["train", "valid"])
def test_boxes_and_masks(tmp_path, split):
    dataset = whole(tmp_path / "source")
    find_format("coco-polygons").write(dataset, tmp_path / "out", ExportOptions())
    for number, (image, annotations) in samples(tmp_path / "out" / split).items():
        masks = list(visible(dataset)[number - 1].values())
        processor = DetrImageProcessor(do_resize=False, do_pad=False)
        encoded = processor(image, annotations, return_segmentation_masks=bool(masks), return_tensors="pt")
        (labels,) = encoded["labels"]
        assert labels["orig_size"].tolist() == [HEIGHT, WIDTH]
        shown = [label for label in dataset.record(number - 1).labels if label.bbox]
        assert labels["class_labels"].tolist() == [label.category_id for label in shown]
        boxes = labels["boxes"].numpy().reshape(-1, 4) * [WIDTH, HEIGHT, WIDTH, HEIGHT]
        boxes[:, :2] -= boxes[:, 2:] / 2
        assert boxes == pytest.approx(np.array([label.bbox for label in shown]).reshape(-1, 4), abs=1e-4)
        if masks:
            assert (labels["masks"].numpy().astype(bool) == np.stack(masks)).all()


def test_categories_with_and_without_keypoints_load(tmp_path):
    """The processor fails where only some annotations have ``keypoints``: the export has none."""
    dataset = with_keypoints(tmp_path / "source", {1: {"keypoints": ["left"], "skeleton": [], "flip_pairs": []}})
    find_format("coco-polygons").write(dataset, tmp_path / "out", ExportOptions())
    image, annotations = samples(tmp_path / "out/train")[1]
    (labels,) = DetrImageProcessor(do_resize=False)(image, annotations, return_tensors="pt")["labels"]
    assert len(labels["boxes"]) == 3
