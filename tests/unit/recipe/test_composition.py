from __future__ import annotations

from pathlib import Path

import pytest

from synthvision.errors import RecipeError
from synthvision.recipe import composition, load_recipe, recipe_from_dict, recipe_from_text, recipe_yaml
from synthvision.recipe.composition import MOST_FILES
from synthvision.recipe.distributions import At, Box, Uniform
from synthvision.recipe.model import Recipe

BASE = """\
version: 1
name: base
categories: [mug, can]
variables: {wear: {uniform: [0, 1]}, tear: 3}
objects:
  - {asset: mug, category: mug, scale: {normal: {mean: 1, std: 0.1, low: 0.5}}, place: {on: ground}}
  - {asset: can, category: can, name: cans}
distractors: [{asset: bolt, count: 2}]
lights: [{type: sun, irradiance_w_m2: 3, elevation_deg: 20}]
camera: {fov_deg: 20, position: {shell: {radius_m: [1, 2]}}, clip_m: 0.1, look_at: {jitter_m: 0.1}}
require: [{overlap: {iou: {max: 0.5}}}]
splits: {train: 8, val: 1}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "base.yaml", BASE)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def extended(folder: Path, text: str) -> Recipe:
    return load_recipe(write(folder / "recipe.yaml", "extends: base.yaml\n" + text))


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(folder / "recipe.yaml", text))
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_a_recipe_that_only_extends_is_the_other(folder: Path) -> None:
    assert extended(folder, "") == load_recipe(folder / "base.yaml")
    assert extended(folder, "name: mine\nseed: 3\n").name == "mine"


def test_mappings_are_merged_and_values_of_another_form_replaced(folder: Path) -> None:
    recipe = extended(
        folder, "camera: {fov_deg: 40, position: {box: {size_m: [1, 1, 1]}}}\nvariables: {more: 1, tear: 4}\n"
    )
    camera = recipe.cameras[0]
    assert (camera.fov_deg, camera.clip_m, camera.look_at.jitter_m) == (40, 0.1, 0.1)
    assert isinstance(camera.position, Box)
    assert recipe.variables == {"wear": Uniform(uniform=(0, 1)), "tear": 4, "more": 1}


def test_parts_of_a_form_are_merged_into_it(folder: Path) -> None:
    text = "objects: [{name: mug, scale: {normal: {std: 0.2}}, place: {clearance_m: 0.01}}]\n"
    mug = extended(folder, text).objects[0]
    assert mug.model_dump()["scale"] == {"normal": {"mean": 1, "std": 0.2, "low": 0.5, "high": None}}
    assert mug.model_dump()["place"] == {"on": "ground", "within": None, "clearance_m": 0.01}


def test_entries_are_met_by_names_written_or_implied(folder: Path) -> None:
    recipe = extended(
        folder,
        "objects:\n  - {name: cans, count: 7}\n  - {asset: mug, category: mug, name: more}\n  - {name: mug, count: 3}\n"
        "distractors: [{name: bolt, count: 5}]\n"
        "lights:\n  - {name: sun, elevation_deg: 60}\n  - {type: sun, irradiance_w_m2: 1}\n",
    )
    assert [(group.name, group.count) for group in recipe.objects] == [("mug", 3), ("cans", 7), ("more", 1)]
    assert [(group.asset, group.count) for group in recipe.distractors] == [("bolt", 5)]
    assert [light.model_dump()["elevation_deg"] for light in recipe.lights] == [60, 45]
    assert recipe.lights[0].model_dump()["irradiance_w_m2"] == 3


def test_a_light_of_another_type_takes_the_place_of_the_old(folder: Path) -> None:
    recipe = extended(folder, "lights: [{name: sun, type: point, power_w: 5, position: {at_m: [0, 0, 1]}}]\n")
    assert [light.type for light in recipe.lights] == ["point"]


def test_other_lists_replace(folder: Path) -> None:
    recipe = extended(folder, "require: []\ncategories: [can, mug, bolt]\nobjects: [{asset: bolt, category: bolt}]\n")
    assert recipe.require == []
    assert [category.name for category in recipe.categories] == ["can", "mug", "bolt"]


def test_null_takes_away(folder: Path) -> None:
    recipe = extended(
        folder,
        "ground: null\ncamera: {fov_deg: null, look_at: null}\nrequire: null\n"
        "variables: {wear: null}\nsplits: {val: null}\n",
    )
    assert recipe.ground is None
    assert recipe.cameras[0].fov_deg is None
    assert recipe.cameras[0].look_at.jitter_m == 0
    assert recipe.require == []
    assert list(recipe.variables) == ["tear"]
    assert recipe.splits == {"train": 8}


def test_chains_are_followed(folder: Path) -> None:
    write(folder / "middle.yaml", "extends: base.yaml\nseed: 1\ncamera: {fov_deg: 30}\n")
    recipe = load_recipe(write(folder / "recipe.yaml", "extends: middle.yaml\nseed: 2\n"))
    assert (recipe.name, recipe.seed, recipe.cameras[0].fov_deg, recipe.cameras[0].clip_m) == ("base", 2, 30, 0.1)


def test_fragments_come_before_the_recipe_itself(folder: Path) -> None:
    write(folder / "a.yaml", "include: [deep/c.yaml]\nlights: [{type: sun, irradiance_w_m2: 1, name: a}]\nseed: 1\n")
    write(folder / "b.yaml", "lights: [{type: sun, irradiance_w_m2: 1, name: b}]\nseed: 2\ncamera: {clip_m: 0.2}\n")
    write(
        folder / "deep" / "c.yaml",
        "lights: [{type: sun, irradiance_w_m2: 1, name: c}]\nrequire: [{nearest: {distance_m: {min: 1}}}]\n",
    )
    own = "include: [a.yaml, b.yaml]\nlights: [{type: sun, irradiance_w_m2: 1, name: own}]\ncamera: {fov_deg: 33}\n"
    recipe = extended(folder, own)
    assert [light.name for light in recipe.lights] == [None, "c", "a", "b", "own"]
    assert recipe.seed == 2
    assert (recipe.cameras[0].fov_deg, recipe.cameras[0].clip_m) == (33, 0.2)
    assert [next(iter(rule.model_dump())) for rule in recipe.require] == ["overlap", "nearest"]
    replaced = extended(folder, own + "require: [{coverage: {share: {min: 0.1}}}]\n")
    assert [next(iter(rule.model_dump())) for rule in replaced.require] == ["nearest", "coverage"]


def test_a_recipe_may_include_without_extending(folder: Path) -> None:
    write(folder / "view.yaml", "camera: {position: {at_m: [0, 0, 1]}}\n")
    text = "include: [view.yaml]\nversion: 1\nname: mine\ncategories: [mug]\nobjects: [{asset: mug, category: mug}]\n"
    recipe = load_recipe(write(folder / "recipe.yaml", text))
    assert recipe.cameras[0].position == At(at_m=(0, 0, 1))
    assert recipe == recipe_from_text(text, folder)
    data = {"include": ["view.yaml"], "extends": "base.yaml", "name": "mine"}
    assert recipe_from_dict(data, folder).cameras[0].position == At(at_m=(0, 0, 1))


def test_files_start_from_the_folder_they_are_named_in(folder: Path) -> None:
    for name in ("parts/sky.hdr", "parts/models/a.obj", "sizes.csv", "parts/sizes.csv"):
        write(folder / name, "size\n1\n" if name.startswith("sizes") else "size\n2\n")
    write(
        folder / "parts" / "world.yaml",
        "world: {hdri: [studio, sky.hdr]}\nground: {material: {texture: wood}}\n"
        "objects: [{files: models/*.obj, category: mug, name: files}]\n"
        "variables: {size: {empirical: {file: sizes.csv}}, own: {empirical: {file: ../sizes.csv}}}\n",
    )
    recipe = extended(folder, "include: [parts/world.yaml]\n")
    assert recipe.world.hdri == ["studio", "parts/sky.hdr"]
    assert recipe.ground is not None
    assert recipe.ground.material.texture == "wood"
    assert recipe.objects[2].files == "parts/models/*.obj"
    assert [variable.model_dump(exclude_none=True) for variable in list(recipe.variables.values())[-2:]] == [  # type: ignore[union-attr]
        {"empirical": {"values": [2]}},
        {"empirical": {"values": [1]}},
    ]


def test_the_resolved_recipe_is_one_file(folder: Path) -> None:
    write(folder / "a.yaml", "lights: [{type: sun, irradiance_w_m2: 1, name: a}]\n")
    recipe = extended(folder, "include: [a.yaml]\n")
    text = recipe_yaml(recipe)
    assert "extends" not in text
    assert "include" not in text
    assert recipe_from_text(text, folder) == recipe


def test_a_bundled_recipe_can_be_extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "scenes" / "table.yaml", BASE)
    monkeypatch.setattr(composition, "bundled_folder", lambda kind: tmp_path / kind)
    monkeypatch.setattr("synthvision.recipe.roots.bundled_folder", lambda kind: tmp_path / kind)
    recipe = load_recipe(write(tmp_path / "mine" / "recipe.yaml", "extends: table\nname: mine\n"))
    assert (recipe.name, len(recipe.objects)) == ("mine", 2)
    (fault,) = faults_of(tmp_path / "mine", "extends: tabel\n")
    assert fault == (
        "recipe.yaml:1:10: extends: extends must be a file or one of table, got 'tabel', and there is none;"
        " did you mean 'table'?"
    )


def test_faults_are_where_they_were_written(folder: Path) -> None:
    write(folder / "a.yaml", "camera:\n  clip_m: -1\nlights:\n  - {type: sun, irradiance_w_m2: 1, colour: tnit}\n")
    write(folder / "bad.yaml", BASE.replace("max: 0.5", "max: 5").replace("fov_deg: 20", "fov_deg: 200"))
    assert faults_of(
        folder, "extends: bad.yaml\ninclude: [a.yaml]\nseed: -1\nobjects: [{name: cans, count: 1.5}]\n"
    ) == [
        "a.yaml:2:11: camera.clip_m: clip_m must be above 0, got -1",
        (
            "a.yaml:4:45: lights[1].colour: colour must be the name of a colour variable or a distribution of colours"
            " (hsv, rgb, palette, temperature_k), got 'tnit'"
        ),
        "bad.yaml:10:19: camera.fov_deg: fov_deg must be between 0 and 180, both excluded, got 200",
        "bad.yaml:11:33: require[0].overlap.iou.max: max must be within 0 … 1, got 5",
        "recipe.yaml:3:7: seed: seed must be at least 0, got -1",
        "recipe.yaml:4:31: objects[1].count: count must be a whole number within 0 … 10000, got 1.5",
    ]


def test_circles_are_named(folder: Path) -> None:
    write(folder / "one.yaml", "extends: two.yaml\n")
    write(folder / "two.yaml", "extends: sub/../one.yaml\n")
    write(folder / "sub" / "x.yaml", "")
    assert faults_of(folder, "extends: one.yaml\n") == [
        "two.yaml:1:10: extends: extends must not lead back, got a circle: one.yaml, two.yaml, one.yaml"
    ]


def test_the_number_of_files_is_bounded(folder: Path) -> None:
    for number in range(12):
        write(folder / f"f{number}.yaml", f"include: [f{number + 1}.yaml, f{number + 1}.yaml]\n")
    write(folder / "f12.yaml", "seed: 1\n")
    faults = faults_of(folder, "extends: base.yaml\ninclude: [f0.yaml]\n")
    assert len(faults) == 1
    assert faults[0].endswith(f"recipe must be of at most {MOST_FILES} files, got more")


def test_parts_outside_the_roots_are_not_read(folder: Path) -> None:
    write(folder / "recipes" / "recipe.yaml", "extends: ../base.yaml\n")
    with pytest.raises(RecipeError, match="extends must be inside the recipe's folder"):
        load_recipe(folder / "recipes" / "recipe.yaml")
    assert load_recipe(folder / "recipes" / "recipe.yaml", allowed_roots=[folder]).name == "base"
    (folder / "recipes" / "link.yaml").symlink_to(folder / "base.yaml")
    write(folder / "recipes" / "recipe.yaml", "extends: link.yaml\n")
    with pytest.raises(RecipeError, match="extends must be inside the recipe's folder"):
        load_recipe(folder / "recipes" / "recipe.yaml")


def test_overrides_come_last_and_cannot_compose(folder: Path) -> None:
    path = write(folder / "recipe.yaml", "extends: base.yaml\nseed: 1\n")
    assert load_recipe(path, ["seed=2", "objects.cans.count=4", 'freeze=["lights", "cans"]']).objects[1].count == 4
    with pytest.raises(RecipeError) as caught:
        load_recipe(path, ["extends=base.yaml"])
    assert str(caught.value) == (
        "--set extends=base.yaml:1:1: extends: extends must be written in a recipe, got it in an override"
    )


def test_a_name_that_no_file_can_have_is_a_fault(folder: Path) -> None:
    name = "x" * 300 + ".yaml"
    (fault,) = faults_of(folder, f"extends: {name}\n")
    assert fault.startswith("recipe.yaml:1:10: extends: extends must be a file, got 'xxx")
    assert fault.endswith(", and there is none")
    (fault,) = faults_of(folder, "include: [.]\n")
    assert fault == "recipe.yaml:1:11: include[0]: include must be a file, got '.', and there is none"
