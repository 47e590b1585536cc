"""Soft masks: against closed forms, against a sharper picture, and in bands."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.labels import Labeller, Maps
from synthvision.labels import coverage as module
from synthvision.scene import Camera, Lens
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, box, quad, scene, sphere
from tests.unit.labels.test_decals import decal, store_of
from tests.unit.labels.test_see_through import glazed


def soft(store, made, rays):
    """Return the shares of each soft mask in the whole image, by ``instance_id``."""
    found = {}
    for one in Labeller(store).label(made, maps=Maps(coverage=rays)).coverage:
        x0, y0, x1, y1 = one.bbox
        assert one.share.shape == (y1 - y0, x1 - x0)
        assert all(edge.any() for edge in (one.share[0], one.share[-1], one.share[:, 0], one.share[:, -1]))
        found[one.instance_id] = np.zeros((made.camera.height_px, made.camera.width_px))
        found[one.instance_id][y0:y1, x0:x1] = one.share
    return found


@pytest.mark.parametrize(("rays", "step"), [(1, 1.0), (4, 0.25), (10, 0.1)])
def test_an_upright_edge_covers_whole_steps_of_a_pixel(rays, step):
    store = HandMadeStore(quad=quad())
    # Its left edge is at 32 + 60 * (x - 0.5) / 3 px.
    left_px = 25.37
    made = scene(store, [("quad", at((left_px - 32) / 20 + 0.5, 3, 0), True)])
    shares = soft(store, made, rays)[1]
    assert abs(shares[20, 25] - (26 - left_px)) <= step / 2
    assert (shares[20, 26:44] == 1).all()
    assert (shares[20, :25] == 0).all()


def test_a_slanted_half_plane_converges_to_its_area():
    store = HandMadeStore(quad=quad())
    slope = math.radians(17.3)
    turn = Rotation.from_euler("y", slope).as_matrix()
    # Scaled so much that only its left side is in the image: a half plane, whose edge goes through (32.3, 24.1) px.
    middle = turn @ (20.0, 0.0, 0.0) + (0.3 / 20, 3.0, -0.1 / 20)
    made = scene(store, [("quad", at(*middle, 40.0, turn), True)])
    exact = half_plane(48, 64, slope, 32.3, 24.1)
    errors = [np.abs(soft(store, made, rays)[1] - exact).max() for rays in (1, 4, 16)]
    assert errors[0] > 0.3
    assert errors[1] < 0.11
    assert errors[2] < 0.03


def half_plane(height, width, slope, x_px, y_px, fine=64):
    """Areas (H, W) of pixels on the right of a line; by many columns of each pixel, exactly along the rows."""
    y = (np.arange(height * fine) + 0.5) / fine
    # In the image y is down; seen from -Y a turn about Y goes clockwise.
    edge = x_px - (y - y_px) * math.tan(slope)
    part = np.clip(np.arange(1, width + 1)[None, :] - edge[:, None], 0, 1)
    return part.reshape(height, fine, width).mean(axis=1)


def test_a_disc_has_its_area():
    store = HandMadeStore(sphere=sphere(5))
    camera = Camera(64, 48, 15.0, 15.0, 31.7, 24.2, LOOKING_ALONG_Y, orthographic=True)
    made = scene(store, [("sphere", at(0, 4, 0), True)], camera)
    area = math.pi * 15**2
    assert soft(store, made, 8)[1].sum() == pytest.approx(area, rel=2e-3)
    assert abs(soft(store, made, 8)[1].sum() - area) < abs(soft(store, made, 1)[1].sum() - area)


def crowded():
    store = HandMadeStore(box=box(), quad=quad(), sphere=sphere(3))
    tilt = Rotation.from_euler("xyz", [20, -35, 70], degrees=True).as_matrix()
    small = [("box", at(-1.2 + 0.17 * i, 4 + 0.05 * i, 0.9 - 0.1 * i, 0.14, tilt), True) for i in range(12)]
    things = [
        ("quad", at(0, 5, 0, 12), False),
        ("box", at(-0.6, 3, 0.2, 0.5, tilt), True),
        ("sphere", at(0.5, 2.5, -0.2, 0.3), True),
        ("quad", at(0.1, 2.0, 0.4, 0.3, tilt), True),
        ("box", at(1.4, 2.6, 0, 0.6), True),
        *small,
    ]
    return store, scene(store, things)


def test_shares_add_up_to_at_most_1_and_to_the_masks():
    store, made = crowded()
    shares = soft(store, made, 6)
    assert sum(shares.values()).max() <= 1 + 1e-6
    labels = Labeller(store).label(made)
    assert len(shares) >= 13
    for one in labels.instances:
        mask = labels.instance_map == one.instance_id
        share = shares.get(one.instance_id, np.zeros(mask.shape))
        edge = int(((share > 0) & (share < 1)).sum())
        # The sum over pixels is the area: at the edge each is off by an even spread of ±0.5.
        assert abs(share.sum() - one.mask_px) < 3 * math.sqrt(edge / 12) + 1
        assert (mask & (share == 0)).sum() <= 1
        assert (share[~mask] < 1).all()


@pytest.mark.parametrize("rows_at_once", [1, 7])
def test_bands_change_nothing(monkeypatch, rows_at_once):
    store, made = crowded()
    lens = Lens("brown_conrady", (-0.2, 0.05, 0.01, 0.0))
    for camera in (made.camera, replace(made.camera, lens=lens), replace(made.camera, orthographic=True, fx=20, fy=20)):
        seen = replace(made, camera=camera)
        whole = soft(store, seen, 3)
        assert len(whole) >= 13
        with monkeypatch.context() as patch:
            patch.setattr(module, "_RAYS_AT_ONCE", rows_at_once * 3 * 3 * 64)
            banded = soft(store, seen, 3)
        assert banded.keys() == whole.keys()
        # Rays of another band are rounded otherwise: one of the nine may fall on the other side of an edge.
        assert sum(int((np.abs(banded[number] - whole[number]) > 1e-6).sum()) for number in whole) <= 2


def test_an_odd_number_of_rays_has_the_hard_masks_rays_among_them():
    store, made = crowded()
    labels = Labeller(store).label(made)
    for number, share in soft(store, made, 1).items():
        assert (np.abs(share - (labels.instance_map == number)) > 0).sum() == 0
    for number, share in soft(store, made, 3).items():
        assert (share[labels.instance_map == number] > 0).all()


def test_see_through_things_and_decals_have_soft_masks_of_their_own():
    store = store_of(box=box(), quad=quad())
    made = glazed(scene(store, [("quad", at(0.02, 2.2, 0), True), ("box", at(0.011, 4.5, 0.013), True)]), "quad/0")
    made = replace(made, decals=(decal("mark", "box/1", centre=(0, -0.5, 0), size=(0.4, 0.4), number=3),))
    shares = soft(store, made, 4)
    assert set(shares) == {1, 2, 3}
    alone = soft(store, replace(made, instances=made.instances[1:], decals=()), 4)
    assert (shares[2] == alone[2]).all()
    assert (shares[3] <= shares[2]).all()
    labels = Labeller(store).label(made)
    for one in labels.instances:
        edge = int(((shares[one.instance_id] > 0) & (shares[one.instance_id] < 1)).sum())
        assert abs(shares[one.instance_id].sum() - one.mask_px) <= edge / 2


def test_what_is_nowhere_seen_has_no_soft_mask():
    store = HandMadeStore(quad=quad())
    made = scene(store, [("quad", at(0, 3, 0, 2), True), ("quad", at(0, 4, 0), True), ("quad", at(50, 4, 0), True)])
    assert set(soft(store, made, 2)) == {1}
