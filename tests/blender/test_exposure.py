"""Depth of field, motion blur and pairs of eyes against their formulas, measured on a bright square in the dark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Asset, Material
from synthvision.labels import Labeller
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import Camera, Scene, World
from synthvision.scene.types import Lens
from tests.blender.scenes import FakeStore, at, camera, make_scene, plane, thing

SIDE_M = 0.02
SPOT = plane(SIDE_M)
GLOW = Material("glow", (0.0, 0.0, 0.0), emission_w_m2=(1.0, 1.0, 1.0))
FOCAL_PX = 100.0
VIEW = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(96, 96), focal_px=FOCAL_PX)
STRAIGHT = Lens("brown_conrady", (0.0, 0.0, 0.0, 0.0))
LENSES = {"pinhole": None, "shader": STRAIGHT}


@pytest.fixture(scope="module")
def renderer(store: FakeStore) -> BlenderRenderer:
    store.assets[SPOT.content_hash] = Asset(SPOT, (Material(),))
    return BlenderRenderer(RenderSettings(512, 0.0, "none", device="cpu"), store.as_store())


def spot(view: Camera, z: float = 0.0, x: float = 0.0) -> Scene:
    """A bright square that faces the camera."""
    return make_scene(thing("spot/0", SPOT, at(x, 0.0, z), GLOW), lights=(), world=World(), view=view)


def spread(pixels: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return how much light there is, its middle (x, y) and its variance (x, y), pixels."""
    light = pixels[:, :, 0].astype(np.float64)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]] + 0.5
    total = light.sum()
    middle = np.array([(x * light).sum(), (y * light).sum()]) / total
    variance = np.array([((x - middle[0]) ** 2 * light).sum(), ((y - middle[1]) ** 2 * light).sum()]) / total
    return float(total), middle, variance


@pytest.mark.parametrize("lens", LENSES)
def test_blur_is_the_circle_of_confusion(renderer: BlenderRenderer, lens: str) -> None:
    sharp = replace(VIEW, lens=LENSES[lens])
    light, middle, still = spread(renderer.render(spot(sharp)).pixels)
    for focus_m, aperture_m in ((0.5, 0.08), (3.0, 0.1), (1.0, 0.1)):
        view = replace(sharp, aperture_m=aperture_m, focus_m=focus_m)
        total, at_, variance = spread(renderer.render(spot(view)).pixels)
        # A point at depth z becomes a disc of this radius, px; the variance of a disc is a quarter of its square.
        radius = FOCAL_PX * aperture_m * abs(1 / focus_m - 1 / 1.0)
        np.testing.assert_allclose(variance - still, radius**2 / 4, rtol=0.03, atol=0.02)
        np.testing.assert_allclose(at_, middle, atol=0.2)
        assert total == pytest.approx(light, rel=0.03)


def test_labels_are_of_the_pinhole(renderer: BlenderRenderer, store: FakeStore) -> None:
    labeller = Labeller(store.as_store())
    open_wide = replace(VIEW, aperture_m=0.1, focus_m=0.5, shutter_s=1.0, velocity_m_s=(1.0, 0.0, 0.0))
    one, other = labeller.label(spot(VIEW)), labeller.label(spot(open_wide))
    assert np.array_equal(one.scene_map, other.scene_map)
    assert (one.scene_map == 0).sum() == 4


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("mover", ["thing", "camera"])
def test_motion_blur_is_as_long_as_the_way(renderer: BlenderRenderer, lens: str, mover: str) -> None:
    velocity, shutter_s = 0.8, 0.25
    view = replace(VIEW, lens=LENSES[lens], shutter_s=shutter_s)
    rest = spot(view)
    _, middle, still = spread(renderer.render(rest).pixels)
    if mover == "thing":
        moving = replace(rest, instances=(replace(rest.instances[0], velocity_m_s=(velocity, 0.0, 0.0)),))
    else:
        moving = replace(rest, camera=replace(view, velocity_m_s=(velocity, 0.0, 0.0)))
    pixels = renderer.render(moving).pixels
    _, at_, variance = spread(pixels)
    length = velocity * shutter_s * FOCAL_PX / 1.0
    assert length == 20
    # Of an even line the variance is a twelfth of the square of its length; its middle is where the labels are.
    np.testing.assert_allclose(variance - still, [length**2 / 12, 0], rtol=0.03, atol=0.05)
    np.testing.assert_allclose(at_, middle, atol=0.15)
    assert np.array_equal(renderer.render(moving).pixels, pixels)


def test_things_and_camera_turn_about_themselves(renderer: BlenderRenderer) -> None:
    view = replace(VIEW, shutter_s=0.5)
    rest = spot(view, x=0.2)
    _, middle, still = spread(renderer.render(rest).pixels)
    spinning = replace(rest, instances=(replace(rest.instances[0], spin_deg_s=(0.0, 0.0, 180.0)),))
    _, at_, variance = spread(renderer.render(spinning).pixels)
    np.testing.assert_allclose(at_, middle, atol=0.05)
    np.testing.assert_allclose(variance, still, rtol=0.05)
    # The camera rolls about its axis by ±9°: the spot, 20 px off the axis, draws an arc.
    rolling = replace(rest, camera=replace(view, spin_deg_s=(0.0, 0.0, 36.0)))
    _, at_, variance = spread(renderer.render(rolling).pixels)
    half = np.radians(9)
    assert (at_ - 48)[0] == pytest.approx(20 * np.sin(half) / half, abs=0.1)
    assert (variance - still)[1] == pytest.approx(20**2 * (0.5 - np.sin(2 * half) / (4 * half)), rel=0.05)


def test_motion_is_cleared_with_its_frame(renderer: BlenderRenderer) -> None:
    rest = spot(replace(VIEW, shutter_s=0.25))
    before = renderer.render(rest).pixels
    assert not renderer.target.render.use_motion_blur
    moving = replace(rest, instances=(replace(rest.instances[0], velocity_m_s=(0.8, 0.0, 0.0)),))
    renderer.render(moving)
    assert renderer.target.render.use_motion_blur
    assert len(bpy.data.actions) == 1
    assert np.array_equal(renderer.render(rest).pixels, before)
    assert not renderer.target.render.use_motion_blur
    assert len(bpy.data.actions) == 0
    shut = replace(moving, camera=VIEW)
    assert np.array_equal(renderer.render(shut).pixels, before)


@pytest.mark.parametrize("z", [0.0, 0.4])
def test_disparity_of_a_pair(renderer: BlenderRenderer, store: FakeStore, z: float) -> None:
    baseline_m = 0.12
    pose = np.array(VIEW.camera_to_world)
    pose[:3, 3] += baseline_m * pose[:3, 0]
    right = replace(VIEW, camera_to_world=tuple(map(tuple, pose.tolist())))
    (_, left_x, _), (_, right_x, _) = (spread(renderer.render(spot(view, z)).pixels) for view in (VIEW, right))
    expected = FOCAL_PX * baseline_m / (1.0 - z)
    np.testing.assert_allclose(left_x - right_x, [expected, 0], atol=0.05)
    centres = [
        Labeller(store.as_store()).label(replace(spot(view, z), instances=labelled(spot(view, z)))).instances[0]
        for view in (VIEW, right)
    ]
    disparity = centres[0].corners_px.mean(axis=0) - centres[1].corners_px.mean(axis=0)
    np.testing.assert_allclose(disparity, [expected, 0], atol=1e-6)


def labelled(scene: Scene) -> tuple[object, ...]:
    return (replace(scene.instances[0], instance_id=1, category_id=1, category="spot"),)
