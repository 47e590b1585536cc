"""Labels are made with Embree on the Scene, pictures with Cycles: both must see the same thing in every pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.labels import Labeller, Labels, Maps
from synthvision.recipe import Recipe, bundled_recipes, load_recipe
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.quality import render_settings
from synthvision.run.accepting import FrameMaker
from synthvision.scene import Scene
from tests.blender.index_pass import index_pass
from tests.real import REAL, needs_real_models, real_recipe

# Two ray casters in float32 may differ where a ray grazes an edge: a pixel whose answer changes when the whole image is
# moved by this much is a tie between two surfaces, and every pixel that differs must be one.
TIE_PX = 0.01

FAR_M = 20.0
"""From here on, depth may be off by a share (5e-5) instead of a millimetre."""


def assert_equal(recipe: Recipe, *frames: int) -> None:
    store = AssetStore(recipe.folder)
    maker = FrameMaker(recipe, 0, store)
    renderer = BlenderRenderer(render_settings(recipe.render, "cpu", 0), store)
    for frame in frames:
        wrong, worst, ties = disagreements(maker, renderer, frame)
        assert wrong == 0, f"frame {frame}"
        assert worst < 1e-3, f"frame {frame}"
        assert ties <= 8, f"frame {frame}"
    renderer.close()


def disagreements(maker: FrameMaker, renderer: BlenderRenderer, frame_index: int) -> tuple[int, float, int]:
    """Pixels whose instance differs and that are no ties, the greatest error in depth elsewhere (m), ties."""
    scene = geometry(maker.accept(frame_index).scene)
    index_map, depth = index_pass(renderer, scene)
    labels = maker.labeller.label(scene, maps=Maps())
    moved = list(nudges(maker.labeller, scene))
    around = [nudged.scene_map for nudged in moved]
    differs = index_map != labels.scene_map
    ties = differs & np.any([scene_map == index_map for scene_map in around], axis=0)
    # Where a surface recedes steeply, so little moves its depth, too: it must lie within what that makes, to 1e-3 m.
    inside = (index_map >= 0) & np.all([scene_map == index_map for scene_map in around], axis=0)
    assert inside.sum() > 0.97 * (index_map >= 0).sum()
    depths = [nudged.depth for nudged in moved]
    error = np.maximum(depth - np.max(depths, axis=0), np.min(depths, axis=0) - depth)
    # Cycles reckons in float32 in the world's frame: a camera 50 m from the origin has steps of some micrometres.
    worst = (error / np.maximum(1.0, depth / FAR_M))[inside].max()
    return int((differs & ~ties).sum()), float(worst), int(ties.sum())


def geometry(scene: Scene) -> Scene:
    """Return the scene as labels see it, through a pinhole and at the middle of the exposure, with all things solid."""
    sharp = replace(scene.camera, aperture_m=0.0, shutter_s=0.0)
    solid = tuple(
        replace(
            instance,
            see_through=False,
            materials=tuple(replace(material, transmission=0.0) for material in instance.materials),
        )
        for instance in scene.instances
    )
    return replace(scene, camera=sharp, instances=solid)


def nudges(labeller: Labeller, scene: Scene) -> Iterator[Labels]:
    """Labels of the scene with the image moved by up to a hundredth of a pixel each way, unmoved among them.

    And by a twentieth of that: the tips of blades of grass are thinner than a hundredth of a pixel.
    """
    ways = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]
    for dx, dy in [(0.0, 0.0), *((step * dx, step * dy) for step in (TIE_PX, TIE_PX / 20) for dx, dy in ways)]:
        camera = replace(scene.camera, cx=scene.camera.cx + dx, cy=scene.camera.cy + dy)
        yield labeller.label(replace(scene, camera=camera), maps=Maps())


@pytest.mark.parametrize("name", bundled_recipes())
def test_every_bundled_recipe(name: str):
    assert_equal(load_recipe(name, ["camera.resolution=[320, 240]"]), 0, 5)


@needs_real_models
def test_real_models(tmp_path: Path):
    recipe = load_recipe(real_recipe(tmp_path), ["camera.resolution=[320, 240]"], allowed_roots=[REAL])
    assert_equal(recipe, 0, 1, 2)
