"""What is declared of meshes gets into the scene, for labelled groups only, and into categories."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvision.assets import AssetStore, load_catalog
from synthvision.errors import AssetError
from synthvision.recipe import recipe_from_dict
from synthvision.sampling import SceneSampler
from synthvision.sampling.traits import category_traits
from synthvision.scene.json_form import scene_from_json, scene_to_json
from tests.unit.sampling.worlds import group, sampler

TOP = {"top": {"at": [0.5, 0.5, 1]}, "corner": {"towards": [1, 1, 1]}}
CAMERA = {"position": {"at_m": [0, -1, 1]}}


def real(*groups, **sections):
    base = {"version": 1, "name": "test", "categories": ["thing"], "objects": list(groups), "camera": CAMERA}
    return recipe_from_dict(base | sections, Path())


def drawn(recipe, frame=0):
    return SceneSampler(recipe, AssetStore(recipe.folder), 3).draw(frame)


def test_points_of_a_group_are_found_on_each_of_its_meshes():
    scene = sampler(
        objects=[group(count=3, variants=2, keypoints=TOP, symmetries=[{"axis": [0, 0, 2], "fold": 2}])]
    ).draw(0)
    used = {instance.mesh: scene.meshes[instance.mesh] for instance in scene.instances if instance.instance_id}
    assert scene.traits.keys() == used.keys()
    for mesh, traits in scene.traits.items():
        width = dict(used[mesh].parameters)["width_m"]
        assert {point.name: point.position_m for point in traits.keypoints} == {
            "top": pytest.approx((0, 0, 0.06)),
            "corner": pytest.approx((width / 2, 0.04, 0.06)),
        }
        (symmetry,) = traits.symmetries
        assert (symmetry.axis, symmetry.fold) == ((0, 0, 1), 2)
        assert symmetry.point_m == pytest.approx((0, 0, 0.03))


def test_nothing_declared_is_no_entry_and_distractors_have_none():
    assert sampler(objects=[group()], distractors=[{"asset": "can"}]).draw(0).traits == {}
    scene = drawn(real({"asset": "mug", "category": "thing"}, distractors=[{"asset": "bowl"}]))
    assert len(scene.traits) == 1


def test_traits_survive_json_to_the_last_bit():
    scene = drawn(real({"asset": "mug", "category": "thing", "count": 2}))
    again = scene_from_json(scene_to_json(scene), scene.asset_root)
    assert again.traits == scene.traits
    assert [point.name for point in next(iter(scene.traits.values())).keypoints][:2] == ["rim_handle", "rim_far"]


def test_a_recipe_adds_to_what_the_catalog_declares_and_takes_its_place():
    own = {"handle": {"at_m": [1, 2, 3]}, "extra": {"at": [0, 0, 0]}}
    scene = drawn(real({"asset": "mug", "category": "thing", "keypoints": own}))
    points = {point.name: point.position_m for point in next(iter(scene.traits.values())).keypoints}
    known = list(load_catalog().models["mug"].keypoints)
    assert list(points) == [*known, "extra"]
    assert points["handle"] == (1, 2, 3)


@pytest.mark.parametrize(("written", "folds"), [({}, [6, 2]), ({"symmetries": []}, [])])
def test_symmetries_of_a_recipe_stand_alone(written, folds):
    scene = drawn(real({"asset": "nut", "category": "thing", **written}))
    assert [symmetry.fold for symmetry in next(iter(scene.traits.values())).symmetries] == folds


def test_traits_are_the_same_in_any_order_of_frames():
    recipe = real({"asset": ["mug", "can"], "category": "thing", "count": 3})
    frames = {frame: drawn(recipe, frame).traits for frame in range(4)}
    one = SceneSampler(recipe, AssetStore(recipe.folder), 3)
    assert {frame: one.draw(frame).traits for frame in reversed(range(4))} == frames


def test_a_point_that_is_not_to_be_found_is_named_with_its_asset():
    wrong = {"keypoints": {"lid": {"at": [0.5, 0.5, 0.5], "onto": [0, 0, 1]}}}
    with pytest.raises(AssetError) as caught:
        sampler(objects=[group(asset="ring", **wrong)]).draw(0)
    assert str(caught.value) == (
        "ring: keypoint 'lid': onto must lead from its point to a surface of the mesh, "
        "got [0.0, 0.0, 1.0] from [0.5, 0.5, 0.5]"
    )


def test_a_category_has_the_points_of_all_its_objects_and_decals_as_first_declared():
    scratched = [{"texture": "scratch", "category": "mark", "size_m": 0.01}, {"texture": "stain", "size_m": 0.01}]
    recipe = real(
        {"asset": ["can", "nut"], "category": "thing", "decals": scratched},
        {"asset": "mug", "category": "thing", "skeleton": [["handle", "base_far"]]},
        categories=["thing", "mark"],
    )
    things, marks = (category_traits(recipe, load_catalog(), name) for name in ("thing", "mark"))
    assert things.keypoints[:4] == ("top", "middle", "base", "bottom")
    assert things.keypoints[-1] == "handle"
    assert things.skeleton[:3] == (("top", "middle"), ("middle", "base"), ("top", "bottom"))
    assert things.skeleton[-1] == ("handle", "base_far")
    assert things.flip == (("rim_left", "rim_right"), ("base_left", "base_right"))
    assert (marks.keypoints, marks.skeleton) == (("left_end", "right_end"), (("left_end", "right_end"),))


def test_a_labelled_decal_has_the_points_of_its_picture():
    marks = [
        {"texture": "scratch", "category": "mark", "size_m": 0.02},
        {"texture": "scratch", "size_m": 0.02},
    ]
    recipe = real({"asset": "box", "category": "thing", "decals": marks}, categories=["thing", "mark"])
    first, second = drawn(recipe).decals
    (left, right), none = first.keypoints, second.keypoints
    assert none == ()
    assert (left.name, right.name) == ("left_end", "right_end")
    assert -0.5 <= left.position_m[0] < 0 < right.position_m[0] <= 0.5
    assert left.position_m[2] == 0


def test_two_groups_of_one_model_share_its_traits():
    recipe = real({"asset": "mug", "category": "thing"}, {"asset": "mug", "category": "thing", "name": "again"})
    scene = drawn(recipe)
    assert len(scene.traits) == len({instance.mesh for instance in scene.instances if instance.instance_id})
