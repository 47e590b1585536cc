"""Floating in a volume."""

from __future__ import annotations

import math

from synthvision.recipe.things import InVolume
from synthvision.sampling.bodies import Body, centred
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.positions import Elsewhere, depends_on
from synthvision.sampling.placing.rotations import turned
from synthvision.sampling.placing.searching import TRIES, first_free, place_each


def place_in_volume(group: Group, place: InVolume, around: Around) -> list[Placed]:
    """Let each instance float, the middle of its box in the volume, clear of everything else and above the ground."""
    elsewhere = Elsewhere(around, group)
    lowest_m = -math.inf if around.ground is None else place.clearance_m

    def find(thing: Thing) -> Body | None:
        start = turned(thing, "any")
        rest = elsewhere.of(thing.draws)

        def drawn(name: str) -> Body | None:
            body = centred(start, thing.draws.position(place.in_, name, rest))
            free = body.bounds[0, 2] >= lowest_m and around.is_free(body, place.clearance_m)
            return body if free else None

        return first_free(drawn, thing.name)

    rule = f"find a free place within {TRIES} tries"
    remedy = "ask for fewer or smaller objects, or for a larger region"
    if depends_on(place.in_):
        remedy += ", or for more offset_m"
    return place_each(group, around, find, rule, remedy)
