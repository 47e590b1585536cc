"""Real cameras: each is one, and sees something in every pixel."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import CameraSensor, load_sensors
from synthvision.errors import AssetError
from synthvision.scene.lenses import undistort
from synthvision.scene.types import Lens

TOLERANCE_DEG = {"realsense_d435_depth": 3}
"""Intel states 87 ± 3 degrees."""


def rays(sensor: CameraSensor, points: np.ndarray) -> np.ndarray:
    fx, fy, cx, cy = sensor.k
    image = (points - (cx, cy)) / (fx, fy)
    return image if sensor.lens is None else undistort(Lens(sensor.lens.model, sensor.lens.coefficients), image)


def test_there_are_many_and_all_can_be_looked_through() -> None:
    sensors = load_sensors()
    assert len(sensors) >= 12
    assert {sensor.lens.model for sensor in sensors.values() if sensor.lens} == {"brown_conrady", "kannala_brandt"}
    for name, sensor in sensors.items():
        width, height = sensor.resolution
        border = np.array([(0, 0), (width, 0), (0, height), (width, height), (width / 2, height / 2)], float)
        found = rays(sensor, border)
        assert np.isfinite(found).all(), name
        assert np.abs(sensor.k[0] / sensor.k[1] - 1) < 0.02, name
        focal_mm = sensor.k[0] / width * sensor.width_mm
        assert 1 < focal_mm < 15, name


def angle_deg(sensor: CameraSensor, *ends: tuple[float, float]) -> float:
    """Angle between the rays of two points of the picture."""
    one, other = (np.append(ray, 1.0) for ray in rays(sensor, np.array(ends, float)))
    return math.degrees(math.acos(one @ other / np.linalg.norm(one) / np.linalg.norm(other)))


@pytest.mark.parametrize("name", [name for name, sensor in load_sensors().items() if sensor.fov_deg is not None])
def test_matrix_and_lens_give_the_field_of_view_that_is_stated(name: str) -> None:
    sensor = load_sensors()[name]
    (width, height), stated = sensor.resolution, sensor.fov_deg
    assert stated is not None
    ends = {
        "horizontal": ((0, height / 2), (width, height / 2)),
        "vertical": ((width / 2, 0), (width / 2, height)),
        "diagonal": ((0, 0), (width, height)),
    }
    given = {key: degrees for key in ends if (degrees := getattr(stated, key)) is not None}
    assert given
    for key, degrees in given.items():
        assert angle_deg(sensor, *ends[key]) == pytest.approx(degrees, abs=TOLERANCE_DEG.get(name, 1.8)), key


def test_every_source_says_what_was_stated_where() -> None:
    for name, sensor in load_sensors().items():
        assert len(sensor.source) > 40, name
        assert any(word in sensor.source for word in ("field of view", "focal length", "D435")), name


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"width_mm": 2.0}, "width_mm must be resolution times pixel_um, 1.8"),
        ({"focal_mm": 2.2}, "focal_mm must be k[0] times pixel_um, 2, but for 4%"),
        ({"focal_mm": None}, "focal_mm or fov_deg must be given, or both"),
    ],
)
def test_figures_that_disagree_are_named(change: dict[str, float | None], fault: str, tmp_path: Path) -> None:
    figures = {"resolution": [90, 90], "k": [100, 100, 45, 45], "pixel_um": 20, "width_mm": 1.8, "focal_mm": 2.0}
    eye = {"description": "an eye", "source": "its data sheet"} | figures | change
    file = tmp_path / "sensors.yaml"
    file.write_text(json.dumps({"version": 1, "sensors": {"eye": eye}}))
    with pytest.raises(AssetError) as caught:
        load_sensors(file)
    assert f"sensors.yaml: sensors.eye: {fault}, got" in str(caught.value)


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sensors.yaml"
    eye = "description: x, source: y, k: [1, 1, 1, 1], pixel_um: 1, width_mm: 0.09, fov_deg: {vertical: 9}"
    file.write_text(f"version: 1\nsensors: {{eye: {{{eye}, resolution: [4, 90]}}}}\n")
    with pytest.raises(AssetError, match=r"sensors\.yaml: sensors\.eye\.resolution\.0: Input should be .* 8, got 4$"):
        load_sensors(file)
    lens = "{model: kannala_brandt, coefficients: [1, 2]}"
    file = tmp_path / "more.yaml"
    file.write_text(f"version: 1\nsensors: {{eye: {{{eye}, resolution: [90, 90], lens: {lens}}}}}\n")
    with pytest.raises(AssetError, match=r"sensors\.eye\.lens: coefficients must be 4, got"):
        load_sensors(file)
    with pytest.raises(AssetError, match="sensors must be a readable YAML file, got"):
        load_sensors(tmp_path / "none.yaml")
