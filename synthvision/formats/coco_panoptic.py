"""COCO panoptic: ``annotations/panoptic_SPLIT.json``, PNGs in ``annotations/panoptic_SPLIT/``, ``images/SPLIT/``.

The colour of a pixel is the id of its segment, red + 256 green + 65536 blue: the label's ``instance_id``. 0 is void:
the ground, distractors, what has no label. Every category is a thing. https://cocodataset.org/#format-data
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.disk import write_whole
from synthvision.dataset.png import encode_png
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import tight_box
from synthvision.errors import DatasetError
from synthvision.formats.coco import coco_heads, coco_image
from synthvision.formats.coco_file import Json, open_coco
from synthvision.formats.frames import Tally, chosen_frames, image_name, put_image
from synthvision.formats.painting import colour_of, paint_labels
from synthvision.formats.splits import WHOLE, written_splits
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

_GREATEST_ID = 0xFFFFFF
_NO_SEGMENT = "a label that others cover wholly has no segment"


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, PNGs and one file per split."""
    tally = Tally()
    heads = coco_heads(dataset.manifest)
    heads["categories"] = [
        category | {"isthing": 1, "color": list(colour_of(category["id"]))} for category in heads["categories"]
    ]
    with new_folder(out) as folder, ExitStack() as stack:
        names = {split: f"annotations/panoptic_{split}" for split in written_splits(dataset, options)}
        files = {split: stack.enter_context(open_coco(folder / f"{name}.json", heads)) for split, name in names.items()}
        for record, labels in chosen_frames(dataset, options):
            split = record.split or WHOLE
            put_image(dataset, record, folder / "images" / split / image_name(record), options)
            annotation, png = _segments(dataset, record, labels, tally.losses)
            tally.count(len(annotation["segments_info"]))
            files[split].add_image(coco_image(json.loads(record.to_line())))
            files[split].add_annotation(annotation)
            write_whole(folder / names[split] / annotation["file_name"], png)
    return tally.report()


def _segments(
    dataset: Dataset, record: FrameRecord, labels: Sequence[InstanceRecord], losses: Counter[str]
) -> tuple[Json, bytes]:
    painted = paint_labels(dataset, record, labels, losses)
    segments = []
    for place, label in enumerate(labels, start=1):
        _check_id(record, label)
        mask = painted == place
        if mask.any():
            segments.append(_segment(label, mask))
        elif label.counts is not None and not label.see_through:
            losses[_NO_SEGMENT] += 1
    ids = np.array([0, *(label.instance_id for label in labels)])[painted]
    annotation = {
        "image_id": record.frame_index + 1,
        "file_name": f"{PurePosixPath(image_name(record)).stem}.png",
        "segments_info": segments,
    }
    return annotation, encode_png(_rgb(ids), {})


def _check_id(record: FrameRecord, label: InstanceRecord) -> None:
    if not 0 < label.instance_id <= _GREATEST_ID:
        where = f"frame {record.frame_index}: label {label.name}"
        raise DatasetError(f"{where}: instance_id must be 1 to {_GREATEST_ID} for this format, got {label.instance_id}")


def _segment(label: InstanceRecord, mask: NDArray[np.bool_]) -> Json:
    return {
        "id": label.instance_id,
        "category_id": label.category_id,
        "area": int(mask.sum()),
        "bbox": list(tight_box(mask) or ()),
        "iscrowd": int(label.crowd),
    }


def _rgb(ids: NDArray[np.int64]) -> NDArray[np.uint8]:
    rgb: NDArray[np.uint8] = np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=2).astype(np.uint8)
    return rgb


FORMAT = Format(
    name="coco-panoptic",
    title="COCO panoptic, annotations/panoptic_SPLIT.json with PNGs, and images/SPLIT/",
    cannot_carry=(
        "masks that lie over each other: decals take their pixels from what bears them",
        "see-through instances",
        "labels of which only a box is known",
        "amodal masks, poses, visibility, keypoints, depth and other maps",
    ),
    write=write,
)
