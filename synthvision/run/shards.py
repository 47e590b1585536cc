"""Shards: parts of a dataset that different machines make, each into a folder of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from synthvision.errors import UsageError

_WRITTEN = re.compile(r"(\d{1,9})/(\d{1,9})")


@dataclass(frozen=True)
class Shard:
    """One of ``of`` parts of a dataset's frames; ``number`` counts from 0, as the tasks of Slurm and Kubernetes do."""

    number: int
    of: int

    def __post_init__(self) -> None:
        """Refuse shards that are none of their number; raises UsageError."""
        if self.of < 1:
            raise UsageError(f"shard: count must be at least 1, got {self}")
        if not 0 <= self.number < self.of:
            raise UsageError(f"shard: it must be 0/{self.of} to {self.of - 1}/{self.of}, got {self}")

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a shard as it is written on the command line, such as ``0/8``; raises UsageError."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise UsageError(f"shard: it must be NUMBER/COUNT, from 0/8 to 7/8 for eight shards, got '{text}'")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def part(self, frames: range, views: int) -> range:
        """Return this shard's frames: neighbours, and all views of a scene that ``frames`` has.

        The shards' parts follow one another, cover ``frames``, and differ by one scene at most. A part is empty where
        there are more shards than scenes.
        """
        first, last = frames.start // views, -(-frames.stop // views)
        scenes = last - first
        begin, end = (views * (first + scenes * place // self.of) for place in (self.number, self.number + 1))
        return range(min(max(begin, frames.start), frames.stop), min(max(end, frames.start), frames.stop))
