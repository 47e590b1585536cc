"""COCO, its panoptic segments and Pascal VOC through MMDetection's data sets and loading transforms."""

import warnings

import numpy as np
import pytest

from tests.clients.mmdet_loaded import load_mmdet

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    mmdet = load_mmdet()

from mmcv.transforms import LoadImageFromFile
from mmdet.datasets import CocoDataset, CocoPanopticDataset, VOCDataset
from mmdet.datasets.transforms import LoadAnnotations

from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import picture
from tests.unit.formats.samples import names, three_hundred, visible, whole
from tests.unit.formats.special_samples import overlapping

CLASSES = ("mug", "Schlüssel 扳手")
KEEP = {"filter_empty_gt": False, "min_size": 0}


def export(dataset, out, name):
    find_format(name).write(dataset, out, ExportOptions())
    return out


def coco(folder, classes=CLASSES, **more):
    return CocoDataset(
        ann_file="_annotations.coco.json",
        data_root=str(folder),
        data_prefix={"img": ""},
        metainfo={"classes": classes},
        filter_cfg=KEEP,
        **more,
    )


def shown(dataset, frame):
    return [label for label in dataset.record(frame).labels if label.bbox]


def corners(dataset, frame):
    boxes = [(x, y, x + width, y + height) for x, y, width, height in (each.bbox for each in shown(dataset, frame))]
    return np.array(boxes, np.float32).reshape(-1, 4)


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_coco(tmp_path, name):
    dataset = whole(tmp_path / "source")
    out = export(dataset, tmp_path / "out", name)
    # Run lengths are masks as they come; polygons are filled by its own code, which is COCO's.
    transforms = LoadImageFromFile(), LoadAnnotations(with_bbox=True, with_mask=True, poly2mask=True)
    for folder, frames in {"train": (0, 1), "valid": (2, 12)}.items():
        loaded = coco(out / folder)
        assert len(loaded) == len(frames)
        for place, frame in enumerate(frames):
            found = loaded.get_data_info(place)
            for transform in transforms:
                found = transform(found)
            assert (found["img"][:, :, ::-1] == picture(frame)).all()
            assert [CLASSES[number] for number in found["gt_bboxes_labels"]] == list(names(dataset)[frame].values())
            assert (found["gt_bboxes"].numpy() == corners(dataset, frame)).all()
            masks = found["gt_masks"].to_ndarray().astype(bool)
            assert len(masks) == len(visible(dataset)[frame])
            assert all((one == mask).all() for one, mask in zip(masks, visible(dataset)[frame].values(), strict=True))


def test_three_hundred_classes_and_crowds(tmp_path):
    out = export(three_hundred(tmp_path / "many"), tmp_path / "many-out", "coco")
    many = coco(out / "train", tuple(f"class {number}" for number in range(300)))
    assert {each["bbox_label"] for place in range(4) for each in many.get_data_info(place)["instances"]} == {299}
    out = export(overlapping(tmp_path / "crowd"), tmp_path / "crowd-out", "coco")
    instances = coco(out / "train").get_data_info(0)["instances"]
    assert [each["ignore_flag"] for each in instances] == [0, 0, 0, 0, 0, 1]


def test_coco_panoptic(tmp_path):
    dataset = whole(tmp_path / "source")
    out = export(dataset, tmp_path / "out", "coco-panoptic")
    loaded = CocoPanopticDataset(
        ann_file="annotations/panoptic_train.json",
        data_root=str(out),
        data_prefix={"img": "images/train/", "seg": "annotations/panoptic_train/"},
        metainfo={"classes": CLASSES, "thing_classes": CLASSES, "stuff_classes": ()},
        filter_cfg=KEEP,
    )
    for place, frame in enumerate((0, 1)):
        segments = loaded.get_data_info(place)["segments_info"]
        assert {each["id"]: CLASSES[each["category"]] for each in segments} == names(dataset)[frame]
        assert all(each["is_thing"] for each in segments)


def test_pascal_voc(tmp_path):
    """It counts from 1, too, and takes the last pixel for the border of a box."""
    dataset = whole(tmp_path / "source")
    (tmp_path / "VOC2012").symlink_to(export(dataset, tmp_path / "out", "voc"))
    loaded = VOCDataset(
        ann_file="ImageSets/Main/train.txt",
        data_root=str(tmp_path / "VOC2012"),
        data_prefix={"sub_data_root": ""},
        metainfo={"classes": CLASSES},
        filter_cfg=KEEP,
    )
    assert len(loaded) == 2
    for place, frame in enumerate((0, 1)):
        instances = loaded.get_data_info(place)["instances"]
        assert [CLASSES[each["bbox_label"]] for each in instances] == list(names(dataset)[frame].values())
        boxes = np.array([each["bbox"] for each in instances], np.float32).reshape(-1, 4)
        assert (boxes == corners(dataset, frame) - [0, 0, 1, 1]).all()
