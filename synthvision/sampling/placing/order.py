"""In which order groups are placed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from enum import IntEnum

from synthvision.errors import PlacementError
from synthvision.recipe.names import GROUND
from synthvision.recipe.things import (
    AtPoint,
    Dropped,
    InGrid,
    InPoissonDisk,
    InStacks,
    InVolume,
    OnShelf,
    OnSurface,
    Place,
    Scattered,
)
from synthvision.sampling.groups import Group
from synthvision.sampling.placing.positions import depends_on, needs_camera

Rank = tuple[int, int, float]
"""What is less comes first."""

_SEARCHING = (OnSurface, InPoissonDisk, InStacks, InVolume)
"""Places that are found by trying."""


class Phase(IntEnum):
    """When a group is placed: what is strewn goes around what stands, what falls comes to rest on both.

    The camera is placed next, clear of all that, and then what floats in its view.
    """

    STANDING = 0
    SCATTERED = 1
    DROPPED = 2
    IN_VIEW = 3


def supports_of(place: Place) -> tuple[str, ...]:  # noqa: PLR0911 (one for each form)
    """Return what must stand before a group can be placed: names of groups or the ground."""
    match place:
        case AtPoint():
            return ()
        case InVolume(in_=position):
            return depends_on(position)
        case OnSurface(on=name):
            return (name,)
        case InPoissonDisk(poisson_disk=form):
            return (form.on,)
        case InGrid(grid=form):
            return (form.on,)
        case InStacks(stack=form):
            return (form.on,)
        case OnShelf(shelf=form):
            return (form.of,)
        case Scattered(scatter=form):
            return (form.on,)
        case Dropped(drop=form):
            return (form.into,)


def _own_phase(place: Place) -> Phase:
    match place:
        case Scattered():
            return Phase.SCATTERED
        case Dropped():
            return Phase.DROPPED
        case InVolume(in_=position) if needs_camera(position):
            return Phase.IN_VIEW
        case _:
            return Phase.STANDING


def phases(names: Sequence[str], places: Sequence[Place]) -> tuple[Phase, ...]:
    """Return when each group is placed: not before what it depends on. ``places`` lead to the ground.

    Raises:
        PlacementError: if something is to fall on what falls itself, or on what is placed later.
    """
    found = dict(zip(names, map(_own_phase, places), strict=True))
    for index in placing_order(names, [supports_of(place) for place in places]):
        name, place = names[index], places[index]
        below = [found[support] for support in supports_of(place) if support in found]
        if isinstance(place, Dropped) and below and below[0] >= Phase.DROPPED:
            raise PlacementError(
                f"objects '{name}': drop.into must be '{GROUND}' or a group that stands before anything falls, got"
                f" '{place.drop.into}'",
                f"objects '{name}' (place.drop: into what falls)",
            )
        found[name] = max([found[name], *below])
    return tuple(found[name] for name in names)


def placing_order(
    names: Sequence[str], supports: Sequence[Sequence[str]], ranks: Sequence[Rank] | None = None
) -> tuple[int, ...]:
    """Return the order in which groups are placed: by rank, then the recipe's; but what others stand on comes before.

    Raises:
        PlacementError: if a group stands, by way of others, on itself.
    """
    order: list[int] = []
    waiting = list(range(len(names))) if ranks is None else sorted(range(len(names)), key=ranks.__getitem__)
    while waiting:
        missing = {names[index] for index in waiting}
        ready = next((index for index in waiting if missing.isdisjoint(supports[index])), None)
        if ready is None:
            circle = ", ".join(f"'{names[index]}'" for index in waiting)
            text = f"objects: place.on must lead to the ground, got a circle among {circle}"
            raise PlacementError(text, "objects (place.on: a circle)")
        order.append(ready)
        waiting.remove(ready)
    return tuple(order)


def by_form(groups: Sequence[Group]) -> tuple[Rank, ...]:
    """Return ranks: what cannot give way, since its place is given, comes first: at points, then in grids."""
    return tuple((_turn(group.declared.place), 0, 0.0) for group in groups)


def by_size(groups: Sequence[Group], bearing: Container[str]) -> tuple[Rank, ...]:
    """Return ranks as ``by_form`` does, but among what is free to find a place, the largest comes first.

    Little things find room between large ones, but not the other way round. ``bearing`` are names of groups that others
    stand on: they come before the rest.
    """
    return tuple(
        (_turn(group.declared.place), int(group.name not in bearing), -group.largest_m)
        if isinstance(group.declared.place, _SEARCHING)
        else (_turn(group.declared.place), 0, 0.0)
        for group in groups
    )


def _turn(place: Place) -> int:
    if isinstance(place, AtPoint):
        return 0
    return 1 if isinstance(place, InGrid) else 2
