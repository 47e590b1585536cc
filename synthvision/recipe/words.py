"""Words for what is wrong with the shape of a recipe: ``<what> must be <rule>, got <value>``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.cameras import LENS_KEYS
from synthvision.recipe.declared import (
    ErrorPath,
    annotation_at,
    is_whole_number,
    known_keys,
    known_values,
    length_of,
    near_keys,
)
from synthvision.recipe.distributions import KEYS_OF_FORM, VARIABLE_PATTERN
from synthvision.recipe.legal import WRONG_FORM
from synthvision.recipe.lights import LIGHT_TYPES
from synthvision.recipe.model import NAME_PATTERN, SPLIT_PATTERN
from synthvision.recipe.rules import RULE_KEYS
from synthvision.recipe.source import KeyPath, Source, last_key, shown
from synthvision.recipe.things import CATEGORY_PATTERN, LABEL_PATTERN, Category

_KEYS: Mapping[str, tuple[str, ...]] = {**KEYS_OF_FORM, "rule": RULE_KEYS, "lens": LENS_KEYS}
_RULES: Mapping[str, str] = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "finite_number": "a finite number",
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "string_too_short": "at least {min_length} character long",
    "string_too_long": "at most {max_length} characters long",
}
_PATTERNS: Mapping[str, str] = {
    VARIABLE_PATTERN: "a name of letters, digits and _ that begins with no digit",
    LABEL_PATTERN: "a name of letters, digits, _, - and inner spaces",
    NAME_PATTERN: "a name of letters, digits, _, . and - that begins with a letter or digit",
    SPLIT_PATTERN: "a name of letters, digits, _ and - that begins with a letter or digit",
    CATEGORY_PATTERN: "a name on one line, without spaces around it",
}
A_COLOUR = f"the name of a colour variable or a distribution of colours ({', '.join(KEYS_OF_FORM['colour'])})"
_WEB_COLOUR = re.compile("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True)
class ShapeError:
    """One complaint of pydantic. ``path`` leads through the data, ``location`` also names the branches taken."""

    kind: str
    path: KeyPath
    location: ErrorPath
    value: Any
    text: str
    context: Mapping[str, Any]
    at_key: bool = False

    @property
    def parent(self) -> KeyPath:
        return self.path[:-1]

    @property
    def is_short_list(self) -> bool:
        """Whether an entry is missing at the end of a list of fixed length."""
        return self.kind == "missing" and isinstance(self.path[-1], int)

    def means(self, missing: ShapeError) -> bool:
        """Say whether this is an unknown key that is likely the misspelt name of a missing one."""
        if self.kind != "extra_forbidden":
            return False
        near = get_close_matches(str(self.path[-1]), known_keys(self.location[:-1]), n=1)
        return near == [str(missing.path[-1])]

    def moved(self, path: KeyPath) -> ShapeError:
        return replace(self, path=path)


def worded(error: ShapeError, source: Source) -> Fault:
    """Return the fault that says what is wrong, at the value or key that is."""
    if error.kind == "extra_forbidden":
        return _unknown_key(error.path, near_keys(error.location[:-1]), source)
    if error.kind == "missing":
        return _missing(error, source)
    if error.kind.startswith(WRONG_FORM):
        return _wrong_form(error, error.kind.removeprefix(WRONG_FORM), source)
    if error.kind in {"too_long", "too_short", "tuple_type"}:
        return _wrong_length(error, source)
    if error.kind == "value_error":
        return _said(error, source)
    return _wrong_value(error, source)


def _said(error: ShapeError, source: Source) -> Fault:
    """Return what a validator of ours says, of the value or of the expression that it is."""
    text = str(error.context["error"])
    return source.fault(error.path, text if text.startswith("expression ") else f"{last_key(error.path)} {text}")


def _missing(error: ShapeError, source: Source) -> Fault:
    if error.is_short_list:
        return _wrong_length(replace(error, path=error.parent, location=error.location[:-1]), source)
    return source.fault(error.path, f"{error.path[-1]} must be given, got nothing")


def _wrong_value(error: ShapeError, source: Source) -> Fault:
    known = known_values(error.location)
    near = did_you_mean(error.value, known) if isinstance(error.value, str) and error.value not in known else ""
    return _fault(error, _rule(error), source, near or _colour_advice(error.value))


def _colour_advice(value: Any) -> str:
    """Say how a colour that is written as on web pages is written here."""
    if not isinstance(value, str) or not _WEB_COLOUR.fullmatch(value):
        return ""
    digits = value[1:] if len(value) > len("#rgb") else "".join(2 * digit for digit in value[1:])
    parts = ", ".join(f"{int(digits[start : start + 2], 16) / 255:.3g}" for start in (0, 2, 4))
    return f"; write {{rgb: [{parts}]}}"


def _fault(error: ShapeError, rule: str, source: Source, hint: str = "") -> Fault:
    what = "key" if error.at_key else last_key(error.path)
    return source.fault(error.path, f"{what} must be {rule}, got {_got(error, source)}{hint}", at_key=error.at_key)


def _got(error: ShapeError, source: Source) -> str:
    return shown(error.path[-1] if error.at_key else source.at(error.path))


def _rule(error: ShapeError) -> str:
    if error.kind in {"model_type", "model_attributes_type"}:
        return "a name or a mapping" if annotation_at(error.location) is Category else "a mapping"
    if error.kind == "string_pattern_mismatch" and error.location[-1] == "<variable>":
        return A_COLOUR
    if error.kind == "string_pattern_mismatch":
        return _PATTERNS[error.context["pattern"]]
    if error.kind == "literal_error":
        return _one_of(known_values(error.location))
    return _RULES[error.kind].format(**error.context) if error.kind in _RULES else error.text


def _unknown_key(path: KeyPath, known: list[str], source: Source) -> Fault:
    near = did_you_mean(str(path[-1]), known)
    rule = "known here" if near else _one_of(known)
    return source.fault(path, f"key must be {rule}, got {shown(path[-1])}{near}", at_key=True)


def _wrong_length(error: ShapeError, source: Source) -> Fault:
    length = length_of(error.location)
    value = source.at(error.path)
    if length and isinstance(value, list):
        return source.fault(
            error.path, f"{last_key(error.path)} must be a list of {length}, got {len(value)}: {shown(value)}"
        )
    if length:
        return _fault(error, f"a list of {length}", source)
    bound = "at least {min_length}" if error.kind == "too_short" else "at most {max_length}"
    message = f"must have {bound.format(**error.context)} entries, got {len(value)}".replace(" 1 entries", " 1 entry")
    return source.fault(error.path, f"{last_key(error.path)} {message}")


def _wrong_form(error: ShapeError, form: str, source: Source) -> Fault:
    value = source.at(error.path)
    keys = _KEYS.get(form, ())
    if form == "light" and isinstance(value, dict):
        return _wrong_light(error.path, value, source)
    if keys and isinstance(value, dict) and value:
        return _wrong_keys(error, keys, list(value), source)
    wanted = f"{error.text} ({', '.join(keys)})" if keys else error.text
    return _fault(error, wanted, source, _written_as(error, form, value))


def _wrong_keys(error: ShapeError, keys: tuple[str, ...], given: list[str], source: Source) -> Fault:
    several = [key for key in given if key in keys]
    if several:
        message = f"{last_key(error.path)} must have only one of these, got {' and '.join(several)}"
        return source.fault(error.path, message)
    return _unknown_key((*error.path, given[0]), list(keys), source)


def _wrong_light(path: KeyPath, value: Mapping[str, Any], source: Source) -> Fault:
    if "type" in value:
        kind = value["type"]
        near = did_you_mean(kind, LIGHT_TYPES) if isinstance(kind, str) else ""
        return source.fault((*path, "type"), f"type must be {_one_of(LIGHT_TYPES)}, got {shown(kind)}{near}")
    near_key = get_close_matches("type", value, n=1)
    if near_key:
        return _unknown_key((*path, near_key[0]), ["type"], source)
    return source.fault((*path, "type"), f"type must be {_one_of(LIGHT_TYPES)}, got nothing")


def _written_as(error: ShapeError, form: str, value: Any) -> str:
    """Return how a list was probably meant."""
    numbers = isinstance(value, list) and all(isinstance(item, int | float) for item in value)
    if form in {"number", "variable"} and numbers and len(value) == 2:  # noqa: PLR2004 (low and high)
        kind = "integers" if is_whole_number(error.location) else "uniform"
        return f"; write {{{kind}: {shown(value)}}}"
    if form == "colour" and numbers and len(value) == 3:  # noqa: PLR2004 (red, green and blue)
        return f"; write {{rgb: {shown(value)}}}"
    return ""


def _one_of(words: tuple[str, ...] | list[str]) -> str:
    return f"one of {', '.join(words)}" if len(words) > 1 else "".join(words)
