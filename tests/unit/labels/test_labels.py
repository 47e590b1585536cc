"""Labels of scenes whose answers are known in closed form, or by brute force over all triangles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthvision.assets.types import Asset, Material, Texture
from synthvision.labels import Labeller
from synthvision.labels.meshes import cast_mesh
from synthvision.labels.types import ALL_MAPS, Maps
from synthvision.scene import Camera
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, box, mesh, quad, scene, sphere


def pixel_directions(camera: Camera) -> np.ndarray:
    """(H, W, 3) ray directions with z = 1, written out once more, independently of the labels room."""
    x, y = np.meshgrid(np.arange(camera.width_px) + 0.5, np.arange(camera.height_px) + 0.5)
    return np.stack([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, np.ones_like(x)], axis=2)


def test_sphere_has_the_closed_form_depth_and_normals():
    store = HandMadeStore(sphere=sphere())
    made = scene(store, [("sphere", at(0.4, 4, 0.2), True)])
    labels = Labeller(store).label(made)
    rays, centre = pixel_directions(made.camera), np.array([0.4, -0.2, 4.0])
    a, b, c = (rays**2).sum(2), rays @ centre, centre @ centre - 1
    hit = b * b - a * c > 0.02  # away from the outline, where a tessellated sphere differs from a round one
    depth = (b - np.sqrt(np.maximum(b * b - a * c, 0))) / a
    assert hit.sum() > 500
    assert (labels.instance_map[hit] == 1).all()
    assert np.abs(labels.depth[hit] - depth[hit]).max() < 1e-3
    assert np.abs(labels.distance[hit] - depth[hit] * np.sqrt(a[hit])).max() < 1e-3
    assert np.abs(labels.normals[hit] - (rays * depth[..., None] - centre)[hit]).max() < 5e-3
    outside = b * b - a * c < 0
    assert (labels.instance_map[outside] == 0).all()
    assert (labels.depth[outside] == 0).all()
    assert (labels.normals[outside] == 0).all()


def test_box_seen_face_on_has_the_pixels_that_arithmetic_gives():
    store = HandMadeStore(box=box())
    label = Labeller(store).label(scene(store, [("box", at(0, 3.5, 0), True)])).instances[0]
    # The near face is at z = 3; it spans ±0.5 · 60 / 3 = ±10 px about (32, 24).
    assert label.bbox == label.amodal_bbox == (22, 14, 42, 34)
    assert label.mask_px == label.amodal_px == 400
    assert (label.visibility, label.truncation, dict(label.hidden_by)) == (1.0, 0.0, {})
    assert label.distance_m == pytest.approx(3.5)
    assert label.corners_m[0] == pytest.approx([-0.5, 0.5, 3.0])  # least x, y, z of the box; camera y points down
    assert label.corners_px[0] == pytest.approx([22, 34])
    assert label.corners_m[7] == pytest.approx([0.5, -0.5, 4.0])


def test_tilted_plane_has_the_closed_form_depth():
    store = HandMadeStore(quad=quad())
    tilt = Rotation.from_euler("xyz", [25, 5, 40], degrees=True).as_matrix()
    made = scene(store, [("quad", at(0, 10, 0, scale=100, rotation=tilt), True)])
    labels = Labeller(store).label(made)
    to_camera = np.linalg.inv(LOOKING_ALONG_Y)[:3, :3]
    normal, point = to_camera @ tilt @ [0, -1, 0], np.array([0, 0, 10.0])
    depth = normal @ point / (pixel_directions(made.camera) @ normal)
    assert (labels.instance_map == 1).all()
    assert np.abs(labels.depth - depth).max() < 1e-4
    assert np.abs(labels.normals - normal).max() < 1e-6


def test_a_quad_in_closed_form_equals_the_same_quad_ray_cast():
    """Moving one vertex of a copy by nothing at all but listing its triangles otherwise takes the ray-cast path."""
    flat = quad()
    turned = mesh(flat.mesh.vertices, [(1, 2, 0), (2, 3, 0)])
    assert cast_mesh(flat).parallelogram is not None
    assert cast_mesh(Asset(turned, flat.materials)).parallelogram is None
    store = HandMadeStore(flat=flat, turned=Asset(turned, flat.materials))
    tilt = Rotation.from_euler("xyz", [25, 35, 10], degrees=True).as_matrix()
    one, other = (
        Labeller(store).label(scene(store, [(name, at(0.31, 1.4, 0.17, rotation=tilt), True)]))
        for name in ("flat", "turned")
    )
    assert (one.instance_map == other.instance_map).all()
    assert 0 < one.instances[0].truncation == pytest.approx(other.instances[0].truncation)
    assert np.abs(one.depth - other.depth).max() < 1e-5
    assert np.abs(one.normals - other.normals).max() < 1e-5


@settings(deadline=None, max_examples=200)
@given(
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    place=st.tuples(st.floats(-3, 3), st.floats(0.05, 40), st.floats(-3, 3)),
    scale=st.sampled_from([0.5, 2.0, 8.0, 100.0, 3000.0]),
)
def test_maps_are_cast_or_not_and_nothing_else_changes(angles, place, scale):
    """Without points on meshes a plane that fills its window is told by its corners."""
    store = HandMadeStore(box=box(), quad=quad())
    turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    small = [("box", at(x / 5, 4, 0.3, scale=0.05), True) for x in range(-3, 4)]
    made = scene(store, [("quad", at(*place, scale=scale, rotation=turn), True), ("box", at(0.2, 3, 0), True), *small])
    without, whole = (Labeller(store).label(made, maps=maps) for maps in (Maps(), ALL_MAPS))
    assert without.normals is None
    assert without.distance is None
    for name in ("scene_map", "instance_map", "category_map", "depth"):
        assert getattr(without, name).tobytes() == getattr(whole, name).tobytes()
    for one, other in zip(without.instances, whole.instances, strict=True):
        assert (one.bbox, one.amodal_bbox, one.truncation) == (other.bbox, other.amodal_bbox, other.truncation)
        assert (one.amodal_mask == other.amodal_mask).all()


def test_a_map_needs_rays_that_were_cast_for_it():
    store = HandMadeStore(box=box())
    labeller = Labeller(store)
    traced = labeller.trace(scene(store, [("box", at(0, 3.5, 0), True)]), points=False)
    labels = labeller.read(traced)
    with pytest.raises(ValueError, match="points=True"):
        labeller.with_maps(labels, traced, Maps(parts=True))


def test_who_hides_whom_and_how_much():
    store = HandMadeStore(box=box(), quad=quad())
    things = [("box", at(0, 6.5, 0), True), ("quad", at(0.5, 3, 0), False)]
    labels = Labeller(store).label(scene(store, things))
    label = labels.instances[0]
    # Behind: ±0.5 · 60 / 6 = ±5 px about x = 32; the quad covers x ≥ 32 of it.
    assert (label.amodal_px, label.mask_px, label.bbox) == (100, 50, (27, 19, 32, 29))
    assert label.visibility == 0.5
    assert dict(label.hidden_by) == {"quad/1": 50}
    assert (labels.scene_map == 1).sum() == 400
    assert (labels.instance_map[labels.scene_map == 1] == 0).all()


def test_truncation_is_the_share_outside():
    store = HandMadeStore(quad=quad())
    edge = 32 * 3 / 60  # x at depth 3 of the image's right edge
    labels = Labeller(store).label(scene(store, [("quad", at(edge, 3, 0), True), ("quad", at(9, 3, 0), True)]))
    half, outside = labels.instances
    assert half.truncation == 0.5
    assert half.mask_px == 200
    assert (outside.bbox, outside.mask_px, outside.visibility) == (None, 0, 0.0)
    assert outside.amodal_mask.shape == (0, 0)


def test_an_instance_around_and_behind_the_camera_is_labelled_not_refused():
    store = HandMadeStore(box=box(), sphere=sphere(3))
    things = [("sphere", at(0, 0, 0, scale=5), True), ("box", at(0, -4, 0), True)]
    around, behind = Labeller(store).label(scene(store, things)).instances
    assert around.mask_px == 64 * 48
    assert (behind.amodal_bbox, behind.truncation) == (None, 0.0)
    assert np.isnan(behind.corners_px).all()


def test_texels_that_are_not_there_are_not_hit():
    texture = Texture("generated", "stripes")
    holed = quad(Material(base_colour_texture=texture, alpha_cutoff=0.5))
    store = HandMadeStore(holed=holed, box=box())
    stripes = np.full((8, 8, 4), 255, np.uint8)
    stripes[:, 4:, 3] = 0  # the right half is cut out
    store.images["stripes"] = stripes
    labels = Labeller(store).label(scene(store, [("holed", at(0, 3, 0), True), ("box", at(0, 3.8, 0), True)]))
    holed_label, box_label = labels.instances
    # Bilinear, repeating alpha falls through 0.5 in the middle between two texels: at u = 0.5 and at u = 0 = 1.
    assert holed_label.amodal_bbox == (22, 14, 32, 34)
    assert holed_label.amodal_px == 200
    assert dict(box_label.hidden_by) == {"holed/0": int((~(labels.instance_map == 2) & box_mask(box_label)).sum())}
    assert box_label.visibility == pytest.approx(0.5, abs=0.05)


def box_mask(label) -> np.ndarray:
    whole = np.zeros((48, 64), bool)
    x0, y0, x1, y1 = label.amodal_bbox
    whole[y0:y1, x0:x1] = label.amodal_mask
    return whole


def test_an_empty_scene_has_empty_labels():
    labels = Labeller(HandMadeStore()).label(scene(HandMadeStore(), []))
    assert labels.instances == ()
    assert not labels.depth.any()
    assert (labels.scene_map == -1).all()


def brute_force(made, store) -> np.ndarray:
    """Index of the first instance met by each pixel's ray, by Möller–Trumbore in float64 over every triangle."""
    rays = pixel_directions(made.camera).reshape(-1, 3)
    best, winner = np.full(len(rays), np.inf), np.full(len(rays), -1)
    for index, instance in enumerate(made.instances):
        asset = store.asset(made.meshes[instance.mesh])
        to_camera = np.linalg.inv(np.array(made.camera.camera_to_world)) @ np.array(instance.object_to_world)
        points = asset.mesh.vertices @ to_camera[:3, :3].T + to_camera[:3, 3]
        for a, b, c in points[asset.mesh.triangles]:
            p = np.cross(rays, c - a)
            det = p @ (b - a)
            with np.errstate(divide="ignore", invalid="ignore"):
                u = -(p @ a) / det
                q = np.cross(-a, b - a)
                v, t = rays @ q / det, (c - a) @ q / det
                hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > made.camera.clip_m) & (t < best)
            best[hit], winner[hit] = t[hit], index
    return winner.reshape(made.camera.height_px, made.camera.width_px)


random_thing = st.tuples(
    st.sampled_from(["box", "sphere", "quad"]),
    st.floats(-1.5, 1.5),
    st.floats(1.2, 5),
    st.floats(-1.2, 1.2),
    st.floats(0.2, 1.2),
    st.integers(0, 10_000),
    st.booleans(),
)


def random_scene(store, drawn):
    things = [
        (name, at(x, y, z, scale, Rotation.random(random_state=turn).as_matrix()), labelled)
        for name, x, y, z, scale, turn, labelled in drawn
    ]
    return scene(store, things)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(random_thing, max_size=6))
def test_masks_partition_the_labelled_pixels_and_lie_in_their_amodal_masks(drawn):
    store = HandMadeStore(box=box(), sphere=sphere(2), quad=quad())
    made = random_scene(store, drawn)
    labels = Labeller(store).label(made)
    assert sum(label.mask_px for label in labels.instances) == (labels.instance_map > 0).sum()
    for label in labels.instances:
        mask = labels.instance_map == label.instance_id
        assert mask.sum() == label.mask_px
        assert label.mask_px + sum(label.hidden_by.values()) == label.amodal_px
        assert 0 <= label.truncation <= 1
        if label.amodal_bbox is None:
            assert not mask.any()
            continue
        assert not (mask & ~box_mask(label)).any()
        if label.bbox:
            x0, y0, x1, y1 = label.bbox
            rows, columns = np.nonzero(mask)
            assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (x0, y0, x1, y1)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(random_thing, min_size=1, max_size=4))
def test_every_pixel_sees_what_brute_force_sees(drawn):
    store = HandMadeStore(box=box(), sphere=sphere(1), quad=quad())
    made = random_scene(store, drawn)
    labels = Labeller(store).label(made)
    differing = labels.scene_map != brute_force(made, store)
    assert differing.sum() <= 1  # a ray that grazes an edge within float32


def test_labels_do_not_depend_on_what_was_labelled_before():
    store = HandMadeStore(box=box(), sphere=sphere(3), quad=quad())
    first = scene(store, [("box", at(0, 3, 0), True), ("sphere", at(0.4, 4, 0), True)])
    used = Labeller(store)
    used.label(scene(store, [("quad", at(0, 2, 0), True)]))
    again, fresh = used.label(first), Labeller(store).label(first)
    assert again.depth.tobytes() == fresh.depth.tobytes()
    assert again.normals.tobytes() == fresh.normals.tobytes()
