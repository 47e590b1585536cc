"""In what two datasets differ: recipe, manifest, categories, sampled parameters, labels and pictures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from synthvision.curation.query import numbers_of
from synthvision.dataset import Dataset, FrameRecord
from synthvision.dataset.sources import Source, Sources

_LIKELY = 0.05
_MOST_COMPARED = 100
"""Pictures whose pixels are compared; of all others only whether their bytes are equal is said."""
_MOST_NAMED = 5
_PEAK = 255.0
_OF_EACH_LABEL = ("area", "visibility", "truncation", "distance_m")


def diff_datasets(old: Path, new: Path) -> list[str]:
    """Return one line for each difference, in order of importance; none if the datasets are the same.

    Distributions of parameters and labels are compared by the two-sample Kolmogorov–Smirnov test (``KS``: the largest
    distance of the two cumulative distributions, 0 to 1; ``p``: how likely that or more is by chance). Raises
    DatasetError.
    """
    one, other = Dataset(old), Dataset(new)
    first, second = _gathered(one), _gathered(other)
    same_frames = first.pictures.keys() == second.pictures.keys()
    return [
        *_recipe_lines(Sources([old]).originals, Sources([new]).originals),
        *_manifest_lines(one, other),
        *_category_lines(one, other),
        *_frame_lines(first.pictures, second.pictures),
        *_distribution_lines("parameter", first.parameters, second.parameters, same_frames=same_frames),
        *_count_lines(first.labels_of, second.labels_of),
        *_distribution_lines("labels", first.labels, second.labels, same_frames=same_frames),
        *_picture_lines(one, other, first.pictures, second.pictures),
    ]


@dataclass
class _Gathered:
    """What is compared of a dataset: numbers by name, labels by category, hashes of pictures by frame."""

    parameters: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    labels: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    labels_of: Counter[str] = field(default_factory=Counter)
    pictures: dict[int, str] = field(default_factory=dict)


def _gathered(dataset: Dataset) -> _Gathered:
    found = _Gathered()
    names = {category.id: category.name for category in dataset.manifest.categories}
    for record in dataset:
        for name, value in numbers_of(record).items():
            if name != "frame":
                found.parameters[name].append(value)
        for label in record.labels:
            found.labels_of[names.get(label.category_id, "unknown")] += label.bbox is not None
            for name in _OF_EACH_LABEL:
                value = getattr(label, name)
                if value is not None and label.bbox is not None:
                    found.labels[name].append(float(value))
        found.pictures[record.frame_index] = _picture_hash(record)
    return found


def _picture_hash(record: FrameRecord) -> str:
    name = record.file("images")
    return "" if name is None else record.files[name].sha256


def _recipe_lines(old: Sequence[Source], new: Sequence[Source]) -> Iterator[str]:
    if len(old) != len(new):
        yield f"sources: {', '.join(_titles(old))} → {', '.join(_titles(new))}"
        return
    for number, (before, after) in enumerate(zip(old, new, strict=True)):
        where = "recipe" if len(old) == 1 else f"recipe of source {number}"
        yield from _key_lines(where, _flat(_yaml(before.recipe)), _flat(_yaml(after.recipe)))


def _titles(sources: Sequence[Source]) -> list[str]:
    return [source.entry.name for source in sources]


def _yaml(text: bytes | None) -> Any:
    return {} if text is None else YAML(typ="safe", pure=True).load(text.decode())


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Map the path of every leaf, ``objects[0].count``, to its value."""
    if isinstance(value, dict) and value:
        parts = ((f"{path}.{key}" if path else str(key), item) for key, item in value.items())
    elif isinstance(value, list) and value:
        parts = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    else:
        return {path: value} if path else {}
    return {leaf: item for key, part in parts for leaf, item in _flat(part, key).items()}


def _key_lines(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            yield f"{where}: {key}: {old[key]!r} → nothing"
        elif key not in old:
            yield f"{where}: {key}: nothing → {new[key]!r}"
        elif old[key] != new[key]:
            yield f"{where}: {key}: {old[key]!r} → {new[key]!r}"


def _manifest_lines(old: Dataset, new: Dataset) -> Iterator[str]:
    one, other = old.manifest, new.manifest
    for what in ("name", "seed", "renderer", "synthetic"):
        if getattr(one, what) != getattr(other, what):
            yield f"{what}: {getattr(one, what)!r} → {getattr(other, what)!r}"
    if one.splits != other.splits:
        yield f"splits: {', '.join(one.splits) or 'none'} → {', '.join(other.splits) or 'none'}"
    for what in ("versions", "outputs", "info", "licence"):
        yield from _key_lines(what, getattr(one, what), getattr(other, what))


def _category_lines(old: Dataset, new: Dataset) -> Iterator[str]:
    one = {category.name: category for category in old.manifest.categories}
    other = {category.name: category for category in new.manifest.categories}
    for name in dict.fromkeys([*one, *other]):
        if name not in other:
            yield f"categories: '{name}' → nothing"
        elif name not in one:
            yield f"categories: nothing → '{name}'"
        else:
            for what in ("id", "supercategory", "keypoints", "skeleton", "flip_pairs"):
                before, after = getattr(one[name], what), getattr(other[name], what)
                if before != after:
                    yield f"categories: '{name}': {what}: {before!r} → {after!r}"


def _frame_lines(old: Mapping[int, str], new: Mapping[int, str]) -> Iterator[str]:
    if len(old) != len(new):
        yield f"frames: {len(old)} → {len(new)}"
    for which, own, others in (("first", old, new), ("second", new, old)):
        alone = sorted(own.keys() - others.keys())
        if alone:
            named = ", ".join(map(str, alone[:_MOST_NAMED])) + (", …" if len(alone) > _MOST_NAMED else "")
            yield f"frames: {len(alone)} only in the {which}: {named}"


def _distribution_lines(
    what: str, old: Mapping[str, Sequence[float]], new: Mapping[str, Sequence[float]], *, same_frames: bool
) -> Iterator[str]:
    """Compare distributions; of other frames only those are said that differ by more than chance."""
    from scipy.stats import ks_2samp  # noqa: PLC0415 - importing it takes longer than merging a small dataset

    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name, ()), new.get(name, ())
        if list(one) == list(other):
            continue
        if not one or not other:
            yield f"{what} {name}: known of {len(one)} → {len(other)}"
            continue
        test = ks_2samp(one, other)
        is_other = test.pvalue < _LIKELY
        if is_other or same_frames:
            verdict = "another distribution" if is_other else "other values, no sign of another distribution"
            means = f"mean {np.mean(one):.4g} → {np.mean(other):.4g}"
            yield f"{what} {name}: {verdict}: {means}, KS {test.statistic:.3f}, p {test.pvalue:.2g}"


def _count_lines(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, 0) != new.get(name, 0):
            yield f"labels of '{name}': {old.get(name, 0)} → {new.get(name, 0)}"


def _picture_lines(one: Dataset, other: Dataset, old: Mapping[int, str], new: Mapping[int, str]) -> Iterator[str]:
    """Compare the pictures of frames that both have; PSNR over the three channels of 8 bits."""
    common = [index for index in old if index in new]
    differing = [index for index in common if old[index] != new[index]]
    if not differing:
        return
    yield f"pictures: {len(differing)} of {len(common)} frames have other bytes"
    ratios: dict[int, float] = {}
    resized = 0
    for index in islice(differing, _MOST_COMPARED):
        ratio = _psnr(one, other, index)
        if ratio is None:
            resized += 1
        else:
            ratios[index] = ratio
    if resized:
        yield f"pictures: {resized} of the {min(len(differing), _MOST_COMPARED)} compared have another size"
    if ratios:
        yield _psnr_line(ratios)


def _psnr(one: Dataset, other: Dataset, frame_index: int) -> float | None:
    first, second = (dataset.image(dataset.record(frame_index)) for dataset in (one, other))
    if first.shape != second.shape:
        return None
    error = float(np.mean((first.astype(np.float64) - second) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(_PEAK**2 / error))


def _psnr_line(ratios: Mapping[int, float]) -> str:
    """Sum up what was compared; equal pixels in other bytes (another comment, another compression) are said apart."""
    unequal = {index: ratio for index, ratio in ratios.items() if np.isfinite(ratio)}
    same = f"{len(ratios) - len(unequal)} of the {len(ratios)} compared have equal pixels"
    if not unequal:
        return f"pictures: {same}"
    worst = min(unequal, key=lambda index: unequal[index])
    median = float(np.median(list(unequal.values())))
    return (
        f"pictures: {same}; PSNR of the others: median {median:.1f} dB, least {unequal[worst]:.1f} dB (frame {worst})"
    )
