"""LabelMe, CVAT and Label Studio: read back without our code, compared pixel by pixel."""

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from synthvision.errors import DatasetError, UsageError
from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH
from tests.unit.formats.samples import boxes_alone, filled, names, three_hundred, visible, whole

BOX_FOR_MASK = {"a label without mask was written as a box": 5}


def labelme_masks(folder):
    found = {}
    for path in folder.rglob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        assert (data["imageHeight"], data["imageWidth"]) == (HEIGHT, WIDTH)
        assert (path.parent / data["imagePath"]).is_file()
        polygons, categories = {}, {}
        for shape in data["shapes"]:
            flat = [value for point in shape["points"] for value in point]
            polygons.setdefault(shape["group_id"], []).append(flat)
            categories[shape["group_id"]] = shape["label"]
        found[int(path.stem)] = ({key: filled(flats) for key, flats in polygons.items()}, categories)
    return found


def label_studio_masks(folder):
    found = {}
    for task in json.loads((folder / "tasks.json").read_text(encoding="utf-8")):
        assert (folder / task["data"]["image"].split("?d=")[1]).is_file()
        polygons, categories = {}, {}
        for result in task["annotations"][0]["result"]:
            number = int(result["id"].split("-")[1])
            points = np.array(result["value"]["points"]) / 100 * [WIDTH, HEIGHT]
            polygons.setdefault(number, []).append(points.ravel().tolist())
            categories[number] = result["value"]["polygonlabels"][0]
        frame = task["data"]["frame_index"]
        found[frame] = ({key: filled(flats) for key, flats in polygons.items()}, categories)
    return found


def cvat_masks(folder):
    found = {}
    for image in ET.parse(folder / "annotations.xml").iter("image"):  # noqa: S314 - our own file
        assert (folder / "images" / image.get("name")).is_file()
        masks, categories = {}, {}
        for shape in image.iter("mask"):
            runs = [int(run) for run in shape.get("rle").split(", ")]
            left, top, width, height = (int(shape.get(key)) for key in ("left", "top", "width", "height"))
            crop = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
            mask = np.zeros((HEIGHT, WIDTH), bool)
            mask[top : top + height, left : left + width] = crop
            masks[int(shape.get("group_id"))] = mask
            categories[int(shape.get("group_id"))] = shape.get("label")
        found[int(image.get("name").split("/")[-1].split(".")[0])] = (masks, categories)
    return found


READERS = {"labelme": labelme_masks, "label-studio": label_studio_masks, "cvat": cvat_masks}


@pytest.mark.parametrize("name", READERS)
def test_every_mask_and_category_comes_back(name, tmp_path):
    dataset = whole(tmp_path / "set")
    report = find_format(name).write(dataset, tmp_path / "out", ExportOptions())
    found = READERS[name](tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {})
    assert {frame: categories for frame, (_, categories) in found.items()} == names(dataset)
    expected = visible(dataset)
    for frame, (masks, _) in found.items():
        assert all((masks[number] == mask).all() for number, mask in expected[frame].items())


@pytest.mark.parametrize("name", READERS)
def test_one_split_and_what_is_hardly_visible(name, tmp_path):
    dataset = whole(tmp_path / "set")
    report = find_format(name).write(dataset, tmp_path / "out", ExportOptions(("train",), min_visibility=0.9))
    found = READERS[name](tmp_path / "out")
    assert (report.frames, report.labels) == (2, 2)
    assert {frame: set(masks) for frame, (masks, _) in found.items()} == {0: {1, 300}, 1: set()}
    with pytest.raises(DatasetError, match=r"split must be one of its own \(train, val\), got 'test'"):
        find_format(name).write(dataset, tmp_path / "other", ExportOptions(("test",)))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", READERS)
def test_the_last_of_300_categories(name, tmp_path):
    dataset = three_hundred(tmp_path / "set")
    find_format(name).write(dataset, tmp_path / "out", ExportOptions())
    found = READERS[name](tmp_path / "out")
    assert {label for _, categories in found.values() for label in categories.values()} == {"class 299"}


@pytest.mark.parametrize("name", READERS)
def test_a_folder_with_files_is_refused_and_the_same_bytes_come_again(name, tmp_path):
    dataset = whole(tmp_path / "set")
    write = find_format(name).write
    write(dataset, tmp_path / "out", ExportOptions())
    with pytest.raises(UsageError, match="output must be a new or empty folder, got one with files"):
        write(dataset, tmp_path / "out", ExportOptions())
    write(dataset, tmp_path / "again", ExportOptions(link=True))
    files = [path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert all((tmp_path / "out" / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)


def test_labels_that_are_boxes_become_rectangles(tmp_path):
    dataset = boxes_alone(tmp_path / "set")
    box = (5.25, 5.0, 16.75, 15.0)
    for name in READERS:
        report = find_format(name).write(dataset, tmp_path / name, ExportOptions())
        assert report.losses == BOX_FOR_MASK
    shape = json.loads((tmp_path / "labelme/000000.json").read_text(encoding="utf-8"))["shapes"][0]
    assert (shape["shape_type"], shape["points"]) == ("rectangle", [[box[0], box[1]], [box[2], box[3]]])
    task = json.loads((tmp_path / "label-studio/tasks.json").read_text(encoding="utf-8"))[0]
    value = task["annotations"][0]["result"][0]["value"]
    sides = np.array([value["x"], value["y"], value["x"] + value["width"], value["y"] + value["height"]])
    assert np.allclose(sides / 100 * [WIDTH, HEIGHT, WIDTH, HEIGHT], box)
    found = next(ET.parse(tmp_path / "cvat/annotations.xml").iter("box"))  # noqa: S314 - our own file
    assert [float(found.get(key)) for key in ("xtl", "ytl", "xbr", "ybr")] == list(box)
