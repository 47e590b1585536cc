"""Arrays ⇄ the bytes of a dataset's files, and what the numbers in them mean."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray
from PIL import Image

from synthvision.dataset.png import encode_png
from synthvision.errors import DatasetError
from synthvision.limits import MAX_EXR_BYTES, MAX_IMAGE_PX, exr_extent
from synthvision.recipe.model import Outputs

DEPTH_GREATEST_MM = 65535

_PICTURES = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "PPM", "GIF")
"""Pillow's names of the formats whose heads are read before OpenCV decodes them."""

_HALF_STEP = 0.5 / 65535


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
    described |= {kind: text for kind, text in _MAPS.items() if getattr(outputs, kind)}
    if outputs.disparity:
        described |= _STEREO
    if outputs.coverage:
        described["coverage"] = _COVERAGE | {"rays": f"{outputs.coverage} x {outputs.coverage} per pixel"}
    return described


_NORMALS = {
    "file": "png, 3 x 16 bits, x y z in red green blue",
    "value": "round((n + 1) / 2 * 65535), n a unit vector",
    "nothing": [0, 0, 0],
}
_MAPS: Mapping[str, Mapping[str, Any]] = {
    "semantic": {
        "file": "png, 16 bits",
        "value": "category_id of what the map of instances shows",
        "nothing": 0,
    },
    "normals": _NORMALS | {"axes": "camera: x right, y down, z forward"},
    "world_normals": _NORMALS | {"axes": "world: z up"},
    "object_coordinates": {
        "file": "png, 3 x 16 bits, x y z in red green blue",
        "value": "round(c * 65535), c = (p - middle of the mesh's box) / its diagonal + 0.5, p in the mesh's frame; "
        "of labelled instances, decals left out",
        "nothing": [0, 0, 0],
    },
    "uv": {
        "file": "png, 3 x 16 bits, u in red, v (up) in green",
        "value": "round(t * 65535), t the fractional part; values in 0 … 1 as they are, 1 included",
        "blue": "65535 where there are texture coordinates, 0 where there are none",
        "nothing": [0, 0, 0],
    },
    "parts": {
        "file": "png, 8 bits",
        "value": "material slot + 1 of the labelled instance that is seen; its name is that of the instance's material "
        "in that slot in the frame's scene",
        "nothing": 0,
    },
}
_STEREO: Mapping[str, Mapping[str, Any]] = {
    "disparity": {
        "file": "exr, channel Y, 32-bit float",
        "unit": "pixel",
        "value": "how much further left a point is in the right eye's picture than in the left's: fx * baseline / z",
        "nothing": 0,
    },
    "stereo_mask": {
        "file": "png, 8 bits",
        "value": "1: the other eye sees the point; 2: something hides it from that eye; 3: it is outside that picture",
        "nothing": 0,
    },
}
_COVERAGE = {
    "file": "npz: ids (N,), boxes (N, 4) x0 y0 x1 y1 half-open, shares: the boxes' pixels one after the other, rays",
    "value": "round(share * 255), the visible share of a pixel that an instance or decal fills; "
    "over opaque instances they add up to at most 1",
}


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


def encode_object_coordinates(coordinates: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    """Encode (H, W, 3) float32 object coordinates, 0 where nothing is: see ``describe_encodings``."""
    seen = coordinates.any(axis=2)
    scaled = np.rint(np.clip(coordinates, 0, 1) * 65535).astype(np.uint16)
    np.maximum(scaled[:, :, 2], 1, out=scaled[:, :, 2], where=seen)  # a point never looks like nothing
    return encode_png(scaled, text)


def encode_uv(uv: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    """Encode (H, W, 2) float32 texture coordinates, NaN where there are none: see ``describe_encodings``."""
    there = ~np.isnan(uv).any(axis=2)
    within = np.clip(uv, 0, 1)
    # What is outside by rounding is at the edge, not at the opposite one.
    repeated = np.where(np.abs(uv - within) <= _HALF_STEP, within, uv - np.floor(uv))
    scaled = np.zeros((*there.shape, 3), np.uint16)
    scaled[there, :2] = np.rint(repeated[there] * 65535)
    scaled[there, 2] = 65535
    return encode_png(scaled, text)


def encode_disparity(disparity: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    """Encode (H, W) float32 pixels as EXR."""
    return _encode_exr(disparity, text)


def _encode_exr(depth_m: NDArray[np.float32], text: Mapping[str, str]) -> bytes:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **text}
    file = io.BytesIO()
    OpenEXR.File(header, {DEPTH_CHANNEL: np.ascontiguousarray(depth_m)}).write(file)
    return file.getvalue()


def decode_image(content: bytes, where: str) -> NDArray[Any]:
    """Decode PNG or JPEG: (H, W) or (H, W, 3) RGB, uint8 or uint16. Raises DatasetError."""
    pixels = _decoded(content, cv2.IMREAD_UNCHANGED, where)
    is_grey = pixels.ndim == 2  # noqa: PLR2004 - rows and columns
    return pixels if is_grey else pixels[:, :, ::-1]


def decode_picture(content: bytes, where: str) -> NDArray[np.uint8]:
    """Decode any camera picture, grey ones and those with alpha too, to (H, W, 3) uint8 RGB as it is stored.

    An EXIF orientation is not followed. Raises DatasetError.
    """
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = _decoded(content, flags, where)
    return pixels[:, :, ::-1].astype(np.uint8, copy=False)


def _decoded(content: bytes, flags: int, where: str) -> NDArray[Any]:
    """Decode a picture whose head does not announce more pixels than there may be."""
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURES) as picture:
            announced = picture.width * picture.height
    except Image.DecompressionBombError:
        announced = MAX_IMAGE_PX + 1
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise _unreadable(content, where) from error
    if announced > MAX_IMAGE_PX:
        raise DatasetError(f"{where}: picture must have at most {MAX_IMAGE_PX} px, got more")
    try:
        pixels: NDArray[Any] | None = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error as error:
        raise _unreadable(content, where) from error
    if pixels is None:
        raise _unreadable(content, where)
    return pixels


def _unreadable(content: bytes, where: str) -> DatasetError:
    return DatasetError(f"{where}: file must be a readable picture, got {len(content)} bytes that are none")


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


def decode_object_coordinates(content: bytes, where: str) -> NDArray[np.float32]:
    """Decode a file of object coordinates to (H, W, 3) float32, 0 where nothing is. Raises DatasetError."""
    return decode_image(content, where).astype(np.float32) / np.float32(65535)


def decode_uv(content: bytes, where: str) -> NDArray[np.float32]:
    """Decode a file of texture coordinates to (H, W, 2) float32, NaN where there are none. Raises DatasetError."""
    scaled = decode_image(content, where)
    uv: NDArray[np.float32] = scaled[:, :, :2].astype(np.float32) / np.float32(65535)
    uv[scaled[:, :, 2] == 0] = np.nan
    return uv


def decode_disparity(content: bytes, where: str) -> NDArray[np.float32]:
    """Decode a file of disparities to (H, W) float32 pixels. Raises DatasetError."""
    return _decode_exr(content, where)


def _decode_exr(content: bytes, where: str) -> NDArray[np.float32]:
    try:
        width, height, size = exr_extent(OpenEXR.File(io.BytesIO(content), header_only=True).parts)
        if width * height > MAX_IMAGE_PX or size > MAX_EXR_BYTES:
            raise DatasetError(f"{where}: EXR must have at most {MAX_IMAGE_PX} px, got {width} x {height}")
        channels = OpenEXR.File(io.BytesIO(content)).channels()
        depth: NDArray[np.float32] = channels[DEPTH_CHANNEL].pixels.astype(np.float32)
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"{where}: file must be a readable EXR with a channel Y, got '{error}'") from error
    return depth
