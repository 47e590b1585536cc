"""Masks as one ring of pixel corners each, for formats that have room for one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvision.formats.polygons import Corner, boundary_loops

_PAIRS = 1 << 20  # distances in memory at a time


def mask_rings(mask: NDArray[np.bool_]) -> list[list[Corner]]:
    """Return every boundary of an (H, W) mask, of parts and of holes, as corners (x, y) in pixels.

    A point is in the mask if it is inside an odd number of them.
    """
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return []
    x0, y0 = int(columns[0]), int(rows[0])
    loops = boundary_loops(mask[y0 : rows[-1] + 1, x0 : columns[-1] + 1])
    return [[(x + x0, y + y0) for x, y in loop] for loop in loops]


def joined_ring(rings: Sequence[Sequence[Corner]]) -> list[Corner]:
    """Join rings to one: from its nearest corner a line leads to the next ring, and the same line back.

    A line that is there twice bounds nothing, so filled by the even-odd rule the one ring gives the same pixels as all
    of them, holes and all. A reader that also draws the ring itself draws the lines.
    """
    joined = np.array(rings[0] if rings else [], np.int32).reshape(-1, 2)
    for corners in rings[1:]:
        ring = np.array(corners, np.int32)
        here, there = _nearest(joined, ring)
        joined = np.concatenate([joined[: here + 1], ring[there:], ring[: there + 1], joined[here:]])
    return [(x, y) for x, y in joined.tolist()]


def _nearest(joined: NDArray[np.int32], ring: NDArray[np.int32]) -> tuple[int, int]:
    """Return the places of the two corners that are nearest to each other; of equal pairs the first."""
    step = max(1, _PAIRS // len(ring))
    found = []
    for start in range(0, len(joined), step):
        offsets = joined[start : start + step, None] - ring
        squares = np.einsum("abi,abi->ab", offsets, offsets)
        here, there = divmod(int(squares.argmin()), len(ring))
        found.append((int(squares[here, there]), start + here, there))
    return min(found)[1:]
