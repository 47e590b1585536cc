"""Bounded searches for a free place, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Callable

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around

TRIES = 100
"""Places tried for each instance before its group is given up."""

NO_FREE_PLACE = "no free place"
"""What a draw is refused for where a search ends without one; see ``PlacementError.refusal``."""

Finder = Callable[[Thing], Body | None]
"""Returns where a thing goes, or None if there is no place for it."""


def place_each(group: Group, around: Around, find: Finder, rule: str, remedy: str) -> list[Placed]:
    """Place the instances of a group one after the other.

    Raises:
        PlacementError: if one finds no place; ``rule`` says what each instance had to find and ``remedy`` what helps.
    """
    placed: list[Placed] = []
    for number in range(group.count):
        thing = group.thing(number)
        body = find(thing)
        if body is None:
            raise no_place(group, rule, len(placed), remedy)
        around.standing.add(group.name, body)
        placed.append(Placed(thing, body))
    return placed


def no_place(group: Group, rule: str, placed: int, remedy: str) -> PlacementError:
    """Return the error of a group of which only some instances found a place."""
    return PlacementError(
        f"{group.where}: each of the {group.count} instances must {rule}, got {placed} placed; {remedy}",
        group.refusal(NO_FREE_PLACE),
    )


def first_free(drawn: Callable[[str], Body | None], name: str, tries: int = TRIES) -> Body | None:
    """Return the first place that is free. Every try has its own streams, so it moves nothing else."""
    found = (drawn(f"{name}/place/{number}") for number in range(tries))
    return next((body for body in found if body is not None), None)
