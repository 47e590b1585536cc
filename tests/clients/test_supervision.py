"""COCO, YOLO and Pascal VOC through supervision's loaders."""

import numpy as np
import pytest

sv = pytest.importorskip("supervision", reason="run ./scripts/test_clients, which installs the clients")

from synthvision.formats import ExportOptions, find_format  # noqa: E402 - supervision must be there first
from tests.unit.dataset.hand_made import picture  # noqa: E402
from tests.unit.formats.samples import names, visible, whole  # noqa: E402


def export(tmp_path, name):
    dataset = whole(tmp_path / "source")
    find_format(name).write(dataset, tmp_path / "out", ExportOptions())
    return dataset, tmp_path / "out"


def compare(dataset, loaded, frames, *, masks):
    """Compare pictures, classes, boxes; and masks, where ``masks`` says how many pixels more one may have."""
    found = {int(path.rsplit("/", 1)[1].split(".")[0]): (image, labels) for path, image, labels in loaded}
    assert found.keys() == set(frames)
    for frame, (image, labels) in found.items():
        assert (image[:, :, ::-1] == picture(frame)).all()
        shown = [label for label in dataset.record(frame).labels if label.bbox]
        assert len(labels) == len(shown)
        if not shown:
            continue
        assert [loaded.classes[number] for number in labels.class_id] == list(names(dataset)[frame].values())
        boxes = np.array([label.bbox for label in shown], float)
        boxes[:, 2:] += boxes[:, :2]
        assert labels.xyxy == pytest.approx(boxes, abs=1e-3)
        if masks is not None:
            for mine, theirs in zip(visible(dataset)[frame].values(), labels.mask, strict=True):
                assert (mine & ~theirs).sum() == 0
                assert (theirs & ~mine).sum() <= masks(mine)


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_coco(tmp_path, name):
    dataset, out = export(tmp_path, name)
    for folder, frames in {"train": (0, 1), "valid": (2, 12)}.items():
        path = out / folder / "_annotations.coco.json"
        loaded = sv.DetectionDataset.from_coco(str(out / folder), str(path), force_masks=True)
        # It fills polygons with cv2.fillPoly, which adds the pixels that the ring touches.
        exact = name == "coco"
        compare(dataset, loaded, frames, masks=lambda mask, exact=exact: 0 if exact else outline(mask))


def test_yolo_segments(tmp_path):
    dataset, out = export(tmp_path, "yolo-segment")
    for split, frames in {"train": (0, 1), "val": (2, 12)}.items():
        loaded = sv.DetectionDataset.from_yolo(
            str(out / "images" / split), str(out / "labels" / split), str(out / "data.yaml"), force_masks=True
        )
        compare(dataset, loaded, frames, masks=outline)


def test_yolo_boxes(tmp_path):
    dataset, out = export(tmp_path, "yolo-detect")
    loaded = sv.DetectionDataset.from_yolo(str(out / "images/train"), str(out / "labels/train"), str(out / "data.yaml"))
    assert loaded.classes == ["mug", "Schlüssel 扳手"]
    compare(dataset, loaded, (0, 1), masks=None)


def test_pascal_voc(tmp_path):
    dataset, out = export(tmp_path, "voc")
    loaded = sv.DetectionDataset.from_pascal_voc(str(out / "JPEGImages"), str(out / "Annotations"))
    compare(dataset, loaded, (0, 1, 2, 12), masks=None)


def outline(mask):
    """Return how many pixels a filled ring may have too many: those around the mask, and five of a joint."""
    padded = np.pad(mask, 1)
    around = padded[:-2, 1:-1] | padded[1:-1, :-2] | padded[:-2, :-2]
    return int((around & ~mask).sum()) + 5
