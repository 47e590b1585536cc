"""A recipe as plain data that remembers where each key and value was written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthvision.errors import Fault

KeyPath = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Source:
    """Plain data (``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None``) with its marks.

    Attributes:
        data: the tree.
        origin: where the whole begins; stands in for every mark that is missing.
        values: key path → where the value begins.
        keys: key path → where the key of a mapping's entry begins.
        faults: what was already wrong on the way here, such as a key given twice.
    """

    data: Any
    origin: Mark
    values: Mapping[KeyPath, Mark] = field(default_factory=dict)
    keys: Mapping[KeyPath, Mark] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def fault(self, path: KeyPath, message: str, *, at_key: bool = False) -> Fault:
        """Return a fault at the value (or the key) at ``path``, or at what is nearest above it."""
        mark = self.keys.get(path) if at_key else None
        for length in range(len(path), -1, -1):
            mark = mark or self.values.get(path[:length])
        mark = mark or self.origin
        return Fault(mark.file, mark.line, mark.column, path_text(path), message)

    def at(self, path: KeyPath) -> Any:
        """Return the data at ``path``, or ``None`` where there is none."""
        value = self.data
        for step in path:
            if not has_step(value, step):
                return None
            value = value[step]
        return value


def has_step(value: Any, step: str | int) -> bool:
    """Say whether ``value[step]`` exists in plain data."""
    if isinstance(step, int):
        return isinstance(value, list) and 0 <= step < len(value)
    return isinstance(value, dict) and step in value


def path_text(path: KeyPath) -> str:
    """Return a key path as people write it: ``objects[0].count``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{shown(step)}]"
    return text


def last_key(path: KeyPath) -> str:
    """Return what a value is called in a message: its key, with the indices below it."""
    start = next((place for place in range(len(path) - 1, -1, -1) if isinstance(path[place], str)), 0)
    return path_text(path[start:]) or "recipe"


def shown(value: Any) -> str:
    """Return a value on one line, as in a recipe, cut to a readable length."""
    text = _flow(value, 0)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def _flow(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return "'" + json.dumps(value[:_SHOWN_CHARACTERS], ensure_ascii=False)[1:-1].replace('\\"', '"') + "'"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if depth > _SHOWN_CHARACTERS:
        return "…"
    if isinstance(value, dict):
        few = list(value.items())[:_SHOWN_CHARACTERS]
        return "{" + ", ".join(f"{key}: {_flow(item, depth + 1)}" for key, item in few) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item, depth + 1) for item in value[:_SHOWN_CHARACTERS]) + "]"
    return _number(value)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") or value != value else repr(value)  # noqa: PLR0124 (NaN)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_SHOWN_CHARACTERS else "a number too large to show"
    return f"a {type(value).__name__}"
