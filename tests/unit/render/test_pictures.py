"""Overlays, contact sheet and strip."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthvision.errors import UsageError
from synthvision.labels import KeypointLabel, Labeller
from synthvision.render.contact_sheet import Tile, contact_sheet, sheet, shrunk
from synthvision.render.overlay import (
    annotated,
    depth_picture,
    draw_boxes,
    draw_boxes_3d,
    draw_keypoints,
    draw_masks,
    draw_names,
    instance_picture,
    normals_picture,
)
from synthvision.render.palette import category_colour, instance_colour
from synthvision.render.strip import encoded_jpeg, strip
from synthvision.scene import Camera
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, at, scene
from tests.unit.render.scenes import store

CAMERA = Camera(160, 120, 150.0, 150.0, 80.0, 60.0, LOOKING_ALONG_Y)
GREY = np.full((120, 160, 3), 100, np.uint8)


@pytest.fixture(scope="module")
def labels():
    """A ball in front of a wall, both labelled; the wall's box is wider and taller."""
    shop = store()
    things = [("wall", at(0.1, 4, 0, 2.0), True), ("sphere", at(-0.6, 2.5, 0.1, 0.3), True)]
    drawn = scene(shop, things, CAMERA)
    wall, ball = drawn.instances
    return Labeller(shop).label(replace(drawn, instances=(wall, replace(ball, category_id=2))))


@pytest.mark.parametrize("draw", [annotated, draw_masks, draw_boxes, draw_names, draw_boxes_3d])
def test_drawing_leaves_the_image_alone_and_draws_something(draw, labels):
    before = GREY.copy()
    picture = draw(GREY, labels)
    np.testing.assert_array_equal(before, GREY)
    assert picture.shape == GREY.shape
    assert picture.dtype == np.uint8
    assert (picture != GREY).any()
    np.testing.assert_array_equal(picture, draw(GREY, labels))


def test_masks_are_tinted_by_category_and_nothing_else_is(labels):
    picture = draw_masks(GREY, labels, opacity=0.5)
    inner = cv2.erode((labels.instance_map == 2).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    expected = (100 + np.array(category_colour(2))) / 2
    assert inner.sum() > 100
    assert np.abs(picture[inner] - expected).max() <= 0.5
    outside = cv2.dilate((labels.instance_map > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    assert (picture[outside] == 100).all()


def test_a_box_touches_the_outermost_pixels_of_its_mask(labels):
    picture = draw_boxes(GREY, replace(labels, instances=labels.instances[1:]), amodal=False)
    x0, y0, x1, y1 = labels.instances[1].bbox
    for row, column in ((y0, x0), (y0, x1 - 1), (y1 - 1, x0), (y1 - 1, x1 - 1)):
        assert tuple(picture[row, column]) == category_colour(2)
    assert (picture[y1, x0:x1] == 100).all()


def test_an_amodal_box_is_drawn_only_where_it_differs(labels):
    np.testing.assert_array_equal(draw_boxes(GREY, labels), draw_boxes(GREY, labels, amodal=False))
    wall = labels.instances[0]
    x0, y0, x1, y1 = wall.bbox
    halved = replace(labels, instances=(replace(wall, bbox=(x0, y0, x1, y1 - 20)), labels.instances[1]))
    extra = (draw_boxes(GREY, halved) != draw_boxes(GREY, halved, amodal=False)).any(axis=2)
    below = extra[y1 - 1, x0:x1]
    assert 0.3 < below.mean() < 0.9


def test_names_stand_on_a_plate_of_the_category_and_do_not_overlap(labels):
    picture = draw_names(GREY, labels)
    for category in (1, 2):
        plate = (picture == category_colour(category)).all(axis=2)
        assert plate.sum() > 150
    inside = draw_names(GREY, replace(labels, instances=labels.instances[1:]))
    assert ((inside == category_colour(2)).all(axis=2)).sum() > 150


def test_what_is_not_seen_is_not_drawn(labels):
    hidden = tuple(replace(label, bbox=None, mask_px=0) for label in labels.instances)
    nothing = replace(labels, instances=hidden, instance_map=np.zeros_like(labels.instance_map))
    np.testing.assert_array_equal(draw_boxes_3d(annotated(GREY, nothing), nothing), GREY)


def test_boxes_with_a_corner_behind_the_camera_are_left_out(labels):
    broken = tuple(replace(label, corners_px=np.full((8, 2), np.nan)) for label in labels.instances)
    np.testing.assert_array_equal(draw_boxes_3d(GREY, replace(labels, instances=broken)), GREY)


def test_the_3d_box_joins_its_projected_corners(labels):
    picture = draw_boxes_3d(GREY, replace(labels, instances=labels.instances[1:]))
    for x, y in labels.instances[1].corners_px:
        patch = picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2]
        assert (patch != 100).any()


def test_keypoints_are_filled_where_seen_hollow_where_hidden_and_joined(labels):
    states = {"a": (30.5, 40.5, 2), "b": (90.5, 40.5, 1), "c": (0.0, 0.0, 0)}
    points = tuple(KeypointLabel(name, x, y, state, (0, 0, 1)) for name, (x, y, state) in states.items())
    ball = replace(labels.instances[1], keypoints=points)
    drawn = replace(labels, instances=(labels.instances[0], ball))
    colour = category_colour(2)
    alone = draw_keypoints(GREY, drawn, {})
    assert tuple(alone[40, 30]) == colour
    assert tuple(alone[40, 90]) == (100, 100, 100)
    assert np.abs(alone[40, 90 - 3].astype(int) - colour).max() <= 30  # its ring is antialiased
    assert tuple(alone[40, 60]) == (100, 100, 100)
    assert (alone[:5, :5] == 100).all()
    joined = draw_keypoints(GREY, drawn, {ball.category: [("a", "b"), ("b", "c"), ("a", "nothing")]})
    assert (joined[40, 60] != 100).any()
    assert (joined[:5, :5] == 100).all()


def test_an_image_of_another_size_is_refused(labels):
    with pytest.raises(UsageError) as caught:
        draw_masks(GREY[:-1], labels)
    assert str(caught.value) == (
        "overlay: the image must be of shape (120, 160, 3) and uint8, got (119, 160, 3) and uint8"
    )


def test_depth_is_warm_near_cool_far_and_dark_where_nothing_is():
    picture = depth_picture(np.array([[0.0, 1.0, 2.0, 8.0]], np.float32), (1.0, 8.0))[0].astype(int)
    assert picture[0].tolist() == [18, 18, 18]
    assert picture[1][0] > picture[1][2]
    assert picture[3][2] > picture[3][0]
    assert len({tuple(colour) for colour in picture}) == 4
    assert (depth_picture(np.zeros((2, 2), np.float32)) == 18).all()


def test_instances_have_distinct_colours_and_normals_the_usual_ones():
    ids = np.arange(60, dtype=np.uint16).reshape(6, 10)
    assert len(np.unique(instance_picture(ids).reshape(-1, 3), axis=0)) == 60
    assert len({category_colour(number) for number in range(40)}) == 40
    assert instance_colour(3) == tuple(instance_picture(ids)[0, 3])
    facing = normals_picture(np.array([[(0, 0, -1), (1, 0, 0), (0, -1, 0), (0, 0, 0)]], np.float32))[0]
    assert facing.tolist() == [[128, 128, 255], [255, 128, 128], [128, 255, 128], [18, 18, 18]]


def test_the_contact_sheet_has_all_frames_in_order(labels):
    tiles = (Tile(index, np.full_like(GREY, 40 * index), labels) for index in range(5))
    page = contact_sheet(tiles, "tabletop", "seed 7", columns=3)
    assert page.shape[1] == 3 * 168 + 8
    head = page.shape[0] - 2 * 128
    assert 20 < head < 60
    assert (page[:head] != page[0, 0]).any()
    centres = [page[head + 2 + (index // 3) * 128, 166 + (index % 3) * 168 - 3, 0] for index in range(5)]
    assert centres == [0, 40, 80, 120, 160]
    again = contact_sheet((Tile(i, np.full_like(GREY, 40 * i), labels) for i in range(5)), "tabletop", "seed 7", 3)
    np.testing.assert_array_equal(page, again)


def test_a_contact_sheet_centres_the_pictures_of_several_cameras():
    """Each is whole, in a place as large as the largest."""
    wide, tall = np.full((40, 100, 3), 201, np.uint8), np.full((80, 60, 3), 251, np.uint8)
    page = sheet([(0, wide), (1, tall)], "cameras", columns=2)
    (wide_rows, wide_columns), (rows, columns) = (np.nonzero((page == value).all(axis=2)) for value in (201, 251))
    assert (columns.min(), columns.max()) == (8 + 100 + 8 + 20, 8 + 100 + 8 + 79)
    assert (wide_columns.min(), wide_columns.max()) == (8, 8 + 99)
    assert np.ptp(rows) == 79
    assert wide_rows.min() == rows.min() + 20


def test_a_contact_sheet_needs_frames(labels):
    with pytest.raises(UsageError) as caught:
        contact_sheet([], "tabletop")
    assert str(caught.value) == "contact sheet: the number of frames must be at least 1, got 0"


def test_a_shrunk_scene_sees_the_same(labels):
    shop = store()
    drawn = scene(
        shop, [("wall", at(0.1, 4, 0, 2.0), True)], Camera(640, 480, 600.0, 610.0, 320.0, 236.0, LOOKING_ALONG_Y)
    )
    small = shrunk(drawn, 160)
    assert (small.camera.width_px, small.camera.height_px) == (160, 120)
    large_map, small_map = (Labeller(shop).label(one).instance_map for one in (drawn, small))
    assert (large_map[2::4, 2::4] != small_map).mean() < 0.02
    assert shrunk(drawn, 1000) == drawn


def test_the_strip_has_four_panels_and_fits(labels):
    picture = strip(GREY, labels)
    assert picture.shape == (120, 4 * 160 + 3 * 6, 3)
    np.testing.assert_array_equal(picture[:, :160], GREY)
    panels = [picture[:, start : start + 160] for start in (166, 332, 498)]
    assert (panels[0][labels.instance_map == 2] == instance_colour(2)).all()
    np.testing.assert_array_equal(panels[1], depth_picture(labels.depth))
    jpeg = encoded_jpeg(picture, 40_000)
    assert len(jpeg) <= 40_000
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    assert np.abs(decoded.astype(int) - picture).mean() < 4
    with pytest.raises(UsageError, match="strip: the JPEG must be at most 100 bytes, got "):
        encoded_jpeg(picture, 100)
