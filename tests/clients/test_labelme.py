"""The format ``labelme`` through LabelMe's own reader of label files and its own rasteriser."""

import cv2
import numpy as np
import pytest

labelme = pytest.importorskip("labelme", reason="run ./scripts/test_clients, which installs the clients")

from labelme.utils import img_data_to_arr, shapes_to_label  # noqa: E402 - LabelMe must be there

from synthvision.formats import ExportOptions, find_format  # noqa: E402
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture  # noqa: E402
from tests.unit.formats.samples import boxes_alone, filled, names, visible, whole  # noqa: E402


def load(dataset, out):
    """Frame → its label file."""
    find_format("labelme").write(dataset, out, ExportOptions())
    return {int(path.stem): labelme.LabelFile(str(path)) for path in sorted(out.rglob("*.json"))}


def test_every_picture_class_and_mask(tmp_path):
    dataset = whole(tmp_path / "source")
    files = load(dataset, tmp_path / "out")
    assert files.keys() == visible(dataset).keys()
    classes = (tmp_path / "out/labels.txt").read_text(encoding="utf-8").split("\n")[:-1]
    for frame, file in files.items():
        assert (img_data_to_arr(file.image_data) == picture(frame)).all()
        assert {shape["group_id"]: shape["label"] for shape in file.shapes} == names(dataset)[frame]
        for number, mask in visible(dataset)[frame].items():
            mine = [shape for shape in file.shapes if shape["group_id"] == number]
            assert (filled([np.ravel(shape["points"]).tolist() for shape in mine]) == mask).all()
            # Its rasteriser draws the outline, too: a pixel more to the right and down, as where a hole was cut.
            values = {name: place for place, name in enumerate(classes, start=1)}
            drawn, _ = shapes_to_label((HEIGHT, WIDTH), mine, values)
            grown = cv2.dilate(mask.astype(np.uint8), np.ones((2, 2), np.uint8), anchor=(1, 1)).astype(bool)
            assert (drawn[mask] == values[mine[0]["label"]]).all()
            assert not ((drawn > 0) & ~grown).any()


def test_boxes_alone_are_rectangles(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    for frame, file in load(dataset, tmp_path / "out").items():
        boxes = [label.bbox for label in dataset.record(frame).labels if label.bbox]
        assert {shape["shape_type"] for shape in file.shapes} <= {"rectangle"}
        corners = [[[x, y], [x + width, y + height]] for x, y, width, height in boxes]
        assert [shape["points"] for shape in file.shapes] == corners
