"""Finding a free place for one thing after another. What stands already never moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthvision.errors import PlacementError
from synthvision.recipe.distributions import Disc, DiscExtent, Region
from synthvision.recipe.model import Angles, AtPoint, InVolume, OnSurface, Place, Rotation
from synthvision.sampling.bodies import Body, near, touch
from synthvision.sampling.draws import Draws
from synthvision.sampling.shapes import Points, Shape
from synthvision.sampling.surfaces import base_points, resting_height
from synthvision.scene.poses import (
    Pose,
    multiply,
    rotation_x,
    rotation_y,
    rotation_z,
    scaling,
    transform_points,
    translation,
)

TRIES = 100
"""Places tried for each instance before its group is given up."""

DEFAULT_WITHIN = Disc(disc=DiscExtent(radius_m=0.5))
"""Where things stand on the ground when the recipe does not say where."""

_LIFT_M = 2e-5
"""A thing is lifted by so much when it is tested against what it stands on, which it does touch."""


@dataclass(frozen=True, eq=False)
class Thing:
    """An instance that has been drawn but has no place yet. ``name`` is ``<group>/<index>``."""

    name: str
    group: str
    shape: Shape
    scale: float
    rotation: Rotation | None
    place: Place


class Arrangement:
    """The bodies that stand already, by group and in order."""

    def __init__(self) -> None:
        self.bodies: list[Body] = []
        self._bounds: Points = np.empty((0, 2, 3))
        self._groups: dict[str, list[Body]] = {}

    def add(self, group: str, body: Body) -> None:
        """Let a body stand where it is."""
        self.bodies.append(body)
        self._groups.setdefault(group, []).append(body)
        self._bounds = np.concatenate([self._bounds, body.bounds[None]])

    def of_group(self, group: str) -> Sequence[Body]:
        """Return the bodies of a group that stand already."""
        return self._groups.get(group, ())

    def near(self, bounds: Points, margin_m: float) -> list[Body]:
        """Return the bodies whose box comes nearer than the margin to a box (2, 3)."""
        return [self.bodies[index] for index in near(bounds, self._bounds, margin_m)]

    def is_free(self, body: Body, clearance_m: float, support: Body | None = None) -> bool:
        """Say whether a body would be clear of all others, and would only stand on its support."""
        others = (other for other in self.near(body.bounds, clearance_m) if other is not support)
        if any(touch(body, other, clearance_m) for other in others):
            return False
        return support is None or not touch(_shifted(body, (0.0, 0.0, _LIFT_M)), support)


def find_place(thing: Thing, draws: Draws, standing: Arrangement, has_ground: bool) -> Body | None:
    """Draw places until one is free; None if none of ``TRIES`` is.

    Raises:
        PlacementError: if the thing is to stand on a group that has no instance in this frame.
    """
    turned = Body(thing.shape, multiply(_rotation(thing, draws), scaling(thing.scale)))
    match thing.place:
        case AtPoint(at_m=numbers):
            return _shifted(turned, draws.vector(numbers, f"{thing.name}/place"))
        case InVolume(in_=position, clearance_m=clearance_m):
            lowest_m = clearance_m if has_ground else -math.inf

            def drawn(name: str) -> Body | None:
                body = _centred(turned, draws.position(position, name))
                return body if body.bounds[0, 2] >= lowest_m and standing.is_free(body, clearance_m) else None

            return _first(drawn, thing.name)
        case OnSurface(on="ground", within=within, clearance_m=clearance_m):

            def drawn(name: str) -> Body | None:
                x, y = draws.on_plane(within or DEFAULT_WITHIN, name)
                body = _shifted(turned, (x, y, -float(turned.bounds[0, 2])))
                return body if standing.is_free(body, clearance_m) else None

            return _first(drawn, thing.name)
        case OnSurface():
            return _find_on_top(thing, thing.place, turned, draws, standing)


def _first(drawn: Callable[[str], Body | None], name: str) -> Body | None:
    """Return the first place that is free. Every try has its own streams, so it moves nothing else."""
    tries = (drawn(f"{name}/place/{number}") for number in range(TRIES))
    return next((body for body in tries if body is not None), None)


def _find_on_top(thing: Thing, place: OnSurface, turned: Body, draws: Draws, standing: Arrangement) -> Body | None:
    supports = standing.of_group(place.on)
    if not supports:
        raise PlacementError(
            f"frame {draws.frame_index}: objects '{thing.group}': place.on must be a group with an instance in the"
            f" frame, got '{place.on}', which has none; give '{place.on}' a count of at least 1"
        )
    base = base_points(transform_points(turned.pose, thing.shape.hull_points))

    def drawn(name: str) -> Body | None:
        support = supports[draws.pick([1.0] * len(supports), f"{name}/support")]
        x, y = _on_support(support, place.within, draws, name)
        height = resting_height(support, base[:, :2] + (x, y))
        if height is None:
            return None
        body = _shifted(turned, (x, y, height - float(turned.bounds[0, 2])))
        return body if standing.is_free(body, place.clearance_m, support) else None

    return _first(drawn, thing.name)


def _on_support(support: Body, within: Region | None, draws: Draws, name: str) -> tuple[float, float]:
    """Draw a point over a support: in a region about its middle that turns with it, or anywhere over its box."""
    low, high = support.bounds.tolist()
    middle_x, middle_y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    if within is None:
        x, y = ((high[axis] - low[axis]) * (draws.uniform(f"{name}/{part}") - 0.5) for axis, part in enumerate("xy"))
        return middle_x + x, middle_y + y
    x, y = draws.on_plane(within, name)
    heading = math.atan2(support.pose[1, 0], support.pose[0, 0])
    cosine, sine = math.cos(heading), math.sin(heading)
    return middle_x + cosine * x - sine * y, middle_y + sine * x + cosine * y


def _rotation(thing: Thing, draws: Draws) -> Pose:
    """Draw the rotation: as declared, or upright on a surface, any in a volume and none at a point."""
    defaults: Mapping[type, Rotation] = {OnSurface: "upright", InVolume: "any", AtPoint: Angles()}
    rotation = defaults[type(thing.place)] if thing.rotation is None else thing.rotation
    name = f"{thing.name}/rotation"
    if isinstance(rotation, Angles):
        return _turned(rotation, draws, name)
    if rotation == "any":
        return draws.rotation(name)
    yaw = rotation_z(2 * math.pi * draws.uniform(f"{name}/yaw"))
    if rotation == "upright":
        return yaw
    poses = thing.shape.stable_poses
    return multiply(yaw, poses[draws.pick([pose.probability for pose in poses], f"{name}/pose")].rotation)


def _turned(angles: Angles, draws: Draws, name: str) -> Pose:
    yaw, pitch, roll = (
        math.radians(draws.number(number, f"{name}/{part}"))
        for part, number in (
            ("yaw_deg", angles.yaw_deg),
            ("pitch_deg", angles.pitch_deg),
            ("roll_deg", angles.roll_deg),
        )
    )
    return multiply(rotation_z(yaw), rotation_y(pitch), rotation_x(roll))


def _shifted(body: Body, shift: tuple[float, float, float]) -> Body:
    return Body(body.shape, multiply(translation(*shift), body.pose))


def _centred(body: Body, point: tuple[float, float, float]) -> Body:
    """Return the body with the middle of its box at a point."""
    low, high = body.bounds.tolist()
    x, y, z = (at - (least + most) / 2 for at, least, most in zip(point, low, high, strict=True))
    return _shifted(body, (x, y, z))
