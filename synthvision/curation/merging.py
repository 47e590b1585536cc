"""Several datasets as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from synthvision.curation.categories import Unified, unify
from synthvision.curation.gathering import Taker, new_dataset
from synthvision.curation.joining import are_parts, join_datasets
from synthvision.dataset import Dataset, FrameRecord, Manifest
from synthvision.dataset.sources import Sources
from synthvision.errors import DatasetError, UsageError

Chosen = Iterable[tuple[int, FrameRecord]]
"""Frames to take: the place of their dataset, and their record."""


def merge_datasets(out: Path, datasets: Sequence[Path], *, link: bool) -> str:
    """Put datasets together, in their order, and return what was done in one line.

    Parts of one dataset (same recipe, seed, renderer and software) become that dataset: see ``join_datasets``. Of
    others the categories are unified by name and all ids issued anew; splits of one name go together. Rendered frames
    of one recipe and seed may lie in several of the datasets, but each only once.

    Raises:
        UsageError: fewer than two datasets; ``out`` exists.
        DatasetError: categories in conflict, splits in some datasets only, a frame that is there twice.
    """
    if len(datasets) < 2:  # noqa: PLR2004 - one is nothing to merge
        raise UsageError(f"{out}: merge must have at least two datasets, got {len(datasets)}")
    sources = Sources(datasets)
    if are_parts(sources.manifests):
        return join_datasets(out, datasets, link=link)
    opened = [Dataset(folder) for folder in datasets]
    chosen = ((number, record) for number, dataset in enumerate(opened) for record in dataset)
    frames = write_merged(out, opened, sources, chosen, link=link)
    return f"{frames} frames of {len(datasets)} datasets"


def write_merged(out: Path, datasets: Sequence[Dataset], sources: Sources, chosen: Chosen, *, link: bool) -> int:
    """Write frames of several datasets as one, and return how many; raises DatasetError as ``merge_datasets``."""
    names = [str(dataset.folder) for dataset in datasets]
    splits = _splits(names, sources.manifests)
    unified = unify(names, sources.manifests)
    manifest = sources.manifest(unified.categories, splits)
    with new_dataset(out, manifest, sources.originals) as writer:
        taker = Taker(writer, sources, link=link)
        for number, record in _each_once(names, sources, chosen):
            taker.take(number, datasets[number], record, _renumbering(unified, number))
        return writer.frames


def _renumbering(unified: Unified, number: int) -> Mapping[int, int] | None:
    ids = unified.ids[number]
    return None if all(old == new for old, new in ids.items()) else ids


def _splits(names: Sequence[str], manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Return the union of the splits in the order met."""
    divided = next((at for at, manifest in enumerate(manifests) if manifest.splits), None)
    if divided is None:
        return ()
    for name, manifest in zip(names, manifests, strict=True):
        if not manifest.splits:
            known = ", ".join(manifests[divided].splits)
            raise DatasetError(
                f"{name}: dataset must have splits, as {names[divided]} has ({known}), got none; "
                f"divide it first with 'synthvision split', all into one if you like (--into {known.split(',')[0]}=1)"
            )
    return tuple(dict.fromkeys(split for manifest in manifests for split in manifest.splits))


def _each_once(names: Sequence[str], sources: Sources, chosen: Chosen) -> Chosen:
    """Pass frames on; DatasetError at one whose original frame came before."""
    met: dict[tuple[int, int], int] = {}
    for number, record in chosen:
        origin = sources.origin(number, record)
        earlier = met.setdefault((origin.source, origin.frame_index), number)
        if earlier != number:
            raise DatasetError(
                f"{names[number]}: frame {record.frame_index} must not be in {names[earlier]} too, "
                f"got frame {origin.frame_index} of '{sources.originals[origin.source].entry.name}' in both"
            )
        yield number, record
