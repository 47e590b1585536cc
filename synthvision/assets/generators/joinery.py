"""What large things are put together from: blocks, boards, bars and tubes, turned and moved into place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.boxes import FACES, face_uvs, rounded_box
from synthvision.assets.generators.solids import Points, Solid, circle, join, levelled, loft, moved, sheet

APART_M = 0.0004
"""Parts that touch are kept this far apart, so that no two faces lie in one plane."""
_BOARD_EDGE_M = 0.002
_CORNERS = {
    "+x": ((1, -1, 0), (1, 1, 0), (1, 1, 1), (1, -1, 1)),
    "-x": ((-1, 1, 0), (-1, -1, 0), (-1, -1, 1), (-1, 1, 1)),
    "+y": ((1, 1, 0), (-1, 1, 0), (-1, 1, 1), (1, 1, 1)),
    "-y": ((-1, -1, 0), (1, -1, 0), (1, -1, 1), (-1, -1, 1)),
    "+z": ((-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)),
    "-z": ((-1, 1, 0), (1, 1, 0), (1, -1, 0), (-1, -1, 0)),
}


def block(size: Sequence[float], at: Sequence[float] = (0.0, 0.0, 0.0), *, slot: int = 0, pieces: int = 1) -> Solid:
    """Return a sharp-edged box of 12 triangles; ``at`` is the centre of its base, texture coordinates are metres.

    With ``pieces`` its long faces are cut so often along x: rays meet very long triangles less exactly.
    """
    scale = np.array([size[0] / 2, size[1] / 2, size[2]], np.float64)
    faces = []
    for face in FACES:
        a, b, c, d = np.asarray(_CORNERS[face], np.float64) * scale
        share = np.linspace(0.0, 1.0, (1 if face in {"+x", "-x"} else pieces) + 1)[:, None]
        grid = np.stack([a + (b - a) * share, d + (c - d) * share])
        faces.append(sheet(grid, slot=slot, uvs=face_uvs(face, grid)))
    return moved(join(*faces), at)


def board(
    size: Sequence[float],
    at: Sequence[float] = (0.0, 0.0, 0.0),
    *,
    slot: int = 0,
    number: int = 0,
    edge_m: float = _BOARD_EDGE_M,
) -> Solid:
    """Return a board with broken edges (108 triangles), its grain along the longest side; ``at`` as for ``block``.

    ``number`` tells boards of one thing apart: each is cut elsewhere from the wood.
    """
    return grained(moved(rounded_box(size, edge_m, steps=1, slot=slot), at), size, number)


def grained(solid: Solid, size: Sequence[float], number: int = 0) -> Solid:
    """Lay texture coordinates, in metres, with u along the longest side: so the grain of the ``wood`` texture runs."""
    longest = int(np.argmax(np.asarray(size)))
    other = [axis for axis in range(3) if axis != longest]
    facing = np.abs(np.cross(solid.corners[:, 1] - solid.corners[:, 0], solid.corners[:, 2] - solid.corners[:, 0]))
    across = np.where(facing[:, other[0]] > facing[:, other[1]], other[1], other[0])
    v = np.take_along_axis(solid.corners, np.broadcast_to(across[:, None, None], (*solid.corners.shape[:2], 1)), axis=2)
    uvs = np.concatenate([solid.corners[..., longest, None], v], axis=2)
    return replace(solid, uvs=uvs + np.array([0.37, 0.61]) * number)


def turned(solid: Solid, axis: int, angle_deg: float, about: Sequence[float] = (0.0, 0.0, 0.0)) -> Solid:
    """Turn about an axis (0 x, 1 y, 2 z) through a point, counter-clockwise seen from the axis's end."""
    angle = np.radians(angle_deg)
    # Quarter turns are exact, so that what was flat stays flat to the last bit.
    cosine, sine = (round(float(f(angle)), 15) for f in (elementary.cos, elementary.sin))
    rotation = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    rotation[first, first] = rotation[second, second] = cosine
    rotation[first, second], rotation[second, first] = -sine, sine
    centre = np.asarray(about, np.float64)
    return replace(solid, corners=elementary.matmul(solid.corners - centre, rotation.T) + centre)


def bar(
    start: Sequence[float] | Points,
    end: Sequence[float] | Points,
    radius: float | tuple[float, float],
    *,
    columns: int = 10,
    slot: int = 0,
    crease_deg: float = 50.0,
) -> Solid:
    """Return a round bar between two points, closed at both ends; two radii make it taper."""
    begin, finish = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = (finish - begin) / np.linalg.norm(finish - begin, axis=-1)
    reference = np.eye(3)[int(np.argmin(np.abs(along)))]
    first = np.cross(reference, along)
    first /= np.linalg.norm(first, axis=-1)
    second = np.cross(along, first)
    ring = circle(columns)
    around = ring[:, :1] * first + ring[:, 1:] * second
    low, high = radius if isinstance(radius, tuple) else (radius, radius)
    rings = [0 * around + begin, begin + low * around, finish + high * around, 0 * around + finish]
    return loft(rings, slot=slot, crease_deg=crease_deg)


def tube(outer: float, inner: float, length: float, *, columns: int = 20, slot: int = 0) -> Solid:
    """Return an open tube that stands on z = 0; texture coordinates run round it and along its section."""
    ring = circle(columns)
    rings = [
        levelled(ring * radius, z)
        for radius, z in ((inner, 0.0), (outer, 0.0), (outer, length), (inner, length), (inner, 0.0))
    ]
    return loft(rings, slot=slot, crease_deg=40)


def centred(solid: Solid) -> Solid:
    """Shift a thing so that the origin is under the middle of its bounds."""
    flat = solid.corners.reshape(-1, 3)
    middle = (flat.min(axis=0) + flat.max(axis=0)) / 2
    return moved(solid, (-middle[0], -middle[1], 0.0))


def spread_over(solid: Solid, axes: tuple[int, int], low: Sequence[float], high: Sequence[float]) -> Solid:
    """Lay texture coordinates 0…1 over a rectangle of two axes: ``low`` and ``high`` are its corners."""
    start, end = np.asarray(low, np.float64), np.asarray(high, np.float64)
    flat: Points = solid.corners[..., list(axes)]
    return replace(solid, uvs=(flat - start) / (end - start))
