"""Pascal VOC: ``JPEGImages/``, ``Annotations/`` (XML), ``ImageSets/``, ``SegmentationObject/`` and ``…Class/``.

Boxes are whole pixels counted from 1, and the last pixel is inside: a box of the dataset that is half-open from
(x, y) is ``xmin`` = x + 1, ``xmax`` = x + width. ``labelmap.txt`` (name, colour) is what CVAT and Datumaro read classes
from. http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf; what is truncated or occluded is said in
https://host.robots.ox.ac.uk/pascal/VOC/voc2012/guidelines.html.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TextIO
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthvision.dataset.disk import write_whole
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.frames import Tally, category_of, chosen_frames, image_name, put_image
from synthvision.formats.painting import colour_of, paint_labels
from synthvision.formats.splits import WHOLE, written_splits
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

_TRUNCATED, _OCCLUDED = 0.15, 0.05
"""More of an object than this outside the picture, or hidden: the guidelines' 15–20 % and 5 %."""

_VOID = 255
_BACKGROUND = "background"
_ROUNDED = "a box was rounded to whole pixels"
_CROWD = "a crowd is written as one difficult object"
_TOO_MANY = "a label has void in {0}, which holds 254 numbers"
_NO_LABEL_MAP = "labelmap.txt is left out: no name in it can have a colon, begin with # or be 'background'"
_UNKNOWN_MASKS = "a frame has no segmentation, since not every label has a mask"


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, XML files, lists of the splits, and the segmentation of frames whose masks are all known."""
    tally = Tally()
    with new_folder(out) as folder, ExitStack() as stack:
        _write_label_map(dataset, folder / "labelmap.txt", tally.losses)
        lists = {split: _SplitLists(folder, split, stack) for split in written_splits(dataset, options)}
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            name = image_name(record)
            put_image(dataset, record, folder / "JPEGImages" / name, options)
            masks = all(label.counts is not None for label in labels)
            xml = _annotation(dataset, record, labels, tally.losses, segmented=masks)
            write_whole(folder / "Annotations" / f"{PurePosixPath(name).stem}.xml", xml)
            lists[record.split or WHOLE].add(name, masks=masks)
            if masks:
                _write_segmentation(dataset, record, labels, folder, tally.losses)
            else:
                tally.losses[_UNKNOWN_MASKS] += 1
    return tally.report()


class _SplitLists:
    """The names of a split's frames: all of them, and those with a segmentation."""

    def __init__(self, folder: Path, split: str, stack: ExitStack) -> None:
        self._all, self._segmented = (
            stack.enter_context(_open_text(folder / "ImageSets" / task / f"{split}.txt"))
            for task in ("Main", "Segmentation")
        )

    def add(self, name: str, *, masks: bool) -> None:
        for stream in (self._all, self._segmented)[: 1 + masks]:
            stream.write(f"{PurePosixPath(name).stem}\n")


def _open_text(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", encoding="utf-8", newline="\n")


def _write_label_map(dataset: Dataset, path: Path, losses: Counter[str]) -> None:
    names = [category.name for category in dataset.manifest.categories]
    if any(":" in name or name.startswith("#") or name == _BACKGROUND for name in names):
        losses[_NO_LABEL_MAP] += 1
        return
    lines = [f"{name}:{','.join(map(str, colour_of(number)))}::" for number, name in enumerate([_BACKGROUND, *names])]
    write_whole(path, "\n".join(["# label:color_rgb:parts:actions", *lines, ""]).encode())


def _annotation(
    dataset: Dataset, record: FrameRecord, labels: Sequence[InstanceRecord], losses: Counter[str], *, segmented: bool
) -> bytes:
    root = ET.Element("annotation")
    _add(root, folder="JPEGImages", filename=image_name(record))
    _add(ET.SubElement(root, "source"), database=dataset.manifest.name, annotation="synthvision")
    _add(ET.SubElement(root, "size"), width=record.width_px, height=record.height_px, depth=3)
    _add(root, segmented=int(segmented))
    for label in labels:
        _add_object(root, category_of(dataset, label).name, label, losses)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add(parent: ET.Element, **values: str | int) -> None:
    for tag, value in values.items():
        ET.SubElement(parent, tag).text = str(value)


def _add_object(root: ET.Element, name: str, label: InstanceRecord, losses: Counter[str]) -> None:
    losses.update([_CROWD] if label.crowd else [])
    found = ET.SubElement(root, "object")
    _add(found, name=name, pose="Unspecified", truncated=int((label.truncation or 0) > _TRUNCATED))
    if label.visibility is not None:
        _add(found, occluded=int(1 - label.visibility > _OCCLUDED))
    _add(found, difficult=int(label.crowd))
    x, y, width, height = label.bbox or (0, 0, 0, 0)
    sides = [x + 1, y + 1, x + width, y + height]
    whole = [round(side) for side in sides]
    losses.update([_ROUNDED] if whole != sides else [])
    _add(ET.SubElement(found, "bndbox"), **dict(zip(("xmin", "ymin", "xmax", "ymax"), whole, strict=True)))


def _write_segmentation(
    dataset: Dataset, record: FrameRecord, labels: Sequence[InstanceRecord], folder: Path, losses: Counter[str]
) -> None:
    painted = paint_labels(dataset, record, labels, losses)
    name = f"{PurePosixPath(image_name(record)).stem}.png"
    for kind, numbers in (
        ("SegmentationObject", range(1, len(labels) + 1)),
        ("SegmentationClass", [label.category_id for label in labels]),
    ):
        losses.update(_TOO_MANY.format(kind) for number in numbers if number >= _VOID)
        values = np.minimum([0, *numbers], _VOID).astype(np.uint8)
        write_whole(folder / kind / name, _palette_png(values[painted]))


def _palette_png(numbers: NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(numbers, "P")
    image.putpalette([channel for number in range(_VOID + 1) for channel in colour_of(number)])
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


FORMAT = Format(
    name="voc",
    title="Pascal VOC, XML boxes and segmentation PNGs",
    cannot_carry=(
        "parts of pixels: boxes are whole pixels",
        "masks that lie over each other, and see-through instances, in the segmentation",
        "classes and objects past the 254th in the segmentation",
        "how much is visible: only truncated and occluded, yes or no",
        "amodal masks, poses, keypoints, depth and other maps",
    ),
    write=write,
)
