"""Scenes of one or two things in front of a camera, whose light is known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthvision.assets.types import Asset, Material, Texture
from synthvision.labels import Labeller
from synthvision.render.preview import PreviewRenderer
from synthvision.scene import Camera, Light, Scene, World
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, mesh, quad, scene, sphere

MATTE = Material(base_colour=(0.8, 0.4, 0.2), roughness=1.0, specular=0.0)
CAMERA = Camera(65, 49, 60.0, 60.0, 32.5, 24.5, LOOKING_ALONG_Y)
CENTRE = (24, 32)
DARK = World()


class PreviewStore(HandMadeStore):
    """A hand-made store that has environments too."""

    def __init__(self, **assets: Asset) -> None:
        super().__init__(**assets)
        self.environments: dict[str, np.ndarray] = {}

    def environment(self, texture: Texture) -> np.ndarray:
        return self.environments[texture.key]


def store() -> PreviewStore:
    # A vertical wall whose normal is -Y, towards the camera, and the same lying flat with its normal up.
    flat = mesh(
        [(-0.5, -0.5, 0), (0.5, -0.5, 0), (0.5, 0.5, 0), (-0.5, 0.5, 0)],
        [(0, 1, 2), (0, 2, 3)],
    )
    return PreviewStore(wall=quad(MATTE), sphere=sphere(4), floor=Asset(flat, (MATTE,)))


def wall_scene(shop: PreviewStore, *lights: Light, world: World = DARK, material: Material = MATTE) -> Scene:
    """A wall of 4 m, 2 m in front of the camera at the origin; its centre is seen at pixel ``CENTRE``."""
    drawn = scene(shop, [("wall", at(0, 2, 0, 4.0), True)], CAMERA)
    wall = replace(drawn.instances[0], materials=(material,))
    return replace(drawn, instances=(wall,), lights=lights, world=world)


def rendered(shop: PreviewStore, drawn: Scene) -> np.ndarray:
    return PreviewRenderer(shop, Labeller(shop)).render(drawn).pixels
