"""Decals: masks on flat things by arithmetic, on curved ones by brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.assets.texels import bilinear, opacity
from synthvision.assets.types import Texture
from synthvision.labels import Labeller
from synthvision.scene import Decal
from tests.unit.labels.hand_made import HandMadeStore, at, box, quad, scene, sphere
from tests.unit.labels.test_batches import same_bits
from tests.unit.labels.test_labels import pixel_directions

# x to the right, y up, z towards -Y, where the camera is.
TOWARDS_CAMERA = Rotation.from_euler("x", 90, degrees=True).as_matrix()


def decal(name, on, *, centre=(0, 0, 0), size=(0.5, 0.5), turn=TOWARDS_CAMERA, depth_m=0.01, number=9, picture="full"):
    pose = np.eye(4)
    pose[:3, :3] = turn * (*size, 1.0)
    pose[:3, 3] = centre
    matrix = tuple(map(tuple, pose.tolist()))
    return Decal(
        f"{on}/{name}/0", on, Texture("generated", picture), matrix, depth_m, instance_id=number, category_id=2,
        category=name,
    )  # fmt: skip


def full() -> np.ndarray:
    return np.full((40, 40, 4), 255, np.uint8)


def store_of(**assets) -> HandMadeStore:
    store = HandMadeStore(**assets)
    store.images["full"] = full()
    half = full()
    half[:, 20:, 3] = 0
    store.images["half"] = half
    store.images["rgb"] = full()[:, :, :3]
    return store


def label_of(labels, name):
    return next(label for label in labels.instances if label.name == name)


def test_a_decal_on_a_box_has_the_pixels_that_arithmetic_gives():
    store = store_of(box=box())
    made = scene(store, [("box", at(0, 3.5, 0), True)])
    on_front = decal("mark", "box/0", centre=(0.1, -0.5, 0.05), size=(0.4, 0.3))
    labels = Labeller(store).label(replace(made, decals=(on_front,)))
    bearer, mark = labels.instances
    # At z = 3: 20 px per metre; x from -0.1 to 0.3, up from -0.1 to 0.2, about (32, 24).
    assert mark.bbox == mark.amodal_bbox == (30, 20, 38, 26)
    assert (mark.mask_px, mark.visibility, mark.truncation) == (48, 1.0, 0.0)
    assert (mark.on, mark.instance_id, mark.category_id, mark.category) == (1, 9, 2, "mark")
    assert bearer.on == -1
    assert (labels.instance_map[20:26, 30:38] == 9).all()
    assert (labels.category_map[20:26, 30:38] == 2).all()
    assert (labels.instance_map == 9).sum() == 48
    # The bearer keeps its pixels.
    assert (bearer.mask_px, bearer.visibility, dict(bearer.hidden_by)) == (400, 1.0, {})
    assert bearer.mask.all()
    assert (labels.scene_map[20:26, 30:38] == 0).all()


def test_its_box_is_the_square_of_its_picture_as_thick_as_its_slab():
    store = store_of(box=box())
    made = scene(store, [("box", at(0, 3.5, 0, 1.0), True)])
    one = decal("mark", "box/0", centre=(0, -0.5, 0), size=(0.4, 0.2), depth_m=0.05)
    mark = label_of(Labeller(store).label(replace(made, decals=(one,))), "box/0/mark/0")
    assert mark.distance_m == pytest.approx(3.0)
    assert mark.corners_m[0] == pytest.approx([-0.2, 0.1, 3.05])
    assert mark.corners_m[7] == pytest.approx([0.2, -0.1, 2.95])
    assert mark.corners_px[7] == pytest.approx([32 + 0.2 * 60 / 2.95, 24 - 0.1 * 60 / 2.95])
    assert mark.object_to_camera[:3, 3] == pytest.approx([0, 0, 3])


def test_what_is_before_the_bearer_hides_the_decal_and_its_other_sides_do_not_bear_it():
    store = store_of(box=box(), quad=quad())
    things = [("box", at(0, 3.5, 0), True), ("quad", at(0.5, 2, 0), False)]
    made = scene(store, things)
    front = decal("front", "box/0", centre=(0, -0.5, 0), size=(0.4, 0.4), number=2)
    back = decal("back", "box/0", centre=(0, 0.5, 0), turn=TOWARDS_CAMERA @ np.diag([-1, 1, -1]), number=3)
    labels = Labeller(store).label(replace(made, decals=(front, back)))
    mark = label_of(labels, "box/0/front/0")
    assert (mark.amodal_px, mark.mask_px, mark.visibility) == (64, 32, 0.5)
    assert dict(mark.hidden_by) == {"quad/1": 32}
    assert label_of(labels, "box/0/back/0").amodal_px == 0


def test_a_slab_ends_where_it_ends():
    store = store_of(sphere=sphere(5))
    made = scene(store, [("sphere", at(0, 4, 0), True)])
    masks = {}
    for depth_m in (0.1, 0.3):
        one = decal("mark", "sphere/0", centre=(0, -1, 0), size=(1.9, 1.9), depth_m=depth_m)
        labels = Labeller(store).label(replace(made, decals=(one,)))
        rays = pixel_directions(made.camera)
        points = rays * labels.depth[..., None] - (0, 0, 4)
        # The nearest point of the ball is at z = -1 before its middle; a cap as deep as the slab is covered.
        inside = (labels.scene_map == 0) & (-points[..., 2] > 1 - depth_m)
        near = np.abs(-points[..., 2] - (1 - depth_m)) < 2e-3
        masks[depth_m] = labels.instance_map == 9
        assert ((masks[depth_m] != inside) & ~near).sum() == 0
    assert masks[0.3].sum() > 2 * masks[0.1].sum() > 100


def test_opacity_decides_and_the_later_decal_is_on_top():
    store = store_of(box=box())
    made = scene(store, [("box", at(0, 3.5, 0), True)])
    first = decal("first", "box/0", centre=(0, -0.5, 0), size=(0.8, 0.4), picture="half", number=2)
    second = decal("second", "box/0", centre=(-0.2, -0.5, 0), size=(0.2, 0.2), picture="rgb", number=3)
    unlabelled = replace(decal("third", "box/0", centre=(-0.2, -0.5, 0), number=0), category_id=0)
    labels = Labeller(store).label(replace(made, decals=(first, second, unlabelled)))
    # The opaque half is on the left: 8 px of 16, 8 px high.
    assert label_of(labels, "box/0/first/0").bbox == (24, 20, 32, 28)
    assert label_of(labels, "box/0/first/0").mask_px == 64
    assert label_of(labels, "box/0/second/0").mask_px == 16
    assert (labels.instance_map == 2).sum() == 48
    assert (labels.instance_map == 3).sum() == 16
    assert len(labels.instances) == 3


def test_truncation_of_a_decal_is_its_own():
    store = store_of(quad=quad())
    edge = 32 * 3 / 60  # x at depth 3 of the image's right edge
    made = scene(store, [("quad", at(edge, 3, 0), True)])
    halved = decal("halved", "quad/0", size=(0.4, 0.4), number=2)
    whole = decal("whole", "quad/0", centre=(-0.3, 0, 0), size=(0.2, 0.2), number=3)
    gone = decal("gone", "quad/0", centre=(0.3, 0, 0), size=(0.2, 0.2), number=4)
    labels = Labeller(store).label(replace(made, decals=(halved, whole, gone)))
    assert label_of(labels, "quad/0/halved/0").truncation == 0.5
    assert label_of(labels, "quad/0/whole/0").truncation == 0.0
    assert label_of(labels, "quad/0/gone/0").truncation == 1.0


def test_a_decal_on_a_see_through_thing_is_in_no_map():
    store = store_of(box=box(), quad=quad())
    made = scene(store, [("quad", at(0, 3, 0), True), ("box", at(0, 5, 0), True)])
    made = replace(made, instances=(replace(made.instances[0], see_through=True), made.instances[1]))
    labels = Labeller(store).label(replace(made, decals=(decal("mark", "quad/0", size=(0.4, 0.4)),)))
    mark = label_of(labels, "quad/0/mark/0")
    assert (mark.mask_px, mark.see_through, mark.on) == (64, True, 1)
    assert set(np.unique(labels.instance_map)) == {0, 2}


def test_the_bearer_may_have_no_label_and_decals_change_nothing_else():
    store = store_of(sphere=sphere(3), box=box())
    made = scene(store, [("sphere", at(0, 4, 0), False), *(("box", at(x, 4, 1, 0.2), True) for x in (-1, 0, 1))])
    with_one = replace(made, decals=(decal("mark", "sphere/0", centre=(0, -1, 0), depth_m=0.2),))
    labels, without = (Labeller(store).label(one) for one in (with_one, made))
    mark = labels.instances[-1]
    assert (mark.on, mark.mask_px) == (0, (labels.instance_map == 9).sum())
    same_bits(replace(labels, instances=labels.instances[:-1], **maps(without)), without)
    assert (labels.instance_map[labels.instance_map != 9] == without.instance_map[labels.instance_map != 9]).all()


def maps(labels) -> dict[str, np.ndarray]:
    return {"instance_map": labels.instance_map, "category_map": labels.category_map}


def test_a_picture_fades_over_half_a_texel_at_its_border_and_is_bilinear_within():
    image = np.zeros((3, 5, 4), np.uint8)
    image[:, :, 3] = np.arange(15, dtype=np.uint8).reshape(3, 5) * 15 + 45
    inner = np.array([[0.31, 0.45], [0.5, 0.5], [0.88, 0.68]], np.float32)
    assert opacity(image, inner) == pytest.approx(bilinear(image[:, :, 3:], inner)[:, 0] / 255, abs=1e-6)
    opaque = np.full((3, 5, 4), 255, np.uint8)
    border = np.array([[0.0, 0.5], [1.0, 0.5], [0.5, 0.0], [0.0, 0.0], [0.1, 0.5], [0.05, 0.5]], np.float32)
    assert opacity(opaque, border) == pytest.approx([0.5, 0.5, 0.5, 0.25, 1.0, 0.75])
    assert opacity(opaque[:, :, :3], border) == pytest.approx(opacity(opaque, border))
    assert (opacity(opaque, np.array([[-0.2, 0.5], [0.5, 1.3]], np.float32)) == 0).all()
