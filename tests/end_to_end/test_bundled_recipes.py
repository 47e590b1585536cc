"""Bundled recipes: short, varied, and all in the gallery."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvision.assets import AssetStore
from synthvision.recipe import bundled_recipes, load_recipe
from synthvision.recipe.distributions import KEYS_OF_FORM
from synthvision.recipe.model import Recipe
from synthvision.recipe.things import Dropped
from synthvision.run.tables import tabulate
from synthvision.sampling import SceneSampler
from synthvision.scene.json_form import scene_to_json

ROOT = Path(__file__).parents[2]
RANDOM_KEYS = set(KEYS_OF_FORM["number"]) | {"hsv", "palette", "shell", "box", "ball", "frustum", "jitter_m"}
MOST_LINES = 120
LEAST_FACTORS = 5


@pytest.mark.parametrize("name", bundled_recipes())
def test_a_recipe_is_short(name: str):
    lines = (ROOT / "scenes" / f"{name}.yaml").read_text().splitlines()
    assert len(lines) < MOST_LINES


@pytest.mark.parametrize("name", bundled_recipes())
def test_a_recipe_has_at_least_five_factors_of_variation(name: str):
    data = load_recipe(name).model_dump(by_alias=True)
    factors = {path for path in _random_places(data, ()) if path[0] not in {"seed", "splits"}}
    assert len(factors) >= LEAST_FACTORS, factors


@pytest.mark.parametrize("name", bundled_recipes())
def test_its_frames_differ_and_come_again(name: str):
    recipe = with_few_falling(load_recipe(name))
    first, again = (SceneSampler(recipe, AssetStore(recipe.folder), 1).draw(0) for _ in range(2))
    assert scene_to_json(first) == scene_to_json(again)
    drawn = tabulate(load_recipe(name), 2, seed=1).columns
    assert len({column for column, (one, other) in drawn.items() if one != other}) >= LEAST_FACTORS


@pytest.mark.parametrize("name", bundled_recipes())
def test_it_is_in_the_gallery(name: str):
    page = (ROOT / "docs/gallery.md").read_text()
    assert f"## {name}\n" in page, "run ./scripts/write_gallery"
    assert f"gallery/{name}.jpg" in page
    assert (ROOT / "docs/gallery" / f"{name}.jpg").stat().st_size > 10_000


def with_few_falling(recipe: Recipe) -> Recipe:
    """Return a recipe with one thing of each group that falls, since physics takes long; it has tests of its own."""
    groups = {
        part: [
            group.model_copy(update={"count": 1.0}) if isinstance(group.place, Dropped) else group
            for group in getattr(recipe, part)
        ]
        for part in ("objects", "distractors")
    }
    return recipe.model_copy(update=groups)


def _random_places(value: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """Return where distributions stand in a recipe; a distribution inside another counts once."""
    if isinstance(value, dict):
        if RANDOM_KEYS & value.keys():
            return [path]
        return [place for key, item in value.items() for place in _random_places(item, (*path, key))]
    if isinstance(value, list | tuple):
        return [place for index, item in enumerate(value) for place in _random_places(item, (*path, index))]
    return []
