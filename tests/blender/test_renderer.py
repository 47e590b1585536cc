"""What a renderer refuses, and what it does about errors that Blender only prints."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Asset, Material, Mesh, Texture
from synthvision.errors import AssetError, DeviceError, DeviceMemoryError, RenderError
from synthvision.render.blender import compat
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import OFTEN
from synthvision.render.blender.render_log import RenderLog, render_log, tells_of_full_memory
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import World
from tests.blender.scenes import PLANE, FakeStore, box, make_scene, make_store, still_life, thing

SETTINGS = RenderSettings(1, 0.0, "none", device="cpu")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (replace(SETTINGS, samples_per_pixel=0), "render settings: samples_per_pixel must be at least 1, got 0"),
        (
            replace(SETTINGS, denoiser="best"),
            "render settings: denoiser must be one of none, fast, accurate, got 'best'",
        ),
        (replace(SETTINGS, adaptive_threshold=2.0), "render settings: adaptive_threshold must be in [0, 1], got 2.0"),
        (replace(SETTINGS, threads=-1), "render settings: threads must be in [0, 1024], got -1"),
    ],
)
def test_impossible_settings_are_refused(settings: RenderSettings, message: str) -> None:
    with pytest.raises(RenderError) as caught:
        BlenderRenderer(settings, make_store().as_store())
    assert str(caught.value) == message


def test_other_versions_of_blender_are_refused_by_name() -> None:
    compat.check_version(bpy.app.version)
    with pytest.raises(RenderError) as caught:
        compat.check_version((4, 2, 1))
    assert str(caught.value) == "Blender: the version must be one of 5.0, got 4.2.1"


def test_device_that_is_not_there_is_an_error_that_says_what_is(store: FakeStore) -> None:
    if bpy.context.preferences.addons["cycles"].preferences.get_devices_for_type("CUDA"):
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(DeviceError) as caught:
        BlenderRenderer(replace(SETTINGS, device="cuda"), store.as_store())
    assert str(caught.value).startswith("device: it must be one that this machine has (cpu (")
    assert str(caught.value).endswith("), got 'cuda'")


@pytest.fixture
def _prints_an_error() -> Iterator[None]:
    def complain(*_: object) -> None:
        os.write(1, b"00:01.752  cycles           | ERROR System is out of GPU memory\n")

    bpy.app.handlers.render_post.append(complain)
    yield
    bpy.app.handlers.render_post.remove(complain)


@pytest.mark.usefixtures("_prints_an_error")
def test_error_that_is_only_printed_fails_the_frame(renderer: BlenderRenderer) -> None:
    with pytest.raises(DeviceMemoryError) as caught:
        renderer.render(still_life(frame_index=12))
    assert str(caught.value) == (
        "frame 12: Blender must render without errors, got: "
        "00:01.752  cycles           | ERROR System is out of GPU memory"
    )


def test_renderer_goes_on_after_a_failed_frame(renderer: BlenderRenderer) -> None:
    before = renderer.render(still_life()).pixels
    broken = replace(still_life(3), world=World(colour=("red", 0.0, 0.0)))  # type: ignore[arg-type]
    with pytest.raises(RenderError, match=r"^frame 3: Blender must render without errors, got: .*sequence"):
        renderer.render(broken)
    assert np.array_equal(renderer.render(still_life()).pixels, before)


def test_picture_that_cannot_be_saved_is_an_error(renderer: BlenderRenderer) -> None:
    renderer.show(still_life(5))
    renderer.target.render.filepath = "/proc/no/such/place.exr"
    with pytest.raises(RenderError, match=r"^frame 5: Blender must render without errors, got: .*cannot save"):
        renderer.run("frame 5")


def test_light_that_is_not_finite_is_an_error(renderer: BlenderRenderer) -> None:
    scene = replace(make_scene(lights=[]), world=World((float("inf"), 0.0, 0.0)), frame_index=9)
    with pytest.raises(RenderError, match=r"^frame 9: pixel \(x=0, y=0\) must be finite, got \(inf, "):
        renderer.render(scene)


def test_lost_pixels_of_surroundings_fail_the_frame(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.environments["white"] = np.full((2, 4, 3), 1, np.float32)
    scene = make_scene(thing("ground", PLANE), world=World(environment=Texture("generated", "white")))
    before = renderer.render(scene).pixels
    for image in renderer.stage.images.datablocks():
        if image.name == "white":
            image.buffers_free()
    lost = [image for image in renderer.stage.images.datablocks() if not image.has_data]
    assert [image.name for image in lost] == ["white"]
    with pytest.raises(
        RenderError, match=r"^frame 0: texture white: its pixels must be in Blender's memory, got none$"
    ):
        renderer.render(scene)
    assert np.array_equal(renderer.render(scene).pixels, before)


def test_pixels_that_blender_drops_are_unpacked_again(renderer: BlenderRenderer, store: FakeStore) -> None:
    store.images["rows"] = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    scene = make_scene(thing("ground", PLANE, material=Material("m", base_colour_texture=Texture("generated", "rows"))))
    before = renderer.render(scene).pixels
    for _ in range(OFTEN - 1):
        assert np.array_equal(renderer.render(scene).pixels, before)
    (image,) = (image for image in renderer.stage.images.datablocks() if image.name == "rows")
    assert image.has_data  # it came often
    image.buffers_free()
    assert np.array_equal(renderer.render(scene).pixels, before)


def test_asset_errors_stay_asset_errors(
    renderer: BlenderRenderer, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Asset:
        raise AssetError("duck.glb: the file must be there")

    monkeypatch.setattr(store, "asset", refuse)
    with pytest.raises(AssetError, match=r"^duck\.glb: the file must be there$"):
        renderer.render(still_life())


def test_blender_starts_empty_and_runs_no_scripts(renderer: BlenderRenderer) -> None:
    assert bpy.data.filepath == ""
    assert not bpy.context.preferences.filepaths.use_scripts_auto_execute
    assert renderer.device.kind == "cpu"
    assert renderer.target.cycles.device == "CPU"


def test_mesh_arrives_as_it_is(renderer: BlenderRenderer, store: FakeStore) -> None:
    """Vertices, triangles, coordinates and normals to the last bit, degenerate triangles left out."""
    generator = np.random.default_rng(5)  # noqa: TID251 - fixed numbers
    solid = box(0.2)
    triangles = np.concatenate([solid.triangles, [[0, 0, 1]]]).astype(np.int32)
    normals = generator.normal(size=(len(triangles), 3, 3))
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    uvs = generator.random((len(triangles), 3, 2)).astype(np.float32)
    slots = (np.arange(len(triangles)) % 3).astype(np.int16)
    mesh = Mesh(solid.vertices, triangles, slots, uvs, normals.astype(np.float32))
    store.assets[mesh.content_hash] = Asset(mesh, (Material(),) * 3)
    three = tuple(Material(name, (0.1 * index, 0.2, 0.3)) for index, name in enumerate("abc"))
    renderer.show(make_scene(thing("box/0", mesh, material=three)))
    shown = renderer.stage.objects[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).data

    def arrived(items: object, attribute: str, width: int, dtype: type = np.float32) -> np.ndarray:
        values = np.empty(len(items) * width, dtype)
        items.foreach_get(attribute, values)
        return values.reshape(-1, 3, width) if width < 3 else values.reshape(-1, width)

    assert np.array_equal(arrived(shown.vertices, "co", 3), mesh.vertices)
    corners = np.empty(3 * len(shown.polygons), np.int32)
    shown.loops.foreach_get("vertex_index", corners)
    assert np.array_equal(corners.reshape(-1, 3), triangles[:-1])
    assert np.array_equal(arrived(shown.uv_layers[0].uv, "vector", 2), uvs[:-1])
    indices = np.empty(len(shown.polygons), np.int32)
    shown.polygons.foreach_get("material_index", indices)
    assert np.array_equal(indices, slots[:-1])
    np.testing.assert_allclose(arrived(shown.corner_normals, "vector", 3).reshape(-1, 3, 3), normals[:-1], atol=1e-6)


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ("System is out of GPU memory", True),
        ("System is out of GPU and shared host memory", True),
        ("Out of memory in cuMemAlloc(&device_pointer, size)", True),
        ("Failed to allocate 4.00 GB", True),
        ("Error: cannot save: /tmp/x.exr", False),
    ],
)
def test_full_memory_is_known_from_what_is_said(said: str, full: bool) -> None:
    assert tells_of_full_memory(said) == full


def test_render_log_catches_lines_and_knows_errors() -> None:
    with render_log() as log:
        os.write(1, b"Saved: 'x'\n")
        os.write(2, b"Error: Cannot render, no camera\n")
    assert log.lines == ["Saved: 'x'", "Error: Cannot render, no camera"]
    assert log.errors == ["Error: Cannot render, no camera"]
    harmless = RenderLog(
        ["00:00.554  cycles           | WARNING CUEW initialization failed: Error opening the library"]
    )
    assert harmless.errors == []
