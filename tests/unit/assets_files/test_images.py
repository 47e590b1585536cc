"""Images and environments."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image

from synthvision.assets.images import decode_environment, decode_image
from synthvision.assets.srgb import srgb_decode, srgb_encode
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import png, quadrants


def encoded(image: Image.Image, kind: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "TGA"])
def test_lossless_formats_come_back_to_the_bit(kind):
    assert np.array_equal(decode_image(encoded(Image.fromarray(quadrants()), kind), "a"), quadrants())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_come_back_nearly(kind):
    grey = np.full((16, 16, 3), 120, dtype=np.uint8)
    assert np.abs(decode_image(encoded(Image.fromarray(grey), kind), "a").astype(int) - 120).max() <= 2


def test_modes_become_rgb_or_rgba():
    grey = np.array([[0, 255]], dtype=np.uint8)
    assert decode_image(png(grey), "a").tolist() == [[[0, 0, 0], [255, 255, 255]]]
    wide = np.array([[0, 257 * 100, 65535]], dtype=np.uint16)
    assert decode_image(png(wide), "a")[0, :, 1].tolist() == [0, 100, 255]
    assert np.array_equal(decode_image(png(quadrants(alpha=True)), "a"), quadrants(alpha=True))
    palette = Image.fromarray(quadrants()).quantize(8)
    assert np.array_equal(decode_image(encoded(palette, "PNG"), "a"), quadrants())
    assert decode_image(encoded(Image.new("LA", (1, 1), (7, 9)), "PNG"), "a").tolist() == [[[7, 7, 7, 9]]]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_truncated_images_are_refused(kind):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)  # noqa: TID251 - a seeded picture
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(AssetError, match=r"skin.x: file must be a complete image, got damaged data \(OSError"):
        decode_image(data[: len(data) // 2], "skin.x")


def test_other_files_are_refused():
    with pytest.raises(
        AssetError, match=r"a.png: image must be PNG, JPEG, WEBP, TIFF, BMP, TGA, got another kind of file"
    ):
        decode_image(b"certainly not an image, but text of some length", "a.png")


@pytest.mark.parametrize(("side", "message"), [(8200, "got 8200 x 8200"), (13500, "got more")])
def test_oversized_images_are_refused_before_decoding(side, message):
    data = encoded(Image.new("1", (side, side)), "PNG")
    with pytest.raises(AssetError, match=f"big.png: image must be at most 8192 x 8192 px, {message}"):
        decode_image(data, "big.png")


def hdr(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".hdr", np.ascontiguousarray(pixels[..., ::-1]))[1].tobytes()


def ramp(width: int = 40) -> np.ndarray:
    """(3, width, 3) float32 from 0 to 1000, with flat stretches that are stored as runs."""
    values = np.repeat(np.linspace(0, 1000, width // 4), 4).astype(np.float32)
    return np.stack([np.stack([values, values[::-1], values * 0 + row], axis=1) for row in range(3)])


@pytest.mark.parametrize("width", [40, 4])
def test_radiance_files_are_linear_with_the_first_row_on_top(width):
    found = decode_environment(hdr(ramp(width)), "a.hdr")
    assert found.shape == (3, width, 3)
    assert found.dtype == np.float32
    step = ramp(width).max(axis=2, keepdims=True) / 128
    assert (np.abs(found - ramp(width)) <= step).all()


def test_radiance_values_by_hand():
    body = bytes([128, 64, 32, 129, 255, 0, 0, 128, 9, 9, 9, 0])
    data = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 3\n" + body
    assert decode_environment(data, "a.hdr")[0].tolist() == [[1, 0.5, 0.25], [255 / 256, 0, 0], [0, 0, 0]]


def test_openexr_and_its_faults():
    pixels = ramp()
    pixels[0, 0, 0] = -0.25

    def exr(array: np.ndarray, name: str = "RGB") -> bytes:
        buffer_path = BytesIO()
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {name: np.ascontiguousarray(array)}).write(buffer_path)
        return buffer_path.getvalue()

    found = decode_environment(exr(pixels), "a.exr")
    assert np.array_equal(found, np.maximum(pixels, 0))
    assert np.array_equal(decode_environment(exr(pixels.astype(np.float16)), "a.exr")[1], pixels.astype(np.float16)[1])
    pixels[1, 1, 1] = np.inf
    with pytest.raises(AssetError, match=r"a.exr: environment must have finite values, got NaN or infinity"):
        decode_environment(exr(pixels), "a.exr")
    with pytest.raises(AssetError, match=r"a.exr: EXR channels must be R, G, B or Y, got Z"):
        decode_environment(exr(pixels[..., 0], "Z"), "a.exr")
    with pytest.raises(AssetError, match=r"a.exr: file must be a complete environment image .* got damaged data"):
        decode_environment(exr(pixels)[:-200], "a.exr")


def test_eight_bit_environments_are_taken_as_srgb():
    found = decode_environment(png(np.array([[[0, 188, 255]]], dtype=np.uint8)), "a.png")
    assert found[0, 0] == pytest.approx([0, 0.5029, 1], abs=1e-4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (hdr(ramp())[:-9], "a.hdr: Radiance HDR must have 3 rows, got a file that ends in row 2"),
        (
            hdr(ramp()).replace(b"\x02\x02\x00\x28", b"\x02\x02\x00\x29"),
            "a.hdr: Radiance HDR must have 3 rows, got damaged",
        ),
        (hdr(ramp(4))[:-1], "a.hdr: Radiance HDR must have 48 bytes of pixels, got 47"),
        (b"#?RADIANCE\n\n+Y 1 +X 1\n1234", "a.hdr: Radiance HDR must have a header that ends in '-Y height +X width'"),
        (b"#?RADIANCE\n\n-Y 99999 +X 99999\n1234", "a.hdr: image must be at most 8192 x 8192 px, got 99999 x 99999"),
        (
            b"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\n1234",
            "a.hdr: Radiance HDR must have FORMAT=32-bit_rle_rgbe",
        ),
        (
            b"#?RADIANCE\n\n-Y 1 +X 2\n1234\x01\x01\x01\x02",
            "a.hdr: Radiance HDR must be flat or new-style run-length, got",
        ),
    ],
)
def test_damaged_radiance_files(data, message):
    with pytest.raises(AssetError) as caught:
        decode_environment(data, "a.hdr")
    assert str(caught.value).startswith(message)


def test_srgb_curve_both_ways():
    codes = np.arange(256) / 255
    assert np.array_equal(np.rint(srgb_encode(srgb_decode(codes)) * 255), np.arange(256))
    assert srgb_decode(np.array([0.5]))[0] == pytest.approx(0.21404, abs=1e-5)
