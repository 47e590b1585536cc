"""Frames worked out beside the render of the one before look as those that are not; what waits is bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Material, Texture
from synthvision.errors import AssetError, RenderError
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.meshes import MeshShelf
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.blender.things import Things
from synthvision.render.types import RenderSettings
from synthvision.scene import Decal, Light, Scene, World
from tests.blender.scenes import BALL, BOX, DUSK, PLANE, FakeStore, at, camera, make_scene, make_store, thing

SETTINGS = RenderSettings(2, 0.0, "none", device="cpu")
LAMP = Light("lamp", "area", 40.0, (1.0, 0.9, 0.8), (0.5, -1.0, 2.0), size=0.4)
LABEL = Decal("thing/0/label/0", "thing/0", Texture("generated", "dots"), at(0.0, 0.0, scale=0.2), 0.5)


def generated(key: str) -> Texture:
    return Texture("generated", key)


def pictured_store() -> FakeStore:
    generator = np.random.default_rng(3)  # noqa: TID251 - fixed pictures
    store = make_store()
    for key in ("dots", "lines", "wall"):
        store.images[key] = generator.integers(0, 256, (16, 16, 4), dtype=np.uint8)
    for key in ("dawn", "noon"):
        store.environments[key] = generator.random((16, 32, 3), dtype=np.float32)
    return store


def frame(index: int) -> Scene:
    """Frames that differ in number, meshes, materials, pictures, lamps, surroundings, decals and movement."""
    printed = Material("printed", base_colour_texture=generated(("dots", "lines")[index % 2]))
    wooden = Material("wooden", (0.5, 0.3, 0.2), shader="wood", shader_seed=0.1 * index, wear=0.5)
    things = [thing("ground", PLANE, material=printed)]
    for place in range(1 + (2 * index) % 5):
        material = (wooden, Material("paint", (0.1 * index, 0.2 * place, 0.5)))[(place + index) % 2]
        things.append(thing(f"thing/{place}", (BALL, BOX)[place % 2], at(0.3 * place - 0.4, 0.0), material))
    if index == 2:
        things[1] = replace(things[1], velocity_m_s=(9.0, 0.0, 0.0), spin_deg_s=(0.0, 0.0, 900.0))
    dawn, noon = (World(environment=generated(key), rotation_deg=30.0 * index) for key in ("dawn", "noon"))
    world = (DUSK, dawn, noon)[index % 3]
    if index == 3:
        world = replace(world, backdrop=generated("wall"))
    view = replace(camera(size=(48, 32)), shutter_s=0.02 if index == 2 else 0.0)
    scene = make_scene(*things, lights=(LAMP,) * (index % 3), world=world, view=view, frame_index=index)
    return replace(scene, decals=(LABEL,) if index % 2 else ())


@pytest.fixture(scope="module")
def alone() -> list[NDArray[np.float32]]:
    """The frames, each by a renderer of its own."""
    pictures = []
    for index in range(5):
        renderer = BlenderRenderer(SETTINGS, pictured_store().as_store())
        pictures.append(renderer.render(frame(index)).pixels)
        renderer.close()
    return pictures


def in_thread(work: Callable[[], None]) -> None:
    thread = Thread(target=work)
    thread.start()
    thread.join()


def test_frames_look_alike_loaded_or_not_after_whatever(alone: list[NDArray[np.float32]]) -> None:
    renderer = BlenderRenderer(SETTINGS, pictured_store().as_store())
    for count, index in enumerate((0, 1, 2, 3, 4, 4, 2, 0, 3, 1, 2, 1, 0, 4)):
        scene = frame(index)
        if count % 3:
            in_thread(lambda scene=scene: renderer.load(scene))  # type: ignore[misc]
        assert np.array_equal(renderer.render(scene).pixels, alone[index]), f"frame {index} as number {count}"
    renderer.close()


def test_a_frame_that_was_loaded_asks_for_no_picture_again() -> None:
    store = pictured_store()
    renderer = BlenderRenderer(SETTINGS, store.as_store())
    for index in (0, 1, 3):  # so that Blender was asked for all kinds of nodes
        renderer.show(frame(index))
    store.images["lines"] = np.zeros((8, 8, 3), np.uint8)
    scene = replace(frame(3), decals=())
    ground = replace(scene.instances[0], materials=(Material("new", base_colour_texture=generated("fresh")),))
    scene = replace(scene, instances=(ground, *scene.instances[1:]))
    store.images["fresh"] = np.zeros((8, 8, 3), np.uint8)
    renderer.load(scene)
    del store.images["fresh"]
    renderer.show(scene)
    assert "fresh" in {image.name for image in renderer.stage.images.datablocks()}
    renderer.close()


def test_what_cannot_be_had_is_an_error_when_it_is_loaded(tmp_path: Path) -> None:
    renderer = BlenderRenderer(SETTINGS, make_store().as_store())
    printed = Material("printed", base_colour_texture=generated("dots"))
    for attempt in (renderer.load, renderer.show):
        with pytest.raises(RenderError, match=r"^frame 7: instance 'box/0': material 'printed' must have no textures"):
            attempt(make_scene(thing("box/0", BOX, material=printed), frame_index=7))
    renderer.close()
    renderer = BlenderRenderer(SETTINGS, AssetStore(tmp_path))
    for attempt in (renderer.show, renderer.load):  # before the first, Blender was not asked for the nodes of a world
        with pytest.raises(AssetError, match=r"^environment must be one of .*, got 'nowhere'"):
            attempt(make_scene(world=World(environment=generated("nowhere"))))
    renderer.close()


def test_frames_that_are_never_shown_do_not_pile_up() -> None:
    renderer = BlenderRenderer(SETTINGS, pictured_store().as_store())
    renderer.show(frame(1))
    for _ in range(20):
        renderer.load(frame(1))
    assert len(renderer.stage._drafts) == 3
    renderer.close()


def test_what_waits_is_bounded_and_taken_once() -> None:
    ahead: Ahead[bytes] = Ahead(len, max_bytes=10)
    for key in "abc":
        ahead.put(key, lambda key=key: key.encode() * 4)  # type: ignore[misc]
    assert [ahead.take(key) for key in "abcc"] == [None, b"bbbb", b"cccc", None]
    ahead.put("large", lambda: b"x" * 50)
    ahead.put("large", lambda: b"never made")
    assert ahead.take("large") == b"x" * 50
    for key in "de":
        ahead.put(key, lambda key=key: key.encode() * 5)  # type: ignore[misc]
    assert (ahead.take("d"), ahead.take("e")) == (b"ddddd", b"eeeee")


def test_meshes_serve_again_in_other_materials() -> None:
    """Blender has one copy of a mesh for each body of the fullest frame, and none of those that were dropped."""
    slotted = replace(BOX, slots=(np.arange(len(BOX.triangles)) % 2).astype(np.int16))
    red, green, blue = (bpy.data.materials.new(name) for name in ("red", "green", "blue"))
    shelf = MeshShelf(max_triangles=30, max_copies=3)
    for worn in (((red, green),), ((green, blue), (red, red)), ((blue, red),)):
        shelf.trim()
        made = [shelf.copy_of("slotted", slotted, materials) for materials in worn]
        shelf.sweep()
        assert [tuple(one.materials) for one in made] == list(worn)
        assert len(set(made)) == len(made)
        faces = np.empty(len(slotted.triangles), np.int32)
        for one in made:
            one.attributes["material_index"].data.foreach_get("value", faces)
            assert np.array_equal(faces, slotted.slots)
    assert len(of_name("slotted")) == 3  # the original and two copies
    shelf.trim()
    other = shelf.copy_of("plane", PLANE, (red,))
    alone = shelf.copy_of("slotted", slotted, (red,))  # the same content with another number of slots
    assert (tuple(other.materials), tuple(alone.materials)) == ((red,), (red,))
    shelf.trim()
    shelf.copy_of("plane", PLANE, (red,))
    shelf.sweep()
    assert len(of_name("slotted")) == 2  # too many copies: those that the frame before had no use for are gone
    shelf.trim()
    for number in range(3):
        shelf.copy_of(f"more/{number}", slotted, (red, blue))
    shelf.trim()
    shelf.sweep()
    assert not of_name("slotted")  # too many triangles: the original is gone, and its copies with it
    bpy.data.batch_remove([red, green, blue, *of_name("plane"), *of_name("more")])


def of_name(name: str) -> list[bpy.types.Mesh]:
    return [mesh for mesh in bpy.data.meshes if mesh.name.startswith(name)]


def test_objects_serve_again_and_few_spares_are_kept() -> None:
    renderer = BlenderRenderer(SETTINGS, make_store().as_store())
    origin = bpy.data.objects.new("origin", None)
    things = Things(renderer.target, origin, bpy.data.meshes, bpy.data.meshes.new("nothing"), max_spares=2)
    for count in (3, 1, 3, 0, 5):
        shown = [bpy.data.meshes.new("shown") for _ in range(2)]
        things.show(shown, [number % 2 for number in range(count)])
        assert [made.data for made in things.objects] == [shown[number % 2] for number in range(count)]
        assert all(made.parent == origin for made in things.objects)
        assert len([mesh for mesh in bpy.data.meshes if mesh.name.startswith("shown")]) == len(shown)
        assert len([one for one in bpy.data.objects if one.parent == origin]) <= count + 2
    renderer.close()
