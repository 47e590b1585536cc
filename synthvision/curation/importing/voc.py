"""Pascal VOC folders: ``Annotations/*.xml``, ``JPEGImages``, ``ImageSets`` and, where there are masks,
``SegmentationObject``.

Boxes are 1-based with both ends inside (VOC2012 development kit, section 4.1), so ``xmin = 1, xmax = 10`` is
x = 0, width = 10. In ``SegmentationObject`` the value of a pixel is the place of its object in the XML file, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

from synthvision.curation.importing.reading_xml import read_xml
from synthvision.curation.importing.types import (
    Imported,
    Notes,
    Picture,
    check_inside,
    digest,
    label_of_box,
    label_of_mask,
    picture_sizes,
    within,
)
from synthvision.dataset import InstanceRecord
from synthvision.dataset.disk import read_text
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.rle import finite
from synthvision.errors import DatasetError
from synthvision.limits import MAX_ANNOTATION_BYTES

_SPLITS = ("train", "val", "test")
_NO_PLACE = ("difficult", "truncated", "occluded")
_VOID = 255
_REMEDY = "copy it there"


@dataclass(frozen=True)
class _Object:
    """An object of a picture: its category's name and its box [x, y, width, height] in pixels from 0."""

    name: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class _Entry:
    """One XML file, read."""

    path: Path
    picture: Path
    split: str
    size: tuple[int, int] | None
    objects: tuple[_Object, ...]


def read_voc(source: Path, _images: Path | None) -> Imported:
    """Read the folder that has ``Annotations`` in it; see ``import_dataset``. Raises DatasetError."""
    paths = sorted((source / "Annotations").glob("*.xml"))
    if not paths:
        raise DatasetError(f"{source}: source must be a folder with Annotations/*.xml as VOC has, got none")
    notes = Notes()
    split_of = _splits(source)
    listed = [path for path in paths if not split_of or path.stem in split_of]
    if len(listed) < len(paths):
        notes["a picture that is in none of ImageSets' train, val and test was left out"] += len(paths) - len(listed)
    entries = [_entry(source, path, split_of.get(path.stem, ""), notes) for path in listed]
    used = {found.name for entry in entries for found in entry.objects}
    mapped = _label_map(source)
    names = [*mapped, *sorted(used - set(mapped))]
    categories = {name: CategoryEntry(number, name, "object") for number, name in enumerate(names, start=1)}
    sizes = picture_sizes(((entry.picture, entry.size) for entry in entries), source, _REMEDY)
    return Imported(
        form="VOC",
        name=source.resolve().name,
        categories=tuple(categories.values()),
        splits=tuple(split for split in _SPLITS if split in split_of.values()),
        sha256=digest(listed),
        pictures=partial(_pictures, source, entries, sizes, categories, notes),
        notes=notes,
    )


def _label_map(source: Path) -> list[str]:
    """Return the classes that a ``labelmap.txt`` names, in its order; CVAT and Datumaro write one."""
    path = source / "labelmap.txt"
    if not path.is_file():
        return []
    lines = (line.strip() for line in read_text(path, MAX_ANNOTATION_BYTES).splitlines())
    names = (line.split(":", 1)[0] for line in lines if line and not line.startswith("#"))
    return [name for name in dict.fromkeys(names) if name != "background"]


def _splits(source: Path) -> dict[str, str]:
    """Map stems to splits, from ``ImageSets/Main`` or else ``ImageSets/Segmentation``; empty where there are none."""
    for folder in (source / "ImageSets" / "Main", source / "ImageSets" / "Segmentation"):
        found: dict[str, str] = {}
        for split in _SPLITS:
            if (folder / f"{split}.txt").is_file():
                for line in read_text(folder / f"{split}.txt", MAX_ANNOTATION_BYTES).splitlines():
                    _assign(found, line, split, folder)
        if found:
            return found
    return {}


def _assign(found: dict[str, str], line: str, split: str, folder: Path) -> None:
    if line.strip():
        stem = line.split(maxsplit=1)[0]
        if found.setdefault(stem, split) != split:
            raise DatasetError(f"{folder / split}.txt: picture must be in one split, got {stem} in {found[stem]} too")


def _entry(source: Path, path: Path, split: str, notes: Notes) -> _Entry:
    root = read_xml(path)
    name = root.findtext("filename") or ""
    if not name:
        raise DatasetError(f"{path}: annotation must have a filename, got none")
    objects = tuple(_object(path, element, notes) for element in root.findall("object"))
    return _Entry(path, source / "JPEGImages" / name, split, _given_size(root, path), objects)


def _given_size(root: ET.Element, path: Path) -> tuple[int, int] | None:
    try:
        width, height = (int(root.findtext(f"size/{side}") or 0) for side in ("width", "height"))
    except ValueError as error:
        raise DatasetError(f"{path}: size must have a width and a height, got '{error}'") from error
    return (width, height) if width and height else None


def _object(path: Path, element: ET.Element, notes: Notes) -> _Object:
    name = element.findtext("name") or ""
    for flag in _NO_PLACE:
        if (element.findtext(flag) or "0").strip() not in {"0", ""}:
            notes[f"'{flag}' has no place in a dataset and was dropped"] += 1
    if element.find("part") is not None:
        notes["boxes of parts have no place in a dataset and were dropped"] += 1
    try:
        x0, y0, x1, y1 = (finite(element.findtext(f"bndbox/{side}") or "") for side in ("xmin", "ymin", "xmax", "ymax"))
    except ValueError as error:
        raise DatasetError(f"{path}: object '{name}' must have a bndbox of four numbers, got '{error}'") from error
    if not name or x1 < x0 or y1 < y0:
        got = f"'{name}' with {[x0, y0, x1, y1]}"
        raise DatasetError(f"{path}: object must have a name and a box with xmin <= xmax and ymin <= ymax, got {got}")
    return _Object(name, (x0 - 1, y0 - 1, x1 - x0 + 1, y1 - y0 + 1))


def _pictures(
    source: Path,
    entries: Sequence[_Entry],
    sizes: Sequence[tuple[int, int]],
    categories: Mapping[str, CategoryEntry],
    notes: Notes,
) -> Iterator[Picture]:
    for entry, size in zip(entries, sizes, strict=True):
        masks = _object_map(source, entry, size)
        labels: list[InstanceRecord] = []
        for place, found in enumerate(entry.objects, start=1):
            mask = None if masks is None else masks == place
            label = _label(len(labels) + 1, found, categories[found.name], mask, size, notes)
            labels += [] if label is None else [label]
        yield Picture(entry.picture, entry.picture.name, entry.split, *size, tuple(labels))


def _object_map(source: Path, entry: _Entry, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    path = source / "SegmentationObject" / f"{entry.path.stem}.png"
    if not path.is_file():
        return None
    try:
        with Image.open(check_inside(path, source, _REMEDY), formats=("PNG",)) as picture:
            # Decoding takes the memory of what the head announces.
            values: NDArray[np.uint8] = np.asarray(picture) if picture.size == size else np.empty(0, np.uint8)
            announced = picture.size
    except DatasetError:
        raise
    except Exception as error:  # Pillow's readers raise anything on damaged files
        raise DatasetError(f"{path}: map must be a readable PNG, got '{error}'") from error
    if announced != size:
        raise DatasetError(f"{path}: map must be {size[0]} x {size[1]} px, got {announced[0]} x {announced[1]}")
    if values.shape != size[::-1]:
        raise DatasetError(f"{path}: map must be one number for each of {size[0]} x {size[1]} px, got {values.shape}")
    if len(entry.objects) >= _VOID or values[values != _VOID].max(initial=0) > len(entry.objects):
        greatest = values[values != _VOID].max(initial=0)
        raise DatasetError(f"{path}: values must be 0 to {len(entry.objects)} or {_VOID}, got {greatest}")
    return values


def _label(
    number: int,
    found: _Object,
    category: CategoryEntry,
    mask: NDArray[np.bool_] | None,
    size: tuple[int, int],
    notes: Notes,
) -> InstanceRecord | None:
    if mask is not None and mask.any():
        return label_of_mask(number, category, coco_mask.encode(np.asfortranarray(mask, np.uint8)))
    box = within(found.box, *size, notes)
    return None if box is None else label_of_box(number, category, box)
