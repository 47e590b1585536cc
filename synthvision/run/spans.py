"""Where the time of a run goes: which stage of which frame was at work between which moments."""

from __future__ import annotations

import time  # noqa: TID251 - stage times are for the progress bar, the run log and the trace, never for data
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Stage = Literal["sampling", "labels", "pictures", "prepare", "render", "sensor", "write"]
STAGES: tuple[Stage, ...] = ("sampling", "labels", "pictures", "prepare", "render", "sensor", "write")
"""In order: draw the scene, cast its labels, load its textures and surroundings, build it in the renderer, light it,
make the picture, write the files."""


@dataclass(frozen=True)
class Span:
    """A stage at work on a frame, between two readings of the machine's monotonic clock, which all processes share."""

    stage: Stage
    started_s: float
    ended_s: float


@dataclass(frozen=True)
class Seconds:
    """Wall seconds that frames spent in each stage of their workers."""

    sampling: float = 0.0
    labels: float = 0.0
    pictures: float = 0.0
    prepare: float = 0.0
    render: float = 0.0
    sensor: float = 0.0
    write: float = 0.0

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Seconds:
        """Return the sums of these spans."""
        sums = dict.fromkeys(STAGES, 0.0)
        for span in spans:
            sums[span.stage] += span.ended_s - span.started_s
        return cls(**sums)

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(**{stage: getattr(self, stage) + getattr(other, stage) for stage in STAGES})

    @property
    def total(self) -> float:
        """All stages together."""
        return float(sum(getattr(self, stage) for stage in STAGES))


@contextmanager
def measured(spans: list[Span], stage: Stage) -> Iterator[None]:
    """Add the span of the block to ``spans``, also where it fails."""
    started_s = time.monotonic()
    try:
        yield
    finally:
        spans.append(Span(stage, started_s, time.monotonic()))
