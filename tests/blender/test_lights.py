"""Lights shine with the watts, in the colour and from the direction that the scene says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Material, Texture
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import Light, World
from tests.blender.scenes import BALL, PLANE, FakeStore, camera, make_scene, thing

MATTE = Material("matte", (0.5, 0.25, 0.75), roughness=1.0, specular=0.0)
DARK = World((0.0, 0.0, 0.0))
DOWN = camera(eye=(0.0, 0.0, 3.0), target=(0.0, 0.0, 0.0), size=(33, 33), focal_px=400.0)
WHITE = (1.0, 1.0, 1.0)


def radiance_of_ground(renderer: BlenderRenderer, light: Light) -> np.ndarray:
    """Return the mean radiance (3,) of a few centimetres of matte ground at the origin."""
    scene = make_scene(thing("ground", PLANE, material=MATTE), lights=[light], world=DARK, view=DOWN)
    return renderer.render(scene).pixels.mean(axis=(0, 1))


def test_sun_of_irradiance_e_gives_e_albedo_over_pi(renderer: BlenderRenderer) -> None:
    sun = Light("sun", "sun", 5.0, WHITE)
    expected = 5.0 * np.array(MATTE.base_colour) / math.pi
    np.testing.assert_allclose(radiance_of_ground(renderer, sun), expected, rtol=1e-3)


def test_sun_falls_in_with_the_cosine_of_its_direction_and_in_its_colour(renderer: BlenderRenderer) -> None:
    sun = Light("sun", "sun", 5.0, (1.5, 1.0, 0.5), direction=(0.8, 0.0, -0.6))
    expected = 0.6 * 5.0 * np.array(MATTE.base_colour) * (1.5, 1.0, 0.5) / math.pi
    np.testing.assert_allclose(radiance_of_ground(renderer, sun), expected, rtol=1e-3)


@pytest.mark.parametrize("kind", ["point", "spot"])
def test_point_and_spot_of_p_watts_give_p_over_4_pi_squared(renderer: BlenderRenderer, kind: str) -> None:
    lamp = Light("lamp", kind, 100.0, WHITE, (0.0, 0.0, 2.0), size=0.001, cone_deg=60.0, blend=0.0)
    irradiance = 100.0 / (4 * math.pi * 2.0**2)  # a spot is a point light with a shade, whatever its cone
    expected = irradiance / math.pi * np.array(MATTE.base_colour)
    np.testing.assert_allclose(radiance_of_ground(renderer, lamp), expected, rtol=5e-3)


def test_area_disc_of_p_watts_gives_p_over_pi_squared(renderer: BlenderRenderer) -> None:
    lamp = Light("lamp", "area", 100.0, WHITE, (0.0, 0.0, 2.0), size=0.02)
    # A Lambertian disc sends P / pi W/sr along its axis.
    expected = 100.0 / math.pi / 2.0**2 / math.pi * np.array(MATTE.base_colour)
    np.testing.assert_allclose(radiance_of_ground(renderer, lamp), expected, rtol=1e-2)


def test_spot_lights_its_cone_only(renderer: BlenderRenderer) -> None:
    lamp = Light("lamp", "spot", 500.0, WHITE, (0.0, 0.0, 2.0), size=0.0, cone_deg=40.0, blend=0.0)
    view = camera(eye=(0.0, 0.0, 3.0), target=(0.0, 0.0, 0.0), size=(60, 60), focal_px=60.0)
    lit = (
        renderer.render(make_scene(thing("ground", PLANE), lights=[lamp], world=DARK, view=view)).pixels[:, :, 0] > 0.01
    )
    radius_px = 60.0 / 3.0 * 2.0 * math.tan(math.radians(20.0))
    assert np.count_nonzero(lit) == pytest.approx(math.pi * radius_px**2, rel=0.1)
    assert lit[30, 30]
    assert not lit[0].any()


def test_lit_side_of_a_ball_is_brighter(renderer: BlenderRenderer) -> None:
    sun = Light("sun", "sun", 3.0, WHITE, direction=(1.0, 0.0, 0.0))
    view = camera(eye=(0.0, -1.0, 0.2), target=(0.0, 0.0, 0.2), size=(64, 64), focal_px=100.0)
    world = World((0.02, 0.02, 0.02))
    pixels = renderer.render(
        make_scene(thing("ball/0", BALL, material=MATTE), lights=[sun], world=world, view=view)
    ).pixels
    assert pixels[32, 20].mean() > 10 * pixels[32, 44].mean()  # light comes from -x, which is on the left


def test_lamps_are_not_in_the_picture(renderer: BlenderRenderer) -> None:
    lamps = [
        Light("disc", "area", 10.0, WHITE, (0.0, 0.0, 2.0), size=2.0),
        Light("bulb", "point", 10.0, WHITE, (0.0, 0.0, 1.5), size=0.5),
    ]
    up = camera(eye=(0.0, 0.0, 0.1), target=(0.0, 0.0, 1.0), size=(32, 32))
    pixels = renderer.render(make_scene(thing("ground", PLANE), lights=lamps, world=DARK, view=up)).pixels
    assert pixels.max() == 0.0
    down = camera(eye=(0.0, 0.0, 3.0), target=(0.0, 0.0, 0.0), size=(32, 32))
    scene = make_scene(thing("ground", PLANE, material=MATTE), lights=lamps[:1], world=DARK, view=down)
    middle = renderer.render(scene).pixels[16, 16]
    irradiance = 10.0 / (math.pi * (2.0**2 + 1.0**2))  # of a disc on its axis: P / (pi (d² + r²))
    np.testing.assert_allclose(middle, irradiance / math.pi * np.array(MATTE.base_colour), rtol=0.1)


def test_plain_world_lights_and_is_seen(renderer: BlenderRenderer) -> None:
    world = World((0.2, 0.4, 0.6), strength=0.5)
    view = camera(eye=(0.0, -2.0, 1.0), target=(0.0, 0.0, 1.0), size=(32, 32))
    scene = make_scene(thing("ground", PLANE, material=MATTE), lights=[], world=world, view=view)
    pixels = renderer.render(scene).pixels
    np.testing.assert_allclose(pixels[0, 0], (0.1, 0.2, 0.3), rtol=1e-6)
    # An open plane under radiance L everywhere has irradiance pi L.
    expected = np.array((0.1, 0.2, 0.3)) * MATTE.base_colour
    np.testing.assert_allclose(pixels[-8:].mean(axis=(0, 1)), expected, rtol=0.03)


@pytest.mark.parametrize("rotation_deg", [0.0, 90.0, -30.0])
def test_environment_is_seen_where_the_scene_says(
    renderer: BlenderRenderer, store: FakeStore, rotation_deg: float
) -> None:
    width, height, column, row = 128, 64, 80, 24
    sky = np.full((height, width, 3), (0.1, 0.2, 0.3), np.float32)
    sky[row, column] = (50.0, 40.0, 30.0)
    store.environments["spot"] = sky
    # The middle column is seen towards +X, columns further right towards -Y; turning is counter-clockwise from above.
    azimuth = (0.5 - (column + 0.5) / width) * 2 * math.pi + math.radians(rotation_deg)
    elevation = math.pi / 2 - (row + 0.5) / height * math.pi
    flat = math.cos(elevation)
    towards = (flat * math.cos(azimuth), flat * math.sin(azimuth), math.sin(elevation))
    view = camera(eye=(0.0, 0.0, 0.0), target=towards, size=(65, 65), focal_px=300.0)
    world = World(environment=Texture("generated", "spot"), rotation_deg=rotation_deg, strength=2.0)
    pixels = renderer.render(make_scene(lights=[], world=world, view=view)).pixels
    # One texel is 15 px: around the middle of the image it is at its full light, exactly in the middle.
    rows, columns = np.nonzero(pixels[:, :, 0] > 90.0)
    assert (rows.mean(), columns.mean()) == pytest.approx((32, 32), abs=0.6)
    np.testing.assert_allclose(pixels[32, 32], (100.0, 80.0, 60.0), rtol=0.05)
    np.testing.assert_allclose(pixels[0, 0], (0.2, 0.4, 0.6), rtol=1e-5)


def test_bright_spot_of_an_environment_casts_light_from_its_side(renderer: BlenderRenderer, store: FakeStore) -> None:
    sky = np.full((64, 128, 3), 0.02, np.float32)
    sky[30:34, 62:66] = 400.0  # towards +X, at the horizon
    store.environments["lamp"] = sky
    view = camera(eye=(0.0, -1.0, 0.2), target=(0.0, 0.0, 0.2), size=(64, 64), focal_px=100.0)
    scene = make_scene(thing("ball/0", BALL, material=MATTE), lights=[], view=view)
    scene = replace(scene, world=World(environment=Texture("generated", "lamp")))
    pixels = renderer.render(scene).pixels
    assert pixels[32, 44].mean() > 5 * pixels[32, 20].mean()  # +X is on the right
