"""Labels through lenses and of orthographic cameras, against brute force over all triangles and closed forms."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.assets.types import Material, Texture
from synthvision.labels import Labeller
from synthvision.labels.batches import batchable
from synthvision.labels.projection import project, projected_windows
from synthvision.labels.types import Maps
from synthvision.scene import Camera
from synthvision.scene.types import Lens
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, box, quad, scene, sphere

BARREL = Lens("brown_conrady", (-0.3, 0.1, 0.004, -0.003, 0.01))
FOLDED = Lens("brown_conrady", (-0.35, 0.0, 0.0, 0.0))
FISHEYE = Lens("kannala_brandt", (-0.02, 0.01, -0.003, 0.0004))
PLAIN = Camera(96, 72, 60.0, 62.0, 46.0, 37.0, LOOKING_ALONG_Y)
CAMERAS = {
    "barrel": replace(PLAIN, lens=BARREL),
    "folded": replace(PLAIN, lens=FOLDED),
    "fisheye": replace(PLAIN, fx=33.0, fy=32.0, lens=FISHEYE),
    "orthographic": replace(PLAIN, fx=14.0, fy=15.0, orthographic=True),
}


def rays(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return origins and directions (H·W, 3) with z = 1 in camera axes, by OpenCV; NaN where nothing is seen."""
    x, y = np.meshgrid(np.arange(camera.width_px) + 0.5, np.arange(camera.height_px) + 0.5)
    image = np.stack([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy], axis=2).reshape(-1, 2)
    ones = np.ones((len(image), 1))
    if camera.orthographic:
        return np.concatenate([image, 0 * ones], axis=1), np.broadcast_to([0.0, 0.0, 1.0], (len(image), 3))
    assert camera.lens is not None
    coefficients, identity = np.array(camera.lens.coefficients), np.eye(3)
    if camera.lens.model == "kannala_brandt":
        slopes = cv2.fisheye.undistortPoints(image[None], identity, coefficients)[0]
    else:
        slopes = cv2.undistortPointsIter(image[:, None], identity, coefficients, identity, identity, (3, 900, 1e-13))
        slopes = slopes[:, 0]
        points = np.concatenate([slopes, ones], axis=1)
        again = cv2.projectPoints(points, np.zeros(3), np.zeros(3), identity, coefficients)[0][:, 0]
        slopes[np.abs(again - image).max(axis=1) > 1e-6] = np.nan
        if camera.lens is FOLDED:
            slopes[np.hypot(*image.T) > (1 / 1.05) ** 0.5 * 2 / 3] = np.nan
    return np.zeros((len(image), 3)), np.concatenate([slopes, ones], axis=1)


def brute_force(made, store: HandMadeStore, *, only: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return scene map and depth (H, W) by every ray against every triangle (Möller and Trumbore, 1997), in float64."""
    camera = made.camera
    origins, directions = rays(camera)
    nearest, seen = np.full(len(origins), np.inf), np.full(len(origins), -1)
    to_camera = np.linalg.inv(np.array(camera.camera_to_world))
    for index, instance in enumerate(made.instances):
        if only not in {None, index}:
            continue
        mesh = store.asset(made.meshes[instance.mesh]).mesh
        pose = to_camera @ np.array(instance.object_to_world)
        corners = (mesh.vertices.astype(float) @ pose[:3, :3].T + pose[:3, 3])[mesh.triangles]
        for a, b, c in corners:
            first, second = b - a, c - a
            across = np.cross(directions, second)
            determinant = across @ first
            with np.errstate(all="ignore"):
                offset = origins - a
                u = (offset * across).sum(axis=1) / determinant
                turned = np.cross(offset, first)
                v = (directions * turned).sum(axis=1) / determinant
                depth = turned @ second / determinant
                hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (depth > camera.clip_m) & (depth < nearest)
            nearest[hit], seen[hit] = depth[hit], index
    shape = camera.height_px, camera.width_px
    return seen.reshape(shape), np.where(seen < 0, 0, nearest).reshape(shape)


def crowd(store: HandMadeStore, camera: Camera):
    random = np.random.default_rng(11)  # noqa: TID251 - a Generator with a fixed seed
    kinds, things = list(store.assets), []
    for number in range(24):
        turn = Rotation.from_quat(random.standard_normal(4)).as_matrix()
        pose = at(*random.uniform((-4, 2.5, -3), (4, 6, 3)), random.uniform(0.3, 1.6), turn)
        things.append((kinds[number % len(kinds)], pose, True))
    return scene(store, things, camera)


@pytest.mark.parametrize("name", CAMERAS)
def test_a_crowd_is_as_brute_force_has_it(name: str) -> None:
    store = HandMadeStore(box=box(), quad=quad(), sphere=sphere(1))
    made = crowd(store, CAMERAS[name])
    labels = Labeller(store).label(made)
    seen, depth = brute_force(made, store)
    differs = labels.scene_map != seen
    # Float32 against float64: at most a pixel or two at grazing edges.
    assert differs.sum() <= 2
    np.testing.assert_allclose(labels.depth[~differs], depth[~differs], rtol=1e-4)
    assert (seen >= 0).mean() > 0.15
    assert len(np.unique(seen)) > 15
    for index in range(0, 24, 5):
        alone, _ = brute_force(made, store, only=index)
        label = labels.instances[index]
        mask = np.zeros(alone.shape, bool)
        if label.amodal_bbox is not None:
            x0, y0, x1, y1 = label.amodal_bbox
            mask[y0:y1, x0:x1] = label.amodal_mask
        assert (mask != (alone >= 0)).sum() <= 1


@pytest.mark.parametrize("name", CAMERAS)
def test_distance_and_normals_go_by_the_same_rays(name: str) -> None:
    store = HandMadeStore(box=box(), quad=quad(), sphere=sphere(5))
    turn = Rotation.from_euler("xyz", [20, 10, 30], degrees=True).as_matrix()
    things = [("sphere", at(-1.2, 5, 0.4), True), ("quad", at(1, 5, -0.3, 2.0, turn), True)]
    made = scene(store, things, CAMERAS[name])
    labels = Labeller(store).label(made)
    origins, directions = (part.reshape(*labels.depth.shape, 3) for part in rays(made.camera))
    there = labels.scene_map >= 0
    lengths = np.linalg.norm(directions, axis=2)
    np.testing.assert_allclose(labels.distance[there], (labels.depth * lengths)[there], rtol=1e-5)
    assert (labels.distance[~there] == 0).all()
    assert ((labels.normals * directions).sum(axis=2)[there] < 0).all()
    ball = labels.scene_map == 0
    points = origins + directions * labels.depth[..., None]
    outward = points[ball] - [-1.2, -0.4, 5]
    assert ball.sum() > 100
    assert np.abs(labels.normals[ball] - outward).max() < 0.02
    to_camera = np.linalg.inv(LOOKING_ALONG_Y)[:3, :3]
    np.testing.assert_allclose(
        np.abs(labels.normals[labels.scene_map == 1] @ to_camera @ turn @ [0, -1, 0]), 1, atol=1e-5
    )


@pytest.mark.parametrize("name", CAMERAS)
def test_together_and_one_by_one_and_without_points_are_the_same_to_the_last_bit(name: str) -> None:
    holed = quad(Material(base_colour_texture=Texture("generated", "stripes"), alpha_cutoff=0.5))
    store = HandMadeStore(box=box(), quad=quad(), sphere=sphere(1), holed=holed)
    stripes = np.full((8, 8, 4), 255, np.uint8)
    stripes[:, 4:, 3] = 0
    store.images["stripes"] = stripes
    made = crowd(store, CAMERAS[name])
    together, alone = Labeller(store, small_px=1 << 20), Labeller(store, small_px=0)
    assert sum(map(len, batchable(together.place(made), frozenset(), 1 << 20))) >= 15
    one, other, bare = together.label(made), alone.label(made), alone.label(made, maps=Maps())
    for part in ("distance", "normals"):
        assert getattr(one, part).tobytes() == getattr(other, part).tobytes()
    for part in ("instance_map", "depth", "scene_map"):
        assert getattr(one, part).tobytes() == getattr(other, part).tobytes() == getattr(bare, part).tobytes()
    for same in zip(one.instances, other.instances, bare.instances, strict=True):
        assert len({(each.bbox, each.mask_px, each.amodal_px, each.truncation) for each in same}) == 1


@pytest.mark.parametrize("name", CAMERAS)
def test_windows_hold_every_pixel_that_a_hull_covers(name: str) -> None:
    """Points of random clouds, seen where ``project`` says, must lie in the window of their cloud."""
    camera = CAMERAS[name]
    random = np.random.default_rng(5)  # noqa: TID251 - a Generator with a fixed seed
    clouds = random.uniform((-3, -2, 1), (3, 2, 6), (40, 1, 3)) + random.uniform(-0.5, 0.5, (40, 8, 3))
    windows = projected_windows(camera, clouds.swapaxes(1, 2))
    weights = random.dirichlet(np.ones(8), 400)
    for cloud, (x0, y0, x1, y1) in zip(clouds, windows, strict=True):
        points = project(camera, weights @ cloud)
        points = points[~np.isnan(points[:, 0])]
        points = points[((points >= 0) & (points < [camera.width_px, camera.height_px])).all(axis=1)]
        pixels = np.floor(points)  # a window is about pixel centres: leave its border rows to chance
        assert (pixels >= [x0 - 1, y0 - 1]).all()
        assert (pixels <= [x1, y1]).all()


def test_project_is_opencvs() -> None:
    random = np.random.default_rng(2)  # noqa: TID251 - a Generator with a fixed seed
    points = random.uniform((-2, -1.5, 2), (2, 1.5, 6), (50, 3))
    for name in ("barrel", "fisheye"):
        camera = CAMERAS[name]
        matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
        coefficients = np.array(camera.lens.coefficients)
        function = cv2.fisheye.projectPoints if name == "fisheye" else cv2.projectPoints
        theirs = function(points[:, None], np.zeros(3), np.zeros(3), matrix, coefficients)[0].reshape(-1, 2)
        np.testing.assert_allclose(project(camera, points), theirs, atol=1e-8)
    flat = project(CAMERAS["orthographic"], np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 300.0], [1.0, 2.0, -1.0]]))
    assert flat[0].tolist() == flat[1].tolist() == [46 + 14, 37 + 30]
    assert np.isnan(flat[2]).all()


def test_what_a_lens_does_not_see_is_no_label() -> None:
    store = HandMadeStore(quad=quad())
    made = scene(store, [("quad", at(0, 2, 0, 100.0), True)], CAMERAS["folded"])
    labels = Labeller(store).label(made)
    x, y = np.meshgrid(np.arange(96) + 0.5, np.arange(72) + 0.5)
    radius = np.hypot((x - 46) / 60, (y - 37) / 62)
    sees = radius < (1 / 1.05) ** 0.5 * 2 / 3  # the image radius at the fold, 2/3 of its slope
    assert (labels.instance_map > 0).tolist() == sees.tolist()
    assert 0.5 < sees.mean() < 0.95
    assert labels.instances[0].mask_px == sees.sum()
    assert np.isnan(labels.instances[0].corners_px).all()
    assert np.isfinite(labels.distance).all()


def test_truncation_of_an_orthographic_camera_is_a_share_of_area() -> None:
    camera = Camera(64, 48, 20.0, 20.0, 32.0, 24.0, LOOKING_ALONG_Y, orthographic=True)
    store = HandMadeStore(quad=quad())
    label = Labeller(store).label(scene(store, [("quad", at(1.6 + 0.25, 3, 0), True)], camera)).instances[0]
    assert label.amodal_px == 5 * 20
    assert label.truncation == 0.75


@pytest.mark.parametrize("lens", [BARREL, FOLDED, FISHEYE])
def test_truncation_through_a_lens_is_about_the_pinholes(lens: Lens) -> None:
    """A lens that hardly bends in the middle leaves a small thing at a near edge as it is."""
    camera = Camera(64, 48, 200.0, 200.0, 32.0, 24.0, LOOKING_ALONG_Y)
    store = HandMadeStore(box=box())
    made = scene(store, [("box", at(0.32, 2, 0.0, 0.1), True), ("box", at(0.9, 2, 0, 0.1), True)], camera)
    pinhole = Labeller(store).label(made).instances
    bent = Labeller(store).label(replace(made, camera=replace(camera, lens=lens))).instances
    assert 0.3 < pinhole[0].truncation < 0.7
    assert bent[0].truncation == pytest.approx(pinhole[0].truncation, abs=0.06)
    assert bent[1].truncation == pinhole[1].truncation == 1.0
