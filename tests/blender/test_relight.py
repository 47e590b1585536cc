"""Frames that are mixed from one path trace are what a render in that light gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.assets import Material, Texture
from synthvision.errors import RenderError
from synthvision.recipe import load_recipe
from synthvision.render.blender.light_groups import lit_groups
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import Radiance, RenderSettings
from synthvision.run.rendering import render_dataset
from synthvision.scene import Light, Mix, Scene, SensorSettings, World
from synthvision.scene.mixing import as_lit
from synthvision.sensor import develop
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, camera, make_scene, make_store, thing
from tests.unit.run.small import contents

SETTINGS = RenderSettings(4, 0.0, "none", device="cpu", threads=2)
LAMPS = (
    Light("area", "area", 20.0, (1.0, 1.0, 1.0), (1.0, 0.5, 1.5), (-0.53, -0.27, -0.8), size=0.4),
    Light("point", "point", 5.0, (1.2, 1.0, 0.6), (-1.0, 0.5, 1.0), size=0.05),
    Light("spot", "spot", 50.0, (0.8, 1.0, 1.2), (0.0, -1.0, 2.0), (0.0, 0.447, -0.894), 0.05, 40.0, 0.2),
    Light("sun", "sun", 1.0, (1.0, 1.0, 1.0), direction=(0.0, 0.6, -0.8), size=0.5),
)
WORLD = World(environment=Texture("generated", "sky"), backdrop=Texture("generated", "view"), backdrop_strength=0.8)


def filled_store() -> FakeStore:
    store = make_store()
    generator = np.random.default_rng(3)  # noqa: TID251 - a fixed picture
    store.images["view"] = generator.integers(0, 256, (24, 32, 4), dtype=np.uint8)
    store.environments["sky"] = generator.random((16, 32, 3)).astype(np.float32)
    return store


def scene_of(*gains: float, world: float = 1.0, emission: float = 1.0, frame_index: int = 0) -> Scene:
    """Four lamps, a glowing ball, an environment and a backdrop; frames 0 to 3 are of one view."""
    scene = make_scene(
        thing("ground", PLANE, at(0.0, 0.0, scale=0.1), Material("ground", (0.5, 0.5, 0.5), roughness=0.9)),
        thing("ball/0", BALL, at(-0.25, 0.0), Material("lamp", (0.1, 0.1, 0.1), emission_w_m2=(0.9, 0.5, 0.2))),
        thing("box/0", BOX, at(0.25, 0.1, turn_rad=0.5), Material("card", (0.7, 0.35, 0.1), roughness=0.6)),
        lights=LAMPS,
        world=WORLD,
        view=camera(size=(96, 64), focal_px=60.0),
        frame_index=frame_index,
    )
    return replace(scene, mix=Mix(0, gains or (1.0,) * len(LAMPS), world, emission))


def renderer_of(settings: RenderSettings = SETTINGS) -> BlenderRenderer:
    return BlenderRenderer(settings, filled_store().as_store())


@pytest.fixture
def renderer() -> Iterator[BlenderRenderer]:
    made = renderer_of()
    yield made
    made.close()


def count_traces(renderer: BlenderRenderer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every path trace is added."""
    traces: list[str] = []
    real = renderer.run

    def run(where: str, *, write_still: bool = True) -> None:
        traces.append(where)
        real(where, write_still=write_still)

    monkeypatch.setattr(renderer, "run", run)
    return traces


def psnr_db(first: np.ndarray, second: np.ndarray) -> float:
    """Of the pictures as people see them, exposed for the first."""
    exposure = SensorSettings(exposure_ev=-float(np.log2(np.mean(first) / 0.18)))
    developed = [develop(Radiance(pixels), exposure).astype(np.float64) for pixels in (first, second)]
    return float(10 * np.log10(255**2 / np.mean((developed[0] - developed[1]) ** 2)))


def test_groups_add_up_to_the_plain_picture(renderer: BlenderRenderer) -> None:
    scene = scene_of()
    assert lit_groups(scene) == ("light0", "light1", "light2", "light3", "emission", "world")
    plain = renderer.render(replace(scene, mix=None)).pixels
    groups = renderer.render(scene).pixels
    assert plain.max() > 0.5
    np.testing.assert_allclose(groups, plain, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["light0", "light3", "emission", "world"])
def test_a_group_alone_is_the_picture_in_its_light(renderer: BlenderRenderer, name: str) -> None:
    gains = [float(name == f"light{index}") for index in range(4)]
    scene = scene_of(*gains, world=float(name == "world"), emission=float(name == "emission"))
    mixed = renderer.render(scene).pixels
    # The noise is another, because Cycles does not look for lamps that are out.
    real = renderer.render(as_lit(scene)).pixels
    assert mixed.mean() == pytest.approx(real.mean(), rel=0.03)
    assert np.corrcoef(box_blurred(mixed).ravel(), box_blurred(real).ravel())[0, 1] > 0.98


def box_blurred(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(16, 4, 24, 4, 3).mean(axis=(1, 3))


def test_a_mix_is_a_render_in_its_light() -> None:
    scene = scene_of(0.3, 3.0, 0.5, 1.5, world=0.6, emission=2.0)
    renderer = renderer_of(RenderSettings(128, 0.0, "accurate", device="cpu"))
    mixed = renderer.render(scene).pixels
    real = renderer.render(as_lit(scene)).pixels
    untouched = renderer.render(scene_of()).pixels
    renderer.close()
    assert psnr_db(real, mixed) >= 45
    assert psnr_db(real, untouched) < 30


def test_one_trace_serves_all_mixes_of_a_view(renderer: BlenderRenderer, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = count_traces(renderer, monkeypatch)
    frames = [scene_of(1.0, 2.0 + index, 0.5, 0.0, world=0.1 * index, frame_index=index) for index in range(4)]
    frames = [replace(frame, sensor=SensorSettings(noise_seed=frame.frame_index)) for frame in frames]
    pictures = []
    for frame in [*frames, replace(frames[1], seed=5)]:
        renderer.prepare(frame)
        pictures.append(renderer.render(frame).pixels)
    assert len(traces) == 2
    assert not any(np.array_equal(one, pictures[0]) for one in pictures[1:])


@pytest.mark.parametrize("denoiser", ["none", "accurate"])
def test_order_threads_and_tiles_change_no_bit(denoiser: str) -> None:
    frames = [scene_of(1.0 + index, 1.0, 0.5, 2.0, world=0.4 * index, frame_index=index) for index in range(3)]
    plain = replace(scene_of(frame_index=7), mix=None)
    settings = replace(SETTINGS, denoiser=denoiser, samples_per_pixel=2, threads=1)
    forth = rendered(settings, [plain, *frames])
    back = rendered(replace(settings, threads=2), [frames[2], frames[0], plain, frames[1]])
    tiled = rendered(replace(settings, tile_px=32), [frames[1]])
    for frame in (plain, *frames):
        assert np.array_equal(forth[frame.frame_index], back[frame.frame_index]), frame.frame_index
    assert np.array_equal(forth[1], tiled[1])


def rendered(settings: RenderSettings, scenes: list[Scene]) -> dict[int, np.ndarray]:
    renderer = renderer_of(settings)
    found = {scene.frame_index: renderer.render(scene).pixels for scene in scenes}
    renderer.close()
    return found


def test_of_many_lights_neighbours_share_a_gain(renderer: BlenderRenderer) -> None:
    lamps = tuple(replace(LAMPS[1], name=f"p{i}", position_m=(np.cos(i), np.sin(i), 1.0)) for i in range(9))
    scene = replace(scene_of(), lights=lamps, mix=Mix(0, (0.0, 0.0, 4.0, 0.0, 0.0, 0.0), 0.0, 0.0))
    mixed = renderer.render(scene).pixels
    assert [light.power_w for light in as_lit(scene).lights] == [0.0, 0.0, 0.0, 20.0, 20.0, 0.0, 0.0, 0.0, 0.0]
    real = renderer.render(as_lit(scene)).pixels
    assert mixed.mean() == pytest.approx(real.mean(), rel=0.05)


def test_a_scene_without_any_light_is_black(renderer: BlenderRenderer) -> None:
    scene = replace(scene_of(), lights=(), world=World(), instances=scene_of().instances[:1], mix=Mix(0, (), 3.0, 2.0))
    assert lit_groups(scene) == ("world",)
    assert not renderer.render(scene).pixels.any()


def test_a_mix_of_another_number_of_lights_is_refused(renderer: BlenderRenderer) -> None:
    scene = replace(scene_of(), frame_index=3, mix=Mix(0, (1.0, 2.0)))
    with pytest.raises(RenderError, match=r"^frame 3: mix must have a gain for each of its 4 groups of lights, got 2$"):
        renderer.render(scene)


def test_a_relit_dataset_does_not_depend_on_its_workers(tmp_path: Path) -> None:
    recipe = load_recipe("dice", ["camera.resolution=[64, 48]", "render.samples_per_pixel=1", "relight=3"])
    for workers in (1, 2):
        assert render_dataset(recipe, tmp_path / str(workers), frames=6, workers=workers, device="cpu").finished == 6
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert one == two
    images = [one[f"images/{index:06d}.png"] for index in range(6)]
    assert len(set(images)) == 6
    maps = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted((tmp_path / "1/instances").iterdir())]
    shared = [np.array_equal(one, other) for one, other in pairwise(maps)]
    assert shared == [True, True, False, True, True]
