"""Whatever stands in a file, reading it ends in a recipe or in a RecipeError that can be shown."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthvision.errors import Fault, RecipeError
from synthvision.recipe import recipe_from_dict, recipe_from_text, recipe_hash, recipe_yaml
from synthvision.recipe.loading import decode
from synthvision.recipe.model import Recipe
from tests.unit.recipe.examples import EVERYTHING, TABLETOP, everything, read, smallest, tabletop

HERE = Path(__file__).parent
FIXTURES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = sorted(
    set((TABLETOP + EVERYTHING).replace(":", " ").replace("{", " ").replace("}", " ").replace(",", " ").split())
)
KEYS = [word for word in WORDS if word[0].isalpha()] + [
    "",
    "<uniform>",
    "<area>",
    "type",
    "files",
    "name",
    "<",
    "in",
    "extends",
    "include",
    "of",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(KEYS) | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in entries for place in places(item, (*path, key)))]


PLACES = [(text, place) for text in (TABLETOP, EVERYTHING) for place in places(read(text))[1:]]


def outcome(read_recipe: Callable[[], Recipe]) -> Recipe | None:
    """Return the recipe, or None after a RecipeError; anything else that is raised fails the test."""
    faults: tuple[Fault, ...] | None = None
    try:
        recipe = read_recipe()
    except RecipeError as error:
        faults = error.faults
    if faults is None:
        return recipe
    assert faults
    assert all(fault.message and fault.line >= 1 and fault.column >= 1 for fault in faults)
    assert not any("pydantic" in str(fault) for fault in faults)
    "".join(map(str, faults)).encode("utf-8")
    return None


def of_data(data: Any) -> Recipe | None:
    return outcome(lambda: recipe_from_dict(data, HERE))


@FIXTURES
@given(tree=TREES)
def test_any_tree(tree: Any) -> None:
    of_data(tree if isinstance(tree, dict) else {"version": tree})
    of_data({"objects": [tree], "lights": [tree], "camera": tree, "variables": tree})
    of_data(smallest(objects=[tree, {"asset": "mug", "category": "mug", "count": tree}]))


@FIXTURES
@given(place=st.sampled_from(PLACES), tree=TREES)
def test_any_tree_anywhere_in_a_good_recipe(place: tuple[str, tuple[Any, ...]], tree: Any) -> None:
    text, steps = place
    data = copy.deepcopy(read(text))
    parent = data
    for step in steps[:-1]:
        parent = parent[step]
    parent[steps[-1]] = tree
    recipe = of_data(data)
    if recipe is not None:
        assert recipe_from_text(recipe_yaml(recipe), HERE) == recipe
        assert recipe_hash(recipe)


@FIXTURES
@given(text=st.text(max_size=40) | st.text(alphabet="ab:-[]{},&*!?|>'\"%@`#\\ \n\t0.~<x", max_size=60))
def test_any_text(text: str) -> None:
    outcome(lambda: recipe_from_text(text, HERE))


@FIXTURES
@given(start=st.integers(0, len(TABLETOP)), length=st.integers(0, 30), text=st.text(max_size=6))
def test_any_damage_to_a_good_recipe(start: int, length: int, text: str) -> None:
    outcome(lambda: recipe_from_text(TABLETOP[:start] + text + TABLETOP[start + length :], HERE))


@FIXTURES
@given(content=st.binary(max_size=60))
def test_any_bytes(content: bytes) -> None:
    outcome(lambda: recipe_from_text(decode(content, "f"), HERE))


@FIXTURES
@given(override=st.text(max_size=20) | st.builds("{}={}".format, st.sampled_from(KEYS), st.text(max_size=8)))
def test_any_override(override: str) -> None:
    outcome(lambda: recipe_from_text(TABLETOP, HERE, overrides=[override]))


def test_a_good_recipe_is_good() -> None:
    assert of_data(read(TABLETOP)) == tabletop().in_folder(HERE)
    assert of_data(read(EVERYTHING)) == everything().in_folder(HERE)
