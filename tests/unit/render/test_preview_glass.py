"""The preview looks straight through glass: tints multiply, shadows go, what is opaque stays so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets.types import Asset, Material, Texture
from synthvision.labels import Labeller
from synthvision.render.preview import PreviewRenderer
from synthvision.scene import Decal, Light, Scene, World
from tests.unit.labels.hand_made import at, mesh, scene
from tests.unit.render.scenes import CAMERA, CENTRE, DARK, MATTE, PreviewStore, rendered, store, wall_scene

WHITE = (1.0, 1.0, 1.0)
GLOW = Material(base_colour=(0.0, 0.0, 0.0), specular=0.0, emission_w_m2=(0.4, 0.8, 1.6))
RADIANCE = np.array(GLOW.emission_w_m2)
PINK = Material(base_colour=(0.9, 0.5, 0.6), transmission=1.0, specular=0.0, roughness=0.0)
GREEN = replace(PINK, base_colour=(0.3, 0.8, 0.5))
COLOURS = {"pink": np.array(PINK.base_colour), "green": np.array(GREEN.base_colour)}
AHEAD = (0.0, 1.0, 0.0)


def panes(shop: PreviewStore, *materials: Material, back: Material = GLOW, world: World = DARK) -> Scene:
    """Panes one behind the other, 1 m wide from 1 m on, before a wall that fills the picture."""
    places = [("wall", at(0, 1 + 0.2 * number, 0), True) for number in range(len(materials))]
    drawn = scene(shop, [*places, ("wall", at(0, 2, 0, 4.0), True)], CAMERA)
    worn = [
        replace(one, materials=(material,)) for one, material in zip(drawn.instances, (*materials, back), strict=True)
    ]
    return replace(drawn, instances=tuple(worn), lights=(), world=world)


def test_a_pane_tints_what_is_behind_it_and_nothing_else():
    shop = store()
    image = rendered(shop, panes(shop, PINK))
    np.testing.assert_allclose(image[CENTRE], RADIANCE * COLOURS["pink"], rtol=1e-5)
    # The pane is 60 of 65 pixels wide.
    np.testing.assert_allclose(image[24, 1], RADIANCE, rtol=1e-5)
    np.testing.assert_array_equal(image[24, 1], rendered(shop, panes(shop, replace(PINK, transmission=0.0)))[24, 1])


@pytest.mark.parametrize("order", [(PINK, GREEN), (GREEN, PINK)])
def test_tints_multiply_in_any_order(order):
    shop = store()
    image = rendered(shop, panes(shop, *order))
    np.testing.assert_allclose(image[CENTRE], RADIANCE * COLOURS["pink"] * COLOURS["green"], rtol=1e-5)


def test_surroundings_and_opaque_things_between_are_seen_through_it():
    shop = store()
    between = rendered(shop, panes(shop, PINK, GLOW, GREEN, back=MATTE))
    np.testing.assert_allclose(between[CENTRE], RADIANCE * COLOURS["pink"], rtol=1e-5)
    alone = panes(shop, PINK, world=World((0.5, 1.0, 2.0)))
    alone = replace(alone, instances=alone.instances[:1])
    np.testing.assert_allclose(rendered(shop, alone)[CENTRE], COLOURS["pink"] * (0.5, 1.0, 2.0), rtol=1e-5)


def test_a_part_of_the_light_passes_and_the_rest_is_a_surface():
    shop = store()
    half = replace(MATTE, transmission=0.5)
    even = World(WHITE)
    image = rendered(shop, panes(shop, half, world=even))
    surface = rendered(shop, wall_scene(shop, world=even))[CENTRE]
    np.testing.assert_allclose(image[CENTRE], surface / 2 + RADIANCE * np.array(MATTE.base_colour) / 2, rtol=0.02)


def test_a_texture_is_the_tint():
    shop = store()
    shop.images["stain"] = np.full((4, 4, 3), (255, 188, 0), np.uint8)
    stained = replace(PINK, base_colour=WHITE, base_colour_texture=Texture("generated", "stain"))
    image = rendered(shop, panes(shop, stained))
    np.testing.assert_allclose(image[CENTRE], RADIANCE * (1.0, 0.5029, 0.0), rtol=1e-3)
    behind = rendered(shop, panes(shop, PINK, stained))
    np.testing.assert_allclose(behind[CENTRE], image[CENTRE] * COLOURS["pink"], rtol=1e-3)


def test_what_is_as_dense_as_air_reflects_nothing_and_glass_does():
    shop = store()
    clear = Material(base_colour=WHITE, transmission=1.0, roughness=0.0, ior=1.0)
    dark = replace(GLOW, emission_w_m2=(0.0, 0.0, 0.0))
    images = [rendered(shop, panes(shop, replace(clear, ior=ior), back=dark, world=World(WHITE))) for ior in (1.0, 1.5)]
    assert images[0][CENTRE] == pytest.approx([0, 0, 0], abs=1e-6)
    assert images[1][CENTRE] == pytest.approx([0.04, 0.04, 0.04], abs=0.02)


def test_glass_casts_no_shadow():
    shop = store()
    sun = Light("l", "sun", 3.0, WHITE, direction=(0.6, 0.8, 0.0))
    drawn = scene(shop, [("wall", at(0, 2, 0, 4.0), True), ("sphere", at(-1.2, 0.4, 0, 0.2), True)], CAMERA)
    wall, ball = drawn.instances
    wall = replace(wall, materials=(MATTE,))
    for material, shaded in ((MATTE, True), (PINK, False)):
        lit = replace(drawn, instances=(wall, replace(ball, materials=(material,))), lights=(sun,), world=DARK)
        # The ball is outside the image, its shadow in the middle.
        assert bool(rendered(shop, lit)[CENTRE].any()) is not shaded


def test_the_opaque_part_of_a_thing_is_opaque_behind_glass_too():
    """A thing with two slots: its left half is clear, its right half glows."""
    shop = store()
    corners = [(-0.5, 0, -0.5), (0, 0, -0.5), (0, 0, 0.5), (-0.5, 0, 0.5), (0.5, 0, -0.5), (0.5, 0, 0.5)]
    made = mesh(corners, [(0, 1, 2), (0, 2, 3), (1, 4, 5), (1, 5, 2)])
    made = replace(made, slots=np.array([0, 0, 1, 1], np.int16))
    shop.assets["halves"] = Asset(made, (PINK, GLOW))
    drawn = scene(
        shop, [("wall", at(0, 1, 0), True), ("halves", at(0, 1.5, 0), True), ("wall", at(0, 2, 0, 4.0), True)], CAMERA
    )
    pane, halves, wall = drawn.instances
    back = replace(GLOW, emission_w_m2=(3.0, 3.0, 3.0))
    instances = (
        replace(pane, materials=(GREEN,)),
        replace(halves, materials=(PINK, GLOW)),
        replace(wall, materials=(back,)),
    )
    image = rendered(shop, replace(drawn, instances=instances, lights=(), world=DARK))
    np.testing.assert_allclose(image[24, 25], 3 * COLOURS["green"] * COLOURS["pink"], rtol=1e-5)
    np.testing.assert_allclose(image[24, 40], RADIANCE * COLOURS["green"], rtol=1e-5)


def test_glass_behind_a_wall_changes_nothing():
    shop = store()
    wall = wall_scene(shop, world=World(WHITE))
    hidden = scene(shop, [("wall", at(0, 2, 0, 4.0), True), ("sphere", at(0, 4, 0), True)], CAMERA)
    ball = replace(hidden.instances[1], materials=(PINK,))
    np.testing.assert_array_equal(
        rendered(shop, replace(wall, instances=(*wall.instances, ball), meshes=hidden.meshes)), rendered(shop, wall)
    )


def test_a_label_on_glass_is_opaque():
    shop = store()
    shop.images["red"] = np.full((8, 8, 4), (255, 0, 0, 255), np.uint8)
    frame = ((0.3, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 0.3, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    drawn = panes(shop, PINK, world=World(WHITE))
    red = Decal("a/red/0", drawn.instances[0].name, Texture("generated", "red"), frame, 0.01)
    image = rendered(shop, replace(drawn, decals=(red,)))
    np.testing.assert_allclose(image[CENTRE], (1.0, 0.0, 0.0), atol=0.03)
    np.testing.assert_allclose(image[24, 10], rendered(shop, drawn)[24, 10])


def test_a_decal_shows_as_much_of_its_colour_as_its_tint_says():
    shop = store()
    shop.images["red"] = np.full((8, 8, 4), (255, 0, 0, 255), np.uint8)
    frame = ((0.1, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 0.1, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    plain = wall_scene(shop, world=World(WHITE))
    whole = Decal("a/red/0", plain.instances[0].name, Texture("generated", "red"), frame, 0.01)
    full, half, none = (
        rendered(shop, replace(plain, decals=(replace(whole, tint=tint),)))[CENTRE] for tint in (1.0, 0.5, 0.0)
    )
    np.testing.assert_allclose(none, rendered(shop, plain)[CENTRE], rtol=1e-6)
    np.testing.assert_allclose(half, (full + none) / 2, rtol=1e-4)


def test_dust_covers_what_faces_up():
    shop = store()
    dusty = Material(base_colour=(0.0, 0.0, 0.0), specular=0.0, dust=1.0)
    drawn = scene(shop, [("sphere", at(0, 3, 0), True)], CAMERA)
    ball = replace(drawn.instances[0], materials=(dusty,))
    image = (
        PreviewRenderer(shop, Labeller(shop))
        .render(replace(drawn, instances=(ball,), lights=(), world=World(WHITE)))
        .pixels
    )
    column = image[5:44, 32]
    np.testing.assert_allclose(column[0], 0.7 * np.array([0.43, 0.39, 0.33]), rtol=0.15)
    assert (np.diff(column[:20, 0]) <= 1e-6).all()
    assert column[-1].max() < 0.05 * column[0].max() + 0.02
