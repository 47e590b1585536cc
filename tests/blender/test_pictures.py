"""Pictures reach Cycles by whichever way is quick, with the same light, and no more of them are kept than may be."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import Material, Texture
from synthvision.errors import RenderError
from synthvision.render.blender import images
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.picture_files import MemoryFile
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from tests.blender.scenes import PLANE, FakeStore, camera, make_scene, make_store, thing

LARGE, SMALL = ("bricks", "cloth", "grid", "label", "moss"), ("dots", "lines")


@pytest.fixture
def store() -> FakeStore:
    """Pictures of 3 and 4 channels, more and fewer bytes than those that are packed."""
    store = make_store()
    generator = np.random.default_rng(11)  # noqa: TID251 - fixed pictures
    for number, name in enumerate(LARGE + SMALL):
        size = (640, 640, 3 + number % 2) if name in LARGE else (64, 64, 3)
        store.images[name] = generator.integers(0, 256, size, dtype=np.uint8)
    return store


@pytest.fixture
def renderer(store: FakeStore) -> Iterator[BlenderRenderer]:
    made = BlenderRenderer(RenderSettings(1, 0.0, "none", device="cpu"), store.as_store())
    yield made
    made.close()


def picture(name: str) -> Picture:
    return Picture(Texture("generated", name), "sRGB")


def light(renderer: BlenderRenderer, name: str) -> NDArray[np.float32]:
    """Render a plane with that picture, some of which is see-through where it has alpha."""
    material = Material("printed", base_colour_texture=Texture("generated", name), alpha_cutoff=0.3)
    return renderer.render(make_scene(thing("plane", PLANE, material=material), view=camera(size=(48, 32)))).pixels


@pytest.mark.parametrize("name", [*LARGE[:2], *SMALL])
def test_the_light_is_the_same_in_each_frame_and_by_each_way(
    renderer: BlenderRenderer, store: FakeStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [light(renderer, name) for _ in range(images.EVERY + images.OFTEN)]
    assert renderer.stage.images._unread == {}, "it came again and again"
    renderer.stage.trim()
    renderer.stage.images = ImageShelf(store.as_store())
    monkeypatch.setattr(images, "HAS_MEMORY_FILES", False)
    seen.append(light(renderer, name))
    assert seen[0].std() > 0.01
    assert all(np.array_equal(other, seen[0]) for other in seen[1:])


def test_large_pictures_are_files_and_small_ones_are_packed(store: FakeStore) -> None:
    shelf = ImageShelf(store.as_store())
    for name in LARGE + SMALL:
        shelf.image(picture(name))
    packed = {image.name for image in shelf.datablocks() if image.packed_file is not None}
    assert packed == set(SMALL)
    bpy.data.batch_remove(shelf.datablocks())


def test_what_comes_again_is_read_once_but_few_in_many_frames(store: FakeStore) -> None:
    shelf = ImageShelf(store.as_store())
    read = []
    for _ in range(2 + images.EVERY * len(LARGE)):
        for name in LARGE:
            shelf.image(picture(name))
        read.append(len(LARGE) - len(shelf._unread))
        shelf.trim()
    often, every = images.OFTEN, images.EVERY
    assert read == [0 if at < often - 1 else 1 + (at - often + 1) // every for at in range(len(read))]
    assert all(image.has_data for image in shelf.datablocks())
    bpy.data.batch_remove(shelf.datablocks())


def test_files_that_no_frame_asks_for_are_dropped_many_at_once(store: FakeStore) -> None:
    shelf = ImageShelf(store.as_store(), max_files=4)
    kept = []
    for frame in (LARGE[:1], LARGE[:2], LARGE[2:4], LARGE[3:], LARGE[4:], LARGE):
        for name in frame:
            shelf.image(picture(name))
        shelf.trim()
        kept.append({image.name for image in shelf.datablocks()})
    assert kept == [set(LARGE[:1]), set(LARGE[:2]), set(LARGE[:4]), set(LARGE[2:]), set(LARGE[2:]), set(LARGE)]
    shelf.trim()
    assert not shelf._closing, "their files are gone"
    assert {file.texture.key for file in shelf._unread} == {*LARGE} - {"label"}, "label was in three frames"
    bpy.data.batch_remove(shelf.datablocks())


def test_without_room_for_another_open_file_they_are_packed(store: FakeStore) -> None:
    shelf = ImageShelf(store.as_store())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = int(MemoryFile(b"").path.name)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        shelf.make_ahead(picture("moss"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert shelf.image(picture("moss")).packed_file is not None
    bpy.data.batch_remove(shelf.datablocks())


def test_without_memory_it_is_an_error(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "MemoryFile", full)
    with pytest.raises(
        RenderError,
        match=r"^texture moss: memory must have room for 1228800 bytes, got No space left on device; lower --workers$",
    ):
        ImageShelf(store.as_store()).make_ahead(picture("moss"))
