"""Image files to arrays: 8-bit textures, and environments in linear light. Nothing is guessed from a file's suffix."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from synthvision.assets.decoding import reading
from synthvision.assets.rgbe import decode_rgbe
from synthvision.assets.srgb import srgb_decode
from synthvision.errors import AssetError
from synthvision.limits import MAX_ASSET_PX, MAX_EXR_BYTES, MAX_IMAGE_PX, MAX_SIDE_PX, exr_extent

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "TGA")

EXR_MAGIC = b"\x76\x2f\x31\x01"
RGBE_MAGIC = b"#?"


def decode_image(data: bytes, where: str, pixels_left: int = MAX_IMAGE_PX) -> NDArray[np.uint8]:
    """Decode PNG, JPEG, WebP, TIFF, BMP or TGA to (H, W, 3 or 4) uint8, first row on top, values as stored.

    Grey becomes RGB, 16 bits are rounded to 8, a palette is looked up; colour profiles and EXIF turns are ignored, as
    glTF 2.0 asks. Raises AssetError for other formats, damaged or truncated files and more than 8192 x 8192 px, or more
    than ``pixels_left``, which are those that the other textures of an asset leave.
    """
    with reading(where, "a complete image"):
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                check_size(image.width, image.height, where)
                if image.width * image.height > pixels_left:
                    rule = f"asset must have textures of at most {MAX_ASSET_PX} px together"
                    raise AssetError(f"{where}: {rule}, got more; make them smaller")
                return _pixels(image, where)
        except Image.DecompressionBombError as error:
            raise AssetError(f"{where}: image must be at most {MAX_SIDE_PX} x {MAX_SIDE_PX} px, got more") from error
        except UnidentifiedImageError as error:
            raise AssetError(f"{where}: image must be {', '.join(FORMATS)}, got another kind of file") from error


def check_size(width: int, height: int, where: str) -> None:
    """Refuse images of more than 8192 x 8192 px (counted in pixels) before they are decoded."""
    if not 0 < width * height <= MAX_IMAGE_PX:
        raise AssetError(f"{where}: image must be at most {MAX_SIDE_PX} x {MAX_SIDE_PX} px, got {width} x {height}")


def _pixels(image: Image.Image, where: str) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.mode == "F":
        raise AssetError(f"{where}: image must have 8 or 16 bits per channel, got 32-bit floats")
    with_alpha = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    pixels: NDArray[np.uint8] = np.array(image.convert("RGBA" if with_alpha else "RGB"), dtype=np.uint8)
    return pixels


def _from_16_bits(image: Image.Image) -> NDArray[np.uint8]:
    grey = np.rint(np.clip(np.asarray(image, dtype=np.float64), 0, 65535) / 257).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def pixel_hash(image: NDArray[np.uint8]) -> str:
    """SHA-256 (hex) of an image's shape and pixels: the key of embedded textures."""
    return hashlib.sha256(str(image.shape).encode() + np.ascontiguousarray(image).tobytes()).hexdigest()


def decode_environment(data: bytes, where: str) -> NDArray[np.float32]:
    """Decode an equirectangular environment to (H, W, 3) float32 linear Rec.709, first row towards +Z.

    Radiance HDR and OpenEXR are linear already; 8-bit images are taken as sRGB. Negative values, which resampling
    filters leave in EXR files, are set to 0. Raises AssetError for NaN or infinity, damaged files and too many pixels.
    """
    with reading(where, "a complete environment image (.hdr, .exr, or 8-bit sRGB)"):
        if data.startswith(EXR_MAGIC):
            pixels = _decode_exr(data, where)
        elif data.startswith(RGBE_MAGIC):
            pixels = decode_rgbe(data, where, check_size)
        else:
            codes = srgb_decode(np.arange(256) / 255).astype(np.float32)
            pixels = codes[decode_image(data, where)[..., :3]]
    if not np.isfinite(pixels).all():
        raise AssetError(f"{where}: environment must have finite values, got NaN or infinity")
    return np.maximum(pixels, np.float32(0))


def _decode_exr(data: bytes, where: str) -> NDArray[np.float32]:
    import OpenEXR  # noqa: PLC0415 - a large library that only EXR environments need

    _check_exr(data, where)
    channels = OpenEXR.File(BytesIO(data), separate_channels=True).channels()
    return _exr_colours(channels, where)


def _check_exr(data: bytes, where: str) -> None:
    """Refuse an EXR file of too many pixels, or whose parts and channels are too many together, by its header."""
    import OpenEXR  # noqa: PLC0415 - a large library that only EXR files need

    width, height, total = exr_extent(OpenEXR.File(BytesIO(data), header_only=True).parts)
    check_size(width, height, where)
    if total > MAX_EXR_BYTES:
        raise AssetError(
            f"{where}: EXR must have channels of at most {MAX_EXR_BYTES} bytes together, got {total}; "
            "keep only those that are needed, or fewer pixels"
        )


def _exr_colours(channels: dict[str, Any], where: str) -> NDArray[np.float32]:
    names = ("R", "G", "B") if "R" in channels else ("Y", "Y", "Y")
    missing = [name for name in names if name not in channels]
    if missing:
        raise AssetError(f"{where}: EXR channels must be R, G, B or Y, got {', '.join(sorted(channels))}")
    return np.stack([np.asarray(channels[name].pixels, dtype=np.float32) for name in names], axis=2)
