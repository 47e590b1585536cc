"""The format ``label-studio`` through Label Studio's checks and converter; ``coco-polygons`` through its importer."""

import json

import numpy as np
import pytest

pytest.importorskip("label_studio_sdk", reason="run ./scripts/test_clients, which installs the clients")

from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.imports.coco import convert_coco_to_ls
from label_studio_sdk.label_interface import LabelInterface

from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture
from tests.unit.formats.samples import boxes_alone, filled, names, three_hundred, visible, whole

SIDES = np.array([WIDTH, HEIGHT])


def export(dataset, out, name="label-studio"):
    find_format(name).write(dataset, out, ExportOptions())
    return out


def converted(out, tmp_path, monkeypatch):
    """Frame → (category, polygon or box) of all regions, after its converter wrote them as COCO."""
    monkeypatch.setenv("LOCAL_FILES_DOCUMENT_ROOT", str(out))
    monkeypatch.setenv("LOCAL_FILES_SERVING_ENABLED", "true")
    converter = Converter(str(out / "label_config.xml"), str(out))
    converter.convert_to_coco(str(out / "tasks.json"), str(tmp_path / "back"), is_dir=False)
    back = json.loads((tmp_path / "back/result.json").read_text(encoding="utf-8"))
    categories = {category["id"]: category["name"] for category in back["categories"]}
    frames = {image["id"]: int(image["file_name"].rsplit("/", 1)[1].split(".")[0]) for image in back["images"]}
    found = {frame: [] for frame in frames.values()}
    for each in back["annotations"]:
        shape = each["segmentation"][0] if each["segmentation"] else each["bbox"]
        found[frames[each["image_id"]]].append((categories[each["category_id"]], shape))
    return found, set(categories.values())


@pytest.mark.parametrize("sample", [whole, boxes_alone, three_hundred])
def test_its_own_checks_accept_configuration_and_tasks(tmp_path, sample):
    dataset = sample(tmp_path / "source")
    out = export(dataset, tmp_path / "out")
    interface = LabelInterface((out / "label_config.xml").read_text(encoding="utf-8"))
    interface.validate()
    labels = [category.name for category in dataset.manifest.categories]
    assert list(interface.get_control("polygon").labels) == labels
    tasks = json.loads((out / "tasks.json").read_text(encoding="utf-8"))
    assert len(tasks) == 4
    for task in tasks:
        assert interface.validate_task({"data": task["data"]})  # of one with annotations it calls itself wrongly
        (annotation,) = task["annotations"]
        assert interface.validate_annotation(annotation)


def test_polygons_come_back_through_its_converter(tmp_path, monkeypatch):
    dataset = whole(tmp_path / "source")
    found, categories = converted(export(dataset, tmp_path / "out"), tmp_path, monkeypatch)
    assert categories == {"mug", "Schlüssel 扳手"}
    assert found.keys() == visible(dataset).keys()
    for frame, regions in found.items():
        for name in set(names(dataset)[frame].values()):
            masks = [visible(dataset)[frame][number] for number, each in names(dataset)[frame].items() if each == name]
            polygons = [polygon for category, polygon in regions if category == name]
            assert (filled(polygons) == np.any(masks, axis=0)).all()
        assert {category for category, _ in regions} == set(names(dataset)[frame].values())


def test_boxes_come_back_through_its_converter(tmp_path, monkeypatch):
    dataset = boxes_alone(tmp_path / "source")
    found, _ = converted(export(dataset, tmp_path / "out"), tmp_path, monkeypatch)
    for frame, regions in found.items():
        assert [category for category, _ in regions] == list(names(dataset)[frame].values())
        boxes = np.array([label.bbox for label in dataset.record(frame).labels if label.bbox]).reshape(-1, 4)
        assert np.array([box for _, box in regions]).reshape(-1, 4) == pytest.approx(boxes)


def test_its_importer_reads_coco_polygons(tmp_path):
    dataset = whole(tmp_path / "source")
    out = export(dataset, tmp_path / "out", "coco-polygons")
    target = tmp_path / "tasks.json"
    convert_coco_to_ls(str(out / "train/_annotations.coco.json"), str(target), image_root_url="/data/")
    first, empty = json.loads(target.read_text(encoding="utf-8"))
    assert empty["annotations"][0]["result"] == []
    assert first["data"]["image"] == "/data/000000.png"
    assert picture(0).shape == (HEIGHT, WIDTH, 3)
    polygons, boxes = {}, []
    for region in first["annotations"][0]["result"]:
        value = region["value"]
        if region["type"] == "polygonlabels":
            points = np.array(value["points"]) / 100 * SIDES
            polygons.setdefault(value["polygonlabels"][0], []).append(points.ravel().tolist())
        else:
            boxes.append((value["rectanglelabels"][0], value["x"] * WIDTH / 100, value["width"] * WIDTH / 100))
    assert [name for name, *_ in boxes] == list(names(dataset)[0].values())
    assert [side for _, *side in boxes] == [
        pytest.approx([label.bbox[0], label.bbox[2]]) for label in dataset.record(0).labels if label.bbox
    ]
    for name, found in polygons.items():
        masks = [visible(dataset)[0][number] for number, each in names(dataset)[0].items() if each == name]
        assert (filled(found) == np.any(masks, axis=0)).all()
