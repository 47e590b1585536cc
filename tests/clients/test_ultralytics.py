"""The YOLO formats through Ultralytics' own check of a dataset and its own loader."""

import cv2
import numpy as np
import pytest

from tests.clients.ultralytics_offline import no_fonts  # isort: skip - before the package is first imported

from ultralytics.data.dataset import YOLODataset
from ultralytics.data.utils import check_det_dataset, polygon2mask

from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH
from tests.unit.formats.samples import boxes_alone, three_hundred, visible, whole
from tests.unit.formats.special_samples import KEYPOINTS, POINTS, overlapping, with_keypoints, with_yaml_names

__all__ = ["no_fonts"]

pytestmark = pytest.mark.usefixtures("no_fonts")

TASKS = {"yolo-detect": "detect", "yolo-segment": "segment", "yolo-pose": "pose", "yolo-obb": "obb"}
SIDES = np.array([WIDTH, HEIGHT])


def load(dataset, name, out, split="train"):
    """Export and load a split: what ``data.yaml`` says, frame → labels, and the dataset as trainers get it."""
    find_format(name).write(dataset, out, ExportOptions())
    data = check_det_dataset(out / "data.yaml", autodownload=False)
    loader = YOLODataset(img_path=data[split], data=data, task=TASKS[name], augment=False, imgsz=64)
    found = {int(label["im_file"].rsplit("/", 1)[1].split(".")[0]): label for label in loader.get_labels()}
    return data, found, loader


def shown(dataset):
    return {record.frame_index: [label for label in record.labels if label.bbox] for record in dataset}


def same_boxes(dataset, found, tolerance=1e-3):
    for frame, label in found.items():
        labels = shown(dataset)[frame]
        assert label["shape"] == (HEIGHT, WIDTH)
        assert label["cls"][:, 0].tolist() == [each.category_id - 1 for each in labels]
        boxes = label["bboxes"].reshape(-1, 4) * [*SIDES, *SIDES]
        boxes[:, :2] -= boxes[:, 2:] / 2
        expected = np.array([each.bbox for each in labels]).reshape(-1, 4)
        assert boxes == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("sample", [whole, boxes_alone, three_hundred, with_yaml_names])
def test_boxes_and_classes(tmp_path, sample):
    dataset = sample(tmp_path / "source")
    data, found, loader = load(dataset, "yolo-detect", tmp_path / "out")
    assert data["names"] == {category.id - 1: category.name for category in dataset.manifest.categories}
    assert data["nc"] == len(dataset.manifest.categories)
    assert found.keys() == ({0, 1} if sample is whole else {0, 1, 2, 12})
    same_boxes(dataset, found)
    assert loader[0]["img"].shape[0] == 3


def test_the_split_for_validation_is_loaded(tmp_path):
    dataset = whole(tmp_path / "source")
    _, found, _ = load(dataset, "yolo-segment", tmp_path / "out", "val")
    assert found.keys() == {2, 12}
    same_boxes(dataset, found)


def test_masks_within_the_pixel_that_its_rasteriser_adds(tmp_path):
    """``cv2.fillPoly`` fills every pixel that the ring touches: the mask, a pixel to the right and down, the joints.

    On a picture four times as large, as trainers enlarge them, a ring is what it is up to a fourth of a pixel.
    """
    dataset = whole(tmp_path / "source")
    for split in ("train", "val"):
        _, found, _ = load(dataset, "yolo-segment", tmp_path / split, split)
        same_boxes(dataset, found)
        for frame, label in found.items():
            masks = visible(dataset)[frame]
            assert len(label["segments"]) == len(masks)
            for mask, segment in zip(masks.values(), label["segments"], strict=True):
                filled = polygon2mask((HEIGHT, WIDTH), [(segment * SIDES).ravel()]).astype(bool)
                grown = cv2.dilate(mask.astype(np.uint8), np.ones((2, 2), np.uint8), anchor=(1, 1)).astype(bool)
                assert not (mask & ~filled).any()
                assert (filled & ~grown).sum() <= 5  # the line that joins the parts of frame 0, 4 pixels apart
                large = polygon2mask((HEIGHT * 8, WIDTH * 8), [(segment * SIDES * 8).ravel()])
                share = large.reshape(HEIGHT, 8, WIDTH, 8).mean(axis=(1, 3))
                assert ((share >= 0.5) == mask).all()  # holes stay holes


def test_batches_of_masks(tmp_path):
    """Masks come in one map per picture, at a fourth of its size, larger objects first."""
    _, _, loader = load(whole(tmp_path / "source"), "yolo-segment", tmp_path / "out")
    batch = YOLODataset.collate_fn([loader[0], loader[1]])
    assert batch["cls"].flatten().tolist() == [0, 0, 1]
    assert batch["batch_idx"].tolist() == [0, 0, 0]
    assert batch["masks"].shape == (2, 16, 16)
    assert batch["masks"][0].any()
    assert not batch["masks"][1].any()


def test_boxes_alone_are_segments(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    for name in ("yolo-segment", "yolo-obb"):
        _, found, _ = load(dataset, name, tmp_path / name)
        for frame, label in found.items():
            assert len(label["segments"]) == len(shown(dataset)[frame])


def test_oriented_boxes(tmp_path):
    dataset = whole(tmp_path / "source")
    _, found, loader = load(dataset, "yolo-obb", tmp_path / "out")
    for frame, label in found.items():
        masks = visible(dataset)[frame]
        assert [segment.shape for segment in label["segments"]] == [(4, 2)] * len(masks)
        for mask, segment in zip(masks.values(), label["segments"], strict=True):
            filled = polygon2mask((HEIGHT, WIDTH), [np.round(segment * SIDES).ravel()]).astype(bool)
            assert not (mask & ~filled).any()
    assert loader[0]["bboxes"].shape == (3, 5)


def test_poses(tmp_path):
    dataset = with_keypoints(tmp_path / "source")
    data, found, loader = load(dataset, "yolo-pose", tmp_path / "out")
    assert (data["kpt_shape"], data["flip_idx"]) == ([3, 3], [1, 0, 2])
    same_boxes(dataset, found)
    for frame, label in found.items():
        for keypoints, each in zip(label["keypoints"], shown(dataset)[frame], strict=True):
            category = each.category_id
            points = [POINTS[category].get(name, [0, 0, 0]) for name in KEYPOINTS[category]["keypoints"]]
            points += [[0, 0, 0]] * (3 - len(points))
            assert keypoints * [*SIDES, 1] == pytest.approx(np.array(points), abs=1e-3)
    assert loader[0]["keypoints"].shape == (3, 3, 3)


def test_crowds_are_left_out(tmp_path):
    _, found, _ = load(overlapping(tmp_path / "source"), "yolo-segment", tmp_path / "out")
    assert len(found[0]["cls"]) == 5
    assert len(found[1]["cls"]) == 0
