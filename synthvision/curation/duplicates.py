"""Frames that look alike, by a perceptual hash.

pHash: the picture in grey, 32×32, its cosine transform, of that the 8×8 lowest frequencies without the constant one,
and of each whether it is above their median (Zauner: Implementation and Benchmarking of Perceptual Image Hash
Functions, 2010). Pictures are alike when their hashes differ in a few of the 64 bits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.curation.choosing import write_chosen
from synthvision.dataset import Dataset

_SIDE, _LOWEST = 32, 8
_BATCH = 64  # frames whose pictures may be in memory at a time, hashed by one thread per core


def dedup_dataset(dataset: Path, out: Path, *, distance: int, link: bool) -> str:
    """Leave out every frame whose hash is within ``distance`` bits of an earlier one that stays.

    Returns what was done in one line. Raises DatasetError for pictures that cannot be read, UsageError if ``out``
    exists.
    """
    opened = Dataset(dataset)
    kept = _Kept(len(opened))
    taken: set[int] = set()
    for frame_index, value in _hashes(opened):
        if not kept.has_near(value, distance):
            kept.add(value)
            taken.add(frame_index)
    write_chosen(opened, out, taken, link=link)
    return f"{len(taken)} of {len(opened)} frames, {len(opened) - len(taken)} look like an earlier one"


def _hashes(dataset: Dataset) -> Iterator[tuple[int, np.uint64]]:
    """Yield (frame index, hash) in the order of the frames."""
    records = iter(dataset)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while batch := list(islice(records, _BATCH)):
            hashes = pool.map(lambda record: picture_hash(dataset.image(record)), batch)
            yield from zip((record.frame_index for record in batch), hashes, strict=True)


def picture_hash(pixels: NDArray[np.uint8]) -> np.uint64:
    """Return the 64-bit pHash of an (H, W, 3) uint8 RGB picture."""
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    lowest = np.asarray(cv2.dct(small), np.float64)[:_LOWEST, :_LOWEST].ravel()
    lowest[0] = np.median(lowest[1:])  # the mean brightness says nothing
    # Rounding makes frequencies that are not in a flat or symmetric picture equal on every processor.
    bits = np.round(lowest, 3) > round(float(np.median(lowest)), 3)
    return np.uint64(int.from_bytes(np.packbits(bits).tobytes(), "big"))


class _Kept:
    """Hashes that stay. A linear search: 1 ms in 100,000 hashes, where reading one picture takes several."""

    def __init__(self, most: int) -> None:
        self._hashes = np.zeros(most, np.uint64)
        self._count = 0

    def add(self, value: np.uint64) -> None:
        self._hashes[self._count] = value
        self._count += 1

    def has_near(self, value: np.uint64, distance: int) -> bool:
        differing = self._hashes[: self._count] ^ value
        return bool((_set_bits(differing) <= distance).any())


def _set_bits(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Count the set bits of each number, side by side in ever wider fields (Warren: Hacker's Delight, section 5-1)."""
    one, two, four = np.uint64(1), np.uint64(2), np.uint64(4)
    pairs = values - ((values >> one) & np.uint64(0x5555555555555555))
    quads = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> two) & np.uint64(0x3333333333333333))
    bytes_ = (quads + (quads >> four)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.asarray((bytes_ * np.uint64(0x0101010101010101)) >> np.uint64(56), np.uint64)
