"""Where a mesh is hollow: the places that its convex parts should leave free for other things."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

from synthvision.elementary import matmul

Points = NDArray[np.float64]

_LARGEST_CELL = 0.02
"""Side of the cells in which hollows are looked for, as a share of the size of the mesh."""

_CELLS_PER_DEPTH = 0.75
"""Cells are at most this many to the depth that is allowed to a hollow."""

_FEW = 400
"""So many points tell one way of cutting from another."""

_GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, are spread evenly however many are taken."""

_PLANES_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Hollows:
    """Points of a grid outside a mesh, far from its surface.

    Attributes:
        points: (N, 3).
        depths: (N,): by how much they are farther from the surface than is allowed.
    """

    points: Points
    depths: Points

    @property
    def weight(self) -> float:
        """How much there is of them."""
        return float(self.depths.sum())

    def within(self, planes: Points) -> Hollows:
        """Return those inside a convex body, whose planes (F, 4) face outwards."""
        left = np.arange(len(self.points))
        for first in range(0, len(planes), _PLANES_AT_ONCE):
            some = planes[first : first + _PLANES_AT_ONCE]
            left = left[(matmul(self.points[left], some[:, :3].T) <= -some[:, 3]).all(axis=1)]
        return Hollows(self.points[left], self.depths[left])

    @cached_property
    def thinned(self) -> Hollows:
        """Return a few of them, which weigh as much as all."""
        count = len(self.points)
        if count <= _FEW:
            return self
        few = np.argsort(np.arange(count) * _GOLDEN % 1.0, kind="stable")[:_FEW]
        return Hollows(self.points[few], self.depths[few] * (self.weight / self.depths[few].sum()))


def hollows_of(solid: Manifold, allowed: float) -> Hollows:
    """Return the places, farther than ``allowed`` from the surface, that a ball of that radius reaches from outside.

    Narrow holes are none: nothing lies in them.

    Args:
        solid: a mesh of at most about the size 1.
        allowed: of the same unit.
    """
    cell = min(_LARGEST_CELL, allowed / _CELLS_PER_DEPTH)
    # Denser than half a cell, so that nothing leaks from cell to cell.
    surface = np.asarray(solid.refine_to_length(cell / 2).to_mesh64().vert_properties)[:, :3]
    low = surface.min(axis=0) - 1.5 * cell
    cells = np.floor((surface - low) / cell).astype(np.int64)
    free = np.ones(cells.max(axis=0) + 3, bool)
    free[tuple(cells.T)] = False
    distances = np.where(_joined_to_corner(free), ndimage.distance_transform_edt(free, cell), 0.0)
    reached = _joined_to_corner(np.pad(distances > allowed, 1, constant_values=True))[1:-1, 1:-1, 1:-1]
    found = Hollows(low + (np.argwhere(reached) + 0.5) * cell, distances[reached] - allowed)
    return found.within(ConvexHull(surface).equations)


def _joined_to_corner(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which free cells of a grid are connected, face to face, with the first."""
    numbers = ndimage.label(free)[0]
    joined: NDArray[np.bool_] = numbers == numbers[0, 0, 0]
    return joined
