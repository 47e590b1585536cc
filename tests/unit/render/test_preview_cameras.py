"""The preview through lenses and of orthographic cameras: every pixel is lit where its own ray ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.labels.projection import project
from synthvision.scene import Camera, Lens, Light, World
from tests.unit.render.scenes import CAMERA, rendered, store, wall_scene

CAMERAS = {
    "barrel": replace(CAMERA, lens=Lens("brown_conrady", (-0.2, 0.05, 0.002, 0.0))),
    "fisheye": replace(CAMERA, fx=40.0, fy=40.0, lens=Lens("kannala_brandt", (0.0, 0.0, 0.0, 0.0))),
    "orthographic": replace(CAMERA, fx=25.0, fy=25.0, orthographic=True),
}


def on_wall(camera: Camera, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where points (x, z) of the wall at y = 2 are seen, whole pixels, and which of them are in the image."""
    seen = project(camera, np.stack([points[:, 0], -points[:, 1], np.full(len(points), 2.0)], axis=1))
    inside = ((seen >= 1) & (seen < [camera.width_px - 1, camera.height_px - 1])).all(axis=1)
    return np.floor(seen[inside]).astype(int), inside


@pytest.mark.parametrize("name", CAMERAS)
def test_light_falls_where_the_rays_end(name: str) -> None:
    lamp = np.array([0.4, 1.2, 0.3])
    light = Light("lamp", "point", 100.0, (1.0, 1.0, 1.0), position_m=tuple(lamp.tolist()))
    shop = store()
    pixels = rendered(shop, replace(wall_scene(shop, light), camera=CAMERAS[name]))
    points = np.stack(np.meshgrid(np.linspace(-1, 1, 21), np.linspace(-0.8, 0.8, 17)), axis=2).reshape(-1, 2)
    where, inside = on_wall(CAMERAS[name], points)
    points = points[inside]
    assert len(points) > 200
    away = np.stack([points[:, 0], np.full(len(points), 2.0), points[:, 1]], axis=1) - lamp
    squares = (away**2).sum(axis=1)
    # On a matte wall: the cosine over the square of the distance, but for a factor.
    expected = away[:, 1] / squares**1.5
    found = pixels[where[:, 1], where[:, 0], 0]
    ratio = found / expected
    # The middle of a pixel is a little off the point: the light differs by some per cent there.
    np.testing.assert_allclose(ratio / np.median(ratio), 1, atol=0.12)


def test_pixels_without_a_ray_are_black() -> None:
    shop = store()
    folded = replace(CAMERA, fx=30.0, fy=30.0, lens=Lens("brown_conrady", (-0.35, 0.0, 0.0, 0.0)))
    scene = wall_scene(shop, world=World((0.5, 0.5, 0.5)))
    pixels = rendered(shop, replace(scene, instances=(), camera=folded))
    y, x = np.mgrid[:49, :65] + 0.5
    radius = np.hypot((x - 32.5) / 30, (y - 24.5) / 30)
    limit = (1 / 1.05) ** 0.5 * 2 / 3
    assert (pixels[radius > limit] == 0).all()
    np.testing.assert_allclose(pixels[radius < limit], 0.5, rtol=1e-6)
    assert 0.2 < (radius > limit).mean() < 0.8
