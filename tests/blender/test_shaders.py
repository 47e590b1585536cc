"""Shaders and marks are seen, keep the colour that was asked for, and are no business of the labels."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import Asset, Material, Texture
from synthvision.assets.types import GeneratedAsset, Shader
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.sampling.materials import KINDS, of_kind
from synthvision.scene import Camera, Light, Scene, World
from tests.blender.index_pass import index_pass
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, ball, camera, make_scene, plane, thing

STRUCTURED = sorted(set(get_args(Shader)) - {"plain"})
MARKS = ("wear", "dust", "fingerprints", "scratches")
SMALL_BALL = ball(0.03)
SQUARE = plane(0.4)
EVEN = World((1.0, 1.0, 1.0))
SLANTED = Light("sun", "sun", 3.0, (1.0, 1.0, 1.0), direction=(0.5, 0.3, -0.81))
VIEW = camera(eye=(0.0, -0.25, 0.15), target=(0.0, 0.0, 0.03), size=(64, 64), focal_px=160.0)


@pytest.fixture(scope="module", autouse=True)
def _meshes_in_store(store: FakeStore) -> None:
    for mesh in (SMALL_BALL, SQUARE):
        store.assets[mesh.content_hash] = Asset(mesh, (Material(),))


def kind(name: str, colour: tuple[float, float, float] = (0.4, 0.25, 0.15)) -> Material:
    return replace(of_kind(Material("body"), KINDS[name]), base_colour=colour, shader_seed=0.4)


def kind_of_shader(shader: str) -> Material:
    return kind(next(name for name, made in KINDS.items() if made.shader == shader))


def ball_scene(material: Material, view: Camera = VIEW) -> Scene:
    return make_scene(thing("ball/0", SMALL_BALL, material=material), lights=[SLANTED], view=view)


def look(renderer: BlenderRenderer, material: Material) -> NDArray[np.float32]:
    return renderer.render(ball_scene(material)).pixels


def difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Share of the pixels of the ball (a third of the picture) that differ by more than 2 % of the mean."""
    return float((np.abs(first - second).max(axis=2) > 0.02 * first.mean()).mean() * 3)


@pytest.mark.parametrize("shader", STRUCTURED)
def test_every_shader_has_structure_that_its_seed_and_scale_move(renderer: BlenderRenderer, shader: str) -> None:
    material = kind_of_shader(shader)
    seen = look(renderer, material)
    assert np.array_equal(look(renderer, material), seen)
    for name, other in (
        ("plain", replace(material, shader="plain")),
        ("seed", replace(material, shader_seed=0.7)),
        ("scale", replace(material, shader_scale=2.0)),
    ):
        assert difference(seen, look(renderer, other)) > 0.015, name


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("name", ["plastic", "metal", "wood"])
def test_every_mark_shows_and_more_of_it_shows_more(renderer: BlenderRenderer, mark: str, name: str) -> None:
    material = kind(name, (0.1, 0.2, 0.4))
    clean = look(renderer, material)
    some, much = (look(renderer, replace(material, **{mark: strength})) for strength in (0.3, 0.8))
    assert difference(clean, some) > 0.002
    assert np.abs(much - clean).sum() > 1.2 * np.abs(some - clean).sum()
    assert difference(much, look(renderer, replace(material, shader_seed=0.9, **{mark: 0.8}))) > 0.02


@pytest.mark.parametrize("shader", [shader for shader in STRUCTURED if shader != "glass"])
@pytest.mark.parametrize("colour", [(0.5, 0.3, 0.2), (0.05, 0.1, 0.2)])
def test_the_mean_colour_is_the_one_asked_for(
    renderer: BlenderRenderer, shader: str, colour: tuple[float, float, float]
) -> None:
    """Seen from above under an even sky, without gloss, a surface has the radiance of its albedo."""
    material = replace(
        kind_of_shader(shader), base_colour=colour, metallic=0.0, specular=0.0, coat=0.0, sheen=0.0, subsurface=0.0
    )
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(96, 96), focal_px=240.0)
    means = []
    for seed in (0.1, 0.6):
        square = thing("card/0", SQUARE, material=replace(material, shader_seed=seed))
        pixels = renderer.render(make_scene(square, lights=[], world=EVEN, view=view)).pixels
        means.append(pixels.mean(axis=(0, 1)))
    np.testing.assert_allclose(np.mean(means, axis=0), colour, rtol=0.2)


def test_dust_lies_on_what_faces_up_in_the_world(renderer: BlenderRenderer, store: FakeStore) -> None:
    black = Material("black", (0.0, 0.0, 0.0), roughness=1.0, specular=0.0, dust=0.8, shader_seed=0.2)
    cube = thing("box/0", BOX, material=black)
    turned = replace(cube, object_to_world=((0, 0, 1, 0), (0, 1, 0, 0), (-1, 0, 0, 0.15), (0, 0, 0, 1)))
    view = camera(eye=(0.0, -1.0, 1.0), target=(0.0, 0.0, 0.15), size=(64, 64), focal_px=100.0)
    for posed in (cube, turned):
        pixels = renderer.render(make_scene(posed, lights=[], world=EVEN, view=view)).pixels
        # The upper half of the cube's picture is its top, the lower its front.
        assert pixels[20:28, 33:36].mean() > 4 * pixels[40:48, 33:36].mean()


def test_patterns_are_as_large_on_a_large_instance(renderer: BlenderRenderer) -> None:
    """Twice the ball from twice as far, with a pattern of twice the size, is the same picture."""
    material = replace(kind("wood"), roughness=1.0, specular=0.0)
    far = camera(eye=(0.0, -0.5, 0.3), target=(0.0, 0.0, 0.06), size=(64, 64), focal_px=160.0)
    small = look(renderer, material)
    scene = ball_scene(replace(material, shader_scale=2.0), far)
    large = replace(scene.instances[0], object_to_world=at(0.0, 0.0, scale=2.0))
    twice = renderer.render(replace(scene, instances=(large,))).pixels
    assert difference(small, twice) < 0.05
    same_pattern = replace(large, materials=(material,))
    assert difference(small, renderer.render(replace(scene, instances=(same_pattern,))).pixels) > 0.2


def test_a_texture_stays_the_colour(renderer: BlenderRenderer, store: FakeStore) -> None:
    """Wood is brown and streaked; a white picture on it stays white, with the roughness and relief of wood."""
    store.images["white"] = np.full((2, 2, 3), 255, np.uint8)
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(32, 32), focal_px=80.0)
    painted = replace(
        kind("wood", (1.0, 1.0, 1.0)), base_colour_texture=Texture("generated", "white"), specular=0.0, roughness=1.0
    )
    for material, even in ((painted, True), (replace(painted, base_colour_texture=None), False)):
        square = thing("card/0", SQUARE, material=material)
        pixels = renderer.render(make_scene(square, lights=[], world=EVEN, view=view)).pixels
        assert (float(pixels.std()) < 0.01) is even


def test_wood_grows_along_the_longest_side(renderer: BlenderRenderer, store: FakeStore) -> None:
    material = replace(kind("wood"), specular=0.0)
    view = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(64, 64), focal_px=320.0)
    for turned in (False, True):
        half = np.array((0.1, 0.4, 1.0) if turned else (0.4, 0.1, 1.0), np.float32)
        board = replace(SQUARE, vertices=SQUARE.vertices / np.abs(SQUARE.vertices).max() * half)
        store.assets[board.content_hash] = Asset(board, (Material(),))
        pixels = renderer.render(
            make_scene(thing("b/0", board, material=material), lights=[], world=EVEN, view=view)
        ).pixels
        grey = pixels[8:-8, 8:-8].mean(axis=2)
        columns, rows = float(grey.mean(axis=0).std()), float(grey.mean(axis=1).std())
        # Stripes along y make columns of their own brightness, stripes along x rows.
        assert (columns > 1.5 * rows) is turned
        assert (rows > 1.5 * columns) is not turned


def test_glass_shows_what_is_behind_and_throws_a_light_shadow(renderer: BlenderRenderer, store: FakeStore) -> None:
    glow = Material("glow", (0.0, 0.0, 0.0), emission_w_m2=(0.0, 1.0, 0.0))
    ground = thing("ground", PLANE, material=Material("ground", (0.5, 0.5, 0.5), roughness=1.0, specular=0.0))
    pane = replace(SQUARE, vertices=SQUARE.vertices + np.array((0, 0, 0.1), np.float32))
    store.assets[pane.content_hash] = Asset(pane, (Material(),))
    above = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(32, 32), focal_px=60.0)
    seen = []
    for material in (kind("glass", (0.9, 0.9, 0.9)), kind("matte", (0.9, 0.9, 0.9))):
        scene = make_scene(thing("pane/0", pane, material=material), thing("g/0", PLANE, material=glow), view=above)
        seen.append(float(renderer.render(scene).pixels[16, 16, 1]))
    assert seen[0] > 0.6
    assert seen[1] < 0.9 * seen[0]
    overhead = Light("sun", "sun", np.pi, (1.0, 1.0, 1.0))
    beside = camera(eye=(0.0, -1.0, 0.09), target=(0.0, 0.0, 0.0), size=(32, 32), focal_px=60.0)
    shadows = []
    for material in (kind("glass", (0.9, 0.9, 0.9)), kind("matte", (0.9, 0.9, 0.9))):
        scene = make_scene(thing("pane/0", pane, material=material), ground, lights=[overhead], view=beside)
        shadows.append(float(renderer.render(scene).pixels[16, 16].mean()))
    assert shadows[0] > 2 * shadows[1]


def test_labels_do_not_know_of_shaders_and_marks(renderer: BlenderRenderer) -> None:
    marked = dict.fromkeys(MARKS, 0.8)
    plain = make_scene(
        thing("ball/0", BALL, at(-0.25, 0.0)), thing("box/0", BOX, at(0.25, 0.1, turn_rad=0.5)), thing("g", PLANE)
    )
    index, depth = index_pass(renderer, plain)
    for shader in STRUCTURED:
        rich = replace(kind_of_shader(shader), **marked)
        instances = tuple(replace(one, materials=(rich,)) for one in plain.instances)
        # Cycles leaves a mesh with subsurface in its own frame, so the last bits of depth are others.
        rich_index, rich_depth = index_pass(renderer, replace(plain, instances=instances))
        assert np.array_equal(rich_index, index), shader
        np.testing.assert_allclose(rich_depth, depth, rtol=1e-5, err_msg=shader)


def test_instances_that_differ_only_in_their_seed_share_a_mesh_and_differ(
    renderer: BlenderRenderer, store: FakeStore
) -> None:
    things = [
        thing(f"ball/{index}", SMALL_BALL, at(0.08 * (index - 1), 0.0), replace(kind("soil"), shader_seed=0.3 * index))
        for index in range(3)
    ]
    view = camera(eye=(0.0, 0.0, 0.5), target=(0.0, 0.0, 0.0), size=(96, 32), focal_px=200.0)
    pixels = renderer.render(make_scene(*things, lights=[], world=EVEN, view=view)).pixels
    assert len({made.data.name for made in renderer.stage.objects}) == 1
    tiles = [pixels[4:28, 16 + 32 * index - 12 : 16 + 32 * index + 12] for index in range(3)]
    assert np.abs(tiles[0] - tiles[1]).mean() > 0.02
    assert np.abs(tiles[1] - tiles[2]).mean() > 0.02
    # The same seed in the material itself, where two slots of an instance differ, is the same picture.
    apart = replace(SMALL_BALL, slots=np.r_[np.zeros(len(SMALL_BALL.slots) - 1), 1].astype(np.int16))
    store.assets[apart.content_hash] = Asset(apart, (Material(),) * 2)
    one = kind("soil")
    whole = ball_scene(one)
    two_seeds = replace(whole.instances[0], mesh=apart.content_hash, materials=(one, replace(one, shader_seed=0.9)))
    split = replace(whole, meshes={apart.content_hash: GeneratedAsset(apart.content_hash)}, instances=(two_seeds,))
    assert difference(renderer.render(whole).pixels, renderer.render(split).pixels) < 0.02


def test_groups_are_built_once_and_stay(renderer: BlenderRenderer) -> None:
    for _ in range(2):
        for shader in STRUCTURED:
            renderer.show(ball_scene(replace(kind_of_shader(shader), wear=0.5, dust=0.5)))
    names = [group.name for group in bpy.data.node_groups]
    assert len(names) == len(set(names)) <= len(STRUCTURED) + 2 + len(MARKS)
    assert not any("." in name for name in names)
    assert len(bpy.data.materials) == len(renderer.stage.graphs)
