"""The formats ``huggingface`` and ``parquet`` through the ``datasets`` library."""

import os

import numpy as np
import pytest

# Read when the package is first imported; nothing is fetched.
os.environ["HF_HUB_OFFLINE"] = "1"

datasets = pytest.importorskip("datasets", reason="run ./scripts/test_clients, which installs the clients")

from synthvision.dataset.rle import decode_rle  # noqa: E402 - datasets must be there first
from synthvision.formats import ExportOptions, find_format  # noqa: E402
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture  # noqa: E402
from tests.unit.formats.samples import boxes_alone, names, three_hundred, visible, whole  # noqa: E402

FRAMES = {"train": (0, 1), "val": (2, 12)}


def export(dataset, name, out):
    find_format(name).write(dataset, out, ExportOptions())
    return out


def shown(dataset, frame):
    return [label for label in dataset.record(frame).labels if label.bbox]


@pytest.mark.parametrize("by_folder", [True, False])
def test_imagefolder(tmp_path, by_folder):
    """With the folder's own README, which names the splits, and by folders alone, where ``val`` is ``validation``."""
    dataset = whole(tmp_path / "source")
    out, cache = export(dataset, "huggingface", tmp_path / "out"), str(tmp_path / "cache")
    how = {"path": "imagefolder", "data_dir": str(out)} if by_folder else {"path": str(out)}
    loaded = datasets.load_dataset(**how, cache_dir=cache)
    assert set(loaded) == ({"train", "validation"} if by_folder else {"train", "val"})
    for rows, frames in zip(loaded.values(), FRAMES.values(), strict=True):
        assert isinstance(rows.features["image"], datasets.Image)
        for row, frame in zip(rows, frames, strict=True):
            labels = shown(dataset, frame)
            assert (np.array(row["image"]) == picture(frame)).all()
            assert (row["image_id"], row["width"], row["height"]) == (frame + 1, WIDTH, HEIGHT)
            assert row["objects"] == {
                "id": [label.instance_id for label in labels],
                "area": [label.area for label in labels],
                "bbox": [list(label.bbox) for label in labels],
                "category": [label.category_id - 1 for label in labels],
            }


@pytest.mark.parametrize("by_folder", [True, False])
def test_parquet(tmp_path, by_folder):
    dataset = whole(tmp_path / "source")
    out, cache = export(dataset, "parquet", tmp_path / "out"), str(tmp_path / "cache")
    files = {split: str(out / f"{split}-*.parquet") for split in FRAMES}
    how = {"path": str(out)} if by_folder else {"path": "parquet", "data_files": files}
    loaded = datasets.load_dataset(**how, cache_dir=cache)
    for rows, (split, frames) in zip(loaded.values(), FRAMES.items(), strict=True):
        assert isinstance(rows.features["image"], datasets.Image), split
        for row, frame in zip(rows, frames, strict=True):
            assert (np.array(row["image"]) == picture(frame)).all()
            assert [each["category"] for each in row["objects"]] == list(names(dataset)[frame].values())
            assert [each["bbox"] for each in row["objects"]] == [list(label.bbox) for label in shown(dataset, frame)]
            for each in row["objects"]:
                mask = decode_rle(each["segmentation"], HEIGHT, WIDTH)
                assert (mask == visible(dataset)[frame][each["id"]]).all()


def test_three_hundred_classes_and_boxes_alone(tmp_path):
    many = export(three_hundred(tmp_path / "many"), "huggingface", tmp_path / "many-out")
    rows = datasets.load_dataset("imagefolder", data_dir=str(many), cache_dir=str(tmp_path / "cache"))["train"]
    assert {number for row in rows for number in row["objects"]["category"]} == {299}
    dataset = boxes_alone(tmp_path / "boxes")
    boxes = export(dataset, "parquet", tmp_path / "boxes-out")
    rows = datasets.load_dataset(str(boxes), cache_dir=str(tmp_path / "cache"))["train"]
    for row, frame in zip(rows, (0, 1, 2, 12), strict=True):
        assert row["camera_matrix"] is None
        assert [each["segmentation"] for each in row["objects"]] == [None] * len(shown(dataset, frame))
        assert [each["bbox"] for each in row["objects"]] == [list(label.bbox) for label in shown(dataset, frame)]
