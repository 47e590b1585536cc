"""Compressed run-length masks as COCO defines them, made from crops instead of whole images.

A mask is runs of 0 and 1 in turn, starting with 0, down the columns (Fortran order) of the whole image; the runs are
packed into printable characters (cocoapi, ``common/maskApi.c``: ``rleToString`` and ``rleFrString``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from synthvision.errors import DatasetError
from synthvision.limits import MAX_MASK_OUTLINE_PX

_PLAIN_RUNS = 3  # after these, runs are packed as differences
_MOST_GROUPS = 7  # of 5 bits: a run has at most 32 bits, and a difference a sign

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
    # With a 0 before and after each column a run begins at every other change and ends at the next.
    columns = np.zeros((mask.shape[1], mask.shape[0] + 2), bool)
    columns[:, 1:-1] = mask.T
    flat = columns.ravel()
    column, row = np.divmod(np.flatnonzero(flat[1:] != flat[:-1]), columns.shape[1])
    changes = (column + x0) * height + row + y0
    starts, ends = changes[::2], changes[1::2]
    # A run that reaches the bottom of a column goes on at the top of the next one.
    apart = np.flatnonzero(ends[:-1] != starts[1:])
    starts = np.concatenate([starts[:1], starts[apart + 1]])
    ends = np.concatenate([ends[apart], ends[-1:]])
    bounds = np.empty(2 * len(starts) + 2, np.int64)
    bounds[0], bounds[-1] = 0, height * width
    bounds[1:-1:2], bounds[2:-1:2] = starts, ends
    counts = np.diff(bounds)
    return counts if counts[-1] else counts[:-1]


def decode_rle(counts: str, height: int, width: int) -> NDArray[np.bool_]:
    """Decode to an (H, W) bool mask; raises DatasetError for a text that is no mask of that size."""
    runs = check_runs(counts, height, width)
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def finite(value: Any) -> float:
    """Return a number as float; raises ValueError for NaN, infinity and what is no number."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number}, which is not finite")
    return number


def polygons_rle(polygons: Sequence[Sequence[float]], width_px: int, height_px: int) -> dict[str, Any] | None:
    """Rasterise polygons, flat lists x y x y in pixels, as COCO's own tools do; None if none has three points.

    Raises ValueError for polygons that are no finite numbers or too long.
    """
    whole = [list(map(finite, polygon)) for polygon in polygons if len(polygon) >= 6]  # noqa: PLR2004 - three points
    if not whole:
        return None
    length = sum(map(_outline_px, whole))
    if length > MAX_MASK_OUTLINE_PX:  # COCO's code takes memory for each fifth of a pixel, and counts it in 32 bits
        raise ValueError(f"an outline of {length:g} px, of at most {MAX_MASK_OUTLINE_PX}")
    rle: dict[str, Any] = coco_mask.merge(coco_mask.frPyObjects(whole, height_px, width_px))
    return rle


def _outline_px(polygon: Sequence[float]) -> float:
    """Return how many pixels lie on an outline, as far as it goes from the first pixel and back included."""
    xs, ys = polygon[0::2], polygon[1::2]
    steps = (max(abs(xs[at] - xs[at - 1]), abs(ys[at] - ys[at - 1])) + 1 for at in range(min(len(xs), len(ys))))
    return sum(steps) + max(map(abs, polygon))


def checked_rle(counts: str, width_px: int, height_px: int) -> dict[str, Any]:
    """Return a compressed run length as pycocotools takes it; raises ValueError unless it is of that size.

    COCO's code reads and writes beyond its memory where it is not.
    """
    try:
        check_runs(counts, height_px, width_px)
    except DatasetError as error:
        raise ValueError(str(error)) from error
    return {"size": [height_px, width_px], "counts": counts.encode("ascii")}


def check_runs(counts: str, height: int, width: int) -> list[int]:
    """Return the runs of a compressed text; raises DatasetError unless they are of an image of that size."""
    if len(counts) > 2 * (height * width + 1) * _MOST_GROUPS:
        raise DatasetError(f"RLE: text must be of {height * width} pixels, got {len(counts)} characters")
    runs = _unpack(counts)
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise DatasetError(f"RLE: runs must sum to {height * width} pixels, got {sum(runs)}")
    return runs


def _unpack(counts: str) -> list[int]:
    """Read groups of 5 bits, lowest first; the sixth bit says that more follow.

    From the fourth on, runs are differences to the one before last. Raises DatasetError for a text that cannot be so.
    """
    runs: list[int] = []
    value = shift = 0
    for code in counts.encode("utf-8", "surrogatepass"):
        group = code - 48
        if not 0 <= group < 64 or shift >= 5 * _MOST_GROUPS:  # noqa: PLR2004 - six bits
            raise DatasetError(f"RLE: text must be runs as COCO packs them, got {counts[:40]!r}")
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > _PLAIN_RUNS - 1 else value)
        value = shift = 0
    if shift:
        raise DatasetError("RLE: text must end with a whole run, got one that is cut off")
    return runs


def tight_box(mask: NDArray[np.bool_]) -> Xywh | None:
    """Return the half-open box [x, y, width, height] around a mask, or None if it is empty."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    x0, y0 = int(columns[0]), int(rows[0])
    return x0, y0, int(columns[-1]) + 1 - x0, int(rows[-1]) + 1 - y0
