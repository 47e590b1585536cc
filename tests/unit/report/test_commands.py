"""``show``, ``report``, ``card``, ``export`` and ``formats`` on the command line."""

from pathlib import Path

import pytest
from PIL import Image

from synthvision import cli
from synthvision.formats import FORMATS
from tests.unit.report.samples import textured, with_pictures

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_pictures(tmp_path / "made", [textured(n) for n in range(3)])


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    code = cli.run([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_they_are_in_the_help(capsys: Capture) -> None:
    _, out, _ = run(capsys, "--help")
    for command in ("show", "report", "card", "export", "formats"):
        assert f"\n  {command} " in out


def test_show(folder: Path, capsys: Capture) -> None:
    sheet, one = folder.with_name("sheet.png"), folder.with_name("one.png")
    assert run(capsys, "show", folder, "-o", sheet) == (0, f"{sheet}: contact sheet of {folder}\n", "")
    assert run(capsys, "show", folder, "1", "-o", one, "--with", "boxes,depth") == (
        0,
        f"{one}: frame 1 of {folder}\n",
        "",
    )
    assert Image.open(sheet).width > 3 * 360
    assert Image.open(one).size == (128, 48)


def test_report(folder: Path, capsys: Capture) -> None:
    out = folder.with_name("page.html")
    assert run(capsys, "report", folder, "-o", out, "--against", folder) == (0, f"{out}: report of {folder}\n", "")
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_card(folder: Path, capsys: Capture) -> None:
    code, out, err = run(capsys, "card", folder)
    assert (code, err) == (0, "")
    assert out == f"{folder}/DATASHEET.md: written\n{folder}/croissant.json: written\n"
    assert run(capsys, "validate", folder) == (0, f"{folder}: ok: 3 frames\n", "")


def test_export_and_formats(folder: Path, capsys: Capture) -> None:
    code, out, _ = run(capsys, "formats")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines() if not line.startswith(" ")] == list(FORMATS)
    assert "\n    without " in out
    code, out, err = run(capsys, "export", folder, folder.with_name("yolo"), "--to", "yolo-detect")
    assert code == 0
    assert out.startswith(f"{folder.with_name('yolo')}: 3 frames, 0 labels as YOLO")
    assert "yolo-detect: " in err  # what was lost, or chosen


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("show", "--with", "mask"), 2, "--with: overlay must be one of "),
        (("show", "7"), 1, "frames.jsonl: frame must be one of its 3, got 7\n"),
        (("show", "-o", "x.gif"), 2, "x.gif: output must be a .png file, got '.gif'\n"),
        (("report", "-o", "x.txt"), 2, "x.txt: output must be a .html file, got '.txt'\n"),
        (("export", "out", "--to", "yolo"), 2, "--to: format must be one of coco, "),
    ],
)
def test_wrong_use_is_one_line(folder: Path, capsys: Capture, arguments: tuple[str, ...], code: int, text: str) -> None:
    found, out, err = run(capsys, arguments[0], folder, *arguments[1:])
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert text in err
