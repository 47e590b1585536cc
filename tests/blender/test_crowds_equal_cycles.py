"""Thousands of instances, and see-through ones: what the labels see is what Cycles sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation

from synthvision.assets import Mesh
from synthvision.labels import Labeller
from tests.blender.index_pass import index_pass
from tests.blender.scenes import BALL, BOX, PLANE, at, camera, make_scene, thing
from tests.blender.test_labels_equal_cycles import nudges


def stone(seed: int) -> Mesh:
    """A rough little stone."""
    random = np.random.default_rng(seed)  # noqa: TID251 - a Generator with a fixed seed
    ball = trimesh.creation.icosphere(1, 0.02)
    vertices = ball.vertices * (1 + 0.2 * random.standard_normal((len(ball.vertices), 1))) * (1, 0.8, 0.6)
    return Mesh(vertices.astype(np.float32), ball.faces.astype(np.int32), np.zeros(len(ball.faces), np.int16))


STONES = tuple(stone(seed) for seed in range(5))


def gravel(count: int, *, see_through_every: int = 0):
    """A bed of stones on the ground, some of them see-through if asked for."""
    random = np.random.default_rng(4)  # noqa: TID251 - as above
    instances = []
    for number in range(count):
        pose = np.eye(4)
        turn = Rotation.from_quat(random.standard_normal(4)).as_matrix()
        pose[:3, :3], pose[:3, 3] = turn * random.uniform(0.6, 1.5), (*random.uniform(-0.7, 0.7, 2), 0.01)
        one = thing(f"stone/{number}", STONES[number % len(STONES)], tuple(map(tuple, pose.tolist())))
        see_through = bool(see_through_every) and number % see_through_every == 0
        instances.append(replace(one, instance_id=number + 1, category_id=1, see_through=see_through))
    return make_scene(*instances, thing("ground", PLANE), view=camera((0, -1.3, 0.9), (0, 0, 0), (240, 180)))


def compare(renderer, store, scene, labels, expected) -> int:
    """Return how many pixels see a stone; fails where Cycles sees another thing than expected and that is no tie."""
    index_map, depth = index_pass(renderer, scene)
    nudged = list(nudges(Labeller(store.as_store()), scene))
    around, depths = [one.scene_map for one in nudged], [one.depth for one in nudged]
    differs = index_map != expected
    ties = np.any([scene_map == index_map for scene_map in around], axis=0)
    assert (differs & ~ties).sum() == 0
    assert differs.sum() <= 40
    same = ~differs & np.all([scene_map == expected for scene_map in around], axis=0)
    worst = np.maximum(depth - np.max(depths, axis=0), np.min(depths, axis=0) - depth)[same].max()
    assert worst < 1e-3
    assert np.median(np.abs(depth - labels.depth)[same]) < 1e-5
    return int((expected < len(scene.instances) - 1).sum())


def test_two_thousand_instances(renderer, store):
    store.assets.update({mesh.content_hash: replace(store.assets[BOX.content_hash], mesh=mesh) for mesh in STONES})
    scene = gravel(2000)
    labels = Labeller(store.as_store()).label(scene)
    assert compare(renderer, store, scene, labels, labels.scene_map) > 15_000
    assert sum(label.mask_px > 0 for label in labels.instances) > 1500


def test_maps_are_as_if_see_through_things_were_not_there(renderer, store):
    store.assets.update({mesh.content_hash: replace(store.assets[BOX.content_hash], mesh=mesh) for mesh in STONES})
    scene = gravel(300, see_through_every=3)
    labels = Labeller(store.as_store()).label(scene)
    opaque = [index for index, one in enumerate(scene.instances) if not one.see_through]
    without = replace(scene, instances=tuple(scene.instances[index] for index in opaque))
    place = np.full(len(scene.instances) + 1, -1)
    place[opaque] = np.arange(len(opaque))
    compare(renderer, store, without, labels, place[labels.scene_map])


def test_a_see_through_thing_is_where_nothing_opaque_is_before_it(renderer, store):
    glass = replace(thing("glass", BALL, at(0.0, 0.0)), instance_id=1, category_id=1, see_through=True)
    behind = replace(thing("behind", BOX, at(0.1, 0.4)), instance_id=2, category_id=1)
    before = replace(thing("before", BOX, at(-0.1, -0.4, 0.0, 0.5)), instance_id=3, category_id=1)
    other = replace(thing("other", BALL, at(0.15, -0.3, 0.0, 0.5)), instance_id=4, category_id=1, see_through=True)
    ground = thing("ground", PLANE)
    scene = make_scene(glass, behind, before, other, ground, view=camera((0.1, -1.4, 0.6), size=(200, 150)))
    labels = {label.name: label for label in Labeller(store.as_store()).label(scene).instances}
    for name, one in (("glass", glass), ("other", other)):
        alone = make_scene(replace(one, see_through=False), behind, before, ground, view=scene.camera)
        seen = index_pass(renderer, alone)[0] == 0
        mask = np.zeros_like(seen)
        x0, y0, x1, y1 = labels[name].bbox
        mask[y0:y1, x0:x1] = labels[name].mask
        around = [nudged.scene_map == 0 for nudged in nudges(Labeller(store.as_store()), alone)]
        ties = np.any(around, axis=0) & ~np.all(around, axis=0)
        assert ((mask != seen) & ~ties).sum() == 0
        assert mask.sum() > 500
    assert set(labels["glass"].hidden_by) == {"before"}
    assert labels["behind"].hidden_by.keys() <= {"before"}
