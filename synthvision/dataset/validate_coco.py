"""The faults of COCO files, read line by line as ``formats.coco`` writes them, beside ``frames.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from synthvision.dataset.disk import lines_within
from synthvision.dataset.faults import DELETE_COCO, DatasetFault, FaultKind
from synthvision.dataset.layout import FRAMES, annotation_files
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.records import iterate_lines
from synthvision.dataset.rle import polygons_rle

Json = dict[str, Any]

RARE = ("on", "see_through")
"""Keys that only some labels have, and their annotations with them."""


class _OtherLayoutError(Exception):
    """The file is not one JSON value per line in the order that we write."""


class _NotFiniteError(Exception):
    """The file has a number that is NaN or infinite."""


def coco_faults(folder: Path, manifest: Manifest, faulty: set[int]) -> Iterator[DatasetFault]:
    """Yield the faults of every COCO file; frames in ``faulty`` are known to be wrong and left out."""
    for split, name in annotation_files(manifest.splits).items():
        if not (folder / name).is_file():
            yield DatasetFault(name, "missing_file", "file must be there, got none", DELETE_COCO)
            continue
        try:
            yield from _SplitCheck(folder, manifest, split, name, faulty).faults()
        except _NotFiniteError as error:
            yield DatasetFault(name, "bad_value", str(error), DELETE_COCO)
        except _OtherLayoutError as error:
            yield DatasetFault(name, "coco_out_of_date", str(error), DELETE_COCO)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            what = f"file must say what {FRAMES} says, got values of another kind ({error})"
            yield DatasetFault(name, "coco_out_of_date", what, DELETE_COCO)


class _SplitCheck:
    """Checks the COCO file of one split."""

    def __init__(self, folder: Path, manifest: Manifest, split: str, name: str, faulty: set[int]) -> None:
        self._folder, self._manifest, self._split, self._name, self._faulty = folder, manifest, split, name, faulty
        self._outputs = manifest.output_settings

    def faults(self) -> Iterator[DatasetFault]:
        yield from self._category_faults()
        image_faults = list(self._image_faults())
        yield from image_faults
        if not image_faults:
            yield from self._annotation_faults()

    def _fault(self, kind: FaultKind, what: str) -> DatasetFault:
        return DatasetFault(self._name, kind, what, DELETE_COCO)

    def _rows(self, section: str) -> Iterator[Json]:
        return (row for found, row in coco_rows(self._folder / self._name) if found == section)

    def _records(self) -> Iterator[Json]:
        """Yield the lines of the split's frames."""
        return (data for _, data in iterate_lines(self._folder / FRAMES) if data["split"] == self._split)

    def _category_faults(self) -> Iterator[DatasetFault]:
        expected = [
            (one.id, one.name, *([list(one.keypoints)] if one.keypoints else [])) for one in self._manifest.categories
        ]
        for row in self._rows("categories"):
            keys = ("id", "name", "keypoints")
            got = [tuple(one.get(key) for key in keys if key in one or key != "keypoints") for one in row["categories"]]
            if got != expected:
                yield self._fault("coco_out_of_date", f"categories must be {expected}, got {got}")

    def _image_faults(self) -> Iterator[DatasetFault]:
        ids: set[Any] = set()
        for record, image in zip_longest(self._records(), self._rows("images")):
            identity = None if image is None else image.get("id")
            if image is not None and (not _is_id(identity) or identity in ids):
                yield self._fault("id_problem", f"image id must be a new whole number from 1, got {identity!r}")
                return
            ids.add(identity)
            expected = None if record is None else self._expected_image(record)
            got = None if image is None else {key: image.get(key) for key in ("id", "file_name", "width", "height")}
            if expected != got:
                yield self._fault("coco_out_of_date", f"image must be {expected or 'none'}, got {got or 'none'}")
                return

    def _expected_image(self, record: Json) -> Json:
        path = next((name for name in record["files"] if name.startswith("images/")), "")
        return {
            "id": record["frame_index"] + 1,
            "file_name": PurePosixPath(path).name,
            "width": record["width_px"],
            "height": record["height_px"],
        }

    def _expected_labels(self) -> Iterator[tuple[Json, Json]]:
        for record in self._records():
            for label in record["labels"]:
                if label["area"] >= self._outputs.min_mask_px:
                    yield record, label

    def _annotation_faults(self) -> Iterator[DatasetFault]:
        for number, pair in enumerate(zip_longest(self._expected_labels(), self._rows("annotations")), start=1):
            expected, row = pair
            if row is not None and row.get("id") != number:
                yield self._fault("id_problem", f"annotation id must be {number}, got {row.get('id')!r}")
                return
            if row is None or expected is None or not _belong(expected[0], expected[1], row):
                yield self._fault(
                    "coco_out_of_date", f"annotation {number} must be {_name(expected)}, got {_title(row)}"
                )
                return
            if expected[0]["frame_index"] not in self._faulty:
                yield from self._row_faults(expected[0], expected[1], row)

    def _row_faults(self, record: Json, label: Json, row: Json) -> Iterator[DatasetFault]:
        where = f"annotation {row['id']}"
        if not 1 <= row["category_id"] <= len(self._manifest.categories):
            last = len(self._manifest.categories)
            yield self._fault("unknown_category", f"{where}: category must be 1 to {last}, got {row['category_id']}")
        elif row["category_id"] != label["category_id"]:
            what = f"{where}: category must be {label['category_id']}, got {row['category_id']}"
            yield self._fault("coco_out_of_date", what)
        if row.get("bbox") != label.get("bbox"):
            yield self._fault("bbox_mismatch", f"{where}: box must be {label.get('bbox')}, got {row.get('bbox')}")
        if row.get("area") != label["area"]:
            yield self._fault("area_mismatch", f"{where}: area must be {label['area']} px, got {row.get('area')}")
        if _counts(row.get("segmentation"), record) != label.get("counts"):
            yield self._fault("rle_mismatch", f"{where}: segmentation must be the mask of {label['name']}, got another")
        names = self._manifest.categories[label["category_id"] - 1].keypoints
        if row.get("keypoints", []) != _keypoints(label, names):
            yield self._fault("coco_out_of_date", f"{where}: keypoints must be as in {FRAMES}, got others")
        stale = [key for key, value in row["attributes"].items() if key in label and label[key] != value]
        stale += [key for key in RARE if label.get(key) != row["attributes"].get(key)]
        if stale or row.get("iscrowd") != int(label.get("crowd", False)):
            what = f"{where}: {stale[0] if stale else 'iscrowd'} must be as in {FRAMES}, got another"
            yield self._fault("coco_out_of_date", what)


def _keypoints(label: Json, names: Sequence[str]) -> list[float]:
    """Return the keypoints of a label as COCO has them: flat, in the order of the category."""
    points = label.get("keypoints", {})
    return [value for name in names for value in points.get(name, (0, 0, 0))]


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _belong(record: Json, label: Json, row: Json) -> bool:
    attributes = row.get("attributes")
    return (
        isinstance(attributes, dict)
        and row.get("image_id") == record["frame_index"] + 1
        and attributes.get("instance_number") == label["instance_id"]
        and isinstance(row.get("category_id"), int)
    )


def _name(expected: tuple[Json, Json] | None) -> str:
    return "none" if expected is None else f"{expected[1]['name']} of frame {expected[0]['frame_index']}"


def _title(row: Json | None) -> str:
    return "none" if row is None else f"one of image {row.get('image_id')!r}"


def _counts(segmentation: Any, record: Json) -> str | None:
    """Return the run lengths of a segmentation; polygons are rasterised as COCO's own tools do."""
    if isinstance(segmentation, dict):
        return segmentation.get("counts")
    if not isinstance(segmentation, list) or not segmentation:
        return None
    rle = polygons_rle(segmentation, record["width_px"], record["height_px"])
    return None if rle is None else rle["counts"].decode("ascii")


def coco_rows(path: Path) -> Iterator[tuple[str, Json]]:
    """Yield (section, value) for each line of a COCO file that we wrote: heads first, then images, then annotations."""
    section = "head"
    ended = False
    with path.open("rb") as stream:
        for line in lines_within(stream, path):
            if line in (b'"images":[\n', b'"annotations":[\n'):
                section = line.decode().split('"')[1]
            elif line == b"]}\n":
                ended = True
            elif line != b"],\n":
                yield _row(line, section)
    if not ended:
        raise _OtherLayoutError("file must be whole and written by synthvision, got one that ends early or is not")


def _row(line: bytes, section: str) -> tuple[str, Json]:
    text = line.rstrip(b",\n").decode(errors="replace")
    if section == "head":
        text = "{" + text.removeprefix("{") + "}"
    try:
        row = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _OtherLayoutError(f"file must be as synthvision writes it, got a line '{text[:40]}'") from error
    if not isinstance(row, dict) or not row:
        raise _OtherLayoutError(f"file must be as synthvision writes it, got a line '{text[:40]}'")
    return (next(iter(row)) if section == "head" else section), row


def _refuse_constant(name: str) -> Any:
    raise _NotFiniteError(f"every number must be finite, got {name}")
