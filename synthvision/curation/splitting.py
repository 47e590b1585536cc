"""Dividing a dataset: whole scenes, classes in the same proportions, the same way every time.

Iterative stratification (after Sechidis, Tsoumakas, Vlahavas: On the Stratification of Multi-Label Data, ECML PKDD
2011) with whole scenes as examples and exact sizes: of the classes, the one with the fewest scenes left is dealt out
first, each scene to the split that is furthest behind its share of the classes in it. What is left to choice goes by a
hash of (seed, scene), so it does not depend on the order of frames.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvision.curation.gathering import Taker, new_dataset
from synthvision.dataset import Dataset, FrameRecord
from synthvision.dataset.layout import check_split
from synthvision.dataset.records import scene_key
from synthvision.dataset.sources import Sources
from synthvision.errors import UsageError

Shares = Mapping[str, float]
_SUM_STEP = 1e-6


def read_shares(text: str) -> dict[str, float]:
    """Read ``train=0.8,val=0.1,test=0.1``: names of splits and shares that sum to 1; raises UsageError."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = (word.strip() for word in part.partition("="))
        number = _number(share)
        if number is None or not 0 < number <= 1:
            raise UsageError(
                f"--into: part must be NAME=SHARE with a share above 0 and at most 1, got '{part.strip()}'"
            )
        if name in shares:
            raise UsageError(f"--into: names must differ, got '{name}' twice")
        shares[check_split(name)] = number
    if abs(math.fsum(shares.values()) - 1) > _SUM_STEP:
        raise UsageError(f"--into: shares must sum to 1, got {math.fsum(shares.values()):g}")
    return shares


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@dataclass
class _Scene:
    """What counts of a scene: a hash that ranks it, its frames and its classes."""

    rank: bytes
    frames: int = 0
    classes: set[int] = field(default_factory=set)


def split_dataset(dataset: Path, out: Path, shares: Shares, *, seed: int, link: bool) -> str:
    """Divide a dataset into splits and return what was done in one line.

    All frames of one scene go to one split; a picture without a scene is one by itself. The number of scenes of
    each split is its share of all, rounded so that they sum up (largest remainders).

    Raises:
        UsageError: fewer scenes than splits; ``out`` exists.
        DatasetError: the dataset cannot be read.
    """
    opened = Dataset(dataset)
    scenes = _scenes(opened, seed)
    if len(scenes) < len(shares):
        raise UsageError(f"{dataset}: dataset must have a scene for each of {len(shares)} splits, got {len(scenes)}")
    split_of = _dealt(scenes, _quotas(len(scenes), shares))
    sources = Sources([dataset])
    manifest = sources.manifest(opened.manifest.categories, tuple(shares))
    counts = Counter[str]()
    with new_dataset(out, manifest, sources.originals) as writer:
        taker = Taker(writer, sources, link=link)
        for record in opened:
            split = split_of[scene_key(record)]
            counts[split] += 1
            taker.take(0, opened, replace(record, split=split))
    return ", ".join(f"{counts[split]} frames {split}" for split in shares)


Key = tuple[int, int, bool]


def _scenes(dataset: Dataset, seed: int) -> dict[Key, _Scene]:
    scenes: dict[Key, _Scene] = {}
    for record in dataset:
        key = scene_key(record)
        scene = scenes.setdefault(key, _Scene(hashlib.sha256(f"split/{seed}/{key}".encode()).digest()))
        scene.frames += 1
        scene.classes |= _classes(record)
    return scenes


def _classes(record: FrameRecord) -> set[int]:
    return {label.category_id for label in record.labels if label.bbox is not None}


def _quotas(scenes: int, shares: Shares) -> dict[str, int]:
    """Divide a number of scenes by largest remainders; every split gets at least one."""
    exact = {split: share * scenes for split, share in shares.items()}
    quotas = {split: max(1, math.floor(wanted + _SUM_STEP)) for split, wanted in exact.items()}
    while sum(quotas.values()) > scenes:
        above_one = [split for split in quotas if quotas[split] > 1]
        quotas[max(above_one, key=lambda split: quotas[split] - exact[split])] -= 1
    while sum(quotas.values()) < scenes:
        quotas[max(quotas, key=lambda split: exact[split] - quotas[split])] += 1
    return quotas


def _dealt(scenes: Mapping[Key, _Scene], quotas: Mapping[str, int]) -> dict[Key, str]:
    """Deal scenes to splits, the rarest class first, each to the split that lacks most of its classes so far."""
    ranked = sorted(scenes, key=lambda key: scenes[key].rank)
    members: dict[int, list[Key]] = {}
    for key in ranked:
        for number in scenes[key].classes:
            members.setdefault(number, []).append(key)
    hands = {split: _Hand(quota, quota / len(scenes)) for split, quota in quotas.items()}
    split_of: dict[Key, str] = {}
    for key in _rarest_first(members, scenes, ranked):
        classes = scenes[key].classes
        for hand in hands.values():
            hand.expect(classes)
        split_of[key] = max(hands, key=lambda split: hands[split].wish(classes))
        hands[split_of[key]].take(classes)
    return split_of


def _rarest_first(
    members: Mapping[int, Sequence[Key]], scenes: Mapping[Key, _Scene], ranked: Sequence[Key]
) -> Sequence[Key]:
    """Return the scenes: those of the class with the fewest scenes left, then of the next; last those without any."""
    left = {number: len(keys) for number, keys in members.items()}
    order: dict[Key, None] = {}
    while left:
        rarest = min(left, key=lambda number: (left[number], number))
        for key in members[rarest]:
            if key not in order:
                order[key] = None
                for number in scenes[key].classes & left.keys():
                    left[number] -= 1
        del left[rarest]
    return [*order, *(key for key in ranked if key not in order)]


@dataclass
class _Hand:
    """A split: how many scenes it may still get, and how far it is behind its share of what was dealt so far."""

    places: int
    share: float
    lacking: float = 0.0
    lacking_of: dict[int, float] = field(default_factory=dict)

    def expect(self, classes: set[int]) -> None:
        """Note that a scene with these classes is dealt."""
        self.lacking += self.share
        for number in classes:
            self.lacking_of[number] = self.lacking_of.get(number, 0.0) + self.share

    def wish(self, classes: set[int]) -> tuple[bool, float]:
        """Say how much the scene is wanted: what is lacking, which makes the sum of its squares fall the most."""
        lacking = self.lacking + math.fsum(self.lacking_of[number] for number in classes)
        return self.places > 0, round(lacking, 9)

    def take(self, classes: set[int]) -> None:
        """Get the scene."""
        self.places -= 1
        self.lacking -= 1
        for number in classes:
            self.lacking_of[number] -= 1
