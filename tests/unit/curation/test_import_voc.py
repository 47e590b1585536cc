import numpy as np
import pytest
from PIL import Image

from synthvision.curation import import_dataset
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from tests.unit.curation.pictures import put_picture
from tests.unit.dataset.hand_made import make_dataset, make_recipe, rectangle

XML = """<annotation><folder>VOC</folder><filename>{name}.jpg</filename>
<size><width>64</width><height>48</height><depth>3</depth></size>{objects}</annotation>"""
OBJECT = """<object><name>{name}</name><difficult>{difficult}</difficult><truncated>1</truncated>
<bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"""


def thing(name, box, difficult=0):
    return OBJECT.format(name=name, box=box, difficult=difficult)


def write_voc(folder, pictures):
    for number, (name, objects) in enumerate(pictures.items()):
        put_picture(folder / "JPEGImages" / f"{name}.jpg", number)
        (folder / "Annotations").mkdir(exist_ok=True)
        (folder / "Annotations" / f"{name}.xml").write_text(XML.format(name=name, objects="".join(objects)))
    return folder


@pytest.fixture
def folder(tmp_path):
    objects = [thing("dog", (1, 1, 10, 20)), thing("猫", (11, 5, 64, 48), difficult=1)]
    return write_voc(tmp_path / "voc", {"2007_1": objects, "2007_2": []})


def imported(folder, tmp_path):
    text = import_dataset("voc", folder, tmp_path / "out", images=None, link=False)
    assert validate(tmp_path / "out") == ()
    return text, Dataset(tmp_path / "out")


def test_boxes_count_from_1_with_both_ends_inside(folder, tmp_path):
    text, dataset = imported(folder, tmp_path)
    assert text == (
        "2 pictures, 2 labels, 2 categories; 'truncated' has no place in a dataset and was dropped (2 times); "
        "'difficult' has no place in a dataset and was dropped (1 times)"
    )
    assert [label.bbox for label in dataset.record(0).labels] == [(0, 0, 10, 20), (10, 4, 54, 44)]
    assert [category.name for category in dataset.manifest.categories] == ["dog", "猫"]
    assert dataset.manifest.splits == ()
    assert dataset.record(1).labels == ()


def test_image_sets_are_splits(folder, tmp_path):
    (folder / "ImageSets/Main").mkdir(parents=True)
    (folder / "ImageSets/Main/train.txt").write_text("2007_1\n")
    (folder / "ImageSets/Main/val.txt").write_text("")
    text, dataset = imported(folder, tmp_path)
    assert "a picture that is in none of ImageSets' train, val and test was left out (1 times)" in text
    assert (dataset.manifest.splits, [record.split for record in dataset]) == (("train",), ["train"])
    (folder / "ImageSets/Main/val.txt").write_text("2007_1\n")
    with pytest.raises(DatasetError, match=r"val\.txt: picture must be in one split, got 2007_1 in train too"):
        import_dataset("voc", folder, tmp_path / "other", images=None, link=False)


def test_masks_are_read_where_there_are(folder, tmp_path):
    values = np.where(rectangle(1, 1, 8, 18), 1, 0) + np.where(rectangle(20, 10, 30, 30), 2, 0)
    values[rectangle(9, 1, 1, 18)] = 255
    (folder / "SegmentationObject").mkdir()
    image = Image.fromarray(values.astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 128, 0, 0] * 128)
    image.save(folder / "SegmentationObject/2007_1.png")
    _, dataset = imported(folder, tmp_path)
    record = dataset.record(0)
    assert (dataset.mask(record, record.labels[0]) == rectangle(1, 1, 8, 18)).all()
    assert record.labels[1].bbox == (20, 10, 30, 30)
    Image.fromarray(np.full((48, 64), 3, np.uint8)).save(folder / "SegmentationObject/2007_1.png")
    with pytest.raises(DatasetError, match=r"2007_1\.png: values must be 0 to 2 or 255, got 3"):
        import_dataset("voc", folder, tmp_path / "other", images=None, link=False)


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        (["<object><name>dog</name></object>"], "x.xml: object 'dog' must have a bndbox of four numbers, got"),
        ([thing("dog", (10, 1, 9, 5))], "x.xml: object must have a name and a box with xmin <= xmax and ymin <= ymax"),
        (["<object>"], "x.xml: file must be XML, got 'mismatched tag"),
    ],
)
def test_annotations_that_cannot_be_understood(tmp_path, objects, text):
    with pytest.raises(DatasetError) as caught:
        import_dataset("voc", write_voc(tmp_path / "voc", {"x": objects}), tmp_path / "out", images=None, link=False)
    assert text in str(caught.value)


def test_a_folder_without_annotations(tmp_path):
    with pytest.raises(DatasetError, match=r"source must be a folder with Annotations/\*\.xml as VOC has, got none"):
        import_dataset("voc", tmp_path, tmp_path / "out", images=None, link=False)


def test_a_picture_of_another_size(folder, tmp_path):
    put_picture(folder / "JPEGImages/2007_2.jpg", 1, 65, 48)
    with pytest.raises(DatasetError, match=r"2007_2\.jpg: picture must be 64 x 48 px as the annotations say, got 65 x"):
        import_dataset("voc", folder, tmp_path / "out", images=None, link=False)


@pytest.mark.parametrize("splits", [{}, {0: "train", 1: "val", 2: "train", 12: "test"}])
def test_what_we_export_comes_back(tmp_path, splits):
    recipe = make_recipe(splits={"train": 0.5, "val": 0.25, "test": 0.25}) if splits else make_recipe()
    source = Dataset(make_dataset(tmp_path / "set", recipe, splits=splits))
    find_format("voc").write(source, tmp_path / "voc", ExportOptions())
    import_dataset("voc", tmp_path / "voc", tmp_path / "out", images=None, link=False)
    assert validate(tmp_path / "out") == ()
    new = Dataset(tmp_path / "out")
    assert [category.name for category in new.manifest.categories] == ["mug", "Schlüssel 扳手"]
    for record in new:
        before = source.record(int(record.origin.file.split(".")[0]))
        seen = [label for label in before.labels if label.area]
        assert record.split == (splits.get(before.frame_index, "") or "train")
        assert [label.category_id for label in record.labels] == [label.category_id for label in seen]
        for one, other in zip(seen, record.labels, strict=True):
            assert (new.mask(record, other) == source.mask(before, one)).all()
            assert other.bbox == one.bbox
    assert len(new) == len(source)
