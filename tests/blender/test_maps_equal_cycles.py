"""Maps of surfaces are cast with Embree: Cycles' own UV, position and normal passes must say the same."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from synthvision.assets import AssetStore
from synthvision.labels import Labeller, world_normals
from synthvision.recipe import load_recipe
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.quality import render_settings
from synthvision.run.accepting import FrameMaker
from tests.blender.index_pass import one_ray_per_pixel
from tests.blender.test_labels_equal_cycles import FAR_M, geometry, nudges


def surface_passes(renderer: BlenderRenderer, scene) -> dict[str, np.ndarray]:
    """Render ``UV`` (u, v, 1 where there are any), ``Position`` and ``Normal`` (world), (H, W, 3) each, at centres."""
    renderer.show(scene)
    target = renderer.target
    one_ray_per_pixel(target)
    layer = target.view_layers[0]
    layer.use_pass_uv = layer.use_pass_position = layer.use_pass_normal = True
    with tempfile.TemporaryDirectory() as folder:
        target.render.filepath = str(Path(folder) / "passes.exr")
        renderer.run("surface passes")
        with OpenEXR.File(target.render.filepath, separate_channels=True) as file:
            channels = {name: channel.pixels for part in file.parts for name, channel in part.channels.items()}

    def planes(name: str, axes: str) -> np.ndarray:
        return np.stack([next(p for n, p in channels.items() if n.endswith(f".{name}.{a}")) for a in axes], axis=2)

    return {"UV": planes("UV", "UVA"), "Position": planes("Position", "XYZ"), "Normal": planes("Normal", "XYZ")}


@pytest.mark.parametrize("name", ["tabletop", "road_cones"])
def test_maps_are_what_cycles_sees(name: str):
    recipe = load_recipe(name, ["camera.resolution=[96, 72]"])
    store = AssetStore(recipe.folder)
    maker = FrameMaker(recipe, 0, store)
    scene = geometry(maker.accept(1).scene)
    # Bumps and normal maps are the picture's: labels have the mesh's own normals.
    smooth = [
        replace(one, materials=tuple(replace(m, normal_texture=None, shader="plain") for m in one.materials))
        for one in scene.instances
    ]
    scene = replace(scene, instances=tuple(smooth), decals=())
    renderer = BlenderRenderer(render_settings(recipe.render, "cpu", 0), store)
    passes = surface_passes(renderer, scene)
    renderer.close()
    labels = maker.labeller.label(scene)
    # Where a hundredth of a pixel makes another instance, the two may disagree.
    around = [nudged.scene_map for nudged in nudges(Labeller(store), scene)]
    firm = np.all([scene_map == labels.scene_map for scene_map in around], axis=0)
    seen = firm & (labels.scene_map >= 0)
    assert seen.sum() > 1500
    check_texture_coordinates(passes["UV"], labels, seen)
    check_object_coordinates(passes["Position"], labels, scene, maker.labeller, firm)
    turned = world_normals(labels.normals, scene.camera)
    close = np.abs(passes["Normal"] - turned).max(axis=2) < 5e-3
    assert close[seen].mean() > 0.995


def check_texture_coordinates(found, labels, seen):
    there = seen & ~np.isnan(labels.uv).any(axis=2)
    assert there.sum() > 500
    assert (found[:, :, 2][there] == 1).all()
    # Far away on a ground that repeats its texture they are large numbers, and rounded in proportion.
    off = (np.abs(found[:, :, :2] - labels.uv) / np.maximum(1, np.abs(labels.uv))).max(axis=2)
    # Beside a seam of the texture the two may be on different sides of it.
    close = off < 1e-3 * np.maximum(1, labels.depth / FAR_M)
    assert close[there].mean() > 0.99
    assert np.median(off[there]) < 1e-4


def check_object_coordinates(position, labels, scene, labeller, firm):
    view = labeller.place(scene)
    points = np.concatenate([position, np.ones((*position.shape[:2], 1))], axis=2)
    total = 0
    for index, instance in enumerate(scene.instances):
        seen = firm & (labels.scene_map == index)
        if not instance.instance_id:
            assert not labels.object_coordinates[seen].any()
            continue
        total += seen.sum()
        in_mesh = points[seen] @ np.linalg.inv(np.array(instance.object_to_world)).T
        low, high = view.placed[index].cast.mesh.bounds
        expected = (in_mesh[:, :3] - (low + high) / 2) / np.linalg.norm(high - low) + 0.5
        assert np.abs(labels.object_coordinates[seen] - expected).max(initial=0) < 2e-3
    assert total > 100
