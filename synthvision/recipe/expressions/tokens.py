"""The words of an expression, each with its place."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

LONGEST = 500
"""Characters of an expression."""

KEYWORDS = frozenset({"and", "or", "not", "if", "else"})
OPERATORS = ("**", "//", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")")
ALLOWED = "numbers, names, + - * / // % **, comparisons, and, or, not, if, else and parentheses"

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<operator>" + "|".join(map(re.escape, OPERATORS)) + ")"
)
_SPACES = re.compile(r"[ \t\n]*")


@dataclass(frozen=True)
class Token:
    """A word of an expression; ``character`` counts from 1. The last token of an expression is an ``end``."""

    kind: Literal["number", "name", "operator", "keyword", "end"]
    text: str
    character: int

    def __str__(self) -> str:
        return "nothing" if self.kind == "end" else f"'{self.text}' at character {self.character}"


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of an expression; ValueError for what can be none."""
    if len(text) > LONGEST:
        raise ValueError(f"expression must be at most {LONGEST} characters long, got {len(text)}")
    found: list[Token] = []
    place = _after_spaces(text, 0)
    while place < len(text):
        token = _token(text, place)
        found.append(token)
        place = _after_spaces(text, place + len(token.text))
    return (*found, Token("end", "", len(text) + 1))


def _after_spaces(text: str, place: int) -> int:
    match = _SPACES.match(text, place)
    return match.end() if match else place


def _token(text: str, place: int) -> Token:
    match = _TOKEN.match(text, place)
    if match is None:
        raise ValueError(f"expression must be {ALLOWED}, got '{text[place]}' at character {place + 1}")
    if match["number"] is not None:
        _check_number(text, match["number"], place)
        return Token("number", match["number"], place + 1)
    if match["name"] is not None:
        return Token("keyword" if match["name"] in KEYWORDS else "name", match["name"], place + 1)
    return Token("operator", match["operator"], place + 1)


def _check_number(text: str, number: str, place: int) -> None:
    after = text[place + len(number) : place + len(number) + 1]
    if after in {".", "_"} or after.isalnum():
        raise ValueError(f"expression must be {ALLOWED}, got '{after}' at character {place + len(number) + 1}")
    if math.isinf(float(number)):
        raise ValueError(f"expression must have finite numbers, got '{number}' at character {place + 1}")
