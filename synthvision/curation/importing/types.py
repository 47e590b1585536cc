"""What every importer hands over, and what they share: labels without a scene, and pictures checked beforehand."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from pycocotools import mask as coco_mask

from synthvision.dataset import InstanceRecord
from synthvision.dataset.disk import read_whole
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.records import KeypointRecord
from synthvision.errors import DatasetError
from synthvision.limits import MAX_IMAGE_PX

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})
MOST_NAMED = 20
"""Faults that one error names."""

_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF")
_ORIENTATION = 0x0112  # EXIF tag; 1 is upright
Notes = Counter[str]


@dataclass(frozen=True)
class Picture:
    """A picture with its labels: ``name`` is as in the annotations, ``licence`` a place in ``Imported.licences``."""

    path: Path
    name: str
    split: str
    width_px: int
    height_px: int
    labels: tuple[InstanceRecord, ...]
    licence: int = 0


@dataclass(frozen=True)
class Imported:
    """What an importer found.

    Attributes:
        form: the format's name.
        name: of the dataset.
        categories: ids from 1.
        splits: names; empty where there are none.
        sha256: over the annotation files.
        pictures: yields each picture, its labels read; one at a time.
        notes: what had no place in a dataset → how often; complete when the pictures have been read.
        licences: of the pictures, where known.
        info: entries of the ``info`` block, where known.
        synthetic: whether the annotations say that the pictures were rendered.
    """

    form: str
    name: str
    categories: tuple[CategoryEntry, ...]
    splits: tuple[str, ...]
    sha256: str
    pictures: Callable[[], Iterator[Picture]]
    notes: Notes
    licences: tuple[Mapping[str, str], ...] = ()
    info: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False


def check_inside(path: Path, folder: Path, remedy: str) -> Path:
    """Return a path if it leads, links followed, to a place in ``folder``; raises DatasetError."""
    try:
        leads_out = not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except ValueError as error:  # a name that no file can have
        raise DatasetError(f"{str(path)!r}: name must be that of a file, got '{error}'") from error
    if leads_out:
        raise DatasetError(f"{path}: file must lie in {folder}, got a name or link that leads out of it; {remedy}")
    return path


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 over the content of files, one after the other."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(read_whole(path)).digest())
    return total.hexdigest()


def label_of_box(
    number: int,
    category: CategoryEntry,
    box: Sequence[float],
    keypoints: Mapping[str, KeypointRecord] | None = None,
    *,
    crowd: bool = False,
) -> InstanceRecord:
    """Make a label of which only a box [x, y, width, height] is known."""
    x, y, width, height = (_whole_if_equal(side) for side in box)
    return _label(number, category, (x, y, width, height), max(1, round(width * height)), None, keypoints, crowd=crowd)


def label_of_mask(
    number: int,
    category: CategoryEntry,
    rle: Mapping[str, Any],
    keypoints: Mapping[str, KeypointRecord] | None = None,
    *,
    crowd: bool = False,
) -> InstanceRecord | None:
    """Make a label of a compressed RLE (``counts`` bytes) as pycocotools makes it; None for an empty mask."""
    area = int(coco_mask.area(rle))
    if not area:
        return None
    x, y, width, height = (int(side) for side in coco_mask.toBbox(rle))
    return _label(number, category, (x, y, width, height), area, rle["counts"].decode(), keypoints, crowd=crowd)


def _label(
    number: int,
    category: CategoryEntry,
    box: tuple[float, float, float, float],
    area: int,
    counts: str | None,
    keypoints: Mapping[str, KeypointRecord] | None,
    *,
    crowd: bool,
) -> InstanceRecord:
    return InstanceRecord(
        instance_id=number,
        category_id=category.id,
        name=f"{category.name}/{number}",
        bbox=box,
        area=area,
        counts=counts,
        amodal_bbox=None,
        amodal_area=None,
        amodal_counts=None,
        visibility=None,
        truncation=None,
        object_to_camera=None,
        distance_m=None,
        keypoints=keypoints or {},
        crowd=crowd,
    )


def _whole_if_equal(side: float) -> float:
    return int(side) if float(side).is_integer() else float(side)


def within(box: Sequence[float], width_px: int, height_px: int, notes: Notes) -> tuple[float, ...] | None:
    """Cut a box [x, y, width, height] at the edges of the image; None, with a note, where nothing is left."""
    x0, y0 = max(box[0], 0), max(box[1], 0)
    x1, y1 = min(box[0] + box[2], width_px), min(box[1] + box[3], height_px)
    if x1 <= x0 or y1 <= y0:
        notes["a label without any area in the image was left out"] += 1
        return None
    if (x0, y0) == (box[0], box[1]) and x1 >= box[0] + box[2] and y1 >= box[1] + box[3]:
        return tuple(box)
    notes["a box was cut at the edge of the image"] += 1
    return x0, y0, x1 - x0, y1 - y0


def raise_all(faults: Sequence[str]) -> None:
    """Raise one DatasetError for all faults, if there are any."""
    if faults:
        more = [f"… and {len(faults) - MOST_NAMED} more"] if len(faults) > MOST_NAMED else []
        raise DatasetError("\n".join([*faults[:MOST_NAMED], *more]))


def picture_sizes(
    paths: Iterable[tuple[Path, tuple[int, int] | None]], folder: Path, remedy: str
) -> list[tuple[int, int]]:
    """Return (width, height) of every picture, read from its head.

    Args:
        paths: each with the size that the annotations give, if they do.
        folder: where they must lie.
        remedy: of those that do not.

    Raises:
        DatasetError: naming all that are missing, cannot be read, lie on their side by an EXIF orientation (of which
            half of all readers know nothing), or have another size than given.
    """
    sizes: list[tuple[int, int]] = []
    faults: list[str] = []
    for path, given in paths:
        try:
            sizes.append(_size(check_inside(path, folder, remedy), given))
        except DatasetError as error:
            faults.append(str(error))
    raise_all(faults)
    return sizes


def _size(path: Path, given: tuple[int, int] | None) -> tuple[int, int]:
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise DatasetError(f"{path}: picture must end in {', '.join(sorted(PICTURE_SUFFIXES))}, got '{path.suffix}'")
    if not path.is_file():
        raise DatasetError(f"{path}: picture must be there, got none")
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            size, orientation = picture.size, picture.getexif().get(_ORIENTATION, 1)
    except Image.DecompressionBombError:
        size, orientation = (MAX_IMAGE_PX, 2), 1
    # Pillow's readers raise anything on damaged heads.
    except Exception as error:
        raise DatasetError(f"{path}: file must be a readable picture, got '{error}'") from error
    if size[0] * size[1] > MAX_IMAGE_PX:
        raise DatasetError(f"{path}: picture must have at most {MAX_IMAGE_PX} px, got more; make it smaller")
    if orientation not in {0, 1}:
        cure = "turn the pixels themselves, such as with 'mogrify -auto-orient'"
        raise DatasetError(f"{path}: picture must have no EXIF orientation, got {orientation}; {cure}")
    if given is not None and size != given:
        raise DatasetError(f"{path}: picture must be {_by(given)} px as the annotations say, got {_by(size)} px")
    return size


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def left_right_pairs(names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Pair keypoints that change places in a mirrored picture, by ``left`` and ``right`` in their names."""
    places = {name: place for place, name in enumerate(names)}
    pairs = ((place, places.get(name.replace("left", "right"))) for name, place in places.items() if "left" in name)
    return tuple((place, other) for place, other in pairs if other is not None)
