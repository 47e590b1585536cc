"""How far one dataset is from another: statistic by statistic, and by what the pictures look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp, wasserstein_distance

from synthvision.report.evenly import evenly
from synthvision.report.statistics import Statistics

Numbers = NDArray[np.float64]

LEAST = 8
"""Fewer values than this say nothing about a distribution."""

_NEIGHBOURS = 3
_FOLDS = 5
_RIDGE = 1.0
_MOST = 1000
_PERMUTATIONS = 200


@dataclass(frozen=True)
class Gap:
    """How one statistic differs.

    Attributes:
        name: of the statistic.
        ours, theirs: means.
        ks: two-sample Kolmogorov-Smirnov statistic, 0…1, and its p value.
        wasserstein: earth mover's distance over the standard deviation of both together.
    """

    name: str
    ours: float
    theirs: float
    ks: float
    p: float
    wasserstein: float


@dataclass(frozen=True)
class PictureGap:
    """How the looks of pictures differ.

    Attributes:
        mmd: squared maximum mean discrepancy, unbiased, Gaussian kernel of median width; 0 when the same (A. Gretton et
            al., "A Kernel Two-Sample Test", JMLR 13, 2012), and the share of permutations that reach it.
        accuracy: share of pictures that a linear classifier, trained on the others, puts into the right dataset,
            balanced: 0.5 cannot tell them apart, 1 always can (D. Lopez-Paz and M. Oquab, "Revisiting Classifier
            Two-Sample Tests", ICLR 2017).
    """

    mmd: float
    p: float
    accuracy: float


@dataclass(frozen=True)
class ClassGap:
    """How the shares of classes differ.

    Attributes:
        distance: total variation: half the sum of the differences of shares; 0 the same, 1 nothing in common.
        only_ours, only_theirs: classes of which only one dataset has labels.
    """

    distance: float
    only_ours: tuple[str, ...]
    only_theirs: tuple[str, ...]


def class_gap(ours: Statistics, theirs: Statistics) -> ClassGap | None:
    """Compare the shares of classes, by name; None where one dataset has no labels."""
    counts = ours.classes, theirs.classes
    totals = [sum(found.values()) for found in counts]
    if not all(totals):
        return None
    shares = [
        {name: count / total for name, count in found.items() if count}
        for found, total in zip(counts, totals, strict=True)
    ]
    names = {**shares[0], **shares[1]}
    distance = sum(abs(shares[0].get(name, 0.0) - shares[1].get(name, 0.0)) for name in names) / 2
    only_ours, only_theirs = (tuple(name for name in shares[here] if name not in shares[1 - here]) for here in (0, 1))
    return ClassGap(distance, only_ours, only_theirs)


def gaps(ours: Statistics, theirs: Statistics) -> tuple[Gap, ...]:
    """Compare every statistic that both have often enough; the widest gap first."""
    found = [
        _gap(name, mine[name], other[name])
        for mine, other in ((ours.of_labels, theirs.of_labels), (ours.of_frames, theirs.of_frames))
        for name in mine
        if min(len(mine[name]), len(other[name])) >= LEAST
    ]
    return tuple(sorted(found, key=lambda gap: -gap.ks))


def _gap(name: str, ours: Numbers, theirs: Numbers) -> Gap:
    test = ks_2samp(ours, theirs)
    spread = float(np.concatenate([ours, theirs]).std()) or 1.0  # all are equal: so is the distance 0
    distance = float(wasserstein_distance(ours, theirs)) / spread
    return Gap(name, float(ours.mean()), float(theirs.mean()), float(test.statistic), float(test.pvalue), distance)


def picture_gap(ours: Numbers, theirs: Numbers) -> PictureGap | None:
    """Compare descriptors (N, D) and (M, D); None where there are fewer than ``LEAST`` of one."""
    if min(len(ours), len(theirs)) < LEAST:
        return None
    ours, theirs = ours[_thinned(ours)], theirs[_thinned(theirs)]
    both = np.concatenate([ours, theirs])
    scaled = (both - both.mean(axis=0)) / np.maximum(both.std(axis=0), 1e-9)
    is_ours = np.arange(len(both)) < len(ours)
    mmd, p = _discrepancy(scaled, is_ours)
    return PictureGap(mmd, p, _accuracy(scaled, is_ours))


def _thinned(rows: Numbers) -> list[int]:
    return evenly(range(len(rows)), _MOST)


def _discrepancy(points: Numbers, is_ours: NDArray[np.bool_]) -> tuple[float, float]:
    squared = cdist(points, points, "sqeuclidean")
    width = float(np.median(squared[squared > 0])) if (squared > 0).any() else 1.0
    kernel = np.exp(-squared / width)
    np.fill_diagonal(kernel, 0.0)
    found = _mmd(kernel, is_ours)
    # The i-th permutation is the same in every run.
    orders = (np.argsort(_scrambled(len(points), number)) for number in range(_PERMUTATIONS))
    as_far = sum(_mmd(kernel, is_ours[order]) >= found for order in orders)
    return found, (1 + as_far) / (1 + _PERMUTATIONS)


def _mmd(kernel: Numbers, is_ours: NDArray[np.bool_]) -> float:
    ours, theirs = is_ours.astype(float), (~is_ours).astype(float)
    n, m = ours.sum(), theirs.sum()
    to_ours = kernel @ ours
    within = ours @ to_ours / (n * (n - 1))
    others = theirs @ kernel @ theirs / (m * (m - 1))
    return float(within + others - 2 * (theirs @ to_ours) / (n * m))


def _scrambled(count: int, number: int) -> NDArray[np.uint64]:
    """Return the keys of a permutation: a mix of the bits of place and number (S. Vigna, splitmix64)."""
    with np.errstate(over="ignore"):
        keys = np.arange(count, dtype=np.uint64) + np.uint64(1 + number * 0x9E3779B9)
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = keys ^ (keys >> np.uint64(31))
    return mixed


def _accuracy(points: Numbers, is_ours: NDArray[np.bool_]) -> float:
    """Return the balanced accuracy of regularised linear discriminant analysis under cross-validation."""
    right = np.zeros(len(points), bool)
    folds = _folds(is_ours)
    for fold in range(_FOLDS):
        held = folds == fold
        right[held] = _classify(points[~held], is_ours[~held], points[held]) == is_ours[held]
    return float((right[is_ours].mean() + right[~is_ours].mean()) / 2)


def _folds(is_ours: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Deal the pictures of both datasets out to the folds, in scrambled order."""
    folds = np.zeros(len(is_ours), np.int64)
    for side in (is_ours, ~is_ours):
        places = np.flatnonzero(side)
        folds[places[np.argsort(_scrambled(len(places), 0))]] = np.arange(len(places)) % _FOLDS
    return folds


def _classify(known: Numbers, is_ours: NDArray[np.bool_], asked: Numbers) -> NDArray[np.bool_]:
    middles = [known[side].mean(axis=0) for side in (is_ours, ~is_ours)]
    residuals = np.concatenate([known[is_ours] - middles[0], known[~is_ours] - middles[1]])
    covariance = residuals.T @ residuals / len(residuals) + _RIDGE * np.eye(known.shape[1])
    direction = np.linalg.solve(covariance, middles[0] - middles[1])
    found: NDArray[np.bool_] = asked @ direction > (middles[0] + middles[1]) @ direction / 2
    return found


def strangest(descriptors: Numbers, count: int) -> list[tuple[int, float]]:
    """Return rows that are farthest from their neighbours, with how many times the usual distance that is."""
    if len(descriptors) < LEAST:
        return []
    scaled = (descriptors - descriptors.mean(axis=0)) / np.maximum(descriptors.std(axis=0), 1e-9)
    others = _thinned(scaled)
    distances = cdist(scaled, scaled[others])
    distances[others, np.arange(len(others))] = np.inf  # nothing is its own neighbour
    nearest = np.sort(distances, axis=1)[:, :_NEIGHBOURS].mean(axis=1)
    times = nearest / max(float(np.median(nearest)), 1e-12)
    return [(int(row), float(times[row])) for row in np.argsort(-times, kind="stable")[:count]]
