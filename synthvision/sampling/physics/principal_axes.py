"""The directions in which points are spread least and most."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul

Points = NDArray[np.float64]

_SWEEPS = 8
"""Each at least squares what is left beside the diagonal; after six nothing is."""


def principal_axes(points: Points) -> Points:
    """Return unit vectors (3, 3), one per row, along which points (N, 3) are spread least, more, most.

    The eigenvectors of the covariance by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5): LAPACK's
    differ in their last bits from one processor to another.
    """
    offsets = points - points.mean(axis=0)
    spread: Points = (offsets[:, :, None] * offsets[:, None]).sum(axis=0)
    axes = np.eye(3)
    for _ in range(_SWEEPS):
        for first, second in ((0, 1), (0, 2), (1, 2)):
            turn = _rotation(spread, first, second)
            spread, axes = matmul(matmul(turn.T, spread), turn), matmul(axes, turn)
    found: Points = axes[:, np.argsort(np.diag(spread), kind="stable")].T
    return found


def _rotation(spread: Points, first: int, second: int) -> Points:
    """Return the rotation that makes one number beside the diagonal zero."""
    turn = np.eye(3)
    beside = float(spread[first, second])
    if beside:
        ratio = float(spread[second, second] - spread[first, first]) / (2 * beside)
        tangent = math.copysign(1.0, ratio) / (abs(ratio) + math.sqrt(ratio * ratio + 1))
        cosine = 1 / math.sqrt(tangent * tangent + 1)
        turn[first, first] = turn[second, second] = cosine
        turn[first, second], turn[second, first] = tangent * cosine, -tangent * cosine
    return turn
