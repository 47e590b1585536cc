"""YAML 1.2 text → ``Source``: safe by construction, since tags are refused and nothing but plain data is ever made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from synthvision.errors import Fault, RecipeError
from synthvision.recipe.scalars import Scalar, plain_scalar, unprintable
from synthvision.recipe.source import KeyPath, Mark, Source, shown

MOST_BYTES = 2**20
MOST_VALUES = 100_000
"""Values after aliases have been put in place of their anchors: what stops a file from unfolding without end."""
DEEPEST = 32


@dataclass(frozen=True)
class _Scalar:
    mark: Mark
    value: Scalar


@dataclass(frozen=True)
class _List:
    mark: Mark
    items: tuple[_Node, ...]


@dataclass(frozen=True)
class _Mapping:
    mark: Mark
    pairs: tuple[tuple[_Node, _Node], ...]


_Node = _Scalar | _List | _Mapping


def decode(content: bytes, file: str) -> str:
    """Return a recipe file's text; ``RecipeError`` when it is too large or not UTF-8."""
    if len(content) > MOST_BYTES:
        raise RecipeError([Fault(file, 1, 1, "", f"file must be at most {MOST_BYTES} bytes, got {len(content)}")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"file must be UTF-8, got byte 0x{error.object[error.start]:02x}"
        raise RecipeError([Fault(file, line, column, "", message)]) from None


def read_yaml(text: str, file: str) -> Source:
    """Return the data of one YAML document with its marks.

    Keys given twice, tags and the like are collected in ``Source.faults``; text that is no YAML raises ``RecipeError``.
    """
    builder = _Builder(file, _events(text, file))
    root = builder.document()
    flattening = _Flattening(file, faults=builder.faults)
    data = flattening.value(root, ())
    return Source(data, root.mark, flattening.values, flattening.keys, tuple(flattening.faults))


def _events(text: str, file: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"text must be printable characters, got {_code(text[error.position])}"
        raise RecipeError([Fault(file, line, column, "", message)]) from None
    except MarkedYAMLError as error:
        raise RecipeError([_syntax_fault(error, file)]) from None
    except (YAMLError, ValueError, IndexError) as error:  # what the scanner lets through on broken escapes
        raise RecipeError([Fault(file, 1, 1, "", f"text must be valid YAML, got: {error}")]) from None


def _syntax_fault(error: MarkedYAMLError, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = ": ".join(" ".join(part.split()) for part in (error.context, error.problem) if part)
    return Fault(file, line, column, "", f"text must be valid YAML, got: {problem}")


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


@dataclass
class _Builder:
    """Reads one document's events into nodes; an alias is the very node of its anchor."""

    file: str
    events: Iterator[Event]
    faults: list[Fault] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)

    def document(self) -> _Node:
        next(self.events)  # the start of the stream
        start = next(self.events)
        if isinstance(start, StreamEndEvent):
            return _Scalar(Mark(self.file), None)
        self._check_version(start)
        root = self._node(next(self.events), 0)
        while not isinstance(event := next(self.events), StreamEndEvent):
            if not isinstance(event, DocumentEndEvent):
                message = "file must hold one YAML document, got a second one"
                raise RecipeError([*self.faults, self._fault(event, message)])
        return root

    def _check_version(self, start: Event) -> None:
        version = start.version if isinstance(start, DocumentStartEvent) else None
        if version and tuple(version) != (1, 2):
            self.faults.append(self._fault(start, f"YAML version must be 1.2, got {version[0]}.{version[1]}"))

    def _node(self, event: Any, depth: int) -> _Node:
        if depth > DEEPEST:
            raise RecipeError([self._fault(event, f"value must be nested at most {DEEPEST} deep, got more")])
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.tag is not None or (isinstance(event, ScalarEvent) and event.implicit == (False, False)):
            self.faults.append(self._fault(event, f"value must have no tag, got {event.tag}"))
        node = self._bare_node(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _bare_node(self, event: Event, depth: int) -> _Node:
        mark = self._mark(event)
        if isinstance(event, SequenceStartEvent):
            return _List(mark, tuple(self._until(SequenceEndEvent, depth)))
        if isinstance(event, MappingStartEvent):
            nodes = list(self._until(MappingEndEvent, depth))
            return _Mapping(mark, tuple(zip(nodes[::2], nodes[1::2], strict=True)))
        if not isinstance(event, ScalarEvent):
            raise TypeError(f"a YAML parser gave {type(event).__name__} where a value begins")
        return _Scalar(mark, plain_scalar(event.value) if event.implicit[0] else self._text(event))

    def _until(self, end: type[Event], depth: int) -> Iterator[_Node]:
        while not isinstance(event := next(self.events), end):
            yield self._node(event, depth + 1)

    def _alias(self, event: AliasEvent) -> _Node:
        if event.anchor in self.anchors:
            return self.anchors[event.anchor]
        self.faults.append(self._fault(event, f"alias must name an anchor further up, got *{event.anchor}"))
        return _Scalar(self._mark(event), None)

    def _text(self, event: ScalarEvent) -> str:
        text = str(event.value)
        if (character := unprintable(text)) is not None:
            self.faults.append(self._fault(event, f"text must be printable characters, got {_code(character)}"))
            return "".join(letter for letter in text if unprintable(letter) is None)
        return text

    def _mark(self, event: Event) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _fault(self, event: Event, message: str) -> Fault:
        mark = self._mark(event)
        return Fault(mark.file, mark.line, mark.column, "", message)


@dataclass
class _Flattening:
    """Turns nodes into plain data, one copy for every alias, and notes where each path was written."""

    file: str
    faults: list[Fault]
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)

    def value(self, node: _Node, path: KeyPath) -> Any:
        self.values[path] = node.mark
        if len(path) > DEEPEST or len(self.values) > MOST_VALUES:
            rule = f"nested at most {DEEPEST} deep" if len(path) > DEEPEST else f"at most {MOST_VALUES} values in all"
            message = f"recipe must be {rule} once its aliases are unfolded, got more"
            raise RecipeError([*self.faults, Fault(self.file, node.mark.line, node.mark.column, "", message)])
        if isinstance(node, _List):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._mapping(node, path) if isinstance(node, _Mapping) else node.value

    def _mapping(self, node: _Mapping, path: KeyPath) -> Mapping[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.pairs:
            if not isinstance(key, _Scalar) or not isinstance(key.value, str):
                self._refuse(key.mark, path, f"key must be text, got {_key_shown(key)}")
            elif key.value in data:
                first = self.keys[(*path, key.value)].line
                message = f"key must be unique, got two of a name: {shown(key.value)} (the first in line {first})"
                self._refuse(key.mark, (*path, key.value), message)
            else:
                self.keys[(*path, key.value)] = key.mark
                data[key.value] = self.value(value, (*path, key.value))
        return data

    def _refuse(self, mark: Mark, path: KeyPath, message: str) -> None:
        fault = Source(None, mark).fault(path, message)
        if fault not in self.faults:
            self.faults.append(fault)


def _key_shown(key: _Node) -> str:
    if isinstance(key, _Scalar):
        return shown(key.value)
    return "a list" if isinstance(key, _List) else "a mapping"
