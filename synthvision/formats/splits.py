"""The splits of a dataset under the names that trainers look for: ``train``, ``val`` (or ``valid``) and ``test``."""

from __future__ import annotations

from types import MappingProxyType

from synthvision.dataset.reader import Dataset
from synthvision.formats.types import ExportOptions

WHOLE = "train"
"""Where the frames of a dataset without splits go."""

_ROLES = MappingProxyType(
    {"training": "train", "valid": "val", "validation": "val", "dev": "val", "testing": "test"}
    | {role: role for role in ("train", "val", "test")}
)


def written_splits(dataset: Dataset, options: ExportOptions) -> tuple[str, ...]:
    """Return the splits that are written, in the dataset's order; ``WHOLE`` alone where there are none."""
    chosen = [split for split in dataset.manifest.splits if not options.splits or split in options.splits]
    return tuple(chosen) or (WHOLE,)


def split_role(split: str) -> str:
    """Return ``train``, ``val`` or ``test`` for a split of such a name, and any other split's own name."""
    return _ROLES.get(split.lower(), split)
