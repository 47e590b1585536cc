"""A plate with a rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import join, lathe
from synthvision.assets.generators.surfaces import ceramic, hsv
from synthvision.assets.types import Asset

COLUMNS = 96


@dataclass(frozen=True)
class Plate:
    """``well`` is the diameter of the flat middle over the whole; ``height`` over the diameter."""

    diameter_m: float = 0.25
    well: float = 0.62
    height: float = 0.09
    hue: float = 0.6
    saturation: float = 0.05
    value: float = 0.92
    rim_value: float = 0.6


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a plate; slots ``body`` and ``rim`` (a painted line at the edge)."""
    plate = read_parameters("plate", Plate, parameters)
    radius, height = plate.diameter_m / 2, plate.height * plate.diameter_m
    well, thick = plate.well * radius, 0.0045
    slope = 0.12 * (radius - well)
    lower = filleted(
        [
            (0.0, 0.003, 0.0),
            (0.82 * well, 0.003, 0.001),
            (0.84 * well, 0.0, 0.001),
            (0.88 * well, 0.0, 0.001),
            (well + slope + thick, 0.6 * height - thick, 0.03 * radius),
            (radius, height - thick * 0.7, thick * 0.3),
            (radius, height, thick * 0.3),
            (0.985 * radius, height, 0.0),
        ]
    )
    line = [(0.985 * radius, height), (0.94 * radius, height - 0.035 * height * 4 * 0.045)]
    upper = filleted(
        [
            (*line[1], 0.0),
            (well + slope, 0.6 * height, 0.03 * radius),
            (well * 0.97, thick + 0.003, 0.06 * radius),
            (0.0, thick + 0.003, 0.0),
        ],
        steps=8,
    )
    body = ceramic("body", hsv(plate.hue, plate.saturation, plate.value))
    rim = ceramic("rim", hsv(plate.hue, 0.7, plate.rim_value))
    solid = join(lathe(lower, COLUMNS), lathe(line, COLUMNS, slot=1), lathe(upper, COLUMNS))
    return finish(solid, [body, rim])
