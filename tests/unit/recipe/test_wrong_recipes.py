"""The corpus of wrong recipes: each ``wrong/NAME.yaml`` has its faults, word for word, in ``wrong/NAME.expected``."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvision.errors import RecipeError
from synthvision.recipe import load_recipe

WRONG = Path(__file__).parent / "wrong"


@pytest.mark.parametrize("name", sorted(path.stem for path in WRONG.glob("*.yaml")))
def test_a_wrong_recipe_says_what_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WRONG)
    with pytest.raises(RecipeError) as caught:
        load_recipe(f"{name}.yaml")
    assert str(caught.value) == (WRONG / f"{name}.expected").read_text(encoding="utf-8").rstrip("\n")


def test_the_corpus_is_complete() -> None:
    recipes = {path.stem for path in WRONG.glob("*.yaml")}
    assert recipes == {path.stem for path in WRONG.glob("*.expected")}
    assert len(recipes) >= 300


def test_all_faults_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WRONG)
    with pytest.raises(RecipeError) as caught:
        load_recipe("six_at_once.yaml")
    assert [(fault.line, fault.column, fault.key_path) for fault in caught.value.faults] == [
        (3, 19, "categories[1]"),
        (3, 24, "categories[2]"),
        (5, 12, "objects[0].asset"),
        (7, 12, "objects[0].count"),
        (8, 5, "objects[0].colour"),
        (10, 12, "lights[0].type"),
        (12, 12, "camera.fov_deg"),
    ]
