"""Maps of what lies where on the things that are seen, against closed forms and the depth map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.assets.types import Asset, Material, Mesh
from synthvision.labels import SURFACE_MAPS, Labeller, Maps, back_projected, label, world_normals
from synthvision.scene import Camera, Lens
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, box, mesh, quad, scene, sphere
from tests.unit.labels.test_decals import decal, store_of
from tests.unit.labels.test_see_through import glazed

TILT = Rotation.from_euler("xyz", [20, -35, 70], degrees=True).as_matrix()


def pyramid() -> Asset:
    """A lopsided pyramid, whose box is not about its origin."""
    corners = [(0, 0, 0), (0.6, 0, 0), (0.6, 0.4, 0), (0, 0.4, 0), (0.5, 0.3, 0.8)]
    return Asset(mesh(corners, [(0, 2, 1), (0, 3, 2), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]), (Material(),))


CAMERAS = {
    "pinhole": Camera(64, 48, 60.0, 55.0, 30.0, 25.0, LOOKING_ALONG_Y),
    "orthographic": Camera(64, 48, 20.0, 20.0, 32.0, 24.0, LOOKING_ALONG_Y, orthographic=True),
    "lens": Camera(
        64, 48, 60.0, 60.0, 32.0, 24.0, LOOKING_ALONG_Y, lens=Lens("brown_conrady", (-0.2, 0.05, 0.01, 0.0))
    ),
}


@pytest.mark.parametrize("name", CAMERAS)
def test_object_coordinates_are_where_the_depth_says(name):
    store = HandMadeStore(pyramid=pyramid(), sphere=sphere(3), quad=quad())
    things = [
        ("pyramid", at(-0.9, 3, 0.2, 1.3, TILT), True),
        ("pyramid", at(-0.2, 2.5, -0.6, 0.4), True),
        ("sphere", at(0.8, 4, 0.1, 0.7), True),
        ("quad", at(0.1, 3.5, 0.7, 0.8, TILT), True),
        ("pyramid", at(0.4, 2.6, -0.4, 0.5), False),
    ]
    made = scene(store, things, CAMERAS[name])
    labels = Labeller(store).label(made)
    points = back_projected(made.camera, labels.depth)
    assert (labels.object_coordinates.any(axis=2) == (labels.instance_map > 0)).all()
    for one in labels.instances:
        seen = labels.instance_map == one.instance_id
        assert seen.sum() > 12
        instance = made.instances[one.instance_id - 1]
        low, high = store.assets[instance.category].mesh.bounds
        in_mesh = np.linalg.inv(one.object_to_camera) @ np.c_[points[seen], np.ones(seen.sum())].T
        expected = (in_mesh[:3].T - (low + high) / 2) / np.linalg.norm(high - low) + 0.5
        np.testing.assert_allclose(labels.object_coordinates[seen], expected, atol=2e-5)


def test_texture_coordinates_are_those_of_the_point_and_nan_without():
    store = HandMadeStore(quad=quad(), box=box())
    labels = Labeller(store).label(scene(store, [("quad", at(0, 3, 0), False), ("box", at(1.5, 4, 0), True)]))
    seen = labels.scene_map == 0
    rows, columns = np.nonzero(seen)
    # The quad fills columns 22 … 42 and rows 14 … 34, u to the right and v up.
    np.testing.assert_allclose(labels.uv[seen][:, 0], (columns + 0.5 - 22) / 20, atol=1e-6)
    np.testing.assert_allclose(labels.uv[seen][:, 1], (34 - rows - 0.5) / 20, atol=1e-6)
    assert np.isnan(labels.uv[~seen]).all()
    assert labels.uv.dtype == np.float32


def test_texture_coordinates_of_a_mesh_of_many_triangles():
    ball = sphere(3).mesh
    # A map that is linear in the mesh's frame can be read off the object coordinates.
    uvs = ball.vertices[ball.triangles][:, :, :2] * np.float32(3) - np.float32(7)
    store = HandMadeStore(ball=Asset(replace(ball, uvs=uvs), (Material(),)))
    labels = Labeller(store).label(scene(store, [("ball", at(0, 4, 0, rotation=TILT), True)]))
    seen = labels.instance_map > 0
    low, high = ball.bounds
    points = (labels.object_coordinates[seen] - 0.5) * np.linalg.norm(high - low) + (low + high) / 2
    np.testing.assert_allclose(labels.uv[seen], points[:, :2] * 3 - 7, atol=1e-5)


def test_parts_are_slots_from_1_of_labelled_things():
    cube = box().mesh
    slots = np.where(cube.vertices[cube.triangles][:, :, 1].mean(axis=1) < -0.49, 2, 0).astype(np.int16)
    two = Asset(Mesh(cube.vertices, cube.triangles, slots), (Material(), Material("inside"), Material("front")))
    store = HandMadeStore(two=two)
    things = [("two", at(0, 2.5, 0), True), ("two", at(0.9, 2.5, 0), False)]
    labels = Labeller(store).label(scene(store, things))
    assert (labels.parts[labels.instance_map == 1] == 3).all()
    assert (labels.parts[labels.instance_map == 0] == 0).all()
    turned = Labeller(store).label(scene(store, [("two", at(0, 2.5, 0, rotation=TILT), True)]))
    assert set(np.unique(turned.parts)) >= {0, 1}
    many = Asset(Mesh(cube.vertices, cube.triangles, np.full(12, 300, np.int16)), (Material(),) * 301)
    labels = Labeller(HandMadeStore(two=many)).label(scene(HandMadeStore(two=many), things[:1]))
    assert set(np.unique(labels.parts)) == {0, 255}


def test_decals_and_see_through_things_change_no_map_of_surfaces():
    store = store_of(box=box(), quad=quad())
    made = scene(store, [("quad", at(0, 2.2, 0), True), ("box", at(0, 4.5, 0), True)])
    made = glazed(made, "quad/0")
    marked = replace(made, decals=(decal("mark", "box/1", centre=(0, -0.5, 0), size=(0.4, 0.4), number=3),))
    alone = replace(made, instances=made.instances[1:])
    labels, plain, without = (Labeller(store).label(one) for one in (marked, made, alone))
    assert (labels.instance_map == 3).sum() > 20
    for name in ("object_coordinates", "uv", "parts"):
        assert getattr(labels, name).tobytes() == getattr(plain, name).tobytes() == getattr(without, name).tobytes()


def test_normals_of_the_world_are_those_of_the_camera_turned():
    store = HandMadeStore(sphere=sphere(4))
    made = scene(store, [("sphere", at(0.2, 4, 0.3), True)])
    labels = Labeller(store).label(made)
    normals = world_normals(labels.normals, made.camera)
    seen = labels.instance_map > 0
    points = np.array(made.camera.camera_to_world)[:3, :3] @ back_projected(made.camera, labels.depth)[seen].T
    outward = points.T - (0.2, 4, 0.3)
    np.testing.assert_allclose(normals[seen], outward / np.linalg.norm(outward, axis=1, keepdims=True), atol=2e-3)
    assert not normals[~seen].any()


def test_a_map_is_there_where_it_was_asked_for():
    store = HandMadeStore(quad=quad())
    made = scene(store, [("quad", at(0, 3, 0), True)])
    names = ("normals", "object_coordinates", "uv", "parts", "disparity", "stereo_mask", "coverage")
    bare = Labeller(store).label(made, maps=Maps())
    assert all(getattr(bare, name) is None for name in names)
    for name in ("normals", "object_coordinates", "uv", "parts"):
        labels = Labeller(store).label(made, maps=Maps(**{name: True}))
        assert [one for one in names if getattr(labels, one) is not None] == [name]
    usual = Labeller(store).label(made)
    assert [one for one in names if getattr(usual, one) is None] == ["disparity", "stereo_mask", "coverage"]
    assert Labeller(store).label(made, maps=SURFACE_MAPS).uv.tobytes() == usual.uv.tobytes()
    assert label.__kwdefaults__ == {"maps": SURFACE_MAPS}


def test_an_empty_scene_has_empty_maps():
    labels = Labeller(HandMadeStore()).label(scene(HandMadeStore(), []), maps=Maps(True, True, True, True, True, 2))
    assert not labels.object_coordinates.any()
    assert not labels.parts.any()
    assert np.isnan(labels.uv).all()
    assert (labels.coverage, labels.stereo_mask.any(), labels.disparity.any()) == ((), False, False)
