"""What ``synthvision export`` says about labels that a format has no place for: each kind once, with how often."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from synthvision.cli import app
from synthvision.formats import FORMATS
from tests.unit.formats.special_samples import KEYPOINTS, overlapping, with_keypoints

CARRY_ALL = {"coco", "coco-polygons", "webdataset"}
WITH_KEYPOINTS = {"coco-keypoints", "yolo-pose"}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"bop"}))  # BOP needs scenes that were drawn
def test_each_kind_of_loss_is_said_once(name, tmp_path):
    """Decals, a crowd and a see-through thing; for formats of keypoints, a category that has none."""
    if name in WITH_KEYPOINTS:
        with_keypoints(tmp_path / "set", {1: KEYPOINTS[1]})
    else:
        overlapping(tmp_path / "set")
    lines = exported(tmp_path / "set", name, tmp_path / "out")
    assert lines[-1].startswith(f"{tmp_path / 'out'}: 4 frames, ")
    said = [line.rsplit(" (", 1) for line in lines[:-1]]
    assert len({sentence for sentence, _ in said}) == len(said)
    assert all(sentence.startswith(f"{name}: ") and count.endswith(" times)") for sentence, count in said)
    assert bool(said) == (name not in CARRY_ALL)


def exported(folder: Path, name: str, out: Path) -> list[str]:
    result = CliRunner().invoke(app, ["export", str(folder), str(out), "--to", name])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()
