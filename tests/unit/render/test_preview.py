"""The preview's light against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets.types import Material, Texture
from synthvision.labels import Labeller
from synthvision.render.preview import PreviewRenderer
from synthvision.scene import Decal, Light, World
from tests.unit.labels.hand_made import IDENTITY, at, scene
from tests.unit.render.scenes import CAMERA, CENTRE, DARK, MATTE, rendered, store, wall_scene

WHITE = (1.0, 1.0, 1.0)
ALBEDO = np.array(MATTE.base_colour)
AHEAD = (0.0, 1.0, 0.0)
# The glossy lobe of a wall at roughness 1 takes a few per cent of the light.
CLOSE = 0.05


@pytest.mark.parametrize(
    ("light", "irradiance"),
    [
        (Light("l", "sun", 3.0, WHITE, direction=AHEAD), 3.0),
        (Light("l", "sun", 3.0, WHITE, direction=(0.6, 0.8, 0.0)), 3.0 * 0.8),
        (Light("l", "point", 100.0, WHITE, position_m=(0, 0.5, 0), size=0.05), 100 / (4 * np.pi * 1.5**2)),
        (
            Light("l", "spot", 100.0, WHITE, position_m=(0, 0.5, 0), direction=AHEAD, cone_deg=40),
            100 / (4 * np.pi * 1.5**2),
        ),
        (
            Light("l", "area", 100.0, WHITE, position_m=(0, 0.5, 0), direction=AHEAD, size=1.0),
            100 / (np.pi * (1.5**2 + 0.5**2)),
        ),
        (Light("l", "area", 100.0, WHITE, position_m=(0, 0.5, 0), direction=(0.0, -1.0, 0.0), size=1.0), 0.0),
    ],
)
def test_a_matte_wall_reflects_its_albedo_over_pi_of_the_irradiance(light, irradiance):
    shop = store()
    seen = rendered(shop, wall_scene(shop, light))[CENTRE]
    np.testing.assert_allclose(seen, ALBEDO * irradiance / np.pi, rtol=CLOSE, atol=1e-6)


def test_lights_add_up_and_have_their_colour():
    shop = store()
    red = Light("r", "sun", 2.0, (1.0, 0.0, 0.0), direction=AHEAD)
    blue = Light("b", "point", 50.0, (0.0, 0.0, 1.0), position_m=(0.3, 0.5, 0))
    both = rendered(shop, wall_scene(shop, red, blue))
    parts = rendered(shop, wall_scene(shop, red)) + rendered(shop, wall_scene(shop, blue))
    np.testing.assert_allclose(both, parts, rtol=1e-5)
    assert both[CENTRE][1] == 0


def test_a_spot_ends_at_its_cone_with_cycles_smooth_edge():
    shop = store()
    spot = Light("l", "spot", 100.0, WHITE, position_m=(0, 0, 0), direction=AHEAD, cone_deg=30.0, blend=0.5)
    row = rendered(shop, wall_scene(shop, spot))[CENTRE[0], :, 0]
    tangents = (np.arange(65) + 0.5 - 32.5) / 60
    angles = np.degrees(np.arctan(tangents))
    assert (row[np.abs(angles) > 15] == 0).all()
    edge = np.cos(np.radians(15))
    inside = np.clip((np.cos(np.radians(angles)) - edge) / ((1 - edge) * 0.5), 0, 1)
    expected = 0.8 * 100 / (4 * np.pi**2 * 4) * np.cos(np.radians(angles)) ** 3 * inside**2 * (3 - 2 * inside)
    np.testing.assert_allclose(row, expected, rtol=CLOSE, atol=1e-3)


def test_even_surroundings_light_and_fill_the_background():
    shop = store()
    drawn = scene(shop, [("sphere", at(0, 4, 0), True)], CAMERA)
    ball = replace(drawn.instances[0], materials=(MATTE,))
    drawn = replace(drawn, instances=(ball,), lights=(), world=World((0.5, 1.0, 2.0), strength=2.0))
    image = rendered(shop, drawn)
    np.testing.assert_allclose(image[0, 0], (1.0, 2.0, 4.0))
    np.testing.assert_allclose(image[CENTRE], ALBEDO * (1.0, 2.0, 4.0), rtol=CLOSE)


def test_a_mirror_in_even_surroundings_reflects_its_colour():
    shop = store()
    metal = Material(base_colour=(0.9, 0.6, 0.3), metallic=1.0, roughness=0.1)
    image = rendered(shop, wall_scene(shop, world=World(WHITE), material=metal))
    np.testing.assert_allclose(image[CENTRE], (0.9, 0.6, 0.3), rtol=CLOSE)


def test_emission_needs_no_light():
    shop = store()
    image = rendered(shop, wall_scene(shop, material=replace(MATTE, emission_w_m2=(1.0, 2.0, 3.0))))
    np.testing.assert_allclose(image[CENTRE], (1.0, 2.0, 3.0))


def test_a_ball_between_sun_and_wall_casts_its_shadow():
    shop = store()
    sun = Light("l", "sun", 3.0, WHITE, direction=(0.6, 0.8, 0.0))
    drawn = scene(shop, [("wall", at(0, 2, 0, 4.0), True), ("sphere", at(-1.2, 0.4, 0, 0.2), True)], CAMERA)
    wall, ball = drawn.instances
    drawn = replace(drawn, instances=(replace(wall, materials=(MATTE,)), ball), lights=(sun,), world=DARK)
    image = rendered(shop, drawn)
    # The ball is outside the image; its shadow's axis meets the wall at (-1.2, 0.4) + 2 (0.6, 0.8) = (0, 2).
    assert not image[CENTRE].any()
    across = image[CENTRE[0], :, 0]
    x = ((np.arange(65) + 0.5 - 32.5) / 60) * 2.0
    shadow = np.abs(x) < 0.2 / 0.8
    edge = np.abs(np.abs(x) - 0.25) < 0.04
    assert (across[shadow & ~edge] == 0).all()
    assert (across[~shadow & ~edge] > 0.5).all()


def test_a_lamp_in_front_of_the_ball_leaves_no_shadow_behind_it():
    shop = store()
    lamp = Light("l", "point", 50.0, WHITE, position_m=(0, 1.5, 0))
    things = [("wall", at(0, 2, 0, 4.0), True), ("sphere", at(0, -1.0, 0, 0.2), True)]
    drawn = replace(scene(shop, things, CAMERA), lights=(lamp,), world=DARK)
    np.testing.assert_array_equal(
        rendered(shop, drawn)[CENTRE], rendered(shop, replace(drawn, instances=drawn.instances[:1]))[CENTRE]
    )


def test_a_texture_lies_the_right_way_round():
    shop = store()
    # Red at top left, green at top right, blue at bottom left, white at bottom right.
    shop.images["four"] = np.array([[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]], np.uint8)
    material = replace(MATTE, base_colour=WHITE, base_colour_texture=Texture("generated", "four"))
    image = rendered(shop, wall_scene(shop, Light("l", "sun", np.pi, WHITE, direction=AHEAD), material=material))
    # The wall is larger than the image, so near the image's corners texels are half mixed.
    corners = image[[2, 2, -3, -3], [2, -3, 2, -3]]
    assert corners.argmax(axis=1)[:3].tolist() == [0, 1, 2]
    assert corners[3].min() > corners[:3].min()


def test_a_texture_is_in_linear_light_and_multiplies_the_factor():
    shop = store()
    shop.images["grey"] = np.full((4, 4, 3), 188, np.uint8)
    material = replace(MATTE, base_colour_texture=Texture("generated", "grey"))
    light = Light("l", "sun", np.pi, WHITE, direction=AHEAD)
    image = rendered(shop, wall_scene(shop, light, material=material))
    np.testing.assert_allclose(image[CENTRE], ALBEDO * 0.5029, rtol=CLOSE)


def test_metal_and_roughness_come_from_blue_and_green():
    shop = store()
    shop.images["mr"] = np.full((2, 2, 3), (0, 26, 255), np.uint8)
    textured = Material(
        base_colour=(0.9, 0.6, 0.3),
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=Texture("generated", "mr"),
    )
    plain = Material(base_colour=(0.9, 0.6, 0.3), metallic=1.0, roughness=26 / 255)
    light = Light("l", "sun", 2.0, WHITE, direction=(0.3, 0.9, 0.0))
    both = [rendered(shop, wall_scene(shop, light, material=m, world=World(WHITE))) for m in (textured, plain)]
    np.testing.assert_allclose(both[0], both[1], rtol=1e-4)


def environment_scene(shop, image: np.ndarray, rotation_deg: float = 0.0):
    """Nothing but surroundings, seen along +Y."""
    shop.environments["sky"] = image
    world = World(environment=Texture("generated", "sky"), rotation_deg=rotation_deg, strength=2.0)
    return replace(wall_scene(shop, world=world), instances=())


def four_quarters() -> np.ndarray:
    """Quarters of the azimuth have their own value; the middle column is +X, further right is towards -Y."""
    image = np.zeros((32, 64, 3), np.float32)
    for quarter in range(4):
        image[:, quarter * 16 : (quarter + 1) * 16] = quarter + 1
    return image


@pytest.mark.parametrize(
    ("rotation_deg", "left", "right"),
    # Along +Y the image's column at one quarter is seen: azimuth 90° is u = 1/4, and smaller azimuths lie to the right.
    [(0.0, 1, 2), (90.0, 2, 3), (-90.0, 4, 1), (360.0, 1, 2)],
)
def test_the_environment_is_seen_where_the_scene_says(rotation_deg, left, right):
    shop = store()
    image = rendered(shop, environment_scene(shop, four_quarters(), rotation_deg))
    assert image[CENTRE[0], 10, 0] == pytest.approx(2 * left)
    assert image[CENTRE[0], 55, 0] == pytest.approx(2 * right)


def test_the_sky_is_up():
    shop = store()
    image = np.zeros((32, 64, 3), np.float32)
    image[:16] = 1.0
    seen = rendered(shop, environment_scene(shop, image))
    assert (seen[:20] == 2.0).all()
    assert (seen[30:] == 0.0).all()


def test_the_ground_hides_the_lower_half_and_throws_light_back():
    shop = store()
    floor = Material(base_colour=WHITE, roughness=1.0, specular=0.0)
    drawn = scene(shop, [("floor", IDENTITY, False), ("wall", at(0, 2, 0, 0.5), True)], CAMERA)
    ground, wall = drawn.instances
    ground = replace(ground, name="ground", materials=(floor,))
    wall = replace(wall, materials=(MATTE,))
    drawn = replace(drawn, instances=(ground, wall), lights=(), world=World(WHITE))
    # White ground under a white sky of radiance 1 sends 1 back: the wall sees 1 from everywhere.
    np.testing.assert_allclose(rendered(shop, drawn)[CENTRE], ALBEDO, rtol=CLOSE)
    black = replace(drawn, instances=(replace(ground, materials=(replace(floor, base_colour=(0, 0, 0)),)), wall))
    np.testing.assert_allclose(rendered(shop, black)[CENTRE], ALBEDO / 2, rtol=CLOSE)


def test_the_same_scene_gives_the_same_bits():
    shop = store()
    light = Light("l", "area", 40.0, WHITE, position_m=(1, 0, 1), direction=(-0.5, 0.7, -0.5), size=0.3)
    things = [("wall", at(0, 2, 0, 4.0), True), ("sphere", at(0.2, 1.5, 0, 0.3), True)]
    drawn = replace(scene(shop, things, CAMERA), lights=(light,), world=World((0.1, 0.2, 0.3)))
    renderer = PreviewRenderer(shop, Labeller(shop))
    first = renderer.render(drawn).pixels
    renderer.render(wall_scene(shop, light))
    assert first.dtype == np.float32
    assert first.tobytes() == renderer.render(drawn).pixels.tobytes() == rendered(shop, drawn).tobytes()
    renderer.close()
    assert first.tobytes() == renderer.render(drawn).pixels.tobytes()


def test_a_decal_is_painted_where_its_label_is_and_see_through_things_are_drawn():
    shop = store()
    picture = np.full((32, 32, 4), 255, np.uint8)
    picture[:, :, 1:3] = 0
    shop.images["red"] = picture
    # In the wall's own frame, x to the right, y up and z towards the camera: a square of 0.16 of its side.
    frame = ((0.16, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 0.16, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    red = Decal("wall/0/red/0", "wall/0", Texture("generated", "red"), frame, 0.01, instance_id=2, category_id=1)
    plain = wall_scene(shop, Light("l", "sun", 3.0, WHITE, direction=AHEAD))
    drawn = replace(plain, decals=(red,))
    mask = Labeller(shop).label(drawn).instance_map == 2
    image, before = rendered(shop, drawn), rendered(shop, plain)
    assert mask.sum() == 19 * 19
    np.testing.assert_allclose(image[CENTRE], np.array([1, 0, 0]) * 3 / np.pi, rtol=CLOSE, atol=1e-6)
    assert (image[~mask] == before[~mask]).all()
    assert (np.abs(image[mask] - before[mask]).max(axis=1) > 0.1).all()
    pane = replace(plain, instances=tuple(replace(one, see_through=True) for one in plain.instances))
    assert (rendered(shop, pane) == before).all()
