"""Where things are put: what they stand on must be there and lead to the ground, and positions must fit their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.distributions import Disc, Frustum, OnMesh
from synthvision.recipe.names import GROUND
from synthvision.recipe.source import KeyPath, last_key, shown
from synthvision.recipe.things import Dropped, Place, Scattered

_REFERENCES: Mapping[str, str] = {
    "poisson_disk": "on",
    "grid": "on",
    "stack": "on",
    "shelf": "of",
    "scatter": "on",
    "drop": "into",
}
"""The key of each kind of place that names what carries it."""


def place_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with places and positions."""
    yield from _reference_faults(checked)
    yield from _kind_faults(checked)
    for path, section in checked.sections:
        is_place = path[:1] in {("objects",), ("distractors",)} and path[2:3] == ("place",)
        if isinstance(section, Frustum | OnMesh) and not is_place:
            kind = "frustum" if isinstance(section, Frustum) else "on_surface"
            rule = "one of shell, box, ball, disc, at_m where no object is placed"
            yield checked.fault(path, f"{last_key(path)} must be {rule}, got {kind}")
        elif isinstance(section, Disc) and path[-1:] == ("within",) and section.disc.height_m != 0:
            height = shown(section.disc.height_m)
            yield checked.fault((*path, "disc", "height_m"), f"height_m must be 0 on a surface, got {height}")


def _kind_faults(checked: Checked) -> Iterator[Fault]:
    """Yield the faults of places that not every group can have or offer."""
    dropped = {name for _, name, group in checked.groups if isinstance(group.place, Dropped)}
    for path, _, group in checked.groups:
        place = group.place
        if isinstance(place, Scattered) and place.scatter.on != GROUND:
            on = shown(place.scatter.on)
            yield checked.fault((*path, "place", "scatter", "on"), f"on must be '{GROUND}' to scatter on, got {on}")
        elif isinstance(place, Dropped) and place.drop.into in dropped:
            into = shown(place.drop.into)
            rule = "a group that is not dropped itself"
            yield checked.fault((*path, "place", "drop", "into"), f"into must be {rule}, got {into}")


def _reference_faults(checked: Checked) -> Iterator[Fault]:
    standing = [
        (path, name, on) for group, name, place in _places(checked) for path, on in _named(checked, group, place)
    ]
    supports = {name: [on for _, other, on in standing if other == name and on != GROUND] for _, name, _ in standing}
    reported: set[str] = set()
    for path, name, on in standing:
        circle = _circle(name, on, supports) if on != GROUND else ()
        known = checked.group_names if "shelf" in path else (GROUND, *checked.group_names)
        if on not in known:
            ground = f"'{GROUND}' or " if GROUND in known else ""
            rule = f"{ground}the name of a group of objects"
            yield checked.fault(path, f"{path[-1]} must be {rule}, got {shown(on)}{did_you_mean(on, known)}")
        elif circle and not reported.intersection(circle):
            reported.update(circle)
            got = "itself" if len(circle) == 1 else f"a circle: {', '.join((*circle, circle[0]))}"
            yield checked.fault(path, f"{path[-1]} must lead to the ground, got {got}")


def _places(checked: Checked) -> Iterator[tuple[KeyPath, str, Place]]:
    for path, name, group in checked.groups:
        yield (*path, "place"), name, group.place


def _named(checked: Checked, path: KeyPath, place: Place) -> Iterator[tuple[KeyPath, str]]:
    """Yield what a place refers to, with its key path."""
    written = next((key for key in _REFERENCES if hasattr(place, key)), None)
    if written is not None:
        key = _REFERENCES[written]
        yield (*path, written, key), getattr(getattr(place, written), key)
    elif hasattr(place, "on"):
        yield (*path, "on"), place.on
    for inner, section in checked.sections:
        if isinstance(section, OnMesh) and inner[: len(path)] == path:
            yield (*inner, "on_surface", "of"), section.on_surface.of


def _circle(name: str, on: str, supports: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the groups that stand on each other from ``name`` over ``on`` back to ``name``; none if they do not."""
    chains: list[tuple[str, ...]] = [(name, on)]
    met = {on}
    while chains:
        chain = chains.pop()
        if chain[-1] == name:
            return chain[:-1]
        further = [below for below in supports.get(chain[-1], ()) if below not in met]
        met.update(further)
        chains += [(*chain, below) for below in further]
    return ()
