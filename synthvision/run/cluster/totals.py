"""One progress for all shards of a run."""

from __future__ import annotations

import time  # noqa: TID251 - the elapsed time of a run, never data
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from synthvision.run.crew import FrameFailed
from synthvision.run.summary import Progress, RunSummary


class Totals:
    """Adds up shards that are done, and what those under way have told."""

    def __init__(self, wanted: int, before: int) -> None:
        self._started = time.monotonic()
        self._progress = Progress(wanted, before)
        self._live: Mapping[str, Progress] = {}
        self._failures: list[FrameFailed] = []
        self._refusals: Counter[str] = Counter()
        self._note = ""

    def add(self, shard: RunSummary) -> None:
        """Add a shard that is done."""
        done, now = shard.progress, self._progress
        self._progress = replace(
            now,
            made=now.made + done.made,
            failed=now.failed + done.failed,
            attempts=now.attempts + done.attempts,
            seconds=now.seconds + done.seconds,
            short=now.short + done.short,
            device=done.device or now.device,
        )
        self._failures += shard.failures
        self._refusals.update(shard.refusals)

    def kept(self, frames: int) -> None:
        """Count frames that a shard had committed before it was lost."""
        self._progress = replace(
            self._progress, made=self._progress.made + frames, attempts=self._progress.attempts + frames
        )

    def fail(self, failures: list[FrameFailed]) -> None:
        """Count frames that are given up."""
        self._failures += failures
        self._progress = replace(self._progress, failed=self._progress.failed + len(failures))

    def say(self, note: str) -> None:
        """Keep something that the user should know for the next progress."""
        self._note = note

    def hear(self, live: Mapping[str, Progress]) -> None:
        """Take what the shards under way have told."""
        self._live = live

    def progress(self) -> Progress:
        """Return where the whole run stands."""
        note, self._note = self._note, ""
        live = tuple(self._live.values())
        now = self._progress
        return replace(
            now,
            made=now.made + sum(one.made for one in live),
            failed=now.failed + sum(one.failed for one in live),
            attempts=now.attempts + sum(one.attempts for one in live),
            seconds=sum((one.seconds for one in live), start=now.seconds),
            short=now.short + sum(one.short for one in live),
            device=now.device or next((one.device for one in live if one.device), ""),
            note=note or next((one.note for one in live if one.note), ""),
            elapsed_s=time.monotonic() - self._started,
        )

    def summary(self, name: str, *, interrupted: bool) -> RunSummary:
        """Return how the run ended."""
        self._live = {}
        return RunSummary.of(name, self.progress(), self._failures, dict(self._refusals), interrupted=interrupted)
