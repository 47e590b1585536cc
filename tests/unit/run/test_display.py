"""What is said while a run goes on, and at its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from synthvision.run.crew import FrameFailed
from synthvision.run.display import Lines, details, duration, headline, report, shown_progress
from synthvision.run.spans import Seconds
from synthvision.run.summary import Progress, RunSummary

GOING = Progress(
    wanted=100,
    before=10,
    made=20,
    failed=2,
    attempts=25,
    seconds=Seconds(1.0, 2.0, 0.2, 0.5, 30.0, 2.5, 4.0),
    elapsed_s=10.0,
    device="cpu (a chip)",
)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7620, "2 h 07 min")]
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_headline_counts_what_is_there_and_estimates_the_rest() -> None:
    assert headline(GOING) == "30/100 frames, 2 failed, 2 frames/s, 34 s left"


def test_headline_does_not_estimate_before_the_first_frame() -> None:
    assert headline(Progress(100, 10)) == "10/100 frames"


def test_details() -> None:
    assert details(GOING) == (
        "20 accepted, 5 rejected; sampling 1.0 s, labels 2.0 s, pictures 0.2 s, prepare 0.5 s, render 30.0 s, "
        "sensor 2.5 s, write 4.0 s"
    )
    assert details(Progress(100, 10)) == "starting"


def lines_of(times: list[float], steps: list[Progress]) -> list[str]:
    written: list[str] = []
    now = [0.0]
    lines = Lines(written.append, lambda: now[0])
    for now[0], step in zip(times, steps, strict=True):
        lines(step)
    return written


def test_lines_are_written_at_every_tenth() -> None:
    steps = [replace(GOING, before=0, failed=0, made=made) for made in range(101)]
    written = lines_of([0.0] * 101, steps)
    assert [line.split("/")[0] for line in written] == [str(made) for made in range(0, 101, 10)]


def test_lines_are_written_after_ten_seconds() -> None:
    steps = [replace(GOING, made=20)] * 4
    assert len(lines_of([0.0, 5.0, 9.9, 10.1], steps)) == 2


def test_notes_are_written_at_once() -> None:
    written = lines_of([0.0, 0.1], [GOING, replace(GOING, note="renders on cpu (a chip)")])
    assert written[-1] == "renders on cpu (a chip)"


def test_without_a_terminal_progress_is_lines_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress() as watch:
        watch(GOING)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("30/100 frames, 2 failed, 2 frames/s, 34 s left; 20 accepted")


def test_on_a_terminal_progress_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress() as watch:
        watch(replace(GOING, note="a note [not markup]"))
    shown = capsys.readouterr().err
    assert "a note [not markup]" in shown
    assert "30/100 frames, 2 failed, 2 frames/s, 34 s left" in shown
    assert "━" in shown


def test_report_names_failures_and_refusing_rules() -> None:
    failures = (FrameFailed(7, "frame 7: no place in 50 attempts"), FrameFailed(9, "frame 9: worker died: SIGSEGV"))
    summary = RunSummary(Path("out"), GOING, failures, {"require[0] (each_instance: {})": 4})
    assert report(summary).splitlines() == [
        "out: 30 of 100 frames are there; pictures in out/images",
        "made 20 in 10 s (2 frames/s) on cpu (a chip)",
        "  stage           per frame  share",
        "  sampling          50.0 ms     2%",
        "  labels           100.0 ms     5%",
        "  pictures          10.0 ms     0%",
        "  prepare           25.0 ms     1%",
        "  render          1500.0 ms    75%",
        "  sensor           125.0 ms     6%",
        "  write            200.0 ms    10%",
        "accepted 20 of 25 draws (80%)",
        "  require[0] (each_instance: {}) refused 4",
        "2 frames failed:",
        "  frame 7: no place in 50 attempts",
        "  frame 9: worker died: SIGSEGV",
    ]
    assert summary.exit_code == 1


def test_report_counts_pictures_that_were_left_less_good_than_wanted() -> None:
    lines = report(RunSummary(Path("out"), replace(GOING, short=3), (), {})).splitlines()
    assert lines[-1] == (
        "3 of 20 frames had the most samples before their picture was as good as render.samples_per_pixel wants it; "
        "their lines in frames.jsonl say how good (convergence)"
    )


def test_report_of_a_finished_dataset() -> None:
    summary = RunSummary(Path("out"), Progress(5, 5), (), {})
    assert report(summary) == "out: 5 of 5 frames are there; pictures in out/images (nothing was left to do)"
    assert summary.exit_code == 0
    assert summary.acceptance_rate is None


def test_the_same_reason_is_told_once_and_of_very_many_the_first_ones() -> None:
    same = tuple(FrameFailed(index, "require: balance: shares must be a 0.50") for index in range(3))
    others = tuple(FrameFailed(index, f"frame {index}: no place") for index in range(3, 28))
    lines = report(RunSummary(Path("out"), GOING, (*same, *others), {})).splitlines()
    first = lines.index("28 frames failed:") + 1
    assert lines[first : first + 2] == ["  require: balance: shares must be a 0.50 (3 frames)", "  frame 3: no place"]
    assert len(lines) == first + 21
    assert lines[-1] == "  and 6 more, which are in run_log.jsonl"
