"""Counts what happens in a run."""

from __future__ import annotations

import time  # noqa: TID251 - the elapsed time of a run, never data
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthvision.dataset import FrameRecord
from synthvision.labels.rules import rule_name
from synthvision.recipe.model import Rule
from synthvision.run.crew import CrewChanged, Event, FrameFailed, WorkerLost
from synthvision.run.messages import FrameDone, Ready
from synthvision.run.summary import Progress, RunSummary


class Tally:
    """Turns the events of a run into Progress and, at its end, a RunSummary."""

    def __init__(self, wanted: int, before: int, rules: Sequence[Rule]) -> None:
        self._started = time.monotonic()
        self._progress = Progress(wanted, before)
        self._rules = rules
        self._refusals = [0] * len(rules)
        self._misplaced: Counter[str] = Counter()
        self._failures: list[FrameFailed] = []

    def note(self, event: Event) -> None:
        """Count an event."""
        now = self._progress
        match event:
            case Ready(device):
                self._progress = replace(
                    now, device=device, note="" if now.device == device else f"renders on {device}"
                )
            case FrameDone():
                self._refusals = [sum(pair) for pair in zip(self._refusals, event.refusals, strict=True)]
                self._misplaced.update(event.misplaced)
                self._progress = replace(
                    now,
                    made=now.made + 1,
                    attempts=now.attempts + event.attempts,
                    seconds=now.seconds + event.effort.seconds,
                    note="",
                    short=now.short + _falls_short(event.product),
                )
            case FrameFailed(_, text):
                self._failures.append(event)
                self._progress = replace(now, failed=now.failed + 1, note=text)
            case CrewChanged(text):
                self._progress = replace(now, note=text)
            case WorkerLost(_, text):
                self._progress = replace(now, note=f"{text}; another worker takes its place")

    def progress(self) -> Progress:
        """Return where the run stands now."""
        return replace(self._progress, elapsed_s=time.monotonic() - self._started)

    def summary(self, folder: Path | str, *, interrupted: bool) -> RunSummary:
        """Return how the run ended."""
        by_rule = {rule_name(self._rules, index): count for index, count in enumerate(self._refusals) if count}
        refusals = by_rule | dict(sorted(self._misplaced.items()))
        return RunSummary.of(folder, self.progress(), self._failures, refusals, interrupted=interrupted)


def _falls_short(product: Any) -> bool:
    convergence = product.convergence if isinstance(product, FrameRecord) else None
    return convergence is not None and not convergence.met
