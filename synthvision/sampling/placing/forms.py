"""Which form of a place is put into practice where."""

from __future__ import annotations

from synthvision.recipe.things import (
    AtPoint,
    Dropped,
    InGrid,
    InPoissonDisk,
    InStacks,
    InVolume,
    OnShelf,
    OnSurface,
    Scattered,
)
from synthvision.sampling.groups import Group, Placed
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.at_point import place_at_point
from synthvision.sampling.placing.grid import place_grid
from synthvision.sampling.placing.in_volume import place_in_volume
from synthvision.sampling.placing.on_surface import place_on_surface, place_poisson_disk
from synthvision.sampling.placing.scatter import scatter
from synthvision.sampling.placing.shelf import place_on_shelf
from synthvision.sampling.placing.stack import place_stacks


def place_group(group: Group, around: Around) -> list[Placed]:  # noqa: PLR0911 (one for each form)
    """Find a place for each instance of a group that does not fall, and let it stand there.

    Raises:
        PlacementError: if one finds none, or what it is to stand on is not there.
        FrameError: if a value that was drawn makes no sense, such as a size of 0.
        AssetError: if an asset cannot be used.
    """
    match group.declared.place:
        case OnSurface() as place:
            return place_on_surface(group, place, around)
        case InVolume() as place:
            return place_in_volume(group, place, around)
        case AtPoint() as place:
            return place_at_point(group, place, around)
        case InPoissonDisk(poisson_disk=form):
            return place_poisson_disk(group, form, around)
        case InGrid(grid=form):
            return place_grid(group, form, around)
        case InStacks(stack=form):
            return place_stacks(group, form, around)
        case OnShelf(shelf=form):
            return place_on_shelf(group, form, around)
        case Scattered(scatter=form):
            return scatter(group, form, around)
        case Dropped():
            raise TypeError(f"{group.where}: what falls must be placed by drop_all, together")
