"""PLY and STL."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh

from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import (
    CUBE,
    CUBE_TRIANGLES,
    corners_of,
    cube_ply,
    cube_stl,
    load,
    png,
    quadrants,
    volume,
)

VERTEX = "property float x\nproperty float y\nproperty float z\n"
FACE = "property list uchar int vertex_indices\n"


def ply(path: Path, vertex: list[str], face: list[str], more: tuple[str, str] = ("", ""), comment: str = "") -> Path:
    head = f"ply\nformat ascii 1.0\n{comment}element vertex {len(vertex)}\n{VERTEX}{more[0]}"
    path.write_text(head + f"element face {len(face)}\n{FACE}{more[1]}end_header\n" + "\n".join(vertex + face) + "\n")
    return path


def test_ascii_cube(tmp_path):
    asset = load(cube_ply(tmp_path / "cube.ply"))
    assert np.array_equal(asset.mesh.vertices, CUBE.astype(np.float32))
    assert volume(asset) == pytest.approx(1)


@pytest.mark.parametrize("order", ["<", ">"])
def test_binary_with_triangles_and_quads_mixed(tmp_path, order):
    name = {"<": "little", ">": "big"}[order]
    head = f"ply\nformat binary_{name}_endian 1.0\nelement vertex 5\n{VERTEX}element face 2\n{FACE}end_header\n"
    points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0.5, 2, 0)]
    body = b"".join(struct.pack(f"{order}3f", *point) for point in points)
    body += struct.pack(f"{order}B4i", 4, 0, 1, 2, 3) + struct.pack(f"{order}B3i", 3, 3, 2, 4)
    (tmp_path / "mixed.ply").write_bytes(head.encode() + body)
    assert load(tmp_path / "mixed.ply").mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3], [3, 2, 4]]


@pytest.mark.parametrize("encoding", ["ascii", "binary"])
def test_files_of_another_writer(tmp_path, encoding):
    sphere = trimesh.creation.icosphere(subdivisions=2)
    sphere.visual.vertex_colors = np.tile([200, 100, 50, 255], (len(sphere.vertices), 1)).astype(np.uint8)
    (tmp_path / "ball.ply").write_bytes(trimesh.exchange.ply.export_ply(sphere, encoding=encoding, vertex_normal=True))
    asset = load(tmp_path / "ball.ply")
    assert corners_of(asset) == pytest.approx(sphere.vertices[sphere.faces], abs=1e-6)
    assert asset.mesh.normals == pytest.approx(sphere.vertex_normals[sphere.faces], abs=1e-5)
    # One colour everywhere: no image; sRGB 200 is 0.5776 in linear light (IEC 61966-2-1).
    assert asset.images == {}
    assert asset.materials[0].base_colour == pytest.approx((0.5776, 0.1274, 0.0319), abs=1e-4)


def test_vertex_colours_come_back_to_the_bit(tmp_path):
    colour = ["7 0 255", "130 12 99", "1 2 3"]
    points = ["0 0 0", "1 0 0", "0 1 0"]
    properties = "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    rows = [f"{point} {rgb}" for point, rgb in zip(points, colour, strict=True)]
    asset = load(ply(tmp_path / "a.ply", rows, ["3 0 1 2"], (properties, "")))
    texture = asset.materials[0].base_colour_texture
    assert texture is not None
    image = asset.images[texture.key]
    assert [image[0, 0].tolist(), image[0, 1].tolist(), image[1, 0].tolist()] == [[7, 0, 255], [130, 12, 99], [1, 2, 3]]
    assert asset.materials[0].base_colour == (1.0, 1.0, 1.0)


def test_face_colours(tmp_path):
    properties = "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    points = ["0 0 0", "1 0 0", "0 1 0", "1 1 0"]
    asset = load(ply(tmp_path / "a.ply", points, ["3 0 1 2 255 0 0", "3 1 3 2 0 0 255"], ("", properties)))
    (image,) = asset.images.values()
    assert image[0].tolist() == [[255, 0, 0]] * 2 + [[0, 0, 255]] * 2


@pytest.mark.parametrize("per_face", [True, False])
def test_texture_and_coordinates(tmp_path, per_face):
    (tmp_path / "my skin.png").write_bytes(png(quadrants()))
    comment = "comment TextureFile my skin.png\n"
    points = ["0 0 0", "1 0 0", "0 1 0"]
    if per_face:
        more, face = ("", "property list uchar float texcoord\n"), ["3 0 1 2 6 0 0 1 0 0 1"]
    else:
        more, face = ("property float s\nproperty float t\n", ""), ["3 0 1 2"]
        points = [f"{point} {point[:3]}" for point in points]
    asset = load(ply(tmp_path / "a.ply", points, face, more, comment))
    assert np.array_equal(asset.mesh.uvs, corners_of(asset)[..., :2])
    assert [image.tolist() for image in asset.images.values()] == [quadrants().tolist()]


def test_stl_is_welded_and_its_edges_stay_sharp(tmp_path):
    asset = load(cube_stl(tmp_path / "cube.STL"))
    assert len(asset.mesh.vertices) == 8
    assert volume(asset) == pytest.approx(1)
    corners = CUBE[CUBE_TRIANGLES]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert asset.mesh.normals == pytest.approx(np.repeat(faces[:, None], 3, axis=1))


def test_ascii_stl_gives_the_same_as_binary(tmp_path):
    cube_stl(tmp_path / "cube.stl")
    text = trimesh.exchange.stl.export_stl_ascii(trimesh.Trimesh(CUBE, CUBE_TRIANGLES, process=False))
    (tmp_path / "text.stl").write_text(text)
    assert load(tmp_path / "text.stl").mesh.content_hash == load(tmp_path / "cube.stl").mesh.content_hash


REFUSED = [
    (
        "a.ply",
        b"plain text",
        "a.ply: PLY must start with 'ply' and a header that ends in 'end_header', got another file",
    ),
    (
        "a.ply",
        b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nend_header\n1 2\n",
        "a.ply: PLY must have 3 rows of 'vertex', got damaged or too few data",
    ),
    (
        "a.ply",
        b"ply\nformat binary_little_endian 1.0\nelement vertex 900000000000\nproperty float x\nend_header\n1234",
        "a.ply: PLY must have 0 to 15000000 rows of 'vertex', got 900000000000",
    ),
    (
        "a.ply",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n",
        "a.ply: PLY vertices must have x, y and z, got x",
    ),
    (
        "a.ply",
        f"ply\nformat ascii 1.0\nelement vertex 1\n{VERTEX}end_header\n1 2 3\n".encode(),
        "a.ply: mesh must have faces, got a PLY without a list of vertex_indices",
    ),
    (
        "a.ply",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty quad x\nend_header\n1\n",
        "a.ply: file must be a readable PLY file, got damaged data (KeyError: 'quad')",
    ),
    ("a.stl", b"\0" * 83, "a.stl: STL must be ASCII, or 84 bytes for its 0 triangles, got 83 bytes"),
    ("a.stl", b"\0" * 84, "a.stl: mesh must have faces, got none"),
    (
        "a.stl",
        b"\0" * 80 + struct.pack("<I", 6_000_000) + b"\0" * 50,
        "a.stl: STL must be ASCII, or 300000084 bytes for its 6000000 triangles, got 134 bytes",
    ),
    ("a.stl", b"solid a\nfacet\nvertex 1 2 3\n", "a.stl: ASCII STL must have 3 vertices per facet and an end, got a"),
    ("a.stl", b"solid a\nendsolid\n", "a.stl: mesh must have faces, got none"),
    (
        "a.stl",
        b"solid a\nvertex 1 2 3\nvertex 1 b 3\nvertex 3 2 1\nendfacet\nendsolid",
        "a.stl: STL vertex must be 3 numbers, got",
    ),
]


@pytest.mark.parametrize(("name", "data", "message"), REFUSED)
def test_refused_by_name(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AssetError) as caught:
        load(tmp_path / name)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("points", "face", "message"),
    [
        (["0 0 0", "1 0 0", "0 1 0"], "3 0 1 3", "a.ply: vertex index must be in 0…2 (counted from 0), got 3"),
        (["0 0 0", "1 0 0", "0 1 0"], "3 0 1 -1", "a.ply: vertex index must be in 0…2 (counted from 0), got -1"),
        (["0 0 0", "1 0 0", "0 nan 0"], "3 0 1 2", "a.ply: vertices must be finite, got nan at index 2"),
        (
            ["0 0 0", "1 0 0", "2 0 0"],
            "3 0 1 2",
            "a.ply: mesh must have triangles with an area, got only degenerate ones",
        ),
        (
            ["5 5 5", "5 5 5", "5 5 5"],
            "3 0 1 2",
            "a.ply: bounding box must have a size between 0 and 3e+38 m, got 0 x 0 x 0 m",
        ),
    ],
)
def test_wrong_numbers_are_named(tmp_path, points, face, message):
    with pytest.raises(AssetError) as caught:
        load(ply(tmp_path / "a.ply", points, [face]))
    assert str(caught.value) == message


def test_degenerate_triangles_and_unused_vertices_are_dropped(tmp_path):
    points = ["0 0 0", "1 0 0", "0 1 0", "99 99 99", "0 0 0"]
    asset = load(ply(tmp_path / "a.ply", points, ["3 0 1 2", "3 0 4 1", "3 1 1 2"]))
    assert asset.mesh.triangles.tolist() == [[0, 1, 2]]
    assert asset.mesh.bounds.tolist() == [[0, 0, 0], [1, 1, 0]]
    assert asset.mesh.slots.shape == (1,)


def test_too_many_triangles(tmp_path):
    (tmp_path / "a.stl").write_bytes(b"\0" * 80 + struct.pack("<I", 5_000_001) + bytes(50 * 5_000_001))
    with pytest.raises(AssetError, match=r"a\.stl: mesh must have at most 5000000 triangles, got 5000001"):
        load(tmp_path / "a.stl")
