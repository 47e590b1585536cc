"""Nothing is left behind by a frame."""

from __future__ import annotations

import numpy as np
import psutil

from synthvision.assets import Asset, Material, Texture
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import Scene, World
from tests.blender.scenes import BALL, BOX, PLANE, FakeStore, at, ball, camera, make_scene, make_store, thing

FINE = ball(0.1, subdivisions=5)


def filled_store() -> FakeStore:
    store = make_store()
    store.assets[FINE.content_hash] = Asset(FINE, (Material(),))
    store.images["grey"] = np.full((512, 512, 3), 128, np.uint8)
    store.environments["sky"] = np.full((256, 512, 3), 0.5, np.float32)
    return store


def frame(index: int) -> Scene:
    """Six things that change place, mesh, colour and number, under two kinds of world."""
    painted = Material("ground", base_colour_texture=Texture("generated", "grey"))
    things = [thing("ground", PLANE, material=painted)]
    for place in range(4 + index % 3):
        material = Material("body", (0.1 * place, (index % 50) / 50, 0.5))
        pose = at(0.2 * place - 0.4, 0.01 * (index % 30), scale=0.3)
        things.append(thing(f"thing/{place}", (BALL, BOX, FINE)[(place + index) % 3], pose, material))
    world = World(environment=Texture("generated", "sky")) if index % 2 else World((0.3, 0.3, 0.3))
    return make_scene(*things, world=world, view=camera(size=(64, 48)), frame_index=index)


def datablocks() -> dict[str, int]:
    kinds = (
        "objects",
        "meshes",
        "materials",
        "lights",
        "cameras",
        "worlds",
        "images",
        "node_groups",
        "scenes",
        "texts",
    )
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_memory_and_datablocks_stay_flat_over_300_frames() -> None:
    renderer = BlenderRenderer(RenderSettings(1, 0.0, "none", device="cpu"), filled_store().as_store())
    process = psutil.Process()
    resident: dict[int, int] = {}
    counts: dict[int, dict[str, int]] = {}
    for index in range(301):
        renderer.render(frame(index))
        resident[index] = process.memory_info().rss
        counts[index] = datablocks()
    renderer.close()
    assert counts[20 + 280] == counts[20 + 4] == counts[20 + 40]  # all of them with as many things
    growth = resident[300] / resident[20] - 1
    assert growth < 0.02, f"{growth:.2%} of {resident[20] / 1e6:.0f} MB"


def test_closing_empties_blender() -> None:
    renderer = BlenderRenderer(RenderSettings(1, 0.0, "none", device="cpu"), filled_store().as_store())
    renderer.render(frame(1))
    renderer.close()
    assert datablocks() == {kind: int(kind == "scenes") for kind in datablocks()}
