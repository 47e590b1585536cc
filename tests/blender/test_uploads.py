"""What is done to arrays on their way into Blender: exact, whichever quick way it takes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from synthvision.assets import Mesh, Texture
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import keep_pixels, make_image
from synthvision.render.blender.mesh_arrays import creased, mesh_arrays
from synthvision.render.blender.meshes import upload
from synthvision.render.blender.picture_files import MemoryFile, tiff_parts
from synthvision.render.blender.pictures import ColourSpace
from synthvision.render.blender.surroundings import SurroundingsShelf
from tests.blender.scenes import FakeStore, ball, box


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


def pixels_of(image: bpy.types.Image) -> NDArray[np.float32]:
    """Return (H, W, 4) as Blender has them, first row on top."""
    width, height = image.size
    got = np.empty(height * width * 4, np.float32)
    image.pixels.foreach_get(got)
    return got.reshape(height, width, 4)[::-1]


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("colour_space", ["sRGB", "Non-Color"])
def test_bytes_arrive_exactly(in_memory: bool, channels: int, colour_space: ColourSpace) -> None:
    generator = np.random.default_rng(channels)  # noqa: TID251 - seeded
    given = generator.integers(0, 256, (37, 51, channels), dtype=np.uint8)
    given.setflags(write=False)
    file = MemoryFile(*tiff_parts(given)) if in_memory else b"".join(tiff_parts(given))
    image = make_image("picture", file, colour_space)
    keep_pixels(image)
    del file  # not needed any more
    shown = pixels_of(image)
    assert (image.colorspace_settings.name, image.alpha_mode) == (colour_space, "CHANNEL_PACKED")
    bpy.data.images.remove(image)
    assert np.array_equal(shown[:, :, :channels], given * np.float32(1 / 255))
    assert channels == 4 or (shown[:, :, 3] == 1).all()


def test_files_in_memory_are_there_as_long_as_they_are_wanted() -> None:
    file = MemoryFile(b"one", b" and two")
    path = file.path
    assert path.read_bytes() == b"one and two"
    meant = path.stat().st_ino
    del file
    assert not path.exists() or path.stat().st_ino != meant


def test_surroundings_arrive_exactly_in_images_that_are_painted_over() -> None:
    generator = np.random.default_rng(7)  # noqa: TID251 - seeded
    shapes = [(8, 16, 3), (8, 16, 4), (8, 16, 3), (8, 16, 3), (4, 8, 3), (8, 16, 3), (4, 8, 4)]
    made = {f"sky {n}": (generator.random(shape) * 1e4).astype(np.float32) for n, shape in enumerate(shapes)}
    store = FakeStore(environments=made)
    shelf = SurroundingsShelf(store.as_store(), max_images=2)
    painted = set()
    for key in (*made, *reversed(made), "sky 0"):
        image = shelf.image(generated(key))
        painted.add(image.session_uid)
        shown, given = pixels_of(image), made[key]
        assert image.name == key
        assert np.array_equal(shown[:, :, : given.shape[2]], given), key
        assert given.shape[2] == 4 or (shown[:, :, 3] == 1).all()
        assert len(shelf.datablocks()) <= 2
    assert len(painted) < len(made)
    again = shelf.image(generated("sky 0"))
    assert again == shelf.datablocks()[-1]
    few = SurroundingsShelf(store.as_store(), max_bytes=8 * 16 * 16)
    for key in made:
        few.image(generated(key))
        assert sum(image.size[0] * image.size[1] for image in few.datablocks()) <= 8 * 16
    bpy.data.batch_remove([*shelf.datablocks(), *few.datablocks()])


@pytest.mark.parametrize("channels", [3, 4])
def test_packed_pictures_are_files_that_others_read(channels: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (21, 13, channels), dtype=np.uint8)  # noqa: TID251 - seeded
    with Image.open(BytesIO(b"".join(tiff_parts(pixels)))) as read:
        assert (read.format, read.size, len(read.getbands())) == ("TIFF", (13, 21), channels)
        assert np.array_equal(np.asarray(read), pixels)
    turned = pixels[::-1, ::-1]
    assert b"".join(tiff_parts(turned)) == b"".join(tiff_parts(np.ascontiguousarray(turned)))


def test_mesh_arrays_arrive_exactly_without_triangles_that_have_no_area() -> None:
    cube = box(0.3)
    normals = np.repeat(np.float32([[0, 0, 1]]), 3 * (len(cube.triangles) + 1), axis=0).reshape(-1, 3, 3)
    triangles = np.concatenate([cube.triangles, np.int32([[0, 1, 0]])])
    slots = np.arange(len(triangles), dtype=np.int16) % 3
    uvs = np.linspace(0, 1, triangles.size * 2, dtype=np.float32).reshape(-1, 3, 2)
    made = upload("cube", mesh_arrays(Mesh(cube.vertices, triangles, slots, uvs, normals=normals)))
    assert (len(made.vertices), len(made.polygons), len(made.loops)) == (8, 12, 36)
    assert made.validate() is False  # nothing had to be put right
    assert np.array_equal([vertex.co for vertex in made.vertices], cube.vertices)
    assert np.array_equal([face.vertices for face in made.polygons], cube.triangles)
    assert [face.material_index for face in made.polygons] == slots[:-1].tolist()
    assert np.array_equal([one.vector for one in made.uv_layers[0].uv], uvs[:-1].reshape(-1, 2))
    assert np.array_equal([one.vector for one in made.corner_normals], normals[:-1].reshape(-1, 3))
    bpy.data.meshes.remove(made)


def test_edges_are_those_that_blender_would_make() -> None:
    round_one = ball(0.2, subdivisions=2)
    arrays = mesh_arrays(round_one)
    made = upload("ball", arrays)
    ours = {tuple(sorted(edge.vertices)): edge.use_edge_sharp for edge in made.edges}
    assert made.validate() is False
    made.update(calc_edges=True)
    assert len(made.edges) == len(ours) == len(arrays.edges) // 2 == 3 * len(round_one.triangles) // 2
    assert {tuple(sorted(edge.vertices)) for edge in made.edges} == set(ours)
    assert not any(ours.values())
    bpy.data.meshes.remove(made)


def generated(key: str) -> Texture:
    return Texture("generated", key)
