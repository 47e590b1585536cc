"""COCO, its keypoints and panoptic segments, YOLO, Pascal VOC, CVAT and KITTI through Datumaro's importers."""

import numpy as np
import pytest

dm = pytest.importorskip("datumaro", reason="run ./scripts/test_clients, which installs the clients")

from synthvision.formats import ExportOptions, find_format  # noqa: E402 - Datumaro must be there first
from tests.unit.dataset.hand_made import HEIGHT, WIDTH  # noqa: E402
from tests.unit.formats.samples import names, visible, whole  # noqa: E402
from tests.unit.formats.special_samples import KEYPOINTS, with_keypoints  # noqa: E402

Kind = dm.AnnotationType


def load(dataset, name, out, form, **options):
    find_format(name).write(dataset, out, ExportOptions())
    loaded = dm.Dataset.import_from(str(out), form, **options)
    return loaded, {int(str(item.id).rsplit("/", 1)[-1]): item for item in loaded}


def label_names(loaded, annotations):
    labels = loaded.categories()[Kind.label]
    return [labels[annotation.label].name for annotation in annotations]


@pytest.mark.parametrize("name", ["coco", "coco-polygons"])
def test_coco(tmp_path, name):
    dataset = whole(tmp_path / "source")
    loaded, items = load(dataset, name, tmp_path / "out", "roboflow_coco")
    assert {item.subset for item in loaded} == {"train", "valid"}
    masks, classes = visible(dataset), names(dataset)
    assert items.keys() == masks.keys()
    for frame, item in items.items():
        kind = Kind.mask if name == "coco" else Kind.polygon
        found = {}
        for annotation in item.annotations:
            if annotation.type == kind:
                found.setdefault(annotation.attributes["instance_number"], []).append(annotation)
        assert found.keys() == masks[frame].keys()
        for number, annotations in found.items():
            assert set(label_names(loaded, annotations)) == {classes[frame][number]}
            if name == "coco":
                assert (annotations[0].image.astype(bool) == masks[frame][number]).all()
            else:
                assert sum(polygon.get_area() for polygon in annotations) == masks[frame][number].sum()
            assert annotations[0].attributes["visibility"] > 0


def test_coco_keypoints(tmp_path):
    dataset = with_keypoints(tmp_path / "source")
    loaded, items = load(dataset, "coco-keypoints", tmp_path / "out", "coco_person_keypoints")
    points = loaded.categories()[Kind.points]
    assert [points[number].labels for number in range(2)] == [KEYPOINTS[1]["keypoints"], KEYPOINTS[2]["keypoints"]]
    found = [a for a in items[0].annotations if a.type == Kind.points]
    assert [[v.value for v in a.visibility] for a in found] == [[2, 1, 0], [2, 0], [2, 1, 0]]
    assert found[0].points[:2] == pytest.approx([6.25, 7.5])


def test_coco_panoptic(tmp_path):
    dataset = whole(tmp_path / "source")
    loaded, items = load(dataset, "coco-panoptic", tmp_path / "out", "coco_panoptic")
    for frame, masks in visible(dataset).items():
        found = {annotation.id: annotation for annotation in items[frame].annotations}
        assert found.keys() == masks.keys()
        for number, annotation in found.items():
            assert (annotation.image.astype(bool) == masks[number]).all()
            assert label_names(loaded, [annotation]) == [names(dataset)[frame][number]]


def test_pascal_voc(tmp_path):
    dataset = whole(tmp_path / "source")
    loaded, items = load(dataset, "voc", tmp_path / "out", "voc", coordinate_mode="voc-one-based")
    for record in dataset:
        shown = [label for label in record.labels if label.bbox]
        boxes = [a for a in items[record.frame_index].annotations if a.type == Kind.bbox]
        assert [tuple(box.get_bbox()) for box in boxes] == [label.bbox for label in shown]
        assert label_names(loaded, boxes) == list(names(dataset)[record.frame_index].values())
        masks = {a.group: a for a in items[record.frame_index].annotations if a.type == Kind.mask}
        assert masks.keys() == set(range(1, len(shown) + 1))
        for place, mine in enumerate(visible(dataset)[record.frame_index].values(), start=1):
            assert (masks[place].image.astype(bool) == mine).all()
            assert label_names(loaded, [masks[place]]) == label_names(loaded, [boxes[place - 1]])


def test_yolo_boxes(tmp_path):
    """Datumaro reads no YOLO segments."""
    dataset = whole(tmp_path / "source")
    loaded, items = load(dataset, "yolo-detect", tmp_path / "out", "yolo")
    for record in dataset:
        shown = [label for label in record.labels if label.bbox]
        annotations = items[record.frame_index].annotations
        assert label_names(loaded, annotations) == list(names(dataset)[record.frame_index].values())
        found = np.array([a.get_bbox() for a in annotations]).reshape(-1, 4)
        assert found == pytest.approx(np.array([label.bbox for label in shown]).reshape(-1, 4), abs=1e-2)


def test_cvat(tmp_path):
    dataset = whole(tmp_path / "source")
    loaded, items = load(dataset, "cvat", tmp_path / "out", "cvat")
    assert items.keys() == visible(dataset).keys()
    for frame, masks in visible(dataset).items():
        found = {annotation.group: annotation for annotation in items[frame].annotations}
        assert found.keys() == masks.keys()
        assert label_names(loaded, found.values()) == list(names(dataset)[frame].values())
        assert all((found[number].image.astype(bool) == mask).all() for number, mask in masks.items())
        assert items[frame].media.data.shape == (HEIGHT, WIDTH, 3)


def test_kitti(tmp_path):
    """It takes the last pixel for the border of a box."""
    dataset = whole(tmp_path / "source")
    find_format("kitti").write(dataset, tmp_path / "out", ExportOptions())
    loaded = dm.Dataset.import_from(str(tmp_path / "out/training"), "kitti3d")
    items = sorted(loaded, key=lambda item: item.id)
    for record, item in zip(dataset, items, strict=True):
        shown = [label for label in record.labels if label.bbox]
        classes = [name.replace(" ", "_") for name in names(dataset)[record.frame_index].values()]
        assert label_names(loaded, item.annotations) == classes
        for label, found in zip(shown, item.annotations, strict=True):
            x, y, width, height = label.bbox
            assert found.get_bbox() == pytest.approx([x, y, width - 1, height - 1], abs=1e-3)
            assert found.attributes["truncated"] == pytest.approx(label.truncation, abs=1e-4)
            height_m, width_m, length_m = found.attributes["dimensions"]
            assert min(height_m, width_m, length_m) > 0
            assert found.attributes["location"][1] == pytest.approx(np.max(label.corners_m, axis=0)[1], abs=1e-4)
