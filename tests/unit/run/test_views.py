"""Frames of one scene: one world, accepted or refused together, whoever makes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.errors import RejectedError
from synthvision.labels.rules import broken_rules
from synthvision.recipe import Recipe, load_recipe
from synthvision.run.accepting import Accepted, FrameMaker
from synthvision.sampling import SceneSampler
from tests.unit.run.small import TEXT, small_recipe_file

CAMERAS = """
camera:
  - name: side
    resolution: [48, 32]
    fov_deg: 40
    stereo: {baseline_m: 0.05}
    position: {shell: {radius_m: [0.25, 0.3], elevation_deg: [30, 60]}}
    look_at: {jitter_m: 0.1}
  - name: top
    resolution: [32, 32]
    orthographic_m: 0.1
    position: {at_m: [0, 0.001, 0.4]}
require:
  - {instances: {category: brick, visibility: {min: 0.5}, truncation: {max: 0.1}, count: {min: 1}}}
"""


def recipe_of(folder: Path, *overrides: str) -> Recipe:
    return load_recipe(small_recipe_file(folder, TEXT[: TEXT.index("camera:")] + CAMERAS), overrides)


def same(one: Accepted, other: Accepted) -> bool:
    return (
        one.scene == other.scene
        and one.refusals == other.refusals
        and np.array_equal(one.labels.scene_map, other.labels.scene_map)
    )


def test_frames_of_a_scene_share_the_attempt_and_every_one_meets_every_rule(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path)
    store = AssetStore(recipe.folder)
    maker, sampler = FrameMaker(recipe, 1, store), SceneSampler(recipe, store, 1)
    frames = [maker.accept(index) for index in range(18)]
    assert [one.scene.frame_index for one in frames] == list(range(18))
    assert [one.scene.camera.name for one in frames] == ["side-left", "side-right", "top"] * 6
    assert [one.labels.depth.shape for one in frames[:3]] == [(32, 48), (32, 48), (32, 32)]
    for scene_index in range(6):
        views = frames[3 * scene_index : 3 * scene_index + 3]
        assert {one.scene.scene_index for one in views} == {scene_index}
        assert len({one.scene.attempt for one in views}) == len({one.refusals for one in views}) == 1
        assert not any(broken_rules(recipe.require, one.labels) for one in views)
        worlds = [
            replace(one.scene, frame_index=0, camera=views[0].scene.camera, sensor=views[0].scene.sensor)
            for one in views
        ]
        assert worlds[0] == worlds[1] == worlds[2]
        # The attempt before was refused by one of the three, not necessarily by each.
        if views[0].scene.attempt:
            before = sampler.draw_views(scene_index, views[0].scene.attempt - 1)
            assert any(broken_rules(recipe.require, maker.labeller.label(scene)) for scene in before)
    attempts = [one.scene.attempt for one in frames]
    assert max(attempts) > 0


def test_order_and_memory_change_nothing(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path)
    store = AssetStore(recipe.folder)
    forwards = FrameMaker(recipe, 1, store)
    frames = [forwards.accept(index) for index in range(6)]
    backwards = FrameMaker(recipe, 1, store)
    for index in (5, 0, 4, 1, 3, 2):
        assert same(backwards.accept(index), frames[index])
        assert same(FrameMaker(recipe, 1, store).accept(index), frames[index])


def test_a_scene_that_one_view_never_meets_is_refused_in_all(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, "camera[1].orthographic_m=0.001", "render.attempts=4")
    maker = FrameMaker(recipe, 1, AssetStore(recipe.folder))
    for index in (0, 1, 2):
        with pytest.raises(
            RejectedError, match=r"frame 0: no attempt meets every rule: require\[0\] .* refused 4 of 4"
        ):
            maker.accept(index)
