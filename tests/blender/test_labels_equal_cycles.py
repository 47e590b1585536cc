"""Labels are made with Embree on the Scene, pictures with Cycles: both must see the same thing in every pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.labels import Labeller
from synthvision.recipe import bundled_recipes, load_recipe
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.quality import render_settings
from synthvision.run.accepting import FrameMaker
from tests.blender.index_pass import index_pass
from tests.real import REAL, needs_real_models, real_recipe

# Cycles jitters the ray by up to 0.005 px in the narrowest filter it has; a pixel whose answer changes
# when the whole image is moved by this much is an exact tie between two surfaces.
TIE_PX = 0.01


def disagreements(recipe, frame_index: int) -> tuple[int, float, int]:
    """Pixels whose instance differs and that are no ties, the greatest error in depth elsewhere (m), ties."""
    store = AssetStore(recipe.folder)
    maker = FrameMaker(recipe, 0, store)
    accepted = maker.accept(frame_index)
    renderer = BlenderRenderer(render_settings(recipe.render, "cpu", 0), store)
    index_map, depth = index_pass(renderer, accepted.scene)
    renderer.close()
    labels = accepted.labels
    differs = index_map != labels.scene_map
    ties = differs & may_be(index_map, maker.labeller, accepted.scene)
    same = ~differs & (index_map >= 0)
    # Where a surface recedes steeply, Cycles' own jitter moves its depth: it must lie within what that jitter makes.
    low, high = depth_range(maker.labeller, accepted.scene)
    worst = float(np.maximum(depth - high, low - depth)[same].max())
    return int((differs & ~ties).sum()), worst, int(ties.sum())


def nudged(labeller: Labeller, scene):
    """Labels of the scene with the image moved by a hundredth of a pixel in eight directions."""
    for dx in (-TIE_PX, 0, TIE_PX):
        for dy in (-TIE_PX, 0, TIE_PX):
            camera = replace(scene.camera, cx=scene.camera.cx + dx, cy=scene.camera.cy + dy)
            yield labeller.label(replace(scene, camera=camera), normals=False)


def may_be(index_map, labeller: Labeller, scene) -> np.ndarray:
    return np.any([labels.scene_map == index_map for labels in nudged(labeller, scene)], axis=0)


def depth_range(labeller: Labeller, scene) -> tuple[np.ndarray, np.ndarray]:
    depths = np.stack([labels.depth for labels in nudged(labeller, scene)])
    return depths.min(axis=0), depths.max(axis=0)


@pytest.mark.parametrize("name", bundled_recipes())
@pytest.mark.parametrize("frame_index", [0, 5])
def test_every_bundled_recipe(name: str, frame_index: int):
    recipe = load_recipe(name, ["camera.resolution=[320, 240]"])
    wrong, worst, ties = disagreements(recipe, frame_index)
    assert wrong == 0
    assert worst < 1e-3
    assert ties <= 8


@needs_real_models
@pytest.mark.parametrize("frame_index", [0, 1, 2])
def test_real_models(tmp_path: Path, frame_index: int):
    recipe = load_recipe(real_recipe(tmp_path), ["camera.resolution=[320, 240]"], allowed_roots=[REAL])
    wrong, worst, ties = disagreements(recipe, frame_index)
    assert wrong == 0
    assert worst < 1e-3
    assert ties <= 8
