"""Soft masks ⇄ the bytes of a file: a NumPy archive (.npz) with the same bytes every time.

It has four arrays. ``ids`` (N,) uint16; ``boxes`` (N, 4) int32 x0, y0, x1, y1, half-open; ``shares`` uint8, the boxes'
pixels row by row, one box after the other: round(share * 255); ``rays`` () uint8, cast per side of a pixel.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import DatasetError
from synthvision.labels.types import Coverage
from synthvision.limits import MAX_FILE_BYTES

_ARRAYS = {"ids": ("uint16", 1), "boxes": ("int32", 2), "shares": ("uint8", 1), "rays": ("uint8", 0)}
_LEVEL = 6
_WHITE = 255


def encode_coverage(coverage: Sequence[Coverage], rays: int, text: Mapping[str, str]) -> bytes:
    """Encode soft masks cast with ``rays`` per side of a pixel; ``text`` goes into the archive's comment."""
    shares = [np.rint(one.share * np.float32(_WHITE)).astype(np.uint8).ravel() for one in coverage]
    arrays = {
        "ids": np.array([one.instance_id for one in coverage], np.uint16),
        "boxes": np.array([one.bbox for one in coverage], np.int32).reshape(-1, 4),
        "shares": np.concatenate([np.zeros(0, np.uint8), *shares]),
        "rays": np.array(rays, np.uint8),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = "; ".join(f"{key}: {value}" for key, value in text.items()).encode()
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            # Its date is that of the format's beginning, not of today.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED, _LEVEL)
    return buffer.getvalue()


def decode_coverage(content: bytes, where: str) -> tuple[Coverage, ...]:
    """Decode soft masks: whole numbers of rays again (with 16 per side, to one ray). Raises DatasetError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_unpacked(archive, where)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays_there:
            arrays = {name: np.asanyarray(arrays_there[name]) for name in _ARRAYS}  # bytes where it is no array
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError, SyntaxError) as error:
        names = ", ".join(_ARRAYS)
        raise DatasetError(f"{where}: file must be a NumPy archive of {names}, got '{error}'") from error
    except (MemoryError, zipfile.BadZipFile, zlib.error) as error:
        names = ", ".join(_ARRAYS)
        raise DatasetError(f"{where}: file must be a NumPy archive of {names}, got '{error}'") from error
    _check(arrays, where)
    boxes: list[tuple[int, int, int, int]] = [tuple(box) for box in arrays["boxes"].tolist()]
    ends = np.cumsum([(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes], dtype=np.int64)
    cast = np.float32(int(arrays["rays"]) ** 2)
    counts = np.rint(arrays["shares"] * (cast / np.float32(_WHITE)))
    shares = np.split((counts / cast).astype(np.float32), ends[:-1] if len(ends) else [])
    return tuple(
        Coverage(int(number), box, share.reshape(box[3] - box[1], box[2] - box[0]))
        for number, box, share in zip(arrays["ids"], boxes, shares, strict=False)
    )


def _check_unpacked(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an archive that unpacks to more than it can need; what its directory says is all that is unpacked."""
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_FILE_BYTES:
        raise DatasetError(f"{where}: archive must unpack to at most {MAX_FILE_BYTES} bytes, got {size}")


def _check(arrays: Mapping[str, NDArray[Any]], where: str) -> None:
    for name, (dtype, dimensions) in _ARRAYS.items():
        got = arrays[name].dtype, arrays[name].ndim
        if got != (np.dtype(dtype), dimensions):
            rule = f"array {name} must be {dtype} of {dimensions} dimensions"
            raise DatasetError(f"{where}: {rule}, got {got[0]} of {got[1]}")
    boxes = arrays["boxes"]
    if boxes.shape != (len(arrays["ids"]), 4):
        raise DatasetError(f"{where}: array boxes must be ({len(arrays['ids'])}, 4), got {boxes.shape}")
    if (boxes[:, :2] < 0).any() or (boxes[:, :2] >= boxes[:, 2:]).any():
        raise DatasetError(f"{where}: every box must be of some pixels of the image, got {boxes.tolist()}")
    pixels = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes.tolist())
    if pixels != len(arrays["shares"]) or not arrays["rays"]:
        what = f"array shares must have the {pixels} pixels of the boxes, cast with some rays"
        raise DatasetError(f"{where}: {what}, got {len(arrays['shares'])}, cast with {int(arrays['rays'])}")
