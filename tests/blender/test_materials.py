"""Materials look as their numbers and textures say."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import Asset, Material, Mesh, Texture
from synthvision.errors import RenderError
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import Instance, Light, World
from tests.blender.index_pass import index_pass
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, camera, make_scene, plane, thing

MATTE = Material("matte", (1.0, 1.0, 1.0), roughness=1.0, specular=0.0)
OVERHEAD = Light("sun", "sun", math.pi, (1.0, 1.0, 1.0))
"""Under it a matte white ground has a radiance of 1."""
DARK = World((0.0, 0.0, 0.0))
SQUARE = plane(1.0)
SIZE = 64


def look_down(renderer: BlenderRenderer, material: Material, mesh: Mesh = SQUARE) -> NDArray[np.float32]:
    """Return the radiance (64, 64, 3) of a square of 1 m that fills the picture; +x is right, +y is up."""
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(SIZE, SIZE), focal_px=SIZE)
    scene = make_scene(thing("card/0", mesh, material=material), lights=[OVERHEAD], world=DARK, view=view)
    return renderer.render(scene).pixels


def quarters(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return mean colours (2, 2, 3) of the middles of the picture's quarters."""
    picked = [[pixels[y - 4 : y + 4, x - 4 : x + 4] for x in (16, 48)] for y in (16, 48)]
    return np.array([[block.mean(axis=(0, 1), dtype=np.float64) for block in row] for row in picked])


@pytest.fixture(scope="module", autouse=True)
def _square_in_store(store: FakeStore) -> None:
    store.assets[SQUARE.content_hash] = Asset(SQUARE, (Material(),))


def checker(*colours: tuple[int, ...], px: int = 16) -> NDArray[np.uint8]:
    """Return four blocks of colour, reading order."""
    blocks = np.array(colours, np.uint8).reshape(2, 2, -1)
    return np.repeat(np.repeat(blocks, px, axis=0), px, axis=1)


def test_base_colour_texture_is_decoded_from_srgb_and_first_row_is_up(
    renderer: BlenderRenderer, store: FakeStore
) -> None:
    store.images["four"] = checker((255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128))
    material = replace(MATTE, base_colour=(1.0, 1.0, 0.5), base_colour_texture=Texture("generated", "four"))
    middle = ((128 / 255 + 0.055) / 1.055) ** 2.4
    expected = [[(1, 0, 0), (0, 1, 0)], [(0, 0, 0.5), (middle, middle, middle / 2)]]
    np.testing.assert_allclose(quarters(look_down(renderer, material)), expected, atol=2e-3)


def test_uv_scale_repeats_the_texture(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["halves"] = checker((255, 255, 255), (0, 0, 0), (255, 255, 255), (0, 0, 0))
    material = replace(MATTE, uv_scale=4.0, base_colour_texture=Texture("generated", "halves"))
    row = look_down(renderer, material)[32, :, 0]
    assert [row[4 + 8 * stripe] > 0.5 for stripe in range(8)] == [True, False] * 4


def test_embedded_image_comes_from_the_instance_s_own_asset(renderer: BlenderRenderer, store: FakeStore) -> None:
    red, green = np.full((4, 4, 3), (255, 0, 0), np.uint8), np.full((4, 4, 3), (0, 255, 0), np.uint8)
    first, second = plane(0.5), plane(0.4)
    material = replace(MATTE, base_colour_texture=Texture("embedded", "abc"))
    for mesh, image in ((first, red), (second, green)):
        store.assets[mesh.content_hash] = Asset(mesh, (material,), MappingProxyType({"abc": image}))
    assert look_down(renderer, material, first)[32, 32, 0] > 0.9
    assert look_down(renderer, replace(material, name="other"), first)[32, 32, 0] > 0.9
    # The key of an embedded texture is the hash of its pixels; what is kept under it is what came first.
    assert renderer.stage.images.datablocks()[-1].name.startswith("abc")
    assert (
        look_down(renderer, replace(material, base_colour_texture=Texture("embedded", "abc", sha256="2")), second)[
            32, 32, 1
        ]
        > 0.9
    )


def test_emission_is_on_the_scale_of_radiance(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["glow"] = checker((255, 255, 255), (0, 0, 0), (0, 0, 0), (255, 255, 255))
    black = Material("lamp", (0.0, 0.0, 0.0), roughness=1.0, specular=0.0, emission_w_m2=(2.0, 1.0, 0.5))
    np.testing.assert_allclose(look_down(renderer, black)[32, 32], (2.0, 1.0, 0.5), rtol=1e-3)
    found = quarters(look_down(renderer, replace(black, emission_texture=Texture("generated", "glow"))))
    np.testing.assert_allclose(found[0, 0], (2.0, 1.0, 0.5), rtol=1e-3)
    np.testing.assert_allclose(found[0, 1], 0.0, atol=1e-3)


def test_metal_is_in_blue_and_roughness_in_green(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["mr"] = checker((0, 255, 0), (0, 255, 255), (0, 20, 255), (0, 20, 0))
    material = Material("mr", (0.8, 0.4, 0.2), metallic=1.0, roughness=1.0, specular=0.0)
    textured = replace(material, metallic_roughness_texture=Texture("generated", "mr"))
    found = quarters(look_down(renderer, textured))
    for (row, column), metallic, roughness in (((0, 0), 0.0, 1.0), ((0, 1), 1.0, 1.0), ((1, 1), 0.0, 20 / 255)):
        plain = look_down(renderer, replace(material, metallic=metallic, roughness=roughness))
        np.testing.assert_allclose(found[row, column], quarters(plain)[row, column], rtol=0.02, atol=1e-3)


def test_normal_map_bends_towards_its_red_and_green(renderer: BlenderRenderer, store: FakeStore) -> None:
    # Tilted by 30° towards +u, +v (OpenGL), and -u; the last is straight.
    tilt = round(255 * (0.5 + 0.5 * math.sin(math.radians(30))))
    up = round(255 * (0.5 + 0.5 * math.cos(math.radians(30))))
    store.images["bumps"] = checker((tilt, 128, up), (128, tilt, up), (255 - tilt, 128, up), (128, 128, 255))
    material = replace(MATTE, normal_texture=Texture("generated", "bumps"))
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(SIZE, SIZE), focal_px=SIZE)
    from_right = Light("sun", "sun", math.pi, (1.0, 1.0, 1.0), direction=(-math.sqrt(0.5), 0.0, -math.sqrt(0.5)))
    scene = make_scene(thing("card/0", SQUARE, material=material), lights=[from_right], world=DARK, view=view)
    found = quarters(renderer.render(scene).pixels)[:, :, 0]
    cosines = [math.cos(math.radians(45 - 30)), math.cos(math.radians(45)) * math.cos(math.radians(30))]
    np.testing.assert_allclose(found[0], cosines, rtol=0.02)
    np.testing.assert_allclose(found[1], [math.cos(math.radians(45 + 30)), math.cos(math.radians(45))], rtol=0.04)
    from_top = replace(from_right, direction=(0.0, -math.sqrt(0.5), -math.sqrt(0.5)))
    found = quarters(renderer.render(replace(scene, lights=(from_top,))).pixels)[:, :, 0]
    assert found[0, 1] == pytest.approx(math.cos(math.radians(45 - 30)), rel=0.02)


def test_coat_and_specular_reflect(renderer: BlenderRenderer) -> None:
    """Under a white sky a black matte ball is black, a specular one shows a rim, and a coat adds to it."""
    view = camera(eye=(0.0, -1.0, 0.2), target=(0.0, 0.0, 0.2), size=(32, 32), focal_px=60.0)
    means = []
    for specular, coat in ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)):
        black = Material("b", (0.0, 0.0, 0.0), roughness=0.1, specular=specular, coat=coat)
        scene = make_scene(thing("ball/0", BALL, material=black), lights=[], world=World((1.0, 1.0, 1.0)), view=view)
        means.append(float(renderer.render(scene).pixels[12:20, 12:20].mean()))
    assert means[0] == pytest.approx(0.0, abs=1e-4)
    assert means[1] == pytest.approx(0.04, rel=0.3)  # Fresnel at normal incidence of an index of 1.5
    assert means[2] > 1.7 * means[1]


def test_texels_below_the_cutoff_are_not_there_and_the_rest_is_opaque(
    renderer: BlenderRenderer, store: FakeStore
) -> None:
    store.images["holes"] = checker((255, 255, 255, 255), (255, 255, 255, 100), (255, 255, 255, 160), (0, 0, 0, 0))
    material = replace(MATTE, alpha=0.9, alpha_cutoff=0.5, base_colour_texture=Texture("generated", "holes"))
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(SIZE, SIZE), focal_px=SIZE)
    below = thing("below", PLANE, at(0.0, 0.0, -1.0), replace(MATTE, base_colour=(0.0, 0.0, 0.0)))
    scene = make_scene(thing("card/0", SQUARE, material=material), below, lights=[OVERHEAD], world=DARK, view=view)
    index, depth = index_pass(renderer, scene)
    # 255, 160 times 0.9 are above a half; 100 and 0 are not.
    assert (index[16, 16], index[16, 48], index[48, 16], index[48, 48]) == (0, 1, 0, 1)
    assert depth[16, 48] == pytest.approx(2.0, abs=1e-5)
    found = quarters(renderer.render(scene).pixels)[:, :, 0]
    np.testing.assert_allclose(found, [[1.0, 0.0], [1.0, 0.0]], atol=2e-3)
    opaque = replace(
        scene, instances=(replace(scene.instances[0], materials=(replace(material, alpha_cutoff=0.0),)), below)
    )
    assert np.array_equal(np.unique(index_pass(renderer, opaque)[0]), [0])


def test_colour_under_alpha_is_as_in_the_file(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["faint"] = np.full((8, 8, 4), (255, 255, 255, 30), np.uint8)
    material = replace(MATTE, base_colour_texture=Texture("generated", "faint"))
    np.testing.assert_allclose(look_down(renderer, material)[32, 32], 1.0, rtol=1e-3)


def test_cut_out_material_without_texture_is_wholly_there_or_not(renderer: BlenderRenderer) -> None:
    for alpha, seen in ((0.4, -1), (0.5, 0)):
        material = replace(MATTE, alpha=alpha, alpha_cutoff=0.5)
        index, _ = index_pass(renderer, make_scene(thing("box/0", BOX, material=material)))
        assert index[32, 48] == seen


def test_surfaces_are_seen_from_behind(renderer: BlenderRenderer) -> None:
    from_below = camera(eye=(0.0, 0.0, -1.0), target=(0.0, 0.0, 0.0), size=(16, 16))
    material = replace(MATTE, double_sided=False)
    index, _ = index_pass(renderer, make_scene(thing("card/0", SQUARE, material=material), view=from_below))
    assert index[8, 8] == 0


def test_each_slot_has_its_own_material(renderer: BlenderRenderer, store: FakeStore) -> None:
    two = replace(SQUARE, slots=np.array([0, 1], np.int16))
    store.assets[two.content_hash] = Asset(two, (MATTE, MATTE))
    red, green = replace(MATTE, base_colour=(1.0, 0.0, 0.0)), replace(MATTE, base_colour=(0.0, 1.0, 0.0))
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(SIZE, SIZE), focal_px=SIZE)
    scene = make_scene(thing("card/0", two, material=(red, green)), lights=[OVERHEAD], world=DARK, view=view)
    pixels = renderer.render(scene).pixels
    np.testing.assert_allclose(pixels[48, 48], (1, 0, 0), atol=2e-3)  # the first triangle lies right and below
    np.testing.assert_allclose(pixels[16, 16], (0, 1, 0), atol=2e-3)


def test_instances_of_one_mesh_keep_their_own_materials(renderer: BlenderRenderer) -> None:
    colours = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)]
    things = [
        thing(f"box/{index}", BOX, at(0.35 * (index - 1), 0.0), replace(MATTE, base_colour=colour))
        for index, colour in enumerate(colours)
    ]
    view = camera(eye=(0.0, 0.0, 2.0), target=(0.0, 0.0, 0.0), size=(96, 32), focal_px=140.0)
    pixels = renderer.render(make_scene(*things, lights=[OVERHEAD], world=DARK, view=view)).pixels
    seen = [pixels[16, column].argmax() for column in (19, 48, 77)]
    assert seen == [0, 1, 0]
    # Two of them are equal in mesh and material, so they are one mesh in Blender; the arrays lie there once.
    meshes = {made.data.name for made in renderer.stage.objects}
    assert len(meshes) == 2


def test_texture_on_a_mesh_without_coordinates_is_an_error(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["white"] = np.full((2, 2, 3), 255, np.uint8)
    material = Material("painted", base_colour_texture=Texture("generated", "white"))
    with pytest.raises(RenderError) as caught:
        renderer.render(make_scene(thing("box/0", BOX, material=material), frame_index=7))
    assert str(caught.value) == (
        "frame 7: instance 'box/0': material 'painted' must have no textures, because the mesh has no texture "
        "coordinates, got base_colour_texture"
    )


def test_missing_material_is_an_error(renderer: BlenderRenderer) -> None:
    bare = Instance("box/0", BOX.content_hash, at(0.0, 0.0), ())
    with pytest.raises(RenderError) as caught:
        renderer.render(make_scene(bare))
    assert str(caught.value) == "frame 0: instance 'box/0': materials must be one per slot of the mesh (1), got 0"
