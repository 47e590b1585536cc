"""What a family of procedural objects is: the function that makes a member, and the parameters it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synthvision.assets.types import Asset

Generator = Callable[[Mapping[str, float]], Asset]


@dataclass(frozen=True)
class Family:
    """``parameters`` is the dataclass whose fields, with their defaults, are what ``make`` takes."""

    make: Generator
    parameters: type[Any]
