"""A flat washer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import lathe
from synthvision.assets.generators.surfaces import metal
from synthvision.assets.types import Asset


@dataclass(frozen=True)
class Washer:
    """Outer diameter and thickness over the bore's diameter; ``finish``: 0 steel, 1 brass, 2 yellow zinc, 3 black."""

    bore_m: float = 0.0084
    outer: float = 2.0
    thickness: float = 0.18
    finish: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a washer lying flat; slot ``body``."""
    washer = read_parameters("washer", Washer, parameters)
    inner, outer = washer.bore_m / 2, washer.bore_m / 2 * washer.outer
    height = washer.thickness * washer.bore_m
    edge = 0.18 * height
    profile = [
        (inner, edge),
        (inner + edge, 0.0),
        (outer - edge, 0.0),
        (outer, edge),
        (outer, height - edge),
        (outer - edge, height),
        (inner + edge, height),
        (inner, height - edge),
        (inner, edge),
    ]
    return finish(lathe(profile, 96, crease_deg=30), [metal("body", washer.finish, 0.28)])
