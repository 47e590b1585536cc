"""Decals lie where they are asked to, uniform in area, as large as asked, in slabs that follow the surface."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import trimesh

from synthvision.assets.types import Asset, Texture
from synthvision.errors import FrameError, PlacementError
from synthvision.recipe.things import Decal as Declared
from synthvision.sampling import SceneSampler
from synthvision.sampling.decals import decal_names
from synthvision.sampling.shapes import Shape
from synthvision.sampling.slabs import slab_depth
from synthvision.scene import Scene
from synthvision.scene.poses import as_array, identity, scale_of
from tests.unit.sampling.worlds import SmallCatalog, SmallStore, TextureFamily, group, mesh_of, recipe

MARK = {"texture": "mark", "size_m": 0.02, "category": "base"}
BOX = group(asset="box", name="box", count=1, rotation="upright", place={"at_m": [0, 0, 0]})


class PictureStore(SmallStore):
    """Pictures are 2 high and 4 wide; meshes have their upper half in the slot ``lid``."""

    def image(self, texture: Texture) -> np.ndarray:
        return np.full((2, 4, 4), 255, np.uint8)

    def asset(self, source) -> Asset:
        asset = super().asset(source)
        middles = asset.mesh.vertices[asset.mesh.triangles].mean(axis=1)[:, 2]
        asset.mesh.slots[:] = middles > (middles.min() + middles.max()) / 2 + 1e-6
        return asset


def sampler(seed: int = 0, **sections: Any) -> SceneSampler:
    catalog = SmallCatalog()
    catalog.textures["mark"] = TextureFamily("mark", ("length",))
    return SceneSampler(recipe(**sections), PictureStore(), seed, catalog)  # type: ignore[arg-type]


def marked(thing: dict[str, Any], *decals: dict[str, Any], frames: int = 1, **sections: Any) -> list[Scene]:
    one = sampler(objects=[thing | {"decals": list(decals)}], **sections)
    return [one.draw(frame) for frame in range(frames)]


def frames_of(scenes: list[Scene]) -> np.ndarray:
    return np.stack([as_array(decal.decal_to_object) for scene in scenes for decal in scene.decals])


def test_decals_are_numbered_after_everything_labelled_and_named_after_what_they_are_on():
    more = {"texture": "mark", "size_m": 0.01, "count": 2, "name": "dirt"}
    (scene,) = marked(BOX | {"count": 2, "place": {"on": "ground"}}, MARK, more, MARK)
    assert [decal.name for decal in scene.decals] == [
        f"box/{thing}/{part}" for thing in (0, 1) for part in ("base/0", "dirt/0", "dirt/1", "base-2/0")
    ]
    assert [decal.on for decal in scene.decals] == ["box/0"] * 4 + ["box/1"] * 4
    assert [instance.instance_id for instance in scene.instances] == [1, 2, 0]
    assert [decal.instance_id for decal in scene.decals] == [3, 0, 0, 4, 5, 0, 0, 6]
    assert [(decal.category, decal.category_id) for decal in scene.decals][:2] == [("base", 2), ("", 0)]


def test_names_are_all_different():
    decals = [Declared(**(MARK | {"name": name})) for name in ("a", None, "a", "base")]
    assert decal_names(decals) == ("a", "base", "a-2", "base-2")


def test_places_are_uniform_in_area_on_every_side():
    scenes = marked(BOX | {"asset": "table"}, MARK | {"count": 100}, frames=40)
    frames = frames_of(scenes)
    low, high = Shape(mesh_of_box(scenes[0])).bounds
    size = high - low
    faces = {axis: size.prod() / size[axis] for axis in range(3)}
    for axis, area in faces.items():
        for side in (-1, 1):
            share = (frames[:, axis, 2] * side > 0.99).mean()
            assert share == pytest.approx(area / 2 / sum(faces.values()), abs=0.02)
    top = frames[frames[:, 2, 2] > 0.99][:, :2, 3]
    assert len(top) > 500
    for axis in range(2):
        spread = (np.sort(top[:, axis]) - low[axis]) / size[axis]
        assert np.abs(spread - (np.arange(len(spread)) + 0.5) / len(spread)).max() < 0.07
    turns = np.sort(np.arctan2(frames[:, 1, 0], frames[:, 0, 0])[frames[:, 2, 2] > 0.99] / (2 * np.pi) % 1)
    assert np.abs(turns - (np.arange(len(turns)) + 0.5) / len(turns)).max() < 0.07


def mesh_of_box(scene: Scene):
    return PictureStore().asset(scene.meshes[scene.instances[0].mesh]).mesh


def test_a_picture_has_its_proportions_and_the_size_asked_for_in_the_world():
    scenes = marked(BOX | {"scale": 2.0}, MARK, frames=3)
    for scene in scenes:
        frame, scale = as_array(scene.decals[0].decal_to_object), scale_of(as_array(scene.instances[0].object_to_world))
        lengths = np.linalg.norm(frame[:3, :3], axis=0)
        assert scale == pytest.approx(2)
        assert lengths * (scale, scale, 1) == pytest.approx([0.02, 0.01, 1])
        assert np.linalg.det(frame[:3, :3] / lengths) == pytest.approx(1)


def test_sides_and_slots():
    up = frames_of(marked(BOX, MARK | {"count": 40, "side": "top"}))
    assert (up[:, 2, 2] > 0.99).all()
    lid = frames_of(marked(BOX, MARK | {"count": 40, "slots": ["lid"]}))
    middle = (lid[:, 2, 3].min() + lid[:, 2, 3].max()) / 2
    assert len(lid) == 40
    assert lid[:, 2, 3].max() == pytest.approx(0.06)
    assert middle > 0


@pytest.mark.parametrize("asset", ["box", "ball", "ring", "cup"])
def test_what_is_visible_faces_the_camera_and_is_not_hidden_by_its_own_mesh(asset: str):
    thing = group(asset=asset, count=1, rotation="any", place={"at_m": [0, 0, 0.1]})
    for scene in marked(thing, MARK | {"count": 10, "side": "visible", "size_m": 0.005}, frames=5):
        mesh = PictureStore().asset(scene.meshes[scene.instances[0].mesh]).mesh
        eye = np.linalg.inv(scene.instances[0].object_to_world) @ as_array(scene.camera.camera_to_world)[:, 3]
        rays = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False).ray
        for decal in scene.decals:
            frame = as_array(decal.decal_to_object)
            towards = eye[:3] - frame[:3, 3]
            assert frame[:3, 2] @ towards > 0.17 * np.linalg.norm(towards)
            start = frame[:3, 3] + 1e-4 * frame[:3, 2]
            assert not rays.intersects_any([start], [towards])[0]


def test_the_same_scene_in_any_order_and_nothing_else_moves():
    one, other = (sampler(objects=[BOX | {"decals": [MARK, MARK]}]) for _ in range(2))
    forwards = [one.draw(frame) for frame in range(4)]
    assert [other.draw(frame) for frame in reversed(range(4))] == forwards[::-1]
    without = sampler(objects=[BOX]).draw(2)
    assert (without.instances, without.camera, without.lights) == (
        forwards[2].instances,
        forwards[2].camera,
        forwards[2].lights,
    )
    fewer = sampler(objects=[BOX | {"decals": [MARK]}]).draw(2)
    assert fewer.decals == forwards[2].decals[:1]
    assert len({decal.decal_to_object for scene in forwards for decal in scene.decals}) == 8


def test_surface_values_and_conditions():
    rough = MARK | {"roughness": {"uniform": [0.2, 0.4]}, "metallic": 1.0, "bump_m": -0.001, "tint": 0.25}
    (scene,) = marked(BOX, rough, MARK, MARK | {"when": "1 > 2"})
    first, second = scene.decals
    assert 0.2 < first.roughness < 0.4
    assert (first.metallic, first.bump_m) == (1.0, -0.001)
    assert (second.roughness, second.metallic, second.bump_m) == (None, None, 0.0)
    assert (first.tint, second.tint) == (0.25, 1.0)


def test_a_slot_or_side_that_is_not_there():
    with pytest.raises(FrameError, match=r"box/0/base: slots must be of body, lid, got 'lit'; did you mean"):
        marked(BOX, MARK | {"slots": ["lit"]})
    with pytest.raises(PlacementError) as caught:
        marked(group(asset="box", count=1), MARK | {"side": "top", "slots": ["body"]})
    assert str(caught.value).startswith(
        "frame 0: decal 'box/0/base/0': place must be on what faces up in the slots body"
    )


def slab(solid: trimesh.Trimesh, point, normal, size) -> float:
    frame = identity()
    frame[:3, :3] = trimesh.geometry.align_vectors([0, 0, 1], normal)[:3, :3]
    frame[:3, 3] = point
    return slab_depth(Shape(mesh_of(solid)), frame, size)


def test_slabs_are_thin_on_flat_and_thick_on_curved_surfaces():
    box = trimesh.creation.box((1, 1, 1))
    assert slab(box, (0, 0, 0.5), (0, 0, 1), (0.4, 0.2)) == 0.004
    ball = trimesh.creation.icosphere(4, 0.5)
    sag = 0.5 - np.sqrt(0.5**2 - 0.2**2 - 0.1**2)
    assert sag < slab(ball, (0, 0, 0.5), (0, 0, 1), (0.4, 0.2)) < 1.3 * sag
    can = trimesh.creation.cylinder(radius=0.5, height=4, sections=128)
    assert 0.13 < slab(can, (0.5, 0, 0), (1, 0, 0), (0.8, 0.8)) < 0.5


def test_slabs_do_not_reach_what_faces_the_same_way_on_the_far_side():
    sheets = trimesh.util.concatenate(
        [trimesh.creation.box((2, 2, 0.001)).apply_translation((0, 0, z)) for z in (0, -0.02, -0.5)]
    )
    assert 0.004 < slab(sheets, (0, 0, 0.0005), (0, 0, 1), (1.0, 0.5)) <= 0.016
    tube = trimesh.creation.annulus(0.45, 0.5, 2.0, sections=96)
    wide = slab(tube, (0.5, 0, 0), (1, 0, 0), (0.8, 0.8))
    # The far inner wall, which faces the same way, is 0.95 away; the near one is thin and faces the other way.
    assert 0.13 < wide < 0.76
