"""Draws that find no place for something: counted, and named by what found none, wherever refusals are told."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthvision import render_dataset
from synthvision.assets import AssetStore
from synthvision.dataset import Dataset
from synthvision.errors import PlacementError, RejectedError
from synthvision.recipe import Recipe
from synthvision.run.accepting import FrameMaker
from synthvision.run.display import report
from synthvision.run.summary import RunSummary
from tests.unit.run.small import small_recipe

CROWDED = {
    "asset": "brick",
    "name": "wall",
    "category": "brick",
    "variants": 1,
    "count": {"integers": [1, 3]},
    "place": {"on": "ground", "within": {"disc": {"radius_m": 0.02}}},
}
WALL = "objects 'wall' (place.on: no free place)"
TWO_OF_THEM = "[{instances: {category: brick, count: {min: 2}}}]"


def recipe_of(folder: Path, *overrides: str, objects: list[dict[str, Any]] | None = None, attempts: int = 20) -> Recipe:
    things = [CROWDED] if objects is None else objects
    named = [f"objects={json.dumps(things)}", "categories=[brick]", f"render.attempts={attempts}"]
    return small_recipe(folder, *named, "require=[]", *overrides)


def maker(recipe: Recipe) -> FrameMaker:
    return FrameMaker(recipe, recipe.seed, AssetStore(recipe.folder))


@pytest.fixture(scope="module")
def crowded_run(tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    """A run in which draws were refused by a rule as well as for want of a place."""
    folder = tmp_path_factory.mktemp("crowded")
    recipe = recipe_of(folder, f"require={TWO_OF_THEM}", attempts=100)
    return render_dataset(recipe, folder / "out", frames=6, workers=1, renderer="preview")


def test_a_run_counts_and_names_what_found_no_place(crowded_run: RunSummary) -> None:
    summary = crowded_run
    rule = "require[0] (instances: {category: brick, count: {min: 2}})"
    assert list(summary.refusals) == [rule, WALL]
    assert summary.progress.rejected == sum(summary.refusals.values())
    assert report(summary).splitlines()[-3:] == [
        f"accepted 6 of {summary.progress.attempts} draws ({6 / summary.progress.attempts:.0%})",
        f"  {rule} refused {summary.refusals[rule]}",
        f"  {WALL} refused {summary.refusals[WALL]}",
    ]
    *_, end = (summary.folder / "run_log.jsonl").read_text().splitlines()
    assert json.loads(end)["refusals"] == summary.refusals
    assert summary.refusals[WALL] > 0


def test_every_frame_of_a_dataset_tells_what_found_no_place_in_its_draws(crowded_run: RunSummary) -> None:
    counted: Counter[str] = Counter()
    for record in Dataset(crowded_run.folder):
        counted.update(record.misplaced)
        assert (b"misplaced" in record.to_line()) == bool(record.misplaced)
        assert b"misplaced" not in replace(record, misplaced={}).to_line()
        assert sum(record.misplaced.values()) + sum(record.refusals) == record.scene.get("attempt", 0)
    assert counted[WALL] == counted.total() == crowded_run.refusals[WALL]


def test_a_frame_without_any_place_names_every_group_that_found_none(tmp_path: Path) -> None:
    full = CROWDED | {"count": 9}
    either = [full | {"when": "toss < 0.5"}, full | {"name": "fence", "when": "toss >= 0.5"}]
    recipe = recipe_of(tmp_path, "variables={toss: {uniform: [0, 1]}}", objects=either, attempts=6)
    with pytest.raises(PlacementError) as caught:
        maker(recipe).accept(0)
    first, *reasons, last = str(caught.value).split("; ")[:3]
    assert first.startswith("frame 0: no attempt finds every place: objects '")
    named = {reason.split(" refused ")[0] for reason in (first.rpartition("place: ")[2], *reasons)}
    assert named == {"objects 'wall' (place.on: no free place)", "objects 'fence' (place.on: no free place)"}
    assert last.startswith("the last without a place: frame 0: objects '")


def test_a_frame_that_meets_no_rule_names_what_found_no_place_beside_the_rules(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, "require=[{instances: {category: brick, count: {min: 3}}}]")
    with pytest.raises(RejectedError) as caught:
        maker(recipe).accept(0)
    text = str(caught.value)
    assert "require[0] (instances: {category: brick, count: {min: 3}}) refused " in text
    assert f"{WALL} refused " in text
    assert text.endswith(" or raise render.attempts")


PLATE = {"asset": "die", "name": "plate", "category": "brick", "variants": 1, "place": {"at_m": [0, 0, 0.2]}}
BOX = {"asset": "brick", "name": "wall", "category": "brick", "variants": 1}
TIGHT = {"rectangle": {"size_m": [0.001, 0.001]}}
STICKER = {"texture": "stain", "size_m": 0.01}
POINT = {"box": {"size_m": [0.001, 0.001, 0.001], "centre_m": [0, 0, 0.3]}}

MISPLACED: dict[str, tuple[list[dict[str, Any]], tuple[str, ...]]] = {
    "objects 'wall' (place.on: no free place)": ([BOX | {"count": 2, "place": {"within": TIGHT}}], ()),
    "objects 'wall' (place.on: no 'plate' in the frame)": (
        [PLATE | {"when": "frame < 0"}, BOX | {"place": {"on": "plate"}}],
        (),
    ),
    "objects 'wall' (place.in: no free place)": ([BOX | {"count": 2, "place": {"in": POINT}}], ()),
    "objects 'wall' (place.in: no surface of 'plate' in the frame)": (
        [PLATE | {"when": "frame < 0"}, BOX | {"place": {"in": {"on_surface": {"of": "plate"}}}}],
        (),
    ),
    "objects 'wall' (place.poisson_disk: no free place)": (
        [BOX | {"count": 2, "place": {"poisson_disk": {"spacing_m": 1, "within": TIGHT}}}],
        (),
    ),
    "objects 'wall' (place.grid: no free place)": (
        [BOX | {"count": 2, "place": {"grid": {"columns": 2, "pitch_m": [0.01, 0.01]}}}],
        (),
    ),
    "objects 'wall' (place.stack: no free place)": (
        [BOX | {"count": 2, "place": {"stack": {"height": 1, "within": TIGHT}}}],
        (),
    ),
    "objects 'wall' (place.shelf: no level boards)": (
        [PLATE | {"rotation": {"pitch_deg": 45}}, BOX | {"place": {"shelf": {"of": "plate"}}}],
        (),
    ),
    "objects 'wall' (place.scatter: no free place)": (
        [BOX | {"count": 2, "place": {"scatter": {"within": TIGHT}}}],
        (),
    ),
    "objects 'wall' (place.drop: fell out of the world)": ([BOX | {"place": {"drop": {}}}], ("ground=null",)),
    "camera (position: no free place)": ([BOX], ("camera.position={at_m: [0, 0, -1]}",)),
    "decals of 'wall' (no place on what faces up in the slots back)": (
        [
            BOX
            | {
                "asset": "playing_card",
                "parameters": {"face_down": 0},
                "decals": [STICKER | {"side": "top", "slots": ["back"]}],
            }
        ],
        (),
    ),
}


@pytest.mark.parametrize("refusal", MISPLACED)
def test_each_kind_of_place_that_is_not_found_is_counted_by_name(refusal: str, tmp_path: Path) -> None:
    objects, overrides = MISPLACED[refusal]
    with pytest.raises(PlacementError) as caught:
        maker(recipe_of(tmp_path, *overrides, objects=objects, attempts=2)).accept(0)
    assert caught.value.refusal == refusal
    assert f"{refusal} refused 2 of 2 attempts; the last without a place: frame 0: " in str(caught.value)


def test_the_error_goes_from_process_to_process() -> None:
    error = pickle.loads(pickle.dumps(PlacementError("frame 0: no place", WALL)))  # noqa: S301 (our own)
    assert (str(error), error.refusal) == ("frame 0: no place", WALL)
