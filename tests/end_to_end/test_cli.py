"""The command line: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time  # noqa: TID251 - waiting for processes
from pathlib import Path

import cv2
import pytest

from synthvision import __version__, cli
from synthvision.doctor import Examination, Finding
from tests.unit.run.small import TEXT, small_recipe_file

Capture = pytest.CaptureFixture[str]
SMALL = ["--renderer", "preview", "--workers", "1"]


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    code = cli.run([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_version_and_help(capsys: Capture) -> None:
    assert run(capsys, "--version") == (0, f"synthvision {__version__}\n", "")
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for command in ("render", "preview", "sample", "check", "validate", "schema", "recipes", "doctor"):
        assert f"\n  {command}" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("rendr",), "No such command 'rendr'"),
        (("render", "tabletop"), "Missing option '-o'"),
        (("render", "tabletop", "-o", "out", "-n", "many"), "Invalid value for '-n' / '--frames'"),
    ],
)
def test_wrong_use_is_exit_code_2(capsys: Capture, arguments: tuple[str, ...], text: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert text in err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            ("--quality", "drafty"),
            "--quality: name must be one of draft, standard, high, got 'drafty'; did you mean 'draft'?",
        ),
        (
            ("--renderer", "blendr"),
            "--renderer: name must be one of blender, preview, got 'blendr'; did you mean 'blender'?",
        ),
        (("-n", "0"), "frames: number must be at least 1, got 0"),
        (("--workers", "0"), "workers: number must be at least 1, got 0"),
        (("--device", "cuda"), "device: it must be auto or cpu for the preview renderer, got 'cuda'"),
    ],
)
def test_impossible_option_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: Capture, options: tuple[str, ...], text: str
) -> None:
    arguments = ("render", small_recipe_file(tmp_path), "-o", tmp_path / "out", *SMALL, *options)
    assert run(capsys, *arguments) == (2, "", f"{text}\n")
    assert not (tmp_path / "out").exists()


def test_unknown_recipe_is_exit_code_2_with_a_near_name(capsys: Capture) -> None:
    code, out, err = run(capsys, "check", "quickstrat")
    assert (code, out) == (2, "")
    assert "got 'quickstrat'; did you mean 'quickstart'?" in err


def test_check_prints_every_fault_with_its_place(tmp_path: Path, capsys: Capture) -> None:
    text = TEXT.replace("fov_deg: 40", "fov: 40").replace("asset: die", "asset: dye")
    path = small_recipe_file(tmp_path, text)
    code, out, err = run(capsys, "check", path)
    assert (code, out) == (2, "")
    places = [line.removeprefix(str(path)).split(": ")[0] for line in err.splitlines()]
    assert places == [":11:12", ":21:3"]
    assert "did you mean 'die'?" in err


def test_check_of_a_good_recipe_says_what_it_makes(tmp_path: Path, capsys: Capture) -> None:
    path = small_recipe_file(tmp_path)
    code, out, err = run(capsys, "check", path)
    assert (code, err) == (0, "")
    assert out == (
        f"{path}: ok: 'small' has 2 categories, 2 object groups, 0 distractor groups, 1 lights, 1 rules; "
        "48x32 pixels, standard quality\n"
    )


def test_set_and_allow_root_reach_the_recipe(tmp_path: Path, capsys: Capture) -> None:
    path = small_recipe_file(tmp_path)
    assert "; 64x8 pixels" in run(capsys, "check", path, "--set", "camera.resolution=[64, 8]")[1]
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "sky.png").write_bytes(cv2.imencode(".png", cv2.UMat(4, 8, cv2.CV_8UC3))[1].tobytes())
    inside = tmp_path / "inside"
    inside.mkdir()
    recipe = small_recipe_file(
        inside,
        TEXT.replace("world: {colour: {hsv: [[0, 1], [0, 0.1], [0.5, 0.6]]}}", "world: {hdri: ../outside/sky.png}"),
    )
    code, _, err = run(capsys, "check", recipe)
    assert code == 2
    assert "world.hdri" in err
    assert run(capsys, "check", recipe, "--allow-root", outside)[0] == 0


def test_render_tells_progress_on_standard_error_and_the_result_on_standard_output(
    tmp_path: Path, capsys: Capture
) -> None:
    arguments = ("render", small_recipe_file(tmp_path), "-o", tmp_path / "out", "-n", "3", *SMALL)
    code, out, err = run(capsys, *arguments)
    assert code == 0
    assert out.startswith(f"{tmp_path}/out: 3 of 3 frames are there; pictures in {tmp_path}/out/images\nmade 3 in")
    assert "renders on cpu (preview)" in err
    assert "3/3 frames" in err
    code, out, err = run(capsys, *arguments)
    assert code == 0
    assert "(nothing was left to do)" in out
    assert run(capsys, "validate", tmp_path / "out") == (0, f"{tmp_path}/out: ok: 3 frames\n", "")


def test_quality_is_an_override_of_the_recipe(tmp_path: Path, capsys: Capture) -> None:
    run(capsys, "render", small_recipe_file(tmp_path), "-o", tmp_path / "out", "-n", "1", *SMALL, "--quality", "draft")
    assert "quality: draft" in (tmp_path / "out" / "recipe.yaml").read_text()


def test_failed_frames_are_exit_code_1_with_their_names(tmp_path: Path, capsys: Capture) -> None:
    rule = "require=[{instances: {mask_px: {min: 1500}}}]"
    path = small_recipe_file(tmp_path)
    limits = ("--set", rule, "--set", "render.attempts=2")
    code, out, _ = run(capsys, "render", path, "-o", tmp_path / "out", "-n", "2", *SMALL, *limits)
    assert code == 1
    assert "2 frames failed:\n  frame 0: no attempt meets every rule: require[0]" in out


def test_validate_prints_every_fault_and_is_exit_code_1(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    run(capsys, "render", small_recipe_file(tmp_path), "-o", out, "-n", "2", *SMALL)
    (out / "images" / "000000.png").write_bytes(b"no picture")
    (out / "depth" / "000001.png").unlink()
    code, text, _ = run(capsys, "validate", out)
    assert code == 1
    assert [line.split(": ")[0] for line in text.splitlines()] == [
        f"{out}/images/000000.png",
        f"{out}/depth/000001.png",
    ]


def test_validate_of_something_else_is_exit_code_1(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = run(capsys, "validate", tmp_path)
    assert code == 1
    assert "folder must be a synthvision dataset" in out


def test_preview_makes_a_contact_sheet(tmp_path: Path, capsys: Capture) -> None:
    sheet = tmp_path / "new" / "sheet.png"
    code, out, err = run(capsys, "preview", small_recipe_file(tmp_path), "-o", sheet, "-n", "6")
    assert (code, out, err) == (0, f"{sheet}: 6 frames\n", "")
    picture = cv2.imread(str(sheet))
    assert picture.shape[1] > 4 * 48
    assert picture.shape[0] > 2 * 32
    assert run(capsys, "preview", "quickstart", "-o", tmp_path / "sheet.jpg")[2] == (
        f"{tmp_path}/sheet.jpg: output must be a .png file, got '.jpg'\n"
    )


def test_schema_and_recipes(capsys: Capture) -> None:
    code, out, _ = run(capsys, "schema")
    assert code == 0
    assert "camera" in json.loads(out)["properties"]
    code, out, _ = run(capsys, "recipes")
    assert code == 0
    assert any(line.startswith("quickstart ") for line in out.splitlines())


@pytest.mark.parametrize(("state", "code"), [("good", 0), ("poor", 0), ("bad", 1)])
def test_doctor(capsys: Capture, monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    def examine(device: str) -> Examination:
        return Examination((Finding("cores", state, "2", f"asked for {device}"),))

    monkeypatch.setattr("synthvision.doctor.examine", examine)
    assert run(capsys, "doctor")[0] == code
    status, out, _ = run(capsys, "doctor", "--json", "--device", "cuda:1")
    assert status == code
    assert json.loads(out) == {
        "healthy": not code,
        "findings": [{"name": "cores", "state": state, "value": "2", "cure": "asked for cuda:1"}],
    }


def test_bug_is_one_line_with_the_place_of_its_traceback(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def examine(device: str) -> Examination:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("synthvision.doctor.examine", examine)
    code, _, err = run(capsys, "doctor")
    assert code == 1
    assert err.startswith("synthvision: this is a bug: ZeroDivisionError: a bug; please report it with /")
    log = Path(err.split()[-1])
    assert "in examine" in log.read_text()
    log.unlink()
    code, _, err = run(capsys, "doctor", "--debug")
    assert code == 1
    assert err.startswith("Traceback")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "synthvision", *map(str, arguments)]


def test_reader_that_closes_the_pipe_is_no_error() -> None:
    process = subprocess.Popen(command("schema"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_valid_dataset_and_says_how_to_go_on(tmp_path: Path, number: int, capsys: Capture) -> None:
    out = tmp_path / "out"
    arguments = command("render", small_recipe_file(tmp_path), "-o", out, "-n", "5000", *SMALL)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal = out / "frames.jsonl"
    while not (journal.exists() and journal.stat().st_size) and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"of 5000 frames are in {out}; run the same command again to go on" in err
    assert "Traceback" not in err
    assert run(capsys, "validate", out)[0] == 0
