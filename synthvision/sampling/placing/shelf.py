"""Side by side on the boards of shelves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from synthvision.errors import PlacementError
from synthvision.recipe.things import Shelved
from synthvision.sampling.boards import Board
from synthvision.sampling.bodies import Body
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.rotations import rotation_of, scaled
from synthvision.sampling.placing.searching import no_place
from synthvision.sampling.placing.supports import supports
from synthvision.sampling.shapes import Points
from synthvision.sampling.surfaces import base_points
from synthvision.scene.poses import Pose, identity, multiply, rotation_z, scaling, transform_points, translation

MISFITS = 20
"""Facings one after the other for which no board has room, after which the group is given up: others may be smaller."""

_STEP_SHARE = 0.005
"""Where something is in the way, the next place that is tried is this share of the board's width further on."""

_LEVEL = 1e-6
"""Greatest lean of a shelf, as the sine of its angle."""

_UNDER_M = 1e-3
"""A board is felt for within this distance under a base."""

_REMEDY = "ask for fewer or smaller objects, less fill or gap_m, or for more or larger shelves"


@dataclass(eq=False)
class _Row:
    """A board of a shelf in the world's size, and how far it has been filled from the left."""

    shelf: Body
    board: Board
    cursor_m: float = 0.0
    frame: Pose = field(default_factory=identity)
    """where the shelf stands: rotation and translation without its scale"""

    @property
    def left_m(self) -> float:
        return self.board.left * self.shelf.scale

    @property
    def width_m(self) -> float:
        return (self.board.right - self.board.left) * self.shelf.scale

    @property
    def depth_m(self) -> float:
        return (self.board.back - self.board.front) * self.shelf.scale

    @property
    def free_m(self) -> float:
        return self.board.free * self.shelf.scale


@dataclass(frozen=True)
class _Facing:
    """One block of equal assets: its number, and what has been drawn for it."""

    number: int
    columns: int
    deep: int
    gap_m: float


def place_on_shelf(group: Group, place: Shelved, around: Around) -> list[Placed]:
    """Fill the boards of all shelves in turn, each from its left, facing by facing.

    Raises:
        PlacementError: if there are no boards, or more instances than places on them.
    """
    if group.count == 0:
        return []
    rows = _rows(group, place, around)
    filling = _Filling(group, place, around)
    misfits = 0
    while len(filling.placed) < group.count:
        facing = filling.next_facing()
        turns = [rows[(facing.number + turn) % len(rows)] for turn in range(len(rows))]
        misfits = 0 if any(filling.fill(row, facing) for row in turns) else misfits + 1
        if misfits == MISFITS:
            rule = f"find a place on the {len(rows)} boards of '{place.of}'"
            raise no_place(group, rule, len(filling.placed), _REMEDY)
    return filling.placed


def _rows(group: Group, place: Shelved, around: Around) -> list[_Row]:
    rows = []
    for shelf in supports(group, place.of, "shelf.of", around):
        if abs(shelf.pose[2, 2] - shelf.scale) > _LEVEL * shelf.scale:
            continue
        frame = multiply(shelf.pose, scaling(1 / shelf.scale))
        rows += [_Row(shelf, board, frame=frame) for board in shelf.shape.boards]
    if not rows:
        raise PlacementError(
            f"{group.where}: shelf.of must be things with level boards that stand upright, got '{place.of}', where none"
            " is found"
        )
    return rows


class _Filling:
    """The instances of a group that stand on boards already, and those that come next."""

    def __init__(self, group: Group, place: Shelved, around: Around) -> None:
        self._group = group
        self._place = place
        self._around = around
        self._facings = 0
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

    def fill(self, row: _Row, facing: _Facing) -> bool:
        """Put a block on a board; False if not one column of it fits."""
        for column in range(facing.columns):
            if not self._fill_column(row, facing, column):
                return column > 0
        return True

    def _fill_column(self, row: _Row, facing: _Facing, column: int) -> bool:
        """Put things one behind the other; True if there was room for one, whether or not it is left out."""
        name = f"{self._group.name}/facing/{facing.number}/{column}"
        depth_m, widest_m = facing.gap_m, 0.0
        for deep in range(facing.deep):
            if len(self.placed) == self._group.count:
                break
            thing = self._group.thing(len(self.placed), facing.number)
            turned = _turned(thing, self._place)
            size = turned.bounds[1] - turned.bounds[0]
            body = self._find(row, facing, turned, depth_m, is_first=deep == 0)
            if body is None:
                break
            depth_m += float(size[1]) + facing.gap_m
            widest_m = max(widest_m, float(size[0]))
            if self._group.draws.uniform(f"{name}/{deep}/fill") < self._place.fill:
                self._around.standing.add(self._group.name, body)
                self.placed.append(Placed(thing, body))
        if widest_m == 0.0:
            return False
        row.cursor_m += widest_m + facing.gap_m
        return True

    def _find(self, row: _Row, facing: _Facing, turned: Body, depth_m: float, *, is_first: bool) -> Body | None:
        """Return where a thing goes: as far left as it can, in line with what stands before it."""
        size = turned.bounds[1] - turned.bounds[0]
        if size[2] >= row.free_m or depth_m + size[1] > row.depth_m:
            return None
        start_m = max(row.cursor_m, facing.gap_m)
        while start_m + size[0] <= row.width_m:
            body = _on_board(turned, row, start_m, depth_m)
            if _is_borne(body, row) and self._around.is_free(body, 0.0, row.shelf):
                if is_first:
                    row.cursor_m = start_m
                return body
            if not is_first:
                return None
            start_m += _STEP_SHARE * row.width_m
        return None


def _turned(thing: Thing, place: Shelved) -> Body:
    """Return a thing turned as it stands on a shelf that faces -Y; by default its own front is to the front."""
    rotation = identity() if thing.rotation is None else rotation_of(thing, thing.rotation)
    jitter = thing.draws.not_negative(place.jitter_deg, f"{thing.name}/jitter_deg")
    turn = math.radians(jitter) * (2 * thing.draws.uniform(f"{thing.name}/place/turn") - 1) if jitter > 0 else 0.0
    return scaled(thing, multiply(rotation_z(turn), rotation))


def _on_board(turned: Body, row: _Row, left_m: float, front_m: float) -> Body:
    """Return a thing with the left and front of its box at distances from those of a board."""
    low_x, low_y, low_z = turned.bounds[0].tolist()
    scale = row.shelf.scale
    shift = translation(
        row.left_m + left_m - low_x, row.board.front * scale + front_m - low_y, row.board.height * scale - low_z
    )
    return Body(turned.shape, multiply(row.frame, shift, turned.pose))


def _is_borne(body: Body, row: _Row) -> bool:
    """Say whether the board is under the whole base of a body."""
    base: Points = base_points(transform_points(body.pose, body.shape.hull_points)) + np.array([0.0, 0.0, _UNDER_M])
    return bool((row.shelf.distances_along(base, (0.0, 0.0, -1.0)) <= 2 * _UNDER_M).all())
