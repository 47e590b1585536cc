"""The trace is what Chrome's format says, and tells what the workers told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthvision.errors import DatasetError
from synthvision.run.messages import Effort, FrameDone, Ready
from synthvision.run.rendering import render_dataset
from synthvision.run.spans import STAGES, Seconds, Span
from synthvision.run.trace import Trace
from tests.unit.run.small import small_recipe


def frame(index: int, process: int, *spans: Span) -> FrameDone:
    return FrameDone(index, None, 1, (), {}, Effort(spans, process, 0))


def written(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text())
    return entries


def test_spans_become_complete_events_in_microseconds(tmp_path: Path) -> None:
    with Trace(tmp_path / "trace.json") as trace:
        trace.note(Ready("cpu"))
        trace.note(frame(5, 42, Span("sampling", 100.0, 100.5), Span("render", 100.5, 102.0)))
        trace.note(frame(6, 43, Span("write", 99.0, 99.25)))
    events = [entry for entry in written(tmp_path / "trace.json") if entry["ph"] == "X"]
    assert [(one["name"], one["pid"], one["ts"], one["dur"], one["args"]["frame"]) for one in events] == [
        ("sampling", 42, 0.0, 500_000.0, 5),
        ("render", 42, 500_000.0, 1_500_000.0, 5),
        ("write", 43, -1_000_000.0, 250_000.0, 6),
    ]
    names = [entry["args"]["name"] for entry in written(tmp_path / "trace.json") if entry["name"] == "process_name"]
    assert names == ["worker 1", "worker 2"]


def test_a_trace_of_nothing_is_an_empty_array(tmp_path: Path) -> None:
    with Trace(tmp_path / "trace.json"):
        pass
    assert written(tmp_path / "trace.json") == []


def test_a_trace_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"trace\.json: file must be writable, got 'No such file or directory'"):
        Trace(tmp_path / "no" / "trace.json")


def test_seconds_are_the_sums_of_spans() -> None:
    seconds = Seconds.of([Span("labels", 1.0, 2.0), Span("labels", 5.0, 5.5), Span("write", 0.0, 0.25)])
    assert seconds == Seconds(labels=1.5, write=0.25)
    assert (seconds + seconds).total == 3.5


def test_a_run_traces_every_stage_of_every_frame(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    render_dataset(recipe, tmp_path / "out", frames=3, workers=1, renderer="preview", trace=tmp_path / "trace.json")
    events = [entry for entry in written(tmp_path / "trace.json") if entry["ph"] == "X"]
    assert {(one["args"]["frame"], one["name"]) for one in events} == {(i, stage) for i in range(3) for stage in STAGES}
    assert all(one["dur"] >= 0 for one in events)
    order = [one["name"] for one in sorted(events, key=lambda one: one["ts"]) if one["args"]["frame"] == 0]
    assert order[0] == "sampling"
    assert order[-2:] == ["sensor", "write"]
