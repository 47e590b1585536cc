from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from synthvision.assets.types import GeneratedAsset
from synthvision.errors import AssetError, FrameError, PlacementError
from synthvision.scene import Scene
from synthvision.scene.colour import luminance, srgb_to_linear
from synthvision.scene.poses import as_array, inverse, transform_points
from tests.unit.sampling.test_placing import bodies
from tests.unit.sampling.worlds import CAMERA, LAMP, THING, group, recipe, sampler, within

VARIABLES = {"wear": {"uniform": [0, 1]}, "tint": {"hsv": [[0, 1], [0.5, 1], [0.5, 1]]}}
PAINTED = THING | {"material": {"kind": "ceramic", "colour": "tint", "roughness": {"uniform": [0.1, 0.6]}}}
RICH: dict[str, Any] = {"variables": VARIABLES, "objects": [PAINTED], "splits": {"train": 3, "val": 1}}


def test_any_order_and_any_sampler_give_the_same_scenes() -> None:
    one = sampler(**RICH)
    forwards = [one.draw(frame) for frame in range(6)]
    other = sampler(**RICH)
    other.draw(400)
    assert [other.draw(frame) for frame in reversed(range(6))] == forwards[::-1]
    assert one.draw(2, attempt=1) != forwards[2]
    assert sampler(seed=1, **RICH).draw(0).instances != forwards[0].instances


@pytest.mark.parametrize("sampling", ["stratified", "independent"])
@pytest.mark.parametrize(
    "more",
    [
        {"lights": [LAMP, LAMP | {"type": "point"}]},
        {"variables": VARIABLES | {"another": {"uniform": [0, 1]}}},
        {"objects": [PAINTED, group(name="late", count=3, place=within(0.3))]},
        {"distractors": [{"asset": "can", "name": "late", "count": 3}]},
        {"world": {"strength": {"uniform": [1, 2]}}},
        {"sensor": {"read_noise_e": {"uniform": [1, 2]}}},
    ],
)
def test_one_more_of_anything_moves_nothing_else(sampling: str, more: dict[str, Any]) -> None:
    before, after = sampler(**RICH, sampling=sampling), sampler(**(RICH | more), sampling=sampling)
    for frame in range(4):
        old, new = before.draw(frame), after.draw(frame)
        kept = {one.name for one in old.instances}
        # Numbers of distractors and categories do not depend on what comes after.
        assert tuple(one for one in new.instances if one.name in kept) == old.instances
        assert new.lights[: len(old.lights)] == old.lights
        assert new.camera == old.camera
        assert new.split == old.split
        assert {name: new.variables[name] for name in old.variables} == old.variables
        assert new.sensor.noise_seed == old.sensor.noise_seed
        assert ("world" in more) is (new.world != old.world)


def test_instances_are_numbered_in_recipe_order_and_categories_too() -> None:
    scene = sampler(
        objects=[group(name="b", category="base", count=2, place=within(1)), group(name="a", place=within(1))],
        distractors=[{"asset": "can", "place": within(1)}],
    ).draw(0)
    named = {one.name: (one.instance_id, one.category_id, one.category, one.asset) for one in scene.instances}
    assert list(named.values()) == [
        (1, 2, "base", "box"),
        (2, 2, "base", "box"),
        (3, 1, "thing", "box"),
        (0, 0, "", "can"),
        (0, 0, "", "plane"),
    ]
    assert list(named)[:3] == ["b/0", "b/1", "a/0"]
    assert list(named)[4] == "ground"


def test_every_instance_has_its_mesh_in_the_scene() -> None:
    scene = sampler().draw(0)
    assert set(scene.meshes) == {one.mesh for one in scene.instances}
    assert scene.meshes[scene.instances[-1].mesh] == GeneratedAsset("plane", (("size_m", 20.0),))


def test_members_of_a_family_come_back_in_other_frames_and_cover_its_range() -> None:
    drawn = sampler(objects=[group(count=2, variants=8, place=within(1))])
    widths = [
        source.parameters[0][1]  # type: ignore[union-attr]
        for frame in range(64)
        for source in drawn.draw(frame).meshes.values()
        if source.generator == "box"  # type: ignore[union-attr]
    ]
    assert len(set(widths)) == 8
    # One member in each eighth of the range: the members are stratified.
    assert sorted({int((width - 0.05) / 0.1 * 8) for width in widths}) == list(range(8))


def test_weights_decide_between_assets() -> None:
    drawn = sampler(objects=[group(asset={"box": 3, "can": 1, "ball": 0})])
    names = [drawn.draw(frame).instances[0].asset for frame in range(64)]
    assert (names.count("box"), names.count("can")) == (48, 16)


def test_size_sets_the_longest_side_and_scale_multiplies_it() -> None:
    scene = sampler(objects=[group(asset="can", size_m=0.3, scale=2, rotation="any", place={"at_m": [0, 0, 5]})]).draw(
        0
    )
    assert bodies(scene)[0].scale == pytest.approx(0.3 / 0.12 * 2)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(
        AssetError, match=r"^objects: asset must be the name of a model of the catalog, got 'cann'; did you mean 'can'"
    ):
        sampler(objects=[group(asset="cann")]).draw(0)


def test_without_ground_there_is_no_plane() -> None:
    scene = sampler(objects=[group()], ground=None).draw(0)
    assert [one.name for one in scene.instances] == ["box/0"]


def test_the_ground_is_tiled_with_its_texture() -> None:
    ground = {"size_m": 5, "tile_m": 0.25, "material": {"texture": "slate"}}
    plane = sampler(objects=[group()], ground=ground).draw(0).instances[-1]
    assert plane.materials[0].uv_scale == 4
    assert plane.materials[0].base_colour_texture is not None
    assert plane.materials[0].base_colour_texture.key == "slate"


def test_splits_have_their_shares_and_do_not_depend_on_attempts() -> None:
    drawn = sampler(objects=[], splits={"train": 8, "val": 1, "test": 1})
    splits = [drawn.draw(frame).split for frame in range(1000)]
    assert splits.count("train") == pytest.approx(800, abs=3)
    assert splits.count("val") == pytest.approx(100, abs=3)
    assert [drawn.draw(frame, attempt=5).split for frame in range(50)] == splits[:50]
    assert sampler(objects=[]).draw(0).split == ""


def test_the_camera_has_the_declared_field_of_view_and_looks_at_its_target() -> None:
    camera = CAMERA | {"fov_deg": 60, "resolution": [300, 200], "look_at": {"at_m": [0, 0, 0.2], "jitter_m": 0.05}}
    drawn = sampler(objects=[], camera=camera)
    for frame in range(20):
        seen = drawn.draw(frame).camera
        assert seen.fx == seen.fy == pytest.approx(150 / math.tan(math.radians(30)))
        assert (seen.cx, seen.cy, seen.width_px, seen.height_px) == (150, 100, 300, 200)
        pose = as_array(seen.camera_to_world)
        assert 0.7 <= np.linalg.norm(pose[:3, 3]) <= 1.6
        x, y, z = transform_points(inverse(pose), np.array([[0, 0, 0.2]]))[0]
        assert z > 0
        assert math.hypot(x, y) <= 0.05
        assert pose[2, 1] < 0


def test_the_camera_is_never_inside_a_thing_nor_too_near() -> None:
    close = CAMERA | {"position": {"ball": {"radius_m": 0.3, "centre_m": [0, 0, 0.15]}}, "clip_m": 0.02}
    drawn = sampler(objects=[THING | {"place": within(0.3), "count": 12}], camera=close)
    for frame in range(15):
        scene = drawn.draw(frame)
        eye = as_array(scene.camera.camera_to_world)[:3, 3]
        assert eye[2] > 0.02
        for body in bodies(scene):
            assert body.distance(eye) > 0.02
            assert not body.contains(eye)


def test_a_camera_without_a_free_position_is_named() -> None:
    room = group(asset="room", place={"at_m": [0, 0, 0]})
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: camera: position must be outside all objects, above the ground and farther than clip_m"
        r" = 0\.01 from them, got none such in 100 tries; move or enlarge camera\.position$",
    ):
        sampler(objects=[room]).draw(0)


def test_a_camera_on_its_target_is_named() -> None:
    camera = {"position": {"at_m": [0, 0, 1]}, "look_at": {"at_m": [0, 0, 1]}}
    with pytest.raises(FrameError, match=r"^frame 0: camera: look_at must be away from the camera, got its position$"):
        sampler(objects=[], camera=camera).draw(0)


def test_lights_of_every_type() -> None:
    at = {"position": {"at_m": [0, 0, 2]}}
    lights = [
        {"type": "area", "power_w": 50, "size_m": 0.4, "target_m": [0, 2, 0], "colour": {"rgb": [1, 0, 0]}} | at,
        {"type": "point", "power_w": 10, "radius_m": 0.1, "temperature_k": 3000, "count": 2} | at,
        {"type": "sun", "irradiance_w_m2": 3, "elevation_deg": 30, "azimuth_deg": 90, "angle_deg": 1},
        {"type": "spot", "name": "key", "power_w": 20, "cone_deg": 40, "blend": 0.5} | at,
    ]
    area, point, other, sun, spot = sampler(objects=[], lights=lights).draw(0).lights
    assert [one.name for one in (area, point, other, sun, spot)] == ["area/0", "point/0", "point/1", "sun/0", "key/0"]
    assert area.direction == pytest.approx((0, math.sqrt(0.5), -math.sqrt(0.5)))
    assert area.colour == pytest.approx((1 / 0.2126, 0, 0))
    assert (area.power_w, area.size) == (50, 0.4)
    assert point.colour[0] > point.colour[1] > point.colour[2]
    assert sun.direction == pytest.approx((0, -math.sqrt(0.75), -0.5))
    assert (sun.type, sun.power_w, sun.size) == ("sun", 3, 1)
    assert (spot.cone_deg, spot.blend, spot.direction) == (40, 0.5, (0, 0, -1))
    for light in (area, point, other, sun, spot):
        assert luminance(light.colour) == pytest.approx(1)


def test_lights_that_make_no_sense_are_named() -> None:
    here = LAMP | {"position": {"at_m": [0, 0, 0]}}
    with pytest.raises(
        FrameError, match=r"^frame 0: lights/area/0: target_m must be away from the light, got its position$"
    ):
        sampler(objects=[], lights=[here]).draw(0)
    with pytest.raises(FrameError, match=r"^frame 0: lights/area/0: colour must have light in it, got black$"):
        sampler(objects=[], lights=[LAMP | {"colour": {"rgb": [0, 0, 0]}}]).draw(0)


def test_the_world_is_a_colour_or_an_environment() -> None:
    world = {"colour": {"rgb": [0.5, 0.5, 0.5]}, "strength": 2}
    plain = sampler(objects=[], world=world).draw(0).world
    assert plain.colour == srgb_to_linear((0.5, 0.5, 0.5))
    assert (plain.strength, plain.environment) == (2, None)
    drawn = sampler(objects=[], world={"hdri": ["sky"], "rotation_deg": {"uniform": [0, 360]}})
    skies = [drawn.draw(frame).world for frame in range(64)]
    assert {sky.environment.key for sky in skies if sky.environment} == {"sky"}
    assert len({sky.environment for sky in skies}) == 8
    assert len({sky.rotation_deg for sky in skies}) == 64
    assert sampler(objects=[]).draw(0).world.environment is None


def materials(**keys: Any) -> tuple[Any, ...]:
    return sampler(objects=[group(material=keys)]).draw(0).instances[0].materials


def test_a_kind_keeps_the_colour_of_the_asset() -> None:
    body, lid = materials(kind="metal")
    assert (body.metallic, body.base_colour, lid.base_colour) == (1, (0.1, 0.2, 0.3), (0.9, 0.8, 0.7))
    body, _ = materials(kind="metal", roughness=0.9)
    assert (body.metallic, body.roughness) == (1, 0.9)


def test_overrides_reach_only_their_slots_and_follow_in_order() -> None:
    listed = [{"kind": "rubber"}, {"slots": ["lid"], "colour": {"rgb": [1, 0, 0]}, "metallic": 1}]
    body, lid = sampler(objects=[group(material=listed)]).draw(0).instances[0].materials
    assert (body.base_colour, body.metallic) == ((0.1, 0.2, 0.3), 0)
    assert (lid.base_colour, lid.metallic, lid.roughness) == ((1, 0, 0), 1, body.roughness)


def test_a_slot_that_the_asset_does_not_have_is_named() -> None:
    with pytest.raises(
        FrameError, match=r"^box/0/material: slots must be of body, lid, got 'lids'; did you mean 'lid'"
    ):
        materials(slots=["lids"])


def test_textures_replace_the_colour_and_emission_has_its_colour() -> None:
    body, _ = materials(texture="oak", texture_scale=2)
    assert body.base_colour_texture.key == "oak"
    assert (body.base_colour, body.uv_scale) == ((1, 1, 1), 2)
    body, _ = materials(emission_w_m2=5, colour={"rgb": [0, 1, 0]})
    assert luminance(body.emission_w_m2) == pytest.approx(5)
    assert body.emission_w_m2[0] == body.emission_w_m2[2] == 0


def test_each_instance_has_its_own_values() -> None:
    scene = sampler(**RICH).draw(0)
    roughness = [one.materials[0].roughness for one in scene.instances[:-1]]
    assert len(set(roughness)) == len(roughness) == 8
    assert {one.materials[0].base_colour for one in scene.instances[:-1]} == {scene.variables["tint"]}


def test_scenes_say_what_they_are_of() -> None:
    scene = sampler(seed=-7, objects=[]).draw(12, attempt=3)
    assert (scene.frame_index, scene.attempt, scene.seed) == (12, 3, -7)
    assert scene.asset_root == recipe().folder
    assert 0 <= scene.sensor.noise_seed < 2**32
    assert isinstance(replace(scene), Scene)
