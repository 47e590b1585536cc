"""Keypoints and symmetries: where declarations are found on meshes, and what the catalog declares of its families."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from synthvision.assets import AssetStore, load_catalog
from synthvision.assets.keypoints import PointSpec, SymmetrySpec, axis_through, locate
from synthvision.assets.picture_points import PicturePointSpec, locate_in_picture
from synthvision.assets.types import Mesh
from synthvision.bundled import bundled_folder
from synthvision.errors import AssetError
from synthvision.recipe import load_recipe
from synthvision.sampling.traits import category_traits

CATALOG = load_catalog()
SAME_SHAPE = 0.025
"""Greatest distance, by the size, of a point of a turned mesh from the mesh: the thread of a nut begins anywhere."""
DECLARED = list(
    {one.generator: name for name, one in CATALOG.models.items() if one.keypoints or one.symmetries}.values()
)
RECIPES = sorted(bundled_folder("scenes").glob("*.yaml"))


def made(shape: trimesh.Trimesh) -> Mesh:
    slots = np.zeros(len(shape.faces), np.int16)
    return Mesh(np.asarray(shape.vertices, np.float32), np.asarray(shape.faces, np.int32), slots)


def block(size=(2.0, 1.0, 4.0), at=(1.0, 0.0, 0.0)) -> Mesh:
    shape = trimesh.creation.box(size)
    shape.apply_translation(at)
    return made(shape)


def place(mesh: Mesh, **spec):
    return locate(mesh, {"p": PointSpec(**spec)})["p"]


def test_shares_are_of_the_box():
    assert place(block(), at=(0, 0.5, 1)).position_m == pytest.approx((0, 0, 2))
    assert place(block(), at_m=(5, 6, 7)) == ((5, 6, 7), 0)


def test_onto_is_the_first_surface_met_from_outside_and_from_inside():
    assert place(block(), at=(0.25, 0.25, 1), onto=(0, 0, -1)) == ((0.5, -0.25, 2), 0)
    assert place(block(), at=(0.25, 0.5, 0.5), onto=(0, 3, 0)).position_m == pytest.approx((0.5, 0.5, 0))
    ring = made(trimesh.creation.torus(2.0, 0.5, major_sections=64, minor_sections=32))
    assert place(ring, at=(0.5, 0.5, 0.5), onto=(1, 0, 0)).position_m == pytest.approx((1.5, 0, 0), abs=1e-6)
    with pytest.raises(AssetError) as caught:
        place(ring, at=(0.5, 0.5, 0.5), onto=(0, 0, 1))
    assert str(caught.value) == (
        "keypoint 'p': onto must lead from its point to a surface of the mesh, got [0.0, 0.0, 1.0] from [0.5, 0.5, 0.5]"
    )


def test_towards_is_a_corner_the_middle_of_an_edge_or_of_a_face():
    assert place(block(), towards=(1, 1, 1)).position_m == pytest.approx((2, 0.5, 2))
    assert place(block(), towards=(1, 0, -1)).position_m == pytest.approx((2, 0, -2))
    assert place(block(), towards=(0, -7, 0)).position_m == pytest.approx((1, -0.5, 0))


def test_towards_is_a_point_of_the_surface_where_the_middle_is_not():
    ring = made(trimesh.creation.annulus(1.0, 2.0, 1.0, sections=32))
    x, y, z = place(ring, towards=(0, 0, 1)).position_m
    assert (np.hypot(x, y), z) == pytest.approx((1.0, 0.5), abs=1e-6)


def test_a_point_inside_may_have_twice_the_way_to_the_surface_before_it():
    ball = made(trimesh.creation.icosphere(4, 3.0))
    assert place(ball, at=(0.5, 0.5, 0.5)).depth_m == pytest.approx(6.0, rel=0.01)
    assert place(ball, at_m=(0, 0, 1.0)).depth_m == pytest.approx(4.0, rel=0.01)
    assert place(ball, at=(0.5, 0.5, 0.5), depth_m=0.25).depth_m == 0.25
    assert place(ball, at=(0.5, 0.5, 1)).depth_m == 0
    assert place(ball, at=(0, 0, 0)).depth_m == 0  # a corner of the box, in the open
    assert place(ball, towards=(1, 2, 3)).depth_m == 0
    hollow = made(trimesh.creation.annulus(1.0, 2.0, 1.0, sections=32))
    assert place(hollow, at=(0.5, 0.5, 0.5)).depth_m == 0
    assert place(hollow, at=(0.125, 0.5, 0.5)).depth_m == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ({}, "must have exactly one of at, towards and at_m, got none"),
        ({"at": (0, 0, 0), "at_m": (0, 0, 0)}, "must have exactly one of at, towards and at_m, got at and at_m"),
        ({"at_m": (0, 0, 0), "onto": (0, 0, 1)}, "must have onto only beside at, got it beside at_m"),
        ({"towards": (0, 0, 0)}, "must have a direction of some length, got [0, 0, 0]"),
    ],
)
def test_a_point_is_declared_in_one_way(spec, rule):
    with pytest.raises(ValueError, match="Value error") as caught:
        PointSpec(**spec)
    assert rule in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"skeleton": [["head", "tial"]]}, "skeleton must be of keypoints, got 'tial'; did you mean 'tail'?"),
        ({"flip": [["head", "head"]]}, "flip must be of two keypoints, got 'head' twice"),
        (
            {"flip": [["head", "tail"], ["ear", "head"]]},
            "flip must name a keypoint once, got 'head' in two pairs",
        ),
        ({"symmetries": [{"axis": [0, 0, 1], "fold": 1}]}, "must have a fold of 0 or at least 2, got 1"),
    ],
)
def test_a_wrong_declaration_is_a_fault_of_the_catalog(tmp_path, entry, fault):
    from ruamel.yaml import YAML  # noqa: PLC0415 - of this test alone

    keypoints = {name: {"at": [0, 0, place]} for place, name in enumerate(("head", "tail"))}
    keypoints["ear"] = {"at": [0.5, 0, 0]}
    model = {"generator": "mug", "category": "mug", "licence": "CC0-1.0", "description": "Mug.", "keypoints": keypoints}
    size = {"size_m": [1, 1, 1], "smallest_m": [1, 1, 1], "largest_m": [1, 1, 1]}
    path = tmp_path / "catalog.yaml"
    YAML().dump({"version": 1, "models": {"mug": {**model, **size, **entry}}, "textures": {}, "environments": {}}, path)
    with pytest.raises(AssetError) as caught:
        load_catalog(path)
    assert str(caught.value).startswith(f"{path}: models.mug")
    assert str(caught.value).endswith(fault)


def test_points_of_pictures_are_the_furthest_texels_that_are_there():
    picture = np.zeros((4, 8, 4), np.uint8)
    picture[1, 2:6, 3] = 255
    picture[3, 3, 3] = 127
    specs = {"left": {"towards": (-1, 0)}, "lower": {"towards": (0, -1)}, "middle": {"at": (0.5, 0.25)}}
    found = locate_in_picture(picture, {name: PicturePointSpec(**spec) for name, spec in specs.items()})
    assert found["left"] == pytest.approx((2.5 / 8, 1 - 1.5 / 4))
    assert found["lower"] == pytest.approx((3.5 / 8, 1 - 1.5 / 4))
    assert found["middle"] == (0.5, 0.25)
    assert locate_in_picture(picture * 0, {"left": PicturePointSpec(towards=(-1.0, 0.0))}) == {}


# --- What the catalog declares ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_category_of_a_bundled_recipe_has_keypoints_and_a_skeleton(recipe):
    read = load_recipe(recipe)
    for category in read.categories:
        declared = category_traits(read, CATALOG, category.name)
        assert len(declared.keypoints) >= 2, category.name
        assert declared.skeleton, category.name
        flipped = [name for pair in declared.flip for name in pair]
        assert len(flipped) == len(set(flipped)), category.name


@cache
def members(name: str, count: int = 2) -> list[Mesh]:
    """Members of a family with different parameters."""
    store, model = AssetStore(Path()), CATALOG.models[name]
    places = {parameter: place for place, parameter in enumerate(model.parameters)}
    spread = [lambda parameter, k=k: (places[parameter] * 0.381966 + (k + 0.47) / count) % 1 for k in range(count)]
    return [store.asset(model.source(u)).mesh for u in spread]


@pytest.mark.parametrize("name", DECLARED)
def test_points_are_apart_and_on_the_mesh_where_they_are_said_to_be(name):
    model = CATALOG.models[name]
    for mesh in members(name):
        size = np.linalg.norm(mesh.bounds[1] - mesh.bounds[0])
        found = locate(mesh, model.keypoints)
        assert len({point.position_m for point in found.values()}) == len(found)
        for point, spec in model.keypoints.items():
            position = np.array(found[point].position_m)
            assert (position >= mesh.bounds[0] - 1e-6).all()
            assert (position <= mesh.bounds[1] + 1e-6).all()
            if spec.onto is not None or spec.towards is not None:
                assert distance(mesh, position) <= 2e-5 * size, point
            if spec.towards is not None:
                heights = mesh.vertices.astype(float) @ spec.towards
                assert position @ spec.towards >= heights.max() - 1e-4 * size * np.linalg.norm(spec.towards), point


def distance(mesh: Mesh, point: np.ndarray) -> float:
    """Distance from a mesh, by trimesh, whose tolerances are for things of the size of 1."""
    size = np.linalg.norm(mesh.bounds[1] - mesh.bounds[0])
    triangles = (mesh.vertices.astype(float) / size)[mesh.triangles]
    near = trimesh.triangles.closest_point(triangles, np.broadcast_to(point / size, (len(triangles), 3)))
    return float(np.linalg.norm(near - point / size, axis=1).min() * size)


@pytest.mark.parametrize("name", DECLARED)
def test_flipped_points_are_each_other_s_mirror_image(name):
    """By the plane that the pairs share; families that are not quite even get a tenth of their size."""
    pairs = CATALOG.models[name].flip
    for mesh in members(name) if pairs else ():
        found = {point: np.array(at.position_m) for point, at in locate(mesh, CATALOG.models[name].keypoints).items()}
        size = np.linalg.norm(mesh.bounds[1] - mesh.bounds[0])
        ways = np.array([found[first] - found[second] for first, second in pairs])
        normal = ways[0] / np.linalg.norm(ways[0])
        aside = [(found[first] + found[second]) @ normal / 2 for first, second in pairs]
        assert np.ptp(aside) <= 0.1 * size
        for way in ways:
            assert np.linalg.norm(way - way @ normal * normal) <= 0.1 * size


@pytest.mark.parametrize("name", [name for name in DECLARED if CATALOG.models[name].symmetries])
def test_a_thing_that_is_turned_by_its_symmetry_keeps_its_shape(name):
    for mesh in members(name):
        size = np.linalg.norm(mesh.bounds[1] - mesh.bounds[0])
        tree, points = cKDTree(spread(mesh, 80_000, 0)), spread(mesh, 1500, 1)
        for symmetry in CATALOG.models[name].symmetries:
            axis, through = axis_through(mesh, symmetry)
            for angle in [2 * np.pi / symmetry.fold] if symmetry.fold else [0.2, 1.1, 2.5]:
                turned = Rotation.from_rotvec(np.array(axis) * angle).apply(points - through) + through
                assert tree.query(turned)[0].max() < SAME_SHAPE * size, (symmetry, angle)


def spread(mesh: Mesh, count: int, seed: int) -> np.ndarray:
    """Points of a mesh, uniform in area."""
    rng = np.random.default_rng(seed)  # noqa: TID251 - a Generator with a fixed seed
    corners = mesh.vertices.astype(float)[mesh.triangles]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = np.linalg.norm(np.cross(first, second), axis=1)
    chosen = rng.choice(len(areas), count, p=areas / areas.sum())
    u, v = rng.random((2, count, 1))
    folded = u + v > 1
    u, v = np.where(folded, 1 - u, u), np.where(folded, 1 - v, v)
    return corners[chosen, 0] + u * first[chosen] + v * second[chosen]


def test_what_is_not_symmetric_would_be_found_out():
    mesh = members("mug", 1)[0]
    size = np.linalg.norm(mesh.bounds[1] - mesh.bounds[0])
    axis, through = axis_through(mesh, SymmetrySpec((0.0, 0.0, 2.0), 2))
    assert axis == (0, 0, 1)
    assert through == pytest.approx(mesh.bounds.mean(axis=0))
    turned = Rotation.from_rotvec([0, 0, np.pi]).apply(spread(mesh, 1500, 1) - through) + through
    assert cKDTree(spread(mesh, 80_000, 0)).query(turned)[0].max() > 2 * SAME_SHAPE * size
