"""What every format of another tool is: a name, what it cannot carry, and a function that writes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthvision.dataset.disk import new_folder
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord

__all__ = ["Export", "ExportOptions", "ExportReport", "Format", "new_folder"]


@dataclass(frozen=True)
class ExportOptions:
    """What of a dataset is written.

    Attributes:
        splits: names of the splits; empty for all.
        min_visibility: labels of which less is visible are left out (the image stays); labels whose visibility is
            not known stay.
        link: whether images are hard links instead of copies, where the format keeps them as they are.
        asset_root: folder of the recipe, where the paths of model files start, for formats that write models; it may be
            a URL.
        allowed_roots: folders or URLs outside it where model files may lie, for recipes that were allowed to read them.
    """

    splits: tuple[str, ...] = ()
    min_visibility: float = 0.0
    link: bool = False
    asset_root: str | os.PathLike[str] = "."
    allowed_roots: tuple[str | os.PathLike[str], ...] = ()

    def takes(self, record: FrameRecord) -> bool:
        """Say whether a frame is written."""
        return not self.splits or record.split in self.splits

    def labels(self, record: FrameRecord, min_mask_px: int) -> Iterator[InstanceRecord]:
        """Yield the labels of a frame that are written: visible ones, in the order of their ids."""
        for label in record.labels:
            enough = label.visibility is None or label.visibility >= self.min_visibility
            if label.bbox is not None and label.area >= min_mask_px and enough:
                yield label


@dataclass(frozen=True)
class ExportReport:
    """What was written.

    ``losses``: what the format could not carry, each as a sentence ("the hole of a mask was filled") → how often.
    """

    frames: int
    labels: int
    losses: Mapping[str, int]


Export = Callable[[Dataset, Path, ExportOptions], ExportReport]


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        name: as in ``--to``.
        title: what it is and who reads it, one line.
        cannot_carry: what of a dataset has no place in it, in the words of the documentation.
        write: writes a dataset into a new folder; streams, so memory does not grow with the number of frames.
            Raises DatasetError where the dataset lacks what the format must have (camera, depth), naming it.
    """

    name: str
    title: str
    cannot_carry: tuple[str, ...]
    write: Export
