from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvision.errors import RecipeError
from synthvision.recipe import Recipe, file_hashes, recipe_from_dict, recipe_from_text, recipe_hash, recipe_yaml
from synthvision.recipe.distributions import MOST_DATA, Empirical
from tests.unit.recipe.examples import smallest


def recipe_of(folder: Path, name: str, text: str, **columns: str) -> Recipe:
    (folder / name).write_text(text, encoding="utf-8")
    return recipe_from_dict(smallest(variables={"size": {"empirical": {"file": name, **columns}}}), folder)


def data_of(recipe: Recipe) -> object:
    variable = recipe.variables["size"]
    assert isinstance(variable, Empirical)
    return variable.empirical.model_dump(exclude_none=True)


def fault_of(folder: Path, name: str, text: str, **columns: str) -> str:
    with pytest.raises(RecipeError) as caught:
        recipe_of(folder, name, text, **columns)
    return str(caught.value).partition("variables.size.empirical.")[2]


@pytest.mark.parametrize(
    ("name", "text", "columns", "data"),
    [
        ("one.csv", "size\n1\n 2.5 \n\n-3e1\n", {}, {"values": [1, 2.5, -30]}),
        ("two.csv", '"a","size"\n0,1\n0,2\n', {"column": "size"}, {"values": [1, 2]}),
        ("bom.csv", "\ufeffsize\r\n1\r\n2\r\n", {"column": "size"}, {"values": [1, 2]}),
        (
            "bins.csv",
            "left,count\n0,3\n1,5\n2.5,\n",
            {"column": "left", "counts_column": "count"},
            {"edges": [0, 1, 2.5], "counts": [3, 5]},
        ),
        (
            "zero.csv",
            "left,count\n0,3\n1,0\n",
            {"column": "left", "counts_column": "count"},
            {"edges": [0, 1], "counts": [3]},
        ),
        (
            "short.csv",
            "left,count\n0,3\n1\n",
            {"column": "left", "counts_column": "count"},
            {"edges": [0, 1], "counts": [3]},
        ),
        ("list.json", "[1, 2.5]", {}, {"values": [1, 2.5]}),
        ("values.json", '{"values": [1]}', {}, {"values": [1]}),
        ("bins.json", '{"edges": [0, 1], "counts": [2]}', {}, {"edges": [0, 1], "counts": [2]}),
    ],
)
def test_a_file_is_replaced_by_what_is_in_it(
    tmp_path: Path, name: str, text: str, columns: dict[str, str], data: object
) -> None:
    recipe = recipe_of(tmp_path, name, text, **columns)
    assert data_of(recipe) == data
    assert recipe_from_text(recipe_yaml(recipe), Path("/elsewhere")) == recipe.in_folder(Path("/elsewhere"))
    assert file_hashes(recipe) == {}


def test_other_data_are_another_recipe(tmp_path: Path) -> None:
    first = recipe_hash(recipe_of(tmp_path, "a.csv", "size\n1\n"))
    assert first == recipe_hash(recipe_of(tmp_path, "b.csv", "size\n1.0\n"))
    assert first != recipe_hash(recipe_of(tmp_path, "a.csv", "size\n2\n"))


HOLDS = "file: file must hold a list of numbers, or a mapping of values or of edges and counts"
BINS = {"column": "left", "counts_column": "count"}


@pytest.mark.parametrize(
    ("name", "text", "columns", "expected"),
    [
        ("a.csv", "size\n1\n\nx\n", {}, "file: file must have numbers in column 'size', got 'x' in row 4"),
        ("a.csv", "size\nnan\n", {}, "file: file must have numbers in column 'size', got 'nan' in row 2"),
        ("a.csv", "size\n1e999\n", {}, "file: file must have numbers in column 'size', got '1e999' in row 2"),
        ("a.csv", "size\n1_0\n", {}, "file: file must have numbers in column 'size', got '1_0' in row 2"),
        ("a.csv", "size\ntrue\n", {}, "file: file must have numbers in column 'size', got 'true' in row 2"),
        (
            "a.csv",
            "a,size\n1,2\n1\n",
            {"column": "size"},
            "file: file must have numbers in column 'size', got '' in row 3",
        ),
        ("a.csv", "size\n", {}, "file: file must have a header and rows below it, got 1 in all"),
        ("a.csv", "", {}, "file: file must have a header and rows below it, got 0 in all"),
        ("a.csv", "a,b\n1,2\n", {}, "column: column must be given for a file of columns a, b, got nothing"),
        (
            "a.csv",
            "a,b\n1,2\n",
            {"counts_column": "b"},
            "column: column must be given for a file of columns a, b, got nothing",
        ),
        (
            "a.csv",
            "left,count\n0,1\n1,\n",
            {"column": "lfet"},
            "column: column must be one of left, count, got 'lfet'; did you mean 'left'?",
        ),
        (
            "a.csv",
            "left,count\n0,1\n1,\n",
            {"column": "left", "counts_column": "n"},
            "counts_column: counts_column must be one of left, count, got 'n'",
        ),
        (
            "a.csv",
            "left,count\n0,1\n1,4\n",
            BINS,
            "file: file must have no count in its last row, the right end of the histogram, got '4'",
        ),
        ("a.csv", 'size\n"1\n', {}, "file: file must be valid CSV, got: unexpected end of data in row 2"),
        (
            "a.json",
            "[1, 2",
            {},
            "file: file must be valid JSON, got: Expecting ',' delimiter: line 1 column 6 (char 5)",
        ),
        ("a.json", "3", {}, f"{HOLDS}, got 'something else'"),
        ("a.json", '{"counts": [1]}', {}, f"{HOLDS}, got 'counts'"),
        ("a.json", "[]", {}, "file: file must have a list of at most 10000 numbers as its values, got 0 entries"),
        ("a.json", "[1, true]", {}, "file: file must have numbers as its values, got true in entry 2"),
        ("a.json", "[NaN]", {}, "file: file must have numbers as its values, got nan in entry 1"),
        ("a.json", "[1]", {"column": "size"}, "column: column must be left out for a JSON file, got 'size'"),
        ("a.txt", "1", {}, "file: file must be one file of measured data (.csv or .json), got 'a.txt'"),
    ],
)
def test_faults_of_files_name_the_row(
    tmp_path: Path, name: str, text: str, columns: dict[str, str], expected: str
) -> None:
    assert fault_of(tmp_path, name, text, **columns) == expected


def test_a_histogram_in_a_file_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe_of(tmp_path, "a.csv", "left,count\n0,1\n0,1\n1,\n", **BINS)
    assert str(caught.value) == (
        "<dict>:1:1: variables.size.empirical: empirical must have edges that ascend, got edges that do not"
    )


def test_the_size_of_files_is_limited(tmp_path: Path) -> None:
    rows = "size\n" + "1\n" * (MOST_DATA + 2)
    assert "file must have at most 10000 rows (more are told by a histogram), got 10002" in fault_of(
        tmp_path, "a.csv", rows
    )
    assert "file must be at most 1048576 bytes, got more" in fault_of(tmp_path, "a.json", json.dumps([1.25] * 300_000))
    most = recipe_of(tmp_path, "b.csv", "size\n" + "0.12345678901234567\n" * MOST_DATA)
    assert recipe_from_text(recipe_yaml(most), tmp_path) == most


def test_a_file_outside_the_roots_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "sizes.csv").write_text("size\n1\n", encoding="utf-8")
    data = smallest(variables={"size": {"empirical": {"file": "../sizes.csv"}}})
    with pytest.raises(RecipeError, match="must be inside the recipe's folder"):
        recipe_from_dict(data, tmp_path / "recipes")
    assert recipe_from_dict(data, tmp_path / "recipes", allowed_roots=[tmp_path]).variables


def test_options_of_python_code_are_left_as_they_are() -> None:
    options = {"empirical": {"file": "nothing.csv"}, "texture": "a.png", "none": None, "deep": [{"a": [1, "x", True]}]}
    recipe = recipe_from_dict(smallest(randomizers=[{"use": "shake", "options": options}]), Path())
    assert recipe.randomizers[0].options == options
    assert recipe_from_text(recipe_yaml(recipe), Path()) == recipe
