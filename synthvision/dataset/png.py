"""A PNG writer for speed and for the same bytes every time (PNG specification, third edition, W3C 2025).

Every row uses filter 2 (Up). What that leaves of most maps is nearly all zeros, and runs are all that there is to find:
zlib-ng, told to look for nothing else, takes 0.1 ms for ids at 640x480 and 1 ms for normals, where libdeflate takes 1.5
and 5 ms for files as large. All else libdeflate deflates, a noisy RGB picture in 6 ms; zlib takes twice that at its
lightest, for a larger file. Both give the same bytes every time and on all processors of a kind; zlib-ng's searches for
repetitions and ISA-L, which is quicker still, need not.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

import cv2
import deflate
import numpy as np
from numpy.typing import NDArray
from zlib_ng import zlib_ng

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FILTER_UP = 2
_COLOUR_TYPE = {2: 0, 3: 2}  # number of dimensions → grey or RGB
_LEVEL = 1  # of 1 … 12: 2 takes a quarter longer for pictures, and gains nothing
_SPARSE = 1 / 8
"""Of the bytes that are left: with fewer that are not 0, runs alone make no file more than a fifth larger."""


def encode_png(pixels: NDArray[np.uint8] | NDArray[np.uint16], text: Mapping[str, str]) -> bytes:
    """Encode a picture.

    Args:
        pixels: (H, W) grey or (H, W, 3) RGB, uint8 or uint16.
        text: Latin-1 keyword → Latin-1 text, written as tEXt chunks.
    """
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, _COLOUR_TYPE[pixels.ndim], 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    chunks += [_chunk(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1")) for key, value in text.items()]
    chunks += [_chunk(b"IDAT", _deflated(_filter_rows(pixels))), _chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(chunks)


def _chunk(kind: bytes, content: bytes | bytearray) -> bytes:
    check = deflate.crc32(content, deflate.crc32(kind))
    return b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", check)))


def _filter_rows(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return (H, 1 + row bytes) uint8: the filter's number, then each byte less the byte above it, modulo 256."""
    big_endian = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder(">"))
    rows = big_endian.view(np.uint8).reshape(pixels.shape[0], -1)
    filtered = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _FILTER_UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return filtered


def _deflated(filtered: NDArray[np.uint8]) -> bytes | bytearray:
    """Return a zlib stream of all bytes."""
    if cv2.countNonZero(filtered) > _SPARSE * filtered.size:
        return deflate.zlib_compress(filtered.data, _LEVEL)
    runs = zlib_ng.compressobj(strategy=zlib_ng.Z_RLE)
    return runs.compress(filtered.data) + runs.flush()
