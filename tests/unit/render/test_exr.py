"""EXR files come in without loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from synthvision.errors import RenderError
from synthvision.render.exr import read_exr_rgb


def picture() -> np.ndarray:
    values = np.linspace(-1.0, 3e4, 4 * 6 * 3, dtype=np.float32).reshape(4, 6, 3)
    values[0, 0] = (1e-20, np.inf, 0.1)
    return values


@pytest.mark.parametrize("names", ["RGB", "RGBA"])
def test_colours_are_read_to_the_last_bit_first_row_on_top(tmp_path: Path, names: str) -> None:
    pixels = picture()
    stored = pixels if names == "RGB" else np.dstack([pixels, np.full(pixels.shape[:2], 0.5, np.float32)])
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {names: stored}).write(str(tmp_path / "light.exr"))
    found = read_exr_rgb(tmp_path / "light.exr")
    assert found.dtype == np.float32
    assert np.array_equal(found, pixels)


def test_files_that_are_no_colours_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.exr"
    with pytest.raises(RenderError) as caught:
        read_exr_rgb(missing)
    assert str(caught.value).startswith(f"{missing}: it must be an OpenEXR file, got: ")
    depth = tmp_path / "depth.exr"
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"Y": np.ones((2, 3), np.float32)}).write(str(depth))
    with pytest.raises(RenderError) as caught:
        read_exr_rgb(depth)
    assert str(caught.value) == f"{depth}: its channels must be R, G and B, got Y"
