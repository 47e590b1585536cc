"""Frames without a disk, and single scenes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision import FrameError, Recipe, RejectedError, UsageError, frames, label, render_dataset, sample_scene
from synthvision.dataset import Dataset
from synthvision.run.in_memory import made_in_order
from synthvision.run.plan import Order
from tests.end_to_end.run.test_crew import RECIPE
from tests.unit.run.small import small_recipe


def test_frames_are_those_of_the_dataset_in_order(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    render_dataset(recipe, tmp_path / "out", frames=4, workers=1, renderer="preview")
    made = list(frames(recipe, 4, workers=2, renderer="preview"))
    assert [frame.scene.frame_index for frame in made] == [0, 1, 2, 3]
    for index, frame in enumerate(made):
        assert frame.image.shape == (32, 48, 3)
        written = cv2.imread(str(tmp_path / "out" / "images" / f"{index:06d}.png"))
        assert np.array_equal(frame.image, written[:, :, ::-1])
        ids = cv2.imread(str(tmp_path / "out" / "instances" / f"{index:06d}.png"), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(frame.labels.instance_map, ids)
        assert frame.labels.normals is not None
        assert frame.labels.object_coordinates is not None
        assert frame.labels.disparity is None


def test_frames_have_maps_that_cost_rays_where_the_recipe_puts_them_out(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "outputs.coverage=2", "outputs.disparity=true", "camera.stereo.baseline_m=0.02")
    left, right = (frame.labels for frame in frames(recipe, 2, workers=1, renderer="preview"))
    assert {one.instance_id for one in left.coverage} == {one.instance_id for one in left.instances if one.mask_px}
    assert left.disparity.any()
    assert set(np.unique(right.stereo_mask)) == {1, 2, 3}
    render_dataset(recipe, tmp_path / "out", frames=2, workers=1, renderer="preview")
    dataset = Dataset(tmp_path / "out")
    assert np.array_equal(dataset.disparity(dataset.record(1)), right.disparity)
    assert len(dataset.coverage(dataset.record(0))) == len(left.coverage)
    assert "uv" not in {name.split("/")[0] for name in dataset.record(0).files}


def test_scene_and_labels_of_one_frame_are_those_of_the_dataset(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    (frame,) = frames(recipe, 1, start=3, seed=5, workers=1, renderer="preview")
    scene = sample_scene(recipe, 3, seed=5)
    assert scene == frame.scene
    assert np.array_equal(label(scene).depth, frame.labels.depth)
    assert sample_scene(recipe, 3) != scene
    assert sample_scene(recipe, 3) == sample_scene(recipe, 3, seed=0)


def test_seed_none_is_the_recipes_and_zero_is_zero(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "seed=9")
    assert sample_scene(recipe, 0).seed == 9
    assert sample_scene(recipe, 0, seed=0).seed == 0


def test_frame_that_cannot_be_made_is_an_error_at_its_turn(tmp_path: Path) -> None:
    made = made_in_order(Order(RECIPE, 4, workers=1, renderer="preview"), stages="tests.unit.run.fake_stages:Refuses")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)  # where stages without a folder leave their notes
        products: list[object] = [next(made)]
        with pytest.raises(FrameError, match="frame 1: no attempt meets every rule"):
            next(made)
    assert products == [1]


def test_scene_that_no_attempt_makes_names_the_rule(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "require=[{instances: {mask_px: {min: 1500}}}]", "render.attempts=2")
    with pytest.raises(RejectedError, match=r"require\[0\] .* refused 2 of 2 attempts"):
        sample_scene(recipe, 0)


def test_impossible_arguments_are_refused_at_the_call() -> None:
    recipe: Recipe = RECIPE
    with pytest.raises(UsageError, match="frames: number must be at least 1, got -1"):
        frames(recipe, -1, renderer="preview")
