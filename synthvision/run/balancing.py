"""Class balance over the dataset, by taking frames with a probability; each frame is still judged by itself alone.

Of all ways to weight the frames that a recipe draws so that categories come in given proportions, the one that changes
their distribution least (in relative entropy) is to weight a frame that has n_c instances of category c by
``exp(Σ λ_c n_c)``: exponential tilting (I. Csiszár, "I-divergence Geometry of Probability Distributions and
Minimization Problems", Annals of Probability 3(1), 1975). λ is fitted on a pilot of frames of the same recipe. A frame
is then taken with a probability in proportion to its weight, decided by a random value of its own, so that what is
taken depends neither on the order of the frames nor on who makes them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.errors import PlacementError, RejectedError
from synthvision.labels import Labels
from synthvision.recipe.model import Recipe
from synthvision.recipe.rules import BalanceRequired, BalanceRule
from synthvision.sampling.streams import Streams

_STEPS = 100
_CLOSE = 1e-6
_STEEPEST = 8.0
"""|λ| beyond this: single frames would stand for the whole dataset, so the shares cannot be had from this recipe."""

_LOST_FRAMES = 1e-3
"""A frame may fail to be taken at all its attempts with this probability at most."""

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """The fitted probability of taking a frame.

    Attributes:
        categories: the names balanced, in order.
        shares: wanted proportions, sum 1.
        tilts: λ for each category.
        greatest: logarithm of the greatest weight in the pilot, which is taken for sure.
        taken: mean probability over the pilot.
    """

    categories: tuple[str, ...]
    shares: tuple[float, ...]
    tilts: tuple[float, ...]
    greatest: float
    taken: float

    def probability(self, counts: Mapping[str, int]) -> float:
        """Return the probability of taking a frame with so many visible instances of each category."""
        weight = sum(tilt * counts.get(name, 0) for name, tilt in zip(self.categories, self.tilts, strict=True))
        return math.exp(min(weight - self.greatest, 0.0))


class Quota:
    """Decides over frames by the recipe's balance rule, if it has one; fitted when it is first asked."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        rules = [(index, rule) for index, rule in enumerate(recipe.require) if isinstance(rule, BalanceRequired)]
        self._recipe = recipe
        self._rule = rules[0][1].balance if rules else None
        self.rule_index = rules[0][0] if rules else -1
        self._streams = Streams(seed, stratified=False)
        self._balance: Balance | None = None
        self._impossible = ""

    def takes(
        self, scene_index: int, attempt: int, labels: Sequence[Labels], pilot: Callable[[int], Sequence[Labels]]
    ) -> bool:
        """Say whether a scene, whose frames have these labels, is taken at this attempt.

        ``pilot`` gives the labels of the frames of a scene that belongs to no dataset.

        Raises:
            RejectedError: the balance cannot be had, or would refuse nearly all frames.
        """
        if self._rule is None:
            return True
        if self._balance is None:
            self._balance = self._fitted_once(self._rule, pilot)
        uniform = self._streams.uniform("require/balance", scene_index, attempt)
        return uniform < self._balance.probability(self._counts(labels))

    def _fitted_once(self, rule: BalanceRule, pilot: Callable[[int], Sequence[Labels]]) -> Balance:
        """Fit, or say again why that failed: it would fail the same way, and as slowly, for every frame."""
        if self._impossible:
            raise RejectedError(self._impossible)
        try:
            return self._fitted(rule, pilot)
        except RejectedError as error:
            self._impossible = str(error)
            raise

    def _fitted(self, rule: BalanceRule, pilot: Callable[[int], Sequence[Labels]]) -> Balance:
        shares = wanted_shares(rule, [category.name for category in self._recipe.categories])
        try:
            counts = [self._counts(pilot(index)) for index in range(rule.pilot_frames)]
        except (PlacementError, RejectedError) as error:
            rule_of = f"each of the {rule.pilot_frames} frames that it is fitted on must be possible"
            raise RejectedError(f"require: balance: {rule_of}, got {error}") from error
        balance = fit_balance(shares, counts)
        attempts = self._recipe.render.attempts
        if (1 - balance.taken) ** attempts > _LOST_FRAMES:
            needed = math.ceil(math.log(_LOST_FRAMES) / math.log1p(-balance.taken))
            raise RejectedError(
                f"require: balance: render.attempts must be at least {needed}, since only {balance.taken:.1%} of frames"
                f" can be taken, got {attempts}; or change the counts of the objects to be nearer to the shares"
            )
        return balance

    def _counts(self, labels: Sequence[Labels]) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for frame in labels:
            counts.update(visible_counts(frame, self._recipe.outputs.min_mask_px))
        return dict(counts)


def visible_counts(labels: Labels, min_mask_px: int) -> dict[str, int]:
    """Count the instances of each category that are annotated."""
    counts: dict[str, int] = {}
    for instance in labels.instances:
        if instance.mask_px >= min_mask_px:
            counts[instance.category] = counts.get(instance.category, 0) + 1
    return counts


def wanted_shares(rule: BalanceRule, categories: Sequence[str]) -> dict[str, float]:
    """Return the proportions that a rule asks for, sum 1."""
    shares = dict.fromkeys(categories, 1.0) if rule.shares == "equal" else dict(rule.shares)
    whole = sum(shares.values())
    return {name: share / whole for name, share in shares.items()}


def fit_balance(shares: Mapping[str, float], pilot: Sequence[Mapping[str, int]]) -> Balance:
    """Fit λ so that the weighted mean counts of the pilot's frames are in proportion to ``shares``.

    That minimises the convex ``log Σ exp(λ · g_i)`` with ``g_i = n_i - shares · Σ n_i``, by Newton's method.

    Raises:
        RejectedError: a category never occurs, or no weighting of the recipe's frames has these shares.
    """
    names = tuple(shares)
    counts: Counts = np.array([[frame.get(name, 0) for name in names] for frame in pilot], np.float64)
    for name, total in zip(names, counts.sum(axis=0), strict=True):
        if total == 0:
            raise RejectedError(_impossible(shares, f"'{name}' is visible in none of {len(pilot)} frames drawn for it"))
    target = np.array([shares[name] for name in names])
    tilts = _newton(counts - target * counts.sum(axis=1, keepdims=True))
    if tilts is None:
        mean = counts.mean(axis=0) / counts.mean(axis=0).sum()
        usual = ", ".join(f"{name} {share:.2f}" for name, share in zip(names, mean, strict=True))
        raise RejectedError(_impossible(shares, f"the recipe's frames have {usual} and cannot be picked to have those"))
    weights = elementary.matmul(counts, tilts)
    greatest = float(weights.max())
    taken = float(elementary.exp(weights - greatest).mean())
    return Balance(names, tuple(target.tolist()), tuple(tilts.tolist()), greatest, taken)


def _impossible(shares: Mapping[str, float], got: str) -> str:
    wanted = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    return (
        f"require: balance: shares must be {wanted}, got a recipe that cannot: {got}; change the counts of its objects"
    )


def _newton(gaps: Counts) -> Counts | None:
    """Minimise ``log Σ exp(gaps · λ)``; None where there is no minimum (0 is not inside the gaps' convex hull)."""
    tilts = np.zeros(gaps.shape[1])
    for _ in range(_STEPS):
        weights = _weights(gaps, tilts)
        gradient = (gaps * weights[:, None]).sum(axis=0)
        if np.abs(gradient).max() < _CLOSE:
            return tilts
        spread = np.einsum("n,ni,nj->ij", weights, gaps, gaps) - np.outer(gradient, gradient)
        # The gaps of a frame sum to 0, so one direction is free; the ridge keeps λ at 0 along it.
        step = _solution(spread + 1e-9 * np.eye(len(tilts)), gradient)
        tilts = tilts - _damped(gaps, tilts, step) * step
        if np.abs(tilts).max() > _STEEPEST:
            return None
    return None


def _solution(spread: Counts, gradient: Counts) -> Counts:
    """Solve for a positive definite matrix, by elimination: LAPACK's last bits depend on the processor."""
    rows = np.column_stack([spread, gradient])
    for pivot in range(len(rows)):
        rows[pivot] /= rows[pivot, pivot]
        others = np.arange(len(rows)) != pivot
        rows[others] -= rows[others, pivot, None] * rows[pivot]
    return rows[:, -1]


def _weights(gaps: Counts, tilts: Counts) -> Counts:
    raised = elementary.matmul(gaps, tilts)
    weights: Counts = elementary.exp(raised - raised.max())
    weights /= weights.sum()
    return weights


def _damped(gaps: Counts, tilts: Counts, step: Counts) -> float:
    """Halve the step until it goes down."""
    here, share = _height(gaps, tilts), 1.0
    while share > _CLOSE and _height(gaps, tilts - share * step) > here:
        share /= 2
    return share


def _height(gaps: Counts, tilts: Counts) -> float:
    raised = elementary.matmul(gaps, tilts)
    return float(raised.max() + elementary.log(elementary.exp(raised - raised.max()).sum()))
