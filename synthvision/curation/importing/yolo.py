"""YOLO folders: a ``data.yaml``, and for each picture a text file with one line per object.

A line is recognised by its length: class and 4 numbers are a box, class and 4 and keypoints (``kpt_shape`` of
``data.yaml``) a pose, class and 3 or more points an outline. Oriented boxes are outlines of four points, and are kept
as such. All numbers are shares of the picture's sides.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, MappingEndEvent, NodeEvent, ScalarEvent, SequenceEndEvent

from synthvision.curation.importing.types import (
    PICTURE_SUFFIXES,
    Imported,
    Notes,
    Picture,
    check_inside,
    digest,
    label_of_box,
    label_of_mask,
    left_right_pairs,
    picture_sizes,
    within,
)
from synthvision.dataset import InstanceRecord
from synthvision.dataset.disk import read_text
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.records import KeypointRecord
from synthvision.dataset.rle import polygons_rle
from synthvision.errors import DatasetError
from synthvision.limits import MAX_ANNOTATION_BYTES, MAX_FILE_BYTES, MAX_KEYPOINTS

_SPLITS = ("train", "val", "test")
_BOX = 4
_EDGE = 1e-6  # numbers are rounded in text files
_CLASS = re.compile("[0-9]{1,9}")
_DEEPEST = 8
_REMEDY = "say with --images which folder holds pictures and labels, if you trust this data.yaml"


@dataclass(frozen=True)
class _Shot:
    """A picture of a split, its name in the dataset, and the text file with its labels."""

    path: Path
    name: str
    split: str
    labels: Path


def read_yolo(source: Path, images: Path | None) -> Imported:
    """Read a ``data.yaml`` (or the folder that it is in); see ``import_dataset``. Raises DatasetError."""
    path = source / "data.yaml" if source.is_dir() else source
    data = _yaml(path)
    try:
        categories = _categories(path, data)
    except (TypeError, ValueError, OverflowError) as error:
        raise DatasetError(f"{path}: names and keypoints must be as YOLO has them, got '{error}'") from error
    folder = images or path.resolve().parent
    root = check_inside(_root(path, data), folder, _REMEDY)
    notes = Notes()
    places = _Places(path, root, folder)
    listed = (shot for split in _SPLITS if data.get(split) for shot in places.shots(split, data[split]))
    shots = _once(listed, notes)
    if not shots:
        raise DatasetError(f"{path}: train, val or test must name a folder with pictures, got none")
    sizes = picture_sizes(((shot.path, None) for shot in shots), folder, _REMEDY)
    return Imported(
        form="YOLO",
        name=path.resolve().parent.name,
        categories=categories,
        splits=tuple(split for split in _SPLITS if any(shot.split == split for shot in shots)),
        sha256=digest([path, *(shot.labels for shot in shots if shot.labels.is_file())]),
        pictures=partial(_pictures, shots, sizes, categories, _keypoint_size(path, data), notes),
        notes=notes,
    )


def _yaml(path: Path) -> Mapping[str, Any]:
    text = read_text(path, MAX_ANNOTATION_BYTES)
    try:
        _check_events(text)
        data = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, LookupError, TypeError) as error:
        raise DatasetError(f"{path}: file must be YAML, got '{' '.join(str(error).split())}'") from error
    if not isinstance(data, dict) or "names" not in data:
        raise DatasetError(f"{path}: file must have 'names' and 'train' or 'val' as YOLO has, got none")
    return data


def _check_events(text: str) -> None:
    """Refuse what the loader would unfold or descend into without end; raises ValueError."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, NodeEvent) and not isinstance(event, ScalarEvent | AliasEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if isinstance(event, AliasEvent) or depth > _DEEPEST:
            raise ValueError("an alias" if isinstance(event, AliasEvent) else f"values nested over {_DEEPEST} deep")


def _categories(path: Path, data: Mapping[str, Any]) -> tuple[CategoryEntry, ...]:
    names = data["names"]
    if not isinstance(names, list | dict):
        raise TypeError(f"names that are {type(names).__name__}")
    by_number = dict(enumerate(names)) if isinstance(names, list) else dict(names)
    if (
        not all(isinstance(number, int) for number in by_number)
        or sorted(by_number) != list(range(len(by_number)))
        or not by_number
    ):
        raise DatasetError(f"{path}: names must be numbered 0 to {max(len(by_number) - 1, 0)}, got {list(by_number)}")
    count = _keypoint_size(path, data)[0]
    points = tuple(map(str, data.get("kpt_names") or range(count)))[:count]
    if isinstance(data.get("kpt_names"), dict):  # by class, as newer versions write it
        points = tuple(map(str, next(iter(data["kpt_names"].values()))))
    mirrored = data.get("flip_idx") or ()
    if any(not 0 <= int(b) < len(points) for b in mirrored):
        raise ValueError(f"a flip_idx {list(mirrored)!r:.40} of {len(points)} keypoints")
    pairs = tuple((a, int(b)) for a, b in enumerate(mirrored) if a < int(b)) or left_right_pairs(points)
    return tuple(
        CategoryEntry(number + 1, str(by_number[number]), "object", points, (), pairs if points else ())
        for number in range(len(by_number))
    )


def _keypoint_size(path: Path, data: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many keypoints a line has, and how many numbers each (2 or 3)."""
    shape = data.get("kpt_shape") or (0, 3)
    if not isinstance(shape, list | tuple) or list(shape[1:]) not in ([2], [3]):
        raise DatasetError(f"{path}: kpt_shape must be [number, 2 or 3], got {shape}")
    if not isinstance(shape[0], int) or not 0 <= shape[0] <= MAX_KEYPOINTS:
        raise DatasetError(f"{path}: kpt_shape must be of 0 to {MAX_KEYPOINTS} keypoints, got {shape[0]!r:.40}")
    return int(shape[0]), int(shape[1])


def _root(path: Path, data: Mapping[str, Any]) -> Path:
    """Return where the folders of splits start: ``path`` as it stands or beside the file, else the file's folder."""
    here = path.resolve().parent
    for place in (here / str(data.get("path") or "."), Path(str(data.get("path") or "."))):
        if data.get("path") and _is_dir(place):
            return place
    return here


def _is_dir(place: Path) -> bool:
    try:
        return place.is_dir()
    except (OSError, ValueError):  # a name that none can have
        return False


@dataclass(frozen=True)
class _Places:
    """Where a ``data.yaml`` finds its pictures: from ``root`` on, all of them inside ``folder``."""

    path: Path
    root: Path
    folder: Path

    def shots(self, split: str, entries: Any) -> Iterator[_Shot]:
        for entry in [entries] if isinstance(entries, str) else entries if isinstance(entries, list) else []:
            for picture in self._pictures(split, str(entry)):
                labels = check_inside(_label_file(picture), self.folder, _REMEDY)
                yield _Shot(check_inside(picture, self.folder, _REMEDY), _name(picture, self.root), split, labels)

    def _pictures(self, split: str, entry: str) -> list[Path]:
        place = self.root / entry
        beside = self.root / entry.removeprefix("../")  # as Roboflow writes it
        if not self._has(place) and self._has(beside):
            place = beside
        check_inside(place, self.folder, _REMEDY)
        if _is_dir(place):
            return [found for found in sorted(place.rglob("*")) if found.suffix.lower() in PICTURE_SUFFIXES]
        if not self._has(place):
            raise DatasetError(f"{self.path}: {split} must be a folder of pictures or a list of them, got '{entry}'")
        lines = read_text(place, MAX_FILE_BYTES).split("\n")
        return [_listed(line, place, self.root) for line in lines if line.strip()]

    def _has(self, place: Path) -> bool:
        inside = Path(os.path.realpath(place)).is_relative_to(os.path.realpath(self.folder))
        return inside and place.exists()


def _once(shots: Iterable[_Shot], notes: Notes) -> list[_Shot]:
    """Take each picture into its first split: ``val`` is often ``train`` where there is nothing to validate on."""
    first: dict[Path, _Shot] = {}
    for shot in shots:
        if first.setdefault(shot.path, shot) is not shot:
            notes["a picture that an earlier split has too was left out of the later one"] += 1
    return list(first.values())


def _listed(line: str, listing: Path, root: Path) -> Path:
    name = line.strip()
    return listing.parent / name.removeprefix("./") if name.startswith("./") else root / name


def _name(picture: Path, root: Path) -> str:
    return picture.relative_to(root).as_posix() if picture.is_relative_to(root) else picture.name


def _label_file(picture: Path) -> Path:
    """Replace the last folder ``images`` by ``labels``, as YOLO does."""
    parts = list(PurePosixPath(picture.as_posix()).parts)
    places = [place for place, part in enumerate(parts[:-1]) if part == "images"]
    if places:
        parts[places[-1]] = "labels"
    return Path(*parts).with_suffix(".txt")


def _pictures(
    shots: Sequence[_Shot],
    sizes: Sequence[tuple[int, int]],
    categories: Sequence[CategoryEntry],
    keypoint_size: tuple[int, int],
    notes: Notes,
) -> Iterator[Picture]:
    for shot, size in zip(shots, sizes, strict=True):
        reader = _Lines(shot.labels, size, categories, keypoint_size, notes)
        yield Picture(shot.path, shot.name, shot.split, *size, reader.labels())


class _Lines:
    """Reads the text file of one picture."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        categories: Sequence[CategoryEntry],
        keypoint_size: tuple[int, int],
        notes: Notes,
    ) -> None:
        self._path, self._size, self._categories, self._notes = path, size, categories, notes
        self._points, self._dimensions = keypoint_size

    def labels(self) -> tuple[InstanceRecord, ...]:
        if not self._path.is_file():
            return ()  # nothing is in the picture
        labels: list[InstanceRecord] = []
        for number, line in enumerate(read_text(self._path, MAX_ANNOTATION_BYTES).splitlines(), start=1):
            if line.strip():
                label = self._label(len(labels) + 1, line.split(), f"{self._path}:{number}")
                labels += [] if label is None else [label]
        return tuple(labels)

    def _label(self, number: int, words: Sequence[str], where: str) -> InstanceRecord | None:
        category, numbers = self._category(words[0], where), self._numbers(words[1:], where)
        pose = _BOX + self._points * self._dimensions
        if self._points and len(numbers) == pose:
            return self._boxed(number, category, numbers, self._keypoints(category, numbers[_BOX:]))
        if len(numbers) == _BOX:
            return self._boxed(number, category, numbers, {})
        if len(numbers) >= 6 and len(numbers) % 2 == 0:  # noqa: PLR2004 - three points
            return self._outlined(number, category, numbers)
        lengths = f"4{f', {pose}' if self._points else ''} or an even number from 6"
        raise DatasetError(f"{where}: numbers after the class must be {lengths}, got {len(numbers)}")

    def _category(self, word: str, where: str) -> CategoryEntry:
        if not _CLASS.fullmatch(word) or int(word) >= len(self._categories):
            raise DatasetError(f"{where}: class must be 0 to {len(self._categories) - 1}, got '{word:.40}'")
        return self._categories[int(word)]

    def _numbers(self, words: Sequence[str], where: str) -> list[float]:
        try:
            numbers = [float(word) for word in words]
        except ValueError as error:
            raise DatasetError(f"{where}: line must be numbers, got '{error}'") from error
        coordinates = numbers
        if self._points and self._dimensions == 3:  # noqa: PLR2004 - x, y and state
            states = range(_BOX + 2, len(numbers), 3) if len(numbers) == _BOX + 3 * self._points else ()
            coordinates = [number for place, number in enumerate(numbers) if place not in states]
        wrong = [number for number in coordinates if not -_EDGE <= number <= 1 + _EDGE or math.isnan(number)]
        if wrong:
            raise DatasetError(f"{where}: coordinates must be shares from 0 to 1, got {wrong[0]}")
        return numbers

    def _boxed(
        self, number: int, category: CategoryEntry, numbers: Sequence[float], keypoints: Mapping[str, KeypointRecord]
    ) -> InstanceRecord | None:
        width, height = self._size
        x, y, box_width, box_height = numbers[:_BOX]
        sides = (x - box_width / 2) * width, (y - box_height / 2) * height, box_width * width, box_height * height
        box = within([_near_whole(side) for side in sides], width, height, self._notes)
        return None if box is None else label_of_box(number, category, box, keypoints)

    def _outlined(self, number: int, category: CategoryEntry, numbers: Sequence[float]) -> InstanceRecord | None:
        width, height = self._size
        points = [_near_whole(share * (width, height)[place % 2]) for place, share in enumerate(numbers)]
        try:
            rle = polygons_rle([points], width, height)
        except ValueError as error:
            raise DatasetError(f"{self._path}: outline must be one that can be filled, got '{error}'") from error
        label = None if rle is None else label_of_mask(number, category, rle)
        if label is None:
            self._notes["an outline too small for a pixel was left out"] += 1
        return label

    def _keypoints(self, category: CategoryEntry, numbers: Sequence[float]) -> dict[str, KeypointRecord]:
        step = self._dimensions
        found: dict[str, KeypointRecord] = {}
        for place, name in enumerate(category.keypoints):
            x, y, *state = numbers[place * step : place * step + step]
            known = self._state(state[0]) if state else 2 * (x > 0 or y > 0)
            found[name] = (x * self._size[0], y * self._size[1], known) if known else (0.0, 0.0, 0)
        return found

    def _state(self, number: float) -> int:
        if number not in {0, 1, 2}:
            raise DatasetError(f"{self._path}: state of a keypoint must be 0, 1 or 2, got {number}")
        return int(number)


def _near_whole(pixels: float) -> float:
    """Undo the rounding of shares to six decimals: a coordinate that close to a whole pixel is that pixel's."""
    whole = round(pixels)
    return float(whole) if abs(pixels - whole) < 0.005 else pixels  # noqa: PLR2004 - 1e-6 of 5000 px
