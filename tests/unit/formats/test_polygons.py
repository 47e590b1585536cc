import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from synthvision.formats.polygons import mask_polygons


def rasterised(polygons, shape):
    if not polygons:
        return np.zeros(shape, bool)
    return coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(polygons, *shape))).astype(bool)


def drawn(*rows):
    return np.array([[character == "#" for character in row] for row in rows])


@settings(max_examples=300, deadline=None)
@given(st.tuples(st.integers(1, 10), st.integers(1, 10)).flatmap(lambda shape: arrays(np.bool_, shape)))
def test_cocos_own_rasteriser_gives_every_mask_back(mask):
    assert (rasterised(mask_polygons(mask), mask.shape) == mask).all()


@pytest.mark.parametrize(
    ("mask", "polygons"),
    [
        (drawn("...", "..."), []),
        (drawn("...", ".#."), [[1, 1, 2, 1, 2, 2, 1, 2]]),
        (drawn("##", "#."), [[0, 0, 2, 0, 2, 1, 1, 1, 1, 2, 0, 2]]),
        (drawn("#.", ".#"), [[0, 0, 1, 0, 1, 1, 0, 1], [1, 1, 2, 1, 2, 2, 1, 2]]),
        (drawn(".#", "#."), [[1, 0, 2, 0, 2, 1, 1, 1], [0, 1, 1, 1, 1, 2, 0, 2]]),
        (drawn("###", "#.#", "##."), [[0, 0, 3, 0, 3, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2, 3, 0, 3]]),
    ],
)
def test_corners_lie_on_the_grid_and_parts_that_touch_at_a_corner_stay_apart(mask, polygons):
    assert mask_polygons(mask) == polygons
    assert (rasterised(polygons, mask.shape) == mask).all()


def test_a_part_with_holes_is_cut_and_loses_no_pixel():
    mask = drawn("#######", "#.#...#", "#.#.#.#", "###...#", "#######")
    polygons = mask_polygons(mask)
    assert len(polygons) > 1
    assert (rasterised(polygons, mask.shape) == mask).all()
    together = sum(rasterised([polygon], mask.shape).astype(int) for polygon in polygons)
    assert together.max() == 1  # the pieces do not overlap


def test_a_disc_with_a_hole_at_full_size():
    rows, columns = np.mgrid[:480, :640]
    radius = np.hypot(rows - 240, columns - 320)
    mask = (radius < 200) & (radius > 60)
    polygons = mask_polygons(mask)
    assert len(polygons) == 2
    assert (rasterised(polygons, mask.shape) == mask).all()
    assert all(isinstance(value, float) for polygon in polygons for value in polygon)
