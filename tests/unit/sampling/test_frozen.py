"""``freeze`` holds a factor, and nothing but that factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from synthvision.errors import UsageError
from synthvision.sampling.frozen import frozen
from synthvision.sampling.variables import FrameDraws
from synthvision.scene import Scene
from tests.unit.sampling.worlds import LAMP, THING, recipe, sampler

RICH: dict[str, Any] = {
    "variables": {"wear": {"uniform": [0, 1]}, "tint": {"hsv": [[0, 1], [0, 1], [0, 1]]}},
    "objects": [THING | {"count": {"integers": [2, 4]}, "material": {"roughness": {"uniform": [0, 1]}}}],
    "distractors": [{"asset": ["can", "ball"], "count": {"integers": [1, 3]}, "material": {"colour": "tint"}}],
    "lights": [LAMP, {"type": "sun", "irradiance_w_m2": {"uniform": [1, 9]}}],
    "world": {"strength": {"uniform": [0, 1]}},
    "sensor": {"exposure_ev": {"uniform": [-1, 1]}, "shot_noise": True},
}


def scenes(freeze: Sequence[str], frames: int = 6, **sections: Any) -> list[Scene]:
    drawn = sampler(3, **(RICH | {"freeze": list(freeze)} | sections))
    return [drawn.draw(frame) for frame in range(frames)]


def parts(scene: Scene) -> dict[str, object]:
    # Which instances there are and how they stand may push the camera aside, but not here.
    things = [one for one in scene.instances if one.instance_id]
    return {
        "objects": [(one.name, one.asset, one.object_to_world) for one in things],
        "looks": [one.materials for one in things],
        "distractors": [(one.asset, one.object_to_world) for one in scene.instances if one.name.startswith("distr")],
        "area": [light for light in scene.lights if light.type == "area"],
        "sun": [light for light in scene.lights if light.type == "sun"],
        "world": scene.world,
        "camera": scene.camera,
        "sensor": replace(scene.sensor, noise_seed=0),
        "wear": scene.variables["wear"],
        "tint": scene.variables["tint"],
        "ground": [one.materials for one in scene.instances if one.name == "ground"],
    }


@pytest.mark.parametrize(
    ("freeze", "held"),
    [
        ((), ()),
        (("lights",), ("area", "sun")),
        (("sun",), ("sun",)),
        (("world",), ("world",)),
        (("camera",), ("camera",)),
        (("sensor",), ("sensor",)),
        (("objects",), ("objects", "looks")),
        (("thing",), ("objects", "looks")),
        (("variables",), ("wear", "tint")),
        (("tint",), ("tint",)),
        (("lights", "camera"), ("area", "sun", "camera")),
        (("distractors", "objects"), ("objects", "looks", "distractors")),
    ],
)
def test_what_is_frozen_is_the_same_in_all_frames_and_the_rest_as_before(
    freeze: tuple[str, ...], held: tuple[str, ...]
) -> None:
    with_freeze, without = [parts(scene) for scene in scenes(freeze)], [parts(scene) for scene in scenes(())]
    for name in with_freeze[0]:
        if name in held:
            assert all(one[name] == with_freeze[0][name] for one in with_freeze), name
        elif name not in {"ground", "distractors", "camera"}:
            assert [one[name] for one in with_freeze] == [one[name] for one in without], name
    assert all(without[0][name] != without[1][name] for name in without[0] if name != "ground")


def test_materials_are_frozen_without_their_objects() -> None:
    drawn = scenes(("materials",))
    roughness = {material.roughness for scene in drawn for one in scene.instances for material in one.materials[:1]}
    assert 0.5 in roughness
    assert len(roughness) == 2  # the ground has its own
    assert len({one.object_to_world for scene in drawn for one in scene.instances[:1]}) == 6


def test_numbers_are_held_at_their_medians_and_sequences_at_frame_0() -> None:
    held = FrameDraws(
        recipe(
            variables={"a": {"uniform": [2, 4]}, "b": {"sequence": [7, 8, 9]}, "c": {"exponential": {"mean": 1}}},
            freeze=["a", "b"],
        ),
        0,
    )
    drawn = [held.draws(frame).variables for frame in range(4)]
    assert {one["a"] for one in drawn} == {3}
    assert {one["b"] for one in drawn} == {7}
    assert len({one["c"] for one in drawn}) == 4


def test_noise_is_not_held() -> None:
    assert len({scene.sensor.noise_seed for scene in scenes(("sensor",))}) == 6


def test_places_that_are_searched_are_those_of_frame_0_at_any_attempt() -> None:
    held = FrameDraws(recipe(freeze=["thing", "camera"]), 5)
    plain = FrameDraws(recipe(), 5)
    for name in ("thing/0/place/0/radius", "thing/7/place/31/x", "camera/position/3/azimuth"):
        assert {held.draws(frame, attempt).uniform(name) for frame in range(3) for attempt in range(3)} == {
            plain.draws(0).uniform(name)
        }
    assert held.draws(2).uniform("camera/position/0/azimuth") == 0.5


@pytest.mark.parametrize(
    ("factor", "names", "others"),
    [
        ("ground", ["ground/tile_m", "ground/material/roughness"], ["grounds/0/scale"]),
        ("camera", ["camera/fov_deg"], ["cameraman/0/scale"]),
        ("wear", ["variables/wear", "thing/0/variables/wear", "thing/0/lid/variables/wear"], ["variables/wearing"]),
        ("variables", ["difficulty", "variables/wear", "thing/0/variables/wear"], ["thing/0/scale"]),
        ("materials", ["thing/0/material/roughness", "thing/0/material-2/colour/hue"], ["thing/0/scale"]),
        ("thing", ["thing/0/scale", "thing/count"], ["thing-2/0/scale", "a thing/0/scale"]),
        ("area", ["lights/area/0/power_w", "lights/area/count"], ["lights/area-2/0/power_w", "area/0/scale"]),
    ],
)
def test_which_streams_belong_to_a_factor(factor: str, names: list[str], others: list[str]) -> None:
    held = frozen(recipe(variables={"wear": 0.5}, freeze=[factor]))
    assert held is not None
    assert [held.holds(name) for name in names] == [True] * len(names)
    assert [held.holds(name) for name in others] == [False] * len(others)


def test_an_unknown_factor_is_named() -> None:
    with pytest.raises(UsageError, match=r"^freeze: factor must be one of objects, .*, thing, area, got 'lihgts'; did"):
        frozen(recipe(freeze=["lihgts"]))
