"""How long the frames of a dataset took, as its run log says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import reading_errors
from synthvision.dataset.layout import RUN_LOG


@dataclass(frozen=True)
class RunTimes:
    """What the runs took that made a dataset.

    Attributes:
        frames: how many were timed.
        stages: stage (``sampling``, ``render``, …) → mean seconds of one worker per frame.
        devices: what rendered, in the order met.
        elapsed_s, made: of all runs that came to their end: seconds by the clock, and frames.
    """

    frames: int
    stages: Mapping[str, float]
    devices: tuple[str, ...]
    elapsed_s: float
    made: int


def run_times(folder: Path) -> RunTimes | None:
    """Read the run log; None where there is none, or no frame in it. Raises DatasetError if it cannot be read."""
    path = folder / RUN_LOG
    if not path.is_file():
        return None
    totals: Counter[str] = Counter()
    devices: dict[str, None] = {}
    frames, elapsed, made = 0, 0.0, 0
    for event in _events(path):
        match event:
            case {"event": "frame", "seconds": dict(seconds)}:
                frames += 1
                totals.update(seconds)
            case {"event": "worker ready", "device": str(device)}:
                devices[device] = None
            case {"event": "end", "elapsed_s": seconds, "made": count}:
                elapsed, made = elapsed + seconds, made + count
    if not frames:
        return None
    return RunTimes(frames, {stage: total / frames for stage, total in totals.items()}, tuple(devices), elapsed, made)


def _events(path: Path) -> Iterator[Any]:
    with reading_errors(path), path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                yield json.loads(line)
            except ValueError:  # the last line of a run that died
                continue
