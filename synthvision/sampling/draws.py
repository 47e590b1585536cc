"""Every declaration of a recipe turned into a value, under a name, in the units in which it is declared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthvision.errors import FrameError, UsageError
from synthvision.recipe.distributions import (
    At,
    Ball,
    Box,
    Colour,
    Cone,
    Direction,
    Disc,
    EasyHardPosition,
    Frustum,
    Hemisphere,
    Hsv,
    Number,
    OnMesh,
    Palette,
    Position,
    Rectangle,
    Region,
    Shell,
    Sphere,
    Temperature,
    Towards,
    WeightedColours,
)
from synthvision.sampling.numbers import COLOUR_FORMS, NumberDraws
from synthvision.sampling.quantiles import between, pick
from synthvision.scene import Vector
from synthvision.scene.colour import blackbody, hsv_to_rgb, srgb_to_linear
from synthvision.scene.poses import Pose, rotation_between, rotation_from_quaternion, unit

Numbers = tuple[Number, Number, Number]
Elsewhere = Callable[[Frustum | OnMesh, str], Vector]
"""Draws a position that depends on what stands in the scene already, under a name."""

_Span = tuple[float, float]
_UP = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Draws(NumberDraws):
    """The random values of one attempt at one frame."""

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
        if isinstance(declared, Temperature):
            return _brightest_one(blackbody(self.positive(declared.temperature_k, name)))
        return srgb_to_linear(_cut(self.vector(declared.rgb, name, ("red", "green", "blue"))))

    def vector(self, declared: Numbers, name: str, parts: tuple[str, str, str] = ("x", "y", "z")) -> Vector:
        """Draw three numbers."""
        x, y, z = (self.number(value, f"{name}/{part}") for part, value in zip(parts, declared, strict=True))
        return x, y, z

    def position(  # noqa: PLR0911 (one for each form)
        self, declared: Position, name: str, elsewhere: Elsewhere | None = None
    ) -> Vector:
        """Draw a point of the world, metres.

        Raises:
            UsageError: it lies in the camera's view or on other things, and no ``elsewhere`` can draw that.
        """
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
            case Disc(disc=extent):
                return *self.on_plane(declared, name), extent.height_m
            case At(at_m=numbers):
                return self.vector(numbers, name)
            case EasyHardPosition(easy=easy, hard=hard):
                start, end = self.position(easy, name, elsewhere), self.position(hard, name, elsewhere)
                return _interpolated(start, end, self.difficulty)
            case Frustum() | OnMesh():
                if elsewhere is None:
                    kind = "frustum" if isinstance(declared, Frustum) else "on_surface"
                    raise UsageError(f"{name}: position must not depend on the rest of the scene here, got {kind}")
                return elsewhere(declared, name)

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

    def direction(self, declared: Direction, name: str) -> Vector:
        """Draw a unit vector of the world.

        Raises:
            FrameError: the vector drawn for ``towards`` has no length.
        """
        match declared:
            case Cone(cone=extent):
                return self._in_cone(extent.axis, extent.angle_deg, name)
            case Hemisphere(hemisphere=axis):
                return self._in_cone(axis, 90.0, name)
            case Sphere():
                return self._in_cone(_UP, 180.0, name)
            case Towards(towards=numbers):
                vector = self.vector(numbers, name)
                if not any(vector):
                    raise FrameError(f"frame {self.frame_index}: {name}: towards must have a length above 0, got 0")
                return unit(vector)

    def _in_cone(self, axis: Vector, angle_deg: float, name: str) -> Vector:
        """Draw uniformly in solid angle: the cosine of the angle to the axis is uniform (Archimedes)."""
        # 1 - cos, written so that it is exact for narrow cones.
        fallen = self.uniform(f"{name}/tilt") * 2 * math.sin(math.radians(angle_deg) / 2) ** 2
        across = math.sqrt(max(fallen * (2 - fallen), 0.0))
        turn = 2 * math.pi * self.uniform(f"{name}/turn")
        x, y, z = across * math.cos(turn), across * math.sin(turn), 1 - fallen
        turned = rotation_between(_UP, unit(axis))[:3, :3].tolist()
        return unit((_along(turned[0], x, y, z), _along(turned[1], x, y, z), _along(turned[2], x, y, z)))

    def rotation(self, name: str) -> Pose:
        """Draw a rotation uniform on SO(3) (Shoemake, "Uniform Random Rotations", Graphics Gems III, 1992)."""
        share, first, second = (self.uniform(f"{name}/{part}") for part in ("share", "first", "second"))
        short, long = math.sqrt(1 - share), math.sqrt(share)
        first, second = 2 * math.pi * first, 2 * math.pi * second
        return rotation_from_quaternion(
            long * math.cos(second), short * math.sin(first), short * math.cos(first), long * math.sin(second)
        )

    def _colour_variable(self, variable: str, name: str) -> Vector:
        if variable in self.scoped:
            declared = self.scoped[variable].of
            if not isinstance(declared, COLOUR_FORMS):
                value = self.number(declared, self.address(variable, name))
                raise UsageError(_no_colour(variable, name, value))
            return self.colour(declared, self.address(variable, name))
        drawn = self._of_frame(variable, name)
        if not isinstance(drawn, tuple):
            raise UsageError(_no_colour(variable, name, drawn))
        return drawn


def rotation_about(axis: Vector, angle_rad: float) -> Pose:
    """Return the rotation by an angle about an axis of any length, counter-clockwise as seen against the axis."""
    x, y, z = unit(axis)
    sine = math.sin(angle_rad / 2)
    return rotation_from_quaternion(math.cos(angle_rad / 2), sine * x, sine * y, sine * z)


def _along(row: list[float], x: float, y: float, z: float) -> float:
    return row[0] * x + row[1] * y + row[2] * z


def _moved(point: Vector, centre: Vector) -> Vector:
    return point[0] + centre[0], point[1] + centre[1], point[2] + centre[2]


def _interpolated(start: Vector, end: Vector, share: float) -> Vector:
    x, y, z = (first + (last - first) * share for first, last in zip(start, end, strict=True))
    return x, y, z


def _cut(colour: Vector) -> Vector:
    red, green, blue = (min(max(value, 0.0), 1.0) for value in colour)
    return red, green, blue


def _brightest_one(colour: Vector) -> Vector:
    brightest = max(colour)
    return colour[0] / brightest, colour[1] / brightest, colour[2] / brightest


def _weighted(palette: Palette) -> tuple[list[Vector], list[float]]:
    if isinstance(palette.palette, WeightedColours):
        return palette.palette.colours, palette.palette.weights
    return palette.palette, [1.0] * len(palette.palette)


def _no_colour(variable: str, name: str, got: float) -> str:
    return f"{name}: variable '{variable}' must be a colour, got the number {got:g}"
