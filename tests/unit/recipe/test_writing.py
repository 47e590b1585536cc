from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from synthvision.recipe import file_hashes, recipe_from_dict, recipe_from_text, recipe_hash, recipe_yaml
from synthvision.recipe.scalars import unprintable
from tests.unit.recipe.examples import TABLETOP, everything, smallest, tabletop

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def test_a_resolved_recipe_reloads_to_an_equal_one() -> None:
    recipe = tabletop()
    text = recipe_yaml(recipe)
    assert recipe_from_text(text, Path()) == recipe
    assert recipe_yaml(recipe_from_text(text, Path())) == text
    assert max(map(len, text.splitlines())) <= 110


def test_every_form_survives() -> None:
    text = recipe_yaml(everything())
    assert recipe_from_text(text, Path()) == everything()
    assert recipe_yaml(recipe_from_text(text, Path())) == text


def test_overrides_and_defaults_are_written_out() -> None:
    text = recipe_yaml(recipe_from_dict(smallest(ground=None), Path(), ["camera.fov_deg=33"]))
    assert "  fov_deg: 33\n" in text
    assert "ground: null\n" in text
    assert "render: {quality: standard, attempts: 50}\n" in text
    assert "size_m: null" not in text


def test_other_readers_read_the_same() -> None:
    text = recipe_yaml(tabletop())
    data = YAML(typ="safe", pure=True).load(text)
    assert recipe_from_dict(data, Path()) == tabletop()


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=20).filter(
    lambda text: unprintable(text) is None
)


@given(text=TEXTS | st.sampled_from(["null", "1", "yes", "- a", "a: b", "a #b", "'", '"', "\\", "1e5", ".", "a\nb\t"]))
def test_any_text_survives(text: str) -> None:
    recipe = recipe_from_dict(smallest(info={"description": text}), Path())
    assert recipe_from_text(recipe_yaml(recipe), Path()) == recipe


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_survives_to_the_last_bit(number: float) -> None:
    recipe = recipe_from_dict(smallest(variables={"x": number}), Path())
    again = recipe_from_text(recipe_yaml(recipe), Path())
    assert json.dumps(again.variables["x"]) == json.dumps(number)


def test_the_hash_is_of_what_is_meant_and_not_of_how_it_is_written() -> None:
    plain = recipe_from_text(TABLETOP, Path())
    assert recipe_hash(plain) == recipe_hash(recipe_from_text("# note\n" + recipe_yaml(plain), Path("/elsewhere")))
    assert recipe_hash(plain) != recipe_hash(recipe_from_text(TABLETOP, Path(), overrides=["objects.mug.count=2"]))
    swapped = TABLETOP.replace("{val: 1, train: 9}", "{train: 9, val: 1}")
    assert recipe_hash(plain) != recipe_hash(recipe_from_text(swapped, Path()))
    assert len(recipe_hash(plain)) == 64


def test_the_hash_covers_the_files(tmp_path: Path) -> None:
    pytest.importorskip("synthvision.assets.store")
    data = smallest(objects=[{"files": "*.obj", "category": "mug"}], world={"hdri": "sky.hdr"})
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        (folder / "x.obj").write_text(TRIANGLE, encoding="utf-8")
        (folder / "sky.hdr").write_text("sky", encoding="utf-8")
    first = recipe_from_dict(data, tmp_path / "a")
    assert list(file_hashes(first)) == ["sky.hdr", "x.obj"]
    assert recipe_hash(first) == recipe_hash(recipe_from_dict(data, tmp_path / "b"))
    (tmp_path / "b" / "x.obj").write_text(TRIANGLE.replace("1 0 0", "2 0 0"), encoding="utf-8")
    assert recipe_hash(first) != recipe_hash(recipe_from_dict(data, tmp_path / "b"))
    backdrop = recipe_from_dict(smallest(world={"backdrop": "*.hdr"}), tmp_path / "a")
    scatter = smallest(objects=[{"asset": "mug", "category": "mug", "place": {"scatter": {"density": "sky.hdr"}}}])
    decals = [{"texture": ["wood", "sky.hdr"], "size_m": 1}]
    decal = smallest(objects=[{"asset": "mug", "category": "mug", "decals": decals}])
    for other in (backdrop, *(recipe_from_dict(one, tmp_path / "a") for one in (scatter, decal))):
        assert list(file_hashes(other)) == ["sky.hdr"]
    (tmp_path / "a" / "sky.hdr").write_text("night", encoding="utf-8")
    assert file_hashes(first)["sky.hdr"] != file_hashes(recipe_from_dict(data, tmp_path / "b"))["sky.hdr"]
