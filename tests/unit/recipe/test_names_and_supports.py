from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from synthvision.recipe import group_names, light_names, recipe_from_dict, support
from synthvision.recipe.distributions import Choice, Hsv, Integers, LogUniform, Normal, Number, Uniform, Variable
from synthvision.recipe.legal import Legal
from synthvision.recipe.supports import Supports
from tests.unit.recipe.examples import smallest, tabletop

NUMBER: TypeAdapter[Number] = TypeAdapter(Number)
VARIABLES: dict[str, Variable] = {
    "wear": Uniform(uniform=(0, 3)),
    "tint": Hsv(hsv=((0, 1), (0, 1), (0, 1))),
}


@pytest.mark.parametrize(
    ("number", "ends", "whole"),
    [
        (2.0, (2, 2), True),
        (2.5, (2.5, 2.5), False),
        ("wear", (0, 3), False),
        (Uniform(uniform=(1, 2)), (1, 2), False),
        (LogUniform(log_uniform=(1, 2)), (1, 2), False),
        (Integers(integers=(-1, 2)), (-1, 2), True),
        (Normal.model_validate({"normal": {"mean": 0, "std": 1}}), (-math.inf, math.inf), False),
        (Normal.model_validate({"normal": {"mean": 0, "std": 1, "high": 2}}), (-math.inf, 2), False),
        (Choice(choice=[3, 1, 2]), (1, 3), True),
        (Choice.model_validate({"choice": {"values": [0.5, 1, 2], "weights": [0, 1, 1]}}), (1, 2), True),
    ],
)
def test_support(number: Number, ends: tuple[float, float], whole: bool) -> None:
    assert support(number, VARIABLES) == ends
    assert Supports(VARIABLES).is_whole(number) is whole


SPANS = {"n": Integers(integers=(1, 3)), "wear": Uniform(uniform=(0, 2)), "sum": "n + wear"}


@pytest.mark.parametrize(
    ("written", "ends", "whole"),
    [
        ({"log_normal": {"median": 1, "sigma": 1}}, (math.ulp(0.0), math.inf), False),
        ({"log_normal": {"median": 1, "sigma": 1, "low": 0.5, "high": 2}}, (0.5, 2), False),
        ({"beta": {"alpha": 1, "beta": 2, "low": -1}}, (-1, 1), False),
        ({"triangular": [0, 1, 3]}, (0, 3), False),
        ({"exponential": {"mean": 1, "low": 2}}, (2, math.inf), False),
        ({"poisson": {"mean": 3}}, (0, math.inf), True),
        ({"poisson": {"mean": 3, "high": 9}}, (0, 9), True),
        ({"binomial": {"trials": 5, "chance": 0.5}}, (0, 5), True),
        ({"binomial": {"trials": 5, "chance": 0}}, (0, 0), True),
        ({"binomial": {"trials": 5, "chance": 1}}, (5, 5), True),
        ({"permutation": [3, 1, 2.5]}, (1, 3), False),
        ({"sequence": [3, 1]}, (1, 3), True),
        ({"schedule": {"frames": [0, 9], "values": [1, 4]}}, (1, 4), True),
        ({"piecewise_linear": {"values": [0, 1, 2, 3, 4], "densities": [0, 0, 1, 0, 0]}}, (1, 3), False),
        ({"empirical": {"values": [2, 5, 1]}}, (1, 5), True),
        ({"empirical": {"counts": [0, 2, 0], "edges": [0, 1, 2, 3]}}, (1, 2), False),
        ({"mixture": [{"of": 5}, {"of": "n"}]}, (1, 5), True),
        ({"mixture": [{"of": 5}, {"of": "wear"}]}, (0, 5), False),
        ({"easy": {"integers": [1, 2]}, "hard": {"integers": [5, 9]}}, (1.4, 4.8), True),
        ({"easy": 0, "hard": {"exponential": {"mean": 1}}}, (0, math.inf), False),
        ({"easy": {"normal": {"mean": 0, "std": 1}}, "hard": 1}, (-math.inf, math.inf), False),
        ("sum", (1, 5), False),
        ("2 * n", (2, 6), True),
        ("n if difficulty > 0.5 else 0", (0, 0), True),
        ("frame // 10", (0, math.inf), True),
        ("index % 3", (0, 3), True),
    ],
)
def test_support_of_every_form(written: object, ends: tuple[float, float], whole: bool) -> None:
    supports = Supports(SPANS, difficulty=(0.1, 0.4))
    number = NUMBER.validate_python(written)
    assert supports.span(number) == pytest.approx(ends)
    assert supports.is_whole(number) is whole


def test_a_colour_has_no_support() -> None:
    for text in ("tint", "1 + tint"):
        with pytest.raises(TypeError, match="variable 'tint' must be a number, got a colour"):
            support(text, VARIABLES)
    with pytest.raises(KeyError):
        support("waer", VARIABLES)


@pytest.mark.parametrize(
    ("legal", "text", "inside", "outside"),
    [
        (Legal(), "any number", (-math.inf, math.inf), None),
        (Legal(0), "at least 0", (0, math.inf), (-1e-9, 1)),
        (Legal(0, open=True), "above 0", (1e-9, math.inf), (0, 1)),
        (Legal(0, 1), "within 0 … 1", (0, 1), (0, 1.1)),
        (Legal(0, 180, open=True), "between 0 and 180, both excluded", (1, 179), (1, 180)),
        (Legal(0, 9, whole=True), "a whole number within 0 … 9", (0, 9), (-1, 9)),
    ],
)
def test_legal_ranges(
    legal: Legal, text: str, inside: tuple[float, float], outside: tuple[float, float] | None
) -> None:
    assert str(legal) == text
    assert legal.holds(*inside)
    assert outside is None or not legal.holds(*outside)


def test_every_group_and_light_has_a_name() -> None:
    recipe = tabletop()
    assert group_names([*recipe.objects, *recipe.distractors]) == ("mug", "can", "bolt", "distractor")
    assert light_names(recipe.lights) == ("area", "sun")


def test_names_are_all_different() -> None:
    things = [
        {"asset": "mug", "category": "mug"},
        {"asset": "mug", "category": "mug"},
        {"asset": "mug", "category": "mug", "name": "mug-2"},
        {"asset": ["mug", "can"], "category": "mug"},
    ]
    recipe = recipe_from_dict(smallest(objects=things), Path())
    assert group_names(recipe.objects) == ("mug", "mug-3", "mug-2", "mug-4")


def test_another_light_changes_no_other_name() -> None:
    lights = [{"type": "sun", "irradiance_w_m2": 1}, {"type": "sun", "irradiance_w_m2": 1, "name": "fill"}]
    few = recipe_from_dict(smallest(lights=lights), Path())
    more = recipe_from_dict(smallest(lights=[*lights, lights[0]]), Path())
    assert light_names(few.lights) == ("sun", "fill")
    assert light_names(more.lights) == ("sun", "fill", "sun-2")


def test_a_group_may_stand_on_a_later_one() -> None:
    things = [
        {"asset": "mug", "category": "mug", "place": {"on": "table"}},
        {"asset": "can", "category": "mug", "name": "table"},
    ]
    assert recipe_from_dict(smallest(objects=things), Path()).objects[0].place.on == "table"  # type: ignore[union-attr]
