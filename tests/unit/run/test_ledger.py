"""Which frames go to a cluster in which pieces."""

from __future__ import annotations

import pytest

from synthvision.errors import UsageError
from synthvision.run.cluster.engine import Cluster
from synthvision.run.cluster.ledger import Ledger, Pace, Piece


def pieces(ledger: Ledger, most: int) -> list[range]:
    found = []
    while ledger.has_more:
        found.append(ledger.take(most).frames)
    return found


def test_pieces_are_neighbours_and_whole_scenes() -> None:
    assert pieces(Ledger(range(7), 1), 3) == [range(3), range(3, 6), range(6, 7)]
    assert pieces(Ledger([0, 1, 2, 5, 6, 9], 1), 4) == [range(3), range(5, 7), range(9, 10)]
    assert pieces(Ledger(range(2, 12), 3), 2) == [range(2, 6), range(6, 9), range(9, 12)]
    assert pieces(Ledger([], 1), 3) == []


def test_of_what_is_lost_the_missing_goes_first() -> None:
    ledger = Ledger(range(8), 1)
    first = ledger.take(6)
    ledger.give_back(first, {1, 2})
    assert [ledger.take(6) for _ in range(2)] == [Piece(range(1)), Piece(range(3, 6))]
    ledger.give_back(Piece(range(3, 6), 1), ())
    assert ledger.take(6) == Piece(range(3, 6), 2)
    ledger.give_back(Piece(range(3, 6), 2), {3})
    assert ledger.take(6) == Piece(range(4, 6)), "only losses in a row without progress count"
    ledger.give_back(Piece(range(4, 6), 1), {4, 5})
    assert ledger.take(6) == Piece(range(6, 8))
    assert not ledger.has_more


def test_shards_are_small_at_first_then_a_minute_and_small_again_at_the_end() -> None:
    pace = Pace()
    assert pace.frames(100_000, 8) == 8
    pace.note(8, 16.0)
    pace.note(0, 3.0)
    assert pace.frames(100_000, 8) == 30
    assert pace.frames(160, 8) == 14
    assert pace.frames(1, 8) == 1
    pace.note(1, 600.0)
    pace.note(1, 600.0)
    assert pace.frames(100_000, 8) == 1


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ({"gpus_per_worker": -1.0}, "gpus_per_worker: number must be at least 0, got -1.0"),
        ({"cpus_per_worker": 0}, "cpus_per_worker: number must be at least 1, got 0"),
    ],
)
def test_impossible_shares_are_refused(share: dict[str, float], text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Cluster("auto", **share)
    assert str(caught.value) == text
