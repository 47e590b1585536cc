"""``--trace``: what every thread of every worker did when, as a file that Chrome's ``about:tracing`` and Perfetto show.

The format is the JSON array of Chrome's Trace Event Format; it may lack its end, so a run that dies leaves a trace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from synthvision.dataset.closing import Closing
from synthvision.dataset.disk import disk_errors
from synthvision.run.crew import Event
from synthvision.run.messages import FrameDone
from synthvision.run.spans import Span, Stage

_THREADS: Mapping[Stage, tuple[int, str]] = {
    "sampling": (1, "draw and label"),
    "labels": (1, "draw and label"),
    "pictures": (1, "draw and label"),
    "prepare": (2, "render"),
    "render": (2, "render"),
    "sensor": (3, "develop and write"),
    "write": (3, "develop and write"),
}
"""Number and name of the worker's thread that a stage runs in."""


class Trace(Closing):
    """Writes the spans of finished frames; raises DatasetError where that cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began_s: float | None = None
        self._processes: set[int] = set()
        with disk_errors(path):
            self._stream: BinaryIO = path.open("wb")
            self._stream.write(b"[")

    def note(self, event: Event) -> None:
        """Write the spans of a frame that is done."""
        if not isinstance(event, FrameDone) or not event.effort.spans:
            return
        if event.effort.process not in self._processes:
            self._introduce(event.effort.process)
        if self._began_s is None:
            self._began_s = min(span.started_s for span in event.effort.spans)
        for span in event.effort.spans:
            self._write(_complete(span, event.frame_index, event.effort.process, self._began_s))

    def _introduce(self, process: int) -> None:
        self._processes.add(process)
        self._write(_name("process_name", process, 0, f"worker {len(self._processes)}"))
        for thread, name in sorted(set(_THREADS.values())):
            self._write(_name("thread_name", process, thread, name))

    def _write(self, entry: Mapping[str, Any]) -> None:
        with disk_errors(self._path):
            self._stream.write((b"\n" if self._stream.tell() == 1 else b",\n") + json.dumps(entry).encode())

    def close(self) -> None:
        """End the array."""
        with disk_errors(self._path), self._stream:
            self._stream.write(b"\n]\n")


def _complete(span: Span, frame_index: int, process: int, began_s: float) -> dict[str, Any]:
    """Return a complete event; times are microseconds from the first span of the run, which can be after others."""
    return {
        "name": span.stage,
        "cat": "frame",
        "ph": "X",
        "ts": round(1e6 * (span.started_s - began_s), 1),
        "dur": round(1e6 * (span.ended_s - span.started_s), 1),
        "pid": process,
        "tid": _THREADS[span.stage][0],
        "args": {"frame": frame_index},
    }


def _name(what: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {"name": what, "ph": "M", "pid": process, "tid": thread, "args": {"name": name}}
