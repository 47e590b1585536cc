"""Artist-made, scanned and CAD models and captured environments, where they are present."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.assets.files import read_asset, read_bundle
from synthvision.assets.images import decode_environment

REAL = Path(__file__).parents[4] / "shared" / "real"
pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="needs the real models in ../shared/real, which are not there"
)

# File, up axis, triangles, size in x, y, z (the file's unit), materials, shape of each image.
MODELS = [
    ("Duck.glb", "auto", 4212, (1.655, 1.153, 1.540), ["blinn3-fx"], [(512, 512, 3)]),
    (
        "CesiumMilkTruck.glb",
        "auto",
        3624,
        (4.869, 2.792, 2.583),
        ["truck", "glass", "window_trim", "wheels"],
        [(2048, 2048, 3)],
    ),
    (
        "ycb_banana/textured_simple_reoriented.obj",
        "z",
        15728,
        (0.196, 0.079, 0.037),
        ["material_0.016"],
        [(4096, 4096, 3)],
    ),
    (
        "ycb_scissors/textured_simple_reoriented.obj",
        "z",
        15728,
        (0.204, 0.087, 0.020),
        ["material_0.006"],
        [(4096, 4096, 3)],
    ),
    ("spot.obj", "y", 5856, (0.943, 1.718, 1.690), ["body"], []),
    ("stanford-bunny.obj", "y", 69451, (0.156, 0.121, 0.154), ["body"], []),
    ("featuretype.STL", "z", 3476, (5.0, 2.5, 1.375), ["body"], []),
]


@pytest.mark.parametrize("row", MODELS, ids=[row[0] for row in MODELS])
def test_model(row):
    name, up, count, size, materials, images = row
    asset = read_asset(read_bundle(name, REAL / "models"), 1.0, up)
    mesh = asset.mesh
    assert len(mesh.triangles) == count
    assert np.ptp(mesh.bounds, axis=0) == pytest.approx(size, abs=2e-3)
    assert [material.name for material in asset.materials] == materials
    assert [image.shape for image in asset.images.values()] == images
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert np.einsum("ij,ij->", corners[:, 0], cross) > 0
    assert mesh.normals is not None
    assert (np.einsum("tj,tkj->tk", cross, mesh.normals) > 0).mean() > 0.999
    assert np.linalg.norm(mesh.normals, axis=2) == pytest.approx(np.ones((count, 3)), abs=1e-5)


def test_same_bytes_same_hash():
    bundles = [read_bundle("CesiumMilkTruck.glb", REAL / "models") for _ in range(2)]
    assert read_asset(bundles[0]).mesh.content_hash == read_asset(bundles[1]).mesh.content_hash


@pytest.mark.parametrize("name", ["apartment", "city", "forest", "lab", "studio"])
def test_environment_equals_another_decoder(name):
    path = REAL / "hdri" / f"{name}.hdr"
    found = decode_environment(path.read_bytes(), path.name)
    other = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert found.shape == (512, 1024, 3)
    assert np.array_equal(found, other)
