from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body
from synthvision.sampling.placing import placing_order
from synthvision.sampling.shapes import Shape, ShapeStore
from synthvision.scene import Instance, Scene
from synthvision.scene.poses import as_array
from tests.unit.sampling.test_bodies import gap_by_brute_force, overlap_by_brute_force
from tests.unit.sampling.worlds import SmallStore, group, sampler, within

STORE = SmallStore()
SHAPES = ShapeStore()


def body(scene: Scene, instance: Instance) -> Body:
    shape: Shape = SHAPES.shape(STORE.asset(scene.meshes[instance.mesh]).mesh)
    return Body(shape, as_array(instance.object_to_world))


def bodies(scene: Scene, of: str = "") -> list[Body]:
    chosen = [one for one in scene.instances if one.name != "ground" and one.name.startswith(of)]
    return [body(scene, one) for one in chosen]


def scenes(count: int, **sections: Any) -> list[Scene]:
    drawn = sampler(**sections)
    return [drawn.draw(frame) for frame in range(count)]


@pytest.mark.parametrize("rotation", ["upright", "stable", "any"])
def test_things_on_the_ground_stand_on_it_and_do_not_overlap(rotation: str) -> None:
    thing = group(asset=["box", "can", "ball", "ring"], count=7, scale={"uniform": [0.8, 1.3]}, rotation=rotation)
    for scene in scenes(3, objects=[thing | {"place": within(0.22)}]):
        standing = bodies(scene)
        assert len(standing) == 7
        for one in standing:
            assert one.corners[..., 2].min() == pytest.approx(0, abs=1e-6)
        for first, second in itertools.combinations(standing, 2):
            assert not overlap_by_brute_force(first, second)


def test_clearance_is_kept() -> None:
    thing = group(asset=["box", "can"], count=6, place=within(0.3) | {"clearance_m": 0.03})
    for scene in scenes(3, objects=[thing]):
        for first, second in itertools.combinations(bodies(scene), 2):
            assert gap_by_brute_force(first, second) > 0.025


def test_stable_things_rest_on_a_facet() -> None:
    thing = group(asset=["box", "can"], count=4, rotation="stable", place=within(0.4))
    heights = set()
    for scene in scenes(12, objects=[thing | {"variants": 1}]):
        for one in bodies(scene):
            assert (one.corners.reshape(-1, 3)[:, 2] < 1e-6).sum() >= 3
            heights.add(round(float(one.bounds[1, 2]), 3))
    # Boxes on any of their faces, cans standing and lying.
    assert {0.06, 0.08, 0.12, 0.065} <= heights


def test_things_in_a_volume_float_apart_and_above_the_ground() -> None:
    volume = {"in": {"box": {"size_m": [0.5, 0.5, 0.5], "centre_m": [0, 0, 0.2]}}}
    for scene in scenes(4, objects=[group(asset=["box", "can", "ring"], count=10, place=volume)]):
        floating = bodies(scene)
        turned = [one for one in floating if abs(one.pose[2, 2]) < 0.999 * one.scale]
        assert len(turned) >= 8
        for one in floating:
            assert one.bounds[0, 2] >= 0.002
            assert (np.abs(one.bounds.mean(axis=0) - (0, 0, 0.2)) <= 0.25).all()
        for first, second in itertools.combinations(floating, 2):
            assert not overlap_by_brute_force(first, second)


def test_a_thing_at_a_point_is_exactly_there_and_may_overlap() -> None:
    thing = group(count=2, place={"at_m": [0.25, -1.5, {"choice": [3]}]})
    scene = sampler(objects=[thing]).draw(0)
    for instance in scene.instances[:2]:
        assert [row[3] for row in instance.object_to_world] == [0.25, -1.5, 3.0, 1.0]
        assert np.array_equal(as_array(instance.object_to_world)[:3, :3], np.eye(3))


def test_angles_are_roll_then_pitch_then_yaw() -> None:
    angles = {"yaw_deg": 90, "pitch_deg": 0, "roll_deg": 90}
    scene = sampler(objects=[group(place={"at_m": [0, 0, 0]}, rotation=angles, scale=2)]).draw(0)
    turn = as_array(scene.instances[0].object_to_world)
    # Roll brings Z to -Y, which yaw then brings to +X.
    assert turn @ (0, 0, 1, 1) == pytest.approx((2, 0, 0, 1))


ON_TABLE = {"asset": ["box", "can"], "category": "thing", "count": 5, "place": {"on": "table"}}
TABLE = {"name": "table", "asset": "table", "category": "base", "count": 2, "place": within(1.5)}


@pytest.mark.parametrize("objects", [[ON_TABLE, TABLE], [TABLE, ON_TABLE]])
def test_things_on_tables_rest_on_them_with_their_whole_base(objects: list[dict[str, Any]]) -> None:
    for scene in scenes(4, objects=objects):
        tables, things = bodies(scene, "table/"), bodies(scene)
        things = [thing for thing in things if thing.bounds[0, 2] > 0.1]
        assert len(things) == 5
        for thing in things:
            assert thing.bounds[0, 2] == pytest.approx(0.3, abs=1e-6)
            base = thing.corners.reshape(-1, 3)
            base = base[base[:, 2] < 0.3 + 1e-6]
            assert any(_is_over(table, base) for table in tables)
        for first, second in itertools.combinations(things, 2):
            assert not overlap_by_brute_force(first, second)


def _is_over(table: Body, points: np.ndarray) -> bool:
    local = np.abs((points - table.pose[:3, 3]) @ table.pose[:3, :3])
    return bool((local[:, 0] <= 0.3001).all() and (local[:, 1] <= 0.2001).all())


def test_things_stack_on_things_that_stand_on_things() -> None:
    middle = {
        "name": "middle",
        "asset": "box",
        "variants": 1,
        "category": "base",
        "place": {"on": "table"},
        "size_m": 0.3,
    }
    upper = {"name": "upper", "asset": "can", "category": "thing", "place": {"on": "middle"}, "scale": 0.5}
    for scene in scenes(3, objects=[upper, middle, TABLE]):
        assert [one.instance_id for one in scene.instances] == [1, 2, 3, 4, 0]
        low, high = bodies(scene, "middle/")[0], bodies(scene, "upper/")[0]
        assert low.bounds[0, 2] == pytest.approx(0.3, abs=1e-6)
        assert high.bounds[0, 2] == pytest.approx(low.bounds[1, 2], abs=1e-6)


def test_a_region_on_a_support_turns_with_it() -> None:
    rectangle = {"rectangle": {"size_m": [0.001, 0.001], "centre_m": [0.2, 0.1]}}
    thing = {"name": "thing", "asset": "can", "category": "thing", "place": {"on": "table", "within": rectangle}}
    for scene in scenes(5, objects=[TABLE | {"count": 1}, thing]):
        table, can = bodies(scene)
        local = (can.pose[:3, 3] - table.pose[:3, 3]) @ table.pose[:3, :3]
        assert local[:2] == pytest.approx((0.2, 0.1), abs=0.002)


def test_things_scatter_uniformly_and_turn_any_way() -> None:
    drawn = sampler(objects=[group(asset="can", place=within(0.5))])
    poses = np.array([as_array(drawn.draw(frame).instances[0].object_to_world) for frame in range(256)])
    radius = np.hypot(poses[:, 0, 3], poses[:, 1, 3])
    yaw = np.arctan2(poses[:, 1, 0], poses[:, 0, 0])
    # Stratified over the frames: exactly one in each of 256 strata.
    assert sorted((radius**2 / 0.25 * 256).astype(int)) == list(range(256))
    assert sorted((yaw / (2 * math.pi) % 1 * 256).astype(int)) == list(range(256))


def test_a_group_that_does_not_fit_is_named() -> None:
    crowd = group(name="crowd", count=40, place=within(0.1))
    with pytest.raises(
        PlacementError,
        match=r"^frame 3: objects 'crowd': each of the 40 instances must find a free place within 100 tries, got"
        r" \d placed; ask for fewer or smaller objects, or for a larger region$",
    ):
        sampler(objects=[crowd]).draw(3)


def test_a_support_that_is_not_there_is_named() -> None:
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'cup': place.on must be a group with an instance in the frame, got 'table', which has"
        " none; give 'table' a count of at least 1$",
    ):
        sampler(objects=[TABLE | {"count": 0}, ON_TABLE | {"name": "cup"}]).draw(0)


def test_supports_are_placed_first_and_otherwise_the_order_is_kept() -> None:
    supports = [["ground"], ["d"], [], ["ground"]]
    assert placing_order(["a", "b", "c", "d"], supports) == (0, 2, 3, 1)
    # What has a lower rank comes first, but for what it stands on.
    assert placing_order(["a", "b", "c", "d"], supports, [(3, 0.0), (0, 0.0), (3, -1.0), (3, 0.0)]) == (2, 0, 3, 1)
    with pytest.raises(
        PlacementError, match=r"^objects: place\.on must lead to the ground, got a circle among 'a', 'b'$"
    ):
        placing_order(["a", "b", "c"], [["b"], ["a"], ["ground"]])
