"""Standing anywhere on the ground or on something, alone or as Poisson disks."""

from __future__ import annotations

import numpy as np

from synthvision.recipe.things import OnSurface, PoissonDisk
from synthvision.sampling.bodies import Body
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import turned
from synthvision.sampling.placing.searching import TRIES, first_free, place_each
from synthvision.sampling.placing.supports import Spot, Stander, draw_spot, supports

SPACED_TRIES = 600
"""Places tried for each instance that must keep a distance from its own kind: the more, the fuller the region gets."""


def place_on_surface(group: Group, place: OnSurface, around: Around) -> list[Placed]:
    """Stand each instance somewhere, clear of everything else."""
    on = supports(group, place.on, "on", around)

    def find(thing: Thing) -> Body | None:
        stander = Stander(turned(thing, "upright"))

        def drawn(name: str) -> Body | None:
            spot = draw_spot(place.within, on, thing.draws, name)
            body = stander.at(spot)
            free = body is not None and around.is_free(body, place.clearance_m, spot.support)
            return body if free else None

        return first_free(drawn, thing.name)

    rule = f"find a free place within {TRIES} tries"
    return place_each(group, around, find, rule, "ask for fewer or smaller objects, or for a larger region")


def place_poisson_disk(group: Group, place: PoissonDisk, around: Around) -> list[Placed]:
    """Stand each instance somewhere, at least the spacing away from all others of the group.

    Points are drawn until they keep the distance (dart throwing: R. L. Cook, "Stochastic Sampling in Computer
    Graphics", ACM Trans. Graphics 5(1), 1986), so that each place of the region is as likely as the others.
    """
    on = supports(group, place.on, "poisson_disk.on", around)
    spacing_m = group.draws.positive(place.spacing_m, f"{group.name}/spacing_m") if group.count > 0 else 0.0
    centres: list[tuple[float, float]] = []

    def keeps_distance(spot: Spot) -> bool:
        if not centres:
            return True
        gaps = np.array(centres) - (spot.x, spot.y)
        return float((gaps * gaps).sum(axis=1).min()) >= spacing_m * spacing_m

    def find(thing: Thing) -> Body | None:
        stander = Stander(turned(thing, "upright"))

        def drawn(name: str) -> Body | None:
            spot = draw_spot(place.within, on, thing.draws, name)
            body = stander.at(spot) if keeps_distance(spot) else None
            if body is None or not around.is_free(body, place.clearance_m, spot.support):
                return None
            centres.append((spot.x, spot.y))
            return body

        return first_free(drawn, thing.name, SPACED_TRIES)

    rule = f"find a free place by poisson_disk, {spacing_m:g} m from the next, within {SPACED_TRIES} tries"
    remedy = "ask for fewer objects or less spacing_m, or for a larger region"
    return place_each(group, around, find, rule, remedy)
