"""How thick the slab of a decal must be to follow the surface under it, and no thicker than keeps the rest out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.sampling.shapes import Points, Shape, area_vectors
from synthvision.scene.poses import Pose, inverse, transform_points

_GRID = 9
"""Lines along which the surface is felt, in each direction of the picture."""

_LAYERS = 12
"""Surfaces met along a line before the rest is left alone."""

_FLAT = 0.01
"""Half the thickness over flat ground, as a share of the picture's longer side."""

_SLACK = 1.1
"""How much thicker than what is felt the slab is: between the lines the surface may reach a little farther."""

_CLEAR = 0.8
"""Share of the way to the next surface that the slab may reach."""


def slab_depth(shape: Shape, frame: Pose, size: tuple[float, float]) -> float:
    """Return half the thickness of the slab of a picture on a mesh, in the mesh's metres.

    ``frame`` is a rotation and a place in the mesh's frame, with z out of the surface; ``size`` is the picture's width
    and height. The surface is followed from the middle as far as it falls away by less than 45 degrees, from there.
    What else faces the same way, such as the far inside of a bowl, stays out. Two digits, since Embree's last ones may
    differ from machine to machine.
    """
    longer = max(size)
    grid = np.linspace(-0.5, 0.5, _GRID)
    x, y = (side.ravel() for side in np.meshgrid(grid * size[0], grid * size[1]))
    line, heights = _heights(shape, frame, x, y, longer)
    radii = np.sqrt(x * x + y * y)[line]
    beyond = np.abs(heights) > radii + _FLAT * longer
    followed = float(np.abs(heights[~beyond]).max(initial=0.0))
    limit = float(np.abs(heights[beyond]).min(initial=np.inf))
    depth = min(max(followed * _SLACK, _FLAT * longer), _CLEAR * limit)
    return float(f"{depth:.2g}")


def _heights(
    shape: Shape, frame: Pose, x: Points, y: Points, reach: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return all crossings of the lines through (x, y) with surfaces that face up, in a frame: which line, which z.

    Lines run from z = ``reach`` to -``reach``.
    """
    starts = transform_points(frame, np.stack([x, y, np.full(len(x), reach)], axis=1)).astype(np.float32, order="C")
    down = np.broadcast_to(-frame[:3, 2].astype(np.float32), starts.shape).copy()
    pending, gone = np.arange(len(x)), np.zeros(len(x), np.float32)
    lines, heights = [pending[:0]], [np.zeros(0)]
    for _ in range(_LAYERS):
        origins = starts[pending] + down[pending] * gone[pending, None]
        met = shape.tracer.run(origins, down[pending], output=True)
        gone[pending] += met["tfar"]
        hit = (met["primID"] >= 0) & (gone[pending] < 2 * reach)
        pending, triangles = pending[hit], met["primID"][hit]
        if not len(pending):
            break
        up = _face_up(shape, triangles, frame)
        lines.append(pending[up])
        heights.append(reach - gone[pending[up]].astype(np.float64))
        gone[pending] += np.float32(1e-5 * reach)
    return np.concatenate(lines), np.concatenate(heights)


def _face_up(shape: Shape, triangles: NDArray[np.int32], frame: Pose) -> NDArray[np.bool_]:
    """Say for each of some triangles whether its normal has a positive z in a frame."""
    x, y, z = inverse(frame)[2, :3].tolist()
    vectors = area_vectors(shape.points[shape.triangles[triangles]])
    up: NDArray[np.bool_] = vectors[:, 0] * x + vectors[:, 1] * y + vectors[:, 2] * z > 0
    return up
