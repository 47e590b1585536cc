"""Temporary folders go with their process, however that ends."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from synthvision.swept_folders import swept_folder

STAGES = "import sys\nfrom synthvision.swept_folders import swept_folder\nwith swept_folder('staging') as folder:\n"
STAGES += "    (folder / 'images').mkdir()\n    (folder / 'images' / '0.png').touch()\n"
STAGES += "    print(folder, flush=True)\n    sys.stdin.read()\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def names(place: Path) -> list[Path]:
    return sorted(place.iterdir())


def test_a_folder_goes_with_its_block(place: Path) -> None:
    with swept_folder("staging") as folder, swept_folder("staging") as other:
        (folder / "000000.png").touch()
        assert names(place) == sorted([folder, other])
    assert names(place) == []


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_uses_is_not(place: Path) -> None:
    command = [sys.executable, "-c", STAGES]
    runs = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    dead, alive = (Path(run.stdout.readline().strip()) for run in runs)
    runs[0].kill()
    runs[0].wait()
    assert (dead / "images" / "0.png").exists()
    with swept_folder("staging") as folder:
        assert names(place) == sorted([alive, folder])
        assert (alive / "images" / "0.png").exists()
    runs[1].communicate("")
    assert names(place) == []


def test_folders_of_others_stay(place: Path) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".in_use").touch()
    (place / "synthvision-staging-abcdefgh").symlink_to(elsewhere)
    for name in ("synthvision-staging-mine", "synthvision-dataset", "synthvision-convert-abcdefgh"):
        (place / name).mkdir()
        (place / name / ".in_use").touch()
    (place / "synthvision-staging-00000000").mkdir()  # that has no mark yet: it is being made
    before = names(place)
    with swept_folder("staging") as folder:
        assert names(place) == sorted([*before, folder])
    assert (elsewhere / ".in_use").exists()
