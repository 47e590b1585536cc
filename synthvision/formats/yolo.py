"""What the YOLO formats share: ``images/SPLIT/``, ``labels/SPLIT/`` with one line per object, and ``data.yaml``.

A line is the class, from 0, and numbers in shares of the picture's width and height. Every picture has its text file;
that of one without objects is empty. https://docs.ultralytics.com/datasets/
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import write_whole
from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import DatasetError
from synthvision.formats.coco import coco_info, coco_licences
from synthvision.formats.frames import Tally, chosen_frames, image_name, put_image
from synthvision.formats.splits import WHOLE, split_role, written_splits
from synthvision.formats.types import ExportOptions, ExportReport, new_folder

CROWD = "a crowd is left out"
FEWER = ("depth, cameras, poses, visibility, amodal masks", "crowds", "names and ids of instances")
"""What no YOLO format has a place for."""

_NO_VALIDATION = "data.yaml names {0} for validation, since there is no split for that"
_NO_KEY = "data.yaml has no key for split '{0}'"
_STEP = 1e-6

Numbers = Callable[[Dataset, FrameRecord, InstanceRecord, Counter[str]], Iterable[str]]
"""Gives what stands behind the class in the line of a label, and counts what is lost."""


def write_yolo(
    dataset: Dataset,
    out: Path,
    options: ExportOptions,
    numbers: Numbers,
    *,
    categories: Sequence[CategoryEntry] | None = None,
    left_out: str = "",
    keys: Mapping[str, Any] | None = None,
) -> ExportReport:
    """Write a dataset.

    Args:
        dataset, out, options: as of every format.
        numbers: writes a label.
        categories: the classes in their order; None for all of the dataset.
        left_out: says how a label of another category was lost.
        keys: more keys of ``data.yaml``.

    Raises:
        DatasetError: a split of the name ``images``, which readers take for the folder of pictures.
    """
    tally = Tally()
    categories = dataset.manifest.categories if categories is None else categories
    classes = {category.id: number for number, category in enumerate(categories)}
    splits = written_splits(dataset, options)
    _check_splits(dataset, splits)
    with new_folder(out) as folder:
        for split in splits:
            for kind in ("images", "labels"):
                (folder / kind / split).mkdir(parents=True)
        for record, labels in chosen_frames(dataset, options):
            kept = [label for label in labels if _keep(label, classes, left_out, tally.losses)]
            tally.count(len(kept))
            lines = [_line(classes[e.category_id], numbers(dataset, record, e, tally.losses)) for e in kept]
            name = Path(record.split or WHOLE, image_name(record))
            put_image(dataset, record, folder / "images" / name, options)
            write_whole(folder / "labels" / name.with_suffix(".txt"), "".join(lines).encode())
        text = _data_yaml(dataset, categories, splits, keys or {}, tally.losses)
        write_whole(folder / "data.yaml", text.encode())
    return tally.report()


def _check_splits(dataset: Dataset, splits: Sequence[str]) -> None:
    if "images" in splits:
        raise DatasetError(f"{dataset.folder}: split must not have the name of a folder of YOLO datasets, got 'images'")


def _keep(label: InstanceRecord, classes: Mapping[int, int], left_out: str, losses: Counter[str]) -> bool:
    if label.crowd:
        losses[CROWD] += 1
    elif label.category_id not in classes:
        losses[left_out] += 1
    else:
        return True
    return False


def _line(number: int, numbers: Iterable[str]) -> str:
    return f"{number} {' '.join(numbers)}\n"


def centred_box(record: FrameRecord, label: InstanceRecord) -> list[str]:
    """Return the box of a label as x and y of its centre, width and height."""
    x, y, width, height = label.bbox or (0.0, 0.0, 0.0, 0.0)
    shares = (x + width / 2) / record.width_px, (y + height / 2) / record.height_px
    return [f"{value:.6f}" for value in (*shares, width / record.width_px, height / record.height_px)]


def box_corners(label: InstanceRecord) -> list[tuple[float, float]]:
    """Return the corners of the box of a label in pixels, clockwise as seen from the top left one."""
    x, y, width, height = label.bbox or (0.0, 0.0, 0.0, 0.0)
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def share_points(record: FrameRecord, points: Iterable[tuple[float, float]]) -> list[str]:
    """Return points in pixels as shares x y x y ….

    The sixth digit is rounded up: readers that cut pixels off to whole numbers get the corner, not the pixel before.
    """
    sides = record.width_px, record.height_px
    shares = [value / side for point in points for value, side in zip(point, sides, strict=True)]
    return [f"{min(max(math.ceil(share / _STEP - _STEP), 0) * _STEP, 1.0):.6f}" for share in shares]


def _data_yaml(
    dataset: Dataset,
    categories: Sequence[CategoryEntry],
    splits: Sequence[str],
    keys: Mapping[str, Any],
    losses: Counter[str],
) -> str:
    """Write ``data.yaml``. It has no ``path``, so readers start from where it is."""
    manifest = dataset.manifest
    values = {
        **_split_keys(splits, losses),
        "nc": len(categories),
        "names": {number: category.name for number, category in enumerate(categories)},
        **keys,
        "synthvision": {**coco_info(manifest), "licenses": coco_licences(manifest)},
    }
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in values.items())


def _split_keys(splits: Sequence[str], losses: Counter[str]) -> dict[str, Any]:
    """Map ``train``, ``val`` and ``test`` to their folders; the first two must be there, empty if need be."""
    folders: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    for split in splits:
        if split_role(split) in folders:
            folders[split_role(split)].append(f"images/{split}")
        else:
            losses[_NO_KEY.format(split)] += 1
    if not folders["val"]:
        folders["val"] = folders["test"] or folders["train"]
        losses.update(_NO_VALIDATION.format(folder) for folder in folders["val"])
    named = {role: found[0] if len(found) == 1 else found or None for role, found in folders.items()}
    return {role: found for role, found in named.items() if found or role != "test"}


def _yaml(value: Any) -> str:
    """Write a value in the flow style of YAML, texts in quotes: yes, 1 and null are names for every reader then."""
    if isinstance(value, Mapping):
        entries = ", ".join(f"{key if isinstance(key, int) else _yaml(key)}: {_yaml(e)}" for key, e in value.items())
        return f"{{{entries}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    return json.dumps(value, ensure_ascii=False)
