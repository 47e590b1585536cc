"""``synthvision sample``: its CSV and its statistics."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from synthvision import cli
from synthvision.errors import UsageError
from synthvision.recipe import load_recipe
from synthvision.run.tables import statistics_text, tabulate, write_csv
from synthvision.sampling.tabulating import Table
from tests.unit.run.small import small_recipe_file

Capture = pytest.CaptureFixture[str]
TABLE = Table(
    range(5, 9), {"mug/count": np.array([1.0, 2.0, 2.0, 4.0]), "mug/1/scale": np.array([np.nan, 0.1, 1 / 3, 2.5])}
)


def test_csv_is_exact_and_leaves_out_what_is_not_there(tmp_path: Path) -> None:
    write_csv(TABLE, str(tmp_path / "new" / "table.csv"))
    assert (tmp_path / "new" / "table.csv").read_bytes() == (
        b"frame,mug/count,mug/1/scale\n5,1,\n6,2,0.1\n7,2,0.3333333333333333\n8,4,2.5\n"
    )


def test_csv_goes_to_standard_output(capsys: Capture) -> None:
    write_csv(TABLE, "-")
    assert capsys.readouterr().out.splitlines()[0] == "frame,mug/count,mug/1/scale"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"output must be a file that can be written, got 'Is a directory'$"):
        write_csv(TABLE, str(tmp_path))


def test_statistics_have_a_line_for_each_value() -> None:
    assert statistics_text(TABLE).splitlines() == [
        "value        frames  min  25%     50%  75%  max  distinct",
        "mug/count         4    1    1       2    2    4         3",
        "mug/1/scale       3  0.1  0.1  0.3333  2.5  2.5         3",
    ]


def test_frames_and_start_have_limits(tmp_path: Path) -> None:
    recipe = load_recipe(str(small_recipe_file(tmp_path)))
    with pytest.raises(UsageError, match=r"^frames: number must be at least 1, got 0$"):
        tabulate(recipe, 0)
    with pytest.raises(UsageError, match=r"^start: number must be at least 0, got -1$"):
        tabulate(recipe, 1, start=-1)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_the_command_prints_csv(capsys: Capture) -> None:
    assert cli.run(["sample", "tabletop", "-n", "64", "--csv", "-", "--seed", "4"]) == 0
    drawn = rows(capsys.readouterr().out)
    assert [row["frame"] for row in drawn] == [str(frame) for frame in range(64)]
    wear = np.array([float(row["variables/wear"]) for row in drawn])
    assert sorted(((wear - 0.1) / 0.5 * 64).astype(int).tolist()) == list(range(64))
    assert {row["mug/count"] for row in drawn} == {"1", "2", "3", "4"}
    assert cli.run(["sample", "tabletop", "-n", "4", "--start", "60", "--csv", "-", "--seed", "4"]) == 0
    assert rows(capsys.readouterr().out) == drawn[60:]


def test_the_command_holds_factors(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    arguments = ["sample", "tabletop", "-n", "9", "--csv", str(file), "--freeze", "lights, camera"]
    assert cli.run(arguments) == 0
    assert capsys.readouterr().out.startswith(f"{file}: 9 frames, ")
    drawn = rows(file.read_text())
    assert len({row["camera/fov_deg"] for row in drawn}) == len({row["lights/area/0/power_w"] for row in drawn}) == 1
    assert len({row["variables/wear"] for row in drawn}) == 9


def test_the_command_prints_statistics_and_objects(capsys: Capture) -> None:
    assert cli.run(["sample", "tabletop", "-n", "20", "--objects", "--set", "sensor.exposure_ev=1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["value", "frames", "min", "25%", "50%", "75%", "max", "distinct"]
    assert any(line.startswith("mug/0/scale") for line in lines)
    assert not any(line.startswith("sensor/") for line in lines)
