"""Exactly at a point."""

from __future__ import annotations

from synthvision.recipe.things import Angles, AtPoint
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import turned
from synthvision.sampling.placing.searching import place_each


def place_at_point(group: Group, place: AtPoint, around: Around) -> list[Placed]:
    """Put the origin of each instance at the point, whatever is there."""

    def find(thing: Thing) -> Body:
        return shifted(turned(thing, Angles()), thing.draws.vector(place.at_m, f"{thing.name}/place"))

    return place_each(group, around, find, "be put at its point", "move the point")
