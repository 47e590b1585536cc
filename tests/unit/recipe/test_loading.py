from __future__ import annotations

import time  # noqa: TID251 (the test is about speed)
from collections.abc import Callable
from pathlib import Path

import pytest

from synthvision.errors import RecipeError, UsageError
from synthvision.recipe import (
    Recipe,
    bundled_recipes,
    composition,
    file_hashes,
    load_recipe,
    loading,
    matching_files,
    recipe_from_dict,
    recipe_from_text,
)
from synthvision.recipe.distributions import Integers
from synthvision.recipe.model import AreaLight, Ground
from tests.unit.recipe.examples import TABLETOP, everything, smallest, tabletop


def faults_of(data: dict[str, object], *overrides: str, folder: Path = Path(), roots: tuple[Path, ...] = ()) -> str:
    with pytest.raises(RecipeError) as caught:
        recipe_from_dict(data, folder, overrides, roots)
    return str(caught.value)


def test_the_example_recipe_loads() -> None:
    recipe = tabletop()
    assert [category.name for category in recipe.categories] == ["mug", "can", "bolt"]
    assert recipe.objects[0].count == Integers(integers=(1, 4))
    assert isinstance(recipe.lights[0], AreaLight)
    assert recipe.camera.resolution == (640, 480)
    assert recipe.splits == {"val": 1.0, "train": 9.0}


@pytest.mark.parametrize("load", [tabletop, everything])
def test_loading_takes_less_than_a_tenth_of_a_second(load: Callable[[], Recipe]) -> None:
    load()
    start = time.process_time()
    load()
    assert time.process_time() - start < 0.1


def test_a_recipe_is_found_by_path_and_keeps_its_folder(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(TABLETOP, encoding="utf-8")
    assert load_recipe(tmp_path / "table.yaml").folder == tmp_path
    assert load_recipe(str(tmp_path / "table.yaml")) == recipe_from_text(TABLETOP, tmp_path)


def test_a_bundled_recipe_is_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (loading, composition):
        monkeypatch.setattr(module, "bundled_folder", lambda kind: tmp_path / kind)
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "table.yaml").write_text(TABLETOP, encoding="utf-8")
    assert bundled_recipes() == ("table",)
    assert load_recipe("table").name == "tabletop"
    with pytest.raises(UsageError) as caught:
        load_recipe("tabel")
    assert str(caught.value) == "recipe must be a file or one of table, got 'tabel'; did you mean 'table'?"


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none.yaml: recipe must be a file that can be read, got 'No such file"):
        load_recipe(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match=r"recipe must be a file that can be read, got 'Is a directory'$"):
        load_recipe(tmp_path)


def test_a_recipe_can_be_plain_data() -> None:
    recipe = recipe_from_dict(smallest(ground=None, seed=3), Path("/somewhere"))
    assert (recipe.ground, recipe.seed, recipe.folder) == (None, 3, Path("/somewhere"))
    assert recipe_from_dict(smallest(), Path()).ground == Ground()


def test_plain_data_must_be_plain() -> None:
    assert faults_of(smallest(seed={1, 2})) == (
        "<dict>:1:1: seed: value must be text, a number, true, false, a list or a mapping, got a set"
    )
    assert faults_of(smallest(splits={1: 1})) == "<dict>:1:1: splits: key must be printable text, got 1"
    assert faults_of(smallest(name="a\0b")) == "<dict>:1:1: name: value must be printable characters, got 'a\\u0000b'"
    endless: list[object] = []
    endless.append(endless)
    assert faults_of(smallest(require=endless)) == "<dict>:1:1: recipe must be nested at most 32 deep, got more"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("objects[0].count=3", 3.0),
        ("objects.mug.count=3", 3.0),
        ("objects.mug.count={integers: [2, 5]}", Integers(integers=(2, 5))),
    ],
)
def test_an_override_names_entries_by_index_or_name(override: str, expected: object) -> None:
    recipe = recipe_from_text(TABLETOP, Path(), overrides=[override])
    assert recipe.objects[0].count == expected
    assert recipe.objects[1] == tabletop().objects[1]


def test_overrides_apply_in_turn_and_make_sections() -> None:
    overrides = [
        "sensor.shot_noise=true",
        "lights.sun.irradiance_w_m2=5",
        "camera.look_at.at_m[2]=0.1",
        "seed=1",
        "seed=2",
    ]
    recipe = recipe_from_text(TABLETOP.replace("jitter_m: 0.1", "at_m: [0, 0, 0]"), Path(), overrides=overrides)
    assert recipe.sensor.shot_noise is True
    assert recipe.lights[1].irradiance_w_m2 == 5  # type: ignore[union-attr]
    assert recipe.camera.look_at.at_m == (0, 0, 0.1)
    assert recipe.seed == 2


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("seed", "--set seed:1:1: override must be key.path=value, got 'seed'"),
        (
            "a..b=1",
            "--set a..b=1:1:1: override must begin with a key path like objects[0].count, got 'a..b'",
        ),
        (
            "objects[0].count=x",
            "--set objects[0].count=x:1:1: objects[0].count: count must be a value or the name of a variable, got 'x'",
        ),
        (
            "render={quality: hihg}",
            (
                "--set render={quality: hihg}:1:11: render.quality: quality must be one of draft, standard, high,"
                " got 'hihg'; did you mean 'high'?"
            ),
        ),
        (
            "render.qualty=high",
            (
                "--set render.qualty=high:1:1: render.qualty: key must be known here, got 'qualty';"
                " did you mean 'quality'?"
            ),
        ),
        (
            "objects.mgu.count=1",
            (
                "--set objects.mgu.count=1:1:1: objects.mgu: entry must be an index, as in objects[0] or one of mug,"
                " got 'mgu'; did you mean 'mug'?"
            ),
        ),
        (
            "objects[1].count=1",
            "--set objects[1].count=1:1:1: objects[1]: index must be below 1, the number of entries, got 1",
        ),
        ("name.x=1", "--set name.x=1:1:1: name.x: name must be a mapping to have the key 'x', got 'smallest'"),
        (
            "seed=[1",
            (
                "--set seed=[1:1:3: text must be valid YAML, got: while parsing a flow sequence: expected ',' or ']',"
                " but got '<stream end>'"
            ),
        ),
        (
            "splits={a: 1, a: 2}",
            ("--set splits={a: 1, a: 2}:1:8: splits: key must be unique, got two of a name: 'a' (the first in line 1)"),
        ),
    ],
)
def test_a_wrong_override_is_located_in_itself(override: str, expected: str) -> None:
    assert faults_of(smallest(), override) == expected


def test_faults_of_overrides_come_with_those_of_the_recipe() -> None:
    faults = faults_of(smallest(seed=-1), "objects[7].count=1", "version=2").splitlines()
    assert faults == [
        "--set objects[7].count=1:1:1: objects[7]: index must be below 1, the number of entries, got 7",
        "--set version=2:1:1: version: version must be 1, got 2",
        "<dict>:1:1: seed: seed must be at least 0, got -1",
    ]


def files_recipe(pattern: str) -> dict[str, object]:
    return smallest(objects=[{"files": pattern, "category": "mug"}])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in ("recipes/models/b.obj", "recipes/models/a.obj", "recipes/models/deep/c.glb", "elsewhere/d.stl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("models/*.obj", ("models/a.obj", "models/b.obj")),
        ("models/a.obj", ("models/a.obj",)),
        ("models/**/*.[og][bl]*", ("models/a.obj", "models/b.obj", "models/deep/c.glb")),
        ("models/../models/a.obj", ("models/../models/a.obj",)),
    ],
)
def test_files_are_sorted_and_relative(models: Path, pattern: str, files: tuple[str, ...]) -> None:
    recipe = recipe_from_dict(files_recipe(pattern), models / "recipes")
    assert matching_files(recipe, recipe.objects[0]) == files


OUTSIDE = (
    "<dict>:1:1: objects[0].files: files must be inside the recipe's folder (--allow-root DIR allows another), got"
)


def test_files_outside_the_folder_need_leave(models: Path) -> None:
    folder = models / "recipes"
    assert faults_of(files_recipe("../elsewhere/*.stl"), folder=folder) == f"{OUTSIDE} '../elsewhere/*.stl'"
    allowed = recipe_from_dict(files_recipe("../elsewhere/*.stl"), folder, allowed_roots=[models / "elsewhere"])
    assert matching_files(allowed, allowed.objects[0]) == ("../elsewhere/d.stl",)
    absolute = str(models / "elsewhere" / "d.stl")
    assert faults_of(files_recipe(absolute), folder=folder).startswith(OUTSIDE)
    allowed = recipe_from_dict(files_recipe(absolute), folder, allowed_roots=[models])
    assert matching_files(allowed, allowed.objects[0]) == (absolute,)


def test_links_are_followed_before_it_is_judged_where_they_lead(models: Path) -> None:
    folder = models / "recipes"
    (folder / "models" / "link.stl").symlink_to(models / "elsewhere" / "d.stl")
    (folder / "away").symlink_to(models / "elsewhere")
    for pattern in ("models/link.stl", "models/*.stl", "away/*.stl", "*/d.stl"):
        assert faults_of(files_recipe(pattern), folder=folder) == f"{OUTSIDE} '{pattern}'"
    assert recipe_from_dict(files_recipe("away/*.stl"), folder, allowed_roots=[models / "elsewhere"])


def test_textures_and_environments_may_be_files(models: Path) -> None:
    folder = models / "recipes"
    (folder / "sky.hdr").write_text("", encoding="utf-8")
    recipe = smallest(ground={"material": {"texture": ["wood", "sky.hdr"]}}, world={"hdri": ["studio", "*.hdr"]})
    assert recipe_from_dict(recipe, folder).world.hdri == ["studio", "*.hdr"]
    assert faults_of(smallest(world={"hdri": "/etc/hosts"}), folder=folder) == (
        "<dict>:1:1: world.hdri: hdri must be inside the recipe's folder (--allow-root DIR allows another),"
        " got '/etc/hosts'"
    )


REAL = Path(__file__).parents[4] / "shared" / "real"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real models are not in the repository")
def test_a_recipe_over_real_models_loads() -> None:
    objects = [
        {"files": "../shared/real/models/Duck.glb", "category": "mug", "size_m": 0.1},
        {"files": "../shared/real/models/ycb_*/*.obj", "category": "mug"},
    ]
    data = smallest(objects=objects, world={"hdri": "../shared/real/hdri/*.hdr"})
    repository = Path(__file__).parents[3]
    assert faults_of(data, folder=repository).count("must be inside the recipe's folder") == 3
    recipe = recipe_from_dict(data, repository, allowed_roots=[REAL])
    assert [Path(path).parent.name for path in matching_files(recipe, recipe.objects[1])] == [
        "ycb_banana",
        "ycb_scissors",
    ]
    assert len(file_hashes(recipe)) == 8


@pytest.mark.parametrize("rank", [[[1, 1], [1, 1]], [[1, -1], [-1, 1]]])
def test_variables_may_go_together_completely(rank: list[list[float]]) -> None:
    variables = {"a": {"uniform": [0, 1]}, "b": {"uniform": [0, 1]}}
    together = {"variables": variables, "correlations": [{"of": ["a", "b"], "rank": rank}]}
    recipe = recipe_from_dict(smallest() | together, Path())
    assert recipe.correlations[0].rank == rank


def test_complete_correlations_that_contradict_others_are_refused() -> None:
    variables = {name: {"uniform": [0, 1]} for name in "abc"}
    rank = [[1, 1, 0], [1, 1, 0.5], [0, 0.5, 1]]
    faults = faults_of(smallest() | {"variables": variables, "correlations": [{"of": ["a", "b", "c"], "rank": rank}]})
    assert "rank must be correlations that numbers can have together" in faults
