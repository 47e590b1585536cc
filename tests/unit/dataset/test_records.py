import json
from dataclasses import replace

import pytest

from synthvision.dataset.records import FileRecord, frame_record, parse_line, read_record
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.render.types import Convergence
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, frames_by_hand, make_labels, make_scene

FILES = {"images/000003.png": FileRecord(10, "ab" * 32)}


def record_of(frame_index):
    return frame_record(make_scene(frame_index), make_labels(frames_by_hand()[frame_index]), (2, 0), FILES)


@pytest.mark.parametrize("frame_index", frames_by_hand())
def test_a_line_reads_back_equal_and_writes_back_the_same_bytes(frame_index):
    record = record_of(frame_index)
    line = record.to_line()
    again = read_record(parse_line(line, "here"), "here")
    assert again == record
    assert again.to_line() == line
    assert line.count(b"\n") == 1


def test_how_a_picture_converged_is_written_where_it_was_found():
    found = Convergence(48, 38.25, 38.0)
    record = replace(record_of(0), convergence=found)
    line = record.to_line()
    assert b'"convergence":{"estimated_db":38.25,"samples_per_pixel":48,"target_db":38.0}' in line
    assert read_record(parse_line(line, "here"), "here") == record
    assert b"convergence" not in record_of(0).to_line()


def test_masks_and_boxes_are_those_of_the_labels():
    masks = {number: (mask, amodal) for number, _, mask, amodal in frames_by_hand()[0]}
    for label in record_of(0).labels:
        mask, amodal = masks[label.instance_id]
        assert (decode_rle(label.counts, HEIGHT, WIDTH) == mask).all()
        assert (decode_rle(label.amodal_counts, HEIGHT, WIDTH) == amodal).all()
        assert (label.area, label.amodal_area) == (mask.sum(), amodal.sum())
    boxes = [(label.bbox, label.amodal_bbox) for label in record_of(0).labels]
    assert boxes[0] == ((5, 5, 12, 10), (5, 5, 12, 10))
    assert boxes[2] == ((63, 47, 1, 1), (63, 47, 1, 1))


def test_a_hidden_instance_has_no_box_and_a_corner_behind_the_camera_is_null():
    data = json.loads(record_of(2).to_line())
    hidden, outside = data["labels"][1:]
    assert "bbox" not in hidden
    assert hidden["amodal_bbox"] == [0, 0, WIDTH, HEIGHT]
    assert "amodal_bbox" not in outside
    assert hidden["corners_px"][0] is None
    assert hidden["corners_px"][7] == [64.0, 48.0]
    assert hidden["object_to_camera"][0][0] == 1 / 3


def test_keys_are_sorted_and_text_is_utf8():
    line = replace(record_of(1), split="prüfung").to_line()
    assert list(json.loads(line)) == sorted(json.loads(line))
    assert "prüfung".encode() in line


def test_a_number_that_is_not_finite_is_refused():
    record = record_of(0)
    wrong = replace(record, labels=(replace(record.labels[0], distance_m=float("nan")),))
    with pytest.raises(DatasetError, match="frame 0: every number must be finite, got 'Out of range float values"):
        wrong.to_line()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"frame_index":1', "f:3: line must be JSON, got "),
        (b'{"frame_index":1}', "f:3: line must be a whole JSON object, got "),
        (b"[1]\n", "f:3: line must be a whole JSON object, got "),
    ],
)
def test_a_damaged_line_is_refused(line, message):
    with pytest.raises(DatasetError) as caught:
        parse_line(line, "f:3")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("colour", 1, "f:3: key must be one of camera_matrix, "),
        ("frame_index", "1", "f:3.frame_index: value must be int, got '1'"),
        ("labels", [{}], "f:3.labels[0]: keys must include area, got none"),
        ("files", {"a": {"bytes": 1}}, "f:3.files.a: keys must include sha256, got bytes"),
    ],
)
def test_a_line_with_wrong_values_is_refused(key, value, message):
    data = json.loads(record_of(1).to_line()) | {key: value}
    with pytest.raises(DatasetError) as caught:
        read_record(data, "f:3")
    assert message in str(caught.value)
