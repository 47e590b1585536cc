"""``{empirical: {file: …}}``: measured data take the place of the file that they are in.

So a recipe that has been loaded is complete in itself: what is drawn from is in its text and in its hash.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from synthvision.errors import did_you_mean
from synthvision.recipe.distributions import MOST_DATA
from synthvision.recipe.reading import MOST_BYTES
from synthvision.recipe.roots import Roots, read_start
from synthvision.recipe.scalars import plain_scalar
from synthvision.recipe.source import KeyPath, Source, shown

_SUFFIXES = (".csv", ".json")
_KEYS = frozenset({"file", "column", "counts_column"})
"""What may stand beside a file; the shape of anything else is wrong, whatever the file holds."""


class _Refused(Exception):  # noqa: N818 (it never leaves this module)
    """What is wrong with a file, as ``must be <rule>, got <value>``; ``key`` is the key that says it."""

    def __init__(self, message: str, key: str = "file") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class _Row:
    line: int
    cells: tuple[str, ...]


def with_measured_data(source: Source, roots: Roots) -> Source:
    """Return the source with every file of measured data read; what cannot be read joins its ``faults``."""
    places = list(_places(source.data, ()))
    if not places:
        return source
    data, faults = copy.deepcopy(source.data), list(source.faults)
    for path in places:
        section = Source(data, source.origin).at(path)
        try:
            section["empirical"] = _read(section["empirical"], roots)
        except _Refused as refused:
            faults.append(source.fault((*path, "empirical", refused.key), f"{refused.key} {refused}"))
    return replace(source, data=data, faults=tuple(faults))


def _places(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the key path of every mapping that names a file of measured data; options of Python code are not ours."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*path, index))
    elif isinstance(value, dict) and path[:1] != ("randomizers",):
        measured = value.get("empirical")
        if isinstance(measured, dict) and isinstance(measured.get("file"), str) and set(measured) <= _KEYS:
            yield path
        for key, item in value.items():
            yield from _places(item, (*path, key))


def _read(section: Mapping[str, Any], roots: Roots) -> Mapping[str, Any]:
    """Return what takes the place of ``section``: its values, or its edges and counts."""
    columns = {key: section.get(key) for key in ("column", "counts_column")}
    for key, column in columns.items():
        if column is not None and not isinstance(column, str):
            raise _Refused(f"must be the name of a column, got {shown(column)}", key)
    text, is_csv = _text(section["file"], roots)
    if is_csv:
        return _from_csv(text, columns["column"], columns["counts_column"])
    given = next((key for key, column in columns.items() if column is not None), None)
    if given is not None:
        raise _Refused(f"must be left out for a JSON file, got {shown(columns[given])}", given)
    return _from_json(text)


def _text(name: str, roots: Roots) -> tuple[str, bool]:
    found = roots.files(name)
    if isinstance(found, str):
        raise _Refused(f"must be {found}, got {shown(name)}")
    if len(found) != 1 or not name.lower().endswith(_SUFFIXES):
        rule = "one file of measured data (.csv or .json)"
        raise _Refused(f"must be {rule}, got {shown(name)}{'' if found else ', and there is none'}")
    try:
        content = read_start(roots.folder / found[0], MOST_BYTES + 1)
    except OSError as error:
        raise _Refused(f"must be a file that can be read, got '{error.strerror}'") from None
    if len(content) > MOST_BYTES:
        raise _Refused(f"must be at most {MOST_BYTES} bytes, got more")
    try:
        return content.decode("utf-8-sig"), name.lower().endswith(".csv")
    except UnicodeDecodeError:
        raise _Refused("must be UTF-8, got other bytes") from None


def _from_csv(text: str, column: str | None, counts_column: str | None) -> Mapping[str, Any]:
    header, rows = _rows(text)
    if column is None and (counts_column is not None or len(header) != 1):
        raise _Refused(f"must be given for a file of columns {', '.join(header)}, got nothing", "column")
    values = _column(rows, _place(header, column or header[0], "column"), column or header[0])
    if counts_column is None:
        return {"values": values}
    place = _place(header, counts_column, "counts_column")
    last = _cell(rows[-1], place)
    if last not in {"", "0"}:
        raise _Refused(f"must have no count in its last row, the right end of the histogram, got {shown(last)}")
    return {"edges": values, "counts": _column(rows[:-1], place, counts_column)}


def _rows(text: str) -> tuple[list[str], list[_Row]]:
    """Return the header, and the rows below it with their lines; blank lines are no rows."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [_Row(reader.line_num, tuple(cells)) for cells in reader if cells]
    except csv.Error as error:
        raise _Refused(f"must be valid CSV, got: {error} in row {reader.line_num}") from None
    if len(rows) < 2:  # noqa: PLR2004 (a header and something below it)
        raise _Refused(f"must have a header and rows below it, got {len(rows)} in all")
    if len(rows) > MOST_DATA + 2:
        raise _Refused(f"must have at most {MOST_DATA} rows (more are told by a histogram), got {len(rows) - 1}")
    return [name.strip() for name in rows[0].cells], rows[1:]


def _place(header: list[str], name: str, key: str) -> int:
    if name not in header:
        raise _Refused(f"must be one of {', '.join(header)}, got {shown(name)}{did_you_mean(name, header)}", key)
    return header.index(name)


def _column(rows: list[_Row], place: int, name: str) -> list[float]:
    """Return the numbers of a column."""
    values: list[float] = []
    for row in rows:
        text = _cell(row, place)
        value = plain_scalar(text)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
            raise _Refused(f"must have numbers in column {shown(name)}, got {shown(text)} in row {row.line}")
        values.append(float(value))
    return values


def _cell(row: _Row, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""


def _from_json(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Refused(f"must be valid JSON, got: {error}") from None
    section = {"values": data} if isinstance(data, list) else data
    if not isinstance(section, dict) or set(section) not in ({"values"}, {"edges", "counts"}):
        keys = ", ".join(section) if isinstance(section, dict) else "something else"
        raise _Refused(f"must hold a list of numbers, or a mapping of values or of edges and counts, got {shown(keys)}")
    return {key: _numbers(key, values) for key, values in section.items()}


def _numbers(key: str, values: Any) -> list[float]:
    if not isinstance(values, list) or not 0 < len(values) <= MOST_DATA + 1:
        got = f"{len(values)} entries" if isinstance(values, list) else "no list"
        raise _Refused(f"must have a list of at most {MOST_DATA} numbers as its {key}, got {got}")
    for index, value in enumerate(values):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not abs(value) <= sys.float_info.max:
            raise _Refused(f"must have numbers as its {key}, got {shown(value)} in entry {index + 1}")
    return [float(value) for value in values]
