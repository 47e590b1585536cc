from __future__ import annotations

import ast
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthvision.errors import FrameError
from synthvision.recipe.expressions import parse
from synthvision.recipe.expressions.expression import MOST_OPERATIONS

NAMES = ("a", "b", "wear")
ALLOWED = "numbers, names, + - * / // % **, comparisons, and, or, not, if, else and parentheses"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        (".5 + 1.", 1.5),
        ("1e-3*2", 0.002),
        ("a", 2),
        ("2*a + b", 7),
        ("a - b - 1", -2),
        ("12 / a / b", 2),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("--a", 2),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3 * 2", 2),
        ("-7 % 3", 2),
        ("(1 + 2) * 3", 9),
        ("a < b", 1),
        ("a >= b", 0),
        ("a + 1 == b", 1),
        ("a != 2", 0),
        ("a > 1 and b > 5", 0),
        ("a > 1 or b > 5", 1),
        ("1 or 0 and 0", 1),
        ("not a > b", 1),
        ("not not 5", 1),
        ("5 and 7", 1),
        ("10 if a > b else 20 if b > a else 30", 20),
        ("(1 if a else 2) + 1", 2),
        ("1 if b == 0 else 1 / b", 1 / 3),
        ("b > 0 and 6 / b > 1", 1),
    ],
)
def test_values_are_those_of_python(text: str, value: float) -> None:
    result = parse(text).evaluate({"a": 2.0, "b": 3.0})
    assert result == value
    assert type(result) is float


def test_what_is_not_chosen_is_left_alone() -> None:
    assert parse("0 if a == 0 else 1 / a").evaluate({"a": 0.0}) == 0
    assert parse("a != 0 and 1 / a > 2").evaluate({"a": 0.0}) == 0
    assert parse("a == 0 or 1 / a > 2").evaluate({"a": 0.0}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wear.real", f"expression must be {ALLOWED}, got '.' at character 5"),
        ("wear[0]", f"expression must be {ALLOWED}, got '[' at character 5"),
        ("'wear'", f"expression must be {ALLOWED}, got ''' at character 1"),
        ("a @ b", f"expression must be {ALLOWED}, got '@' at character 3"),
        ("a = 2", f"expression must be {ALLOWED}, got '=' at character 3"),
        ("a & b", f"expression must be {ALLOWED}, got '&' at character 3"),
        ("0x1f", f"expression must be {ALLOWED}, got 'x' at character 2"),
        ("1_000", f"expression must be {ALLOWED}, got '_' at character 2"),
        ("1.5.2", f"expression must be {ALLOWED}, got '.' at character 4"),
        ("ä", f"expression must be {ALLOWED}, got 'ä' at character 1"),
        ("a\x0bb", f"expression must be {ALLOWED}, got '\x0b' at character 2"),
        ("exp(1)", "expression must go on with an operator or end, got '(' at character 4"),
        ("__import__('os')", f"expression must be {ALLOWED}, got ''' at character 12"),
        ("3 to 4", "expression must go on with an operator or end, got 'to' at character 3"),
        ("a not b", "expression must go on with an operator or end, got 'not' at character 3"),
        ("(a, b)", f"expression must be {ALLOWED}, got ',' at character 3"),
        ("lambda: 1", f"expression must be {ALLOWED}, got ':' at character 7"),
        ("", "expression must have a number or a name next, got nothing"),
        ("a +", "expression must have a number or a name next, got nothing"),
        ("* a", "expression must have a number or a name next, got '*' at character 1"),
        ("a + not b", "expression must have a number or a name next, got 'not' at character 5"),
        ("()", "expression must have a number or a name next, got ')' at character 2"),
        ("(a", "expression must close its parenthesis, got nothing"),
        ("(a b", "expression must close its parenthesis, got 'b' at character 4"),
        ("a)", "expression must go on with an operator or end, got ')' at character 2"),
        ("1 if a", "expression must have an else for its if, got nothing"),
        ("0 < a < 1", "expression must have no chained comparison (write a < b and b < c), got '<' at character 7"),
        ("1e999", "expression must have finite numbers, got '1e999' at character 1"),
        ("(" * 40 + "1" + ")" * 40, "expression must be nested at most 30 deep, got more"),
        ("-" * 40 + "1", "expression must be nested at most 30 deep, got more"),
        ("2" + "**2" * 40, "expression must be nested at most 30 deep, got more"),
        ("not " * 40 + "1", "expression must be nested at most 30 deep, got more"),
        ("1 if 1 else " * 40 + "1", "expression must be nested at most 30 deep, got more"),
        ("1" + "+1" * (MOST_OPERATIONS + 1), "expression must have at most 100 operations, got more"),
        ("1" * 501, "expression must be at most 500 characters long, got 501"),
    ],
)
def test_everything_else_is_refused_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match="expression") as caught:
        parse(text)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("1 / (a - 2)", "a division by zero"),
        ("1 // (a - 2)", "a division by zero"),
        ("1 % (a - 2)", "a division by zero"),
        ("0 ** -a", "a division by zero"),
        ("9 ** 9 ** 9 ** 9", "one too large"),
        ("1e308 * 10", "one too large"),
        ("(0 - a) ** 0.5", "a negative number to a fractional power"),
    ],
)
def test_what_has_no_value_is_an_error_of_the_frame(text: str, got: str) -> None:
    with pytest.raises(FrameError) as caught:
        parse(text).evaluate({"a": 2.0})
    assert str(caught.value) == f"expression '{text}' must be a finite number, got {got}"


def test_names_are_found_once_and_words_of_the_grammar_are_none() -> None:
    assert parse("a + b if a > b and not wear else 2").names == {"a", "b", "wear"}
    assert parse("2 + 2").names == frozenset()
    with pytest.raises(KeyError):
        parse("a + b").evaluate({"a": 1.0})


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("2 * n + 1", True),
        ("n % 3", True),
        ("n ** 2", True),
        ("2 ** n", False),
        ("n ** -1", False),
        ("n / 2", False),
        ("a // 1", True),
        ("a > 1", True),
        ("a and 1", True),
        ("n if a else 3", True),
        ("n if a else a", False),
        ("a", False),
        ("-n", True),
        ("0.5 * n", False),
    ],
)
def test_whole(text: str, whole: bool) -> None:
    assert parse(text).is_whole({"n"}) is whole


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("a", (-1, 2)),
        ("2 * a + 1", (-1, 5)),
        ("a - a", (-3, 3)),
        ("a ** 2", (0, 4)),
        ("a ** 3", (-1, 8)),
        ("a ** -2", (0, math.inf)),
        ("1 / a", (-math.inf, math.inf)),
        ("1 / (a + 2)", (0.25, 1)),
        ("a % 1", (0, 1)),
        ("(a + 5) % 10", (4, 7)),
        ("(a + 2) // 2", (0, 2)),
        ("a > 5", (0, 0)),
        ("a < 5", (1, 1)),
        ("a > 0", (0, 1)),
        ("not a", (0, 1)),
        ("a > 5 or a < 5", (1, 1)),
        ("3 if a < 5 else a", (3, 3)),
        ("3 if a < 0 else a", (-1, 3)),
        ("7 // 2", (3, 3)),
    ],
)
def test_bounds(text: str, bounds: tuple[float, float]) -> None:
    assert parse(text).bounds({"a": (-1.0, 2.0)}) == bounds


NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "0.1", "10", "1e-3"])
SIGNS = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"])


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        NUMBERS | st.sampled_from(NAMES),
        lambda inner: (
            st.builds("({} {} {})".format, inner, SIGNS, inner)
            | st.builds("(-{})".format, inner)
            | st.builds("(not {})".format, inner)
            | st.builds("({} if {} else {})".format, inner, inner, inner)
        ),
        max_leaves=8,
    )


ENDS = st.floats(-20, 20) | st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 1e-300])


@settings(max_examples=400, deadline=None)
@given(
    text=expressions(),
    ends=st.lists(st.tuples(ENDS, ENDS), min_size=3, max_size=3),
    shares=st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
@example(text="(a % b)", ends=[(-1e-20, 0.5), (1.0, 1.0), (0.0, 0.0)], shares=[0.0, 0.0, 0.0])
@example(text="(a ** b)", ends=[(0.0, 2.0), (-1.0, 1.0), (0.0, 0.0)], shares=[0.0, 0.5, 0.0])
def test_bounds_hold_every_value(text: str, ends: list[tuple[float, float]], shares: list[float]) -> None:
    spans = {name: (min(pair), max(pair)) for name, pair in zip(NAMES, ends, strict=True)}
    values = {
        name: min(max(low + (high - low) * share, low), high)
        for (name, (low, high)), share in zip(spans.items(), shares, strict=True)
    }
    expression = parse(text)
    low, high = expression.bounds(spans)
    try:
        value = expression.evaluate(values)
    except FrameError:
        return
    rounding = 1e-12 * abs(value) if "**" in text else 0.0  # powers are not rounded monotonically by every C library
    assert low - rounding <= value <= high + rounding


def _is_power(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


def _python_value(text: str, values: dict[str, float]) -> Any:
    return eval(text, {"__builtins__": {}}, values)  # noqa: S307 (what we compare with; the text is ours)


@settings(max_examples=200, deadline=None)
@given(text=expressions())
@example(text="(not (b ** b))")
def test_values_agree_with_python_where_it_has_one(text: str) -> None:
    values = {"a": 2.0, "b": -0.5, "wear": 0.25}
    try:
        parts = [_python_value(ast.unparse(node), values) for node in ast.walk(ast.parse(text)) if _is_power(node)]
        expected = _python_value(text, values)
    except (ZeroDivisionError, OverflowError, TypeError):  # TypeError: a root of b is complex there, and has no order
        return
    if any(isinstance(part, complex) for part in parts) or not math.isfinite(expected):
        return
    if "and" in text or "or" in text or "if" in text:
        return  # ours are 0 or 1, and give no operand back
    assert parse(text).evaluate(values) == float(expected)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40) | st.text(alphabet="ab12.+-*/%()<>=! andotrifelse", max_size=60))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    message = "expression must be read"
    try:
        parse(text)
    except ValueError as error:
        message = str(error)
    assert message.startswith("expression must ")
