"""Rendered frames and photographs in one dataset, at a ratio."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

from synthvision.curation.merging import Chosen, write_merged
from synthvision.dataset import Dataset
from synthvision.dataset.sources import Sources
from synthvision.errors import UsageError

_SHARE_STEP = 1e-9


def mix_datasets(
    synthetic: Path, real: Path, out: Path, *, share: float, frames: int | None, seed: int, link: bool
) -> str:
    """Mix two datasets and return what was done in one line.

    Which frames are taken goes by a hash of (seed, frame): the same again every time, and with more ``frames`` those
    of before and others. They keep their order, rendered ones first.

    Args:
        synthetic, real: dataset folders.
        out: a new folder.
        share: of rendered frames, 0 to 1; the number of frames is rounded.
        frames: how many in all; None for as many as the share allows.
        seed: decides which frames.
        link: hard links instead of copies.

    Raises:
        UsageError: there are not enough frames, or some are not of the kind that they must be.
        DatasetError: the datasets cannot be merged (see ``merge_datasets``).
    """
    opened = [Dataset(synthetic), Dataset(real)]
    for dataset, is_synthetic in zip(opened, (True, False), strict=True):
        _check_kind(dataset, synthetic=is_synthetic)
    there = [len(dataset) for dataset in opened]
    wanted = _wanted(share, frames, there)
    for dataset, has, wants in zip(opened, there, wanted, strict=True):
        if wants > has:
            raise UsageError(f"{dataset.folder}: dataset must have at least {wants} frames for this mix, got {has}")
    sources = Sources([synthetic, real])
    count = write_merged(out, opened, sources, _chosen(opened, wanted, seed), link=link)
    part = f", {100 * wanted[0] / count:.1f} % synthetic" if count else ""
    return f"{count} frames, {wanted[0]} of {synthetic} and {wanted[1]} of {real}{part}"


def _check_kind(dataset: Dataset, *, synthetic: bool) -> None:
    for record in dataset:
        if record.synthetic is not synthetic:
            names = ("photographs", "rendered frames")
            where = f"{dataset.folder}: dataset must have {names[synthetic]} only"
            raise UsageError(
                f"{where}, got frame {record.frame_index} of the other kind; choose by 'synthetic' (subset)"
            )


def _wanted(share: float, frames: int | None, there: Sequence[int]) -> tuple[int, int]:
    if frames is None:
        frames = min(
            math.floor(has / part + _SHARE_STEP)
            for has, part in zip(there, (share, 1 - share), strict=True)
            if part > 0
        )
    rendered = min(frames, math.floor(frames * share + 0.5 + _SHARE_STEP))
    return rendered, frames - rendered


def _chosen(datasets: Sequence[Dataset], wanted: Sequence[int], seed: int) -> Chosen:
    for number, (dataset, count) in enumerate(zip(datasets, wanted, strict=True)):
        ranked = sorted(dataset.frame_indices, key=lambda index: _rank(seed, number, index))
        taken = set(ranked[:count])
        yield from ((number, record) for record in dataset if record.frame_index in taken)


def _rank(seed: int, number: int, frame_index: int) -> bytes:
    return hashlib.sha256(f"mix/{seed}/{number}/{frame_index}".encode()).digest()
