"""COCO instances in a folder per split, pictures beside ``_annotations.coco.json``, as Roboflow and RF-DETR have them.

::

    train/_annotations.coco.json    train/000000.png …
    valid/…                         test/…

``valid`` is what a dataset calls ``val``; any other split keeps its name, and a dataset without splits is all in
``train``. The other usual layout, ``annotations/instances_SPLIT.json`` beside ``images/SPLIT/``, is the dataset's own.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.coco import coco_annotation, coco_heads, coco_image
from synthvision.formats.coco_file import CocoFile, open_coco
from synthvision.formats.frames import Tally, chosen_frames, image_name, put_image
from synthvision.formats.splits import WHOLE, split_role, written_splits
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder
from synthvision.recipe.model import Outputs

CANNOT_CARRY = ("depth, normals and other maps", "keypoints (coco-keypoints has them)", "the Scene of each frame")


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write with masks as run lengths, or as polygons where the recipe's ``outputs`` say so."""
    return write_folders(dataset, out, options, dataset.manifest.output_settings)


def write_folders(dataset: Dataset, out: Path, options: ExportOptions, outputs: Outputs) -> ExportReport:
    """Write a dataset; ``outputs.polygons`` says whether masks are polygons."""
    tally = Tally()
    heads = coco_heads(dataset.manifest)
    with new_folder(out) as folder, ExitStack() as stack:
        files = {
            name: stack.enter_context(open_coco(folder / name / "_annotations.coco.json", heads))
            for name in dict.fromkeys(map(_folder_name, written_splits(dataset, options)))
        }
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            name = _folder_name(record.split or WHOLE)
            put_image(dataset, record, folder / name / image_name(record), options)
            add_frame(files[name], record, labels, outputs)
    return tally.report()


def _folder_name(split: str) -> str:
    role = split_role(split)
    return "valid" if role == "val" else role


def add_frame(file: CocoFile, record: FrameRecord, labels: tuple[InstanceRecord, ...], outputs: Outputs) -> None:
    """Add a frame and those of its labels that are written."""
    line: dict[str, Any] = json.loads(record.to_line())
    rows = {row["instance_id"]: row for row in line["labels"]}
    file.add_image(coco_image(line))
    for label in labels:
        file.add_annotation(coco_annotation(file.annotations + 1, line, rows[label.instance_id], outputs))


FORMAT = Format(
    name="coco",
    title="COCO instances, train|valid|test/_annotations.coco.json beside the pictures",
    cannot_carry=CANNOT_CARRY,
    write=write,
)
