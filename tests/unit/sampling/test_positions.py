from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from synthvision.errors import FrameError, PlacementError
from synthvision.recipe.distributions import FrustumExtent, OnMesh
from synthvision.sampling.bodies import Body
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Looks
from synthvision.sampling.placing import Around, Arrangement
from synthvision.sampling.placing.frustum import in_frustum
from synthvision.sampling.placing.positions import Elsewhere
from synthvision.sampling.shapes import Shape, ShapeStore
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from synthvision.scene import Camera, Lens
from synthvision.scene.lenses import distort
from synthvision.scene.poses import (
    as_array,
    as_matrix,
    identity,
    inverse,
    multiply,
    scaling,
    transform_points,
    translation,
)
from tests.unit.sampling.test_bodies import overlap_by_brute_force
from tests.unit.sampling.test_placing import bodies, scenes
from tests.unit.sampling.worlds import CAMERA, SOLIDS, SmallCatalog, SmallStore, group, mesh_of, recipe, sampler

CAM = Camera(200, 100, 150.0, 120.0, 90.0, 60.0, as_matrix(identity()))


def points_in_frustum(camera: Camera, margin: float = 0.0, cells: int = 20) -> np.ndarray:
    """A point for each cell of a regular grid of the unit cube."""
    extent = FrustumExtent(depth_m=(0.5, 2.0), margin=margin)
    mids = (np.arange(cells) + 0.5) / cells
    return np.array([in_frustum(camera, extent, u, v, w) for u in mids for v in mids for w in mids])


def test_the_frustum_is_uniform_in_volume() -> None:
    x, y, z = points_in_frustum(CAM, cells=40).T
    # Shares of the volume nearer than a depth grow with its cube.
    for depth in (0.8, 1.2, 1.7):
        assert (z < depth).mean() == pytest.approx((depth**3 - 0.5**3) / (2**3 - 0.5**3), abs=0.03)
    # A box inside the frustum has as many points as another of its size elsewhere in it.
    assert ((z >= 0.5) & (z <= 2)).all()
    near = (np.abs(x) < 0.3) & (np.abs(y) < 0.25) & (np.abs(z - 1.1) < 0.3)
    far = (np.abs(x) < 0.3) & (np.abs(y) < 0.25) & (np.abs(z - 1.7) < 0.3)
    assert near.sum() == pytest.approx(far.sum(), rel=0.1)


@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_the_frustum_is_inside_the_image_but_for_its_margin(margin: float) -> None:
    x, y, z = points_in_frustum(CAM, margin).T
    column, row = CAM.fx * x / z + CAM.cx, CAM.fy * y / z + CAM.cy
    half = (0.5 - margin) / 20
    assert (column.min() / 200, column.max() / 200) == pytest.approx((margin + half, 1 - margin - half))
    assert (row.min() / 100, row.max() / 100) == pytest.approx((margin + half, 1 - margin - half))


def test_the_frustum_of_an_orthographic_camera_is_a_box() -> None:
    flat = Camera(200, 100, 50.0, 50.0, 100.0, 50.0, as_matrix(identity()), orthographic=True)
    x, y, z = points_in_frustum(flat).T
    assert (x.min(), x.max()) == pytest.approx((-1.9, 1.9))
    assert (y.min(), y.max()) == pytest.approx((-0.95, 0.95))
    assert np.histogram(z, bins=20, range=(0.5, 2))[0].tolist() == [400] * 20


LENSES = {
    "barrel": Lens("brown_conrady", (-0.3, 0.1, 0.001, -0.002, 0.01)),
    "pincushion": Lens("brown_conrady", (0.15, 0.05, -0.003, 0.002)),
    "rational": Lens("brown_conrady", (0.5, -2.72, 0.0005, -0.0002, 1.59, 0.374, -2.54, 1.52)),
    "fisheye": Lens("kannala_brandt", (-0.02, 0.01, -0.003, 0.0004)),
    "equidistant": Lens("kannala_brandt", (0.0, 0.0, 0.0, 0.0)),
}


def projected(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Where OpenCV sees points (N, 3) of the camera's axes: (N, 2), pixels."""
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    assert camera.lens is not None
    coefficients = np.array(camera.lens.coefficients)
    if camera.lens.model == "kannala_brandt":
        return cv2.fisheye.projectPoints(points[None], np.zeros(3), np.zeros(3), matrix, coefficients)[0][0]
    return cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, coefficients)[0][:, 0]


@pytest.mark.parametrize("margin", [0.0, 0.1])
@pytest.mark.parametrize("lens", LENSES)
def test_what_is_in_the_frustum_is_in_the_image_of_the_lens(lens: str, margin: float) -> None:
    camera = replace(CAM, lens=LENSES[lens])
    column, row = projected(camera, points_in_frustum(camera, margin, cells=9)).T
    assert column.min() >= 200 * margin - 1e-4
    assert row.min() >= 100 * margin - 1e-4
    assert column.max() <= 200 * (1 - margin) + 1e-4
    assert row.max() <= 100 * (1 - margin) + 1e-4
    # It is all of the image, not a part of it that is safe.
    assert column.max() - column.min() > 0.85 * 200 * (1 - 2 * margin)
    assert row.max() - row.min() > 0.85 * 100 * (1 - 2 * margin)


@pytest.mark.parametrize("lens", LENSES)
def test_the_frustum_of_a_lens_is_uniform_in_volume(lens: str) -> None:
    camera = replace(CAM, lens=LENSES[lens])
    flat = FrustumExtent(depth_m=(1.0, 1.0 + 1e-9), margin=0.05)
    # Evenly spread and without rows (M. Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018).
    evenly = (np.arange(4000)[:, None] * (0.7548776662466927, 0.5698402909980532) + 0.5) % 1
    x, y, _ = np.array([in_frustum(camera, flat, u, v, 0.5) for u, v in evenly]).T
    # Of an even grid of rays, those that the image sees say how many points are to be expected anywhere.
    half = 1.02 * np.abs(np.concatenate([x, y])).max()
    along = np.linspace(-half, half, 801)
    rays = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    with np.errstate(invalid="ignore"):
        seen = distort(camera.lens, rays) * (camera.fx, camera.fy) + (camera.cx, camera.cy)
        inside = ((seen > (10, 5)) & (seen < (190, 95))).all(axis=1)
    edges = np.linspace(-half, half, 7)
    found = np.histogram2d(x, y, (edges, edges))[0] / len(x)
    expected = np.histogram2d(*rays[inside].T, (edges, edges))[0] / inside.sum()
    np.testing.assert_allclose(found, expected, atol=0.002)
    assert expected.max() > 0.02


def test_a_lens_that_sees_nothing_of_the_image_is_named() -> None:
    beside = replace(CAM, cx=-5000.0, lens=LENSES["fisheye"])
    with pytest.raises(
        FrameError,
        match=r"^camera: frustum must be of an image that the lens sees a part of, got kannala_brandt that does not$",
    ):
        in_frustum(beside, FrustumExtent(depth_m=(1, 2)), 0.5, 0.5, 0.5)


@pytest.mark.parametrize("lens", [{"brown_conrady": {"k1": -0.25, "k2": 0.05}}, {"kannala_brandt": {"k1": 0.02}}])
def test_things_in_the_frustum_are_in_the_image_of_the_lens(lens: dict[str, Any]) -> None:
    floating = group(asset="ball", scale=0.2, count=20, place={"in": {"frustum": {"depth_m": [0.3, 1.0], "margin": 0}}})
    for scene in scenes(3, objects=[floating], camera=CAMERA | {"fov_deg": 90, "lens": lens}, ground=None):
        middles = np.array([body.bounds.mean(axis=0) for body in bodies(scene)])
        eye = inverse(as_array(scene.camera.camera_to_world))
        image = projected(scene.camera, transform_points(eye, middles))
        assert ((image > -1e-3) & (image < (640.001, 480.001))).all()


def test_things_in_the_frustum_are_seen_and_clear_of_the_camera_and_each_other() -> None:
    floating = group(asset=["can", "box"], count=15, place={"in": {"frustum": {"depth_m": [0.05, 1.0]}}})
    for scene in scenes(3, objects=[floating], camera=CAMERA | {"clip_m": 0.03}):
        found = bodies(scene)
        eye = as_array(scene.camera.camera_to_world)
        middles = np.array([body.bounds.mean(axis=0) for body in found])
        x, y, z = transform_points(inverse(eye), middles).T
        assert (z >= 0.05 - 1e-9).all()
        assert (np.abs(scene.camera.fx * x / z) <= 0.4501 * scene.camera.width_px).all()
        assert (np.abs(scene.camera.fy * y / z) <= 0.4501 * scene.camera.height_px).all()
        for body in found:
            assert body.distance(eye[:3, 3]) > 0.03
            assert not body.contains(eye[:3, 3])
            assert body.bounds[0, 2] > 0
        for number, body in enumerate(found):
            assert not any(overlap_by_brute_force(body, other) for other in found[:number])


def around(*standing: Body) -> Around:
    arrangement = Arrangement()
    for body in standing:
        arrangement.add("thing", body)
    return Around(arrangement, None, lambda _: np.zeros((1, 1, 3), np.uint8))


def drawn(surface: dict[str, Any], count: int, *standing: Body) -> np.ndarray:
    declared = OnMesh.model_validate({"on_surface": {"of": "thing"} | surface})
    sources = Sources(recipe(), SmallCatalog(), Streams(1))  # type: ignore[arg-type]
    looks = Looks(sources, SmallStore(), ShapeStore())  # type: ignore[arg-type]
    owner = Group("x", 0, recipe().objects[0], Draws(Streams(1), 0), looks)
    elsewhere = Elsewhere(around(*standing), owner)
    return np.array([elsewhere.of(Draws(Streams(1), frame))(declared, "p") for frame in range(count)])


def test_points_on_a_surface_are_uniform_in_area() -> None:
    small = Body(Shape(mesh_of(SOLIDS["table"]({}))), identity())
    large = Body(small.shape, multiply(translation(5, 0, 0), scaling(2)))
    points = drawn({}, 4096, small, large)
    is_large = points[:, 0] > 2
    # Twice the size is four times the area.
    assert is_large.mean() == pytest.approx(0.8, abs=0.01)
    on_top = np.abs(points[~is_large][:, 2] - 0.3) < 1e-6
    assert on_top.mean() == pytest.approx(0.24 / (2 * (0.24 + 0.18 + 0.12)), abs=0.04)
    top = points[is_large][np.abs(points[is_large][:, 2] - 0.6) < 1e-6]
    cells, _, _ = np.histogram2d(top[:, 0], top[:, 1], bins=(4, 4), range=[[4.4, 5.6], [-0.4, 0.4]])
    # 24.996: the 95 % point of chi-square with 15 degrees of freedom.
    assert ((cells - len(top) / 16) ** 2 / (len(top) / 16)).sum() < 24.996


def test_an_offset_is_outwards_and_up_only_is_what_faces_up() -> None:
    ball = Body(Shape(mesh_of(SOLIDS["ball"]({}))), multiply(translation(0, 0, 1), scaling(10)))
    middle = np.array([0, 0, 1.4])
    distances = np.linalg.norm(drawn({"offset_m": 0.2}, 200, ball) - middle, axis=1)
    assert distances == pytest.approx(0.6, abs=0.02)
    up = drawn({"up_only": True}, 200, ball) - middle
    assert (up[:, 2] / np.linalg.norm(up, axis=1)).min() > 0.42


def test_the_ground_is_a_surface_too() -> None:
    place = {"in": {"on_surface": {"of": "ground", "offset_m": 0.1}}}
    drawn_scenes = scenes(40, objects=[group(asset="ball", place=place)], ground={"size_m": 4})
    points = np.array([bodies(scene)[0].bounds.mean(axis=0) for scene in drawn_scenes])
    assert points[:, 2] == pytest.approx(0.1)
    assert np.abs(points[:, :2]).max() <= 2
    assert points[:, 0].std() == pytest.approx(4 / np.sqrt(12), rel=0.15)


def test_things_hang_on_things() -> None:
    tree = group(name="tree", asset="can", category="base", scale=5, place={"at_m": [0, 0, 0]})
    fruit = group(
        name="fruit", asset="ball", count=12, scale=0.5, place={"in": {"on_surface": {"of": "tree", "offset_m": 0.03}}}
    )
    for scene in scenes(2, objects=[fruit, tree]):
        (trunk,) = bodies(scene, "tree/")
        for body in bodies(scene, "fruit/"):
            assert trunk.distance(body.bounds.mean(axis=0)) == pytest.approx(0.03, abs=1e-6)
            assert not overlap_by_brute_force(body, trunk)


def test_what_cannot_be_there_is_named() -> None:
    on_surface = {"in": {"on_surface": {"of": "can"}}}
    can = group(name="can", asset="can", place={"at_m": [0, 0, 0]})
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'ball': each of the 1 instances must find a free place within 100 tries, got 0"
        r" placed; ask for fewer or smaller objects, or for a larger region, or for more offset_m$",
    ):
        sampler(objects=[can, group(asset="ball", place=on_surface)]).draw(0)
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'ball': on_surface\.of must be of things in the frame with a surface, got 'can',"
        r" which has none$",
    ):
        sampler(objects=[can | {"count": 0}, group(asset="ball", place=on_surface)]).draw(0)
