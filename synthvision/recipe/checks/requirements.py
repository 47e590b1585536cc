"""``require:`` must name categories that can appear, and ask for no more than there can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from synthvision.errors import Fault
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.checks.counts import most_of
from synthvision.recipe.checks.references import unknown_category, written_categories
from synthvision.recipe.rules import BalanceRequired, BalanceRule, CategoriesRule, InstanceRule
from synthvision.recipe.source import KeyPath, shown
from synthvision.recipe.things import ObjectGroup


def rule_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the rules of a recipe."""
    for path, section in checked.sections:
        if len(path) == 3 and path[0] == "require":  # noqa: PLR2004 (what a rule says: require, index, key)
            yield from _faults(checked, path, section)
    balances = [path for path, section in checked.sections if isinstance(section, BalanceRequired)]
    for path in balances[1:]:
        yield checked.fault(path, "balance must be required at most once, got it again")


def _faults(checked: Checked, path: KeyPath, rule: Any) -> Iterator[Fault]:
    category = getattr(rule, "category", None)
    faults = [] if category is None else list(_category_faults(checked, (*path, "category"), category))
    yield from faults
    if isinstance(rule, InstanceRule) and not faults:
        yield from _instances_faults(checked, path, rule)
    elif isinstance(rule, CategoriesRule):
        declared, least = len(written_categories(checked)), rule.count.min
        if least is not None and least > declared > 0:
            message = f"min must be at most {declared}, the number of categories, got {shown(least)}"
            yield checked.fault((*path, "count", "min"), message)
    elif isinstance(rule, BalanceRule) and isinstance(rule.shares, dict):
        for name in rule.shares:
            yield from _category_faults(checked, (*path, "shares", name), name, at_key=True)


def _instances_faults(checked: Checked, path: KeyPath, rule: InstanceRule) -> Iterator[Fault]:
    least, most = rule.count.min, most_of(checked, rule.category)
    if least is not None and most is not None and least > most:
        what = "labelled instances" if rule.category is None else f"instances of {shown(rule.category)}"
        message = f"min must be at most {most:g}, the most {what} that there can be, got {shown(least)}"
        yield checked.fault((*path, "count", "min"), message)


def _category_faults(checked: Checked, path: KeyPath, category: str, *, at_key: bool = False) -> Iterator[Fault]:
    """Yield the fault of asking for a category that is not declared, or of which no instance can ever be."""
    faults = list(unknown_category(checked, path, category, at_key=at_key))
    yield from faults
    if not faults and _is_used(checked, category) and most_of(checked, category) == 0:
        message = f"category must be one that can appear, got {shown(category)}, whose objects all have count 0"
        yield checked.fault(path, message, at_key=at_key)


def _is_used(checked: Checked, category: str) -> bool:
    groups = [group for _, _, group in checked.groups]
    names = [group.category for group in groups if isinstance(group, ObjectGroup)]
    return category in [*names, *(decal.category for group in groups for decal in group.decals)]
