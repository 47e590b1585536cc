"""Side by side on the boards of shelves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from synthvision.errors import PlacementError
from synthvision.recipe.things import Shelved
from synthvision.sampling.bodies import Body
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import rotation_of, scaled
from synthvision.sampling.placing.rows import Row, Upright, rows_of
from synthvision.sampling.placing.searching import no_place
from synthvision.sampling.placing.supports import supports
from synthvision.scene.poses import identity, multiply, rotation_z

MISFITS = 20
"""Facings one after the other for which no board has room, after which the shelf is full: others may be smaller."""

_REMEDY = (
    "ask for fewer or smaller objects, less fill or gap_m, more or larger shelves, or leave out the rest (surplus:"
    " leave_out)"
)


@dataclass(frozen=True)
class _Facing:
    """One block of equal assets: its number, and what has been drawn for it."""

    number: int
    columns: int
    deep: int
    gap_m: float


def place_on_shelf(group: Group, place: Shelved, around: Around) -> list[Placed]:
    """Fill the boards of all shelves in turn, each from its left, facing by facing.

    The first facing stands on a board that is drawn, so that not all groups begin on the same.

    Raises:
        PlacementError: if there are no boards, or more instances than places on them and ``surplus`` is ``refuse``.
    """
    if group.count == 0:
        return []
    rows = _rows(group, place, around)
    first = group.draws.pick([1.0] * len(rows), f"{group.name}/first_board")
    filling = _Filling(group, place, around)
    misfits = 0
    while len(filling.placed) < group.count and misfits < MISFITS:
        facing = filling.next_facing()
        turns = (rows[(first + facing.number + turn) % len(rows)] for turn in range(len(rows)))
        misfits = 0 if any(filling.fill(row, facing) for row in turns) else misfits + 1
    if misfits == MISFITS and place.surplus == "refuse":
        rule = f"find a place on the {len(rows)} boards of '{place.of}'"
        raise no_place(group, rule, len(filling.placed), _REMEDY)
    return filling.placed


def _rows(group: Group, place: Shelved, around: Around) -> list[Row]:
    shelves = supports(group, place.of, "shelf.of", around)
    rows = [row for shelf in shelves for row in rows_of(shelf, around)]
    if not rows:
        raise PlacementError(
            f"{group.where}: shelf.of must be things with level boards that stand upright, got '{place.of}', where none"
            " is found",
            group.refusal("no level boards"),
        )
    return rows


class _Filling:
    """The instances of a group that stand on boards already, and those that come next."""

    def __init__(self, group: Group, place: Shelved, around: Around) -> None:
        self._group = group
        self._place = place
        self._around = around
        self._facings = 0
        self._next: tuple[tuple[int, int], Thing, Upright] | None = None
        self.placed: list[Placed] = []

    def next_facing(self) -> _Facing:
        """Draw the next block."""
        draws, place, number = self._group.draws, self._place, self._facings
        self._facings += 1
        name = f"{self._group.name}/facing/{number}"
        return _Facing(
            number,
            max(draws.count(place.facings, f"{name}/facings"), 1),
            max(draws.count(place.deep, f"{name}/deep"), 1),
            draws.not_negative(place.gap_m, f"{name}/gap_m"),
        )

    def fill(self, row: Row, facing: _Facing) -> bool:
        """Put a block on a board; False if not one column of it fits."""
        for column in range(facing.columns):
            if not self._fill_column(row, facing, column):
                return column > 0
        return True

    def _fill_column(self, row: Row, facing: _Facing, column: int) -> bool:
        """Put things one behind the other; True if there was room for one, whether or not it is left out."""
        name = f"{self._group.name}/facing/{facing.number}/{column}"
        depth_m, widest_m = facing.gap_m, 0.0
        for deep in range(facing.deep):
            if len(self.placed) == self._group.count:
                break
            thing, upright = self._upright(facing)
            body = self._find(row, facing, upright, depth_m, is_first=deep == 0)
            if body is None:
                break
            depth_m += float(upright.size[1]) + facing.gap_m
            widest_m = max(widest_m, float(upright.size[0]))
            if self._group.draws.uniform(f"{name}/{deep}/fill") < self._place.fill:
                self._around.standing.add(self._group.name, body)
                row.add(body)
                self.placed.append(Placed(thing, body))
        if widest_m == 0.0:
            return False
        row.cursor_m += widest_m + facing.gap_m
        return True

    def _upright(self, facing: _Facing) -> tuple[Thing, Upright]:
        """Return the next thing as it would stand; it is the same for every board that is tried."""
        key = (len(self.placed), facing.number)
        if self._next is None or self._next[0] != key:
            thing = self._group.thing(*key)
            self._next = key, thing, Upright.of(_turned(thing, self._place))
        return self._next[1:]

    def _find(self, row: Row, facing: _Facing, thing: Upright, depth_m: float, *, is_first: bool) -> Body | None:
        """Return where a thing goes: as far left as it can, in line with what stands before it."""
        if not is_first:
            return row.at(thing, row.cursor_m, depth_m)
        found = row.find(thing, max(row.cursor_m, facing.gap_m), depth_m)
        if found is None:
            return None
        body, row.cursor_m = found
        return body


def _turned(thing: Thing, place: Shelved) -> Body:
    """Return a thing turned as it stands on a shelf that faces -Y; by default its own front is to the front."""
    rotation = identity() if thing.rotation is None else rotation_of(thing, thing.rotation)
    jitter = thing.draws.not_negative(place.jitter_deg, f"{thing.name}/jitter_deg")
    turn = math.radians(jitter) * (2 * thing.draws.uniform(f"{thing.name}/place/turn") - 1) if jitter > 0 else 0.0
    return scaled(thing, multiply(rotation_z(turn), rotation))
