"""YOLO formats, read back by a small reader of its own; Ultralytics' loader reads them in ``tests/clients``."""

import numpy as np
import pytest
from ruamel.yaml import YAML

from synthvision.dataset import Dataset
from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from synthvision.formats.rings import joined_ring, mask_rings
from tests.unit.dataset.hand_made import CATEGORIES, HEIGHT, WIDTH, make_dataset, make_recipe, rectangle
from tests.unit.formats.samples import boxes_alone, changed, three_hundred, visible, whole
from tests.unit.formats.special_samples import (
    KEYPOINTS,
    PLACES,
    POINTS,
    YAML_NAMES,
    overlapping,
    with_keypoints,
    with_yaml_names,
)

JOINED = "the parts or holes of a mask are one ring, joined by lines without width"
NO_VALIDATION = "data.yaml names images/train for validation, since there is no split for that"
SIDES = np.array([WIDTH, HEIGHT])


def export(dataset, name, out, options=None):
    return find_format(name).write(dataset, out, options or ExportOptions())


def data_yaml(folder):
    return YAML(typ="safe").load((folder / "data.yaml").read_text(encoding="utf-8"))


def lines(folder):
    """Frame index → [(class, numbers)], in the order of the file; every picture has a file beside it."""
    found = {}
    for path in sorted(folder.rglob("labels/**/*.txt")):
        rows = [line.split() for line in path.read_text().splitlines()]
        found[int(path.stem)] = [(int(row[0]), np.array(row[1:], float)) for row in rows]
        assert (folder / "images" / path.parent.name / f"{path.stem}.png").is_file()
    return found


def filled(ring, height=HEIGHT, width=WIDTH):
    """Rasterise a ring (N, 2) of pixels by the even-odd rule at pixel centres, one crossing after the other."""
    y, x = np.mgrid[:height, :width] + 0.5
    inside = np.zeros((height, width), bool)
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if y0 != y1:
            crossed = (y0 <= y) != (y1 <= y)
            inside ^= crossed & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return inside


def shown(dataset):
    """Frame index → the labels that are written, in their order."""
    return {record.frame_index: [label for label in record.labels if label.bbox] for record in dataset}


@pytest.mark.parametrize("sample", [whole, boxes_alone, three_hundred])
def test_boxes_are_the_boxes(tmp_path, sample):
    dataset = sample(tmp_path / "source")
    report = export(dataset, "yolo-detect", tmp_path / "out")
    assert (report.frames, report.labels) == (4, 5)
    for frame, labels in shown(dataset).items():
        rows = lines(tmp_path / "out")[frame]
        assert [number for number, _ in rows] == [label.category_id - 1 for label in labels]
        for label, (_, (x, y, width, height)) in zip(labels, rows, strict=True):
            box = np.array([x - width / 2, y - height / 2, width, height]) * [*SIDES, *SIDES]
            assert box == pytest.approx(label.bbox, abs=1e-4)
    names = data_yaml(tmp_path / "out")["names"]
    assert names == {c.id - 1: c.name for c in dataset.manifest.categories}


def test_rings_hold_every_mask_with_holes_and_parts(tmp_path):
    dataset = whole(tmp_path / "source")
    report = export(dataset, "yolo-segment", tmp_path / "out")
    assert (report.frames, report.labels, report.losses) == (4, 5, {JOINED: 2})
    masks = visible(dataset)
    for frame, rows in lines(tmp_path / "out").items():
        assert len(rows) == len(masks[frame])
        for mask, (_, numbers) in zip(masks[frame].values(), rows, strict=True):
            ring = np.round(numbers.reshape(-1, 2) * SIDES, 3)  # the sixth digit of a share is rounded up
            assert (filled(ring) == mask).all()


def test_readers_that_cut_off_decimals_get_the_corners(tmp_path):
    dataset = whole(tmp_path / "source")
    export(dataset, "yolo-segment", tmp_path / "out")
    for frame, masks in visible(dataset).items():
        for mask, (_, numbers) in zip(masks.values(), lines(tmp_path / "out")[frame], strict=True):
            shares = numbers.astype(np.float32).reshape(-1, 2)
            cut = (shares * SIDES.astype(np.float32)).astype(np.int32)
            assert (cut == joined_ring(mask_rings(mask))).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_ring_of_noise_is_the_noise(seed):
    mask = np.random.default_rng(seed).random((23, 31)) < 0.5  # noqa: TID251 - a Generator of its own
    ring = joined_ring(mask_rings(mask))
    assert (filled(np.array(ring), 23, 31) == mask).all()


def test_no_mask_has_no_ring():
    assert mask_rings(np.zeros((4, 4), bool)) == joined_ring([]) == []


def test_boxes_alone_are_rectangles(tmp_path):
    dataset = boxes_alone(tmp_path / "source")
    for name, sentence in {
        "yolo-segment": "a label without mask is written as its box",
        "yolo-obb": "a label without mask is written as its upright box",
    }.items():
        report = export(dataset, name, tmp_path / name)
        assert report.losses == {sentence: 5, NO_VALIDATION: 1}
        for frame, labels in shown(dataset).items():
            for label, (_, numbers) in zip(labels, lines(tmp_path / name)[frame], strict=True):
                corners = numbers.reshape(-1, 2) * SIDES
                sides = [*corners.min(axis=0), *np.ptp(corners, axis=0)]
                assert sides == pytest.approx(np.clip(label.bbox, 0, [WIDTH, HEIGHT] * 2), abs=1e-3)


def test_oriented_boxes_go_around_the_masks(tmp_path):
    dataset = whole(tmp_path / "source")
    export(dataset, "yolo-obb", tmp_path / "out")
    for frame, masks in visible(dataset).items():
        for mask, (_, numbers) in zip(masks.values(), lines(tmp_path / "out")[frame], strict=True):
            corners = numbers.reshape(4, 2) * SIDES
            sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
            assert sides[:2] == pytest.approx(sides[2:], abs=1e-2)
            assert not (mask & ~filled(corners + (corners - corners.mean(axis=0)) * 0.01)).any()
            box = np.ptp(np.argwhere(mask), axis=0) + 1
            assert sides[0] * sides[1] <= box.prod() + 0.1


def test_a_slanted_box_has_its_slant_and_stays_in_the_picture(tmp_path):
    from synthvision.dataset.rle import encode_crops  # noqa: PLC0415 - only here

    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    middle = {0: (32, 24), 1: (4, 4)}
    along = {frame: (x - cx + y - cy) / 2**0.5 for frame, (cx, cy) in middle.items()}
    across = {frame: (y - cy - x + cx) / 2**0.5 for frame, (cx, cy) in middle.items()}
    masks = {frame: (abs(along[frame]) < 12) & (abs(across[frame]) < 4) for frame in middle}

    def slant(line):
        frame = line["frame_index"]
        known = {"instance_id": 1, "category_id": 1, "name": "bar"}
        if frame in masks:
            (counts,) = encode_crops([(masks[frame], 0, 0)], HEIGHT, WIDTH)
            box = [0, 0, WIDTH, HEIGHT]
            line["labels"] = [{**known, "bbox": box, "area": int(masks[frame].sum()), "counts": counts}]

    report = export(changed(tmp_path / "source", slant), "yolo-obb", tmp_path / "out")
    (_, whole_bar), (_, cut_bar) = lines(tmp_path / "out")[0][0], lines(tmp_path / "out")[1][0]
    corners = whole_bar.reshape(4, 2) * SIDES
    sides = np.roll(corners, -1, axis=0) - corners
    assert sorted(np.linalg.norm(sides, axis=1)[:2]) == pytest.approx([8, 24], abs=1.5)
    assert np.rad2deg(np.arctan2(sides[:, 1], sides[:, 0])) % 90 == pytest.approx([45] * 4, abs=1)
    assert cut_bar.min() == 0
    assert report.losses["corners of an oriented box are moved to the edge of the picture"] == 1


def test_poses_have_one_number_of_keypoints(tmp_path):
    dataset = with_keypoints(tmp_path / "source")
    report = export(dataset, "yolo-pose", tmp_path / "out")
    seconds = sum(label.category_id == 2 for labels in shown(dataset).values() for label in labels)
    padded = "keypoints of a label are padded with 0 0 0 to the number that all classes have"
    assert report.losses == {padded: seconds, NO_VALIDATION: 1}
    data = data_yaml(tmp_path / "out")
    assert (data["kpt_shape"], data["flip_idx"]) == ([3, 3], [1, 0, 2])
    assert data["kpt_names"] == {0: ["left", "right", "top"], 1: ["Spitze ⌃", "end"]}
    for frame, labels in shown(dataset).items():
        for label, (number, row) in zip(labels, lines(tmp_path / "out")[frame], strict=True):
            assert number == label.category_id - 1
            points = [POINTS[number + 1].get(name, [0, 0, 0]) for name in KEYPOINTS[number + 1]["keypoints"]]
            points += [[0, 0, 0]] * (3 - len(points))
            assert row[4:].reshape(3, 3) * [*SIDES, 1] == pytest.approx(np.array(points), abs=1e-4)


def test_classes_that_mirror_differently_have_no_flip_idx(tmp_path):
    disagreeing = KEYPOINTS | {2: KEYPOINTS[2] | {"flip_pairs": []}}
    report = export(with_keypoints(tmp_path / "source", disagreeing), "yolo-pose", tmp_path / "out")
    assert "flip_idx" not in data_yaml(tmp_path / "out")
    sentence = (
        "data.yaml has no flip_idx, since classes mirror their keypoints differently: trainers do not mirror then"
    )
    assert report.losses[sentence] == 1


def test_only_classes_with_keypoints_have_a_pose(tmp_path):
    dataset = with_keypoints(tmp_path / "source", {2: KEYPOINTS[2]})
    report = export(dataset, "yolo-pose", tmp_path / "out")
    firsts = sum(label.category_id == 1 for labels in shown(dataset).values() for label in labels)
    assert report.losses["a label of a category without keypoints is left out"] == firsts
    data = data_yaml(tmp_path / "out")
    assert (data["names"], data["kpt_shape"]) == ({0: CATEGORIES[1]["name"]}, [2, 3])
    assert {number for rows in lines(tmp_path / "out").values() for number, _ in rows} == {0}


def test_a_keypoint_outside_the_picture_is_not_labelled(tmp_path, monkeypatch):
    monkeypatch.setitem(POINTS, 2, {"Spitze ⌃": [WIDTH + 3.0, 5, 2], "end": [WIDTH, 5, 1]})
    dataset = with_keypoints(tmp_path / "source", {2: KEYPOINTS[2]})
    report = export(dataset, "yolo-pose", tmp_path / "out")
    assert report.losses["a keypoint outside the picture is written as not labelled"] == report.labels > 0
    assert {tuple(row[4:].round(3)) for rows in lines(tmp_path / "out").values() for _, row in rows} == {
        (0, 0, 0, 1, 0.104, 1)
    }


def test_crowds_are_left_out_and_the_rest_stays(tmp_path):
    report = export(overlapping(tmp_path / "source"), "yolo-detect", tmp_path / "out")
    assert report.losses == {"a crowd is left out": 1, NO_VALIDATION: 1}
    places = [place for name, place in PLACES.items() if name != "flock"]
    rows = [numbers * [*SIDES, *SIDES] for _, numbers in lines(tmp_path / "out")[0]]
    assert [tuple((row[:2] - row[2:] / 2).round(3)) + tuple(row[2:].round(3)) for row in rows] == places
    assert lines(tmp_path / "out")[1] == []


def test_names_are_texts_in_yaml(tmp_path):
    dataset = with_yaml_names(tmp_path / "source")
    export(dataset, "yolo-detect", tmp_path / "out")
    names = [*(category["name"] for category in CATEGORIES), *YAML_NAMES]
    assert data_yaml(tmp_path / "out")["names"] == dict(enumerate(names))


def split_of(folder, splits):
    recipe = make_recipe(splits=dict.fromkeys(splits.values(), 1 / len(set(splits.values()))))
    return Dataset(make_dataset(folder, recipe, splits=splits))


def test_splits_have_the_keys_that_trainers_look_for(tmp_path):
    splits = {0: "training", 1: "valid", 2: "test", 12: "holdout"}
    report = export(split_of(tmp_path / "source", splits), "yolo-detect", tmp_path / "out")
    data = data_yaml(tmp_path / "out")
    assert {key: data[key] for key in ("train", "val", "test")} == {
        "train": "images/training",
        "val": "images/valid",
        "test": "images/test",
    }
    assert "path" not in data
    assert report.losses == {"data.yaml has no key for split 'holdout'": 1}
    assert (tmp_path / "out/labels/holdout/000012.txt").is_file()


def test_a_missing_split_for_validation_is_said(tmp_path):
    dataset = split_of(tmp_path / "source", {0: "train", 1: "train", 2: "test", 12: "test"})
    report = export(dataset, "yolo-detect", tmp_path / "out")
    assert data_yaml(tmp_path / "out")["val"] == "images/test"
    assert report.losses == {"data.yaml names images/test for validation, since there is no split for that": 1}
    report = export(dataset, "yolo-detect", tmp_path / "tests", ExportOptions(("test",)))
    assert data_yaml(tmp_path / "tests")["train"] is None


def test_a_split_named_images_is_refused(tmp_path):
    dataset = split_of(tmp_path / "source", {0: "images", 1: "images", 2: "test", 12: "test"})
    with pytest.raises(DatasetError, match="split must not have the name of a folder of YOLO datasets, got 'images'"):
        export(dataset, "yolo-detect", tmp_path / "out")


def test_data_yaml_says_where_the_data_come_from(tmp_path):
    export(whole(tmp_path / "source"), "yolo-detect", tmp_path / "out")
    told = data_yaml(tmp_path / "out")["synthvision"]
    assert (told["synthetic"], told["seed"], told["licenses"][0]["name"]) == (True, 7, "CC0-1.0")


def test_a_ring_in_the_corner_stays_inside():
    ring = np.array(joined_ring(mask_rings(rectangle(WIDTH - 1, HEIGHT - 1, 1, 1))))
    assert sorted(map(tuple, ring.tolist())) == [(63, 47), (63, 48), (64, 47), (64, 48)]
