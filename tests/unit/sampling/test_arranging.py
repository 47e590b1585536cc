from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synthvision.errors import PlacementError
from synthvision.recipe.model import Recipe
from synthvision.sampling.placing import Phase, phases
from synthvision.scene import Scene
from synthvision.scene.poses import as_array
from tests.unit.sampling.test_bodies import overlap_by_brute_force
from tests.unit.sampling.test_placing import bodies, scenes
from tests.unit.sampling.worlds import CAMERA, group, recipe, sampler, within

COLOURED = {"material": {"colour": {"hsv": [[0, 1], [0.5, 1], [0.5, 1]]}}}


def of_group(scene: Scene, name: str) -> list[Any]:
    return [one for one in scene.instances if one.name.startswith(f"{name}/")]


def test_looks_are_shared_in_turn() -> None:
    thing = group(name="thing", asset=["box", "can", "ball"], count=10, looks=3, place=within(0.6), **COLOURED)
    scenes_drawn = scenes(4, objects=[thing])
    for scene in scenes_drawn:
        looks = [(one.asset, one.mesh, one.materials) for one in of_group(scene, "thing")]
        assert looks == (looks[:3] * 4)[:10]
        assert len({materials for _, _, materials in looks}) == 3
        assert of_group(scene, "thing")[0].materials is of_group(scene, "thing")[3].materials
    assert len({of_group(scene, "thing")[0].materials for scene in scenes_drawn}) == 4


def test_without_looks_each_has_its_own() -> None:
    thing = group(name="thing", count=6, place=within(0.6), **COLOURED)
    assert len({one.materials for one in of_group(sampler(objects=[thing]).draw(0), "thing")}) == 6


def test_when_it_does_not_hold_there_are_none() -> None:
    variables = {"night": {"choice": [0, 1]}}
    lamp = group(name="lamp", count=2, place=within(0.4), when="night > 0.5")
    for scene in scenes(8, objects=[lamp], distractors=[{"asset": "can", "when": "night < 0.5"}], variables=variables):
        assert len(of_group(scene, "lamp")) == (2 if scene.variables["night"] else 0)
        assert len(of_group(scene, "can")) == (0 if scene.variables["night"] else 1)


def test_numbers_of_an_object_see_its_index_and_count() -> None:
    line = group(
        name="line", asset="can", count=4, place={"at_m": ["0.2 * index", "0.1 * count", 0]}, scale="1 + index"
    )
    (scene,) = scenes(1, objects=[line])
    poses = [as_array(one.object_to_world) for one in of_group(scene, "line")]
    assert [pose[0, 3] for pose in poses] == pytest.approx([0, 0.2, 0.4, 0.6])
    assert [pose[1, 3] for pose in poses] == pytest.approx([0.4] * 4)
    assert [pose[2, 2] for pose in poses] == pytest.approx([1, 2, 3, 4])


def test_movement_is_drawn_for_each_instance() -> None:
    fast = group(
        name="fast", count=2, place=within(0.4), velocity_m_s=[{"uniform": [1, 2]}, 0, 0], spin_deg_s=[0, 0, 90]
    )
    (scene,) = scenes(1, objects=[fast])
    first, second = of_group(scene, "fast")
    assert 1 <= first.velocity_m_s[0] <= 2
    assert first.velocity_m_s != second.velocity_m_s
    assert first.velocity_m_s[1:] == (0, 0)
    assert first.spin_deg_s == (0, 0, 90)
    assert scene.instances[-1].velocity_m_s == (0, 0, 0)


def test_see_through_is_what_the_category_says() -> None:
    categories = [{"name": "thing", "surface": "see_through"}, {"name": "base"}]
    things = [group(name="glass", place=within(0.5)), group(name="cup", category="base", place=within(0.5))]
    scene = sampler(objects=things, categories=categories).draw(0)
    assert [one.see_through for one in scene.instances] == [True, False, False]


PLACES: dict[str, Any] = {
    "strewn": {"scatter": {}},
    "on_strewn": {"on": "strewn"},
    "fallen": {"drop": {"into": "base"}},
    "base": {"on": "ground"},
    "on_fallen": {"on": "fallen"},
    "seen": {"in": {"frustum": {"depth_m": [1, 2]}}},
    "blended": {"in": {"easy": {"at_m": [0, 0, 1]}, "hard": {"frustum": {"depth_m": [1, 2]}}}},
    "hung": {"in": {"on_surface": {"of": "seen"}}},
}


def declared(places: dict[str, Any]) -> Recipe:
    return recipe(objects=[group(name=name, place=place) for name, place in places.items()])


def test_each_group_comes_no_earlier_than_what_it_depends_on() -> None:
    places = [thing.place for thing in declared(PLACES).objects]
    found = dict(zip(PLACES, phases(list(PLACES), places), strict=True))
    assert found == {
        "strewn": Phase.SCATTERED,
        "on_strewn": Phase.SCATTERED,
        "fallen": Phase.DROPPED,
        "base": Phase.STANDING,
        "on_fallen": Phase.DROPPED,
        "seen": Phase.IN_VIEW,
        "blended": Phase.IN_VIEW,
        "hung": Phase.IN_VIEW,
    }


def crowd(**keys: Any) -> dict[str, Any]:
    return group(name="crowd", asset="ball", scale=0.5, count=30, place=within(0.3)) | keys


def test_what_is_put_at_a_point_comes_first_and_the_rest_goes_around_it() -> None:
    pillar = {"asset": "table", "name": "pillar", "place": {"at_m": [0.05, 0, 0]}, "rotation": {"yaw_deg": 20}}
    for scene in scenes(4, objects=[crowd(place=within(0.6))], distractors=[pillar]):
        (standing,) = bodies(scene, "pillar/")
        assert standing.pose[:3, 3].tolist() == [0.05, 0, 0]
        assert not any(overlap_by_brute_force(ball, standing) for ball in bodies(scene, "crowd/"))


def test_grids_come_before_what_can_stand_elsewhere() -> None:
    grid = {
        "asset": "can",
        "name": "grid",
        "count": 9,
        "place": {"grid": {"columns": 3, "rows": 3, "pitch_m": [0.1, 0.1]}},
    }
    for scene in scenes(4, objects=[crowd()], distractors=[grid]):
        assert [round(body.pose[0, 3], 6) for body in bodies(scene, "grid/")] == [-0.1, 0, 0.1] * 3


LARGE = {"asset": "table", "name": "large", "scale": 0.7, "place": within(0.1)}


def test_where_there_is_no_room_large_things_come_before_small_ones() -> None:
    little = crowd(count=20, place=within(0.42))
    for scene in scenes(4, objects=[little], distractors=[LARGE]):
        (large,) = bodies(scene, "large/")
        balls = bodies(scene, "crowd/")
        assert len(balls) == 20
        assert not any(overlap_by_brute_force(ball, large) for ball in balls)
        # The instances are numbered in the recipe's order all the same.
        assert [one.name for one in scene.instances[:20]] == [f"crowd/{number}" for number in range(20)]
    alone = scenes(4, objects=[crowd(count=0)], distractors=[LARGE])
    again = scenes(4, objects=[little], distractors=[LARGE])
    for scene, other in zip(alone, again, strict=True):
        assert of_group(scene, "large")[0].object_to_world == of_group(other, "large")[0].object_to_world


def test_where_there_is_room_the_recipes_order_is_kept() -> None:
    few = crowd(count=3, place=within(0.5))
    for scene, other in zip(
        scenes(6, objects=[few]), scenes(6, objects=[few], distractors=[LARGE | {"place": within(0.5)}]), strict=True
    ):
        assert of_group(scene, "crowd") == of_group(other, "crowd")


def test_what_fits_in_no_order_is_named() -> None:
    with pytest.raises(PlacementError, match=r"^frame 0: objects 'crowd': each of the 400 instances must find a free"):
        sampler(objects=[crowd(count=400)], distractors=[LARGE]).draw(0)


def test_falling_into_what_falls_or_comes_later_is_named() -> None:
    for into in ("fallen", "seen"):
        wrong = {"wrong": {"drop": {"into": into}}}
        with pytest.raises(
            PlacementError,
            match=rf"^objects 'wrong': drop\.into must be 'ground' or a group that stands before anything falls, got"
            rf" '{into}'$",
        ):
            sampler(objects=declared(PLACES | wrong).model_dump(by_alias=True)["objects"])


BIN = group(name="bin", asset="cup", category="base", size_m=0.4, place={"at_m": [0, 0, 0]})


def test_what_is_dropped_starts_clear_falls_and_comes_to_rest_on_what_stands() -> None:
    parts = group(name="part", asset=["can", "box"], count=3, scale=0.5, place={"drop": {"into": "bin"}})
    for scene in scenes(1, objects=[parts, BIN]):
        (container,) = bodies(scene, "bin/")
        for part in bodies(scene, "part/"):
            low, high = part.bounds
            assert low[2] > 0
            assert high[2] < 0.5
            assert np.hypot(*(low[:2] + high[:2]) / 2) < 0.16
            assert not overlap_by_brute_force(part, container)


def test_cameras_are_clear_of_what_has_fallen() -> None:
    low = CAMERA | {"position": {"box": {"size_m": [0.3, 0.3, 0.1], "centre_m": [0, 0, 0.06]}}, "clip_m": 0.01}
    heap = group(name="heap", asset="box", count=12, place={"drop": {"within": {"disc": {"radius_m": 0.1}}}})
    for scene in scenes(2, objects=[heap], camera=low):
        eye = as_array(scene.camera.camera_to_world)[:3, 3]
        for body in bodies(scene, "heap/"):
            assert not body.contains(eye)
            assert body.distance(eye) > 0.01


def test_what_falls_is_the_same_again_and_moves_nothing_that_stands() -> None:
    heap = group(name="heap", asset="box", count=4, place={"drop": {"within": {"disc": {"radius_m": 0.2}}}})
    standing = group(name="can", asset="can", count=4, place=within(0.4))
    one = sampler(objects=[heap, standing])
    assert one.draw(0) == sampler(objects=[heap, standing]).draw(0)
    alone = sampler(objects=[standing]).draw(0)
    assert of_group(one.draw(0), "can")[0].object_to_world == of_group(alone, "can")[0].object_to_world


def test_a_camera_among_thousands_is_found_quickly_and_free() -> None:
    gravel = group(name="stone", asset="stone", count=3000, looks=4, place={"scatter": within(1.5)})
    low = CAMERA | {"position": {"box": {"size_m": [1, 1, 0.02], "centre_m": [0, 0, 0.012]}}, "clip_m": 0.001}
    scene = sampler(objects=[gravel], camera=low).draw(0)
    eye = as_array(scene.camera.camera_to_world)[:3, 3]
    beside = [body for body in bodies(scene, "stone/") if np.linalg.norm(body.pose[:3, 3] - eye) < 0.05]
    assert not any(body.contains(eye) for body in beside)
