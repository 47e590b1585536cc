"""COCO keypoints: ``annotations/person_keypoints_SPLIT.json`` and ``images/SPLIT/``, as COCO's own files are named.

Only categories with keypoints are in the file, with ids from 1. Keypoints are x, y in the coordinates of boxes (the
centre of the top left pixel is at 0.5, 0.5) and v: 0 outside the image (x = y = 0), 1 hidden, 2 seen.
https://cocodataset.org/#format-data
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.coco import coco_annotation, coco_heads, coco_image
from synthvision.formats.coco_file import CocoFile, open_coco
from synthvision.formats.frames import Tally, chosen_frames, image_name, put_image
from synthvision.formats.keypoints import NO_KEYPOINTS, keypoint_categories
from synthvision.formats.splits import WHOLE, written_splits
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder
from synthvision.recipe.model import Outputs


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures and one file per split; raises DatasetError if no category has keypoints."""
    tally = Tally()
    categories = keypoint_categories(dataset)
    heads = coco_heads(dataset.manifest, keypoints=True)
    heads["categories"] = [
        heads["categories"][category.id - 1] | {"id": number} for number, category in enumerate(categories, start=1)
    ]
    numbered = {category.id: (number, category) for number, category in enumerate(categories, start=1)}
    outputs = dataset.manifest.output_settings
    with new_folder(out) as folder, ExitStack() as stack:
        files = {
            split: stack.enter_context(open_coco(folder / f"annotations/person_keypoints_{split}.json", heads))
            for split in written_splits(dataset, options)
        }
        for record, labels in chosen_frames(dataset, options):
            split = record.split or WHOLE
            kept = [label for label in labels if label.category_id in numbered]
            tally.count(len(kept))
            tally.losses.update([NO_KEYPOINTS] * (len(labels) - len(kept)))
            put_image(dataset, record, folder / "images" / split / image_name(record), options)
            _add_frame(files[split], record, kept, numbered, outputs)
    return tally.report()


def _add_frame(
    file: CocoFile,
    record: FrameRecord,
    labels: Sequence[InstanceRecord],
    numbered: Mapping[int, tuple[int, CategoryEntry]],
    outputs: Outputs,
) -> None:
    line: dict[str, Any] = json.loads(record.to_line())
    rows = {row["instance_id"]: row for row in line["labels"]}
    file.add_image(coco_image(line))
    for label in labels:
        number, category = numbered[label.category_id]
        row = rows[label.instance_id] | {"category_id": number}
        file.add_annotation(coco_annotation(file.annotations + 1, line, row, outputs, category.keypoints))


FORMAT = Format(
    name="coco-keypoints",
    title="COCO keypoints, annotations/person_keypoints_SPLIT.json and images/SPLIT/",
    cannot_carry=(
        "categories without keypoints",
        "which keypoints change places when a picture is mirrored",
        "depth, normals and other maps",
        "the Scene of each frame",
    ),
    write=write,
)
