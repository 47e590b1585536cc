import pytest

from synthvision.curation import import_dataset
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from tests.unit.curation.pictures import put_picture
from tests.unit.dataset.hand_made import make_dataset, make_recipe, rectangle

NAMES = "names: {0: cup, 1: 钥匙}\n"


def write_yolo(folder, lines, yaml="train: images/train\nval: images/val\n" + NAMES):
    put_picture(folder / "images/train/a.png", 1)
    put_picture(folder / "images/val/b.jpg", 2)
    (folder / "labels/train").mkdir(parents=True)
    (folder / "labels/train/a.txt").write_text(lines)
    (folder / "data.yaml").write_text(yaml)
    return folder / "data.yaml"


def labels_of(tmp_path, lines, *yaml):
    import_dataset("yolo", write_yolo(tmp_path, lines, *yaml), tmp_path / "out", images=None, link=False)
    assert validate(tmp_path / "out") == ()
    dataset = Dataset(tmp_path / "out")
    return dataset, dataset.record(0)


def test_boxes(tmp_path):
    dataset, record = labels_of(tmp_path, "1 0.5 0.5 0.25 0.5\n0 0.1 0.2 0.1234 0.1\n")
    first, second = record.labels
    assert (first.category_id, first.bbox, first.area, first.counts) == (2, (24, 12, 16, 24), 384, None)
    assert second.bbox == pytest.approx((2.4512, 7.2, 7.8976, 4.8))
    assert [category.name for category in dataset.manifest.categories] == ["cup", "钥匙"]
    assert dataset.manifest.splits == ("train", "val")
    assert dataset.record(1).labels == ()
    assert [record.origin.file for record in dataset] == ["images/train/a.png", "images/val/b.jpg"]


def test_outlines_are_masks(tmp_path):
    corners = "0.25 0.25 0.5 0.25 0.5 0.5 0.25 0.5"
    dataset, record = labels_of(tmp_path, f"0 {corners}\n\n1 0.5 0.5 0.75 0.5 0.75 0.75\n")
    assert (dataset.mask(record, record.labels[0]) == rectangle(16, 12, 16, 12)).all()
    assert record.labels[1].area == pytest.approx(96, abs=12)


def test_poses(tmp_path):
    yaml = "train: images/train\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\nkpt_names: {0: [tip, end]}\n" + NAMES
    dataset, record = labels_of(tmp_path, "0 0.5 0.5 0.25 0.5 0.25 0.5 2 0 0 0\n1 0.5 0.5 0.25 0.5\n", yaml)
    assert record.labels[0].keypoints == {"tip": (16.0, 24.0, 2), "end": (0.0, 0.0, 0)}
    assert record.labels[1].keypoints == {}
    category = dataset.manifest.categories[0]
    assert (category.keypoints, category.flip_pairs) == (("tip", "end"), ((0, 1),))


def test_poses_without_states(tmp_path):
    yaml = "train: images/train\nkpt_shape: [2, 2]\n" + NAMES
    _, record = labels_of(tmp_path, "0 0.5 0.5 0.25 0.5 0.25 0.5 0 0\n", yaml)
    assert record.labels[0].keypoints == {"0": (16.0, 24.0, 2), "1": (0.0, 0.0, 0)}


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("2 0.5 0.5 0.1 0.1\n", "a.txt:1: class must be 0 to 1, got '2'"),
        ("0 0.5 0.5 0.1\n", "a.txt:1: numbers after the class must be 4 or an even number from 6, got 3"),
        ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 1.5\n", "a.txt:2: coordinates must be shares from 0 to 1, got 1.5"),
        ("0 0.5 0.5 0.1 nan\n", "a.txt:1: coordinates must be shares from 0 to 1, got nan"),
        ("0 0.5 0.5 0.1 x\n", "a.txt:1: line must be numbers, got 'could not convert string to float: 'x''"),
    ],
)
def test_lines_that_cannot_be(tmp_path, lines, text):
    with pytest.raises(DatasetError) as caught:
        labels_of(tmp_path, lines)
    assert str(caught.value).endswith(text)


@pytest.mark.parametrize(
    ("yaml", "text"),
    [
        ("train: images/train\n", "data.yaml: file must have 'names' and 'train' or 'val' as YOLO has, got none"),
        ("train: nowhere\n" + NAMES, "data.yaml: train must be a folder of pictures or a list of them, got 'nowhere'"),
        (NAMES, "data.yaml: train, val or test must name a folder with pictures, got none"),
        ("train: images\nnames: {1: a}\n", "data.yaml: names must be numbered 0 to 0, got [1]"),
        ("train: [\n", "data.yaml: file must be YAML, got "),
        ("train: images\nkpt_shape: [3]\n" + NAMES, "data.yaml: kpt_shape must be [number, 2 or 3], got [3]"),
    ],
)
def test_a_description_that_cannot_be(tmp_path, yaml, text):
    with pytest.raises(DatasetError) as caught:
        labels_of(tmp_path, "", yaml)
    assert text in str(caught.value)


def test_pictures_can_be_listed_and_splits_named_twice(tmp_path):
    write_yolo(tmp_path, "0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "train.txt").write_text("images/train/a.png\n./images/val/b.jpg\n")
    (tmp_path / "data.yaml").write_text(f"path: .\ntrain: train.txt\nval: train.txt\n{NAMES}")
    text = import_dataset("yolo", tmp_path, tmp_path / "out", images=None, link=False)
    left_out = "a picture that an earlier split has too was left out of the later one (2 times)"
    assert text == f"2 pictures, 1 labels, 2 categories; {left_out}"
    assert Dataset(tmp_path / "out").manifest.splits == ("train",)


@pytest.mark.parametrize("form", ["yolo-segment", "yolo-detect"])
@pytest.mark.parametrize("splits", [{}, {0: "train", 1: "val", 2: "train", 12: "test"}])
def test_what_we_export_comes_back(tmp_path, form, splits):
    recipe = make_recipe(splits={"train": 0.5, "val": 0.25, "test": 0.25}) if splits else make_recipe()
    source = make_dataset(tmp_path / "set", recipe, splits=splits)
    find_format(form).write(Dataset(source), tmp_path / "yolo", ExportOptions())
    import_dataset("yolo", tmp_path / "yolo", tmp_path / "out", images=None, link=False)
    assert validate(tmp_path / "out") == ()
    old = {record.frame_index: record for record in Dataset(source)}
    new = Dataset(tmp_path / "out")
    assert len(new) == len(old)
    for record in new:
        before = old[int(record.origin.file.split("/")[-1].split(".")[0])]
        seen = [label for label in before.labels if label.area]
        assert record.split == (splits.get(before.frame_index, "") or "train")
        assert [label.category_id for label in record.labels] == [label.category_id for label in seen]
        for one, other in zip(seen, record.labels, strict=True):
            if form == "yolo-segment":
                assert (new.mask(record, other) == Dataset(source).mask(before, one)).all()
            assert other.bbox == one.bbox
