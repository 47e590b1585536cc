"""Overlays: each draws where its labels are and nowhere else."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthvision.dataset import Dataset
from synthvision.errors import DatasetError, UsageError
from synthvision.render.overlay import depth_picture
from synthvision.render.palette import BACKGROUND, category_colour
from synthvision.report import OVERLAYS, read_overlays, show_dataset
from synthvision.report.labelled import labels_of
from synthvision.report.showing import TILE_PX, Canvas
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, make_dataset, rectangle
from tests.unit.report.samples import boxes_alone, change_lines, change_manifest, with_pictures

GREY = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
HIDDEN = rectangle(34, 20, 10, 12)
"""What is hidden of the second thing."""
THINGS = [
    (1, 1, rectangle(6, 24, 16, 18), rectangle(6, 24, 16, 18)),
    (2, 2, rectangle(24, 20, 10, 12), rectangle(24, 20, 20, 12)),
]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(with_pictures(tmp_path / "grey", [GREY], [THINGS]))


def drawn(dataset: Dataset, *overlays: str, frame: int = 0) -> np.ndarray:
    return Canvas.of(dataset, dataset.record(frame)).drawn(frozenset(overlays))


def touched(picture: np.ndarray) -> np.ndarray:
    return (picture != GREY).any(axis=2)


def is_drawn_in(pixels: np.ndarray, category: int) -> np.ndarray:
    """Whether pixels (..., 3) were moved from grey towards a category's colour, and by a third of the way or more."""
    way = np.array(category_colour(category)) - 100.0
    moved = pixels.astype(float) - 100
    along = moved @ way / (way @ way)
    beside = np.linalg.norm(moved - along[..., None] * way, axis=-1)
    return (along > 0.33) & (beside < 4)


def grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    larger = mask.copy()
    for _ in range(pixels):
        larger[1:] |= larger[:-1].copy()
        larger[:-1] |= larger[1:].copy()
        larger[:, 1:] |= larger[:, :-1].copy()
        larger[:, :-1] |= larger[:, 1:].copy()
    return larger


def test_no_overlay_is_the_picture(dataset: Dataset) -> None:
    assert np.array_equal(drawn(dataset), GREY)


def test_masks_tint_what_is_seen(dataset: Dataset) -> None:
    picture = drawn(dataset, "masks")
    for _, category, mask, _ in THINGS:
        inside = mask & ~grown(~mask, 2)
        tint = np.rint(np.float32(100) * 0.7 + np.array(category_colour(category)) * 0.3)
        assert np.array_equal(np.unique(picture[inside], axis=0), [tint])
    assert not touched(picture)[~grown(THINGS[0][2] | THINGS[1][2], 1)].any()
    assert not touched(picture)[HIDDEN & ~grown(THINGS[1][2], 1)].any()


def test_boxes_are_lines_around_masks(dataset: Dataset) -> None:
    picture = drawn(dataset, "boxes")
    for _, category, mask, _ in THINGS:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        for y, x in ((rows[0], columns[0]), (rows[-1], columns[-1]), (rows[0], columns[-1]), (rows[5], columns[0])):
            assert tuple(picture[y, x]) == category_colour(category)
        assert not touched(picture)[rows[5], columns[5]]


def test_amodal_covers_what_is_hidden_too(dataset: Dataset) -> None:
    picture = drawn(dataset, "amodal")
    inside = HIDDEN & ~grown(~(HIDDEN | THINGS[1][2]), 2) & ~grown(THINGS[1][2], 2)
    tint = np.rint(np.float32(100) * 0.65 + np.array(category_colour(2)) * 0.35)
    assert inside.sum() > 30
    assert np.array_equal(np.unique(picture[inside], axis=0), [tint])
    dashed = touched(drawn(dataset, "amodal"))[20, 24:44]
    assert dashed.any()


def test_names_are_plates_beside_boxes(tmp_path: Path) -> None:
    picture = drawn(Dataset(with_pictures(tmp_path / "mug", [GREY], [THINGS[:1]])), "names")
    rows, columns = np.nonzero((picture == category_colour(1)).all(axis=2))
    assert len(rows) > 60
    assert (rows.min(), rows.max(), columns.min()) == (12, 23, 6)  # on top of the box, flush with its left side
    assert touched(picture).sum() == 12 * (columns.max() - 5)


def test_keypoints_are_filled_where_seen_and_hollow_where_hidden(tmp_path: Path, dataset: Dataset) -> None:
    def mark(line):
        line["labels"][0]["keypoints"] = {"rim": [10.5, 30.5, 2], "base": [18.5, 30.5, 1], "handle": [0, 0, 0]}

    change_lines(dataset.folder, mark)
    change_manifest(
        dataset.folder,
        lambda data: data["categories"][0].update(keypoints=["rim", "base", "handle"], skeleton=[[0, 1], [1, 2]]),
    )
    picture = drawn(Dataset(dataset.folder), "keypoints")
    assert tuple(picture[30, 10]) == category_colour(1)
    assert is_drawn_in(picture[30, 20:23], 1).any()  # the ring, 3 pixels wide
    assert touched(picture)[30, 14]  # the faint line between them
    assert not touched(picture)[0:8, 0:8].any()  # a point that is outside the picture


def test_boxes_3d_run_through_their_corners(dataset: Dataset) -> None:
    picture = drawn(dataset, "boxes3d")
    record = dataset.record(0)
    for label in record.labels:
        corners = np.array(label.corners_px)
        middle = (corners[0] + corners[1]) / 2  # of an edge of the nearest face
        column, row = np.floor(middle - 0.01).astype(int)
        near = picture[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].reshape(-1, 3)
        assert is_drawn_in(near, label.category_id).any()


def test_depth_stands_on_the_right(dataset: Dataset) -> None:
    picture = drawn(dataset, "depth", "boxes")
    assert picture.shape == (HEIGHT, 2 * WIDTH, 3)
    assert np.array_equal(picture[:, WIDTH:], depth_picture(dataset.depth(dataset.record(0))))
    assert np.array_equal(picture[:, :WIDTH], drawn(dataset, "boxes"))


def test_labels_of_disk_are_those_that_were_written(tmp_path: Path) -> None:
    dataset = Dataset(make_dataset(tmp_path / "made"))
    for record in dataset:
        labels = labels_of(dataset, record)
        assert np.array_equal(labels.instance_map, dataset.instances(record))
        for label, written in zip(labels.instances, record.labels, strict=True):
            assert label.mask.sum() == label.mask_px == written.area
            assert label.amodal_mask.sum() == label.amodal_px


def test_boxes_without_masks_and_pictures_of_several_sizes(tmp_path: Path) -> None:
    folder = boxes_alone(tmp_path)
    picture = drawn(Dataset(folder), "masks", "boxes", "amodal", "boxes3d", "names", frame=0)
    assert picture.shape == (40, 80, 3)
    assert tuple(picture[24, 40]) == category_colour(1)  # box x 20 to 60, y 15 to 25
    show_dataset(folder, None, tmp_path / "sheet.png", frozenset({"boxes"}), 12)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    tile = sheet[-TILE_PX - 8 : -8, 16 + TILE_PX :][:, :TILE_PX]  # the second one, 30 by 60
    assert sheet.shape[1] == 3 * TILE_PX + 4 * 8
    assert (tile[100, :80] == BACKGROUND).all()
    assert (tile[100, 95:265] != BACKGROUND).any(axis=1).all()
    assert (tile[100, 275:] == BACKGROUND).all()


def test_one_frame_is_written_at_its_own_size(tmp_path: Path, dataset: Dataset) -> None:
    show_dataset(dataset.folder, 0, tmp_path / "new" / "one.PNG", frozenset({"masks"}), 12)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "new" / "one.PNG")), drawn(dataset, "masks"))


def test_sheet_shows_frames_evenly(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "many", [np.full((48, 64, 3), 20 * n, np.uint8) for n in range(9)])
    show_dataset(folder, None, tmp_path / "sheet.png", frozenset(), 3)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    middles = [sheet[-100, 8 + 368 * place + 180, 0] for place in range(3)]
    assert middles == [0, 80, 160]


def test_overlays_by_name() -> None:
    assert read_overlays(" masks, boxes3d,") == {"masks", "boxes3d"}
    assert read_overlays("none") == frozenset()
    assert read_overlays(",".join(OVERLAYS)) == set(OVERLAYS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "masks,bokses",
            (
                "--with: overlay must be one of amodal, masks, boxes, boxes3d, keypoints, names, depth, none, "
                "got 'bokses'; did you mean 'boxes'?"
            ),
        ),
        ("none,boxes", "--with: none must stand alone, got 'none,boxes'"),
    ],
)
def test_wrong_overlays(text: str, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_overlays(text)
    assert str(caught.value) == fault


def test_what_no_frame_has_is_not_drawn_as_nothing(tmp_path: Path, dataset: Dataset) -> None:
    folder = boxes_alone(tmp_path)
    out = tmp_path / "x.png"
    with pytest.raises(
        UsageError, match=r"--with: depth must be in the dataset, got .*photographs without it in these"
    ):
        show_dataset(folder, None, out, frozenset({"depth"}), 12)
    with pytest.raises(
        UsageError, match=r"--with: keypoints must be in the dataset, got .*without a category with any"
    ):
        show_dataset(dataset.folder, 0, out, frozenset({"keypoints"}), 12)
    assert not out.exists()


def test_wrong_files_and_frames(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(UsageError, match=r"x\.jpg: output must be a \.png file, got '\.jpg'"):
        show_dataset(dataset.folder, None, tmp_path / "x.jpg", frozenset(), 1)
    with pytest.raises(DatasetError, match=r"frames\.jsonl: frame must be one of its 1, got 5"):
        show_dataset(dataset.folder, 5, tmp_path / "x.png", frozenset(), 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(
        UsageError, match=r"x\.png: output must be a file that can be written, got '(Not a dir|File ex)"
    ):
        show_dataset(dataset.folder, 0, tmp_path / "file" / "x.png", frozenset(), 1)
    empty = with_pictures(tmp_path / "empty", [])
    with pytest.raises(UsageError, match="empty: dataset must have at least one frame to show, got none"):
        show_dataset(empty, None, tmp_path / "x.png", frozenset(), 1)
    assert json.loads((empty / "annotations/instances.json").read_text())["images"] == []
