"""The catalog file: what it says, and how it answers to mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvision.assets.catalog import ParameterRange, load_catalog
from synthvision.errors import AssetError

GOOD = """\
version: 1
models:
  cup:
    generator: cup
    category: cup
    licence: CC0-1.0
    description: a cup
    size_m: [0.1, 0.1, 0.1]
    smallest_m: [0.1, 0.1, 0.1]
    largest_m: [0.1, 0.1, 0.1]
    parameters:
      height_m: {low: 0.1, high: 0.2}
      lid: {low: 0, high: 1, integer: true}
textures: {}
environments: {}
"""


def refusal(folder: Path, text: str) -> str:
    file = folder / "catalog.yaml"
    file.write_text(text)
    with pytest.raises(AssetError) as caught:
        load_catalog(file)
    return str(caught.value).replace(f"{file}: ", "")


def test_bundled_catalog_is_free_and_described() -> None:
    catalog = load_catalog()
    for section in (catalog.models, catalog.textures, catalog.environments):
        for name, entry in section.items():
            assert entry.name == name
            assert entry.licence == "CC0-1.0"
            assert entry.description.endswith(".")
    assert catalog.models["carton"].category == "box"


def test_values_span_their_range() -> None:
    bounds = ParameterRange(2.0, 4.0)
    assert [bounds.value(u) for u in (0.0, 0.5, 1 - 1e-12)] == pytest.approx([2, 3, 4])
    whole = ParameterRange(1, 3, integer=True)
    assert [whole.value(u) for u in (0.0, 0.33, 0.34, 0.66, 0.67, 1 - 1e-12)] == [1, 1, 2, 2, 3, 3]


def test_source_draws_each_parameter_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(GOOD)
    source = load_catalog(file).models["cup"].source({"height_m": 0.25, "lid": 0.9}.__getitem__)
    assert source.generator == "cup"
    assert dict(source.parameters) == {"height_m": pytest.approx(0.125), "lid": 1}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "generator: cup",
            "generator: cupp",
            "models.cup.generator: must be one of our generators, got 'cupp'; did you mean 'cup'?",
        ),
        (
            "height_m:",
            "heigth_m:",
            (
                "models.cup.parameters: must be a parameter of 'cup' (height_m, diameter_m, taper, lid, sleeve, hue, "
                "label_layout, label_word), got 'heigth_m'; did you mean 'height_m'?"
            ),
        ),
        (
            "low: 0.1, high: 0.2",
            "low: 0.3, high: 0.2",
            "models.cup.parameters.height_m: low must be at most high (0.2), got {'low': 0.3, 'high': 0.2}",
        ),
        (
            "low: 0, high: 1, integer",
            "low: 0.5, high: 1, integer",
            (
                "models.cup.parameters.lid: low and high of an integer must be whole numbers, "
                "got {'low': 0.5, 'high': 1, 'integer': True}"
            ),
        ),
        ("    licence: CC0-1.0\n", "", "models.cup.licence: field required, got nothing"),
        ("size_m: [0.1", "size_m: [-0.1", "models.cup.size_m.0: input should be greater than 0, got -0.1"),
        ("version: 1", "version: 2", "version: input should be 1, got 2"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert refusal(tmp_path, GOOD.replace(old, new, 1)) == message


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    text = refusal(
        tmp_path, GOOD.replace("version: 1", "version: 2").replace("    category: cup\n", "    colour: red\n")
    )
    assert [line.split(":")[0] for line in text.splitlines()] == ["version", "models.cup.category", "models.cup.colour"]


def test_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "models: [").startswith("catalog must be a readable YAML file, got: while parsing")


def test_doubled_names_are_refused(tmp_path: Path) -> None:
    assert 'found duplicate key "textures"' in refusal(tmp_path, GOOD + "textures: {}\n")


def test_a_list_is_not_a_catalog(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[1, 2]").startswith("catalog: ")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"nowhere\.yaml: catalog must be a readable YAML file, got: \[Errno 2\]"):
        load_catalog(tmp_path / "nowhere.yaml")
