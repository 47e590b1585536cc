"""Keypoints as formats have them: for each category a list of fixed order."""

from __future__ import annotations

from synthvision.dataset.manifest import CategoryEntry
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import InstanceRecord, KeypointRecord
from synthvision.errors import DatasetError

NO_KEYPOINTS = "a label of a category without keypoints is left out"

_ABSENT: KeypointRecord = (0.0, 0.0, 0)


def keypoint_categories(dataset: Dataset) -> tuple[CategoryEntry, ...]:
    """Return the categories that have keypoints; raises DatasetError if there is none."""
    found = tuple(category for category in dataset.manifest.categories if category.keypoints)
    if not found:
        names = ", ".join(category.name for category in dataset.manifest.categories)
        raise DatasetError(
            f"{dataset.folder}: at least one category must have keypoints for this format, got none in {names}; "
            "keypoints are declared in the catalog (docs/labels.md)"
        )
    return found


def ordered_keypoints(category: CategoryEntry, label: InstanceRecord) -> list[KeypointRecord]:
    """Return (x, y, state) of each keypoint of a category; (0, 0, 0) where it is outside the image or not known."""
    points = [label.keypoints.get(name, _ABSENT) for name in category.keypoints]
    return [(x, y, state) if state else _ABSENT for x, y, state in points]
