"""What is done to arrays on their way into Blender: exact, whichever quick way it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Material, Texture
from synthvision.errors import AssetError
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import make_image
from synthvision.render.blender.loading import load_pictures
from synthvision.render.blender.meshes import creased
from synthvision.scene import Decal, Scene
from tests.blender.scenes import IDENTITY, box, make_scene, thing


def edges_of(triangles: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Return the edge from each corner to the next (3 T,), and how many edges there are."""
    sides = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edges, numbers = np.unique(sides, axis=0, return_inverse=True)
    return numbers.reshape(-1).astype(np.int32), len(edges)


def creased_one_by_one(triangles: NDArray[np.int32], normals: NDArray[np.float32]) -> list[bool]:
    numbers, count = edges_of(triangles)
    there: list[dict[int, list[NDArray[np.float32]]]] = [{} for _ in range(count)]
    for corner, edge in enumerate(numbers):
        following = corner - 2 if corner % 3 == 2 else corner + 1
        for end in (corner, following):
            there[edge].setdefault(int(triangles.reshape(-1)[end]), []).append(normals[end])
    return [any((np.ptp(met, axis=0) > 1e-3).any() for met in ends.values()) for ends in there]


# 12 points: nearly all edges have many triangles; 3000: nearly none has more than two.
@pytest.mark.parametrize("points", [12, 40, 3000])
@pytest.mark.parametrize("odd", [0.0, 0.02, 0.5])
def test_creases_are_where_any_two_normals_at_an_end_differ(points: int, odd: float) -> None:
    generator = np.random.default_rng(points)  # noqa: TID251 - seeded
    triangles = generator.permuted(np.tile(np.arange(points, dtype=np.int32), (400, 1)), axis=1)[:, :3]
    triangles = np.concatenate([triangles, triangles[:200, [1, 0, 2]]])
    normals = np.full((triangles.size, 3), 0.5, np.float32)
    some = generator.random(len(normals)) < odd
    normals[some] += generator.choice(np.float32([0.0009, -0.002, 0.4]), (some.sum(), 3))
    numbers, count = edges_of(triangles)
    found = creased(numbers, triangles.reshape(-1), normals, count)
    assert found.tolist() == creased_one_by_one(triangles, normals)
    assert found.any() == (odd > 0)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("of_bytes", [True, False])
def test_pixels_arrive_exactly(channels: int, *, of_bytes: bool) -> None:
    generator = np.random.default_rng(channels)  # noqa: TID251 - seeded
    pixels = generator.integers(0, 256, (37, 51, channels)).astype(np.uint8)
    given = pixels if of_bytes else (generator.random(pixels.shape) * 1e4).astype(np.float32)
    given.setflags(write=False)
    image = make_image("picture", given, "sRGB" if of_bytes else "Linear Rec.709")
    got = np.empty(37 * 51 * 4, np.float32)
    image.pixels.foreach_get(got)
    bpy.data.images.remove(image)
    shown = got.reshape(37, 51, 4)[::-1]
    expected = given * np.float32(1 / 255) if of_bytes else given
    assert np.array_equal(shown[:, :, :channels], expected)
    assert channels == 4 or (shown[:, :, 3] == 1).all()


class Noting(AssetStore):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def image(self, texture: Texture, asset: object = None) -> NDArray[np.uint8]:
        self.asked.append(texture.key)
        return np.zeros((1, 1, 3), np.uint8)

    def environment(self, texture: Texture) -> NDArray[np.float32]:
        self.asked.append(f"environment {texture.key}")
        return np.zeros((1, 1, 3), np.float32)


def generated(key: str) -> Texture:
    return Texture("generated", key)


def scene_of(materials: Sequence[Material]) -> Scene:
    return make_scene(*(thing(f"thing/{i}", box(0.1), material=one) for i, one in enumerate(materials)))


def test_all_pictures_of_a_scene_are_loaded_once() -> None:
    wood = Material(base_colour_texture=generated("wood"), normal_texture=generated("bumps"))
    rusty = Material(metallic_roughness_texture=generated("rust"), emission_texture=generated("glow"))
    own = Material(base_colour_texture=Texture("embedded", "ab" * 32))
    scene = scene_of([wood, replace(wood, roughness=0.1), rusty, own, Material()])
    world = replace(scene.world, environment=generated("studio"), backdrop=generated("wall"))
    label = Decal("label", "thing/0", generated("label"), IDENTITY, 0.01)
    store = Noting()
    load_pictures(store, replace(scene, world=world, decals=(label,)))
    assert store.asked == ["environment studio", "wall", "wood", "bumps", "rust", "glow", "label"]


def test_a_picture_that_cannot_be_had_is_an_error_at_once(tmp_path: Path) -> None:
    scene = scene_of([Material(base_colour_texture=generated("woood"))])
    with pytest.raises(AssetError, match=r"texture must be one of .*, got 'woood'; did you mean 'wood'"):
        load_pictures(AssetStore(tmp_path), scene)
