"""COCO files: instances and keypoints, with polygons, run lengths (compressed or not), crowds and boxes alone.

A file is read whole: it is one JSON document. Its own sizes must be those of the pictures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pycocotools import mask as coco_mask

from synthvision.curation.importing.types import (
    Imported,
    Notes,
    Picture,
    check_inside,
    digest,
    label_of_box,
    label_of_mask,
    left_right_pairs,
    picture_sizes,
    raise_all,
    within,
)
from synthvision.dataset import InstanceRecord
from synthvision.dataset.disk import read_json
from synthvision.dataset.layout import check_split
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.records import KeypointRecord
from synthvision.dataset.rle import checked_rle, finite, polygons_rle
from synthvision.errors import DatasetError
from synthvision.limits import MAX_KEYPOINTS
from synthvision.recipe.model import Info

Json = dict[str, Any]

_SPLIT_FILE = re.compile(r"(?:instances|person_keypoints|keypoints)(?:_(?P<split>.+))?\.json")
_ROBOFLOW = "_annotations.coco.json"
_YEAR = re.compile("[0-9]{1,4}")


@dataclass(frozen=True)
class _File:
    """An annotation file: where it is, of which split, where its pictures are, and what is in it."""

    path: Path
    split: str
    root: Path
    data: Json


def read_coco(source: Path, images: Path | None) -> Imported:
    """Read one COCO file, or those of a folder as splits; see ``import_dataset``. Raises DatasetError."""
    files = [_opened(path, split, images) for path, split in _files(source)]
    categories = _categories(files[0])
    for file in files[1:]:
        if list(_categories(file).values()) != list(categories.values()):
            raise DatasetError(f"{file.path}: categories must be those of {files[0].path.name}, got others")
    sizes = [picture_sizes(_expected_sizes(file), file.root, _REMEDY) for file in files]
    licences, licence_places = _licences(files)
    notes = Notes()
    return Imported(
        form="COCO",
        name=source.stem,
        categories=tuple(categories.values()),
        splits=tuple(file.split for file in files if file.split),
        sha256=digest(file.path for file in files),
        pictures=partial(_pictures, files, sizes, categories, licence_places, notes),
        notes=notes,
        licences=licences,
        info=_info(files[0].data.get("info")),
        synthetic=all(_mapping(file.data.get("info")).get("synthetic") is True for file in files),
    )


def _files(source: Path) -> list[tuple[Path, str]]:
    if source.is_file():
        return [(source, "")]
    roboflow = sorted(source.glob(f"*/{_ROBOFLOW}"))
    if roboflow:
        return [(path, check_split(path.parent.name)) for path in roboflow]
    found = [(path, _SPLIT_FILE.fullmatch(path.name)) for path in sorted((source / "annotations").glob("*.json"))]
    named = [(path, match["split"] or "") for path, match in found if match]
    splits = [split for _, split in named]
    if not named or len(set(splits)) < len(splits) or ("" in splits and len(splits) > 1):
        names = ", ".join(path.name for path, _ in found) or "none"
        what = f"source must be a COCO file or a folder with annotations/instances_SPLIT.json or SPLIT/{_ROBOFLOW}"
        raise DatasetError(f"{source}: {what}, got {names}; name one file")
    return named


def _opened(path: Path, split: str, images: Path | None) -> _File:
    data = read_json(path)
    for key in ("images", "annotations", "categories"):
        if not isinstance(data, dict) or not isinstance(data.get(key), list):
            raise DatasetError(f"{path}: file must have a list '{key}' as COCO has, got none")
    raise_all([fault for key, needed in _NEEDED.items() for fault in _missing_keys(path, data[key], key, needed)])
    return _File(path, split, _root(path, split, images, data["images"]), data)


_ID: tuple[type, ...] = (int, str)
_NEEDED: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "images": {"id": _ID, "file_name": (str,), "width": (int,), "height": (int,)},
    "annotations": {"image_id": _ID, "category_id": _ID},
    "categories": {"id": _ID, "name": _ID},
}
_WORDS: Mapping[tuple[type, ...], str] = {_ID: "a number or text", (str,): "text", (int,): "a whole number"}


def _missing_keys(
    path: Path, rows: Sequence[Any], section: str, needed: Mapping[str, tuple[type, ...]]
) -> Iterator[str]:
    for number, row in enumerate(rows):
        missing = [key for key in needed if not isinstance(row, dict) or key not in row]
        if missing:
            yield f"{path}: {section}[{number}] must have {', '.join(needed)}, got none for {', '.join(missing)}"
            continue
        for key, kinds in needed.items():
            if not isinstance(row[key], kinds):
                yield f"{path}: {section}[{number}].{key} must be {_WORDS[kinds]}, got {row[key]!r:.40}"


def _root(path: Path, split: str, images: Path | None, entries: Sequence[Json]) -> Path:
    """Return where ``file_name`` starts: the first of the usual places in which the first picture is."""
    above = path.parent.parent
    usual = (path.parent, path.parent / "images", above / "images" / split, above / "images", above / split, above)
    places = usual if images is None else (images, images / split)
    for place in places:
        if entries and _is_file(place / entries[0]["file_name"]):
            return check_inside(place, images or above, _REMEDY)
    if not entries:
        return path.parent
    looked = ", ".join(dict.fromkeys(map(str, places)))
    cure = "say where with --images" if images is None else "say another folder with --images"
    raise DatasetError(f"{path}: picture {entries[0]['file_name']} must be in one of {looked}, got none; {cure}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


_REMEDY = "say with --images in which folder the pictures are, or copy them there"


def _expected_sizes(file: _File) -> Iterator[tuple[Path, tuple[int, int]]]:
    return ((file.root / image["file_name"], (image["width"], image["height"])) for image in file.data["images"])


def _categories(file: _File) -> dict[Any, CategoryEntry]:
    """Return id in the file → category, in the order of ids."""
    rows = sorted(file.data["categories"], key=lambda row: (isinstance(row["id"], str), row["id"]))
    if len({row["name"] for row in rows}) < len(rows) or len({row["id"] for row in rows}) < len(rows):
        raise DatasetError(f"{file.path}: categories must have different names and ids, got some twice")
    try:
        return {row["id"]: _category(number, row) for number, row in enumerate(rows, start=1)}
    except (TypeError, ValueError, OverflowError) as error:
        raise DatasetError(f"{file.path}: categories must be as COCO has them, got '{error}'") from error


def _category(number: int, row: Json) -> CategoryEntry:
    names = tuple(map(str, row.get("keypoints") or ()))
    if len(names) > MAX_KEYPOINTS:
        raise ValueError(f"{len(names)} keypoints, of at most {MAX_KEYPOINTS}")
    skeleton = tuple((int(a) - 1, int(b) - 1) for a, b in row.get("skeleton") or ())
    if any(not 0 <= end < len(names) for bone in skeleton for end in bone):
        raise ValueError(f"a skeleton between other points than its {len(names)} keypoints")
    supercategory = row.get("supercategory") or "object"
    return CategoryEntry(number, str(row["name"]), str(supercategory), names, skeleton, left_right_pairs(names))


def _licences(files: Sequence[_File]) -> tuple[tuple[Mapping[str, str], ...], list[Mapping[Any, int]]]:
    """Return every licence once, and for each file its licence ids → their places."""
    found: list[Mapping[str, str]] = []
    places: list[Mapping[Any, int]] = []
    for file in files:
        place_of = {}
        rows = file.data.get("licenses") or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DatasetError(f"{file.path}: licenses must be a list of mappings, got {rows!r:.40}")
        for row in rows:
            licence = {"name": str(row.get("name") or "unspecified"), "url": str(row.get("url") or "")}
            if licence not in found:
                found.append(licence)
            place_of[str(row.get("id"))] = found.index(licence)
        places.append(place_of)
    return tuple(found), places


def _info(info: Any) -> Json:
    """Return what our ``info`` has a place for."""
    known = {key: value for key, value in _mapping(info).items() if key in Info.model_fields}
    texts = {key: str(value) for key, value in known.items() if key != "year"}
    return texts | ({"year": int(known["year"])} if _YEAR.fullmatch(str(known.get("year", ""))) else {})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _pictures(
    files: Sequence[_File],
    sizes: Sequence[Sequence[tuple[int, int]]],
    categories: Mapping[Any, CategoryEntry],
    licences: Sequence[Mapping[Any, int]],
    notes: Notes,
) -> Iterator[Picture]:
    for file, file_sizes, places in zip(files, sizes, licences, strict=True):
        annotations = _by_image(file)
        for image, (width, height) in zip(file.data["images"], file_sizes, strict=True):
            rows = annotations.get(image["id"], ())
            labels = _labels(file.path, rows, categories, (width, height), notes)
            name = str(image["file_name"])
            place = places.get(str(image.get("license")), 0)
            yield Picture(file.root / name, name, file.split, width, height, labels, place)


def _by_image(file: _File) -> Mapping[Any, Sequence[Json]]:
    known = {image["id"] for image in file.data["images"]}
    if len(known) < len(file.data["images"]):
        raise DatasetError(f"{file.path}: image ids must differ, got some twice")
    rows: dict[Any, list[Json]] = defaultdict(list)
    for row in file.data["annotations"]:
        if row["image_id"] not in known:
            where = f"{file.path}: annotation {row.get('id')!r}"
            raise DatasetError(f"{where}: image_id must be that of an image, got {row['image_id']!r}")
        rows[row["image_id"]].append(row)
    return rows


def _labels(
    path: Path, rows: Sequence[Json], categories: Mapping[Any, CategoryEntry], size: tuple[int, int], notes: Notes
) -> tuple[InstanceRecord, ...]:
    labels: list[InstanceRecord] = []
    for row in rows:
        where = f"{path}: annotation {row.get('id')!r}"
        if row["category_id"] not in categories:
            raise DatasetError(f"{where}: category_id must be that of a category, got {row['category_id']!r}")
        try:
            label = _label(len(labels) + 1, row, categories[row["category_id"]], size, notes)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise DatasetError(f"{where}: annotation must be as COCO has it, got '{error}'") from error
        labels += [] if label is None else [label]
    return tuple(labels)


def _label(
    number: int, row: Json, category: CategoryEntry, size: tuple[int, int], notes: Notes
) -> InstanceRecord | None:
    keypoints, crowd = _keypoints(row.get("keypoints"), category), bool(row.get("iscrowd", 0))
    rle = _rle(row.get("segmentation"), size)
    if rle is not None:
        label = label_of_mask(number, category, rle, keypoints, crowd=crowd)
        if label is not None:
            return label
        notes["a polygon too small for a pixel became a box alone"] += 1
    box = within([finite(side) for side in row["bbox"]], *size, notes)
    return None if box is None else label_of_box(number, category, box, keypoints, crowd=crowd)


def _rle(segmentation: Any, size: tuple[int, int]) -> Mapping[str, Any] | None:
    width, height = size
    if not segmentation:
        return None
    if isinstance(segmentation, list):
        return polygons_rle(segmentation, width, height)
    if not isinstance(segmentation, dict) or list(segmentation["size"]) != [height, width]:
        raise ValueError(f"a segmentation of size {segmentation['size']} in a picture of [{height}, {width}]")
    counts = segmentation["counts"]
    if isinstance(counts, list):
        if not all(isinstance(run, int) and run >= 0 for run in counts) or sum(counts) != width * height:
            raise ValueError(f"runs that are not of the {width * height} px of the picture")
        rle: Json = coco_mask.frPyObjects({"size": [height, width], "counts": counts}, height, width)
        return rle
    if not isinstance(counts, str):
        raise TypeError("counts that are neither text nor a list")
    return checked_rle(counts, width, height)


def _keypoints(numbers: Any, category: CategoryEntry) -> dict[str, KeypointRecord]:
    if not numbers:
        return {}
    if len(numbers) != 3 * len(category.keypoints):
        raise ValueError(f"{len(numbers)} numbers for {len(category.keypoints)} keypoints")
    triples = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return {
        name: (finite(x), finite(y), int(state)) if state else (0.0, 0.0, 0)
        for name, (x, y, state) in zip(category.keypoints, triples, strict=True)
    }
