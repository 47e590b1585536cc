"""Real cameras: each is one, and sees something in every pixel."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import CameraSensor, load_sensors
from synthvision.errors import AssetError
from synthvision.scene.lenses import undistort
from synthvision.scene.types import Lens

# Horizontal field of view, degrees, as data sheets state it for the picture, lens and all.
STATED_DEG = {
    "realsense_d435_colour": 69.4,
    "realsense_d435_depth": 87,
    "azure_kinect_depth_nfov": 75,
    "kinect_v2_colour": 84.1,
    "kinect_v2_depth": 70.6,
    "logitech_c920": 70.4,
    "gopro_hero7_wide": 118.2,
    "raspberry_pi_camera_v2": 62.2,
    "raspberry_pi_camera_v3": 66,
    "dji_phantom_4_pro": 73.7,
}


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


@pytest.mark.parametrize("name", STATED_DEG)
def test_field_of_view_is_as_stated(name: str) -> None:
    sensor = load_sensors()[name]
    width, height = sensor.resolution
    left, right = rays(sensor, np.array([(0, height / 2), (width, height / 2)]))[:, 0]
    degrees = math.degrees(math.atan(right) - math.atan(left))
    assert degrees == pytest.approx(STATED_DEG[name], abs=4)


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sensors.yaml"
    file.write_text("version: 1\nsensors: {eye: {description: x, resolution: [4, 90], k: [1, 1, 1, 1], width_mm: 1}}\n")
    with pytest.raises(AssetError, match=r"sensors\.yaml: sensors\.eye\.resolution\.0: Input should be .* 8, got 4$"):
        load_sensors(file)
    lens = "{model: kannala_brandt, coefficients: [1, 2]}"
    file = tmp_path / "more.yaml"
    file.write_text(
        "version: 1\nsensors: {eye: {description: x, resolution: [90, 90], k: [1, 1, 1, 1], width_mm: 1, lens: "
        + lens
        + "}}\n"
    )
    with pytest.raises(AssetError, match=r"sensors\.eye\.lens: coefficients must be 4, got"):
        load_sensors(file)
    with pytest.raises(AssetError, match="sensors must be a readable YAML file, got"):
        load_sensors(tmp_path / "none.yaml")
