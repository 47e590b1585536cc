"""How steep the tone curve is, against the pictures that it makes."""

from __future__ import annotations

import numpy as np
import pytest

from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop, levels_per_light


@pytest.mark.parametrize("view", ["srgb", "linear", "filmic"])
@pytest.mark.parametrize("exposure_ev", [-2.0, 0.0, 1.0])
def test_slope_is_that_of_the_pictures(view: str, exposure_ev: float) -> None:
    settings = SensorSettings(view=view, exposure_ev=exposure_ev)
    grey = np.geomspace(0.01, 3.0, 40, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    brighter, darker = (develop(Radiance(grey * np.float32(step)), settings).astype(float) for step in (1.25, 0.8))
    measured = (brighter - darker) / (0.45 * grey)
    rounding = 1.2 / (0.45 * grey)
    assert (abs(levels_per_light(grey, settings) - measured) <= rounding).all()


def test_light_beyond_white_is_worth_nothing_and_black_is_no_fault() -> None:
    light = np.array([[[0.0, 0.0, 0.0], [2.0, 2.0, 2.0]]], np.float32)
    slopes = levels_per_light(light, SensorSettings(view="srgb"))
    assert slopes[0, 0] == pytest.approx(255 * 12.92)
    assert not slopes[0, 1].any()


def test_slope_knows_the_automatic_exposure() -> None:
    settings = SensorSettings(view="linear", auto_exposure=0.18)
    light = np.full((4, 4, 3), 0.02, np.float32)
    assert levels_per_light(light, settings) == pytest.approx(255 * 0.18 / 0.02, rel=1e-3)
