"""In rows and columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from synthvision.errors import PlacementError
from synthvision.recipe.distributions import Disc, DiscExtent
from synthvision.recipe.things import Grid
from synthvision.sampling.bodies import Body
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import turned
from synthvision.sampling.placing.searching import NO_FREE_PLACE, TRIES, first_free
from synthvision.sampling.placing.supports import Spot, Stander, from_middle, supports


@dataclass(frozen=True)
class Lattice:
    """A grid whose numbers are drawn: metres and radians, from the ground's origin or the middle of a support."""

    columns: int
    rows: int
    pitch_x_m: float
    pitch_y_m: float
    centre_x_m: float
    centre_y_m: float
    heading: float
    jitter_m: float

    def point(self, number: int) -> tuple[float, float]:
        """Return the place with this number, row by row from the one with the least y, each from the least x."""
        row, column = divmod(number, self.columns)
        x = (column - (self.columns - 1) / 2) * self.pitch_x_m
        y = (row - (self.rows - 1) / 2) * self.pitch_y_m
        cosine, sine = math.cos(self.heading), math.sin(self.heading)
        return self.centre_x_m + cosine * x - sine * y, self.centre_y_m + sine * x + cosine * y


def place_grid(group: Group, place: Grid, around: Around) -> list[Placed]:
    """Fill a grid on the ground, or one on each support after the other.

    Raises:
        PlacementError: if there are more instances than places, or one does not fit where it belongs.
    """
    if group.count == 0:
        return []
    on = supports(group, place.on, "grid.on", around)
    lattice = _drawn(place, group)
    _check_capacity(group, lattice, on)
    placed: list[Placed] = []
    for number in range(group.count):
        thing = group.thing(number)
        body = _find(thing, number, lattice, on, around)
        if body is None:
            raise PlacementError(_taken(group, number, lattice), group.refusal(NO_FREE_PLACE))
        around.standing.add(group.name, body)
        placed.append(Placed(thing, body))
    return placed


def _drawn(place: Grid, group: Group) -> Lattice:
    draws, name = group.draws, f"{group.name}/grid"
    return Lattice(
        place.columns,
        place.rows,
        draws.positive(place.pitch_m[0], f"{name}/pitch_m/x"),
        draws.positive(place.pitch_m[1], f"{name}/pitch_m/y"),
        draws.number(place.centre_m[0], f"{name}/centre_m/x"),
        draws.number(place.centre_m[1], f"{name}/centre_m/y"),
        math.radians(draws.number(place.heading_deg, f"{name}/heading_deg")),
        draws.not_negative(place.jitter_m, f"{name}/jitter_m"),
    )


def _find(thing: Thing, number: int, lattice: Lattice, on: Sequence[Body], around: Around) -> Body | None:
    """Return a thing at its place in the grid; the jitter is drawn anew while it is in the way of something."""
    stander = Stander(turned(thing, "upright"))
    which, place = divmod(number, lattice.columns * lattice.rows)
    x, y = lattice.point(place)

    def drawn(name: str) -> Body | None:
        off_x, off_y = _in_disc(thing, lattice.jitter_m, name)
        support = on[which] if on else None
        spot = (x + off_x, y + off_y) if support is None else from_middle(support, x + off_x, y + off_y)
        body = stander.at(Spot(*spot, support))
        return body if body is not None and around.is_free(body, 0.0, support) else None

    return first_free(drawn, thing.name, TRIES if lattice.jitter_m > 0 else 1)


def _in_disc(thing: Thing, radius_m: float, name: str) -> tuple[float, float]:
    if radius_m == 0:
        return 0.0, 0.0
    return thing.draws.on_plane(Disc(disc=DiscExtent(radius_m=radius_m)), name)


def _check_capacity(group: Group, lattice: Lattice, on: Sequence[Body]) -> None:
    grids = max(len(on), 1)
    if group.count > lattice.columns * lattice.rows * grids:
        times = f" x {grids} supports" if grids > 1 else ""
        raise PlacementError(
            f"{group.where}: count must be at most the places of the grid, {lattice.columns} columns x {lattice.rows}"
            f" rows{times}, got {group.count}; ask for fewer objects, or for more columns or rows",
            group.refusal("more than its places"),
        )


def _taken(group: Group, number: int, lattice: Lattice) -> str:
    row, column = divmod(number % (lattice.columns * lattice.rows), lattice.columns)
    return (
        f"{group.where}: each of the {group.count} instances must fit at its place of the grid, got {number} placed:"
        f" at row {row + 1}, column {column + 1} something is in the way or nothing flat is underneath; make pitch_m"
        " larger or the objects smaller, or move the grid"
    )
