"""Label Studio: ``tasks.json`` to import, and ``label_config.xml`` for the project.

https://labelstud.io/guide/tasks and https://labelstud.io/guide/export (units: per cent of the picture's sides).
Pictures are referred to as local files: serve the folder with ``LOCAL_FILES_DOCUMENT_ROOT`` set to it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

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

Json = dict[str, Any]

_LOCAL = "/data/local-files/?d="
"""How Label Studio names a file below its document root."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write tasks, the labelling configuration, and the pictures under ``images/``."""
    tally = Tally()
    with new_folder(out) as folder, (folder / "tasks.json").open("w", encoding="utf-8") as stream:
        (folder / "label_config.xml").write_text(_configuration(dataset), encoding="utf-8")
        stream.write("[\n")
        for record, labels in chosen_frames(dataset, options):
            stream.write(",\n" if tally.frames else "")
            tally.count(len(labels))
            count_crowds(labels, tally)
            name = (Path("images") / record.split / image_name(record)).as_posix()
            put_image(dataset, record, folder / name, options)
            stream.write(json.dumps(_task(dataset, record, labels, name, tally), ensure_ascii=False))
        stream.write("\n]\n")
    return tally.report()


def _configuration(dataset: Dataset) -> str:
    labels = "".join(f"    <Label value={quoteattr(c.name)}/>\n" for c in dataset.manifest.categories)
    return (
        '<View>\n  <Image name="image" value="$image" zoom="true"/>\n'
        f'  <PolygonLabels name="polygon" toName="image">\n{labels}  </PolygonLabels>\n'
        f'  <RectangleLabels name="rectangle" toName="image">\n{labels}  </RectangleLabels>\n</View>\n'
    )


def _task(dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...], name: str, tally: Tally) -> Json:
    results = [result for label in labels for result in _results(dataset, record, label, tally)]
    return {
        "id": record.frame_index + 1,
        "data": {"image": _LOCAL + name, "split": record.split, "frame_index": record.frame_index},
        "annotations": [{"result": results, "ground_truth": True}],
    }


def _results(dataset: Dataset, record: FrameRecord, label: InstanceRecord, tally: Tally) -> list[Json]:
    category = category_of(dataset, label).name
    polygons = label_polygons(record, label)
    values: list[Json] = [
        {"points": [_share(record, *corner) for corner in corner_pairs(polygon)], "closed": True}
        for polygon in polygons
    ]
    kind = "polygon"
    if not polygons and label.bbox is not None:
        tally.losses[BOX_FOR_MASK] += 1
        kind = "rectangle"
        (x, y), (width, height) = _share(record, *label.bbox[:2]), _share(record, *label.bbox[2:])
        values = [{"x": x, "y": y, "width": width, "height": height, "rotation": 0}]
    return [
        {
            "id": f"{record.frame_index}-{label.instance_id}-{number}",
            "type": f"{kind}labels",
            "from_name": kind,
            "to_name": "image",
            "original_width": record.width_px,
            "original_height": record.height_px,
            "image_rotation": 0,
            "value": {**value, f"{kind}labels": [category]},
            "meta": {"text": [label.name]},
        }
        for number, value in enumerate(values)
    ]


def _share(record: FrameRecord, x: float, y: float) -> list[float]:
    """Return a point in per cent of the picture's sides."""
    return [100 * x / record.width_px, 100 * y / record.height_px]


FORMAT = Format(
    name="label-studio",
    title="Label Studio tasks",
    cannot_carry=(
        "the parts of one mask as one region: each polygon is a region, with the label's name as its text",
        "depth, cameras, poses, amodal masks, keypoints, crowds",
    ),
    write=write,
)
