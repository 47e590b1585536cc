"""EXR files go out and in without loss, and are what other programs read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from synthvision.errors import RenderError
from synthvision.render.exr import read_exr_rgb, write_exr_depth


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


def test_depth_goes_out_and_in_to_the_last_bit(tmp_path: Path) -> None:
    depth = picture()[:, :, 1].copy()
    write_exr_depth(tmp_path / "depth.exr", depth)
    with OpenEXR.File(str(tmp_path / "depth.exr")) as file:
        (name, channel), *others = file.channels().items()
        assert name == "Y"
        assert not others
        assert channel.pixels.dtype == np.float32
        assert np.array_equal(channel.pixels, depth)


def test_opencv_reads_the_depth(tmp_path: Path) -> None:
    depth = picture()[:, :, 2].copy()
    write_exr_depth(tmp_path / "depth.exr", depth)
    np.save(tmp_path / "depth.npy", depth)
    # OpenCV looks at this variable once per process.
    code = (
        "import cv2, numpy, sys; read = cv2.imread(sys.argv[1], cv2.IMREAD_UNCHANGED); "
        "assert read.dtype == 'float32' and numpy.array_equal(read, numpy.load(sys.argv[2]))"
    )
    environment = os.environ | {"OPENCV_IO_ENABLE_OPENEXR": "1"}
    paths = [str(tmp_path / "depth.exr"), str(tmp_path / "depth.npy")]
    subprocess.run([sys.executable, "-c", code, *paths], env=environment, check=True)


def test_equal_depths_make_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.exr", "b.exr"):
        write_exr_depth(tmp_path / name, picture()[:, :, 0])
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()


def test_files_that_are_no_colours_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.exr"
    with pytest.raises(RenderError) as caught:
        read_exr_rgb(missing)
    assert str(caught.value).startswith(f"{missing}: it must be an OpenEXR file, got: ")
    depth = tmp_path / "depth.exr"
    write_exr_depth(depth, np.ones((2, 3), np.float32))
    with pytest.raises(RenderError) as caught:
        read_exr_rgb(depth)
    assert str(caught.value) == f"{depth}: its channels must be R, G and B, got Y"


def test_depth_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    target = tmp_path / "no" / "depth.exr"
    with pytest.raises(OSError, match="the depth must be writable, got: "):
        write_exr_depth(target, np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"depth: the array must be of shape \(H, W\), got \(2, 3, 1\)"):
        write_exr_depth(target, np.ones((2, 3, 1), np.float32))
