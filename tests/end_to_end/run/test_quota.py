"""Class balance from recipe to frames."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from synthvision.assets import AssetStore
from synthvision.errors import RejectedError
from synthvision.recipe import recipe_from_dict
from synthvision.recipe.model import Recipe
from synthvision.run.accepting import FrameMaker


def recipe(folder: Path, *, rare: float = 0.3, attempts: int = 50, shares: object = "equal") -> Recipe:
    def group(name: str, chance: float) -> dict[str, object]:
        place = {"on": "ground", "within": {"disc": {"radius_m": 0.5}}}
        return {
            "asset": name,
            "category": name,
            "count": {"binomial": {"trials": 4, "chance": chance}},
            "place": place,
            "variants": 1,
        }

    data = {
        "version": 1,
        "name": "balanced",
        "categories": ["die", "nut"],
        "objects": [group("die", 0.5), group("nut", rare)],
        "camera": {"resolution": [64, 48], "position": {"at_m": [0, -0.3, 1.2]}},
        "require": [{"balance": {"pilot_frames": 48, "shares": shares}}],
        "render": {"attempts": attempts},
    }
    return recipe_from_dict(data, folder)


def shares_of(made: Recipe, folder: Path, frames: int) -> tuple[float, float]:
    maker = FrameMaker(made, 3, AssetStore(folder))
    counts: Counter[str] = Counter()
    for frame in range(frames):
        counts.update(label.category for label in maker.accept(frame).labels.instances if label.mask_px)
    return counts["die"] / counts.total(), counts["nut"] / counts.total()


def test_the_dataset_is_balanced(tmp_path: Path):
    plain = recipe(tmp_path).model_copy(update={"require": []})
    assert shares_of(plain, tmp_path, 60)[0] > 0.57
    assert shares_of(recipe(tmp_path), tmp_path, 60)[0] == pytest.approx(0.5, abs=0.06)


def test_a_frame_does_not_depend_on_which_were_made_before(tmp_path: Path):
    made, store = recipe(tmp_path), AssetStore(tmp_path)
    late = FrameMaker(made, 3, store).accept(7).scene
    maker = FrameMaker(made, 3, store)
    assert [maker.accept(frame).scene for frame in range(8)][7] == late


def test_refusals_are_counted_under_the_rule(tmp_path: Path):
    maker = FrameMaker(recipe(tmp_path), 3, AssetStore(tmp_path))
    assert sum(maker.accept(frame).refusals[0] for frame in range(20)) > 0


def test_shares_that_would_refuse_nearly_everything_are_refused_with_the_remedy(tmp_path: Path):
    with pytest.raises(RejectedError) as caught:
        FrameMaker(recipe(tmp_path, attempts=2), 3, AssetStore(tmp_path)).accept(0)
    assert "require: balance: render.attempts must be at least" in str(caught.value)


def test_a_category_that_is_never_seen_is_named(tmp_path: Path):
    with pytest.raises(RejectedError) as caught:
        FrameMaker(recipe(tmp_path, rare=0.0), 3, AssetStore(tmp_path)).accept(0)
    assert "'nut' is visible in none of 48 frames" in str(caught.value)
