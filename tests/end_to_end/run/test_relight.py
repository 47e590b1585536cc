"""Frames that are mixed from one path trace: drawn together, labelled once, made by one worker."""

from __future__ import annotations

import threading
import time  # noqa: TID251 - a slow disk
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.errors import FrameError, RecipeError
from synthvision.labels import Labeller
from synthvision.recipe import Recipe, load_recipe
from synthvision.render.preview import PreviewRenderer
from synthvision.run.accepting import FrameMaker
from synthvision.run.crew import Crew, Event, Patience, WorkerLost
from synthvision.run.messages import FrameDone, FromWorker, Job
from synthvision.run.pipeline import Pipeline, Stages
from synthvision.run.plan import Order
from synthvision.run.rendering import render_dataset
from synthvision.run.shards import Shard
from synthvision.run.slots import Size
from synthvision.run.stopping import Stop
from synthvision.sampling import SceneSampler
from synthvision.sampling.mixes import mixed
from synthvision.sampling.tabulating import Tabulator
from synthvision.sampling.variables import FrameDraws
from synthvision.scene import Camera, Mix, Scene, SensorSettings
from synthvision.scene.mixing import as_lit, light_groups, traced_once
from tests.unit.run.fake_stages import FakeAccepted, FakeStages
from tests.unit.run.small import contents, small_recipe

RELIT = ("relight.count=3", "relight.light_gain.log_uniform=[0.1, 10]", "sensor.exposure_ev.uniform=[-1, 1]")


def relit(folder: Path, *overrides: str) -> Recipe:
    return small_recipe(folder, *RELIT, *overrides)


def with_two_cameras(recipe: Recipe) -> Recipe:
    camera = recipe.cameras[0]
    return recipe.model_copy(update={"camera": [camera.model_copy(update={"name": name}) for name in "ab"]})


def same_world(scene: Scene, camera: Camera) -> Scene:
    return replace(scene, frame_index=0, camera=camera, sensor=SensorSettings(), mix=None)


def test_frames_of_a_view_differ_in_light_and_sensor_alone(tmp_path: Path) -> None:
    recipe = with_two_cameras(relit(tmp_path))
    maker = FrameMaker(recipe, 4, AssetStore(recipe.folder))
    frames = [maker.accept(index) for index in range(12)]
    scenes = [frame.scene for frame in frames]
    assert [scene.frame_index for scene in scenes] == list(range(12))
    assert [scene.scene_index for scene in scenes] == [0] * 6 + [1] * 6
    assert "".join(scene.camera.name for scene in scenes) == "aaabbb" * 2
    assert [scene.mix.first_frame for scene in scenes if scene.mix] == [0] * 3 + [3] * 3 + [6] * 3 + [9] * 3
    for first in range(0, 12, 3):
        assert len({id(frame.labels) for frame in frames[first : first + 3]}) == 1
        common = [traced_once(scene) for scene in scenes[first : first + 3]]
        assert common[0] == common[1] == common[2]
    assert traced_once(scenes[0]) != traced_once(scenes[3])
    worlds = [same_world(scene, scenes[0].camera) for scene in scenes[:6]]
    assert all(world == worlds[0] for world in worlds)
    # The mixes are the scene's, so that its cameras see the same light; noise is each frame's own.
    for one, other in zip(scenes[:3], scenes[3:6], strict=True):
        assert one.mix == replace(other.mix, first_frame=0)
        assert one.sensor.exposure_ev == other.sensor.exposure_ev
    assert len({scene.sensor.exposure_ev for scene in scenes}) == 6
    assert len({scene.sensor.noise_seed for scene in scenes}) == 12
    gains = {scene.mix.lights for scene in scenes if scene.mix}
    assert len(gains) == 6
    assert all(0.1 <= gain <= 10 for mix in gains for gain in mix)


def test_geometry_is_that_of_the_recipe_without_relighting(tmp_path: Path) -> None:
    plain, recipe = small_recipe(tmp_path), relit(tmp_path)
    store = AssetStore(recipe.folder)
    for scene_index in range(3):
        alone = SceneSampler(plain, store, 0).draw(scene_index)
        frame = SceneSampler(recipe, store, 0).draw(3 * scene_index + 1)
        assert same_world(frame, frame.camera) == same_world(alone, frame.camera)
        assert frame.camera == alone.camera


def test_a_short_form_and_its_defaults(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "relight=4")
    sampler = SceneSampler(recipe, AssetStore(recipe.folder), 0)
    assert Order(recipe, 8).views == sampler.views == 4
    mixes = [scene.mix for index in range(16) for scene in sampler.draw_views(index)]
    lights = [mix.lights[0] for mix in mixes if mix]
    assert len(lights) == 64
    assert 0.25 <= min(lights) < 0.3
    assert 3.5 < max(lights) <= 4
    assert {mix.emission for mix in mixes if mix} == {1.0}


def test_a_frozen_factor_holds_its_gains(tmp_path: Path) -> None:
    recipe = relit(tmp_path, "freeze=[lights, sensor]")
    scenes = [SceneSampler(recipe, AssetStore(recipe.folder), 0).draw(index) for index in range(6)]
    assert {round(scene.mix.lights[0], 9) for scene in scenes if scene.mix} == {1.0}
    assert {scene.sensor.exposure_ev for scene in scenes} == {0.0}
    assert len({scene.mix.world for scene in scenes if scene.mix}) == 6


def test_sample_tabulates_the_gains(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    sampler = SceneSampler(recipe, AssetStore(recipe.folder), 0)
    columns = Tabulator(recipe, 0).table(range(5)).columns
    scenes = [sampler.draw(index) for index in range(5)]
    assert columns["lights/sun/0/gain"].tolist() == [scene.mix.lights[0] for scene in scenes if scene.mix]
    assert columns["world/gain"].tolist() == [scene.mix.world for scene in scenes if scene.mix]
    assert columns["sensor/exposure_ev"].tolist() == [scene.sensor.exposure_ev for scene in scenes]


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("relight=1", "relight must be at least 2, got 1"),
        ("relight=[8]", "relight must be a whole number or a mapping, got"),
        ("relight={count: 8, light_gain: -1}", "light_gain must be at least 0, got -1"),
        ("relight={count: 8, world_gains: 1}", "got 'world_gains'; did you mean 'world_gain'"),
        ("relight={light_gain: 1}", "relight.count: count must be given, got nothing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, override: str, text: str) -> None:
    with pytest.raises(RecipeError) as caught:
        small_recipe(tmp_path, override)
    assert text in str(caught.value)


def test_a_randomizer_may_not_move_the_camera_between_mixes(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    frames = SceneSampler(recipe, AssetStore(recipe.folder), 0).draw_views(1)
    moved = replace(frames[2], camera=replace(frames[2].camera, clip_m=0.5))
    assert recipe.relit is not None
    with pytest.raises(
        FrameError,
        match=r"^frame 5: randomizers must leave all mixes of a view one camera, got another than in frame 3$",
    ):
        mixed(recipe.relit, (*frames[:2], moved), FrameDraws(recipe, 0).draws(1))


def test_many_lights_are_grouped_with_their_neighbours() -> None:
    assert light_groups(0) == ()
    assert light_groups(6) == (0, 1, 2, 3, 4, 5)
    assert light_groups(9) == (0, 0, 1, 2, 2, 3, 4, 4, 5)
    assert all(sorted(set(light_groups(count))) == list(range(min(count, 6))) for count in range(200))


def test_the_preview_has_the_mix_s_light(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    store = AssetStore(recipe.folder)
    renderer = PreviewRenderer(store, Labeller(store))
    scene = SceneSampler(recipe, store, 0).draw(1)
    picture = renderer.render(scene).pixels
    assert np.array_equal(picture, renderer.render(as_lit(scene)).pixels)
    sun, world = (
        renderer.render(replace(scene, mix=Mix(0, (gain,), 1.0 - gain))).pixels.astype(np.float64)
        for gain in (1.0, 0.0)
    )
    assert scene.mix is not None
    np.testing.assert_allclose(scene.mix.lights[0] * sun + scene.mix.world * world, picture, rtol=1e-4, atol=1e-5)


def test_bytes_depend_on_neither_workers_nor_order(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    for name, workers in (("one", 1), ("two", 2)):
        render_dataset(recipe, tmp_path / name, frames=7, workers=workers, renderer="preview")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_shards_keep_the_frames_of_a_scene_together(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    parts = [Order(recipe, 30, shard=Shard(number, 4)).indices for number in range(4)]
    assert [index for part in parts for index in part] == list(range(30))
    assert all(part.start % 3 == 0 for part in parts)


def run_crew(
    recipe: Recipe, folder: Path, stages: str, frames: range, workers: int = 2, patience: Patience | None = None
) -> list[Event]:
    job = Job(recipe, 0, folder, "preview", stages=f"tests.unit.run.fake_stages:{stages}")
    return list(Crew(job, Size(workers), Stop(), patience).run(frames))


def makers(folder: Path) -> dict[int, list[int]]:
    """Return the processes that drew the frames of each scene of three."""
    found: dict[int, list[int]] = defaultdict(list)
    for line in (folder / "accepted").read_text().splitlines():
        pid, frame_index = map(int, line.split())
        found[frame_index // 3].append(pid)
    return found


def test_one_worker_makes_all_frames_of_a_scene(tmp_path: Path) -> None:
    events = run_crew(relit(tmp_path), tmp_path, "Slow", range(1, 29))
    assert sorted(event.frame_index for event in events if isinstance(event, FrameDone)) == list(range(1, 29))
    found = makers(tmp_path)
    assert all(len(set(pids)) == 1 for pids in found.values())
    assert len({pids[0] for pids in found.values()}) == 2


def test_what_a_lost_worker_was_to_make_is_made_by_another(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "relight=12")
    events = run_crew(recipe, tmp_path, "KilledOnce", range(14), workers=1)
    assert sorted(event.frame_index for event in events if isinstance(event, FrameDone)) == list(range(14))
    assert len([event for event in events if isinstance(event, WorkerLost)]) == 1


def test_a_trace_is_not_taken_for_a_stall_after_frames_that_needed_none(tmp_path: Path) -> None:
    patience = Patience(least_s=0.1, medians=1.2)
    events = run_crew(relit(tmp_path), tmp_path, "TracesForThree", range(6), 1, patience)
    assert len([event for event in events if isinstance(event, FrameDone)]) == 6
    assert not [event for event in events if isinstance(event, WorkerLost)]


def test_a_worker_that_holds_too_much_finishes_its_scene(tmp_path: Path) -> None:
    recipe = relit(tmp_path)
    job = Job(recipe, 0, tmp_path, "preview", stages="tests.unit.run.fake_stages:Leaks")
    size = Size(1, 1, ceiling_bytes=250_000_000)
    events = list(Crew(job, size, Stop(), Patience(least_frames=2)).run(range(30)))
    assert len([event for event in events if isinstance(event, FrameDone)]) == 30
    found = makers(tmp_path)
    assert all(len(set(pids)) == 1 for pids in found.values())
    assert len({pids[0] for pids in found.values()}) >= 2


def test_frames_that_are_rendered_at_once_never_hold_each_other_up(tmp_path: Path) -> None:
    class SlowToWrite(FakeStages):
        def write(self, accepted: FakeAccepted, image: int) -> int:
            time.sleep(0.005)
            return image

    frames, done = iter(range(100)), list[FromWorker]()
    stages = SlowToWrite(Job(relit(tmp_path), 0, tmp_path, "preview"))
    pipeline = Pipeline(cast("Stages", stages), lambda: next(frames, None), done.append)
    running = threading.Thread(target=pipeline.run, daemon=True)
    running.start()
    running.join(timeout=30)
    assert len(done) == 100
    assert not running.is_alive()


def test_a_recipe_is_relit_by_a_name_of_its_own(tmp_path: Path) -> None:
    recipe = relit(tmp_path, "variables.dim.uniform=[0, 1]", "relight.world_gain=1 - dim / 2")
    scene = SceneSampler(recipe, AssetStore(recipe.folder), 0).draw(2)
    assert scene.mix is not None
    assert scene.mix.world == 1 - float(np.asarray(scene.variables["dim"])) / 2
    assert load_recipe("quickstart").relit is None
