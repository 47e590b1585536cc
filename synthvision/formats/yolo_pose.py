"""YOLO pose: ``class x y width height`` and, for each keypoint, ``x y v`` with COCO's three states.

All classes have as many keypoints as the one with most; the rest are 0 0 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord, KeypointRecord
from synthvision.formats.keypoints import NO_KEYPOINTS, keypoint_categories, ordered_keypoints
from synthvision.formats.types import ExportOptions, ExportReport, Format
from synthvision.formats.yolo import FEWER, centred_box, write_yolo

_PADDED = "keypoints of a label are padded with 0 0 0 to the number that all classes have"
_OUTSIDE = "a keypoint outside the picture is written as not labelled"
_NO_FLIP = "data.yaml has no flip_idx, since classes mirror their keypoints differently: trainers do not mirror then"


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, labels and ``data.yaml``; raises DatasetError if no category has keypoints."""
    categories = keypoint_categories(dataset)
    count = max(len(category.keypoints) for category in categories)

    def numbers(dataset: Dataset, record: FrameRecord, label: InstanceRecord, losses: Counter[str]) -> list[str]:
        category = dataset.manifest.categories[label.category_id - 1]
        losses.update([_PADDED] if len(category.keypoints) < count else [])
        points = [_keypoint(record, point, losses) for point in ordered_keypoints(category, label)]
        return [*centred_box(record, label), *points, *["0 0 0"] * (count - len(points))]

    flip = _flip_places(categories, count)
    keys = {
        "kpt_shape": [count, 3],
        **({} if flip is None else {"flip_idx": flip}),
        "kpt_names": {number: list(category.keypoints) for number, category in enumerate(categories)},
    }
    report = write_yolo(dataset, out, options, numbers, categories=categories, left_out=NO_KEYPOINTS, keys=keys)
    return report if flip else ExportReport(report.frames, report.labels, {**report.losses, _NO_FLIP: 1})


def _keypoint(record: FrameRecord, point: KeypointRecord, losses: Counter[str]) -> str:
    x, y, state = point
    if not (0 <= x <= record.width_px and 0 <= y <= record.height_px):
        losses[_OUTSIDE] += 1
        state = 0
    return f"{x / record.width_px:.6f} {y / record.height_px:.6f} {state}" if state else "0 0 0"


def _flip_places(categories: Sequence[CategoryEntry], count: int) -> list[int] | None:
    """Return which keypoint each one becomes in a mirrored picture; None if categories do not agree.

    A category says nothing about places that it does not have.
    """
    places: dict[int, int] = {}
    for category in categories:
        mirrored = dict(enumerate(range(len(category.keypoints))))
        for first, second in category.flip_pairs:
            mirrored |= {first: second, second: first}
        if any(places.setdefault(place, other) != other for place, other in mirrored.items()):
            return None
    return [places[place] for place in range(count)]


FORMAT = Format(
    name="yolo-pose",
    title="YOLO pose with data.yaml",
    cannot_carry=(
        "categories without keypoints, and different numbers of keypoints: they are padded",
        "skeletons",
        "masks",
        *FEWER,
    ),
    write=write,
)
