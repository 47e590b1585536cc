"""Every procedural family, at the ends of its parameters and between, is a clean mesh of the size the catalog says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthvision.assets.catalog import load_catalog
from synthvision.assets.generators import GENERATORS, PARAMETERS
from synthvision.assets.types import Asset, Mesh
from synthvision.errors import AssetError
from tests.unit.assets_generated.drawing import POINTS, UOf, scattered

MODELS = load_catalog().models
EVERY = pytest.mark.parametrize("name", MODELS)
EVERY_POINT = pytest.mark.parametrize("u_of", POINTS.values(), ids=POINTS)


@cache
def built(name: str, u_of: UOf) -> Asset:
    source = MODELS[name].source(u_of)
    return GENERATORS[source.generator](dict(source.parameters))


def face_vectors(mesh: Mesh) -> NDArray[np.float64]:
    """Return normals (T, 3) as long as the triangles are large, times two."""
    corners = mesh.vertices.astype(np.float64)[mesh.triangles]
    vectors: NDArray[np.float64] = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return vectors


def shells(mesh: Mesh) -> NDArray[np.int32]:
    """Return which connected shell each triangle belongs to."""
    size = len(mesh.vertices)
    ends = np.concatenate([mesh.triangles[:, [0, 1]], mesh.triangles[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1][mesh.triangles[:, 0]]
    return labels


def check_closed(mesh: Mesh) -> None:
    """Every directed edge exists once, and its opposite too: closed, consistently wound, no edge shared by four."""
    start, end = mesh.triangles.ravel().astype(np.int64), np.roll(mesh.triangles, -1, axis=1).ravel().astype(np.int64)
    size = len(mesh.vertices)
    forward = start * size + end
    assert len(np.unique(forward)) == len(forward)
    assert np.array_equal(np.sort(forward), np.sort(end * size + start))


def check_outward(mesh: Mesh) -> None:
    corners = mesh.vertices.astype(np.float64)[mesh.triangles]
    volumes = np.einsum("tx,tx->t", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    shell = shells(mesh)
    assert np.bincount(shell, weights=volumes)[np.unique(shell)].min() > 0


def check_shading(mesh: Mesh) -> None:
    assert mesh.normals is not None
    vectors = face_vectors(mesh)
    areas = np.linalg.norm(vectors, axis=1)
    assert areas.min() > 1e-11, "a triangle without area"
    assert np.abs(np.linalg.norm(mesh.normals, axis=2) - 1).max() < 1e-5
    assert np.einsum("tcx,tx->tc", mesh.normals, vectors / areas[:, None]).min() > 0


@EVERY
@EVERY_POINT
def test_mesh_is_clean(name: str, u_of: UOf) -> None:
    asset = built(name, u_of)
    mesh = asset.mesh
    assert mesh.vertices.dtype == np.float32
    assert mesh.triangles.dtype == np.int32
    assert np.isfinite(mesh.vertices).all()
    check_closed(mesh)
    check_outward(mesh)
    check_shading(mesh)
    assert mesh.uvs is not None
    assert mesh.uvs.shape == (len(mesh.triangles), 3, 2)
    assert np.isfinite(mesh.uvs).all()
    assert len(mesh.triangles) <= 20_000
    assert set(mesh.slots.tolist()) <= set(range(len(asset.materials)))
    assert len({material.name for material in asset.materials}) == len(asset.materials)


@EVERY
@EVERY_POINT
def test_stands_on_the_ground_at_its_real_size(name: str, u_of: UOf) -> None:
    low, high = built(name, u_of).mesh.bounds
    model = MODELS[name]
    # One stands in a room: its floor is at 0, and has a thickness.
    assert low[2] == 0.0 if name != "room" else -0.3 < low[2] < 0
    assert (high - low >= np.array(model.smallest_m)).all()
    assert (high - low <= np.array(model.largest_m)).all()
    # A mug's origin is under its body and a sign's under its post, so handle and face may stand out to one side.
    one_sided = {"mug": 0.4} | {sign: 0.05 for sign in MODELS if sign.startswith("road_sign")}
    assert np.abs((low + high)[:2] / (high - low)[:2]).max() < one_sided.get(name, 0.03)


@EVERY
def test_catalog_states_the_middle_size(name: str) -> None:
    low, high = built(name, POINTS["middle"]).mesh.bounds
    assert high - low == pytest.approx(np.array(MODELS[name].size_m), rel=0.01)


@EVERY
def test_trimesh_agrees(name: str) -> None:
    mesh = built(name, POINTS["scattered1"]).mesh
    solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.volume > 0


@EVERY
def test_built_twice_is_the_same(name: str) -> None:
    first, source = built(name, POINTS["scattered1"]), MODELS[name].source(scattered(1))
    second = GENERATORS[source.generator](dict(source.parameters))
    assert first is not second
    assert first.mesh.content_hash == second.mesh.content_hash
    assert first.materials == second.materials
    assert {key: image.tobytes() for key, image in first.images.items()} == {
        key: image.tobytes() for key, image in second.images.items()
    }


@EVERY
def test_embedded_images_are_there_and_named_by_their_content(name: str) -> None:
    asset = built(name, POINTS["scattered0"])
    wanted = {
        texture.sha256
        for material in asset.materials
        for texture in (material.base_colour_texture, material.normal_texture)
        if texture is not None and texture.kind == "embedded"
    }
    assert wanted == set(asset.images)
    for image in asset.images.values():
        assert image.dtype == np.uint8
        assert image.ndim == 3
        # Only what is cut out has opacity.
        cut_out = any(material.alpha_cutoff > 0 for material in asset.materials)
        assert image.shape[2] == (4 if cut_out else 3)


def test_catalog_has_every_family_with_every_parameter() -> None:
    assert {model.generator for model in MODELS.values()} == set(GENERATORS) - {"plane"}
    assert {name: set(model.parameters) for name, model in MODELS.items()} == {
        name: set(PARAMETERS[model.generator]) for name, model in MODELS.items()
    }


def test_families_are_many_and_small_things_are_small() -> None:
    assert len(MODELS) >= 14
    assert built("bolt", POINTS["middle"]).mesh.bounds[1, 2] == pytest.approx(0.0499, abs=1e-4)


def test_plane_is_one_quad_with_coordinates_in_metres() -> None:
    mesh = GENERATORS["plane"]({"size_m": 6.0}).mesh
    assert mesh.vertices.shape == (4, 3)
    assert mesh.triangles.shape == (2, 3)
    assert mesh.bounds.tolist() == [[-3, -3, 0], [3, 3, 0]]
    assert mesh.uvs is not None
    assert np.array_equal(mesh.uvs, mesh.vertices[mesh.triangles][..., :2])
    assert (face_vectors(mesh)[:, 2] > 0).all()


def test_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(
        AssetError, match=r"^mug: parameter must be one of height_m, .*, got 'hieght_m'; did you mean 'height_m'\?$"
    ):
        GENERATORS["mug"]({"hieght_m": 0.1})


def test_parameter_that_is_no_number_is_refused() -> None:
    with pytest.raises(AssetError, match=r"^can: height_m must be a finite number, got nan$"):
        GENERATORS["can"]({"height_m": float("nan")})
