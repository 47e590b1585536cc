"""What the preview simplifies is on average what Cycles shows: clear things, patterns, dust."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import Asset, Material
from synthvision.labels import Labeller
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.preview import PreviewRenderer
from synthvision.sampling.materials import KINDS, of_kind
from synthvision.scene import Camera, World
from tests.blender.scenes import FakeStore, at, ball, camera, make_scene, plane, thing

SQUARE = plane(0.4)
BALL = ball(0.05)
EVEN = World((1.0, 1.0, 1.0))
ABOVE = camera(eye=(0.0, 0.0, 1.0), target=(0.0, 0.0, 0.0), size=(64, 64), focal_px=160.0)
CELL = Material("cell", (0.8, 0.35, 0.4), transmission=1.0, ior=1.0, roughness=0.0, specular=0.0)
GLOW = Material("glow", (0.0, 0.0, 0.0), specular=0.0, emission_w_m2=(1.0, 1.0, 1.0))


@pytest.fixture(scope="module", autouse=True)
def _meshes_in_store(store: FakeStore) -> None:
    for mesh in (SQUARE, BALL):
        store.assets[mesh.content_hash] = Asset(mesh, (Material(),))


def both(
    renderer: BlenderRenderer, store: FakeStore, *things: object, world: World, view: Camera = ABOVE
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the light of Cycles and of the preview."""
    scene = make_scene(*things, lights=[], world=world, view=view)
    return renderer.render(scene).pixels, PreviewRenderer(store, Labeller(store)).render(scene).pixels


@pytest.mark.parametrize("apart_m", [0.12, 0.03])
def test_cells_in_bright_field_are_alike(renderer: BlenderRenderer, store: FakeStore, apart_m: float) -> None:
    """Two balls as dense as air over a bright ground, beside each other, or one partly over the other."""
    cells = [thing(f"cell/{side}", BALL, at(side * apart_m / 2, 0.0), CELL) for side in (-1, 1)]
    ground = thing("g/0", SQUARE, material=GLOW)
    cycles, preview = both(renderer, store, *cells, ground, world=World())
    # Cycles sees parts of the pixels on outlines covered.
    inside = cv2.erode((preview.min(axis=2) < 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert 150 < inside.sum() < 500
    np.testing.assert_allclose(preview[inside].mean(axis=0), cycles[inside].mean(axis=0), rtol=0.04)
    # A few paths a pixel choose at each surface whether to be reflected: nine pixels tell.
    noise = cv2.blur(cycles - preview, (3, 3))[inside]
    assert (np.abs(noise).max(axis=1) < 0.15).mean() > 0.9
    tinted = preview[32, 32] if apart_m < 0.05 else preview[32, 32 + 10]
    expected = np.array(CELL.base_colour) ** (2 if apart_m < 0.05 else 1)
    np.testing.assert_allclose(tinted, expected, rtol=1e-3)


@pytest.mark.parametrize("name", sorted(kind for kind, made in KINDS.items() if made.shader not in {"plain", "glass"}))
def test_patterns_have_the_mean_that_the_preview_shows(renderer: BlenderRenderer, store: FakeStore, name: str) -> None:
    material = replace(
        of_kind(Material("body"), KINDS[name]), base_colour=(0.4, 0.25, 0.15), metallic=0.0, specular=0.0, coat=0.0
    )
    material = replace(material, sheen=0.0, subsurface=0.0, shader_seed=0.3)
    cycles, preview = both(renderer, store, thing("card/0", SQUARE, material=material), world=EVEN)
    np.testing.assert_allclose(preview.mean(axis=(0, 1)), cycles.mean(axis=(0, 1)), rtol=0.25)


@pytest.mark.parametrize("amount", [0.3, 0.9])
@pytest.mark.parametrize("colour", [0.02, 0.6])
def test_dust_covers_as_much(renderer: BlenderRenderer, store: FakeStore, amount: float, colour: float) -> None:
    material = Material("body", (colour, colour, colour), roughness=1.0, specular=0.0, dust=amount, shader_seed=0.4)
    for view in (ABOVE, camera(eye=(0.0, -0.5, 0.05), target=(0.0, 0.0, 0.05), size=(64, 64), focal_px=200.0)):
        mesh = SQUARE if view is ABOVE else BALL
        cycles, preview = both(renderer, store, thing("a/0", mesh, material=material), world=EVEN, view=view)
        seen = np.abs(cycles - 1).max(axis=2) > 0.05
        np.testing.assert_allclose(preview[seen].mean(axis=0), cycles[seen].mean(axis=0), rtol=0.15)
