"""Plain scalars of YAML 1.2 as its core schema reads them (YAML 1.2.2, 10.3.2), and which texts may be there."""

from __future__ import annotations

import math
import re
import unicodedata

Scalar = str | int | float | bool | None

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NAN = re.compile(r"\.(nan|NaN|NAN)")
_LONGEST_INTEGER = 300
"""Digits; Python refuses integers of several thousand, and a float reads no more than this either."""


def plain_scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text[0] in "tT"
    number = _number(text)
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if len(text) <= _LONGEST_INTEGER and _DECIMAL.fullmatch(text):
        return int(text)
    if len(text) <= _LONGEST_INTEGER and _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if match := _INFINITE.fullmatch(text):
        return -math.inf if match[1] == "-" else math.inf
    return math.nan if _NAN.fullmatch(text) else None


def unprintable(text: str) -> str | None:
    """Return the first character that no text of a recipe may have: controls, halves of pairs, line separators."""
    return next((character for character in text if _is_unprintable(character)), None)


def _is_unprintable(character: str) -> bool:
    if " " <= character <= "~" or character in "\n\t":
        return False
    return unicodedata.category(character) in {"Cc", "Cs", "Cn", "Zl", "Zp"} or character == "\ufeff"
