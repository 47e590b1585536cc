"""From a recipe to a dataset with real worker processes; the preview renderer stands for Blender."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthvision import render_dataset
from synthvision.dataset import validate
from synthvision.errors import DatasetError, UsageError
from synthvision.recipe import Recipe
from synthvision.run.plan import Order
from synthvision.run.rendering import carry_out
from synthvision.run.spans import STAGES
from synthvision.run.stopping import Stop, stop_on_signals
from synthvision.run.summary import Interrupted, Progress, RunSummary
from tests.unit.run.small import contents, small_recipe, small_recipe_file


def log_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "run_log.jsonl").read_text().splitlines()]


@dataclass(frozen=True)
class Finished:
    """A dataset of three frames to be left as it is, how its run ended, and all that was told of it."""

    folder: Path
    summary: RunSummary
    told: tuple[Progress, ...]

    @property
    def recipe(self) -> Recipe:
        return small_recipe(self.folder.parent)

    def copy(self, folder: Path) -> Path:
        return shutil.copytree(self.folder, folder / "out")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder, told = tmp_path_factory.mktemp("finished"), list[Progress]()
    recipe = small_recipe(folder)
    summary = render_dataset(recipe, folder / "out", frames=3, workers=1, renderer="preview", progress=told.append)
    return Finished(folder / "out", summary, tuple(told))


def test_bytes_depend_neither_on_workers_nor_on_the_order_of_runs(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    render_dataset(recipe, tmp_path / "one", frames=9, workers=1, renderer="preview")
    render_dataset(recipe, tmp_path / "two", frames=4, start=5, workers=1, renderer="preview")
    render_dataset(recipe, tmp_path / "two", frames=9, workers=2, renderer="preview")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(contents(tmp_path / "one")) == 4 + 3 * 9
    assert validate(tmp_path / "two") == ()


def test_finished_dataset_is_left_as_it_is_without_any_worker(finished: Finished, tmp_path: Path) -> None:
    first, out = finished.summary, finished.copy(tmp_path)
    again = render_dataset(finished.recipe, out, frames=3, workers=1, renderer="preview")
    assert (first.progress.made, first.progress.before, first.exit_code) == (3, 0, 0)
    assert (again.progress.made, again.progress.before, again.exit_code) == (0, 3, 0)
    assert contents(out) == contents(finished.folder)
    events = [entry["event"] for entry in log_of(out)]
    assert events == ["begin", "worker ready", "frame", "frame", "frame", "end", "begin", "end"]


TELLS_ITS_FIRST_PROCESS = """
import os, sys
import numpy.testing  # starts lscpu; scipy imports it

def tell(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.system"):
        print(event, arguments, flush=True)
        os._exit(0)

sys.addaudithook(tell)
from synthvision.cli import main
main()
"""


def test_the_first_process_that_a_run_starts_is_a_worker(finished: Finished, tmp_path: Path) -> None:
    """It watches its workers; another process it could wait for in vain."""
    out, recipe = finished.copy(tmp_path), small_recipe_file(tmp_path)
    words = ["render", recipe, "-o", out, "-n", "4", "--renderer", "preview", "--workers", "1"]
    ended = subprocess.run(
        [sys.executable, "-c", TELLS_ITS_FIRST_PROCESS, *words], capture_output=True, text=True, check=False
    )
    assert ended.stdout.startswith("subprocess.Popen"), ended.stderr
    assert "synthvision.run.worker" in ended.stdout


def test_progress_is_told_from_the_start_to_the_last_frame(finished: Finished) -> None:
    seen = finished.told
    assert [progress.made for progress in seen] == [0, 0, 1, 2, 3]
    assert [progress.device for progress in seen][:2] == ["", "cpu (preview)"]
    assert seen[-1].seconds.render > 0
    assert seen[-1].left_s == 0


def test_run_log_tells_the_times_of_each_frame(finished: Finished) -> None:
    begin, _, frame, *_, end = log_of(finished.folder)
    assert begin["size"]["workers"] == 1  # type: ignore[call-overload]
    assert begin["size"]["threads"] == len(os.sched_getaffinity(0))  # type: ignore[call-overload]
    assert tuple(frame["seconds"]) == STAGES  # type: ignore[arg-type]
    assert end["made"] == 3


def test_frames_that_cannot_be_made_are_named_and_the_others_made(tmp_path: Path) -> None:
    rule = "require=[{instances: {category: die, count: {min: 2}}}]"
    recipe = small_recipe(tmp_path, rule, "render.attempts=1")
    summary = render_dataset(recipe, tmp_path / "out", frames=12, workers=1, renderer="preview")
    assert summary.failures
    assert summary.finished == 12 - len(summary.failures) > 0
    assert summary.exit_code == 1
    assert summary.failures[0].text.startswith(f"frame {summary.failures[0].frame_index}: no attempt meets every rule")
    assert validate(tmp_path / "out") == ()


def test_refusals_are_counted_by_rule(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, "require=[{instances: {category: die, count: {min: 2}}}]")
    summary = render_dataset(recipe, tmp_path / "out", frames=6, workers=1, renderer="preview")
    assert summary.progress.rejected == sum(summary.refusals.values()) > 0
    assert next(iter(summary.refusals)).startswith("require[0] (instances: {category: die")
    assert summary.acceptance_rate == 6 / summary.progress.attempts


def test_another_seed_or_recipe_is_refused_by_name(finished: Finished, tmp_path: Path) -> None:
    finished.copy(tmp_path)
    with pytest.raises(DatasetError, match="seed must be 0, as the dataset was begun, got 1"):
        render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=1, seed=1, renderer="preview")
    with pytest.raises(DatasetError, match=r"recipe must be the one .* 'fov_deg: 40(\.0)?' is now 'fov_deg: 41(\.0)?'"):
        render_dataset(small_recipe(tmp_path, "camera.fov_deg=41"), tmp_path / "out", frames=1, renderer="preview")


def test_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    errors: list[DatasetError] = []

    def intrude(progress: Progress) -> None:
        if progress.made == 1 and not errors:
            with pytest.raises(DatasetError) as caught:
                render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=2, workers=1, renderer="preview")
            errors.append(caught.value)

    render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=2, workers=1, renderer="preview", progress=intrude)
    assert f"folder must have one writer, got a second while process {os.getpid()} is writing" in str(errors[0])
    assert validate(tmp_path / "out") == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a small file system of its own, so root")
def test_full_disk_is_one_clear_error_and_the_run_can_go_on(tmp_path: Path) -> None:
    recipe, disk = small_recipe(tmp_path), tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", disk], check=False, capture_output=True)
    if mount.returncode:
        pytest.skip(f"no file system can be mounted here: {mount.stderr.decode()}")
    try:
        with pytest.raises(DatasetError, match="disk must have room for this file, got 'No space left on device'"):
            render_dataset(recipe, disk / "out", frames=40, workers=2, renderer="preview")
        kept = len((disk / "out" / "frames.jsonl").read_bytes().splitlines())
        assert kept > 0
        subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
        summary = render_dataset(recipe, disk / "out", frames=40, workers=1, renderer="preview")
        assert summary.progress.before >= kept - 1
        assert validate(disk / "out") == ()
        render_dataset(recipe, tmp_path / "undisturbed", frames=40, workers=1, renderer="preview")
        assert contents(disk / "out") == contents(tmp_path / "undisturbed")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_full_disk_under_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = small_recipe(tmp_path)
    real, calls = os.write, [0]

    def full(descriptor: int, data: bytes) -> int:
        if bytes(data[:12]) == b'{"camera_mat':
            calls[0] += 1
            if calls[0] > 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    monkeypatch.setattr("synthvision.dataset.journal.os.write", full)
    with pytest.raises(DatasetError, match=r"frames\.jsonl: disk must have room for this file"):
        render_dataset(recipe, tmp_path / "out", frames=6, workers=1, renderer="preview")
    monkeypatch.undo()
    assert render_dataset(recipe, tmp_path / "out", frames=6, workers=1, renderer="preview").progress.before == 2
    assert validate(tmp_path / "out") == ()


def test_read_only_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="must be writable, got"):
        render_dataset(small_recipe(tmp_path), "/proc/nowhere/out", frames=1, workers=1, renderer="preview")


def test_stop_leaves_a_valid_dataset_that_goes_on(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    stop = Stop()

    def watch(progress: Progress) -> None:
        if progress.made == 3:
            stop.ask()

    summary = carry_out(Order(recipe, 500, workers=2, renderer="preview"), tmp_path / "out", stop, watch)
    assert summary.interrupted
    assert 3 <= summary.finished < 30
    assert summary.exit_code == 1
    assert validate(tmp_path / "out") == ()
    done = render_dataset(recipe, tmp_path / "out", frames=30, workers=1, renderer="preview")
    assert done.progress.before == summary.finished
    assert validate(tmp_path / "out") == ()


def test_ctrl_c_raises_interrupted_and_says_how_to_go_on(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)

    def press(progress: Progress) -> None:
        if progress.made == 1:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted) as caught:
        render_dataset(
            small_recipe(tmp_path), tmp_path / "out", frames=500, workers=1, renderer="preview", progress=press
        )
    finished = caught.value.summary.finished
    assert str(caught.value) == (
        f"interrupted: {finished} of 500 frames are in {tmp_path / 'out'}; run the same command again to go on"
    )
    assert signal.getsignal(signal.SIGINT) is before
    assert validate(tmp_path / "out") == ()


def test_third_ctrl_c_ends_at_once() -> None:
    with stop_on_signals() as stop:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert stop.wishes == 3


@pytest.mark.parametrize("step", ["sweep", "write_coco"])
def test_run_that_dies_while_it_finishes_is_finished_by_the_next(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    recipe, out = finished.recipe, finished.copy(tmp_path)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"synthvision.run.keeping.{step}", die)
    with pytest.raises(KeyboardInterrupt):
        render_dataset(recipe, out, frames=5, workers=1, renderer="preview")
    monkeypatch.undo()
    assert [fault.kind for fault in validate(out)] == ["coco_out_of_date"]
    assert render_dataset(recipe, out, frames=5, workers=1, renderer="preview").progress.made == 0
    assert validate(out) == ()


def test_impossible_arguments_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="frames: number must be at least 1, got 0"):
        render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=0, renderer="preview")
    assert not (tmp_path / "out").exists()


def test_script_needs_no_main_guard_and_its_process_never_imports_blender(tmp_path: Path) -> None:
    small_recipe(tmp_path)
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nimport synthvision\n"
        f"recipe = synthvision.load_recipe({str(tmp_path / 'small.yaml')!r})\n"
        "print('once')\n"
        f"synthvision.render_dataset(recipe, {str(tmp_path / 'out')!r}, frames=2, workers=2, renderer='preview')\n"
        "print([name for name in ('bpy', 'mathutils') if name in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert run.stdout == "once\n[]\n"
