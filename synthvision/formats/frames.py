"""What every export does with a frame: choose its labels, put its picture in place, count what was lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from synthvision.dataset.disk import disk_errors
from synthvision.dataset.layout import inside
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.formats.polygons import Polygon, mask_polygons
from synthvision.formats.types import ExportOptions, ExportReport

BOX_FOR_MASK = "a label without mask was written as a box"
CROWD_AS_ONE = "a crowd was written as one object"


class Tally:
    """What an export has written so far."""

    def __init__(self) -> None:
        self.frames = 0
        self.labels = 0
        self.losses: Counter[str] = Counter()

    def count(self, labels: int) -> None:
        """Count a frame and its labels."""
        self.frames += 1
        self.labels += labels

    def report(self) -> ExportReport:
        """Return the whole."""
        return ExportReport(self.frames, self.labels, dict(sorted(self.losses.items())))


def chosen_frames(dataset: Dataset, options: ExportOptions) -> Iterator[tuple[FrameRecord, tuple[InstanceRecord, ...]]]:
    """Yield the frames that are written, each with its labels that are; one at a time. Raises DatasetError."""
    unknown = sorted(set(options.splits) - set(dataset.manifest.splits))
    if unknown:
        known = ", ".join(dataset.manifest.splits) or "none"
        raise DatasetError(f"{dataset.folder}: split must be one of its own ({known}), got '{unknown[0]}'")
    least = dataset.manifest.output_settings.min_mask_px
    for record in dataset:
        if options.takes(record):
            yield record, tuple(options.labels(record, least))


def count_crowds(labels: Sequence[InstanceRecord], tally: Tally) -> None:
    """Count the crowds among labels, in a format that does not tell them from objects."""
    if crowds := sum(label.crowd for label in labels):
        tally.losses[CROWD_AS_ONE] += crowds


def image_path(record: FrameRecord) -> str:
    """Return the path of a frame's picture in its dataset; raises DatasetError if it has none."""
    path = record.file("images")
    if path is None:
        raise DatasetError(f"frame {record.frame_index}: files must include its picture, got none")
    return path


def image_name(record: FrameRecord) -> str:
    """Return the file name of a frame's picture, which is unique in the dataset."""
    return PurePosixPath(image_path(record)).name


def put_file(source: Path, target: Path, options: ExportOptions) -> None:
    """Copy a file, or make a hard link to it if that is asked for. Raises DatasetError."""
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if options.link:
            target.hardlink_to(source)
        else:
            shutil.copyfile(source, target)


def put_image(dataset: Dataset, record: FrameRecord, target: Path, options: ExportOptions) -> None:
    """Put a frame's picture in place, byte by byte as it is."""
    put_file(inside(dataset.folder, dataset.folder / image_path(record)), target, options)


def category_of(dataset: Dataset, label: InstanceRecord) -> CategoryEntry:
    """Return the category of a label; raises DatasetError if the dataset has none of its number."""
    known = dataset.manifest.categories
    if not 1 <= label.category_id <= len(known):
        what = f"category_id must be 1 to {len(known)}, got {label.category_id}"
        raise DatasetError(f"{dataset.folder}: label '{label.name}': {what}; run 'synthvision validate' on it")
    return known[label.category_id - 1]


def label_polygons(record: FrameRecord, label: InstanceRecord) -> list[Polygon]:
    """Return a mask as flat polygons ``[x0, y0, x1, y1, …]`` on pixel corners, none with a hole; none for a box."""
    if label.counts is None:
        return []
    return mask_polygons(decode_rle(label.counts, record.height_px, record.width_px))


def corner_pairs(polygon: Polygon) -> list[tuple[float, float]]:
    """Return the corners of a flat polygon."""
    return list(zip(polygon[::2], polygon[1::2], strict=True))
