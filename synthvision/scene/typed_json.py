"""Frozen typed data ⇄ JSON values: dataclasses, tuples, mappings, unions with None, literals and scalars.

A field with its default value, or without a value, is left out when written, so lines stay small and what was written
before a field was added can still be read; every other field must be there when read, and no key that is not a field.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from synthvision.errors import DatasetError, did_you_mean

_GREATEST = 10**300
"""Of whole numbers: beyond come those that no float can be."""

_SCALARS = frozenset({float, int, str, bool, NoneType})


def to_plain(value: Any) -> Any:
    """Turn frozen data into JSON values; fields with their default value are left out."""
    if value.__class__ in _SCALARS:  # nearly all of a scene's values
        return value
    if isinstance(value, tuple):
        return [item if item.__class__ in _SCALARS else to_plain(item) for item in value]
    if is_dataclass(value):
        return plain_fields(value)
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    return value


def plain_fields(value: Any, without: Container[str] = ()) -> dict[str, Any]:
    """Turn a dataclass into a mapping of JSON values, without some of its fields and those with their default."""
    plain = {}
    for key, default in _defaults(value.__class__).items():
        item = getattr(value, key)
        if item is not default and item is not None and key not in without and not _same(item, default):
            plain[key] = to_plain(item)
    return plain


@cache
def _defaults(kind: type) -> Mapping[str, Any]:
    """Return the default of every field; ``MISSING`` where there is none."""
    return {field.name: _default(field) for field in fields(kind)}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _same(value: Any, default: Any) -> bool:
    """Say whether two values are equal to the last bit: 0.0 and -0.0 are not."""
    return bool(value == default) and repr(value) == repr(default)


def read_typed(kind: Any, data: Any, where: str) -> Any:
    """Read one JSON value as a type: a dataclass, tuple, mapping, union, literal or scalar.

    Raises:
        DatasetError: naming the key, for one that is unknown or missing and for a value of the wrong type.
    """
    if is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    origin = get_origin(kind)
    if origin is tuple:
        return _read_tuple(get_args(kind), data, where)
    if origin in (Union, UnionType):
        return _read_union(get_args(kind), data, where)
    if origin in (dict, Mapping):
        return {
            key: read_typed(get_args(kind)[1], item, f"{where}.{key}")
            for key, item in read_mapping(data, where).items()
        }
    if origin is Literal:
        return _read_literal(get_args(kind), data, where)
    return _read_scalar(kind, data, where)


def _read_dataclass(kind: Any, data: Any, where: str) -> Any:
    hints = _hints(kind)
    check_keys(data, hints.keys(), required_keys(kind), where)
    left_out = {key: None for key, default in _defaults(kind).items() if default is MISSING and key not in data}
    return kind(**left_out, **{key: read_typed(hints[key], item, f"{where}.{key}") for key, item in data.items()})


def _read_tuple(members: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    items = read_list(data, where)
    if members[-1] is Ellipsis:
        members = (members[0],) * len(items)
    if len(items) != len(members):
        raise DatasetError(f"{where}: list must have {len(members)} entries, got {len(items)}")
    kinds = set(map(type, items)) if set(members) == {float} else None
    if kinds is not None and kinds <= {int, float}:  # vectors are most of what there is to read
        for item in items if int in kinds else ():
            _check_greatness(item, where)
        return tuple(items)
    return tuple(
        read_typed(member, item, f"{where}[{index}]")
        for index, (member, item) in enumerate(zip(members, items, strict=True))
    )


def _read_union(members: tuple[Any, ...], data: Any, where: str) -> Any:
    """Read ``X | None``, or a number or list: lists are told from numbers by sight."""
    if data is None and NoneType in members:
        return None
    kinds = [member for member in members if member is not NoneType]
    tuples = [member for member in kinds if get_origin(member) is tuple]
    return read_typed(tuples[0] if tuples and isinstance(data, list) else kinds[0], data, where)


def _read_literal(allowed: tuple[Any, ...], data: Any, where: str) -> Any:
    if data not in allowed:
        names = ", ".join(map(str, allowed))
        raise DatasetError(f"{where}: value must be one of {names}, got {data!r}{did_you_mean(str(data), allowed)}")
    return data


def _read_scalar(kind: Any, data: Any, where: str) -> Any:
    if kind is Any:
        return data
    accepted: tuple[type, ...] = (int, float) if kind is float else (kind,)
    if not isinstance(data, accepted) or (isinstance(data, bool) and kind is not bool):
        raise DatasetError(f"{where}: value must be {kind.__name__}, got {data!r}")
    if isinstance(data, int):
        _check_greatness(data, where)
    return data


def _check_greatness(number: float, where: str) -> None:
    if isinstance(number, int) and abs(number) > _GREATEST:
        raise DatasetError(f"{where}: whole number must be at most 10**300, got a greater one")


def read_list(data: Any, where: str) -> list[Any]:
    """Return ``data``, which must be a list."""
    if not isinstance(data, list):
        raise DatasetError(f"{where}: value must be a list, got {data!r}")
    return data


def read_mapping(data: Any, where: str) -> Mapping[str, Any]:
    """Return ``data``, which must be a mapping."""
    if not isinstance(data, Mapping):
        raise DatasetError(f"{where}: value must be a mapping, got {data!r}")
    return data


def check_keys(data: Any, known: Any, required: Any, where: str) -> None:
    """Refuse data that is no mapping, has a key that is not ``known`` or lacks a ``required`` one."""
    for key in read_mapping(data, where):
        if key not in known:
            rule = f"one of {', '.join(sorted(known))}"
            raise DatasetError(f"{where}: key must be {rule}, got {key!r}{did_you_mean(str(key), known)}")
    missing = sorted(set(required) - set(data))
    if missing:
        raise DatasetError(f"{where}: keys must include {missing[0]}, got {', '.join(sorted(data)) or 'none'}")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def required_keys(kind: Any) -> frozenset[str]:
    """Return the names of the fields that must be there: those without a default, unless they may be None."""
    hints = _hints(kind)
    without_default = (key for key, default in _defaults(kind).items() if default is MISSING)
    return frozenset(key for key in without_default if NoneType not in get_args(hints[key]))
