"""Every declaration of a recipe turned into a value, under a name, in the units in which it is declared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthvision.errors import FrameError, UsageError, did_you_mean
from synthvision.recipe.distributions import (
    At,
    Ball,
    Box,
    Colour,
    Disc,
    Hsv,
    Number,
    Palette,
    Position,
    Rectangle,
    Region,
    Rgb,
    Shell,
    Variable,
    WeightedColours,
)
from synthvision.sampling.quantiles import between, pick, quantile
from synthvision.sampling.streams import Streams
from synthvision.scene import Vector
from synthvision.scene.colour import hsv_to_rgb, srgb_to_linear
from synthvision.scene.poses import Pose, rotation_from_quaternion

Numbers = tuple[Number, Number, Number]
_Span = tuple[float, float]


@dataclass(frozen=True)
class Draws:
    """The random values of one attempt at one frame; ``variables`` are already drawn (numbers, or linear RGB)."""

    streams: Streams
    frame_index: int
    attempt: int = 0
    variables: Mapping[str, float | Vector] = field(default_factory=dict)

    def uniform(self, name: str) -> float:
        """Return the value of a name, in (0, 1)."""
        return self.streams.uniform(name, self.frame_index, self.attempt)

    def number(self, declared: Number, name: str) -> float:
        """Draw a number; one that is constant or a variable has no stream."""
        if isinstance(declared, int | float):
            return float(declared)
        if isinstance(declared, str):
            return self._number_variable(declared, name)
        return quantile(declared, self.uniform(name))

    def positive(self, declared: Number, name: str) -> float:
        """Draw a number that must be above 0; ``FrameError`` if it is not."""
        value = self.number(declared, name)
        if value <= 0:
            raise FrameError(f"frame {self.frame_index}: {name} must be above 0, got {value:g}")
        return value

    def not_negative(self, declared: Number, name: str) -> float:
        """Draw a number that must be 0 or above; ``FrameError`` if it is not."""
        value = self.number(declared, name)
        if value < 0:
            raise FrameError(f"frame {self.frame_index}: {name} must be 0 or above, got {value:g}")
        return value

    def count(self, declared: Number, name: str) -> int:
        """Draw how many: the number rounded to the nearest integer, never below 0."""
        return max(math.floor(self.number(declared, name) + 0.5), 0)

    def pick(self, weights: Sequence[float], name: str) -> int:
        """Draw the index of one of several weighted things; a single one has no stream."""
        return 0 if len(weights) == 1 else pick(weights, self.uniform(name))

    def colour(self, declared: Colour, name: str) -> Vector:
        """Draw a colour, linear Rec.709. sRGB values outside [0, 1] are cut off there."""
        if isinstance(declared, str):
            return self._colour_variable(declared, name)
        if isinstance(declared, Hsv):
            parts = (
                between(*bounds, self.uniform(f"{name}/{part}"))
                for part, bounds in zip(("hue", "saturation", "value"), declared.hsv, strict=True)
            )
            return srgb_to_linear(hsv_to_rgb(*parts))
        if isinstance(declared, Palette):
            colours, weights = _weighted(declared)
            return srgb_to_linear(_cut(colours[self.pick(weights, name)]))
        return srgb_to_linear(_cut(self.vector(declared.rgb, name, ("red", "green", "blue"))))

    def vector(self, declared: Numbers, name: str, parts: tuple[str, str, str] = ("x", "y", "z")) -> Vector:
        """Draw three numbers."""
        x, y, z = (self.number(value, f"{name}/{part}") for part, value in zip(parts, declared, strict=True))
        return x, y, z

    def position(self, declared: Position, name: str) -> Vector:
        """Draw a point of the world, metres."""
        match declared:
            case Shell(shell=sector):
                angles = sector.elevation_deg, sector.azimuth_deg
                return _moved(self._shell(sector.radius_m, *angles, name), sector.centre_m)
            case Ball(ball=extent):
                return _moved(self.in_ball(extent.radius_m, name), extent.centre_m)
            case Box(box=extent):
                sides = zip("xyz", extent.size_m, strict=True)
                x, y, z = (self._across(size, f"{name}/{part}") for part, size in sides)
                return _moved((x, y, z), extent.centre_m)
            case At(at_m=numbers):
                return self.vector(numbers, name)

    def _across(self, size_m: float, name: str) -> float:
        return size_m * (self.uniform(name) - 0.5)

    def in_ball(self, radius_m: float, name: str) -> Vector:
        """Draw a point uniform in the volume of a ball about the origin."""
        return self._shell((0.0, radius_m), (-90.0, 90.0), (0.0, 360.0), name)

    def _shell(self, radius_m: _Span, elevation_deg: _Span, azimuth_deg: _Span, name: str) -> Vector:
        """Draw uniformly in volume: r³, the sine of the elevation and the azimuth are uniform."""
        nearest, farthest = radius_m
        radius = math.cbrt(between(nearest**3, farthest**3, self.uniform(f"{name}/radius")))
        lowest, highest = (math.sin(math.radians(elevation)) for elevation in elevation_deg)
        height = between(lowest, highest, self.uniform(f"{name}/elevation"))
        azimuth = math.radians(between(*azimuth_deg, self.uniform(f"{name}/azimuth")))
        across = radius * math.sqrt(max(1 - height * height, 0.0))
        return across * math.cos(azimuth), across * math.sin(azimuth), radius * height

    def on_plane(self, region: Region, name: str) -> tuple[float, float]:
        """Draw a point of a region, uniform in area, metres in the plane."""
        match region:
            case Disc(disc=extent):
                radius = extent.radius_m * math.sqrt(self.uniform(f"{name}/radius"))
                angle = 2 * math.pi * self.uniform(f"{name}/angle")
                x, y = radius * math.cos(angle), radius * math.sin(angle)
                return x + extent.centre_m[0], y + extent.centre_m[1]
            case Rectangle(rectangle=area):
                x, y = (self._across(size, f"{name}/{part}") for part, size in zip("xy", area.size_m, strict=True))
                return x + area.centre_m[0], y + area.centre_m[1]

    def rotation(self, name: str) -> Pose:
        """Draw a rotation uniform on SO(3) (Shoemake, "Uniform Random Rotations", Graphics Gems III, 1992)."""
        share, first, second = (self.uniform(f"{name}/{part}") for part in ("share", "first", "second"))
        short, long = math.sqrt(1 - share), math.sqrt(share)
        first, second = 2 * math.pi * first, 2 * math.pi * second
        return rotation_from_quaternion(
            long * math.cos(second), short * math.sin(first), short * math.cos(first), long * math.sin(second)
        )

    def _number_variable(self, variable: str, name: str) -> float:
        value = self._variable(variable, name)
        if isinstance(value, tuple):
            raise UsageError(f"{name}: variable '{variable}' must be a number, got a colour")
        return value

    def _colour_variable(self, variable: str, name: str) -> Vector:
        value = self._variable(variable, name)
        if not isinstance(value, tuple):
            raise UsageError(f"{name}: variable '{variable}' must be a colour, got the number {value:g}")
        return value

    def _variable(self, variable: str, name: str) -> float | Vector:
        if variable not in self.variables:
            near = did_you_mean(variable, self.variables)
            raise UsageError(f"{name}: variable must be an entry of variables, got '{variable}'{near}")
        return self.variables[variable]


def draw_variables(
    declared: Mapping[str, Variable], streams: Streams, frame_index: int, attempt: int
) -> dict[str, float | Vector]:
    """Draw the frame's value of each variable, in the order of the recipe: numbers, or linear RGB.

    A colour may name variables that are numbers, so numbers are drawn first.
    """
    plain = Draws(streams, frame_index, attempt)
    numbers = {
        name: plain.number(variable, f"variables/{name}")
        for name, variable in declared.items()
        if not isinstance(variable, Hsv | Rgb | Palette)
    }
    draws = Draws(streams, frame_index, attempt, numbers)
    colours = {
        name: draws.colour(variable, f"variables/{name}")
        for name, variable in declared.items()
        if isinstance(variable, Hsv | Rgb | Palette)
    }
    return {name: numbers[name] if name in numbers else colours[name] for name in declared}


def _moved(point: Vector, centre: Vector) -> Vector:
    return point[0] + centre[0], point[1] + centre[1], point[2] + centre[2]


def _cut(colour: Vector) -> Vector:
    red, green, blue = (min(max(value, 0.0), 1.0) for value in colour)
    return red, green, blue


def _weighted(palette: Palette) -> tuple[list[Vector], list[float]]:
    if isinstance(palette.palette, WeightedColours):
        return palette.palette.colours, palette.palette.weights
    return palette.palette, [1.0] * len(palette.palette)
