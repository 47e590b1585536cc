"""Datasets that were exported and imported again: the same counts, classes, boxes and masks."""

from pathlib import PurePosixPath

import pytest

from synthvision.curation import import_dataset
from synthvision.dataset import Dataset, validate
from synthvision.formats import ExportOptions, find_format
from tests.unit.formats.samples import boxes_alone, whole
from tests.unit.formats.special_samples import KEYPOINTS, overlapping, with_keypoints

IMPORTER = {
    "coco": "coco",
    "coco-polygons": "coco",
    "coco-keypoints": "coco",
    "yolo-detect": "yolo",
    "yolo-segment": "yolo",
    "yolo-pose": "yolo",
    "voc": "voc",
}
SPLITS = {"coco": {"train": "train", "val": "valid"}, "coco-polygons": {"train": "train", "val": "valid"}}


def there_and_back(dataset, name, tmp_path):
    find_format(name).write(dataset, tmp_path / "out", ExportOptions())
    import_dataset(IMPORTER[name], tmp_path / "out", tmp_path / "back", images=None, link=False)
    assert not validate(tmp_path / "back")
    return Dataset(tmp_path / "back")


def frames_of(dataset):
    """Stem of the picture's file before it was imported → its record."""
    return {PurePosixPath(r.origin.file if r.origin else r.file("images")).stem: r for r in dataset}


def described(dataset, record, label):
    """A label as every format has it: class, box and mask."""
    category = dataset.manifest.categories[label.category_id - 1].name
    mask = None if label.counts is None else dataset.mask(record, label).tobytes()
    return category, label.bbox, mask


def compare(dataset, back, names=("class", "box", "mask")):
    frames = frames_of(back)
    for stem, record in frames_of(dataset).items():
        shown = [label for label in record.labels if label.bbox]
        assert len(frames[stem].labels) == len(shown)
        for label, again in zip(shown, frames[stem].labels, strict=True):
            mine, theirs = described(dataset, record, label), described(back, frames[stem], again)
            assert mine[0] == theirs[0]
            assert theirs[1] == pytest.approx(mine[1], abs=1e-3 if "box" in names else 1)
            if "mask" in names:
                assert mine[2] == theirs[2]
        assert (back.image(frames[stem]) == dataset.image(record)).all()
    assert len(frames) == len(dataset)


@pytest.mark.parametrize("name", ["coco", "coco-polygons", "yolo-segment", "voc"])
def test_masks_with_holes_and_parts_come_back(tmp_path, name):
    dataset = whole(tmp_path / "source")
    back = there_and_back(dataset, name, tmp_path)
    compare(dataset, back)
    assert {c.name for c in back.manifest.categories} == {c.name for c in dataset.manifest.categories}
    expected = SPLITS.get(name, {"train": "train", "val": "val"})
    assert {stem: expected[r.split] for stem, r in frames_of(dataset).items()} == {
        stem: r.split for stem, r in frames_of(back).items()
    }


@pytest.mark.parametrize("name", ["coco", "yolo-detect"])
def test_boxes_alone_come_back(tmp_path, name):
    dataset = boxes_alone(tmp_path / "source")
    compare(dataset, there_and_back(dataset, name, tmp_path), ("class", "box"))


def test_boxes_alone_come_back_from_voc_as_whole_pixels(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    compare(dataset, there_and_back(dataset, "voc", tmp_path), ("class",))


@pytest.mark.parametrize("name", ["coco-keypoints", "yolo-pose"])
def test_keypoints_come_back(tmp_path, name):
    dataset = with_keypoints(tmp_path / "source", {1: KEYPOINTS[1]})
    back = there_and_back(dataset, name, tmp_path)
    frames = frames_of(back)
    assert [category.keypoints for category in back.manifest.categories] == [("left", "right", "top")]
    assert back.manifest.categories[0].flip_pairs == ((0, 1),)
    for stem, record in frames_of(dataset).items():
        shown = [label for label in record.labels if label.bbox and label.category_id == 1]
        for label, again in zip(shown, frames[stem].labels, strict=True):
            for point, values in label.keypoints.items():
                assert again.keypoints[point] == pytest.approx(values, abs=1e-3)


def test_masks_over_each_other_and_crowds_come_back_from_coco(tmp_path):
    dataset = overlapping(tmp_path / "source")
    back = there_and_back(dataset, "coco", tmp_path)
    compare(dataset, back)
    assert [label.crowd for label in frames_of(back)["000000"].labels] == [False] * 5 + [True]
