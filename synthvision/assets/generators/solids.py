"""The few shapes that every generated object is made of.

A ``Solid`` is triangle soup with texture coordinates. Pieces are laid edge to edge and joined; ``finish`` welds corners
that lie within a micrometre of each other, so pieces that share a border become one closed shell.
All lengths are metres, angles at interfaces degrees, the up axis is Z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
SAME_PLACE_M = 1e-6


@dataclass(frozen=True, eq=False)
class Solid:
    """Triangle soup.

    Attributes:
        corners: (T, 3, 3) float64 positions, counter-clockwise seen from outside.
        uvs: (T, 3, 2) float64.
        slots: (T,) int16 material slots.
        creases_deg: (T,) float64; an edge is shaded smooth where its faces turn by less than both their values.
    """

    corners: Points
    uvs: Points
    slots: NDArray[np.int16]
    creases_deg: Points


def join(*solids: Solid) -> Solid:
    """Put pieces together."""
    return Solid(
        np.concatenate([solid.corners for solid in solids]),
        np.concatenate([solid.uvs for solid in solids]),
        np.concatenate([solid.slots for solid in solids]),
        np.concatenate([solid.creases_deg for solid in solids]),
    )


def moved(solid: Solid, offset: Sequence[float] | Points) -> Solid:
    """Shift by ``offset`` (3,)."""
    return replace(solid, corners=solid.corners + np.asarray(offset, dtype=np.float64))


def sheet(
    points: Points, *, slot: int = 0, crease_deg: float = 35.0, uvs: Points | None = None, keep: Mask | None = None
) -> Solid:
    """Turn a grid of points into two triangles per cell.

    Args:
        points: (R, C, 3). The front side is the one from which columns run to the right and rows run up.
        slot: material slot of every triangle.
        crease_deg: see ``Solid``.
        uvs: (R, C, 2); by default the share of the columns (u) and of the mean arc length along rows (v), both 0…1.
        keep: (R-1, C-1) cells to make; all by default.
    """
    coordinates = _arc_uvs(points) if uvs is None else uvs
    corners, corner_uvs = _cells(points, keep), _cells(coordinates, keep)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    shortest = np.min([np.abs(b - a).max(axis=1), np.abs(c - b).max(axis=1), np.abs(a - c).max(axis=1)], axis=0)
    real = shortest > SAME_PLACE_M
    count = int(real.sum())
    return Solid(
        corners[real], corner_uvs[real], np.full(count, slot, dtype=np.int16), np.full(count, crease_deg, np.float64)
    )


def _cells(grid: Points, keep: Mask | None) -> Points:
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
    both = np.stack([np.stack([a, b, c], axis=2), np.stack([a, c, d], axis=2)], axis=2)
    kept: Points = both if keep is None else both[keep]
    return kept.reshape(-1, 3, grid.shape[-1])


def _arc_uvs(points: Points) -> Points:
    rows, columns = points.shape[:2]
    steps = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    v = length / max(float(length[-1]), SAME_PLACE_M)
    u = np.linspace(0.0, 1.0, columns)
    uvs: Points = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=2).reshape(rows, columns, 2)
    return uvs


def loft(
    rings: Points | Sequence[Points], *, slot: int = 0, crease_deg: float = 35.0, keep: Mask | None = None
) -> Solid:
    """Skin a stack of closed rings, (R, N, 3).

    Rings that run counter-clockwise about the direction in which they follow each other give an outward surface.
    A ring whose points coincide closes the surface like the tip of a cone. ``keep`` is (R-1, N) cells.
    """
    stack = np.asarray(rings, dtype=np.float64)
    return sheet(np.concatenate([stack, stack[:, :1]], axis=1), slot=slot, crease_deg=crease_deg, keep=keep)


def revolved(profile: Points | Sequence[tuple[float, float]], columns: int) -> Points:
    """Return the rings (R, N, 3) of a profile of (radius, z) turned about Z, column 0 at +X."""
    line = np.asarray(profile, dtype=np.float64)
    rings = np.empty((len(line), columns, 3))
    rings[..., :2] = line[:, :1, None] * circle(columns)
    rings[..., 2] = line[:, 1:]
    return rings


def lathe(
    profile: Points | Sequence[tuple[float, float]], columns: int = 64, *, slot: int = 0, crease_deg: float = 35.0
) -> Solid:
    """Turn a profile of (radius, z) about Z; going out along the bottom, up, and back in over the top faces outward."""
    return loft(revolved(profile, columns), slot=slot, crease_deg=crease_deg)


def circle(columns: int) -> Points:
    """Return the unit circle, (N, 2), counter-clockwise from +X."""
    angle = np.arange(columns) * (2 * np.pi / columns)
    return np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1)


def levelled(outline: Points, z: float | Points) -> Points:
    """Lift an outline (N, 2) to height ``z`` (a number or (N,)): a ring (N, 3)."""
    return np.concatenate([outline, np.broadcast_to(np.asarray(z, np.float64), outline.shape[:1])[:, None]], axis=1)


def swept(path: Points, section: Points, reference: Sequence[float]) -> Points:
    """Carry a section along a path.

    Args:
        path: (P, 3) points, nowhere running parallel to ``reference``.
        section: (N, 2), or (P, N, 2) for one per point, counter-clockwise, in the plane across the path: its first axis
            is ``reference`` made square to the path, its second the cross product of the path's direction and that.
        reference: a direction (3,).

    Returns:
        Rings (P, N, 3).
    """
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    first = (
        np.asarray(reference, np.float64) - along * elementary.matmul(along, np.asarray(reference, np.float64))[:, None]
    )
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    flat = np.broadcast_to(section, (len(path), *section.shape[-2:]))
    rings: Points = path[:, None] + flat[..., :1] * first[:, None] + flat[..., 1:] * second[:, None]
    return rings


def tip(ring: Points) -> Points:
    """Return a ring (N, 3) shrunk to its centre, to close a loft with a fan."""
    return np.broadcast_to(ring.mean(axis=0), ring.shape).copy()


def block_outline(points: Points, rows: tuple[int, int], columns: tuple[int, int]) -> Points:
    """Return the border of a block of cells, (2·(rows + columns), 3), counter-clockwise from its first corner.

    Column numbers may run below 0 on a grid that closes on itself. With ``rows`` the other way round the border is
    mirrored, as the far end of a handle needs it.
    """
    (r0, r1), (c0, c1) = rows, columns
    up = 1 if r1 > r0 else -1
    path = [(r0, c) for c in range(c0, c1)] + [(r, c1) for r in range(r0, r1, up)]
    path += [(r1, c) for c in range(c1, c0, -1)] + [(r, c0) for r in range(r1, r0, -up)]
    return np.stack([points[r, c % points.shape[1]] for r, c in path])


def block_directions(rows: int, columns: int) -> Points:
    """Return the angle (L,), radians, of each point of ``block_outline`` about the block's centre, for square cells."""
    across = np.linspace(-1, 1, columns + 1)
    upward = np.linspace(-1, 1, rows + 1)
    low = [(x, -1.0) for x in across[:-1]] + [(1.0, y) for y in upward[:-1]]
    high = [(x, 1.0) for x in across[:0:-1]] + [(-1.0, y) for y in upward[:0:-1]]
    border = np.asarray(low + high)
    angles: Points = elementary.arctan2(border[:, 1], border[:, 0])
    return angles
