"""The part of a surface that is inside a box."""

from __future__ import annotations

from synthvision.sampling.shapes import Points


def greatest_x_inside(triangles: Points, box: Points) -> float | None:
    """Return the greatest x of the part of triangles (T, 3, 3) that is inside a box (2, 3); None if none is."""
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    near = ((low < box[1]) & (high > box[0])).all(axis=1)
    ends = [max(corner[0] for corner in kept) for kept in (_clipped(one, box) for one in triangles[near]) if kept]
    return max(ends, default=None)


def _clipped(triangle: Points, box: Points) -> list[list[float]]:
    """Return the corners of a triangle (3, 3) cut off at the sides of a box.

    I. E. Sutherland and G. W. Hodgman, "Reentrant Polygon Clipping", Communications of the ACM 17(1), 1974.
    """
    corners: list[list[float]] = triangle.tolist()
    for axis in range(3):
        for limit, way in ((float(box[0, axis]), 1.0), (float(box[1, axis]), -1.0)):
            corners = _cut(corners, axis, limit, way)
    return corners


def _cut(corners: list[list[float]], axis: int, limit: float, way: float) -> list[list[float]]:
    """Keep what is beyond a limit along an axis, or before it where ``way`` is -1."""
    kept: list[list[float]] = []
    for start, end in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        from_limit, to_limit = way * (start[axis] - limit), way * (end[axis] - limit)
        if from_limit >= 0:
            kept.append(start)
        if (from_limit > 0 > to_limit) or (from_limit < 0 < to_limit):
            share = from_limit / (from_limit - to_limit)
            kept.append([a + (b - a) * share for a, b in zip(start, end, strict=True)])
    return kept
