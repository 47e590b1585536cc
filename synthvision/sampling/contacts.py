"""One body let down on another: where they first touch, and whether it would stay there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from synthvision.elementary import matmul
from synthvision.sampling.bodies import Body, shifted, touch
from synthvision.sampling.shapes import Points
from synthvision.scene.poses import transform_points

EXACT_M = 1e-5
"""How exactly the height of rest is found."""

_FEW = 16
"""Every so many-th point is tried before those that then matter."""

_INSET = 1e-4
"""Share by which corners are drawn in, so that two equal faces upon each other see each other."""

_BEARING_SHARE = 5e-3
"""Points that come as near to the other body as this share of its height bear it."""

_LEAN_SHARE = 0.1
"""How far the middle of a body may be outside the points that bear it, as a share of its width."""

_NESTED_SHARE = 0.1
"""A body that is in another by more than this share of its height does not fall over."""


@dataclass(frozen=True, eq=False)
class Landing:
    """A body that has been let down on another. ``bearing`` (N, 2): the points of the plane that bear it, metres."""

    body: Body
    below: Body
    bearing: Points

    @property
    def stands(self) -> bool:
        """Whether the middle of the body is over the points that bear it, or nearly, or it is held by what it is in."""
        low, high = self.body.bounds
        middle = (low[:2] + high[:2]) / 2
        is_over = (middle > self.below.bounds[0, :2]) & (middle < self.below.bounds[1, :2])
        if is_over.all() and self.below.bounds[1, 2] - low[2] > _NESTED_SHARE * (high[2] - low[2]):
            return True
        return _outside(self.bearing, middle) <= _LEAN_SHARE * float((high[:2] - low[:2]).max())


def landed(body: Body, below: Body) -> Landing | None:
    """Let a body that is above another straight down until they touch; None if it would pass it.

    Corners and middles of faces of one meet faces of the other where vertical rays say so. Where edges meet first, the
    body is raised until the meshes do not cross. It comes to rest 1 to 2 times ``EXACT_M`` above the other.
    """
    reach = _BEARING_SHARE * float(body.bounds[1, 2] - body.bounds[0, 2]) + 2 * EXACT_M
    points, gaps = _gaps(body, below, reach)
    if not len(gaps):
        return None
    fall = float(gaps.min()) - EXACT_M
    raised = _raise(shifted(body, (0.0, 0.0, -fall)), below)
    bearing = points[gaps <= fall + reach]
    return Landing(shifted(body, (0.0, 0.0, raised - fall)), below, bearing)


def _raise(body: Body, below: Body) -> float:
    """Return the height, to ``EXACT_M``, by which a body must be raised not to touch the one below."""
    if not touch(body, below):
        return 0.0
    high = EXACT_M
    while touch(shifted(body, (0.0, 0.0, high)), below):
        high *= 2
    low = high / 2 if high > EXACT_M else 0.0
    while high - low > EXACT_M:
        middle = (low + high) / 2
        low, high = (middle, high) if touch(shifted(body, (0.0, 0.0, middle)), below) else (low, middle)
    return high


def _gaps(body: Body, below: Body, reach: float) -> tuple[Points, Points]:
    """Return points (N, 2) where the bodies are above each other, and the gaps (N,) there, metres.

    Gaps that exceed the least by more than ``reach`` may be missing: a few points tell how small the least is at most,
    and a gap is no smaller than the height of its point over the whole other body.
    """
    low = np.maximum(body.bounds[0, :2], below.bounds[0, :2])
    high = np.minimum(body.bounds[1, :2], below.bounds[1, :2])
    sides: list[tuple[Body, Points, Points, float]] = []
    for seeing, seen, way in ((body, below, -1.0), (below, body, 1.0)):
        places = _places(seeing)
        places = places[((places[:, :2] >= low) & (places[:, :2] <= high)).all(axis=1)]
        least = places[:, 2] - below.bounds[1, 2] if seeing is body else body.bounds[0, 2] - places[:, 2]
        sides.append((seen, places, least, way))
    few = (_distances(seen, places[::_FEW], way) for seen, places, _, way in sides)
    most = min((float(distances.min()) for distances in few if len(distances)), default=np.inf) + reach
    points, gaps = [], []
    for seen, places, least, way in sides:
        tried = places[least <= most]
        distances = _distances(seen, tried, way)
        met = np.isfinite(distances)
        points.append(tried[met, :2])
        gaps.append(distances[met])
    return np.concatenate(points), np.concatenate(gaps)


def _distances(seen: Body, places: Points, way: float) -> Points:
    return seen.distances_along(places, (0.0, 0.0, way))


def _places(body: Body) -> Points:
    """Return the corners of a body, drawn in a little, and the middles of its triangles (N, 3), in the world."""
    corners = transform_points(body.pose, body.shape.points)
    middle = (body.bounds[0, :2] + body.bounds[1, :2]) / 2
    corners[:, :2] += (middle - corners[:, :2]) * _INSET
    return np.concatenate([corners, body.corners.mean(axis=1)])


def _outside(points: Points, middle: Points) -> float:
    """Return how far a point (2,) is outside the convex hull of points (N, 2); 0 inside."""
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return _from_line(points, middle)
    return max(float((matmul(hull.equations[:, :2], middle) + hull.equations[:, 2]).max()), 0.0)


def _from_line(points: Points, middle: Points) -> float:
    """Return the distance of a point (2,) from points (N, 2) that are too few, or in one line: from their ends."""
    start = points[np.lexsort(points.T)[0]]
    end = points[np.lexsort(points.T)[-1]]
    along = end - start
    share = np.clip(((middle - start) * along).sum() / max(float((along * along).sum()), np.finfo(float).tiny), 0, 1)
    gap = middle - (start + share * along)
    return float(np.sqrt((gap * gap).sum()))
