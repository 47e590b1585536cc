"""Arrays ⇄ the bytes of a dataset's files, and what the numbers in them mean."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray

from synthvision.dataset.png import encode_png
from synthvision.errors import DatasetError
from synthvision.recipe.model import Outputs

DEPTH_GREATEST_MM = 65535


def describe_encodings(outputs: Outputs) -> dict[str, Any]:
    """Say for the manifest what each kind of file holds; exactly the kinds that ``outputs`` asks for."""
    described: dict[str, Any] = {
        "images": {"file": outputs.image, "colour": "sRGB, 8 bits", "origin": "pixel (0, 0) is top left"}
    }
    if outputs.image == "jpeg":
        described["images"]["quality"] = outputs.jpeg_quality
    if outputs.depth != "none":
        described["depth"] = _describe_depth(outputs.depth)
    if outputs.measured_depth:
        described["measured_depth"] = _describe_depth("png16") | {"nothing_measured": 0}
    if outputs.instances:
        described["instances"] = {
            "file": "png, 16 bits",
            "value": "instance_id as in frames.jsonl; decals lie over what bears them, see-through things are left out",
            "nothing": 0,
        }
    if outputs.normals:
        described["normals"] = {
            "file": "png, 3 x 16 bits, x y z in red green blue",
            "value": "round((n + 1) / 2 * 65535), n a unit vector",
            "axes": "camera: x right, y down, z forward",
            "nothing": [0, 0, 0],
        }
    return described


def _describe_depth(depth: str) -> dict[str, Any]:
    common = {
        "measure": "distance to the camera plane (z), not along the ray",
        "sampled_at": "pixel centres, (0.5, 0.5) in pixel (0, 0)",
        "nothing": 0,
    }
    if depth == "exr":
        return {"file": "exr, channel Y, 32-bit float", "unit": "metre", **common}
    return {
        "file": "png, 16 bits",
        "unit": "millimetre",
        **common,
        "greatest": DEPTH_GREATEST_MM,
        "beyond_greatest": 0,
    }


def encode_image(pixels: NDArray[np.uint8], outputs: Outputs, text: Mapping[str, str]) -> bytes:
    """Encode an (H, W, 3) uint8 sRGB picture as PNG or JPEG with ``text`` in it."""
    if outputs.image == "png":
        return encode_png(pixels, text)
    quality = [cv2.IMWRITE_JPEG_QUALITY, outputs.jpeg_quality]
    encoded = cv2.imencode(".jpg", np.ascontiguousarray(pixels[:, :, ::-1]), quality)[1].tobytes()
    comment = "; ".join(f"{key}: {value}" for key, value in text.items()).encode()
    # The APP0 segment (JFIF) must stay first: the comment goes behind it.
    behind_app0 = 4 + struct.unpack(">H", encoded[4:6])[0]
    segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    return encoded[:behind_app0] + segment + encoded[behind_app0:]


DEPTH_CHANNEL = "Y"
"""Of the usual names for one channel (Y, Z, V) the only one that ``cv2.imread`` gives back as it was written: Z it
returns as zeros, V not at all. Blender and the OpenEXR library read any."""


def encode_depth(depth_m: NDArray[np.float32], outputs: Outputs, text: Mapping[str, str]) -> bytes:
    """Encode (H, W) float32 metres (0 = nothing) as the recipe wants it: see ``describe_encodings``."""
    if outputs.depth == "exr":
        return _encode_exr(depth_m, text)
    return encode_png(depth_to_mm(depth_m), text)


def depth_to_mm(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Round (H, W) metres to uint16 millimetres; 0 for nothing and for what lies beyond 65.535 m, else at least 1."""
    millimetres = np.rint(depth_m.astype(np.float64) * 1000)
    seen = (depth_m > 0) & (millimetres <= DEPTH_GREATEST_MM)
    return np.where(seen, np.maximum(millimetres, 1), 0).astype(np.uint16)


def encode_normals(normals: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    """Encode (H, W, 3) float32 unit normals in camera axes, 0 where nothing is: see ``describe_encodings``."""
    scaled = np.rint((np.clip(normals, -1, 1) + 1) * (65535 / 2)).astype(np.uint16)
    scaled[~normals.any(axis=2)] = 0
    return encode_png(scaled, text)


def _encode_exr(depth_m: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **text}
    with TemporaryDirectory(prefix="synthvision") as folder:  # the library writes to named files only
        path = Path(folder, "depth.exr")
        OpenEXR.File(header, {DEPTH_CHANNEL: np.ascontiguousarray(depth_m)}).write(str(path))
        return path.read_bytes()


def decode_image(content: bytes, where: str) -> NDArray[Any]:
    """Decode PNG or JPEG: (H, W) or (H, W, 3) RGB, uint8 or uint16. Raises DatasetError."""
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED) if content else None
    if pixels is None:
        raise DatasetError(f"{where}: file must be a readable picture, got {len(content)} bytes that are none")
    is_grey = pixels.ndim == 2  # noqa: PLR2004 - rows and columns
    return pixels if is_grey else pixels[:, :, ::-1]


def decode_depth(content: bytes, where: str) -> NDArray[np.float32]:
    """Decode a depth file, EXR or PNG by its name ``where``, to (H, W) float32 metres, 0 = nothing.

    Raises DatasetError.
    """
    if where.endswith(".exr"):
        return _decode_exr(content, where)
    return decode_image(content, where).astype(np.float32) / np.float32(1000)


def decode_normals(content: bytes, where: str) -> NDArray[np.float32]:
    """Decode a file of normals to (H, W, 3) float32, 0 where nothing is. Raises DatasetError."""
    scaled = decode_image(content, where)
    normals: NDArray[np.float32] = scaled.astype(np.float32) * np.float32(2 / 65535) - np.float32(1)
    normals[~scaled.any(axis=2)] = 0
    return normals


def _decode_exr(content: bytes, where: str) -> NDArray[np.float32]:
    with TemporaryDirectory(prefix="synthvision") as folder:
        path = Path(folder, "depth.exr")
        path.write_bytes(content)
        try:
            depth: NDArray[np.float32] = OpenEXR.File(str(path)).channels()[DEPTH_CHANNEL].pixels.astype(np.float32)
        except (RuntimeError, ValueError, KeyError) as error:
            raise DatasetError(f"{where}: file must be a readable EXR with a channel Y, got '{error}'") from error
    return depth
