"""Maps on disk: written, read back, described, and what validate finds wrong with them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.spatial.transform import Rotation

from synthvision.dataset import Dataset, FrameWriter, open_dataset, validate
from synthvision.dataset.coverage_file import decode_coverage, encode_coverage
from synthvision.dataset.encodings import (
    decode_image,
    decode_object_coordinates,
    decode_uv,
    describe_encodings,
    encode_disparity,
    encode_object_coordinates,
    encode_uv,
)
from synthvision.dataset.png import encode_png
from synthvision.errors import DatasetError
from synthvision.formats import write_coco
from synthvision.labels import ALL_MAPS, Coverage, Labeller, Maps, world_normals
from synthvision.recipe.model import Outputs
from tests.unit.dataset.hand_made import make_recipe, picture
from tests.unit.dataset.test_validate import found, set_file
from tests.unit.labels.hand_made import at, box, quad, scene, sphere
from tests.unit.labels.test_decals import decal, store_of
from tests.unit.labels.test_see_through import glazed

KINDS = ("normals", "world_normals", "semantic", "object_coordinates", "uv", "parts", "disparity")
OUTPUTS = dict.fromkeys(KINDS, True) | {"coverage": 4}
TILT = Rotation.from_euler("xyz", [20, -35, 70], degrees=True).as_matrix()
FRAME = "000000"


def drawn():
    """A tilted box with a decal, a ball and a wall behind a pane, before the left eye of a pair."""
    store = store_of(box=box(), quad=quad(), sphere=sphere(3))
    things = [
        ("quad", at(0.2, 2, 0, 0.5), True),
        ("box", at(-0.4, 4.5, 0, rotation=TILT), True),
        ("sphere", at(0.7, 4, 0.3, 0.4), True),
        ("quad", at(0.1, 6, 0, 3), False),
    ]
    made = glazed(scene(store, things), "quad/0")
    instances = tuple(replace(one, category_id=min(one.instance_id, 2)) for one in made.instances)
    mark = decal("mark", "box/1", centre=(0, -0.5, 0), size=(0.6, 0.4), number=4)
    camera = replace(made.camera, baseline_m=0.2)
    return store, replace(made, instances=instances, camera=camera, decals=(mark,))


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("maps") / "set"
    store, made = drawn()
    recipe = make_recipe(outputs=OUTPUTS)
    with open_dataset(folder, recipe, 7, "preview") as dataset:
        labels = Labeller(store).label(made, maps=ALL_MAPS)
        dataset.journal.append(FrameWriter(folder, recipe).write(made, labels, picture(0), ()))
        dataset.journal.finish()
        write_coco(folder)
    return folder


@pytest.fixture
def folder(good, tmp_path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "set"))


def test_every_map_reads_back_as_it_was(good):
    store, made = drawn()
    labels = Labeller(store).label(made, maps=ALL_MAPS)
    dataset = Dataset(good)
    record = dataset.record(0)
    for name, read in (
        ("semantic", labels.category_map),
        ("parts", labels.parts),
        ("disparity", labels.disparity),
        ("stereo_mask", labels.stereo_mask),
    ):
        again = getattr(dataset, name)(record)
        assert again.dtype == read.dtype, name
        assert np.array_equal(again, read), name
    assert np.abs(dataset.object_coordinates(record) - labels.object_coordinates).max() <= 0.5 / 65535 + 1e-7
    assert np.abs(dataset.world_normals(record) - world_normals(labels.normals, made.camera)).max() < 2 / 65535
    uv = dataset.uv(record)
    assert np.array_equal(np.isnan(uv), np.isnan(labels.uv))
    assert np.nanmax(np.abs(uv - labels.uv)) <= 0.5 / 65535 + 1e-7
    soft = dataset.coverage(record)
    assert [(one.instance_id, one.bbox) for one in soft] == [(one.instance_id, one.bbox) for one in labels.coverage]
    assert [one.instance_id for one in soft] == [1, 2, 3, 4]
    for again, one in zip(soft, labels.coverage, strict=True):
        assert np.array_equal(again.share, one.share)


def test_all_files_are_there_and_say_that_they_are_synthetic(good):
    record = Dataset(good).record(0)
    kinds = {"images", "depth", "instances", "stereo_mask", "coverage", *KINDS}
    assert {name.split("/")[0] for name in record.files} == kinds
    for kind in kinds - {"disparity", "coverage"}:
        assert Image.open(good / kind / f"{FRAME}.png").text["synthetic"] == "true", kind
    assert b"synthetic" in (good / f"disparity/{FRAME}.exr").read_bytes()
    assert zipfile.ZipFile(good / f"coverage/{FRAME}.npz").comment.startswith(b"synthetic: true; ")


def test_the_manifest_describes_exactly_the_kinds_that_are_written(good):
    described = json.loads((good / "manifest.json").read_bytes())["encodings"]
    assert set(described) == {"images", "depth", "instances", "stereo_mask", "coverage", *KINDS}
    assert described["normals"]["axes"] == "camera: x right, y down, z forward"
    assert described["world_normals"]["axes"] == "world: z up"
    assert described["coverage"]["rays"] == "4 x 4 per pixel"
    assert list(describe_encodings(Outputs(disparity=True, depth="none", instances=False, measured_depth=False))) == [
        "images",
        "disparity",
        "stereo_mask",
    ]


@pytest.mark.parametrize("kind", [*KINDS, "coverage"])
def test_a_map_that_was_not_cast_is_missed(tmp_path, kind):
    store, made = drawn()
    recipe = make_recipe(outputs={kind: 4 if kind == "coverage" else True})
    labels = Labeller(store).label(made, maps=Maps())
    writer = FrameWriter(tmp_path, recipe)
    if kind == "semantic":  # every frame has it
        assert f"semantic/{FRAME}.png" in writer.write(made, labels, picture(0)).files
        return
    what = "normals" if kind == "world_normals" else kind
    with pytest.raises(DatasetError, match=f"^frame 0: labels must have {what}, got none$"):
        writer.write(made, labels, picture(0))
    assert not list(tmp_path.iterdir())


def test_the_same_labels_give_the_same_bytes(tmp_path):
    store, made = drawn()
    labels = Labeller(store).label(made, maps=ALL_MAPS)
    records = []
    for name in "ab":
        (tmp_path / name).mkdir()
        records.append(FrameWriter(tmp_path / name, make_recipe(outputs=OUTPUTS)).write(made, labels, picture(0)))
    assert records[0] == records[1]


def test_a_point_never_looks_like_nothing():
    coordinates = np.zeros((1, 4, 3), np.float32)
    coordinates[0, 1] = (1e-9, 0, 0)
    coordinates[0, 2] = (0, 0, 1)
    coordinates[0, 3] = (0.5, 1.0, 0.25)
    content = encode_object_coordinates(coordinates, {})
    assert decode_image(content, "")[0].tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 65535], [32768, 65535, 16384]]
    assert decode_object_coordinates(content, "")[0, 0].tolist() == [0, 0, 0]


def test_texture_coordinates_repeat_but_both_edges_are_kept():
    uv = np.array([[(0, 1), (1.000001, -0.000001), (2.25, -0.25), (np.nan, np.nan), (-3, 1.5)]], np.float32)
    read = decode_uv(encode_uv(uv, {}), "")
    expected = [(0, 1), (1, 0), (0.25, 0.75), (np.nan, np.nan), (0, 0.5)]
    np.testing.assert_allclose(read[0], expected, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 16), st.integers(0, 4), st.integers(0, 2**31))
def test_shares_come_back_as_whole_numbers_of_rays(rays, count, seed):
    rng = np.random.default_rng(seed)  # noqa: TID251 - seeded test data
    soft = []
    for number in range(count):
        x, y, width, height = rng.integers(0, 50), rng.integers(0, 50), *rng.integers(1, 9, 2)
        share = rng.integers(0, rays * rays + 1, (height, width)).astype(np.float32) / np.float32(rays * rays)
        soft.append(Coverage(3 * number + 1, (int(x), int(y), int(x + width), int(y + height)), share))
    content = encode_coverage(soft, rays, {"synthetic": "true"})
    assert content == encode_coverage(soft, rays, {"synthetic": "true"})
    again = decode_coverage(content, "")
    assert [(one.instance_id, one.bbox) for one in again] == [(one.instance_id, one.bbox) for one in soft]
    for one, other in zip(again, soft, strict=True):
        assert one.share.dtype == np.float32
        assert np.abs(one.share - other.share).max() <= (0 if rays < 16 else 1 / 256)
        assert ((one.share > 0) == (other.share > 0)).all()


def test_numpy_alone_reads_soft_masks_and_their_date_is_not_of_today(good):
    path = good / f"coverage/{FRAME}.npz"
    with np.load(path) as archive:
        assert archive["ids"].tolist() == [1, 2, 3, 4]
        assert (archive["boxes"].dtype, archive["shares"].dtype, int(archive["rays"])) == (np.int32, np.uint8, 4)
        x0, y0, x1, y1 = archive["boxes"][0]
        first = archive["shares"][: (x1 - x0) * (y1 - y0)].reshape(y1 - y0, x1 - x0)
    assert np.array_equal(first, np.rint(Dataset(good).coverage(Dataset(good).record(0))[0].share * 255))
    assert {entry.date_time for entry in zipfile.ZipFile(path).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def archive_of(**arrays) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


FINE = {
    "ids": np.array([1], np.uint16),
    "boxes": np.array([[0, 0, 2, 2]], np.int32),
    "shares": np.array([1, 2, 3, 4], np.uint8),
    "rays": np.array(4, np.uint8),
}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "file must be a NumPy archive of ids, boxes, shares, rays, got 'File is not a zip file'"),
        (b"PK\3\4 and nothing", "file must be a NumPy archive of ids, boxes, shares, rays, got"),
        (archive_of(ids=FINE["ids"]), "file must be a NumPy archive of ids, boxes, shares, rays, got"),
        (archive_of(**FINE | {"ids": np.array([1])}), "array ids must be uint16 of 1 dimensions, got int64 of 1"),
        (archive_of(**FINE | {"boxes": np.zeros((2, 4), np.int32)}), r"array boxes must be \(1, 4\), got \(2, 4\)"),
        (
            archive_of(**FINE | {"boxes": np.array([[0, 0, 0, 2]], np.int32)}),
            "every box must be of some pixels of the image, got",
        ),
        (
            archive_of(**FINE | {"shares": FINE["shares"][:3]}),
            "array shares must have the 4 pixels of the boxes, cast with some rays, got 3, cast with 4",
        ),
        (
            archive_of(**FINE | {"rays": np.array(0, np.uint8)}),
            "array shares must have the 4 pixels of the boxes, cast with some rays, got 4, cast with 0",
        ),
    ],
)
def test_what_is_no_soft_mask_is_refused(content, text):
    assert len(decode_coverage(archive_of(**FINE), "")) == 1
    with pytest.raises(DatasetError, match=f"^here: {text}"):
        decode_coverage(content, "here")


def test_a_good_dataset_has_no_faults(good):
    assert validate(good) == ()


def off_by_one(pixels):
    pixels[24, 20:24] += 1
    return encode_png(pixels, {})


def less(disparity):
    disparity[24, 30] *= 0.9
    return encode_disparity(disparity, {})


def gone(pixels):
    pixels[24, 30] = 0
    return encode_png(pixels, {})


def moved(pixels):
    pixels[24, 22, 0] += 300
    return encode_png(pixels, {})


def made_4(pixels):
    pixels[24, 30] = 4
    return encode_png(pixels, {})


@pytest.mark.parametrize(
    ("name", "damage", "kind", "text"),
    [
        (
            "semantic",
            off_by_one,
            "rle_mismatch",
            "category ids must be the masks in frames.jsonl, got 4 px that differ",
        ),
        ("instances", off_by_one, "rle_mismatch", "ids must be the masks in frames.jsonl, got 4 px that differ"),
        ("disparity", less, "maps_disagree", "disparity must be fx * baseline / depth, got 1 px that differ (first at"),
        (
            "stereo_mask",
            gone,
            "maps_disagree",
            "values must be 1 to 3 where there is a disparity, 0 elsewhere, got 1 px",
        ),
        (
            "stereo_mask",
            made_4,
            "maps_disagree",
            "values must be 1 to 3 where there is a disparity, 0 elsewhere, got 1 px",
        ),
        ("object_coordinates", moved, "maps_disagree", "points must be where pose and depth say, got 1 px that differ"),
        ("parts", gone, "maps_disagree", "values must be where the masks in frames.jsonl are, got 1 px that differ"),
        ("world_normals", moved, "maps_disagree", "normals must be those of normals/, got 1 px that differ"),
    ],
)
def test_a_map_that_says_something_else(folder, name, damage, kind, text):
    dataset = Dataset(folder)
    record = dataset.record(0)
    path = record.file(name)
    read = getattr(dataset, name)(record) if name == "disparity" else decode_image((folder / path).read_bytes(), "")
    set_file(folder, path, damage(np.array(read)), 0)
    assert found(folder) == [(path, kind)]
    assert text in validate(folder)[0].what


def test_object_coordinates_where_no_label_is(folder):
    path = f"object_coordinates/{FRAME}.png"
    pixels = np.array(decode_image((folder / path).read_bytes(), ""))
    pixels[0, 0] = 7
    set_file(folder, path, encode_png(pixels, {}), 0)
    assert found(folder) == [(path, "maps_disagree")]
    assert "(first at column 0, row 0)" in validate(folder)[0].what


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"instance_id": 9}, "soft mask 9 must be a label of the frame, got box"),
        ({"bbox": (60, 0, 70, 10)}, "soft mask 2 must be in the image, got box [60, 0, 70, 10]"),
        ({"bbox": (0, 0, 10, 10)}, "soft mask of box/1 must be as large as the mask, "),
    ],
)
def test_soft_masks_that_cannot_be(folder, change, text):
    dataset = Dataset(folder)
    soft = list(dataset.coverage(dataset.record(0)))
    share = np.full((10, 10), 0.25, np.float32) if "bbox" in change else soft[1].share
    soft[1] = replace(soft[1], share=share, **change)
    path = f"coverage/{FRAME}.npz"
    set_file(folder, path, encode_coverage(soft, 4, {}), 0)
    assert found(folder) == [(path, "maps_disagree")]
    assert validate(folder)[0].what.startswith(text)


def test_shares_of_more_than_a_whole_pixel(folder):
    dataset = Dataset(folder)
    soft = list(dataset.coverage(dataset.record(0)))
    path = f"coverage/{FRAME}.npz"
    assert soft[2].instance_id == 3
    # Everything that it has at its edge, twice: still as large as the mask, but not beside what else is there.
    ball, thing = soft[2], soft[1]
    row, column = ball.bbox[1], ball.bbox[0]
    wide = np.zeros((ball.share.shape[0] + thing.bbox[3], 64), np.float32)
    wide[row : row + ball.share.shape[0], column : column + ball.share.shape[1]] = ball.share
    middle = (thing.bbox[1] + thing.bbox[3]) // 2, (thing.bbox[0] + thing.bbox[2]) // 2
    wide[middle] = 0.5
    soft[2] = replace(ball, bbox=(0, 0, 64, 48), share=wide[:48])
    set_file(folder, path, encode_coverage(soft, 4, {}), 0)
    assert found(folder) == [(path, "maps_disagree")]
    column, row = middle[1], middle[0]
    assert validate(folder)[0].what == (
        f"shares of a pixel must add up to at most 1, got 1 px that differ (first at column {column}, row {row})"
    )


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        (f"disparity/{FRAME}.exr", encode_disparity(np.zeros((9, 9), np.float32), {}), "wrong_size"),
        (f"parts/{FRAME}.png", encode_png(np.zeros((48, 64), np.uint16), {}), "wrong_size"),
        (f"uv/{FRAME}.png", encode_png(np.zeros((48, 64), np.uint16), {}), "wrong_size"),
        (f"coverage/{FRAME}.npz", b"nothing", "unreadable_image"),
    ],
)
def test_maps_of_another_form(folder, name, content, kind):
    set_file(folder, name, content, 0)
    assert found(folder) == [(name, kind)]
