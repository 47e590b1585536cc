"""Everything in the scene gets its place, in the right order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, texture_file
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import group_names
from synthvision.recipe.things import Dropped, Things
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Looks, Placed
from synthvision.sampling.placing import Around, Arrangement, Phase, drop_all, phases, place_group, placing_order
from synthvision.sampling.placing.order import supports_of
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
        self._order = placing_order(self._names, [supports_of(place) for place in places])
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
            placed |= self._place(phase, groups, around)
        placed |= _drop(groups, around, [groups[index] for index in placed])
        placed |= self._place(Phase.DROPPED, groups, around)
        cameras = tuple(place_cameras(around))
        placed |= self._place(Phase.IN_VIEW, groups, replace(around, cameras=cameras))
        return Arranged(tuple((group, placed[group.index]) for group in groups), cameras)

    def _place(self, phase: Phase, groups: Sequence[Group], around: Around) -> dict[int, list[Placed]]:
        """Place the groups of a phase that do not fall."""
        indices = [index for index in self._order if self._phases[index] == phase]
        return {
            index: place_group(groups[index], around)
            for index in indices
            if not isinstance(groups[index].declared.place, Dropped)
        }

    def _image(self, name: str) -> NDArray[np.uint8]:
        return self._store.image(texture_file(name, self._recipe.folder))


def _drop(groups: Sequence[Group], around: Around, standing: Sequence[Group]) -> dict[int, list[Placed]]:
    """Let all that falls fall together."""
    falling = [(group, group.declared.place.drop) for group in groups if isinstance(group.declared.place, Dropped)]
    placed = drop_all(falling, standing, around) if falling else []
    return {group.index: of_group for (group, _), of_group in zip(falling, placed, strict=True)}
