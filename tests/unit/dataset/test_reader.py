from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvision.dataset import Dataset
from synthvision.dataset.records import FileRecord
from synthvision.errors import DatasetError
from tests.unit.dataset.hand_made import frames_by_hand, make_dataset, make_labels, make_recipe, make_scene, picture


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    recipe = make_recipe(outputs={"normals": True}, splits={"train": 1, "val": 1})
    splits = {0: "train", 1: "val", 2: "train", 12: "val"}
    return Dataset(make_dataset(tmp_path_factory.mktemp("set"), recipe, splits=splits))


def test_frames_come_in_order_and_by_number(dataset):
    assert (len(dataset), dataset.frame_indices) == (4, (0, 1, 2, 12))
    assert [record.frame_index for record in dataset] == [0, 1, 2, 12]
    assert dataset.record(12) == list(dataset)[3]
    assert (dataset.record(12).split, dataset.manifest.splits) == ("val", ("train", "val"))


def test_every_array_comes_back(dataset):
    for record in dataset:
        labels = make_labels(frames_by_hand()[record.frame_index])
        assert (dataset.image(record) == picture(record.frame_index)).all()
        assert (dataset.instances(record) == labels.instance_map).all()
        within = labels.depth <= 65.5
        assert np.abs(dataset.depth(record) - labels.depth)[within].max() <= 0.0006
        assert np.abs(dataset.normals(record) - labels.normals).max() < 2e-5


def test_masks_and_the_scene_come_back(dataset):
    record = dataset.record(0)
    for label, (_, _, mask, amodal) in zip(record.labels, frames_by_hand()[0], strict=True):
        assert (dataset.mask(record, label) == mask).all()
        assert (dataset.amodal_mask(record, label) == amodal).all()
    assert dataset.scene(record, Path("/assets")) == make_scene(0, "train")
    assert dataset.scene(record, Path("/assets")).asset_root == Path("/assets")


def test_what_is_not_there_is_named(dataset, tmp_path):
    with pytest.raises(DatasetError, match=r"frames\.jsonl: frame must be one of its 4, got 5"):
        dataset.record(5)
    with pytest.raises(DatasetError, match=r"images/train/000077\.png: file must be readable, got 'No such file"):
        dataset.image(replace(dataset.record(0), files={"images/train/000077.png": FileRecord(1, "")}))
    bare = Dataset(make_dataset(tmp_path, make_recipe(outputs={"depth": "none"})))
    with pytest.raises(DatasetError, match="frame 0 must have a file in images, instances, got depth"):
        bare.depth(bare.record(0))
    with pytest.raises(DatasetError, match="folder must be a synthvision dataset"):
        Dataset(tmp_path / "images")
