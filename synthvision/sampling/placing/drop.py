"""Where things start that fall, and that they fall."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from synthvision.recipe.distributions import Rectangle, RectangleExtent, Region
from synthvision.recipe.things import Drop, Physics
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.arrangement import Arrangement
from synthvision.sampling.placing.rotations import turned
from synthvision.sampling.placing.supports import DEFAULT_WITHIN, from_middle, heading, supports
from synthvision.sampling.shapes import Points
from synthvision.scene.poses import inverse, rotation_z, transform_points

_APART_M = 1e-3
"""Least distance between things before they fall."""

_TRIES = 12
"""Points over which a thing may start; it takes the first under which nothing waits, or else the lowest."""

_INNER = 0.5
"""Share of the sides of what things fall into, over which they fall unless the recipe says where."""


def drop_all(falling: Sequence[tuple[Group, Drop]], standing: Sequence[Group], around: Around) -> list[list[Placed]]:
    """Let the instances of groups fall together; returns those of each group, in order.

    ``standing`` are the groups that stand already, for their friction.

    Raises:
        PlacementError: if they do not come to rest, or there is nothing that they could fall into.
    """
    starting = _Starting(around)
    groups = [list(starting.over(group, drop)) for group, drop in falling]
    bodies = [
        _falling(thing, body, group)
        for (group, _), things in zip(falling, groups, strict=True)
        for thing, body in things
    ]
    if not bodies:
        return [[] for _ in groups]
    from synthvision.sampling.physics.settling import settle  # noqa: PLC0415 - physics is slow to load, and most recipes let nothing fall

    where = f"frame {falling[0][0].draws.frame_index}"
    poses = iter(settle(bodies, _standing(standing, around), has_ground=around.ground is not None, where=where))
    placed = [[Placed(thing, Body(thing.look.shape, next(poses))) for thing, _ in things] for things in groups]
    for (group, _), of_group in zip(falling, placed, strict=True):
        for one in of_group:
            around.standing.add(group.name, one.body)
    return placed


def _standing(groups: Sequence[Group], around: Around) -> list[Standing]:
    return [
        Standing(body, _friction(group.declared.physics, group.draws, f"{group.name}/{number}"))
        for group in groups
        for number, body in enumerate(around.standing.of_group(group.name))
    ]


def _friction(physics: Physics, draws: Draws, name: str) -> float:
    return draws.not_negative(physics.friction, f"{name}/physics/friction")


class _Starting:
    """The things that are about to fall: each over what is under it, those that wait there included."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._waiting = Arrangement()

    def over(self, group: Group, drop: Drop) -> Iterator[tuple[Thing, Body]]:
        """Yield the instances of a group, each with where it starts."""
        into = supports(group, drop.into, "drop.into", self._around)
        for number in range(group.count):
            thing = group.thing(number)
            body = self._start(thing, drop, into)
            self._waiting.add(group.name, body)
            yield thing, body

    def _start(self, thing: Thing, drop: Drop, into: Sequence[Body]) -> Body:
        """Return a thing over what lies under it; of some points that are drawn the one where it waits lowest."""
        name = f"{thing.name}/place"
        height_m = thing.draws.not_negative(drop.height_m, f"{name}/height_m")
        body = turned(thing, "any")
        low, high = body.bounds
        middle = (low + high) / 2
        starts: list[Body] = []
        for number in range(_TRIES):
            x, y = _point(drop.within, into, thing.draws, f"{name}/{number}")
            over = shifted(body, (x - float(middle[0]), y - float(middle[1]), -float(low[2])))
            lying = self._top(self._around.standing, over) + height_m
            waiting = self._top(self._waiting, over) + _APART_M
            starts.append(shifted(over, (0.0, 0.0, max(lying, waiting))))
            if waiting <= lying:
                break
        return min(starts, key=lambda start: float(start.bounds[0, 2]))

    def _top(self, arrangement: Arrangement, body: Body) -> float:
        """Return the height of the highest box over or under a body; that of the ground if there is none."""
        bounds = arrangement.bounds
        apart = (bounds[:, 0, :2] > body.bounds[1, :2]) | (bounds[:, 1, :2] < body.bounds[0, :2])
        tops = bounds[~apart.any(axis=1), 1, 2]
        return float(tops.max(initial=0.0 if self._around.ground is not None or not len(tops) else -math.inf))


def _falling(thing: Thing, body: Body, group: Group) -> Falling:
    physics, draws, name = group.declared.physics, thing.draws, f"{thing.name}/physics"
    return Falling(
        thing.name,
        body,
        mass_kg=None if physics.mass_kg is None else draws.positive(physics.mass_kg, f"{name}/mass_kg"),
        density_kg_m3=draws.positive(physics.density_kg_m3, f"{name}/density_kg_m3"),
        friction=_friction(physics, draws, thing.name),
        damping=draws.not_negative(physics.damping, f"{name}/damping"),
    )


def _point(within: Region | None, into: Sequence[Body], draws: Draws, name: str) -> tuple[float, float]:
    """Draw over which point of the plane a thing starts."""
    if not into:
        return draws.on_plane(within or DEFAULT_WITHIN, name)
    target = into[draws.pick([1.0] * len(into), f"{name}/support")]
    return from_middle(target, *draws.on_plane(within or _inner(target), name))


def _inner(target: Body) -> Rectangle:
    """Return the inner part of a body, in axes that turn with it."""
    back = inverse(rotation_z(heading(target)))
    points: Points = transform_points(back, transform_points(target.pose, target.shape.hull_points))
    sides = np.ptp(points[:, :2], axis=0) * _INNER
    return Rectangle(rectangle=RectangleExtent(size_m=(float(sides[0]), float(sides[1]))))
