"""CVAT for images 1.1: one XML file, masks as run lengths, holes and parts included.

https://docs.cvat.ai/docs/manual/advanced/xml_format/. Boxes and crops are in pixels from the top left corner.
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.frames import (
    BOX_FOR_MASK,
    Tally,
    category_of,
    chosen_frames,
    count_crowds,
    image_name,
    put_image,
)
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write ``annotations.xml``, and the pictures under ``images/``."""
    tally = Tally()
    with new_folder(out) as folder, (folder / "annotations.xml").open("w", encoding="utf-8") as stream:
        size = sum(options.takes(record) for record in dataset)
        stream.write(
            f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n{_meta(dataset, size)}'
        )
        for number, (record, labels) in enumerate(chosen_frames(dataset, options)):
            tally.count(len(labels))
            count_crowds(labels, tally)
            _write_image(stream, dataset, number, record, labels, tally)
            put_image(dataset, record, folder / "images" / record.split / image_name(record), options)
        stream.write("</annotations>\n")
    return tally.report()


def _meta(dataset: Dataset, size: int) -> str:
    labels = "".join(
        f"<label><name>{escape(category.name)}</name><type>any</type><attributes>"
        "<attribute><name>visibility</name><mutable>True</mutable><input_type>text</input_type>"
        "<default_value></default_value><values></values></attribute></attributes></label>\n"
        for category in dataset.manifest.categories
    )
    name = escape(dataset.manifest.name)
    return f"<meta><task><name>{name}</name><size>{size}</size><labels>\n{labels}</labels></task></meta>\n"


def _write_image(
    stream: TextIO,
    dataset: Dataset,
    number: int,
    record: FrameRecord,
    labels: tuple[InstanceRecord, ...],
    tally: Tally,
) -> None:
    name = quoteattr(f"{record.split}/{image_name(record)}" if record.split else image_name(record))
    # No ``subset``: that is for projects, whose import into CVAT drops masks; in a task Datumaro drops such pictures.
    stream.write(f'<image id="{number}" name={name} width="{record.width_px}" height="{record.height_px}">\n')
    stream.writelines(_shape(dataset, record, label, tally) for label in labels)
    stream.write("</image>\n")


def _shape(dataset: Dataset, record: FrameRecord, label: InstanceRecord, tally: Tally) -> str:
    x, y, width, height = label.bbox or (0, 0, 0, 0)
    hidden = int(label.visibility is not None and label.visibility < 1)
    common = (
        f'label={quoteattr(category_of(dataset, label).name)} source="synthvision" occluded="{hidden}"'
        f' z_order="0" group_id="{label.instance_id}"'
    )
    shown = "" if label.visibility is None else f'<attribute name="visibility">{label.visibility:.6g}</attribute>'
    if label.counts is None:
        tally.losses[BOX_FOR_MASK] += 1
        return f'<box {common} xtl="{x}" ytl="{y}" xbr="{x + width}" ybr="{y + height}">{shown}</box>\n'
    crop = dataset.mask(record, label)[int(y) : int(y + height), int(x) : int(x + width)]
    place = f'left="{int(x)}" top="{int(y)}" width="{int(width)}" height="{int(height)}"'
    return f'<mask {common} rle="{_runs(crop.ravel())}" {place}>{shown}</mask>\n'


def _runs(pixels: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Return run lengths of a crop, row by row, beginning with what is outside the mask."""
    changes = np.flatnonzero(np.diff(pixels.astype(np.int8), prepend=np.int8(0)))
    bounds = np.concatenate([[0], changes, [len(pixels)]])
    return ", ".join(map(str, np.diff(bounds).tolist()))


FORMAT = Format(
    name="cvat",
    title="CVAT for images 1.1",
    cannot_carry=("depth, cameras, poses, amodal masks, keypoints, crowds",),
    write=write,
)
