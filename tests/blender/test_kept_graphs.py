"""Materials serve again for graphs of the same shape, and nothing of what they were before is left in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import Material, Texture
from synthvision.render.blender import graphs
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.graphs import MAX_NODES, GraphShelf
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.blender.shaders.sketch import Drawing, Sketch
from synthvision.scene import Scene
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, camera, make_scene, thing

PLAIN = Material("plain", (0.6, 0.3, 0.2), roughness=0.4, specular=0.5)
UNLIKE = (
    PLAIN,
    replace(PLAIN, subsurface=0.6, ior=1.3, sheen=0.4),
    replace(PLAIN, emission_w_m2=(0.2, 0.9, 0.3), metallic=0.7, base_colour=(0.1, 0.2, 0.9)),
    replace(PLAIN, specular=0.9, anisotropy=0.5, alpha=0.3),
)
"""One shape of graph; each leaves inputs alone that another one sets."""

CUT = Material("cut", (0.9, 0.8, 0.7), base_colour_texture=Texture("generated", "dots"), alpha_cutoff=0.5, uv_scale=3.0)
PRINTED = (
    CUT,
    replace(CUT, base_colour_texture=Texture("generated", "lines"), alpha_cutoff=0.2, uv_scale=1.0, alpha=0.7),
)
WOOD = Material("wood", (0.5, 0.3, 0.2), shader="wood", wear=0.4, shader_seed=0.3)
GROWN = (WOOD, replace(WOOD, shader_seed=0.8, shader_scale=2.0, wear=0.9), replace(WOOD, roughness=0.1))


@pytest.fixture(scope="module", autouse=True)
def _pictures(store: FakeStore) -> None:
    generator = np.random.default_rng(5)  # noqa: TID251 - fixed pictures
    for name in ("dots", "lines", "rings", "stars"):
        store.images[name] = generator.integers(0, 256, (16, 16, 4), dtype=np.uint8)


@pytest.fixture(autouse=True)
def _without_graphs(renderer: BlenderRenderer) -> Iterator[None]:
    forget(renderer)
    yield
    forget(renderer)


def materials_shelf(max_nodes: int = MAX_NODES) -> GraphShelf:
    return GraphShelf(lambda: bpy.data.materials.new("material"), max_nodes)


def forget(renderer: BlenderRenderer) -> None:
    renderer.stage.trim()
    bpy.data.batch_remove(list(bpy.data.materials))
    renderer.stage.graphs = materials_shelf()


def shown(*materials: Material) -> Scene:
    """A plane of the first, and a box and a ball of the others."""
    things = [
        thing(f"thing/{number}", (PLANE, BOX, BALL)[number], at(0.3 * number - 0.3, 0.0), one)
        for number, one in enumerate(materials)
    ]
    return make_scene(*things, view=camera(size=(48, 32)))


def image_of(material: bpy.types.Material) -> bpy.types.Image:
    (node,) = (node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    return node.image


def picture(renderer: BlenderRenderer, *materials: Material) -> NDArray[np.float32]:
    return renderer.render(shown(*materials)).pixels


@pytest.mark.parametrize("alike", [UNLIKE, PRINTED, GROWN])
def test_each_looks_the_same_after_each_other(renderer: BlenderRenderer, alike: tuple[Material, ...]) -> None:
    alone = []
    for material in alike:
        forget(renderer)
        alone.append(picture(renderer, material))
    for first, second in permutations(range(len(alike)), 2):
        forget(renderer)
        assert np.array_equal(picture(renderer, alike[first]), alone[first])
        assert np.array_equal(picture(renderer, alike[second]), alone[second]), f"{second} after {first}"
        assert len(renderer.stage.graphs) == len(bpy.data.materials) == 1
        assert not np.array_equal(alone[first], alone[second])


def test_two_of_one_shape_in_a_frame_are_two(renderer: BlenderRenderer) -> None:
    forth, back = picture(renderer, *UNLIKE[:3]), picture(renderer, *UNLIKE[2::-1])
    assert len(renderer.stage.graphs) == len(bpy.data.materials) == 3
    assert not np.array_equal(forth, back)
    assert np.array_equal(picture(renderer, *UNLIKE[:3]), forth)


def test_what_shows_a_picture_already_goes_on_to_show_it(renderer: BlenderRenderer) -> None:
    pictures, shown = [], []
    for printed in (PRINTED, PRINTED[::-1], PRINTED):
        pictures.append(stacked(renderer, printed))
        shown.append({material.name: image_of(material).name for material in bpy.data.materials})
    assert sorted(shown[0].values()) == ["dots", "lines"]
    assert shown[0] == shown[1] == shown[2]
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])


def test_no_more_nodes_are_kept_than_may_be(renderer: BlenderRenderer) -> None:
    renderer.stage.graphs = materials_shelf(max_nodes=12)
    frames = (UNLIKE[:3], (PRINTED[0], GROWN[0]), UNLIKE[1:2], PRINTED[1:])
    seen = [picture(renderer, *frame) for frame in frames]
    for frame, before in zip(frames, seen, strict=True):
        assert np.array_equal(picture(renderer, *frame), before)
        renderer.stage.trim()
        assert sum(len(material.node_tree.nodes) for material in bpy.data.materials) <= 12
        assert len(renderer.stage.graphs) == len(bpy.data.materials)


def test_a_picture_that_was_dropped_is_had_again(renderer: BlenderRenderer, store: FakeStore) -> None:
    before = picture(renderer, CUT)
    renderer.stage.trim()
    bpy.data.batch_remove(list(renderer.stage.images.datablocks()))
    renderer.stage.images = ImageShelf(store.as_store())
    assert np.array_equal(picture(renderer, CUT), before)


def test_numbers_arrive_at_their_inputs(renderer: BlenderRenderer) -> None:
    sketch = Sketch(renderer.stage.layouts.learnt)
    mix = sketch.node("ShaderNodeMix", data_type="RGBA")
    sketch.connect(0.25, mix.inputs[0])
    sketch.connect((0.1, 0.2, 0.3), mix.inputs[6])
    sketch.connect(mix.outputs[2], sketch.node("ShaderNodeBsdfPrincipled").inputs["Base Color"])
    drawing = sketch.done()
    material = renderer.stage.graphs.take((drawing,), {})[drawing]
    (node,) = (node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeMix")
    assert node.inputs[0].default_value == 0.25
    assert tuple(node.inputs[6].default_value) == tuple(np.float32((0.1, 0.2, 0.3, 1.0)).tolist())
    assert tuple(node.inputs[7].default_value) == (0.5, 0.5, 0.5, 1.0)
    assert node.outputs[2].links[0].to_socket.name == "Base Color"


def test_too_few_numbers_are_an_error(renderer: BlenderRenderer) -> None:
    sketch = Sketch(renderer.stage.layouts.learnt)
    with pytest.raises(ValueError, match=r"^ShaderNodeBsdfPrincipled: input 'Normal' must be 3 numbers, got 0\.5$"):
        sketch.connect(0.5, sketch.node("ShaderNodeBsdfPrincipled").inputs["Normal"])


def test_pictures_that_come_again_get_materials_of_their_own(
    renderer: BlenderRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = []
    for printed in PRINTED:
        forget(renderer)
        alone.append(picture(renderer, printed))
    forget(renderer)
    kept = []
    for turn in range(6):
        assert np.array_equal(picture(renderer, PRINTED[turn % 2]), alone[turn % 2])
        kept.append(len(renderer.stage.graphs))
    # The second takes the material of the first, which is missed again then, and gets one of its own.
    assert kept == [1, 1, 2, 2, 2, 2]
    became = graphs.BuiltGraph.become
    other_images: list[bool] = []

    def noted(graph: graphs.BuiltGraph, drawing: Drawing, images: Sequence[bpy.types.Image]) -> None:
        before = graph.images
        became(graph, drawing, images)
        other_images.append(graph.images != before)

    monkeypatch.setattr(graphs.BuiltGraph, "become", noted)
    for turn in range(4):
        assert np.array_equal(picture(renderer, PRINTED[turn % 2]), alone[turn % 2])
    assert other_images
    assert not any(other_images)


def test_a_graph_made_for_a_frame_is_taken_once_in_it(renderer: BlenderRenderer) -> None:
    """What is made because its pictures come again must not serve for the next drawing of that shape, too."""
    dots, lines = PRINTED
    others = [replace(CUT, base_colour_texture=Texture("generated", name)) for name in ("rings", "stars")]
    frames = ((dots,), (lines,), (dots, *others), (dots, lines), (lines, *others))
    alone = []
    for frame in frames:
        forget(renderer)
        alone.append(stacked(renderer, frame))
    forget(renderer)
    for frame, expected in zip(frames, alone, strict=True):
        assert np.array_equal(stacked(renderer, frame), expected)
        owners = [thing.material_slots[0].material.name for thing in renderer.stage.objects]
        assert len(set(owners)) == len(frame)


def stacked(renderer: BlenderRenderer, materials: Sequence[Material]) -> NDArray[np.float32]:
    """A picture of planes one above the other."""
    planes = [thing(f"plane/{place}", PLANE, at(0.0, 0.0, 0.1 * place), one) for place, one in enumerate(materials)]
    return renderer.render(make_scene(*planes, view=camera(size=(48, 32)))).pixels
