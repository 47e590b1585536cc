"""LabelMe: one JSON file beside each picture, polygons and rectangles in pixels.

https://github.com/wkentaro/labelme. Shapes of one label share their ``group_id``, the label's ``instance_id``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.frames import (
    BOX_FOR_MASK,
    Tally,
    category_of,
    chosen_frames,
    corner_pairs,
    count_crowds,
    image_name,
    label_polygons,
    put_image,
)
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

_VERSION = "5.4.1"
"""Of the layout: that of the LabelMe release whose files these are like."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, their JSON files, and ``labels.txt`` with the categories."""
    tally = Tally()
    with new_folder(out) as folder:
        names = [category.name for category in dataset.manifest.categories]
        (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            count_crowds(labels, tally)
            picture = folder / record.split / image_name(record)
            put_image(dataset, record, picture, options)
            shapes = [shape for label in labels for shape in _shapes(dataset, record, label, tally)]
            document: dict[str, Any] = {
                "version": _VERSION,
                "flags": {},
                "shapes": shapes,
                "imagePath": picture.name,
                "imageData": None,
                "imageHeight": record.height_px,
                "imageWidth": record.width_px,
            }
            text = json.dumps(document, ensure_ascii=False, indent=1)
            picture.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return tally.report()


def _shapes(dataset: Dataset, record: FrameRecord, label: InstanceRecord, tally: Tally) -> list[dict[str, Any]]:
    common = {
        "label": category_of(dataset, label).name,
        "group_id": label.instance_id,
        "description": label.name,
        "flags": {},
    }
    polygons = label_polygons(record, label)
    if polygons:
        return [{**common, "shape_type": "polygon", "points": corner_pairs(polygon)} for polygon in polygons]
    if label.bbox is None:
        return []
    tally.losses[BOX_FOR_MASK] += 1
    x, y, width, height = label.bbox
    return [{**common, "shape_type": "rectangle", "points": [(x, y), (x + width, y + height)]}]


FORMAT = Format(
    name="labelme",
    title="LabelMe JSON files",
    cannot_carry=(
        "holes as holes: a mask with one is cut into polygons that share its group_id",
        "depth, cameras, poses, amodal masks, keypoints, crowds",
    ),
    write=write,
)
