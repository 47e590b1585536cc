"""Which frames of a run on a cluster are still to be handed out, and how many at a time. Knows nothing of Ray."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

_FIRST_FRAMES = 8
_SHARD_S = 60.0
"""Work of a shard in the middle of a long run. The worker stays from shard to shard; what a new one costs is that the
stages of the frames on either side do not overlap, and some messages: about as much as half a small frame."""

_LEAST_S = 1.0
"""A shard of many frames that takes less is not worth those messages."""

_SHARDS_LEFT = 1.5
"""Towards the end a shard is what is left for a slot over this: smaller and smaller, so that all end together."""


@dataclass(frozen=True)
class Piece:
    """Neighbouring frames that an actor makes at once; ``lost`` is how often they were lost without one being kept."""

    frames: range
    lost: int = 0


class Ledger:
    """Hands out missing frames in pieces of neighbours, whole scenes where they are missing together."""

    def __init__(self, missing: Iterable[int], views: int) -> None:
        self._missing = iter(missing)
        self._views = views
        self._again: deque[Piece] = deque()
        self._waiting = next(self._missing, None)

    @property
    def has_more(self) -> bool:
        """Whether there is a piece to hand out."""
        return self._waiting is not None or bool(self._again)

    def take(self, most: int) -> Piece:
        """Hand out a piece of about ``most`` frames; what was lost goes first. Call it while it has more."""
        if self._again:
            return self._again.popleft()
        assert self._waiting is not None  # noqa: S101 - see has_more
        start = stop = self._waiting
        while self._waiting == stop and (stop - start < most or stop % self._views):
            stop += 1
            self._waiting = next(self._missing, None)
        return Piece(range(start, stop))

    def give_back(self, piece: Piece, finished: Collection[int]) -> None:
        """Take back what is missing of a piece whose actor was lost."""
        lost = 0 if finished else piece.lost + 1
        for frames in _runs(index for index in piece.frames if index not in finished):
            self._again.append(Piece(frames, lost))


def _runs(indices: Iterable[int]) -> Iterator[range]:
    start = stop = -1
    for index in indices:
        if index != stop:
            if stop > start:
                yield range(start, stop)
            start = index
        stop = index + 1
    if stop > start:
        yield range(start, stop)


class Pace:
    """How many frames a shard has: few at first, then about a minute of work."""

    def __init__(self) -> None:
        self._recent_s: deque[float] = deque(maxlen=25)

    def note(self, frames: int, seconds: float) -> None:
        """Learn from a shard that is done."""
        if frames:
            self._recent_s.append(seconds / frames)

    def frames(self, left: int, slots: int) -> int:
        """Return the size of the next shard, with ``left`` frames to hand out to ``slots`` actors."""
        fair = math.ceil(left / (slots * _SHARDS_LEFT))
        if not self._recent_s:
            return max(1, min(_FIRST_FRAMES, fair))
        frame_s = max(median(self._recent_s), 1e-3)
        return max(1, min(round(_SHARD_S / frame_s), max(fair, round(_LEAST_S / frame_s))))
