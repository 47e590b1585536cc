"""A board of a shelf, what is on it or in its way, and where along it there is room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthvision.sampling.boards import Board
from synthvision.sampling.bodies import Body, near, shifted, touch
from synthvision.sampling.clipping import greatest_x_inside
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.arrangement import LIFT_M
from synthvision.sampling.shapes import Points
from synthvision.sampling.surfaces import FLAT_M, base_points
from synthvision.scene.poses import Pose, inverse, multiply, scaling, transform_points, translation

_APART_M = 1e-4
"""What is put beside something in its way is so far from it."""

_STEP_SHARE = 0.005
"""Where nothing that ends is in the way, as over a hole, the next place tried is this share of the width further on."""

_LEVEL = 1e-6
"""Greatest lean of a shelf, as the sine of its angle."""

_UNDER_M = 1e-3
"""A board is felt for within this distance under a base."""


@dataclass(frozen=True, eq=False)
class Upright:
    """A thing turned as it stands on a shelf that faces -Y, its origin at that of the world. ``size`` (3,), metres."""

    body: Body
    low: Points
    size: Points

    @classmethod
    def of(cls, body: Body) -> Upright:
        """Return a body with its measures."""
        return cls(body, body.bounds[0], body.bounds[1] - body.bounds[0])


class _Inside:
    """A shelf, and all that is near it, in its own axes."""

    def __init__(self, shelf: Body, around: Around) -> None:
        self.shelf = shelf
        self.around = around
        self.frame: Pose = multiply(shelf.pose, scaling(1 / shelf.scale))
        self.back: Pose = inverse(self.frame)
        self.walls = self.triangles_of(shelf)
        self.others = [body for body in around.standing.near(self._reach(), 0.0) if body is not shelf]
        boxes = [self.box_of(body) for body in self.others]
        self.boxes: Points = np.stack(boxes) if boxes else np.empty((0, 2, 3))

    def _reach(self) -> Points:
        """Return the box (2, 3) of the world around the shelf and what stands on top of it."""
        return np.stack([self.shelf.bounds[0], [*self.shelf.bounds[1, :2].tolist(), np.inf]])

    def triangles_of(self, body: Body) -> Points:
        """Return the triangles (T, 3, 3) of a body."""
        corners: Points = transform_points(multiply(self.back, body.pose), body.shape.points)[body.shape.triangles]
        return corners

    def box_of(self, body: Body) -> Points:
        """Return the box (2, 3) of a body."""
        points = transform_points(multiply(self.back, body.pose), body.shape.hull_points)
        return np.stack([points.min(axis=0), points.max(axis=0)])


class Row:
    """A board in the world's size, how far one group has filled it from the left, and what else is there.

    Lengths are metres along the shelf's own axes, boxes in its frame without its scale.
    """

    def __init__(self, inside: _Inside, board: Board) -> None:
        scale = inside.shelf.scale
        self.cursor_m = 0.0
        self.width_m = (board.right - board.left) * scale
        self._depth_m = (board.back - board.front) * scale
        self._free_m = board.free * scale
        self._inside = inside
        self._corner = np.array([board.left, board.front, board.height]) * scale
        low = self._corner + np.array([0.0, 0.0, LIFT_M])
        space = np.stack([low, low + np.array([self.width_m, self._depth_m, self._free_m])])
        self._walls = _reaching(inside.walls, space)
        near_by = near(space, inside.boxes, 0.0)
        standing = [index for index in near_by if abs(float(inside.boxes[index, 0, 2] - low[2])) <= FLAT_M]
        self._taken: Points = inside.boxes[standing]
        """of what stands on the board"""
        self._foreign = [(inside.others[index], inside.boxes[index]) for index in near_by if index not in set(standing)]
        """what reaches in from elsewhere"""

    def add(self, body: Body) -> None:
        """Let a body stand on the board."""
        self._taken = np.concatenate([self._taken, self._inside.box_of(body)[None]])

    def find(self, thing: Upright, start_m: float, front_m: float) -> tuple[Body, float] | None:
        """Return a thing as far left as it can stand from ``start_m`` on, and where; ``front_m`` is from the front."""
        if not self._is_low_and_flat(thing, front_m):
            return None
        while True:
            start_m = self._past_boxes(thing, start_m, front_m)
            if start_m + thing.size[0] > self.width_m:
                return None
            body, further_m = self._tried(thing, start_m, front_m)
            if body is not None:
                return body, start_m
            start_m = further_m

    def at(self, thing: Upright, start_m: float, front_m: float) -> Body | None:
        """Return a thing standing there; None if it cannot."""
        is_clear = self._is_low_and_flat(thing, front_m) and self._past_boxes(thing, start_m, front_m) == start_m
        return self._tried(thing, start_m, front_m)[0] if is_clear else None

    def _is_low_and_flat(self, thing: Upright, front_m: float) -> bool:
        return bool(thing.size[2] < self._free_m and front_m + thing.size[1] <= self._depth_m)

    def _past_boxes(self, thing: Upright, start_m: float, front_m: float) -> float:
        """Return the first place from ``start_m`` on, which may be off the board, where boxes leave room."""
        box = self._box(thing, start_m, front_m)
        beside = self._taken[((self._taken[:, 0, 1:] < box[1, 1:]) & (self._taken[:, 1, 1:] > box[0, 1:])).all(axis=1)]
        beside = beside[beside[:, 1, 0] > box[0, 0]]
        if not len(beside):
            return start_m
        beside = beside[np.argsort(beside[:, 0, 0], kind="stable")]
        ends = np.maximum.accumulate(beside[:, 1, 0]) + _APART_M
        starts = np.concatenate([box[:1, 0], ends])
        rooms = np.append(beside[:, 0, 0], np.inf) - starts
        first = int(np.argmax(rooms >= thing.size[0]))
        return start_m if first == 0 else float(starts[first] - self._corner[0])

    def _tried(self, thing: Upright, start_m: float, front_m: float) -> tuple[Body | None, float]:
        """Return a thing standing there, or None and the next place that may be better."""
        box = self._box(thing, start_m, front_m)
        body = self._on_board(thing, start_m, front_m)
        in_way = [greatest_x_inside(triangles, box) for triangles in self._met(body, box)]
        ends = [end - float(self._corner[0]) + _APART_M for end in in_way if end is not None]
        if ends:
            return None, max(ends)
        if in_way or not self._is_borne(body) or self._inside.around.is_in_face(body):
            return None, start_m + _STEP_SHARE * self.width_m
        return body, start_m

    def _met(self, body: Body, box: Points) -> Iterator[Points]:
        """Yield the triangles of each thing that a body in a box touches: the shelf, or what reaches in."""
        walls = _reaching(self._walls, np.stack([box[0] + np.array([0.0, 0.0, LIFT_M]), box[1]]))
        if len(walls) and touch(shifted(body, (0.0, 0.0, LIFT_M)), self._inside.shelf):
            yield walls
        for other, bounds in self._foreign:
            if near(box, bounds[None], 0.0) and touch(body, other):
                yield self._inside.triangles_of(other)

    def _box(self, thing: Upright, start_m: float, front_m: float) -> Points:
        low = self._corner + np.array([start_m, front_m, 0.0])
        return np.stack([low, low + thing.size])

    def _on_board(self, thing: Upright, start_m: float, front_m: float) -> Body:
        x, y, z = (self._corner + np.array([start_m, front_m, 0.0]) - thing.low).tolist()
        return Body(thing.body.shape, multiply(self._inside.frame, translation(x, y, z), thing.body.pose))

    def _is_borne(self, body: Body) -> bool:
        """Say whether the board is under the whole base of a body."""
        base = base_points(transform_points(body.pose, body.shape.hull_points))
        base = base + np.array([0.0, 0.0, _UNDER_M])
        return bool((self._inside.shelf.distances_along(base, (0.0, 0.0, -1.0)) <= 2 * _UNDER_M).all())


def _reaching(triangles: Points, box: Points) -> Points:
    """Return those of triangles (T, 3, 3) that may reach into a box (2, 3)."""
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    reaching: Points = triangles[((high > box[0]) & (low < box[1])).all(axis=1)]
    return reaching


def rows_of(shelf: Body, around: Around) -> list[Row]:
    """Return the boards of a shelf, from the lowest; none of one that leans."""
    if abs(shelf.pose[2, 2] - shelf.scale) > _LEVEL * shelf.scale or not shelf.shape.boards:
        return []
    inside = _Inside(shelf, around)
    return [Row(inside, board) for board in shelf.shape.boards]
