"""Compressed run-length masks as COCO defines them, made from crops instead of whole images.

A mask is runs of 0 and 1 in turn, starting with 0, down the columns (Fortran order) of the whole image; the runs are
packed into printable characters (cocoapi, ``common/maskApi.c``: ``rleToString`` and ``rleFrString``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from synthvision.errors import DatasetError

_PLAIN_RUNS = 3  # after these, runs are packed as differences

Xywh = tuple[float, float, float, float]
"""A box [x, y, width, height] in pixels; whole numbers where it was made from a mask."""


def encode_crops(crops: Sequence[tuple[NDArray[np.bool_], int, int]], height: int, width: int) -> list[str]:
    """Encode masks that each lie in a crop of the image.

    Args:
        crops: (mask, x0, y0) with the mask's top left pixel at column x0, row y0 of the image.
        height, width: of the image.
    """
    runs = [{"size": [height, width], "counts": _runs(*crop, height, width)} for crop in crops]
    return [rle["counts"].decode("ascii") for rle in coco_mask.frPyObjects(runs, height, width)] if runs else []


def _runs(mask: NDArray[np.bool_], x0: int, y0: int, height: int, width: int) -> NDArray[np.int64]:
    columns = np.zeros((mask.shape[1], mask.shape[0] + 2), np.int8)
    columns[:, 1:-1] = mask.T
    change = np.diff(columns, axis=1)
    starts, ends = (_positions(change == sign, x0, y0, height) for sign in (1, -1))
    # A run that reaches the bottom of a column goes on at the top of the next one.
    apart = np.flatnonzero(ends[:-1] != starts[1:])
    starts = np.concatenate([starts[:1], starts[apart + 1]])
    ends = np.concatenate([ends[apart], ends[-1:]])
    bounds = np.empty(2 * len(starts) + 2, np.int64)
    bounds[0], bounds[-1] = 0, height * width
    bounds[1:-1:2], bounds[2:-1:2] = starts, ends
    counts = np.diff(bounds)
    return counts if counts[-1] else counts[:-1]


def _positions(where: NDArray[np.bool_], x0: int, y0: int, height: int) -> NDArray[np.int64]:
    column, row = np.nonzero(where)
    return (column + x0) * height + row + y0


def decode_rle(counts: str, height: int, width: int) -> NDArray[np.bool_]:
    """Decode to an (H, W) bool mask; raises DatasetError for a text that is no mask of that size."""
    runs = _unpack(counts)
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise DatasetError(f"RLE: runs must sum to {height * width} pixels, got {sum(runs)}")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def _unpack(counts: str) -> list[int]:
    """Read groups of 5 bits, lowest first; the sixth bit says that more follow.

    From the fourth on, runs are differences to the one before last.
    """
    runs: list[int] = []
    value = shift = 0
    for code in counts.encode():
        group = code - 48
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > _PLAIN_RUNS - 1 else value)
        value = shift = 0
    return runs


def tight_box(mask: NDArray[np.bool_]) -> Xywh | None:
    """Return the half-open box [x, y, width, height] around a mask, or None if it is empty."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    x0, y0 = int(columns[0]), int(rows[0])
    return x0, y0, int(columns[-1]) + 1 - x0, int(rows[-1]) + 1 - y0
