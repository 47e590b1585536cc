"""The frames of a dataset to which an expression says yes; ``query`` lists what can be asked."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from synthvision.curation.gathering import Taker, new_dataset
from synthvision.curation.query import Query
from synthvision.dataset import Dataset
from synthvision.dataset.sources import Sources
from synthvision.errors import UsageError


def subset_dataset(dataset: Path, out: Path, where: str, *, link: bool) -> str:
    """Choose frames by their labels and sampled parameters, and return what was done in one line.

    Args:
        dataset: its folder.
        out: a new folder.
        where: an expression such as ``count(mug) >= 2 and night > 0.5``; see ``query``.
        link: hard links instead of copies.

    Raises:
        UsageError: no expression, an unknown name, no frame that it takes; ``out`` exists.
    """
    opened = Dataset(dataset)
    query = Query(where, opened.manifest)
    taken = {record.frame_index for record in opened if query.takes(record)}
    query.check_names()
    if not taken:
        raise UsageError(f"--where: expression must take at least one of {len(opened)} frames, got none: '{where}'")
    write_chosen(opened, out, taken, link=link)
    return f"{len(taken)} of {len(opened)} frames"


def write_chosen(dataset: Dataset, out: Path, taken: Collection[int], *, link: bool) -> None:
    """Write the frames of a dataset with these indices as a new one, in their order."""
    sources = Sources([dataset.folder])
    manifest = sources.manifest(dataset.manifest.categories, dataset.manifest.splits)
    with new_dataset(out, manifest, sources.originals) as writer:
        taker = Taker(writer, sources, link=link)
        for record in dataset:
            if record.frame_index in taken:
                taker.take(0, dataset, record)
