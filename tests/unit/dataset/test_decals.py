"""Decals and see-through things on disk: lines, COCO, and what validate finds wrong with them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvision.dataset import FrameWriter, open_dataset, validate
from synthvision.dataset.encodings import decode_image
from synthvision.dataset.records import frame_record, parse_line, read_record
from synthvision.dataset.rle import decode_rle
from synthvision.formats import write_coco
from synthvision.labels import Labeller
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, make_recipe, picture
from tests.unit.dataset.test_validate import COCO, edit_coco, edit_line, found
from tests.unit.labels.hand_made import at, box, quad, scene
from tests.unit.labels.test_decals import decal, store_of


def drawn():
    """A box with two overlapping decals behind a pane that bears one, too: a scene and its labels."""
    store = store_of(box=box(), quad=quad())
    things = [("quad", at(0.2, 3, 0), True), ("box", at(0, 4.5, 0), True)]
    made = scene(store, things)
    pane, thing = (replace(one, category_id=1, category="mug") for one in made.instances)
    decals = (
        decal("first", "box/1", centre=(0, -0.5, 0), size=(0.6, 0.4), number=3),
        decal("second", "box/1", centre=(0.2, -0.5, 0.1), size=(0.4, 0.4), number=4),
        decal("on_pane", "quad/0", size=(0.3, 0.3), number=5),
    )
    made = replace(made, instances=(replace(pane, see_through=True), thing), decals=decals)
    return made, Labeller(store).label(made)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("decals") / "set"
    made, labels = drawn()
    with open_dataset(folder, make_recipe(), 7, "preview") as dataset:
        dataset.journal.append(FrameWriter(folder, make_recipe()).write(made, labels, picture(0), ()))
        dataset.journal.finish()
        write_coco(folder)
    return folder


@pytest.fixture
def folder(good, tmp_path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "set"))


def labels_of(folder: Path) -> dict[str, dict]:
    line = json.loads((folder / "frames.jsonl").read_bytes())
    return {label["name"]: label for label in line["labels"]}


def test_lines_say_what_bears_a_decal_and_what_is_see_through_and_read_back(good):
    made, labels = drawn()
    record = frame_record(made, labels, (), {})
    assert read_record(parse_line(record.to_line(), "here"), "here") == record
    written = labels_of(good)
    assert {name: label.get("on") for name, label in written.items()} == {
        "quad/0": None,
        "box/1": None,
        "box/1/first/0": 2,
        "box/1/second/0": 2,
        "quad/0/on_pane/0": 1,
    }
    assert [name for name, label in written.items() if label.get("see_through")] == ["quad/0", "quad/0/on_pane/0"]
    for label in labels.instances:
        mask = decode_rle(written[label.name]["counts"], HEIGHT, WIDTH)
        x0, y0, x1, y1 = label.bbox
        assert (mask[y0:y1, x0:x1] == label.mask).all()
        assert mask.sum() == label.mask_px > 0


def test_the_map_has_decals_over_their_bearer_and_nothing_see_through(good):
    ids = decode_image((good / "instances/000000.png").read_bytes(), "")
    masks = {name: decode_rle(label["counts"], HEIGHT, WIDTH) for name, label in labels_of(good).items()}
    assert set(np.unique(ids)) == {0, 2, 3, 4}
    assert (ids == 4).sum() == masks["box/1/second/0"].sum()
    assert (ids == 3).sum() < masks["box/1/first/0"].sum()
    assert ((ids > 0) == masks["box/1"]).all()


def test_coco_has_them_as_annotations(good):
    annotations = {row["attributes"]["name"]: row for row in json.loads((good / COCO).read_bytes())["annotations"]}
    assert len(annotations) == 5
    assert annotations["box/1/first/0"]["category_id"] == 2
    assert {name: row["attributes"].get("on") for name, row in annotations.items() if "on" in row["attributes"]} == {
        "box/1/first/0": 2,
        "box/1/second/0": 2,
        "quad/0/on_pane/0": 1,
    }
    assert annotations["quad/0"]["attributes"]["see_through"] is True
    assert "see_through" not in annotations["box/1"]["attributes"]


def test_a_good_dataset_has_no_faults(good):
    assert validate(good) == ()


def decal_of(record, name="box/1/first/0"):
    return next(label for label in record["labels"] if label["name"] == name)


@pytest.mark.parametrize(("on", "text"), [(7, "on must be the id of a label of the frame, got 7"), (3, "got 3")])
def test_a_bearer_that_is_not_there(folder, on, text):
    edit_line(folder, 0, lambda record: decal_of(record).update(on=on))
    assert found(folder) == [("frames.jsonl: frame 0", "bad_value")]
    assert text in validate(folder)[0].what


def test_a_decal_outside_its_bearer(folder):
    edit_line(folder, 0, lambda record: decal_of(record, "quad/0/on_pane/0").update(on=4))
    assert set(found(folder)) == {("frames.jsonl: frame 0", "rle_mismatch")}
    assert "visible mask must lie in that of label 4, which bears it, got" in validate(folder)[0].what


def test_a_see_through_mask_in_the_map(folder):
    edit_line(folder, 0, lambda record: decal_of(record, "quad/0").pop("see_through"))
    assert found(folder) == [("instances/000000.png", "rle_mismatch")]


def test_decals_in_another_order_than_in_the_map(folder):
    edit_line(folder, 0, lambda record: record["scene"]["decals"].reverse())
    assert found(folder) == [("instances/000000.png", "rle_mismatch")]


@pytest.mark.parametrize(
    ("row", "edit"),
    [
        (2, lambda attributes: attributes.pop("on")),
        (2, lambda attributes: attributes.update(on=1)),
        (1, lambda attributes: attributes.update(see_through=True)),
        (0, lambda attributes: attributes.pop("see_through")),
    ],
)
def test_a_coco_file_that_says_otherwise(folder, row, edit):
    edit_coco(folder, lambda coco: edit(coco["annotations"][row]["attributes"]))
    assert found(folder) == [(COCO, "coco_out_of_date")]
