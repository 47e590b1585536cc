"""One list of categories for several datasets: by name, in the order met, ids from 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from synthvision.dataset import Manifest
from synthvision.dataset.manifest import CategoryEntry
from synthvision.errors import DatasetError


@dataclass(frozen=True)
class Unified:
    """The common categories, and for each dataset its old category ids → the new ones."""

    categories: tuple[CategoryEntry, ...]
    ids: tuple[Mapping[int, int], ...]


def unify(names: Sequence[str], manifests: Sequence[Manifest]) -> Unified:
    """Unify the categories of datasets by their names.

    Two categories of one name go together if their supercategories are equal, or one has none of its own (``object``
    or nothing), and if their keypoints have the same names, or one has none. ``names`` of the datasets are for errors.

    Raises:
        DatasetError: with every conflict in it.
    """
    entries: dict[str, CategoryEntry] = {}
    owners: dict[str, str] = {}
    conflicts: list[str] = []
    for name, manifest in zip(names, manifests, strict=True):
        for category in manifest.categories:
            known = entries.setdefault(category.name, category)
            owner = owners.setdefault(category.name, name)
            conflicts += [f"{name}: {conflict} in {owner}" for conflict in _conflicts(known, category)]
            entries[category.name] = _joined(known, category)
    if conflicts:
        raise DatasetError("\n".join(conflicts))
    places = {name: number for number, name in enumerate(entries, start=1)}
    return Unified(
        tuple(replace(entry, id=number) for number, entry in enumerate(entries.values(), start=1)),
        tuple({category.id: places[category.name] for category in manifest.categories} for manifest in manifests),
    )


def _conflicts(known: CategoryEntry, other: CategoryEntry) -> list[str]:
    found = []
    if not _is_general(known) and not _is_general(other) and known.supercategory != other.supercategory:
        found.append(
            f"category '{other.name}': supercategory must be '{known.supercategory}', "
            f"got '{other.supercategory}'; it is the former"
        )
    if known.keypoints and other.keypoints and set(known.keypoints) != set(other.keypoints):
        found.append(
            f"category '{other.name}': keypoints must be {', '.join(known.keypoints)}, "
            f"got {', '.join(other.keypoints)}; they are the former"
        )
    return found


def _is_general(category: CategoryEntry) -> bool:
    return category.supercategory in {"", "none", "object"}


def _joined(known: CategoryEntry, other: CategoryEntry) -> CategoryEntry:
    """Return a category with what either knows; keypoints are kept by name, so their order is the first one's."""
    if _is_general(known) and not _is_general(other):
        known = replace(known, supercategory=other.supercategory)
    if other.keypoints and not known.keypoints:
        known = replace(known, keypoints=other.keypoints, skeleton=other.skeleton, flip_pairs=other.flip_pairs)
    return known
