"""One upon the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthvision.recipe.distributions import Disc, DiscExtent
from synthvision.recipe.things import Rotation, Stack
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.contacts import landed
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import scaled, stable_pose, whole_rotation, yaw_of
from synthvision.sampling.placing.searching import TRIES, first_free, no_place
from synthvision.sampling.placing.supports import Stander, draw_spot, supports
from synthvision.scene.poses import Pose, identity, multiply, rotation_z


@dataclass(frozen=True, eq=False)
class _Top:
    """The uppermost instance of a stack, how far it is turned about the vertical, radians, and all of the stack."""

    body: Body
    turn: float
    stack: tuple[Body, ...]


def place_stacks(group: Group, place: Stack, around: Around) -> list[Placed]:
    """Build stack after stack; each has a height of its own, the last is as high as instances are left."""
    if group.count == 0:
        return []
    on = supports(group, place.on, "stack.on", around)
    placed: list[Placed] = []
    stack = 0
    while len(placed) < group.count:
        height = max(group.draws.count(place.height, f"{group.name}/stack/{stack}/height"), 1)
        top: _Top | None = None
        for number in range(len(placed), min(len(placed) + height, group.count)):
            thing = group.thing(number)
            top = _bottom(thing, place, on, around) if top is None else _next(thing, place, top, around)
            if top is None:
                raise no_place(group, _RULE, len(placed), _REMEDY)
            around.standing.add(group.name, top.body)
            placed.append(Placed(thing, top.body))
        stack += 1
    return placed


_RULE = f"stand on the one below or begin a stack, clear of everything else, within {TRIES} tries"
_REMEDY = "ask for fewer objects or lower stacks, less jitter, shapes that stand on each other, or a larger region"


def _bottom(thing: Thing, place: Stack, on: Sequence[Body], around: Around) -> _Top | None:
    turn = yaw_of(thing) if _is_free_to_turn(thing.rotation) else 0.0
    stander = Stander(scaled(thing, _rotation(thing, turn)))

    def drawn(name: str) -> Body | None:
        spot = draw_spot(place.within, on, thing.draws, name)
        body = stander.at(spot)
        free = body is not None and around.is_free(body, place.clearance_m, spot.support)
        return body if free else None

    body = first_free(drawn, thing.name)
    return None if body is None else _Top(body, turn, (body,))


def _next(thing: Thing, place: Stack, below: _Top, around: Around) -> _Top | None:
    """Let a thing down on the top of a stack."""
    draws = thing.draws
    jitter_m = draws.not_negative(place.jitter_m, f"{thing.name}/jitter_m")
    jitter = math.radians(draws.not_negative(place.jitter_deg, f"{thing.name}/jitter_deg"))
    for number in range(TRIES if jitter_m > 0 or jitter > 0 else 1):
        name = f"{thing.name}/place/{number}"
        turn = below.turn + (jitter * (2 * draws.uniform(f"{name}/turn") - 1) if jitter > 0 else 0.0)
        off = draws.on_plane(Disc(disc=DiscExtent(radius_m=jitter_m)), name) if jitter_m > 0 else (0.0, 0.0)
        landing = landed(_over(scaled(thing, _rotation(thing, turn)), below.body, off), below.body)
        if landing is None or not landing.stands:
            continue
        # The others of a stack of thin things, such as cards, are nearer than the clearance, too.
        if around.is_free(landing.body, place.clearance_m, below.body, below.stack):
            return _Top(landing.body, turn, (*below.stack, landing.body))
    return None


def _over(body: Body, below: Body, off: tuple[float, float]) -> Body:
    """Return a body with its origin over that of the one below, but for an offset, and clear above it."""
    x, y = (below.pose[:2, 3] + np.array(off)).tolist()
    return shifted(body, (x, y, float(below.bounds[1, 2] - body.bounds[0, 2])))


def _is_free_to_turn(rotation: Rotation | None) -> bool:
    return rotation is None or rotation in ("upright", "stable")


def _rotation(thing: Thing, turn: float) -> Pose:
    """Return the rotation of a thing that is turned by ``turn`` about the vertical after its own rotation."""
    rotation = thing.rotation
    if rotation is None or rotation == "upright":
        own = identity()
    elif rotation == "stable":
        own = stable_pose(thing)
    else:
        own = whole_rotation(rotation, thing)
    return multiply(rotation_z(turn), own)
