"""For every kind of fault there is a dataset with exactly that fault, and exactly that is reported."""

import json
import shutil
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from synthvision.dataset import FaultKind, validate, validate_lines
from synthvision.dataset.encodings import decode_depth, decode_image, encode_depth
from synthvision.dataset.faults import MEANINGS, SUSPICIONS
from synthvision.dataset.png import encode_png
from synthvision.recipe.model import Outputs
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, make_dataset, make_recipe, picture
from tests.unit.dataset.test_validate import COCO, edit_coco, edit_line, set_file

OUTPUTS = {"depth": "exr", "normals": True, "world_normals": True, "semantic": True}
SPLITS = {0: "train", 1: "train", 2: "val", 12: "val"}
LINES = "frames.jsonl"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("plain") / "set", make_recipe(outputs=OUTPUTS))


@pytest.fixture(scope="module")
def divided(tmp_path_factory):
    folder = tmp_path_factory.mktemp("divided") / "set"
    return make_dataset(folder, make_recipe(splits={"train": 0.5, "val": 0.5}), splits=SPLITS)


def label_edit(frame=0, place=1, **values):
    def seed(folder):
        edit_line(folder, frame, lambda record: record["labels"][place].update(values))
        return f"{LINES}: frame {frame}"

    return seed


def file_edit(name, change):
    def seed(folder):
        set_file(folder, name, change((folder / name).read_bytes()), int(Path(name).stem))
        return name

    return seed


def depth_edit(change):
    def edited(content):
        depth = decode_depth(content, "depth.exr").copy()
        change(depth)
        return encode_depth(depth, Outputs(depth="exr"), {})

    return file_edit("depth/000001.exr", edited)


def picture_of(pixels):
    return file_edit("images/000001.png", lambda _: encode_png(pixels, {}))


def without_depth(content):
    depth = decode_depth(content, "depth.exr").copy()
    depth[8, 6] = 0  # on the ring
    return encode_depth(depth, Outputs(depth="exr"), {})


def turned(content):
    normals = decode_image(content, "normals.png").copy()
    normals[normals.any(axis=2)] = normals[normals.any(axis=2)][:, ::-1]
    return encode_png(normals, {})


def not_a_number(depth):
    depth[20, 30] = np.nan


def lines_of(folder, change):
    path = folder / LINES
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def bad_manifest(folder):
    (folder / "manifest.json").write_text("{}")
    return "manifest.json"


def missing_file(folder):
    (folder / "depth/000002.exr").unlink()
    return "depth/000002.exr"


def hash_mismatch(folder):
    with (folder / "images/000002.png").open("ab") as stream:
        stream.write(b"tail")
    return "images/000002.png"


def unlisted_file(folder):
    shutil.copy(folder / "images/000002.png", folder / "images/000003.png")
    return "images/000003.png"


def torn_line(folder):
    lines_of(folder, lambda lines: [*lines[:-1], lines[-1][:-30]])
    return f"{LINES}:4"


def duplicate_frame(folder):
    lines_of(folder, lambda lines: [*lines, lines[-1]])
    return f"{LINES}:5"


def unsorted_frames(folder):
    lines_of(folder, lambda lines: [lines[1], lines[0], *lines[2:]])
    return f"{LINES}:2"


def moved_corner(folder):
    edit_line(folder, 0, lambda record: record["labels"][1]["corners_px"][3].__setitem__(0, 41.5))
    return f"{LINES}: frame 0"


def scene_in_two_splits(folder):
    edit_line(folder, 2, lambda record: record["scene"].update(scene_index=1), coco=False)
    return f"{LINES}: frame 2"


def coco_out_of_date(folder):
    edit_coco(folder, lambda coco: coco["annotations"].pop())
    return COCO


SEEDS = {
    "bad_manifest": bad_manifest,
    "missing_file": missing_file,
    "hash_mismatch": hash_mismatch,
    "unreadable_image": file_edit("images/000001.png", lambda content: content[:200]),
    "wrong_size": file_edit("images/000001.png", lambda _: encode_png(picture(1, HEIGHT, WIDTH - 1), {})),
    "unlisted_file": unlisted_file,
    "torn_line": torn_line,
    "duplicate_frame": duplicate_frame,
    "unsorted_frames": unsorted_frames,
    "bad_value": label_edit(visibility=0.5),
    "id_problem": label_edit(instance_id=1),
    "unknown_category": label_edit(category_id=3),
    "rle_mismatch": label_edit(counts="d0"),
    "maps_disagree": file_edit("world_normals/000000.png", turned),
    "bbox_mismatch": label_edit(bbox=[30, 4, 16, 7]),
    "area_mismatch": label_edit(area=72),
    "depth_mismatch": file_edit("depth/000000.exr", without_depth),
    "pose_mismatch": moved_corner,
    "not_finite": depth_edit(not_a_number),
    "black_image": picture_of(np.full((HEIGHT, WIDTH, 3), 8, np.uint8)),
    "burnt_image": picture_of(np.full((HEIGHT, WIDTH, 3), 254, np.uint8)),
    "flat_image": picture_of(np.full((HEIGHT, WIDTH, 3), 90, np.uint8)),
    "duplicate_image": picture_of(picture(0)),
    "scene_in_two_splits": scene_in_two_splits,
    "coco_out_of_date": coco_out_of_date,
}


def test_every_kind_has_a_seed_and_a_meaning():
    assert set(SEEDS) == set(MEANINGS) == set(get_args(FaultKind))
    assert set(MEANINGS) > SUSPICIONS


@pytest.mark.parametrize("kind", SEEDS)
def test_exactly_the_seeded_fault_is_reported(plain, divided, tmp_path, kind):
    good = divided if kind == "scene_in_two_splits" else plain
    assert validate(good) == ()
    folder = Path(shutil.copytree(good, tmp_path / "set"))
    file = SEEDS[kind](folder)
    assert [(fault.file, fault.kind) for fault in validate(folder)] == [(file, kind)]


@pytest.mark.parametrize("kind", ["black_image", "duplicate_image", "pose_mismatch"])
def test_what_may_be_meant_so_is_a_suspicion(plain, tmp_path, kind):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    SEEDS[kind](folder)
    assert [fault.is_suspicion for fault in validate(folder)] == [kind != "pose_mismatch"]


def test_texts_say_rule_and_value(plain, tmp_path):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    for kind in ("pose_mismatch", "depth_mismatch", "flat_image", "not_finite"):
        shutil.rmtree(folder)
        shutil.copytree(plain, folder)
        SEEDS[kind](folder)
        text = validate(folder)[0].what
        assert (
            text
            == {
                "pose_mismatch": "thing/2: corner 3 must be seen at [49.5, 11.0], got [41.5, 11.0]",
                "depth_mismatch": "depth of thing/1 must be 0.600 to 0.700 m as its corners in frames.jsonl, "
                "got 1 px with another, such as 0.000 m",
                "flat_image": "pixels must differ from their mean by at least 1 of 255, got 0.00",
                "not_finite": "values must be finite, got 1 px that are not (first at column 30, row 20)",
            }[kind]
        )


@pytest.mark.parametrize(
    ("share", "kinds"),
    [(0.0005, ["black_image"]), (0.002, [])],
)
def test_how_much_of_a_picture_must_be_lit(plain, tmp_path, share, kinds):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels.reshape(-1, 3)[: int(share * HEIGHT * WIDTH) + 1] = 200
    picture_of(pixels)(folder)
    assert [fault.kind for fault in validate(folder)] == kinds


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda label: label.update(size_m=[0.1, 0.1, 0.1]), "size_m must be "),
        (
            lambda label: label.update(object_to_camera=np.diag([-1.0, -1.0, 1.0, 1.0]).tolist()),
            "corners_m must be along the axes of object_to_camera, got others",
        ),
        (lambda label: label["corners_m"][7].__setitem__(0, 0.3), "corner 7 must be seen at "),
        (lambda label: label["corners_px"].__setitem__(2, None), "corner 2 must be seen at ["),
        (lambda label: label["corners_px"].pop(), "corners_px must be 8 as corners_m, got 7"),
    ],
)
def test_a_3d_box_that_contradicts_itself(plain, tmp_path, change, text):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    edit_line(folder, 0, lambda record: change(record["labels"][0]))
    (fault,) = validate(folder)
    assert (fault.kind, fault.what.startswith(f"thing/1: {text}")) == ("pose_mismatch", True)


def test_a_3d_box_beside_its_mask(plain, tmp_path):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))

    def exchange(record):
        first, second = record["labels"][:2]
        for key in ("corners_m", "corners_px", "size_m"):
            first[key], second[key] = second[key], first[key]

    edit_line(folder, 0, exchange)
    faults = validate(folder)
    assert [fault.kind for fault in faults] == ["pose_mismatch", "pose_mismatch"]
    assert faults[0].what == (
        "thing/1: amodal box must lie in the picture of the 3-D box [29.7, 0.7, 19.9, 12.2], got [5, 5, 12, 10]"
    )


def test_faults_do_not_depend_on_the_number_of_processes(plain, tmp_path):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    for kind in ("missing_file", "hash_mismatch", "duplicate_image", "pose_mismatch"):
        SEEDS[kind](folder)
    alone = validate(folder, workers=1)
    assert len(alone) >= 3
    assert validate(folder, workers=2) == alone == validate(folder)


def test_a_dataset_of_many_frames_is_shared_by_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(validate_lines, "FEW", 20)
    folder = make_dataset(tmp_path / "set")
    lines = (folder / LINES).read_bytes().splitlines(keepends=True)
    record = json.loads(lines[1])
    others = [json.dumps(record | {"frame_index": index}).encode() + b"\n" for index in range(13, 140)]
    (folder / LINES).write_bytes(b"".join([*lines, *others]))
    faults = [fault for fault in validate(folder) if fault.file.startswith(LINES)]
    # Neither the files nor the scene are those of such a frame.
    assert [fault.file for fault in faults[::2]] == [f"{LINES}: frame {index}" for index in range(13, 140)]
    assert {fault.kind for fault in faults} == {"bad_value"}
    assert len(faults) == 2 * 127


def test_pixels_are_compared_not_files(plain, tmp_path):
    folder = Path(shutil.copytree(plain, tmp_path / "set"))
    pixels = cv2.cvtColor(cv2.imread(str(folder / "images/000000.png")), cv2.COLOR_BGR2RGB)
    set_file(folder, "images/000002.png", encode_png(pixels, {"other": "bytes"}), 2)
    assert [str(fault).split("; ")[0] for fault in validate(folder)] == [
        "images/000002.png: pixels must differ from those of all other frames, got those of frame 0 [duplicate_image]"
    ]
