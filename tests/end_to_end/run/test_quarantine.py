"""A frame that breaks its workers is set aside with what one needs to look into it, and the run goes on."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from synthvision.cli import run
from synthvision.dataset import validate
from synthvision.run.crew import FrameFailed, Patience
from synthvision.run.messages import Job
from synthvision.run.one_frame import sample_scene
from synthvision.run.plan import Order
from synthvision.run.quarantine import Quarantine
from synthvision.run.rendering import carry_out
from synthvision.run.stages import FrameStages
from synthvision.run.stopping import Stop
from synthvision.run.summary import RunSummary
from synthvision.scene import Scene
from synthvision.scene.json_form import scene_from_json
from tests.unit.run.small import small_recipe

HERE = "tests.end_to_end.run.test_quarantine"


class Breaks(FrameStages):
    """Frame 1 breaks every worker, after Blender has said something."""

    def prepare(self, scene: Scene) -> None:
        if scene.frame_index == 1:
            raise OSError("a broken card")
        super().prepare(scene)


def rendered(folder: Path, stages: str) -> RunSummary:
    order = Order(small_recipe(folder), 3, workers=1, renderer="preview")
    patience = Patience(tries=2)
    return carry_out(order, folder / "out", Stop(), lambda _: None, patience=patience, stages=stages)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    folder = tmp_path_factory.mktemp("broken")
    return folder, rendered(folder, f"{HERE}:Breaks")


@pytest.fixture(scope="module")
def released(broken: tuple[Path, RunSummary], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """A copy of it that a run in which nothing breaks has gone on with."""
    folder = tmp_path_factory.mktemp("released")
    shutil.copytree(broken[0] / "out", folder / "out")
    return folder, rendered(folder, f"{HERE}:FrameStages")


def test_the_run_goes_on_and_says_so(broken: tuple[Path, RunSummary]) -> None:
    folder, summary = broken
    assert summary.finished == 2
    assert summary.exit_code == 1
    assert [failure.frame_index for failure in summary.failures] == [1]
    assert sorted(path.name for path in (folder / "out/images").iterdir()) == ["000000.png", "000002.png"]
    assert validate(folder / "out") == ()


def test_scene_log_and_command_are_kept(broken: tuple[Path, RunSummary]) -> None:
    folder, _ = broken
    place = folder / "out/quarantine/000001"
    assert sorted(path.name for path in place.iterdir()) == ["command.txt", "log.txt", "scene.json"]
    scene = scene_from_json(json.loads((place / "scene.json").read_text()), folder)
    assert scene == sample_scene(small_recipe(folder), 1)
    log = (place / "log.txt").read_text()
    assert log.startswith("frame 1: OSError: a broken card (2 tries)\n\nTraceback")
    assert "test_quarantine.py" in log


def test_the_command_makes_the_very_frame(
    broken: tuple[Path, RunSummary],
    released: tuple[Path, RunSummary],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, _ = broken
    program, *arguments = shlex.split((folder / "out/quarantine/000001/command.txt").read_text())
    monkeypatch.chdir(tmp_path)
    assert program == "synthvision"
    assert run(arguments) == 0
    again = tmp_path / "frame-000001/images/000001.png"
    assert again.read_bytes() == (released[0] / "out/images/000001.png").read_bytes()


def test_a_frame_that_is_made_after_all_is_released(
    broken: tuple[Path, RunSummary], released: tuple[Path, RunSummary]
) -> None:
    assert (broken[0] / "out/quarantine/000001").is_dir()
    folder, summary = released
    assert summary.exit_code == 0
    assert (summary.progress.before, summary.progress.made) == (2, 1)
    assert not (folder / "out/quarantine").exists()


def test_a_scene_that_cannot_be_drawn_is_said_so(tmp_path: Path) -> None:
    """What kills the workers is the drawing itself: there is a log and a command, but no scene."""
    rule = "require=[{instances: {category: die, visibility: {min: 1}, truncation: {min: 0.9}, count: {min: 2}}}]"
    recipe = small_recipe(tmp_path, rule, "render.attempts=1")
    place = tmp_path / "out/quarantine/000004"
    (tmp_path / "out").mkdir()
    Quarantine(tmp_path / "out", Job(recipe, 0, tmp_path / "out", "preview")).note(
        FrameFailed(4, "frame 4: worker died: SIGSEGV (3 tries)", 3, "what it printed")
    )
    assert sorted(path.name for path in place.iterdir()) == ["command.txt", "log.txt"]
    log = (place / "log.txt").read_text()
    assert log.startswith(
        "frame 4: worker died: SIGSEGV (3 tries)\n\nwhat it printed\n\nthe scene could not be drawn: frame 4"
    )


def test_a_frame_that_its_recipe_refuses_is_not_set_aside(tmp_path: Path) -> None:
    Quarantine(tmp_path, Job(small_recipe(tmp_path), 0, tmp_path, "preview")).note(FrameFailed(4, "frame 4: no place"))
    assert not (tmp_path / "quarantine").exists()
