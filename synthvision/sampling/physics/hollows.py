"""Where a mesh is hollow: the places that its convex parts should leave free for other things."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, cKDTree

Points = NDArray[np.float64]

_CELL = 0.02
"""Side of the cells in which hollows are looked for, as a share of the size of the mesh."""

_NARROW = 0.8
"""A place over the surface that is nearer than this, times its height over it, to some other surface is too narrow."""

_FEW = 400
"""So many points tell one way of cutting from another."""

_GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, are spread evenly however many are taken."""

_PLANES_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Hollows:
    """Points outside a mesh.

    Attributes:
        points: (N, 3).
        weights: (N,): how much it matters that they are free.
    """

    points: Points
    weights: Points

    @property
    def weight(self) -> float:
        """How much all of them matter."""
        return float(self.weights.sum())

    def within(self, planes: Points) -> Hollows:
        """Return those inside a convex body, whose planes (F, 4) face outwards."""
        left = np.arange(len(self.points))
        for first in range(0, len(planes), _PLANES_AT_ONCE):
            some = planes[first : first + _PLANES_AT_ONCE]
            left = left[((self.points[left] @ some[:, :3].T) <= -some[:, 3]).all(axis=1)]
        return Hollows(self.points[left], self.weights[left])

    @cached_property
    def few(self) -> Hollows:
        """A few of them, which weigh as much as all."""
        count = len(self.points)
        if count <= _FEW:
            return self
        some = np.argsort(np.arange(count) * _GOLDEN % 1.0, kind="stable")[:_FEW]
        return Hollows(self.points[some], self.weights[some] * (self.weight / self.weights[some].sum()))


def hollows_of(solid: Manifold, allowed: float) -> Hollows:
    """Return places over the surface that a ball of the radius ``allowed`` reaches from outside.

    They are of two kinds: cells far from the surface, which weigh as much as they are deep, and points just ``allowed``
    above the surface, which see a hull that closes a flat hollow.

    Args:
        solid: a mesh of at most about the size 1.
        allowed: of the same unit.
    """
    # Denser than half a cell, so that nothing leaks from cell to cell.
    dense = solid.refine_to_length(_CELL / 2).to_mesh64()
    surface = np.asarray(dense.vert_properties, np.float64)[:, :3]
    normals, areas = _outward(surface, np.asarray(dense.tri_verts).astype(np.int64))
    low = surface.min(axis=0) - 1.5 * _CELL
    free = np.ones(np.floor((surface.max(axis=0) - low) / _CELL).astype(np.int64) + 3, bool)
    free[_cells(surface, low)] = False
    outside = _joined_to_corner(free)
    distances = np.where(outside, ndimage.distance_transform_edt(free, _CELL), 0.0)
    deep = _joined_to_corner(np.pad(distances > max(allowed, _CELL), 1, constant_values=True))[1:-1, 1:-1, 1:-1]
    above = surface + normals * allowed
    near = ndimage.binary_dilation(outside, np.ones((3, 3, 3), bool))[_cells(above, low)]
    roomy = near & (cKDTree(surface).query(above)[0] > _NARROW * allowed)
    points = np.concatenate([low + (np.argwhere(deep) + 0.5) * _CELL, above[roomy]])
    weights = np.concatenate([distances[deep] * _CELL**3, areas[roomy] * allowed**2])
    return Hollows(points, weights).within(ConvexHull(surface).equations)


def _cells(points: Points, low: Points) -> tuple[NDArray[np.int64], ...]:
    """Return the cell that each point is in, as indices along three axes."""
    return tuple(np.floor((points - low) / _CELL).astype(np.int64).T)


def _outward(points: Points, triangles: NDArray[np.int64]) -> tuple[Points, Points]:
    """Return the unit normal (P, 3) at each point of a mesh, and the area (P,) that is nearest to it."""
    first, second, third = np.moveaxis(points[triangles], 1, 0)
    crosses = np.cross(second - first, third - first)
    summed = np.stack([np.bincount(triangles.ravel(), np.repeat(axis, 3), len(points)) for axis in crosses.T], axis=1)
    areas = np.bincount(triangles.ravel(), np.repeat(np.linalg.norm(crosses, axis=1), 3), len(points)) / 6
    return summed / np.maximum(np.linalg.norm(summed, axis=1), np.finfo(float).tiny)[:, None], areas


def _joined_to_corner(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which free cells of a grid are connected, face to face, with the first."""
    numbers = ndimage.label(free)[0]
    joined: NDArray[np.bool_] = numbers == numbers[0, 0, 0]
    return joined
