"""Everything in the scene gets its place, in the right order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, texture_file
from synthvision.errors import PlacementError
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import group_names
from synthvision.recipe.things import Dropped, Things
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Looks, Placed
from synthvision.sampling.placing import (
    Around,
    Arrangement,
    Phase,
    Rank,
    by_form,
    by_size,
    drop_all,
    phases,
    place_group,
    placing_order,
    supports_of,
)
from synthvision.sampling.shapes import ShapeStore
from synthvision.sampling.sources import Sources
from synthvision.scene import Camera

PlaceCameras = Callable[[Around], Sequence[Camera]]
"""Draws the cameras of a scene, clear of what stands in it."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """What has been placed: the instances of each group in the recipe's order, and the cameras."""

    groups: tuple[tuple[Group, Sequence[Placed]], ...]
    cameras: tuple[Camera, ...]


class Arranger:
    """Places the groups of one recipe, frame by frame.

    Raises:
        PlacementError: if a group stands, by way of others, on itself, or falls into what is placed later.
    """

    def __init__(self, recipe: Recipe, store: AssetStore, sources: Sources) -> None:
        self._recipe = recipe
        self._store = store
        self._looks = Looks(sources, store, ShapeStore())
        self._declared: tuple[Things, ...] = (*recipe.objects, *recipe.distractors)
        self._names = group_names(self._declared)
        places = [group.place for group in self._declared]
        self._supports = [supports_of(place) for place in places]
        self._bearing = frozenset(name for supports in self._supports for name in supports)
        self._phases = phases(self._names, places)

    def arrange(self, draws: Draws, place_cameras: PlaceCameras) -> Arranged:
        """Draw all instances with their places, and the cameras.

        Raises:
            PlacementError: if an instance, or a camera, finds no free place.
            FrameError: if a value that was drawn makes no sense, such as a size of 0.
            AssetError: if an asset or image cannot be used.
        """
        around = Around(Arrangement(), self._recipe.ground, self._image)
        groups = [
            Group(name, index, declared, draws, self._looks)
            for index, (name, declared) in enumerate(zip(self._names, self._declared, strict=True))
        ]
        placed: dict[int, list[Placed]] = {}
        for phase in (Phase.STANDING, Phase.SCATTERED):
            around = self._place(phase, groups, around, placed)
        placed |= _drop(groups, around, [groups[index] for index in placed])
        around = self._place(Phase.DROPPED, groups, around, placed)
        cameras = tuple(place_cameras(around))
        self._place(Phase.IN_VIEW, groups, replace(around, cameras=cameras), placed)
        return Arranged(tuple((group, placed[group.index]) for group in groups), cameras)

    def _place(self, phase: Phase, groups: Sequence[Group], around: Around, placed: dict[int, list[Placed]]) -> Around:
        """Add the groups of a phase that do not fall to what is ``placed``; return what is around then.

        They come in the recipe's order, so that one more group does not move those before it. Where that leaves no room
        for one of them, large things come before small ones.
        """
        placing = [
            group
            for group, own in zip(groups, self._phases, strict=True)
            if own == phase and not isinstance(group.declared.place, Dropped)
        ]
        order = self._in_order(placing, by_form(placing))
        trial = replace(around, standing=around.standing.copy())
        try:
            placed |= {group.index: place_group(group, trial) for group in order}
        except PlacementError:
            other = self._in_order(placing, by_size(placing, self._bearing))
            if other == order:
                raise
            placed |= {group.index: place_group(group, around) for group in other}
            return around
        return trial

    def _in_order(self, groups: Sequence[Group], ranks: Sequence[Rank]) -> list[Group]:
        supports = [self._supports[group.index] for group in groups]
        return [groups[index] for index in placing_order([group.name for group in groups], supports, ranks)]

    def _image(self, name: str) -> NDArray[np.uint8]:
        return self._store.image(texture_file(name, self._recipe.folder))


def _drop(groups: Sequence[Group], around: Around, standing: Sequence[Group]) -> dict[int, list[Placed]]:
    """Let all that falls fall together."""
    falling = [(group, group.declared.place.drop) for group in groups if isinstance(group.declared.place, Dropped)]
    placed = drop_all(falling, standing, around) if falling else []
    return {group.index: of_group for (group, _), of_group in zip(falling, placed, strict=True)}
