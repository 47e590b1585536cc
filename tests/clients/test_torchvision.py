"""The format ``coco`` through torchvision's dataset and its wrapper for detection targets."""

import numpy as np

from tests.clients.torchvision_loaded import load_torchvision

load_torchvision()

from torchvision.datasets import CocoDetection, wrap_dataset_for_transforms_v2  # noqa: E402 - loaded before

from synthvision.formats import ExportOptions, find_format  # noqa: E402
from tests.unit.dataset.hand_made import picture  # noqa: E402
from tests.unit.formats.samples import visible, whole  # noqa: E402


def test_detection_targets(tmp_path):
    dataset = whole(tmp_path / "source")
    find_format("coco").write(dataset, tmp_path / "out", ExportOptions())
    folder = tmp_path / "out/train"
    plain = CocoDetection(folder, folder / "_annotations.coco.json")
    loaded = wrap_dataset_for_transforms_v2(plain, target_keys=("image_id", "boxes", "labels", "masks"))
    image, target = loaded[0]
    assert (np.array(image) == picture(0)).all()
    masks = visible(dataset)[0]
    assert (target["masks"].numpy().astype(bool) == np.stack(list(masks.values()))).all()
    expected = [label.bbox for label in dataset.record(0).labels]
    assert target["boxes"].tolist() == [[x, y, x + width, y + height] for x, y, width, height in expected]
    assert target["labels"].tolist() == [1, 2, 1]
    assert set(loaded[1][1]) == {"image_id"}  # how torchvision gives an image without annotations
