from __future__ import annotations

import math

import pytest

from synthvision.errors import RecipeError
from synthvision.recipe.reading import MOST_BYTES, decode, read_yaml
from synthvision.recipe.scalars import plain_scalar
from synthvision.recipe.source import Mark, path_text, shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", -math.inf),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
    ],
)
def test_plain_scalars_are_those_of_the_core_schema(text: str, value: object) -> None:
    read = plain_scalar(text)
    assert read == value
    assert type(read) is type(value)


def test_a_number_of_many_digits_is_a_float() -> None:
    assert plain_scalar("9" * 5000) == math.inf


def test_every_key_and_value_has_its_mark() -> None:
    source = read_yaml("a: 1\nbéé:\n  - x: {y: [2, 'z']}\n", "f")
    assert source.data == {"a": 1, "béé": [{"x": {"y": [2, "z"]}}]}
    assert source.values[("béé", 0, "x", "y", 1)] == Mark("f", 3, 16)
    assert source.keys[("béé", 0, "x")] == Mark("f", 3, 5)
    assert source.faults == ()


def test_an_alias_is_a_copy_marked_at_its_anchor() -> None:
    source = read_yaml("a: &n {x: [1]}\nb: *n\n", "f")
    assert source.data == {"a": {"x": [1]}, "b": {"x": [1]}}
    assert source.data["a"]["x"] is not source.data["b"]["x"]
    assert source.values[("b", "x", 0)] == Mark("f", 1, 12)


def test_a_byte_order_mark_and_other_line_ends_are_read() -> None:
    assert read_yaml(decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f"), "f").data == {"a": 1, "b": 2}


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(RecipeError, match=r"^f:1:1: file must be at most 1048576 bytes, got 1048577$"):
        decode(b"#" * (MOST_BYTES + 1), "f")


def test_the_largest_file_is_decoded() -> None:
    assert len(decode(b"#" * MOST_BYTES, "f")) == MOST_BYTES


def test_values_are_shown_on_one_short_line() -> None:
    assert shown({"a": [1.0, None, True, "x\ny"]}) == "{a: [1, nothing, true, 'x\\ny']}"
    assert shown(list(range(1000))).endswith("…")
    assert len(shown("x" * 1000)) == 60
    assert shown(10**5000) == "a number too large to show"
    assert path_text(("a", 0, "b c", "d")) == "a[0]['b c'].d"
