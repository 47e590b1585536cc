"""Signals, a terminal that is closed, a folder that is deleted, a clock that jumps."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time  # noqa: TID251 - the clock that jumps
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthvision.dataset import validate
from synthvision.errors import DatasetError
from synthvision.run.rendering import render_dataset
from synthvision.run.stopping import SIGNALS, stop_on_signals
from synthvision.run.summary import Progress
from tests.unit.run.small import contents, small_recipe, small_recipe_file


@pytest.fixture(autouse=True)
def heeds_its_terminal() -> Iterator[None]:
    """As in a terminal, even where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_is_a_wish_to_stop(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        signal.raise_signal(number)
    assert stop.wishes == 1
    assert signal.getsignal(number) is before


def test_under_nohup_the_end_of_the_terminal_is_not_the_end_of_the_run() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            signal.raise_signal(signal.SIGHUP)
        assert stop.wishes == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    recipe, out = small_recipe_file(tmp_path), tmp_path / "out"
    command = ["-m", "synthvision", "render", recipe, "--renderer", "preview", "--out", out]
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, *map(str, command), "--frames", "500", "--workers", "1"])  # noqa: S606
    while not list(out.glob("images/00000[2-9].png")):
        assert os.read(terminal, 4096)
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    frames = len((out / "frames.jsonl").read_bytes().splitlines())
    assert 2 <= frames < 500
    assert validate(out) == ()


def test_a_folder_that_is_moved_away_is_one_clear_error_and_is_not_half_made_anew(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def move(progress: Progress) -> None:
        if progress.made == 2:
            out.rename(tmp_path / "elsewhere")

    with pytest.raises(
        DatasetError, match=r"out: folder must stay where it is while frames are written to it, got none"
    ):
        render_dataset(small_recipe(tmp_path), out, frames=500, workers=1, renderer="preview", progress=move)
    assert not (out / "manifest.json").exists()


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render_dataset(small_recipe(tmp_path), tmp_path / "calm", frames=4, workers=1, renderer="preview")
    jumps = iter([4e9, -5.0, 0.0] * 1000)
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    summary = render_dataset(small_recipe(tmp_path), tmp_path / "jumps", frames=4, workers=1, renderer="preview")
    assert 0 < summary.progress.elapsed_s < 600
    assert contents(tmp_path / "jumps") == contents(tmp_path / "calm")
