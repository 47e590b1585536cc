"""Pascal VOC, read back with ElementTree and Pillow; supervision and Datumaro read it in ``tests/clients``."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from synthvision.formats import ExportOptions, find_format
from synthvision.formats.painting import colour_of
from tests.unit.dataset.hand_made import CATEGORIES, HEIGHT, WIDTH
from tests.unit.formats.samples import boxes_alone, changed, names, three_hundred, visible, whole
from tests.unit.formats.special_samples import PLACES, overlapping, with_yaml_names


def export(dataset, out, options=None):
    return find_format("voc").write(dataset, out, options or ExportOptions())


def objects(folder, frame):
    """The objects of a frame: name of the class, half-open box from 0, and the rest of the tags."""
    root = ET.parse(folder / f"Annotations/{frame:06d}.xml").getroot()  # noqa: S314 - our own file
    assert [int(root.findtext(f"size/{key}")) for key in ("width", "height", "depth")] == [WIDTH, HEIGHT, 3]
    assert (folder / "JPEGImages" / root.findtext("filename")).is_file()
    found = []
    for entry in root.iter("object"):
        xmin, ymin, xmax, ymax = (int(entry.findtext(f"bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax"))
        box = (xmin - 1, ymin - 1, xmax - xmin + 1, ymax - ymin + 1)
        found.append((entry.findtext("name"), box, {e.tag: e.text for e in entry if not len(e) and e.tag != "name"}))
    return found


def numbers(folder, kind, frame):
    image = Image.open(folder / kind / f"{frame:06d}.png")
    assert image.mode == "P"
    assert image.getpalette() == [channel for number in range(256) for channel in colour_of(number)]
    return np.array(image)


def test_boxes_classes_and_masks(tmp_path):
    dataset = whole(tmp_path / "source")
    report = export(dataset, tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {})
    masks, classes = visible(dataset), names(dataset)
    ids = {category["name"]: number for number, category in enumerate(CATEGORIES, start=1)}
    for record in dataset:
        frame = record.frame_index
        found = objects(tmp_path / "out", frame)
        shown = [label for label in record.labels if label.bbox]
        assert [box for _, box, _ in found] == [label.bbox for label in shown]
        assert [name for name, _, _ in found] == list(classes[frame].values())
        by_object = numbers(tmp_path / "out", "SegmentationObject", frame)
        by_class = numbers(tmp_path / "out", "SegmentationClass", frame)
        assert by_object.max(initial=0) == len(shown)
        for place, (number, mask) in enumerate(masks[frame].items(), start=1):
            assert ((by_object == place) == mask).all()
            assert set(by_class[mask]) == {ids[classes[frame][number]]}
        assert ((by_class > 0) == (by_object > 0)).all()


def test_lists_of_the_splits(tmp_path):
    export(whole(tmp_path / "source"), tmp_path / "out")
    for task in ("Main", "Segmentation"):
        assert (tmp_path / "out/ImageSets" / task / "train.txt").read_text() == "000000\n000001\n"
        assert (tmp_path / "out/ImageSets" / task / "val.txt").read_text() == "000002\n000012\n"
    lines = (tmp_path / "out/labelmap.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["background:0,0,0::", "mug:128,0,0::", "Schlüssel 扳手:0,128,0::"]


def test_truncated_and_occluded_follow_the_guidelines(tmp_path):
    known = {"a": (0.1, 0.99), "b": (0.2, 0.99), "c": (0.1, 0.9)}

    def describe(line):
        for label, (name, (truncation, visibility)) in zip(line["labels"], known.items(), strict=False):
            label |= {"name": name, "truncation": truncation, "visibility": visibility}

    export(changed(tmp_path / "source", describe), tmp_path / "out")
    tags = [(tag["truncated"], tag["occluded"], tag["difficult"]) for *_, tag in objects(tmp_path / "out", 0)]
    assert tags == [("0", "0", "0"), ("1", "0", "0"), ("0", "1", "0")]


def test_boxes_alone_are_rounded_and_have_no_segmentation(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    report = export(dataset, tmp_path / "out")
    assert report.losses == {
        "a box was rounded to whole pixels": 5,
        "a frame has no segmentation, since not every label has a mask": 3,
    }
    assert (tmp_path / "out/ImageSets/Segmentation/train.txt").read_text() == "000001\n"
    assert [path.name for path in (tmp_path / "out/SegmentationObject").iterdir()] == ["000001.png"]
    for record in dataset:
        boxes = [label.bbox for label in record.labels if label.bbox]
        for box, (_, found, tags) in zip(boxes, objects(tmp_path / "out", record.frame_index), strict=True):
            assert found == pytest.approx(box, abs=1)
            assert tags == {"pose": "Unspecified", "truncated": "0", "difficult": "0"}


def test_class_300_is_in_the_boxes_and_void_in_the_segmentation(tmp_path):
    report = export(three_hundred(tmp_path / "source"), tmp_path / "out")
    assert report.losses == {"a label has void in SegmentationClass, which holds 254 numbers": 5}
    assert {name for name, *_ in objects(tmp_path / "out", 0)} == {"class 299"}
    assert set(np.unique(numbers(tmp_path / "out", "SegmentationClass", 0))) == {0, 255}
    assert set(np.unique(numbers(tmp_path / "out", "SegmentationObject", 0))) == {0, 1, 2, 3}


def test_crowds_are_difficult_and_decals_on_top(tmp_path):
    report = export(overlapping(tmp_path / "source"), tmp_path / "out")
    found = objects(tmp_path / "out", 0)
    assert [box for _, box, _ in found] == list(PLACES.values())
    assert [tags["difficult"] for *_, tags in found] == ["0", "0", "0", "0", "0", "1"]
    assert report.losses["a crowd is written as one difficult object"] == 1
    by_object = numbers(tmp_path / "out", "SegmentationObject", 0)
    assert (by_object[5, 5], by_object[9, 9], by_object[11, 13], by_object[11, 31]) == (1, 2, 3, 0)


def test_names_that_labelmap_cannot_hold(tmp_path):
    report = export(with_yaml_names(tmp_path / "source"), tmp_path / "out")
    sentence = "labelmap.txt is left out: no name in it can have a colon, begin with # or be 'background'"
    assert report.losses == {sentence: 1}
    assert not (tmp_path / "out/labelmap.txt").exists()
    assert {name for name, *_ in objects(tmp_path / "out", 0)} == {"0x10"}


def test_colours_are_those_of_the_development_kit():
    # VOClabelcolormap(256) of the kit, first and last rows.
    assert [colour_of(number) for number in (0, 1, 2, 3, 8, 20, 255)] == [
        (0, 0, 0),
        (128, 0, 0),
        (0, 128, 0),
        (128, 128, 0),
        (64, 0, 0),
        (0, 64, 128),
        (224, 224, 192),
    ]
    assert len({colour_of(number) for number in range(5000)}) == 5000
