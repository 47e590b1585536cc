from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from synthvision.bundled import bundled_folder
from synthvision.recipe import recipe_schema, recipe_yaml
from tests.unit.recipe.examples import EVERYTHING, TABLETOP, everything, read, smallest, tabletop

REPOSITORY = Path(__file__).parents[3]
WRONG = Path(__file__).parent / "wrong"


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(recipe_schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(recipe_schema())
    assert recipe_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_good_recipes_meet_the_schema_as_written_and_as_resolved() -> None:
    assert list(validator().iter_errors(read(TABLETOP))) == []
    assert list(validator().iter_errors(read(recipe_yaml(tabletop())))) == []
    assert list(validator().iter_errors(read(EVERYTHING))) == []
    assert list(validator().iter_errors(read(recipe_yaml(everything())))) == []


def test_what_extends_or_includes_may_leave_out_what_the_other_has() -> None:
    assert validator().is_valid({"extends": "tabletop", "seed": 3})
    assert validator().is_valid({"include": ["lights.yaml"]})
    assert not validator().is_valid({"seed": 3})


def test_bundled_recipes_meet_the_schema() -> None:
    for path in bundled_folder("scenes").glob("*.yaml"):
        assert list(validator().iter_errors(read(path.read_text(encoding="utf-8")))) == [], path.name


@pytest.mark.parametrize(
    "name",
    [
        "unknown_section", "camera_missing", "camera_position_missing", "version_two", "version_missing",
        "name_with_slash",
        "categories_empty", "category_number", "category_missing", "category_key_misspelt", "count_true", "count_list",
        "count_negative", "count_fraction", "distribution_misspelt", "distribution_two",
        "distribution_more_keys", "range_short", "range_long", "range_of_text", "normal_std_zero", "choice_empty",
        "choice_weight_negative", "scale_zero", "easy_alone", "mixture_a_mapping", "when_true",
        "decals_a_mapping", "lens_a_number", "position_two",
        "include_a_word", "extends_a_list", "freeze_a_word", "direction_a_list", "variable_scope_missing",
        "variable_name_with_space",
        "material_kind_unknown", "material_key_misspelt", "colour_a_list", "colour_rgb_bytes", "colour_palette_bytes",
        "asset_list_empty", "asset_weight_negative", "place_word", "place_radius_zero", "place_two", "rotation_unknown",
        "rotation_number", "light_type_unknown", "light_type_missing", "light_power_missing", "light_at_short",
        "light_key_of_another_type", "light_cone_wide", "world_strength_negative", "resolution_small",
        "resolution_fraction", "rule_unknown", "rule_two", "rule_bound_no_mapping", "render_quality_unknown",
        "render_samples_zero", "outputs_image_jpg", "split_unsafe", "split_zero", "seed_negative", "year_text",
    ],
)  # fmt: skip
def test_wrong_recipes_are_refused_by_the_schema_too(name: str) -> None:
    assert not validator().is_valid(read((WRONG / f"{name}.yaml").read_text(encoding="utf-8")))


def test_short_forms_meet_the_schema() -> None:
    short = smallest(categories=["mug", {"name": "can"}], ground=None, variables={"x": 1, "c": {"rgb": ["x", 0, 0]}})
    assert validator().is_valid(short)


def test_every_key_is_described() -> None:
    schema = recipe_schema()
    silent = [
        f"{name}.{key}"
        for name, definition in (("Recipe", schema), *schema["$defs"].items())
        for key, value in definition["properties"].items()
        if "description" not in value
    ]
    assert silent == []


def test_the_reference_is_up_to_date() -> None:
    script = runpy.run_path(str(REPOSITORY / "scripts" / "write_recipe_reference"))
    committed = (REPOSITORY / "docs" / "recipe_reference.md").read_text(encoding="utf-8")
    assert committed == script["reference"](recipe_schema()), "run scripts/write_recipe_reference"
