"""Pyramids and measured environments on their own."""

import numpy as np
import pytest
from numpy.random import default_rng  # noqa: TID251 - seeded test data

from synthvision.render.preview.environment import Surroundings, measure_environment
from synthvision.render.preview.pyramid import pyramid
from synthvision.scene import World

UP = np.array([[0.0, 0.0, 1.0]], np.float32)
DOWN = -UP


def test_a_pyramid_gives_back_its_texels_and_keeps_its_mean():
    image = default_rng(5).uniform(0, 1, (6, 10, 3)).astype(np.float32)
    built = pyramid(image, 64)
    rows, columns = np.mgrid[:6, :10]
    uv = np.stack([(columns + 0.5) / 10, 1 - (rows + 0.5) / 6], axis=2).reshape(-1, 2).astype(np.float32)
    np.testing.assert_allclose(built.sample(uv, 0.0).reshape(6, 10, 3), image, atol=1e-5)
    np.testing.assert_allclose(built.mean, image.mean(axis=(0, 1)), atol=1e-3)
    np.testing.assert_allclose(built.sample(uv + 3, 0.0), built.sample(uv, 0.0), atol=1e-4)


def test_each_point_is_looked_up_at_its_own_level():
    image = np.zeros((8, 8, 1), np.float32)
    image[:, ::2] = 1.0
    uv = np.array([[0.0625, 0.5], [0.0625, 0.5]], np.float32)
    levels = np.array([0.0, 9.0], np.float32)
    np.testing.assert_allclose(pyramid(image, 64).sample(uv, levels)[:, 0], [1.0, 0.5])


def test_large_images_are_shrunk():
    built = pyramid(np.ones((50, 200, 3), np.float32), 100)
    assert (built.widths[0], built.heights[0], built.widths[-1], built.heights[-1]) == (100, 25, 1, 1)


def test_an_even_environment_gives_pi_times_its_radiance():
    environment = measure_environment(np.full((32, 64, 3), 2.0, np.float32))
    around = Surroundings(World(strength=0.5), environment)
    normals = default_rng(6).normal(size=(20, 3)).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    np.testing.assert_allclose(around.irradiance(normals), np.pi, rtol=2e-3)
    assert around.spot() is None


def test_light_from_above_alone_falls_on_what_faces_up():
    image = np.zeros((64, 128, 3), np.float32)
    image[:32] = 1.0
    around = Surroundings(World(), measure_environment(image))
    np.testing.assert_allclose(around.irradiance(UP), np.pi, rtol=0.02)
    assert around.irradiance(DOWN).max() < 0.1


@pytest.mark.parametrize("rotation_deg", [0.0, 90.0])
def test_a_sun_in_the_environment_becomes_a_light(rotation_deg):
    image = np.full((256, 512, 3), 0.1, np.float32)
    row, column = 64, 256  # 45° up towards +X at rotation 0
    image[row - 2 : row + 2, column - 2 : column + 2] = 1000.0
    around = Surroundings(World(rotation_deg=rotation_deg, strength=2.0), measure_environment(image))
    towards, irradiance = around.spot()
    flat = (np.sqrt(0.5), 0.0) if rotation_deg == 0 else (0.0, np.sqrt(0.5))
    np.testing.assert_allclose(towards, (*flat, np.sqrt(0.5)), atol=0.02)
    solid_angle = 16 * (2 * np.pi / 512) * (np.pi / 256) * np.sqrt(0.5)
    np.testing.assert_allclose(irradiance, 2 * 1000.0 * solid_angle, rtol=0.02)
    # What is left is even.
    np.testing.assert_allclose(around.irradiance(UP), 2 * 0.1 * np.pi, rtol=0.05)
