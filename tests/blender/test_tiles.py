"""What changes memory and time must change no pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from tests.blender.scenes import make_store, still_life

SETTINGS = RenderSettings(1, 0.0, "none", device="cpu")


@pytest.mark.parametrize("denoiser", ["none", "fast"])
def test_tiles_and_warming_up_change_no_pixel(denoiser: str) -> None:
    store, scene = make_store(), still_life()
    whole = BlenderRenderer(replace(SETTINGS, denoiser=denoiser), store.as_store())
    expected = whole.render(scene).pixels
    whole.close()
    tiled = BlenderRenderer(replace(SETTINGS, denoiser=denoiser, tile_px=32), store.as_store())
    tiled.warm_up()
    found = tiled.render(scene).pixels
    tiled.close()
    assert expected.shape[1] > 32
    assert np.array_equal(found, expected)
