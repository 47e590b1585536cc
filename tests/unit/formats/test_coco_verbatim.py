"""Entries copied from the text of a line are, byte for byte, those that are written anew from its values."""

import json

import pytest

from synthvision.dataset.records import FileRecord, dump_line, frame_record, parse_line
from synthvision.formats import write_coco
from synthvision.formats.coco import annotations_anew
from synthvision.formats.coco_file import dump
from synthvision.formats.coco_verbatim import annotation_lines
from tests.unit.dataset.hand_made import frames_by_hand, make_dataset, make_labels, make_recipe, make_scene
from tests.unit.dataset.test_decals import drawn

KEYPOINTS = {1: ("rim", 'a "quoted" Öse', "back\\slash", "missing"), 2: ("tip",)}
POINTS = {"rim": [1.5, 2e-05, 2], 'a "quoted" Öse': [0, 0, 0], "back\\slash": [3.25, 4.0, 1], "],[": [9.0, 9.0, 2]}


def hand_made():
    """Parsed lines: masks of all kinds, boxes partly behind the camera, decals, things that are seen through."""
    files = {"images/000000.png": FileRecord(1, "ab" * 32)}
    scenes = [(make_scene(index), make_labels(made)) for index, made in frames_by_hand().items()]
    return [json.loads(frame_record(*one, (), files).to_line()) for one in (*scenes, drawn())]


def both_ways(record, least_px=1, keypoints=None, **outputs):
    line = dump_line(record, "")
    named = keypoints or {}
    written = {number: [dump(name) for name in names] for number, names in named.items()}
    recipe = make_recipe(outputs={"min_mask_px": least_px, **outputs})
    copied = annotation_lines(line, parse_line(line, ""), 17, least_px, written)
    return copied, annotations_anew(parse_line(line, ""), 17, recipe.outputs, named)


def changed(record, **members):
    """Change members of each label; None takes one away."""
    labels = [label | members for label in record["labels"]]
    return record | {"labels": [{key: value for key, value in one.items() if value is not None} for one in labels]}


@pytest.mark.parametrize("record", hand_made(), ids=lambda record: f"{len(record['labels'])} labels")
@pytest.mark.parametrize("least_px", [1, 2, 100])
def test_lines_as_they_are_written(record, least_px):
    copied, anew = both_ways(record, least_px)
    assert copied == anew


@pytest.mark.parametrize(
    "members",
    [
        {"name": 'a "b" \\ {"labels":[ \n Schlüssel 扳手'},
        {"hidden_by": {}},
        {"hidden_by": {'}{,"area":1': 3, "\\": 4}},
        {"counts": "\\\\0\\", "amodal_counts": '"'},
        {"visibility": 1e-06, "truncation": 1, "distance_m": 1e22},
        {"object_to_camera": [[-1e-17, 0, -0.0, 3]], "corners_m": [], "corners_px": [None, [1.5, -2e-05]]},
        {"keypoints": POINTS},
        {"keypoints": {}},
        {"crowd": True},
        {"on": 0, "see_through": True},
        {"counts": None, "amodal_counts": None, "amodal_bbox": None, "amodal_area": None},
        {"visibility": None, "truncation": None, "size_m": None, "hidden_by": None, "distance_m": None},
    ],
)
def test_every_member_and_what_may_stand_in_it(members):
    record = hand_made()[0]
    kept = record | {"labels": [label for label in record["labels"] if label["area"] > 0]}
    for keypoints in ({}, KEYPOINTS):
        copied, anew = both_ways(changed(kept, **members), keypoints=keypoints)
        assert copied is not None
        assert copied == anew
        assert len(copied) == len(kept["labels"])


@pytest.mark.parametrize(
    "members",
    [
        {"bbox": [1.5, 2, 3, 4]},
        {"hidden_by": {"a": {"b": 1}}},
        {"name": "\x01"},
        {"area": 3.5},
        {"surprise": 1},
        {"keypoints": {"rim": [1.0, 2.0]}},
        {"crowd": 1},
    ],
)
def test_another_form_is_not_copied(members):
    assert both_ways(changed(hand_made()[0], **members))[0] is None


@pytest.mark.parametrize("member", ["bbox", "instance_id"])
def test_what_is_missing_is_not_made_up(member):
    line = dump_line(changed(hand_made()[0], **{member: None}), "")
    record = parse_line(line, "")
    assert annotation_lines(line, record, 1, 1, {}) is None
    with pytest.raises(KeyError, match=member):
        annotations_anew(record, 1, make_recipe().outputs, {})


def test_a_dataset_in_another_hand_gives_the_same_file(tmp_path):
    folder = make_dataset(tmp_path)
    path = folder / "annotations/instances.json"
    before = path.read_bytes()
    lines = (folder / "frames.jsonl").read_text().splitlines()
    (folder / "frames.jsonl").write_text("".join(json.dumps(json.loads(line)) + "\n" for line in lines))
    write_coco(folder)
    assert path.read_bytes() == before
