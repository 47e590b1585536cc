"""The format ``coco`` through RF-DETR: its own builder of data sets, and one step of training from random weights."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.clients.torchvision_loaded import load_torchvision

pytest.importorskip("rfdetr", reason="run ./scripts/test_clients, which installs the clients")
load_torchvision()

import torch  # noqa: E402 - RF-DETR and torchvision must be there first
from rfdetr.config import RFDETRNanoConfig, TrainConfig  # noqa: E402
from rfdetr.datasets.coco import CocoDetection, build_roboflow_from_coco  # noqa: E402
from rfdetr.models.lwdetr import build_criterion_from_config, build_model_from_config  # noqa: E402
from rfdetr.utilities.tensors import nested_tensor_from_tensor_list  # noqa: E402

from synthvision.formats import ExportOptions, find_format  # noqa: E402
from tests.unit.dataset.hand_made import picture  # noqa: E402
from tests.unit.formats.samples import three_hundred, visible, whole  # noqa: E402
from tests.unit.formats.special_samples import overlapping  # noqa: E402

SIDE = 128


def export(dataset, out, name="coco"):
    find_format(name).write(dataset, out, ExportOptions())
    return out


def shown(dataset, frame):
    return [label for label in dataset.record(frame).labels if label.bbox]


def built(out, split, *, masks=False):
    """The data set as its trainer makes it."""
    options = SimpleNamespace(
        dataset_dir=str(out),
        square_resize_div_64=True,
        segmentation_head=masks,
        multi_scale=False,
        expanded_scales=False,
        patch_size=16,
        num_windows=2,
    )
    return build_roboflow_from_coco(split, options, SIDE)


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_boxes_classes_and_masks_before_it_transforms_them(tmp_path, name):
    dataset = whole(tmp_path / "source")
    out = export(dataset, tmp_path / "out", name)
    for folder, frames in {"train": (0, 1), "valid": (2, 12)}.items():
        path = out / folder / "_annotations.coco.json"
        loaded = CocoDetection(out / folder, path, None, include_masks=True, remap_category_ids=True)
        assert loaded.cat2label == {1: 0, 2: 1}  # none is dropped, though one has another's name as its parent
        for frame, (image, target) in zip(frames, loaded, strict=True):
            labels = shown(dataset, frame)
            assert (np.array(image) == picture(frame)).all()
            assert target["image_id"].tolist() == [frame + 1]
            assert target["labels"].tolist() == [label.category_id - 1 for label in labels]
            boxes = [[x, y, x + width, y + height] for x, y, width, height in (label.bbox for label in labels)]
            assert target["boxes"].tolist() == boxes
            assert target["area"].tolist() == [label.area for label in labels]
            assert len(target["masks"]) == len(labels)
            for mine, theirs in zip(visible(dataset)[frame].values(), target["masks"].numpy(), strict=True):
                assert (theirs.astype(bool) == mine).all()


def test_the_builder_takes_the_classes_of_train(tmp_path):
    out = export(whole(tmp_path / "source"), tmp_path / "out")
    assert built(out, "train").coco.label2cat == {0: 1, 1: 2}
    validation = built(out, "val", masks=True)
    assert [target["labels"].tolist() for _, target in validation] == [[1], [1]]
    _, target = validation[1]
    assert target["boxes"].tolist() == [[0.5, 0.5, 1.0, 1.0]]
    assert target["masks"].all()


def test_three_hundred_classes_and_crowds(tmp_path):
    many = built(export(three_hundred(tmp_path / "many"), tmp_path / "many-out"), "train")
    assert many.cat2label == {number + 1: number for number in range(300)}
    assert {label for _, target in many for label in target["labels"].tolist()} == {299}
    out = export(overlapping(tmp_path / "crowd"), tmp_path / "crowd-out")
    crowd = CocoDetection(out / "train", out / "train/_annotations.coco.json", None, remap_category_ids=True)
    assert [len(target["boxes"]) for _, target in crowd] == [5, 0, 0, 0]  # the crowd is left out


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_step_of_training_from_random_weights(tmp_path):
    out = export(whole(tmp_path / "source"), tmp_path / "out")
    torch.manual_seed(0)
    model_options = RFDETRNanoConfig(pretrain_weights=None, num_classes=2, device="cpu", resolution=SIDE)
    train_options = TrainConfig(dataset_dir=str(out), output_dir=str(tmp_path / "runs"))
    model = build_model_from_config(model_options, train_options).train()
    criterion, _ = build_criterion_from_config(model_options, train_options)
    images, targets = zip(*built(out, "train"), strict=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    before = model.class_embed.weight.detach().clone()
    losses = criterion(model(nested_tensor_from_tensor_list(list(images)), targets), targets)
    loss = sum(losses[name] * weight for name, weight in criterion.weight_dict.items() if name in losses)
    assert loss.isfinite()
    assert losses["loss_bbox"] > 0
    loss.backward()
    optimizer.step()
    assert not torch.equal(before, model.class_embed.weight)
