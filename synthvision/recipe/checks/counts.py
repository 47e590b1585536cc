"""How many instances and pixels there can be."""

from __future__ import annotations

from collections.abc import Iterator

from synthvision.errors import Fault
from synthvision.recipe.cameras import DEFAULT_RESOLUTION, MOST_PIXELS, Camera
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.distributions import Number
from synthvision.recipe.things import MOST_INSTANCES, InGrid, ObjectGroup, Things


def count_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the number of instances and pixels."""
    most = sum(_most(checked, group.count) or 0 for _, _, group in checked.groups)
    if most > MOST_INSTANCES:
        message = f"objects must have at most {MOST_INSTANCES} instances in all, with distractors, got up to {most:g}"
        yield checked.fault(("objects",), message)
    for path, section in checked.sections:
        if isinstance(section, Camera):
            width, height = section.resolution or DEFAULT_RESOLUTION
            got = f"{width * height} ({width} by {height})"
            if width * height > MOST_PIXELS:
                message = f"resolution must have at most {MOST_PIXELS} pixels, got {got}"
                yield checked.fault((*path, "resolution"), message)
        elif isinstance(section, Things) and isinstance(section.place, InGrid):
            grid = section.place.grid
            places, count = grid.columns * grid.rows, _most(checked, section.count) or 0
            if count > places:
                message = f"count must be at most {places}, the places of the grid, got up to {count:g}"
                yield checked.fault((*path, "count"), message)


def most_of(checked: Checked, category: str | None) -> float | None:
    """Return how many instances of a category, or of all, there can be; None where faults leave it open."""
    counts = [count for _, _, group in checked.groups for count in _labelled(checked, group, category)]
    known = [count for count in counts if count is not None]
    return sum(known) if checked.has_all_counts and len(known) == len(counts) else None


def _labelled(checked: Checked, group: Things, category: str | None) -> Iterator[float | None]:
    """Yield how many instances of a category a group and each of its decals can have."""
    instances = _most(checked, group.count)
    if isinstance(group, ObjectGroup) and category in {None, group.category}:
        yield instances
    for decal in group.decals:
        if decal.category is not None and category in {None, decal.category}:
            each = _most(checked, decal.count)
            yield None if instances is None or each is None else instances * each


def _most(checked: Checked, count: Number) -> float | None:
    """Return the greatest value of a count; None where it has faults of its own."""
    span = checked.span(count)
    return span[1] if span is not None and span[0] >= 0 and span[1] <= MOST_INSTANCES else None
