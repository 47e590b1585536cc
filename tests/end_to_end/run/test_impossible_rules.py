"""Rules of ``require:`` that cannot be met: every run ends after so many draws, and names the rule.

The table has a line for every field of every kind of rule; a new one without a line fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from synthvision import cli
from synthvision.assets import AssetStore
from synthvision.errors import RejectedError
from synthvision.labels.rules import describe_rule
from synthvision.recipe import Recipe, load_recipe
from synthvision.recipe.legal import Section
from synthvision.recipe.rules import RULE_KEYS, BalanceRequired, Rule
from synthvision.run.accepting import FrameMaker
from synthvision.sampling import SceneSampler

ATTEMPTS = 3

# The brick is sunk into the ground and lies over the edge of the image, so that every bound on it can be missed on
# either side; the second brick shows behind it. No frame has a die, but no check of the recipe can know that.
TEXT = """
version: 1
name: impossible
categories: [brick, die]
objects:
  - {asset: brick, category: brick, variants: 1, place: {at_m: [0, 0, -0.004]}, rotation: {yaw_deg: {uniform: [0, 9]}}}
  - {asset: brick, category: brick, variants: 1, place: {at_m: [0, 0.01, 0.002]}}
  - {asset: die, category: die, variants: 1, when: frame < 0}
lights:
  - {type: sun, irradiance_w_m2: 3, elevation_deg: 50}
camera:
  resolution: [48, 32]
  fov_deg: 40
  position: {at_m: [0, -0.12, 0.05]}
  look_at: {at_m: [0.045, 0, 0]}
render: {attempts: 3}
"""

# What one instance can be like → bounds that none meets, from below and from above.
BOUNDS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "visibility": ({"min": 0.999}, {"max": 0.01}),
    "truncation": ({"min": 0.9}, {"max": 0.001}),
    "mask_px": ({"min": 1000}, {"max": 1}),
    "box_side_px": ({"min": 31}, {"max": 1}),
    "distance_m": ({"min": 5}, {"max": 0.01}),
}

IMPOSSIBLE: dict[str, list[dict[str, Any]]] = {
    "instances.count": [
        {"instances": {"category": "die", "count": {"min": 1}}},
        {"instances": {"category": "brick", "count": {"max": 1}}},
    ],
    **{f"instances.{name}": [{"instances": {name: bound}} for bound in ends] for name, ends in BOUNDS.items()},
    **{f"each_instance.{name}": [{"each_instance": {name: bound}} for bound in ends] for name, ends in BOUNDS.items()},
    "overlap.iou": [{"overlap": {"iou": {"min": 0.99}}}, {"overlap": {"iou": {"max": 0.01}}}],
    "nearest.distance_m": [{"nearest": {"distance_m": {"min": 5}}}, {"nearest": {"distance_m": {"max": 0.01}}}],
    "categories.count": [{"categories": {"count": {"min": 2}}}, {"categories": {"count": {"max": 0}}}],
    "categories.visibility": [
        {"categories": {"count": {"min": 1}, "visibility": {"min": 0.999}}},
        {"categories": {"count": {"min": 1}, "visibility": {"max": 0.01}}},
    ],
    "coverage.share": [{"coverage": {"share": {"min": 0.99}}}, {"coverage": {"share": {"max": 0.01}}}],
    "balance.shares": [{"balance": {"shares": {"brick": 1, "die": 1}, "pilot_frames": 16}}],
}

# Fields that say of what a rule is, or how it is judged, and refuse nothing by themselves.
SELECT = {
    "instances.category",
    "each_instance.category",
    "overlap.category",
    "coverage.category",
    "nearest.ignore_share",
    "balance.pilot_frames",
}

CASES = [(field, rule) for field, rules in IMPOSSIBLE.items() for rule in rules]


def bodies() -> Iterator[tuple[str, type[Section]]]:
    """What can stand under each key of a rule."""
    for branch in get_args(get_args(Rule)[0]):
        ((key, field),) = get_args(branch)[0].model_fields.items()
        yield key, field.annotation


def recipe_of(folder: Path, *rules: dict[str, Any], overrides: tuple[str, ...] = ()) -> Recipe:
    path = folder / "impossible.yaml"
    path.write_text(TEXT + f"require: {json.dumps(rules)}\n")
    return load_recipe(path, overrides)


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every draw of a scene: its attempt; negative ones are those of a pilot."""
    made: list[int] = []
    real = SceneSampler.draw_views

    def counting(self: SceneSampler, scene_index: int, attempt: int = 0) -> Any:
        made.append(attempt)
        return real(self, scene_index, attempt)

    monkeypatch.setattr(SceneSampler, "draw_views", counting)
    return made


def test_the_table_is_complete() -> None:
    assert {key for key, _ in bodies()} == set(RULE_KEYS)
    fields = {f"{key}.{name}": field for key, body in bodies() for name, field in body.model_fields.items()}
    assert set(fields) == set(IMPOSSIBLE) | SELECT
    for name, rules in IMPOSSIBLE.items():
        key, _, field = name.partition(".")
        assert all(field in rule[key] for rule in rules)
        if "Bounds" in str(fields[name].annotation):
            assert {end for rule in rules for end in rule[key][field]} == {"min", "max"}


@pytest.mark.parametrize(("field", "rule"), CASES, ids=[f"{field}-{json.dumps(rule)}" for field, rule in CASES])
def test_a_rule_that_cannot_be_met_is_named_after_so_many_draws(
    field: str, rule: dict[str, Any], tmp_path: Path, draws: list[int]
) -> None:
    recipe = recipe_of(tmp_path, rule)
    maker = FrameMaker(recipe, 0, AssetStore(tmp_path))
    for frame in range(2):
        with pytest.raises(RejectedError) as caught:
            maker.accept(frame)
        if isinstance(recipe.require[0], BalanceRequired):
            assert str(caught.value).startswith("require: balance: shares must be brick 0.50, die 0.50, got a recipe")
        else:
            named = f"require[0] ({describe_rule(recipe.require[0])}) refused 3 of 3 attempts"
            assert str(caught.value).startswith(f"frame {frame}: no attempt meets every rule: {named}; relax the rule")
    pilots = [-1] * 16 if field.startswith("balance") else []
    assert draws == ([0, *pilots, 0] if pilots else [0, 1, 2] * 2)


def test_rules_that_can_be_met_one_by_one_but_not_together_are_both_named(tmp_path: Path) -> None:
    moved = "objects[0].place={at_m: [{uniform: [0, 0.04]}, 0, 0]}"
    overrides = (moved, "objects[1].when=frame < 0", "render.attempts=20")
    near, far = {"instances": {"truncation": {"min": 0.1}}}, {"instances": {"truncation": {"max": 0.05}}}
    for rule in (near, far):
        assert FrameMaker(recipe_of(tmp_path, rule, overrides=overrides), 0, AssetStore(tmp_path)).accept(0)
    both = recipe_of(tmp_path, near, far, overrides=overrides)
    with pytest.raises(RejectedError) as caught:
        FrameMaker(both, 0, AssetStore(tmp_path)).accept(0)
    for index, named in enumerate(both.require):
        assert f"require[{index}] ({describe_rule(named)}) refused " in str(caught.value)


def test_a_balance_whose_pilot_cannot_be_drawn_names_what_is_in_its_way(tmp_path: Path) -> None:
    sometimes = {"instances": {"category": "die"}}
    recipe = recipe_of(
        tmp_path,
        {"balance": {"pilot_frames": 16}},
        sometimes,
        overrides=("objects[2].when=toss < 0.3", "variables={toss: {uniform: [0, 1]}}"),
    )
    maker, texts = FrameMaker(recipe, 0, AssetStore(tmp_path)), set()
    for frame in range(12):
        with pytest.raises(RejectedError) as caught:
            maker.accept(frame)
        texts |= {str(caught.value)} if str(caught.value).startswith("require: balance") else set()
    (text,) = texts
    assert text.startswith("require: balance: each of the 16 frames that it is fitted on must be possible, got frame ")
    assert "require[1] (instances: {category: die, count: {min: 1}}) refused 3 of 3 attempts" in text


def test_a_command_ends_with_exit_code_1_and_names_the_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe_of(tmp_path, *IMPOSSIBLE["coverage.share"][:1])
    recipe, named = str(tmp_path / "impossible.yaml"), "require[0] (coverage: {share: {min: 0.99}}) refused 3 of 3"
    assert cli.run(["preview", recipe, "-o", str(tmp_path / "sheet.png"), "-n", "2"]) == 1
    assert named in capsys.readouterr().err


def test_a_balance_that_cannot_be_had_ends_a_run_with_exit_code_1_and_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe_of(tmp_path, *IMPOSSIBLE["balance.shares"])
    recipe, out = str(tmp_path / "impossible.yaml"), str(tmp_path / "out")
    assert cli.run(["render", recipe, "-o", out, "-n", "3", "--renderer", "preview", "--workers", "1"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("require: balance: shares must be brick 0.50, die 0.50") == 1
    assert "(3 frames)" in shown
    assert "0 of 3 frames are there" in shown
