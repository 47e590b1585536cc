"""Sets of lights around a point, as photographers and inspection stations build them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthvision.recipe.lights import RingRig, StripRig, ThreePointRig, WindowRig
from synthvision.sampling.draws import Draws
from synthvision.scene import Light, Vector
from synthvision.scene.poses import subtract, unit

Rig = ThreePointRig | RingRig | StripRig | WindowRig

_KEY_AZIMUTH_DEG = 45.0
_FILL_AZIMUTH_DEG = -50.0
_FILL_LOWER = 0.6
"""Elevation of the fill light relative to the key light."""

_RIM_AZIMUTH_DEG = 160.0
_RIM_ELEVATION_DEG = 45.0
_BAR_AXIS_DEG = 90.0


def rig_lights(rig: Rig, address: str, name: str, colour: Vector, draws: Draws) -> Iterator[Light]:
    """Draw the lights of a rig; each is named ``<name>.<part>``. Their powers sum to the rig's."""
    target = draws.vector(rig.target_m, f"{address}/target_m")
    base = _Base(
        name=name,
        colour=colour,
        power_w=draws.not_negative(rig.power_w, f"{address}/power_w"),
        target=target,
        distance_m=draws.positive(rig.distance_m, f"{address}/distance_m"),
        azimuth_deg=draws.number(rig.azimuth_deg, f"{address}/azimuth_deg"),
    )
    match rig:
        case ThreePointRig():
            return _three_point(rig, base, address, draws)
        case RingRig():
            return _ring(rig, base, address, draws)
        case StripRig():
            return _strip(rig, base, address, draws)
        case WindowRig():
            return _window(rig, base, address, draws)


@dataclass(frozen=True)
class _Base:
    """What all lights of a rig share, already drawn."""

    name: str
    colour: Vector
    power_w: float
    target: Vector
    distance_m: float
    azimuth_deg: float

    def around(self, azimuth_deg: float, elevation_deg: float) -> Vector:
        """Return the point at the rig's distance in a direction, from the camera's side counter-clockwise."""
        azimuth, elevation = math.radians(self.azimuth_deg + azimuth_deg), math.radians(elevation_deg)
        x, y, z = self.target
        across = self.distance_m * math.cos(elevation)
        return (
            x + across * math.cos(azimuth),
            y + across * math.sin(azimuth),
            z + self.distance_m * math.sin(elevation),
        )

    def disc(self, part: str, share: float, position: Vector, size_m: float) -> Light:
        """Return a disc that shines at the target with a share of the rig's power."""
        return self.rectangle(part, share, position, (size_m, 0.0), (0.0, 0.0, 0.0))

    def rectangle(
        self, part: str, share: float, position: Vector, size_m: tuple[float, float], across: Vector
    ) -> Light:
        """Return a rectangle, its first side along ``across``, that shines at the target."""
        return Light(
            f"{self.name}.{part}",
            "area",
            self.power_w * share,
            self.colour,
            position,
            unit(subtract(self.target, position)),
            size=size_m[0],
            height_m=size_m[1],
            across=across,
        )


def _three_point(rig: ThreePointRig, base: _Base, address: str, draws: Draws) -> Iterator[Light]:
    elevation_deg = draws.number(rig.elevation_deg, f"{address}/elevation_deg")
    fill = draws.not_negative(rig.fill_share, f"{address}/fill_share")
    rim = draws.not_negative(rig.rim_share, f"{address}/rim_share")
    size_m = draws.positive(rig.size_m, f"{address}/size_m")
    whole = 1 + fill + rim
    yield base.disc("key", 1 / whole, base.around(_KEY_AZIMUTH_DEG, elevation_deg), size_m)
    yield base.disc("fill", fill / whole, base.around(_FILL_AZIMUTH_DEG, _FILL_LOWER * elevation_deg), size_m)
    yield base.disc("rim", rim / whole, base.around(_RIM_AZIMUTH_DEG, _RIM_ELEVATION_DEG), size_m)


def _ring(rig: RingRig, base: _Base, address: str, draws: Draws) -> Iterator[Light]:
    lamps = max(draws.count(rig.lamps, f"{address}/lamps"), 1)
    elevation_deg = draws.number(rig.elevation_deg, f"{address}/elevation_deg")
    size_m = draws.positive(rig.size_m, f"{address}/size_m")
    for lamp in range(lamps):
        yield base.disc(f"lamp{lamp}", 1 / lamps, base.around(360.0 * lamp / lamps, elevation_deg), size_m)


def _strip(rig: StripRig, base: _Base, address: str, draws: Draws) -> Iterator[Light]:
    """Bars overhead at the rig's distance, pointing away from the camera's side, next to each other across it."""
    bars = max(draws.count(rig.bars, f"{address}/bars"), 1)
    length_m = draws.positive(rig.length_m, f"{address}/length_m")
    width_m = draws.positive(rig.width_m, f"{address}/width_m")
    spacing_m = draws.positive(rig.spacing_m, f"{address}/spacing_m")
    along, aside = _level(base.azimuth_deg), _level(base.azimuth_deg + _BAR_AXIS_DEG)
    x, y, z = base.target
    for bar in range(bars):
        off = (bar - (bars - 1) / 2) * spacing_m
        position = (x + off * aside[0], y + off * aside[1], z + base.distance_m)
        # Bars hang level: each shines straight down, wherever the target is.
        light = base.rectangle(f"bar{bar}", 1 / bars, position, (length_m, width_m), along)
        yield _straight_down(light)


def _window(rig: WindowRig, base: _Base, address: str, draws: Draws) -> Iterator[Light]:
    elevation_deg = draws.number(rig.elevation_deg, f"{address}/elevation_deg")
    width_m = draws.positive(rig.width_m, f"{address}/width_m")
    height_m = draws.positive(rig.height_m, f"{address}/height_m")
    aside = _level(base.azimuth_deg + _BAR_AXIS_DEG)
    yield base.rectangle("window", 1.0, base.around(0.0, elevation_deg), (width_m, height_m), aside)


def _level(azimuth_deg: float) -> Vector:
    azimuth = math.radians(azimuth_deg)
    return math.cos(azimuth), math.sin(azimuth), 0.0


def _straight_down(light: Light) -> Light:
    return replace(light, direction=(0.0, 0.0, -1.0))
