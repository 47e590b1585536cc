"""The level boards of a shelf, found in its mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Points = NDArray[np.float64]
Indices = NDArray[np.int64]

_LEVEL = 0.9998
"""Least z of the normal of a level face: one degree."""

_LEAST_WIDTH, _LEAST_DEPTH, _LEAST_FREE = 0.1, 0.25, 0.03
"""A board is at least this share of the whole mesh wide and deep, and has so much of its height free above it."""

_LEAST_FILLED = 0.6
"""Least share of a board's rectangle that is there."""

_SAME_HEIGHT = 1e-3
"""Faces whose heights differ by less than this share of the mesh's height are of one board."""

_COLUMNS, _ROWS = 9, 25
"""Rays side by side, and one behind the other, that feel for what is over a board."""

_INSET, _EDGE = 0.03, 1e-3
"""Share of its sides by which they keep away from its edges; the first and last row feel for a lip on the edge."""

_LIP_SHARE = 0.5
"""Rows over which less than this share of the usual height is free are not used."""


@dataclass(frozen=True)
class Board:
    """A level rectangle in the mesh's frame, seen from the front (-Y), metres of the mesh.

    ``free`` is the height up to what is over it, infinite for the topmost.
    """

    left: float
    right: float
    front: float
    back: float
    height: float
    free: float


class Traced(Protocol):
    """A mesh whose distance along rays can be asked for."""

    points: Points
    triangles: Indices
    bounds: Points

    def distances_along(self, points: Points, direction: tuple[float, float, float]) -> Points: ...


def find_boards(shape: Traced) -> tuple[Board, ...]:
    """Return the boards of a mesh that stands upright, from the lowest to the topmost, then from left to right."""
    level = _level_triangles(shape)
    extent = shape.bounds[1] - shape.bounds[0]
    found: list[Board] = []
    for part in _parts(shape, level, _SAME_HEIGHT * float(extent[2])):
        corners = shape.points[shape.triangles[part]]
        low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
        sides = high - low
        is_wide = sides[0] >= _LEAST_WIDTH * extent[0] and sides[1] >= _LEAST_DEPTH * extent[1]
        if not is_wide or _area(corners) < _LEAST_FILLED * sides[0] * sides[1]:
            continue
        board = _board(shape, low, high)
        if board is not None:
            found.append(board)
    return tuple(sorted(found, key=lambda board: (board.height, board.left, board.front)))


def _level_triangles(shape: Traced) -> Indices:
    corners = shape.points[shape.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.sqrt((normals * normals).sum(axis=1))
    return np.flatnonzero((normals[:, 2] >= _LEVEL * lengths) & (lengths > 0))


def _parts(shape: Traced, level: Indices, same: float) -> list[Indices]:
    """Return the triangles of each connected level face."""
    if not len(level):
        return []
    corners = shape.triangles[level]
    numbers = np.repeat(np.arange(len(level)), 3)
    size = len(level) + len(shape.points)
    links = coo_array((np.ones(3 * len(level), bool), (numbers, corners.ravel() + len(level))), shape=(size, size))
    labels = connected_components(links, directed=False)[1][: len(level)]
    heights = shape.points[corners][..., 2].mean(axis=1)
    parts = [level[labels == label] for label in np.unique(labels)]
    return [part for part in parts if np.ptp(heights[np.searchsorted(level, part)]) <= same]


def _area(corners: Points) -> float:
    """Return the area of triangles (T, 3, 3) as seen from above."""
    b, c = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return float(np.abs(b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]).sum() / 2)


def _free_heights(shape: Traced, low: Points, high: Points) -> tuple[Points, Points]:
    """Return the depths (R,) of rows of points over a rectangle, and how far (R, C) it is up to the next thing."""
    across = np.linspace(_INSET, 1 - _INSET, _COLUMNS)
    deep = np.concatenate([[_EDGE], np.linspace(_INSET, 1 - _INSET, _ROWS), [1 - _EDGE]])
    depths = low[1] + deep * (high[1] - low[1])
    x, y = np.meshgrid(low[0] + across * (high[0] - low[0]), depths)
    start = high[2] + 1e-4 * (shape.bounds[1, 2] - shape.bounds[0, 2])
    points = np.stack([x.ravel(), y.ravel(), np.full(x.size, start)], axis=1)
    return depths, shape.distances_along(points, (0.0, 0.0, 1.0)).reshape(x.shape)


def _board(shape: Traced, low: Points, high: Points) -> Board | None:
    """Return a board without what stands along its front and back, such as a lip; None if nothing fits on it."""
    least = _LEAST_FREE * float(shape.bounds[1, 2] - shape.bounds[0, 2])
    depths, free = _free_heights(shape, low, high)
    open_rows = np.flatnonzero(np.median(free, axis=1) >= max(least, _LIP_SHARE * float(np.median(free))))
    if not len(open_rows):
        return None
    first, last = int(open_rows[0]), int(open_rows[-1])
    front = float(low[1] if first == 0 else depths[first])
    back = float(high[1] if last == len(depths) - 1 else depths[last])
    inside = free[first : last + 1]
    # A divider stands on the board here and there; things are put beside it.
    height = float(inside[inside >= least].min())
    return Board(float(low[0]), float(high[0]), front, back, float(high[2]), height)
