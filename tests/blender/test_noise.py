"""The noise that is left in a picture, and how it is spread over neighbouring pixels."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from tests.blender.scenes import LARGE_LAMP, FakeStore, camera, still_life


def left_of_noise(store: FakeStore, samples_per_pixel: int) -> float:
    """Return the variance of means of 4 x 4 pixels of pure noise, over what it is if no pixel knows of another."""
    settings = RenderSettings(samples_per_pixel, 0.0, "none", device="cpu", threads=2)
    scene = replace(still_life(0, camera(size=(96, 72))), lights=(LARGE_LAMP,))
    renderer = BlenderRenderer(settings, store.as_store())
    one, other = (renderer.render(replace(scene, seed=seed)).pixels for seed in (1, 2))
    renderer.close()
    noise = ((one - other) / (one + other + 1e-3))[..., 0]
    means = noise.reshape(18, 4, 24, 4).mean(axis=(1, 3))
    return float(16 * means.var() / noise.var())


def test_few_samples_are_spread_as_blue_noise(store: FakeStore) -> None:
    assert left_of_noise(store, 1) < 0.5  # Cycles' other pattern leaves 0.8
    assert left_of_noise(store, 16) > 0.6
