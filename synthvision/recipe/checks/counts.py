"""How many instances and pixels there can be, and whether ``require:`` asks for more."""

from __future__ import annotations

from collections.abc import Iterator

from synthvision.errors import Fault
from synthvision.recipe.cameras import DEFAULT_RESOLUTION, MOST_PIXELS
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.checks.references import unknown_category
from synthvision.recipe.distributions import Hsv, Number, Palette, Rgb
from synthvision.recipe.rules import EachInstanceRequired, InstancesRequired
from synthvision.recipe.source import KeyPath, shown
from synthvision.recipe.supports import support
from synthvision.recipe.things import MOST_INSTANCES, ObjectGroup


def count_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the number of instances and pixels."""
    most = sum(_most(checked, group.count) or 0 for _, _, group in checked.groups)
    if most > MOST_INSTANCES:
        message = f"objects must have at most {MOST_INSTANCES} instances in all, with distractors, got up to {most:g}"
        yield checked.fault(("objects",), message)
    for camera in checked.recipe.cameras:
        width, height = camera.resolution or DEFAULT_RESOLUTION
        if width * height <= MOST_PIXELS:
            continue
        message = f"resolution must have at most {MOST_PIXELS} pixels, got {width * height} ({width} by {height})"
        yield checked.fault(("camera", "resolution"), message)
    for path, section in checked.sections:
        if isinstance(section, InstancesRequired):
            yield from _rule_faults(checked, (*path, "instances"), section)
        elif isinstance(section, EachInstanceRequired) and section.each_instance.category is not None:
            yield from _category_faults(checked, (*path, "each_instance"), section.each_instance.category)


def _rule_faults(checked: Checked, path: KeyPath, rule: InstancesRequired) -> Iterator[Fault]:
    category, least = rule.instances.category, rule.instances.count.min
    faults = [] if category is None else list(_category_faults(checked, path, category))
    yield from faults
    most = _most_of(checked, category)
    if not faults and least is not None and most is not None and least > most:
        what = "labelled instances" if category is None else f"instances of {shown(category)}"
        message = f"min must be at most {most:g}, the most {what} that there can be, got {shown(least)}"
        yield checked.fault((*path, "count", "min"), message)


def _category_faults(checked: Checked, path: KeyPath, category: str) -> Iterator[Fault]:
    """Yield the fault of asking for a category that is not declared, or of which no instance can ever be."""
    faults = list(unknown_category(checked, (*path, "category"), category))
    yield from faults
    used = any(isinstance(group, ObjectGroup) and group.category == category for _, _, group in checked.groups)
    if not faults and used and _most_of(checked, category) == 0:
        message = f"category must be one that can appear, got {shown(category)}, whose objects all have count 0"
        yield checked.fault((*path, "category"), message)


def _most_of(checked: Checked, category: str | None) -> float | None:
    """Return how many instances of a category, or of all, there can be; None where faults leave it open."""
    groups = [group for _, _, group in checked.groups if isinstance(group, ObjectGroup)]
    counts = [_most(checked, group.count) for group in groups if category in {None, group.category}]
    known = [count for count in counts if count is not None]
    return sum(known) if checked.has_all_counts and len(known) == len(counts) else None


def _most(checked: Checked, count: Number) -> float | None:
    """Return the greatest value of a count; None where it has faults of its own."""
    variables = checked.recipe.variables
    if isinstance(count, str) and isinstance(variables.get(count), Hsv | Rgb | Palette | None):
        return None
    low, high = support(count, variables)
    return high if low >= 0 and high <= MOST_INSTANCES else None
