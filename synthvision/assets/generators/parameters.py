"""Reading the parameters of a generated thing, with every name checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from typing import Any, TypeVar

from synthvision.errors import AssetError, did_you_mean

P = TypeVar("P")


def parameter_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a parameter dataclass, in order."""
    return tuple(field.name for field in fields(kind))


def read_parameters(where: str, kind: type[P], parameters: Mapping[str, float]) -> P:
    """Return ``kind(**parameters)``; what is not given takes its default, whole numbers are rounded.

    Raises:
        AssetError: an unknown name, or a value that is not finite.
    """
    declared: Any = kind
    types = {field.name: field.type for field in fields(declared)}
    values: dict[str, float] = {}
    for name, value in parameters.items():
        if name not in types:
            known = ", ".join(types)
            raise AssetError(f"{where}: parameter must be one of {known}, got '{name}'{did_you_mean(name, types)}")
        if not isfinite(value):
            raise AssetError(f"{where}: {name} must be a finite number, got {value}")
        values[name] = round(value) if types[name] in (int, "int") else float(value)
    return kind(**values)
