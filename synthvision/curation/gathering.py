"""What all tools share that make a dataset of datasets: opening the new folder, and taking frames over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image

from synthvision.dataset import Dataset, FrameRecord, Manifest
from synthvision.dataset.derived import DerivedWriter, files_of
from synthvision.dataset.disk import new_folder, reading_errors
from synthvision.dataset.painting import paint_masks
from synthvision.dataset.png import encode_png
from synthvision.dataset.sources import Source, Sources
from synthvision.errors import DatasetError
from synthvision.formats import write_coco


@contextmanager
def new_dataset(out: Path, manifest: Manifest, sources: Sequence[Source]) -> Iterator[DerivedWriter]:
    """Give a writer for a dataset that appears as ``out``, COCO files included, when the block ends well.

    Raises UsageError if ``out`` exists and is not empty.
    """
    with new_folder(out) as folder:
        with DerivedWriter(folder, manifest, sources) as writer:
            yield writer
        write_coco(folder)


class Taker:
    """Takes frames of some datasets over into a new one."""

    def __init__(self, writer: DerivedWriter, sources: Sources, *, link: bool) -> None:
        self._writer, self._sources, self._link = writer, sources, link

    def take(self, number: int, dataset: Dataset, record: FrameRecord, ids: Mapping[int, int] | None = None) -> None:
        """Add a frame of the dataset with this place in ``sources``; ``ids`` are new category ids by the old."""
        files: dict[str, Path | bytes] = {**files_of(dataset.folder, record)}
        taken = replace(record, origin=self._sources.origin(number, record))
        if ids is not None:
            taken = _renumbered(dataset, taken, ids)
            if "semantic" in files:
                files["semantic"] = _semantic_map(taken, dataset.folder / str(record.file("semantic")))
        self._writer.add(taken, files, link=self._link)


def _renumbered(dataset: Dataset, record: FrameRecord, ids: Mapping[int, int]) -> FrameRecord:
    for label in record.labels:
        if label.category_id not in ids:
            where = f"{dataset.folder}: frame {record.frame_index}: {label.name}"
            raise DatasetError(f"{where}: category must be 1 to {len(ids)}, got {label.category_id}")
    return replace(record, labels=tuple(replace(label, category_id=ids[label.category_id]) for label in record.labels))


def _semantic_map(record: FrameRecord, old: Path) -> bytes:
    """Paint the map of category ids anew, as they have changed; the text in the old file stays."""
    with reading_errors(old), Image.open(old) as picture:
        text = {str(key): value for key, value in picture.info.items() if isinstance(value, str)}
    return encode_png(paint_masks(record, "semantic"), text)
