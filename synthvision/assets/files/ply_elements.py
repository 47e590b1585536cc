"""The elements of a PLY file (vertices, faces, …) as columns of numbers; ASCII and both binary orders.

Format: Greg Turk, "The PLY Polygon File Format", 1994.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from synthvision.assets.files.bundle import check_text, text_of
from synthvision.assets.files.parts import Floats, Indices
from synthvision.errors import AssetError
from synthvision.limits import MAX_TRIANGLES, MAX_VERTICES

MAX_ROWS = {"face": MAX_TRIANGLES}
"""Of all other elements ``MAX_VERTICES``. Where lists differ in length, each face is an array while it is read."""

LONGEST_NUMBER = 64
"""Bytes of a number in text."""

TYPES = {
    "char": "i1",
    "int8": "i1",
    "uchar": "u1",
    "uint8": "u1",
    "short": "i2",
    "int16": "i2",
    "ushort": "u2",
    "uint16": "u2",
    "int": "i4",
    "int32": "i4",
    "uint": "u4",
    "uint32": "u4",
    "float": "f4",
    "float32": "f4",
    "double": "f8",
    "float64": "f8",
}


@dataclass(frozen=True)
class Property:
    """One column; ``count`` is the type of a list's length, empty for a plain number. Types are numpy's names."""

    name: str
    type: str
    count: str = ""


@dataclass(frozen=True)
class Element:
    """One kind of row and how many there are."""

    name: str
    count: int
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Header:
    """``order`` is ``<``, ``>`` or ``a`` for ASCII; the data start at byte ``end``."""

    order: str
    elements: tuple[Element, ...]
    textures: tuple[str, ...]
    end: int


@dataclass(frozen=True, eq=False)
class Columns:
    """The rows of one element: plain columns, and lists as (lengths (N,), all values one after the other)."""

    plain: Mapping[str, Floats] = field(default_factory=dict)
    lists: Mapping[str, tuple[Indices, Floats]] = field(default_factory=dict)


def read_header(data: bytes, where: str) -> Header:
    """Parse a PLY header; AssetError if it is not one."""
    mark = data.find(b"end_header")
    end = data.find(b"\n", mark) + 1 or data.find(b"\r", mark) + 1
    if not data.startswith(b"ply") or mark < 0 or not end:
        raise AssetError(f"{where}: PLY must start with 'ply' and a header that ends in 'end_header', got another file")
    order, textures = "", []
    elements: list[tuple[str, int, list[Property]]] = []
    for line in text_of(data[:mark]).splitlines():
        match line.split():
            case ["format", name, *_]:
                order = {"ascii": "a", "binary_little_endian": "<", "binary_big_endian": ">"}[name]
            case ["comment", word, *_] if word.lower() == "texturefile":
                textures.append(line.split(None, 2)[2].strip())
            case ["element", name, count]:
                elements.append((name, int(count), []))
            case ["property", "list", count, kind, name]:
                elements[-1][2].append(Property(name, TYPES[kind], TYPES[count]))
            case ["property", kind, name]:
                elements[-1][2].append(Property(name, TYPES[kind]))
    found = tuple(Element(name, count, tuple(properties)) for name, count, properties in elements)
    for element in found:
        most = MAX_ROWS.get(element.name, MAX_VERTICES)
        if not 0 <= element.count <= most:
            raise AssetError(f"{where}: PLY must have 0 to {most} rows of '{element.name}', got {element.count}")
    return Header(order, found, tuple(textures), end)


def read_elements(data: bytes, header: Header, where: str) -> dict[str, Columns]:
    """Read all elements by name; AssetError if the data end early or make no sense."""
    source: _Source
    if header.order == "a":
        check_text(data, where)
        source = _Ascii(data[header.end :], where)
    else:
        source = _Binary(data, header.end, header.order)
    found: dict[str, Columns] = {}
    for element in header.elements:
        try:
            found[element.name] = _uniform(source, element) or _walked(source, element)
        except (ValueError, IndexError, struct.error) as error:
            what = f"{element.count} rows of '{element.name}'"
            raise AssetError(f"{where}: PLY must have {what}, got damaged or too few data ({error})") from error
    return found


class _Source(Protocol):
    """Numbers one after the other; both ways of reading move on only when they succeed."""

    def take(self, kind: str, count: int) -> Floats:
        """The next ``count`` numbers."""
        ...

    def table(self, kinds: Sequence[tuple[str, int]], rows: int) -> list[Floats] | None:
        """``rows`` rows of columns (type, width) as (rows, width) arrays; None if the data are too short."""
        ...

    def at(self, position: int | None = None) -> int:
        """Where the next number is; moves there first if asked to."""
        ...


class _Ascii:
    def __init__(self, text: bytes, where: str) -> None:
        words = text.split()
        # An array of texts gives each the room of the longest.
        if (longest := max(map(len, words), default=0)) > LONGEST_NUMBER:
            raise AssetError(f"{where}: PLY numbers must have at most {LONGEST_NUMBER} digits, got one of {longest}")
        self._values: Floats = np.array(words).astype(np.float64)
        self._at = 0

    def take(self, kind: str, count: int) -> Floats:
        if not 0 <= count <= len(self._values) - self._at:
            raise ValueError(f"{kind} number {self._at} is missing")
        self._at += count
        return self._values[self._at - count : self._at]

    def table(self, kinds: Sequence[tuple[str, int]], rows: int) -> list[Floats] | None:
        widths = [width for _, width in kinds]
        size = rows * sum(widths)
        if size > len(self._values) - self._at:
            return None
        block = self._values[self._at : self._at + size].reshape(rows, sum(widths))
        self._at += size
        return np.split(block, np.cumsum(widths)[:-1], axis=1)

    def at(self, position: int | None = None) -> int:
        self._at = self._at if position is None else position
        return self._at


class _Binary:
    def __init__(self, data: bytes, at: int, order: str) -> None:
        self._data = data
        self._at = at
        self._order = order

    def take(self, kind: str, count: int) -> Floats:
        form = f"{self._order}{count}{np.dtype(kind).char}"
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return np.array(values, dtype=np.float64)

    def table(self, kinds: Sequence[tuple[str, int]], rows: int) -> list[Floats] | None:
        record = np.dtype([(str(k), self._order + kind, (width,)) for k, (kind, width) in enumerate(kinds)])
        if rows * record.itemsize > len(self._data) - self._at:
            return None
        block = np.frombuffer(self._data, dtype=record, count=rows, offset=self._at)
        self._at += rows * record.itemsize
        return [block[str(k)].astype(np.float64) for k in range(len(kinds))]

    def at(self, position: int | None = None) -> int:
        self._at = self._at if position is None else position
        return self._at


def _uniform(source: _Source, element: Element) -> Columns | None:
    """Read all rows at once if every list is as long as in the first row; else read nothing and return None."""
    start = source.at()
    lengths = _row_lengths(source, element) if element.count else {}
    source.at(start)
    kinds: list[tuple[str, int]] = []
    for one in element.properties:
        kinds += [(one.count, 1), (one.type, lengths.get(one.name, 0))] if one.count else [(one.type, 1)]
    table = source.table(kinds, element.count) if kinds else []
    if table is None:
        return None
    columns = iter(table)
    plain: dict[str, Floats] = {}
    lists: dict[str, tuple[Indices, Floats]] = {}
    for one in element.properties:
        first = next(columns)[:, 0]
        if not one.count:
            plain[one.name] = first
        elif (first == lengths.get(one.name, 0)).all():
            lists[one.name] = (first.astype(np.int64), next(columns).ravel())
        else:
            source.at(start)
            return None
    return Columns(plain, lists)


def _row_lengths(source: _Source, element: Element) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for one in element.properties:
        if one.count:
            lengths[one.name] = int(source.take(one.count, 1)[0])
        source.take(one.type, lengths.get(one.name, 1))
    return lengths


def _walked(source: _Source, element: Element) -> Columns:
    """Read row by row: lists of different lengths."""
    values: dict[str, list[Floats]] = {one.name: [] for one in element.properties}
    for _ in range(element.count):
        for one in element.properties:
            length = int(source.take(one.count, 1)[0]) if one.count else 1
            values[one.name].append(source.take(one.type, length))
    plain = {one.name: np.concatenate(values[one.name]) for one in element.properties if not one.count}
    lists = {
        one.name: (np.array([len(row) for row in values[one.name]], dtype=np.int64), np.concatenate(values[one.name]))
        for one in element.properties
        if one.count
    }
    return Columns(plain, lists)
