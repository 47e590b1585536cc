from __future__ import annotations

import numpy as np
import pytest

from synthvision.sampling.clipping import greatest_x_inside

BOX = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("triangle", "end"),
    [
        ([[0.2, 0.5, 1], [0.8, 0.5, 1], [0.5, 1.5, 1]], 0.8),
        ([[-5, 0.5, 1], [5, 0.5, 1], [0, 1.5, 1]], 1.0),
        # Its tip at x = 0.9 is below the box, whose floor it crosses at x = 0.6.
        ([[0, 1, 1], [0, 1.5, 1], [0.9, 1, -0.5]], 0.6),
        # It cuts a corner of its own bounding box off, but not the box.
        ([[-1, 1, -4], [-1, 1, -5], [4, 1, 1]], None),
        ([[1.5, 1, 1], [2, 1, 1], [2, 1.5, 1]], None),
        # No corner of it is inside, and no edge.
        ([[0.7, -50, -50], [0.7, 50, -50], [0.7, 0, 90]], 0.7),
    ],
)
def test_only_what_is_inside_counts(triangle: list[list[float]], end: float | None) -> None:
    assert greatest_x_inside(np.array([triangle], float), BOX) == (None if end is None else pytest.approx(end))


def test_it_is_what_points_of_the_triangles_say() -> None:
    rng = np.random.default_rng(5)  # noqa: TID251 - a Generator with a fixed seed
    shares = rng.dirichlet((1, 1, 1), 20000)
    met = 0
    for _ in range(60):
        triangles = rng.uniform(-2, 4, (3, 3, 3))
        points = np.einsum("ns,tsd->tnd", shares, triangles).reshape(-1, 3)
        inside = points[((points > BOX[0]) & (points < BOX[1])).all(axis=1)]
        found = greatest_x_inside(triangles, BOX)
        if len(inside):
            met += 1
            assert found is not None
            assert inside[:, 0].max() <= found + 1e-12
            assert found - inside[:, 0].max() < 0.15
    assert met > 20
    assert greatest_x_inside(np.empty((0, 3, 3)), BOX) is None
