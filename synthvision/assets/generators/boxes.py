"""Boxes with rounded edges, as six grids that share their borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.solids import Points, Solid, join, sheet

# Face -> (axis of u, its sign, axis of v, its sign, axis of the outward normal, its sign); v is up on the four sides.
_AXES: Mapping[str, tuple[int, int, int, int, int, int]] = {
    "+x": (1, 1, 2, 1, 0, 1),
    "-x": (1, -1, 2, 1, 0, -1),
    "+y": (0, -1, 2, 1, 1, 1),
    "-y": (0, 1, 2, 1, 1, -1),
    "+z": (0, 1, 1, 1, 2, 1),
    "-z": (0, -1, 1, 1, 2, -1),
}
FACES = tuple(_AXES)


def rounded_faces(
    size: Sequence[float], radius: float, steps: int = 2, cuts: Sequence[Points] | None = None
) -> dict[str, Points]:
    """Return the six faces of a box that stands on z = 0 about the origin, each a grid (R, C, 3) for ``sheet``.

    Args:
        size: three sides, metres.
        radius: of the rounded edges, metres; less than half the shortest side.
        steps: cells from the flat part to the middle of an edge.
        cuts: for each axis the positions of extra grid lines, metres from the centre, inside the flat part; symmetric.
    """
    knots = [
        _knots(half, radius, steps, np.zeros(0) if cuts is None else cuts[axis])
        for axis, half in enumerate(np.asarray(size, np.float64) / 2)
    ]
    return {face: _face(face, knots, np.asarray(size, np.float64) / 2, radius) for face in FACES}


def _knots(half: float, radius: float, steps: int, cuts: Points) -> Points:
    flat = half - radius
    edge = flat + radius * elementary.tan(np.linspace(0.0, np.pi / 4, steps + 1))
    return np.concatenate([-edge[::-1], cuts, edge])


def _face(face: str, knots: list[Points], half: Points, radius: float) -> Points:
    u_axis, u_sign, v_axis, v_sign, n_axis, n_sign = _AXES[face]
    across, upward = np.meshgrid(u_sign * knots[u_axis][::u_sign], v_sign * knots[v_axis][::v_sign])
    cube = np.empty((*across.shape, 3))
    cube[..., u_axis] = u_sign * across
    cube[..., v_axis] = v_sign * upward
    cube[..., n_axis] = n_sign * half[n_axis]
    core = np.clip(cube, -(half - radius), half - radius)
    outward = cube - core
    rounded: Points = core + radius * outward / np.linalg.norm(outward, axis=2, keepdims=True)
    rounded[..., 2] += half[2]
    return rounded


def face_uvs(face: str, points: Points) -> Points:
    """Return positions along a face's own two axes, (R, C, 2), metres from the box's centre (sides: v from z = 0)."""
    u_axis, u_sign, v_axis, v_sign, _, _ = _AXES[face]
    return np.stack([points[..., u_axis] * u_sign, points[..., v_axis] * v_sign], axis=2)


def rounded_box(size: Sequence[float], radius: float, *, steps: int = 2, slot: int = 0) -> Solid:
    """Return a whole box with rounded edges, texture coordinates in metres along each face."""
    faces = rounded_faces(size, radius, steps)
    return join(*(sheet(points, slot=slot, uvs=face_uvs(face, points)) for face, points in faces.items()))
