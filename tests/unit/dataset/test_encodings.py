import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from synthvision.dataset.encodings import (
    decode_depth,
    decode_image,
    decode_normals,
    depth_to_mm,
    describe_encodings,
    encode_depth,
    encode_image,
    encode_normals,
)
from synthvision.dataset.png import encode_png
from synthvision.errors import DatasetError
from synthvision.recipe.model import Outputs

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
pictures = st.tuples(st.sampled_from([np.uint8, np.uint16]), shapes, st.sampled_from([(), (3,)])).flatmap(
    lambda form: arrays(form[0], (*form[1], *form[2]))
)


@settings(max_examples=100, deadline=None)
@given(pictures)
def test_a_png_reads_back_equal(pixels):
    again = decode_image(encode_png(pixels, {"a": "b"}), "here")
    assert again.dtype == pixels.dtype
    assert (again == pixels).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("noise", [0, 400])
def test_a_map_of_runs_and_a_noisy_one_read_back_equal_from_small_files(dtype, noise):
    """Runs and all else are deflated in two ways; 200 random pixels are about the least that each file must hold."""
    rng = np.random.default_rng(1)  # noqa: TID251 - seeded
    pixels = np.zeros((300, 400), dtype)
    pixels[50:250, 80:300] = 7
    pixels[rng.integers(0, 300, 200), rng.integers(0, 400, 200)] = 9
    pixels[:, :noise] += rng.integers(0, 16, (300, noise), dtype)
    content = encode_png(pixels, {})
    assert (decode_image(content, "here") == pixels).all()
    entropy_bytes = 300 * noise * 5 / 8  # of the difference of two numbers of four bits, each byte above all zeros
    assert len(content) < 1.35 * entropy_bytes + 2500


def test_pillow_sees_the_same_pixels_and_the_provenance():
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    image = Image.open(io.BytesIO(encode_image(pixels, Outputs(), {"synthetic": "true", "seed": "0"})))
    assert (np.asarray(image) == pixels).all()
    assert image.text == {"synthetic": "true", "seed": "0"}


def test_a_jpeg_is_near_and_carries_the_provenance():
    rows, columns = np.mgrid[:40, :60]
    pixels = np.stack([rows * 4, columns * 4, rows + columns], axis=2).astype(np.uint8)
    content = encode_image(pixels, Outputs(image="jpeg", jpeg_quality=95), {"synthetic": "true", "frame": "3"})
    image = Image.open(io.BytesIO(content))
    assert image.info["comment"] == b"synthetic: true; frame: 3"
    assert np.abs(decode_image(content, "here").astype(int) - pixels).mean() < 2
    small = encode_image(pixels, Outputs(image="jpeg", jpeg_quality=10), {})
    assert len(small) < len(content) - 300


def test_depth_is_rounded_millimetres_with_0_for_nothing_and_for_what_is_beyond():
    depth = np.float32([[0, 0.0001, 0.0014, 1.2346], [65.534, 65.535, 65.5356, 1000]])
    assert depth_to_mm(depth).tolist() == [[0, 1, 1, 1235], [65534, 65535, 0, 0]]
    read = decode_depth(encode_depth(depth, Outputs(), {}), "here.png")
    assert read.dtype == np.float32
    assert np.allclose(read, [[0, 0.001, 0.001, 1.235], [65.534, 65.535, 0, 0]], atol=1e-6)


def test_exr_depth_keeps_every_bit():
    depth = np.linspace(0, 300, 30, dtype=np.float32).reshape(6, 5) / np.float32(7)
    outputs = Outputs(depth="exr")
    content = encode_depth(depth, outputs, {"synthetic": "true"})
    assert b"synthetic" in content
    assert content == encode_depth(depth, outputs, {"synthetic": "true"})
    assert (decode_depth(content, "here.exr") == depth).all()
    with pytest.raises(DatasetError, match=r"here\.exr: file must be a readable EXR with a channel Y, got "):
        decode_depth(content[:50], "here.exr")


def test_normals_come_back_within_their_step():
    normals = np.sin(np.arange(90, dtype=np.float32) * 1.7).reshape(6, 5, 3)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    normals[0, 0] = 0
    normals[0, 1] = (0, 0, -1)
    content = encode_normals(normals, {})
    assert np.asarray(decode_image(content, "here"))[0, 1].tolist() == [32768, 32768, 0]
    read = decode_normals(content, "here")
    assert read[0, 0].tolist() == [0, 0, 0]
    assert np.abs(read - normals).max() < 2 / 65535


@pytest.mark.parametrize("content", [b"", b"no picture", encode_png(np.zeros((4, 4), np.uint8), {})[:20]])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(DatasetError, match=f"x.png: file must be a readable picture, got {len(content)} bytes"):
        decode_image(content, "x.png")


def test_the_description_names_exactly_the_kinds_asked_for():
    assert list(describe_encodings(Outputs(depth="none", instances=False, measured_depth=False))) == ["images"]
    full = describe_encodings(Outputs(normals=True, image="jpeg", jpeg_quality=80))
    assert list(full) == ["images", "depth", "measured_depth", "instances", "normals"]
    assert full["images"]["quality"] == 80
    assert (full["depth"]["unit"], full["depth"]["beyond_greatest"]) == ("millimetre", 0)
    assert describe_encodings(Outputs(depth="exr"))["depth"]["unit"] == "metre"


def test_opencv_reads_exr_depth_as_it_was_written(tmp_path: Path) -> None:
    depth = np.linspace(0.0, 80.0, 4 * 6, dtype=np.float32).reshape(4, 6)
    (tmp_path / "depth.exr").write_bytes(encode_depth(depth, Outputs(depth="exr"), {}))
    np.save(tmp_path / "depth.npy", depth)
    # OpenCV looks at this variable once per process.
    code = (
        "import cv2, numpy, sys; read = cv2.imread(sys.argv[1], cv2.IMREAD_UNCHANGED); "
        "assert read.dtype == 'float32' and numpy.array_equal(read, numpy.load(sys.argv[2]))"
    )
    environment = os.environ | {"OPENCV_IO_ENABLE_OPENEXR": "1"}
    paths = [str(tmp_path / "depth.exr"), str(tmp_path / "depth.npy")]
    subprocess.run([sys.executable, "-c", code, *paths], env=environment, check=True)
