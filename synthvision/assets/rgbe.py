"""Radiance HDR files (RGBE), as in Greg Ward's ``color.c`` and Bruce Walter's ``rgbe.c``.

Written here because common decoders hand out truncated files as if they were whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import AssetError

# Rows of other widths are always flat.
RUN_LENGTH_WIDTHS = range(8, 0x8000)
# A greater count starts a run of count - 128 equal bytes.
LONGEST_LITERAL = 128

SizeCheck = Callable[[int, int, str], None]


def decode_rgbe(data: bytes, where: str, check_size: SizeCheck) -> NDArray[np.float32]:
    """Decode to (H, W, 3) float32; flat and new-style run-length pixels, rows from the top (``-Y H +X W``)."""
    width, height, start = _header(data, where)
    check_size(width, height, where)
    if width in RUN_LENGTH_WIDTHS and data[start : start + 2] == b"\x02\x02":
        rgbe = _run_lengths(data, start, width, height, where)
    else:
        rgbe = _flat(data, start, width, height, where)
    # A mantissa m with exponent e is m * 2^(e - 136); e = 0 is black.
    scale = np.ldexp(np.float32(1), rgbe[..., 3].astype(np.int32) - 136).astype(np.float32)
    scale[rgbe[..., 3] == 0] = 0
    return rgbe[..., :3].astype(np.float32) * scale[..., None]


def _header(data: bytes, where: str) -> tuple[int, int, int]:
    """Width, height and the offset of the first pixel."""
    end = data.find(b"\n\n")
    size = re.compile(rb"-Y (\d{1,7}) \+X (\d{1,7})\n").match(data, end + 2) if end >= 0 else None
    if size is None:
        raise AssetError(f"{where}: Radiance HDR must have a header that ends in '-Y height +X width', got another")
    if b"FORMAT=32-bit_rle_xyze" in data[:end]:
        raise AssetError(f"{where}: Radiance HDR must have FORMAT=32-bit_rle_rgbe, got 32-bit_rle_xyze")
    return int(size.group(2)), int(size.group(1)), size.end()


def _flat(data: bytes, start: int, width: int, height: int, where: str) -> NDArray[np.uint8]:
    count = width * height * 4
    if len(data) - start < count:
        raise AssetError(f"{where}: Radiance HDR must have {count} bytes of pixels, got {len(data) - start}")
    rgbe = np.frombuffer(data, dtype=np.uint8, count=count, offset=start).reshape(height, width, 4)
    if (rgbe[..., :3] == 1).all(axis=2).any():
        raise AssetError(f"{where}: Radiance HDR must be flat or new-style run-length, got old-style runs")
    return rgbe


def _run_lengths(data: bytes, at: int, width: int, height: int, where: str) -> NDArray[np.uint8]:
    """Each row: 2, 2, width (two bytes), then the four channels, each as runs (count > 128) and literals."""
    rows = np.empty((height, 4, width), dtype=np.uint8)
    marker = bytes((2, 2, width >> 8, width & 255))
    for row in range(height):
        if data[at : at + 4] != marker:
            raise AssetError(f"{where}: Radiance HDR must have {height} rows, got damaged data in row {row}")
        line, at = _row(data, at + 4, width * 4)
        if len(line) != width * 4:
            raise AssetError(f"{where}: Radiance HDR must have {height} rows, got a file that ends in row {row}")
        rows[row] = np.frombuffer(line, dtype=np.uint8).reshape(4, width)
    return rows.transpose(0, 2, 1)


def _row(data: bytes, at: int, count: int) -> tuple[bytes, int]:
    """Unpack ``count`` bytes from offset ``at``, fewer or more if the data are damaged; return also where they end."""
    pieces: list[bytes] = []
    done, end = 0, len(data)
    while done < count and at < end:
        length = data[at]
        if length > LONGEST_LITERAL:
            length -= LONGEST_LITERAL
            pieces.append(data[at + 1 : at + 2] * length)
            at += 2
        else:
            pieces.append(data[at + 1 : at + 1 + length])
            at += 1 + length
        done += length
    return b"".join(pieces), at
