"""Pairs of keypoints must name keypoints, and what two groups declare of one model must be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.catalog_names import catalog_names
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.source import KeyPath, shown
from synthvision.recipe.things import ObjectGroup, Things

if TYPE_CHECKING:  # the schema needs no mesh libraries
    from synthvision.assets.keypoints import TraitSpecs

Pair = tuple[str, str]


def trait_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with keypoints, pairs of them, and symmetries."""
    groups = [(path, name, group) for path, name, group in checked.groups if isinstance(group, ObjectGroup)]
    for path, _, group in groups:
        if group.skeleton or group.flip:
            yield from _pair_faults(checked, path, group)
    for category in dict.fromkeys(group.category for _, _, group in groups if group.flip):
        yield from _flip_faults(checked, [(path, group) for path, _, group in groups if group.category == category])
    if any(group.keypoints or group.symmetries is not None for _, _, group in groups):
        yield from _clashes(checked, groups)


def _pair_faults(checked: Checked, path: KeyPath, group: ObjectGroup) -> Iterator[Fault]:
    """Yield the faults of pairs; every asset of a group must have all the keypoints that they name."""
    of_each = [[*model.keypoints, *group.keypoints] for model in _catalog_traits(group)] or [list(group.keypoints)]
    known = reduce(lambda some, others: [name for name in some if name in others], of_each)
    for key, pairs in (("skeleton", group.skeleton), ("flip", group.flip)):
        for index, pair in enumerate(pairs):
            yield from _names(checked, (*path, key, index), pair, known)


def _names(checked: Checked, path: KeyPath, pair: Pair, known: Sequence[str]) -> Iterator[Fault]:
    what = path[-2]
    for index, name in enumerate(pair):
        if name not in known:
            near = did_you_mean(name, known)
            yield checked.fault((*path, index), f"{what} must be of keypoints of the group, got {shown(name)}{near}")
    if pair[0] == pair[1]:
        yield checked.fault(path, f"{what} must be of two keypoints, got {shown(pair[0])} twice")


def _flip_faults(checked: Checked, groups: Sequence[tuple[KeyPath, ObjectGroup]]) -> Iterator[Fault]:
    """Yield a fault at each pair with a keypoint that changes places with another one, too, in the same category."""
    pairs = dict.fromkeys(pair for _, group in groups for model in _catalog_traits(group) for pair in model.flip)
    met = {name: pair for pair in pairs for name in pair}
    for path, group in groups:
        for index, pair in enumerate(group.flip):
            twice = [name for name in pair if met.setdefault(name, pair) != pair]
            if twice:
                rule = "name a keypoint in one pair of its category only"
                got = f"{shown(list(pair))} beside {shown(list(met[twice[0]]))}"
                yield checked.fault((*path, "flip", index), f"flip must {rule}, got {got}")


def _clashes(checked: Checked, groups: Sequence[tuple[KeyPath, str, ObjectGroup]]) -> Iterator[Fault]:
    """Yield a fault at each group that declares otherwise of a model than the first group that has it."""
    first: dict[object, tuple[str, ObjectGroup]] = {}
    for path, name, group in groups:
        for model in _models(checked, group):
            before, other = first.setdefault(model, (name, group))
            key = next((key for key in ("keypoints", "symmetries") if getattr(group, key) != getattr(other, key)), None)
            if key is not None:
                what = shown(model[0] if isinstance(model, tuple) else model)
                rule = f"be the same in all groups of {what}"
                yield checked.fault(path, f"{key} must {rule}, got others than in group {shown(before)}")
                break


def _catalog_traits(group: Things) -> list[TraitSpecs]:
    """Return what the catalog declares of the assets of a group."""
    known = catalog_names().traits
    return [known[name] for name in _assets(group) if name in known]


def _assets(group: Things) -> list[str]:
    return [group.asset] if isinstance(group.asset, str) else list(group.asset or ())


def _models(checked: Checked, group: ObjectGroup) -> list[object]:
    """Return what makes the meshes of a group: names of the catalog, or files and how they are read."""
    if group.files is None:
        return [*_assets(group)]
    found = checked.roots.files(group.files)
    return [] if isinstance(found, str) else [(file, group.unit_m, group.up) for file in found]
