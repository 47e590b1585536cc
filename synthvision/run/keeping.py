"""Where finished frames of a run go: into a dataset folder, or by way of a staging folder to a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from synthvision.dataset.layout import FRAMES
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.opening import OpenDataset, open_dataset
from synthvision.formats import write_coco
from synthvision.run.commits import COMMITS, sweep_late, unfinished
from synthvision.run.crew import Event
from synthvision.run.messages import FrameDone
from synthvision.run.plan import Order
from synthvision.run.sweeping import sweep


class Keeper(Protocol):
    """Keeps the frames of one run; which frames are done is what ``in`` says. All methods raise DatasetError."""

    @property
    def folder(self) -> Path:
        """That workers write to."""
        ...

    @property
    def manifest(self) -> Manifest:
        """Of the dataset."""
        ...

    @property
    def name(self) -> str | Path:
        """Of the dataset, for people."""
        ...

    def __contains__(self, frame_index: int, /) -> bool: ...

    def handed_out(self, frames: Iterable[int]) -> Iterator[int]:
        """Pass frames on to the workers."""
        ...

    def note(self, event: Event) -> None:
        """Keep a frame that is done."""
        ...

    def conclude(self, *, interrupted: bool) -> None:
        """Bring the dataset into order when no worker lives."""
        ...


class LocalKeeper:
    """Keeps frames where workers write them."""

    def __init__(self, dataset: OpenDataset) -> None:
        self.folder, self.manifest, self.name = dataset.folder, dataset.manifest, dataset.folder
        self._journal = dataset.journal

    def __contains__(self, frame_index: int) -> bool:
        return frame_index in self._journal

    def handed_out(self, frames: Iterable[int]) -> Iterator[int]:
        """Pass frames on."""
        return iter(frames)

    def note(self, event: Event) -> None:
        """Add a frame that is done to the journal."""
        if isinstance(event, FrameDone):
            self._journal.append(event.product)

    def conclude(self, *, interrupted: bool) -> None:  # noqa: ARG002 - what is there is in order either way
        """Sort the journal, delete what it does not name, write COCO."""
        sweep(self.folder, self._journal)
        self._journal.finish()
        write_coco(self.folder)


@contextmanager
def local_keeper(order: Order, folder: Path) -> Iterator[LocalKeeper]:
    """Open a dataset folder.

    Raises:
        DatasetError: as ``open_dataset``; a run on a cluster began the dataset and is not done.
    """
    if (folder / COMMITS).is_dir() and not (folder / FRAMES).exists():
        raise unfinished(folder)
    with open_dataset(folder, order.recipe, order.dataset_seed, order.renderer) as dataset:
        if (folder / COMMITS).is_dir():
            sweep_late(folder, dataset.journal)
        yield LocalKeeper(dataset)
