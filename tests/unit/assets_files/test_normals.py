"""Shading normals below and above the crease angle."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.files.creases import crease_normals
from tests.unit.assets_files.small_files import load


def arrays(mesh):
    return mesh.vertices.astype(np.float32), mesh.faces.astype(np.int32)


def test_a_fine_sphere_is_smooth():
    vertices, triangles = arrays(trimesh.creation.icosphere(subdivisions=3))
    normals = crease_normals(vertices, triangles)
    radial = vertices[triangles] / np.linalg.norm(vertices[triangles], axis=2, keepdims=True)
    assert np.einsum("tij,tij->ti", normals, radial).min() > np.cos(np.radians(1))
    assert np.linalg.norm(normals, axis=2) == pytest.approx(np.ones((len(triangles), 3)))


def test_a_cylinder_is_smooth_around_and_sharp_at_its_rims():
    mesh = trimesh.creation.cylinder(radius=1, height=2, sections=32)
    vertices, triangles = arrays(mesh)
    normals = crease_normals(vertices, triangles)
    cap = np.abs(mesh.face_normals[:, 2]) > 0.5
    assert normals[cap] == pytest.approx(np.repeat(mesh.face_normals[cap][:, None], 3, axis=1))
    radial = vertices[triangles[~cap]] * (1, 1, 0)
    assert normals[~cap] == pytest.approx(radial, abs=1e-5)


def test_eight_sides_are_facets():
    # 45° from side to side is more than the crease angle of 35°.
    mesh = trimesh.creation.cylinder(radius=1, height=2, sections=8)
    vertices, triangles = arrays(mesh)
    assert crease_normals(vertices, triangles) == pytest.approx(
        np.repeat(mesh.face_normals[:, None], 3, axis=1), abs=1e-6
    )
    assert not np.allclose(crease_normals(vertices, triangles, 50), np.repeat(mesh.face_normals[:, None], 3, axis=1))


def test_a_large_flat_stays_flat_beside_a_small_chamfer():
    # A 10 x 10 plate whose edge bends down by 30° over a strip 0.1 wide.
    drop, out = 0.1 * np.sin(np.radians(30)), 0.1 * np.cos(np.radians(30))
    vertices = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0], [10 + out, 0, -drop], [10 + out, 10, -drop]])
    triangles = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 5], [1, 5, 2]], dtype=np.int32)
    normals = crease_normals(vertices.astype(np.float32), triangles)
    assert normals[:2, :, 2].min() > np.cos(np.radians(1))
    assert np.array_equal(normals[0, 1], normals[2, 0])


def test_edges_of_three_triangles_are_sharp():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, -1, 0.1], [0, -1, -0.1]], dtype=np.float32)
    triangles = np.array([[0, 1, 2], [1, 0, 3], [1, 0, 4]], dtype=np.int32)
    normals = crease_normals(vertices, triangles)
    assert normals == pytest.approx(np.repeat(normals[:, :1], 3, axis=1))


def test_a_million_triangles(tmp_path):
    # A torus as PLY, 708 x 708 quads; its normals in closed form.
    count = 708
    around, across = np.meshgrid(*[np.arange(count) * 2 * np.pi / count] * 2, indexing="ij")
    normal = np.stack([np.cos(around) * np.cos(across), np.sin(around) * np.cos(across), np.sin(across)], axis=-1)
    centre = np.stack([np.cos(around), np.sin(around), around * 0], axis=-1)
    index = np.arange(count**2).reshape(count, count)
    quads = [index, np.roll(index, -1, 0), np.roll(index, (-1, -1), (0, 1)), np.roll(index, -1, 1)]
    faces = np.empty(count**2, dtype=[("size", "u1"), ("corners", "<i4", 4)])
    faces["size"], faces["corners"] = 4, np.stack(quads, axis=-1).reshape(-1, 4)
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {count**2}\nproperty float x\nproperty float y\n"
    head += f"property float z\nelement face {count**2}\nproperty list uchar int vertex_indices\nend_header\n"
    points = (centre + 0.3 * normal).reshape(-1, 3).astype("<f4")
    (tmp_path / "torus.ply").write_bytes(head.encode() + points.tobytes() + faces.tobytes())
    mesh = load(tmp_path / "torus.ply").mesh
    assert mesh.triangles.shape == (2 * count**2, 3)
    assert np.array_equal(mesh.vertices, points)
    assert mesh.normals is not None
    expected = normal.reshape(-1, 3)[mesh.triangles]
    assert np.einsum("tij,tij->ti", mesh.normals, expected).min() > np.cos(np.radians(0.5))
