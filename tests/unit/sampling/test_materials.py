"""Kinds, patterns and marks of materials, as they come out of a recipe."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from synthvision.assets.types import Material, Shader
from synthvision.recipe.model import Material as Override
from synthvision.sampling.materials import KINDS, of_kind
from tests.unit.sampling.worlds import group, sampler


def materials(*, frame_index: int = 0, count: int = 1, **keys: Any) -> list[tuple[Material, ...]]:
    scene = sampler(objects=[group(count=count, material=keys)]).draw(frame_index)
    return [one.materials for one in scene.instances[:count]]


def test_every_kind_of_the_language_is_known_and_every_shader_is_of_a_kind() -> None:
    named = set(get_args(Override.model_fields["kind"].annotation))
    assert named - {"asset"} == set(KINDS)
    assert {kind.shader for kind in KINDS.values()} == set(get_args(Shader))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_brings_its_substance_and_keeps_the_colour(kind: str) -> None:
    ((body, lid),) = materials(kind=kind)
    expected = KINDS[kind]
    assert (body.shader, body.metallic, body.roughness) == (expected.shader, expected.metallic, expected.roughness)
    assert (body.transmission, body.sheen, body.subsurface) == (
        expected.transmission,
        expected.sheen,
        expected.subsurface,
    )
    assert (body.base_colour, lid.base_colour) == ((0.1, 0.2, 0.3), (0.9, 0.8, 0.7))


def test_a_kind_leaves_nothing_of_the_substance_before() -> None:
    glass = of_kind(Material(), KINDS["glass"])
    assert of_kind(glass, KINDS["wood"]) == of_kind(Material(), KINDS["wood"])
    assert of_kind(of_kind(Material(), KINDS["fruit_skin"]), KINDS["matte"]).subsurface == 0


def test_numbers_asked_for_stand_over_the_kind() -> None:
    ((body, _),) = materials(kind="glass", transmission=0.5, roughness=0.3, wear=0.1, dust=0.2)
    assert (body.transmission, body.roughness, body.wear, body.dust) == (0.5, 0.3, 0.1, 0.2)
    ((body, _),) = materials(fingerprints=0.4, scratches=0.6)
    assert (body.shader, body.fingerprints, body.scratches) == ("plain", 0.4, 0.6)


def test_pattern_scale_multiplies() -> None:
    listed = [{"kind": "wood", "pattern_scale": 2}, {"pattern_scale": 1.5}]
    scene = sampler(objects=[group(material=listed)]).draw(0)
    assert scene.instances[0].materials[0].shader_scale == 3


def test_each_instance_has_its_own_pattern_the_same_on_all_slots() -> None:
    drawn = materials(kind="wood", count=6)
    assert all(body.shader_seed == lid.shader_seed for body, lid in drawn)
    seeds = {body.shader_seed for body, _ in drawn}
    assert len(seeds) == 6
    assert all(0 <= seed < 1 for seed in seeds)
    assert seeds.isdisjoint(body.shader_seed for body, _ in materials(kind="wood", count=6, frame_index=1))


def test_what_has_no_pattern_has_no_seed_so_instances_can_share_it() -> None:
    drawn = materials(kind="matte", count=4)
    assert {one.shader_seed for slots in drawn for one in slots} == {0.0}
    ((body, lid),) = materials(slots=["lid"], dust=0.5)
    assert body.shader_seed == 0.0
    assert lid.shader_seed > 0


def test_another_value_in_the_recipe_does_not_move_the_pattern() -> None:
    ((plain, _),) = materials(kind="wood")
    ((other, _),) = materials(kind="soil", wear={"uniform": [0, 1]}, roughness={"uniform": [0, 1]})
    assert plain.shader_seed == other.shader_seed


def test_an_override_applies_only_when_its_condition_holds() -> None:
    listed = [{"kind": "wood", "when": "frame_side > 0.5"}, {"dust": 0.3}]
    drawn = sampler(objects=[group(material=listed)], variables={"frame_side": {"choice": [0, 1]}})
    seen = {
        scene.variables["frame_side"]: scene.instances[0].materials[0].shader
        for scene in (drawn.draw(frame_index) for frame_index in range(16))
    }
    assert seen == {0: "plain", 1: "wood"}


PARTS = {
    "rough": {"scope": "part", "of": {"uniform": [0, 1]}},
    "tint": {"scope": "part", "of": {"hsv": [[0, 1], [0.5, 1], [0.5, 1]]}},
    "old": {"scope": "object", "of": {"uniform": [0, 1]}},
    "worn": {"scope": "part", "of": "rough * old"},
}


def of_parts(frame_index: int = 0, **keys: Any) -> list[tuple[Material, ...]]:
    cans = group(asset="can", count=3, place={"grid": {"columns": 3, "pitch_m": [0.2, 0.2]}}, **keys)
    scene = sampler(objects=[cans], variables=PARTS).draw(frame_index)
    return [one.materials for one in scene.instances[:3]]


def test_a_variable_of_parts_is_drawn_for_each_slot() -> None:
    material = {"roughness": "rough", "wear": "1 - rough", "dust": "worn", "metallic": "old", "colour": "tint"}
    frames = [of_parts(frame, material=material) for frame in range(3)]
    parts = [part for frame in frames for instance in frame for part in instance]
    # 3 frames, 3 instances, 2 slots: each has its own value, which is the same wherever it is named.
    assert len({part.roughness for part in parts}) == len({part.base_colour for part in parts}) == 18
    assert [part.wear for part in parts] == pytest.approx([1 - part.roughness for part in parts])
    assert [part.dust for part in parts] == pytest.approx([part.roughness * part.metallic for part in parts])
    for frame in frames:
        assert [body.metallic for body, _ in frame] == [lid.metallic for _, lid in frame]
    assert frames[1] == of_parts(1, material=material)


def test_a_part_has_one_value_in_all_overrides_and_what_is_not_of_parts_stays_shared() -> None:
    listed = [{"roughness": "rough", "specular": {"uniform": [0, 1]}}, {"slots": ["lid"], "dust": "rough"}]
    for body, lid in of_parts(material=listed):
        assert body.roughness != lid.roughness
        assert body.specular == lid.specular
        assert (body.dust, lid.dust) == (0, lid.roughness)
    alone = of_parts(material={"specular": {"uniform": [0, 1]}})
    assert [body.specular for body, _ in alone] == [body.specular for body, _ in of_parts(material=listed)]


def test_instances_that_share_a_look_share_its_parts() -> None:
    first, second, third = of_parts(material={"roughness": "rough"}, looks=2)
    assert first == third
    assert first[0].roughness != first[1].roughness != second[1].roughness
