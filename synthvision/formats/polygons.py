"""Masks as COCO polygons, traced on the grid of pixel corners: rasterising them gives the mask back exactly.

COCO polygons cannot hold holes. A part with a hole is cut in two through the hole, again and again until no piece has
one; the pieces meet without overlap, so the union of all polygons is the mask, holes and all. What gets lost is only
that the pieces were one part.
"""

from __future__ import annotations

from collections import defaultdict

import cv2
import numpy as np
from numpy.typing import NDArray

Corner = tuple[int, int]
Polygon = list[float]


def mask_polygons(mask: NDArray[np.bool_]) -> list[Polygon]:
    """Trace an (H, W) bool mask.

    Returns:
        One flat list ``[x0, y0, x1, y1, …]`` of at least 4 corners for each polygon, in pixels with pixel corners
        at whole numbers, clockwise as seen (y down). Parts that touch only at a corner are apart.
    """
    polygons: list[Polygon] = []
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for part in range(1, count):
        x, y, width, height, _ = (int(value) for value in boxes[part])
        polygons += _part_polygons(parts[y : y + height, x : x + width] == part, x, y)
    return polygons


def _part_polygons(part: NDArray[np.bool_], x0: int, y0: int) -> list[Polygon]:
    """Trace one 4-connected part whose top left corner lies at (x0, y0)."""
    loops = boundary_loops(part)
    if len(loops) == 1:
        return [[float(v) for x, y in loops[0] for v in (x + x0, y + y0)]]
    # The outer boundary is the loop that starts first; cut through the middle of the next one, a hole.
    columns = [x for x, _ in loops[1]]
    cut = (min(columns) + max(columns) + 1) // 2
    left, right = part.copy(), part.copy()
    left[:, cut:] = False
    right[:, :cut] = False
    return [_moved(polygon, x0, y0) for half in (left, right) for polygon in mask_polygons(half)]


def _moved(polygon: Polygon, x0: int, y0: int) -> Polygon:
    return [value + (y0 if index % 2 else x0) for index, value in enumerate(polygon)]


def boundary_loops(part: NDArray[np.bool_]) -> list[list[Corner]]:
    """Walk every boundary with the part on the right hand (y down); the outer one comes first."""
    onward = _boundary_steps(part)
    loops = []
    for start in sorted(onward, key=lambda corner: (corner[1], corner[0])):
        while onward[start]:
            loops.append(_walk(onward, start))
    return loops


def _boundary_steps(part: NDArray[np.bool_]) -> dict[Corner, list[Corner]]:
    """Map each corner on a boundary to the steps (dx, dy) that lead on from it."""
    padded = np.pad(part, 1)
    inside, above, left = padded[1:, 1:], padded[:-1, 1:], padded[1:, :-1]
    steps: dict[Corner, list[Corner]] = defaultdict(list)
    for edges, (from_x, from_y), step in (
        (inside & ~above, (0, 0), (1, 0)),  # top side of a pixel: eastward
        (~inside & above, (1, 0), (-1, 0)),  # bottom side: westward
        (inside & ~left, (0, 1), (0, -1)),  # left side: northward
        (~inside & left, (0, 0), (0, 1)),  # right side: southward
    ):
        rows, columns = np.nonzero(edges)
        for x, y in zip(columns.tolist(), rows.tolist(), strict=True):
            steps[x + from_x, y + from_y].append(step)
    return steps


def _walk(onward: dict[Corner, list[Corner]], start: Corner) -> list[Corner]:
    """Take steps from ``start`` until it is reached with none left to take; return the corners where the way turns."""
    turns: list[Corner] = []
    corner, last = start, (0, 0)
    while True:
        step = _next_step(onward[corner], last)
        onward[corner].remove(step)
        if step != last:
            turns.append(corner)
        corner, last = (corner[0] + step[0], corner[1] + step[1]), step
        if corner == start and (not onward[start]):
            return turns


def _next_step(steps: list[Corner], last: Corner) -> Corner:
    """Where two pixels touch at a corner, turn right: around the own pixel, not over to the other."""
    right = (-last[1], last[0])
    return right if right in steps else steps[0]
