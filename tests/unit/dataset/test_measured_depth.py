"""What a depth sensor measures is written beside the perfect depth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.dataset.validate import validate
from synthvision.recipe import recipe_from_dict
from synthvision.run.rendering import render_dataset

RECIPE = {
    "version": 1,
    "name": "measured",
    "categories": ["mug"],
    "objects": [{"asset": "mug", "category": "mug", "place": {"at_m": [0, 0, 0]}, "variants": 1}],
    "camera": {"resolution": [96, 72], "position": {"at_m": [0.5, 0, 0.4]}},
}
SENSOR = {"baseline_m": 0.05, "dropout": 0.1}


def rendered(folder: Path, **changes: object) -> Path:
    out = folder / "out"
    render_dataset(recipe_from_dict({**RECIPE, **changes}, folder), out, frames=1, renderer="preview")
    return out


@pytest.fixture(scope="module")
def measured_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One frame with what the sensor measures, to be left as it is."""
    return rendered(tmp_path_factory.mktemp("measured"), depth_sensor=SENSOR)


def test_it_has_a_shadow_and_lost_pixels_but_else_follows_the_perfect_depth(measured_once: Path):
    out = measured_once
    perfect, measured = (
        cv2.imread(str(out / kind / "000000.png"), cv2.IMREAD_UNCHANGED) for kind in ("depth", "measured_depth")
    )
    assert measured.dtype == np.uint16
    seen = measured > 0
    assert 0.1 < 1 - seen.mean() < 0.5
    error = np.abs(measured.astype(float) - perfect)[seen]
    assert np.median(error) < 20
    assert error.any()
    assert validate(out) == ()
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["encodings"]["measured_depth"]["unit"] == "millimetre"


def test_without_a_sensor_there_is_none(tmp_path: Path):
    out = rendered(tmp_path)
    assert not (out / "measured_depth").exists()
    assert "measured_depth" not in json.loads((out / "manifest.json").read_text())["encodings"]


def test_it_can_be_left_out(tmp_path: Path):
    assert not (rendered(tmp_path, depth_sensor=SENSOR, outputs={"measured_depth": False}) / "measured_depth").exists()


def test_damage_is_found(measured_once: Path, tmp_path: Path):
    out = shutil.copytree(measured_once, tmp_path / "out")
    file = out / "measured_depth/000000.png"
    file.write_bytes(file.read_bytes()[:-30])
    assert [fault.file for fault in validate(out)] == ["measured_depth/000000.png"]
