"""Exponential tilting: frames picked by it have the shares asked for."""

import numpy as np
import pytest

from synthvision.errors import RejectedError
from synthvision.recipe.rules import BalanceRule
from synthvision.run.balancing import fit_balance, wanted_shares
from synthvision.sampling.streams import Streams


def frames(count, rates, seed=1):
    streams = Streams(seed, stratified=False)
    thresholds = [np.cumsum([np.exp(-rate) * rate**k / np.prod(range(1, k + 1)) for k in range(12)]) for rate in rates]
    return [
        {
            name: int(np.searchsorted(table, streams.uniform(name, frame)))
            for name, table in zip("abc", thresholds, strict=False)
        }
        for frame in range(count)
    ]


def picked(balance, drawn, seed=9):
    streams = Streams(seed, stratified=False)
    return [frame for index, frame in enumerate(drawn) if streams.uniform("pick", index) < balance.probability(frame)]


def shares_of(drawn):
    totals = np.array([sum(frame.get(name, 0) for frame in drawn) for name in "abc"], float)
    return totals / totals.sum()


def test_frames_that_are_taken_have_the_shares_asked_for():
    balance = fit_balance({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, frames(512, (3.0, 1.0, 0.5)))
    fresh = frames(6000, (3.0, 1.0, 0.5), seed=2)
    assert shares_of(fresh) == pytest.approx([3 / 4.5, 1 / 4.5, 0.5 / 4.5], abs=0.02)
    taken = picked(balance, fresh)
    assert shares_of(taken) == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=0.04)
    assert len(taken) / len(fresh) == pytest.approx(balance.taken, rel=0.25)


def test_balanced_frames_are_all_taken():
    balance = fit_balance({"a": 0.5, "b": 0.5}, [{"a": 1, "b": 1}, {"a": 2, "b": 2}, {}])
    assert balance.taken == 1
    assert balance.probability({"a": 5, "b": 5}) == 1


def test_a_category_that_never_occurs_is_named():
    with pytest.raises(RejectedError) as caught:
        fit_balance({"a": 0.5, "b": 0.5}, [{"a": 1}] * 20)
    assert "'b' is visible in none of 20 frames" in str(caught.value)


def test_shares_that_no_choice_of_frames_has_are_refused():
    with pytest.raises(RejectedError) as caught:
        fit_balance({"a": 0.9, "b": 0.1}, [{"a": 1, "b": 2}, {"a": 1, "b": 3}])
    assert "shares must be a 0.90, b 0.10" in str(caught.value)
    assert "the recipe's frames have a 0.29, b 0.71" in str(caught.value)


def test_equal_means_all_categories_alike_and_weights_are_relative():
    assert wanted_shares(BalanceRule(), ["a", "b", "c", "d"]) == dict.fromkeys("abcd", 0.25)
    assert wanted_shares(BalanceRule(shares={"a": 3.0, "b": 1.0}), ["a", "b"]) == {"a": 0.75, "b": 0.25}
