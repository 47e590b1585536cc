"""A frame looks the same to the last bit whatever was rendered before it, in which order, and with how many threads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Material, Texture
from synthvision.render.blender.cycles import noise_seed
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import Light, Scene, World
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, camera, make_scene, make_store, still_life, thing


def filled_store() -> FakeStore:
    store = make_store()
    generator = np.random.default_rng(3)  # noqa: TID251 - a fixed picture
    store.images["noise"] = generator.integers(0, 256, (64, 64, 4), dtype=np.uint8)
    store.environments["sky"] = generator.random((32, 64, 3)).astype(np.float32) * np.float32(2)
    return store


def crowd(frame_index: int) -> Scene:
    """Many instances of two meshes, lamps of three types, textures, an environment: another arrangement per frame."""
    noise = Texture("generated", "noise")
    ground = Material("ground", roughness=0.8, base_colour_texture=noise, uv_scale=9.0, alpha_cutoff=0.0)
    things = [thing("ground", PLANE, material=ground)]
    for index in range(8):
        turn = 0.7 * index + frame_index
        pose = at(0.5 * np.cos(turn), 0.5 * np.sin(turn), scale=0.4 + 0.02 * frame_index, turn_rad=turn)
        glow = (0.5, 0.2, 0.1) if index == 3 else (0.0, 0.0, 0.0)
        material = Material(f"m{index % 3}", (0.1 * index, 0.5, 0.3), roughness=0.1 * (index % 3), emission_w_m2=glow)
        things.append(thing(f"thing/{index}", (BALL, BOX)[(index + frame_index) % 2], pose, material))
    lamps = (
        Light("a", "area", 20.0, (1.0, 1.0, 1.0), (1.0, 0.5, 1.5), (-0.53, -0.27, -0.8), size=0.4),
        Light("p", "point", 5.0, (1.2, 1.0, 0.6), (-1.0, 0.5, 1.0), size=0.05),
        Light("s", "spot", 50.0, (0.8, 1.0, 1.2), (0.0, -1.0, 2.0), (0.0, 0.447, -0.894), 0.05, 40.0, 0.2),
    )
    world = World(environment=Texture("generated", "sky"), rotation_deg=17.0 * frame_index)
    return make_scene(*things, lights=lamps[: 1 + frame_index % 3], world=world, view=camera(), frame_index=frame_index)


SCENES = [crowd(frame_index) for frame_index in range(4)] + [still_life(4)]


def rendered(settings: RenderSettings, order: list[int]) -> dict[int, np.ndarray]:
    renderer = BlenderRenderer(settings, filled_store().as_store())
    found = {index: renderer.render(SCENES[index]).pixels for index in order}
    renderer.close()
    return found


@pytest.mark.parametrize("denoiser", ["none", "fast", "accurate"])
def test_order_and_threads_change_no_bit(denoiser: str) -> None:
    settings = RenderSettings(4, 0.1, denoiser, device="cpu", threads=1)
    forth = rendered(settings, [0, 1, 2, 3, 4])
    back = rendered(replace(settings, threads=2), [4, 3, 0, 2, 0, 1])
    for index, pixels in forth.items():
        assert np.array_equal(pixels, back[index]), f"scene {index}"
        assert pixels.std() > 0.01


def test_a_scene_alone_is_the_scene_after_others() -> None:
    settings = RenderSettings(4, 0.0, "none", device="cpu", threads=2)
    alone = rendered(settings, [2])[2]
    assert np.array_equal(rendered(settings, [1, 0, 1, 3, 2])[2], alone)


def test_dropping_kept_meshes_and_images_changes_no_bit() -> None:
    renderer = BlenderRenderer(RenderSettings(2, 0.0, "none", device="cpu"), filled_store().as_store())
    before = renderer.render(SCENES[0]).pixels
    renderer.stage.meshes._shelf._capacity = 1
    renderer.stage.images._shelf._capacity = 1
    renderer.render(SCENES[4])
    renderer.render(SCENES[4])
    assert len(renderer.stage.meshes._shelf) <= 3
    assert len(renderer.stage.images._shelf) == 1
    assert np.array_equal(renderer.render(SCENES[0]).pixels, before)


def test_noise_differs_between_frames_and_datasets_and_is_the_same_for_the_same() -> None:
    one = still_life(1)
    seeds = {noise_seed(replace(one, frame_index=index, seed=seed)) for index in range(50) for seed in range(3)}
    assert len(seeds) == 150
    assert noise_seed(one) == noise_seed(replace(one, attempt=5))
    assert all(0 <= seed < 2**31 for seed in seeds)
    renderer = BlenderRenderer(RenderSettings(2, 0.0, "none", device="cpu"), make_store().as_store())
    first = renderer.render(one).pixels
    assert np.array_equal(renderer.render(one).pixels, first)
    assert not np.array_equal(renderer.render(replace(one, frame_index=2)).pixels, first)
