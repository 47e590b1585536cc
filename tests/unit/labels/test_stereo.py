"""Disparity and what the other eye sees, against brute force and a second picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.assets import AssetStore, Material, Texture
from synthvision.labels import Labeller, Maps, back_projected
from synthvision.labels.stereo import other_eye
from synthvision.recipe import load_recipe
from synthvision.render.preview import PreviewRenderer
from synthvision.sampling import SceneSampler
from synthvision.scene import Lens
from synthvision.sensor import develop
from tests.unit.labels.hand_made import HandMadeStore, at, box, quad, scene, sphere
from tests.unit.labels.test_decals import store_of
from tests.unit.labels.test_see_through import glazed

DISPARITY = Maps(disparity=True)
TILT = Rotation.from_euler("xyz", [20, -35, 70], degrees=True).as_matrix()


def cluttered(baseline_m):
    """Things of all kinds before a wall: curved, flat, see-through, behind each other, half outside the image."""
    store = HandMadeStore(box=box(), quad=quad(), sphere=sphere(2))
    things = [
        ("quad", at(0, 5, 0, 12), False),
        ("box", at(-0.6, 3, 0.2, 0.5, TILT), True),
        ("sphere", at(0.5, 2.5, -0.2, 0.3), True),
        ("quad", at(0.1, 2.0, 0.4, 0.3, TILT), True),
        ("box", at(1.4, 2.6, 0, 0.6), True),
        ("quad", at(0, 1.2, 0, 0.2), True),
    ]
    made = glazed(scene(store, things), "quad/5")
    return store, replace(made, camera=replace(made.camera, baseline_m=baseline_m))


@pytest.mark.parametrize("baseline_m", [0.25, -0.25])
def test_what_the_other_eye_sees_equals_brute_force(baseline_m):
    store, made = cluttered(baseline_m)
    labels = Labeller(store).label(made, maps=DISPARITY)
    mask, camera = labels.stereo_mask, made.camera
    columns = np.arange(camera.width_px) + 0.5 - np.sign(baseline_m) * camera.fx * 0.25 / labels.depth
    outside = (columns < 0) | (columns >= camera.width_px)
    assert (mask[outside] == 3).all()
    assert set(np.unique(mask[~outside])) == {1, 2}
    points = back_projected(camera, labels.depth)[~outside]
    hidden = crossed(store, made, points, np.array([baseline_m, 0, 0]))
    assert 30 < hidden.sum() < 1000
    assert ((mask[~outside] == 2) == hidden).mean() > 0.999


def crossed(store, made, points, eye):
    """Say for points (N, 3) in camera axes whether any opaque triangle is between them and an eye (both in float64)."""
    found = np.zeros(len(points), bool)
    to_camera = np.linalg.inv(np.array(made.camera.camera_to_world))
    for instance in made.instances:
        if instance.see_through:
            continue
        mesh = next(one.mesh for one in store.assets.values() if one.mesh.content_hash == instance.mesh)
        pose = to_camera @ np.array(instance.object_to_world)
        for a, b, c in (mesh.vertices @ pose[:3, :3].T + pose[:3, 3])[mesh.triangles]:
            # Where the ray eye + t (point - eye) meets the plane, as weights of the triangle's sides.
            ways = np.stack(
                [points - eye, np.broadcast_to(a - b, points.shape), np.broadcast_to(a - c, points.shape)], 2
            )
            fine = np.abs(np.linalg.det(ways)) > 1e-12
            t, u, v = np.linalg.solve(ways[fine], np.broadcast_to(a - eye, points[fine].shape)[:, :, None])[:, :, 0].T
            found[fine] |= (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 1 - 1e-4)
    return found


def test_disparity_is_focal_length_times_baseline_over_depth():
    store, made = cluttered(0.25)
    labels = Labeller(store).label(made, maps=DISPARITY)
    np.testing.assert_allclose(labels.disparity, 60 * 0.25 / labels.depth, rtol=1e-6)
    assert labels.disparity.dtype == np.float32
    nothing = Labeller(store).label(replace(made, instances=made.instances[1:]), maps=DISPARITY)
    assert ((nothing.disparity > 0) == (nothing.depth > 0)).all()
    assert ((nothing.stereo_mask > 0) == (nothing.depth > 0)).all()
    assert (nothing.depth == 0).any()


def test_left_and_right_are_consistent():
    store, made = cluttered(0.25)
    left = Labeller(store).label(made, maps=DISPARITY)
    other = replace(made, camera=other_eye(made.camera))
    assert other.camera.baseline_m == -0.25
    right = Labeller(store).label(other, maps=DISPARITY)
    rows, columns = np.nonzero(left.stereo_mask == 1)
    there = np.floor(columns + 0.5 - left.disparity[rows, columns]).astype(int)
    close = np.abs(right.disparity[rows, there] - left.disparity[rows, columns]) < 0.3
    assert close.mean() > 0.95  # the rest is half a pixel beside an edge
    hidden = left.stereo_mask == 2
    rows, columns = np.nonzero(hidden)
    there = np.floor(columns + 0.5 - left.disparity[rows, columns]).astype(int)
    # What hides a point is nearer, and so has a greater disparity.
    assert (right.disparity[rows, there] > left.disparity[rows, columns]).mean() > 0.9


def test_a_hole_hides_nothing():
    half = Material(base_colour_texture=Texture("generated", "half"), alpha_cutoff=0.5)
    store = store_of(holed=quad(half), quad=quad())
    wall = ("quad", at(0, 3.8, 0, 8), False)
    made = [scene(store, [(name, at(0, 2, 0), True), wall]) for name in ("holed", "quad")]
    made = [replace(one, camera=replace(one.camera, baseline_m=-0.5)) for one in made]
    holed, solid = (Labeller(store).label(one, maps=DISPARITY).stereo_mask for one in made)
    # The quad fills columns 17 … 47 and rows 9 … 39. Its shadow is 30 * (1 / 2 - 1 / 3.8) = 7.1 px wide, to its right.
    assert (solid[9:39, 47:54] == 2).all()
    assert (holed[9:39, 40:56] == 1).all()
    assert (holed[9:39, 32:39] == 2).all()


@pytest.mark.parametrize(
    "change", [{"baseline_m": 0.0}, {"lens": Lens("brown_conrady", (0.1, 0, 0, 0))}, {"orthographic": True}]
)
def test_without_a_pair_of_pinholes_there_is_no_disparity(change):
    store, made = cluttered(0.25)
    labels = Labeller(store).label(replace(made, camera=replace(made.camera, **change)), maps=DISPARITY)
    assert labels.depth.any()
    assert not labels.disparity.any()
    assert not labels.stereo_mask.any()


def test_the_right_picture_warped_is_the_left_one():
    overrides = ["camera.resolution=[160, 120]", "camera.stereo.baseline_m=0.15", "sensor.read_noise_e=0"]
    recipe = load_recipe("tabletop", [*overrides, "sensor.shot_noise=false"])
    store = AssetStore(recipe.folder)
    labeller, sampler = Labeller(store), SceneSampler(recipe, store, 0)
    left, right = (sampler.draw(index) for index in (0, 1))
    assert (left.camera.baseline_m, right.camera.baseline_m) == (0.15, -0.15)
    pictures = [
        develop(PreviewRenderer(store, labeller).render(one), one.sensor).astype(float) for one in (left, right)
    ]
    labels = labeller.label(left, maps=DISPARITY)
    warped = along_rows(pictures[1], np.arange(160) - labels.disparity)
    off = np.abs(warped - pictures[0]).mean(axis=2)
    both, hidden = labels.stereo_mask == 1, labels.stereo_mask == 2
    assert hidden.sum() > 100
    # A warp by nothing is far off, and so is one of what the other eye does not see.
    assert off[both].mean() < 3
    assert np.abs(pictures[1] - pictures[0]).mean(axis=2)[both].mean() > 3 * off[both].mean()
    assert off[hidden].mean() > 5 * off[both].mean()


def along_rows(picture, columns):
    """Look a picture up at columns (H, W) of the same rows, between pixels."""
    first = np.clip(np.floor(columns).astype(int), 0, picture.shape[1] - 2)
    share = (columns - first)[:, :, None]
    rows = np.arange(len(picture))[:, None]
    return picture[rows, first] * (1 - share) + picture[rows, first + 1] * share
