"""Draws without scenes: what a recipe's frames would be, as a table of numbers. No mesh, label or picture is made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Catalog, load_catalog
from synthvision.recipe.model import Angles, Recipe, Things
from synthvision.recipe.names import frames_per_scene, group_names, light_names, mixes_per_view
from synthvision.recipe.things import OnShelf
from synthvision.sampling.cameras import draw_cameras
from synthvision.sampling.draws import Draws
from synthvision.sampling.lights import draw_lights
from synthvision.sampling.materials import resolve_materials
from synthvision.sampling.mixes import draw_mix, mix_draws
from synthvision.sampling.placing import Arrangement
from synthvision.sampling.plans import is_stratified
from synthvision.sampling.recording import RecordingDraws
from synthvision.sampling.sensors import draw_depth_sensor, draw_sensor
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from synthvision.sampling.variables import FrameDraws
from synthvision.sampling.worlds import draw_world

Column = NDArray[np.float64]

_TRY = re.compile(r"^(cameras?[-/](?:.*/)?position)/\d+(?=/)")
"""A camera's position is tried again where the ground is in the way; the last try is the one that counts."""


@dataclass(frozen=True, eq=False)
class Table:
    """What was drawn: ``columns`` has one float64 (N,) for each name, NaN in frames without such a value."""

    frames: range
    columns: Mapping[str, Column]


class Tabulator:
    """Draws what belongs to the frames of a recipe as ``SceneSampler`` does at the first attempt, and notes it.

    Two things may be another in the frame that is rendered: ``require:`` may refuse the first attempt, and a camera
    inside an object is drawn anew, which nobody knows here. Places, and what is drawn on the way to them, are left out:
    which facing of a shelf an instance stands in decides over its asset, for one. So are materials that name variables
    of parts, since it takes the asset to know its slots.
    """

    def __init__(self, recipe: Recipe, seed: int, catalog: Catalog | None = None) -> None:
        self._recipe = recipe
        self._draws = FrameDraws(recipe, seed)
        streams = Streams(seed, is_stratified(recipe))
        self._sources = Sources(recipe, load_catalog() if catalog is None else catalog, streams)
        self._groups: tuple[Things, ...] = (*recipe.objects, *recipe.distractors)
        self._names = group_names(self._groups)
        self._lights = light_names(recipe.lights)
        self._frames_per_scene = frames_per_scene(recipe)
        self._mixes = mixes_per_view(recipe)

    def table(self, frames: range, *, objects: bool = False) -> Table:
        """Return the values of some frames; with ``objects``, also those of each object.

        Raises:
            FrameError: a value makes no sense, such as a size of 0.
            AssetError: an asset or texture cannot be used.
        """
        columns: dict[str, Column] = {}
        for row, frame_index in enumerate(frames):
            for name, value in self.row(frame_index, objects=objects).items():
                if name not in columns:
                    columns[name] = np.full(len(frames), np.nan)
                columns[name][row] = value
        return Table(frames, {name: columns[name] for name in _in_order(list(columns))})

    def row(self, frame_index: int, attempt: int = 0, *, objects: bool = False) -> Mapping[str, float]:
        """Return the values of an attempt at a frame by name, in the order in which they are drawn."""
        recipe, scene_index = self._recipe, frame_index // self._frames_per_scene
        draws = self._draws.recorded(scene_index, attempt)
        counts = [self._count(group, name, draws) for group, name in zip(self._groups, self._names, strict=True)]
        lights = draw_lights(recipe.lights, self._lights, draws)
        _, suns = draw_world(recipe.world, draws, self._sources)
        draw_cameras(recipe.cameras, draws, Arrangement(), recipe.ground is not None)
        of_mix = mix_draws(draws, scene_index, frame_index % self._mixes, self._mixes)
        if recipe.relit is not None:
            draw_mix(recipe.relit, (*lights, *suns), 0, of_mix)
        draw_sensor(recipe.sensor, of_mix)
        draw_depth_sensor(recipe.depth_sensor, of_mix)
        if recipe.ground is not None:
            draws.positive(recipe.ground.tile_m, "ground/tile_m")
            resolve_materials((), recipe.ground.material, "ground/material", draws, self._sources, all_slots=False)
        if objects:
            for index, count in enumerate(counts):
                self._draw_objects(index, count, draws)
        return {_TRY.sub(r"\1", name): value for name, value in draws.record.items()}

    def _count(self, group: Things, name: str, draws: RecordingDraws) -> int:
        count = draws.count(group.count, f"{name}/count") if draws.holds(group.when, f"{name}/when") else 0
        if group.when is not None:
            draws.record[f"{name}/count"] = float(count)
        return count

    def _draw_objects(self, index: int, count: int, draws: Draws) -> None:
        group = self._groups[index]
        for number in range(count):
            name = f"{self._names[index]}/{number}"
            own = draws.within(name, index=number, count=count)
            if group.looks is None and not isinstance(group.place, OnShelf):
                self._draw_look(index, name, own)
            own.positive(group.scale, f"{name}/scale")
            if group.size_m is not None:
                own.positive(group.size_m, f"{name}/size_m")
            if isinstance(group.rotation, Angles):
                for part in ("yaw_deg", "pitch_deg", "roll_deg"):
                    own.number(getattr(group.rotation, part), f"{name}/rotation/{part}")
        for turn in range(min(group.looks or 0, count)):
            name = f"{self._names[index]}/look/{turn}"
            self._draw_look(index, name, draws.within(name, index=turn, count=group.looks or count))

    def _draw_look(self, index: int, name: str, draws: Draws) -> None:
        group = self._groups[index]
        self._sources.asset(group, index, name, draws)
        resolve_materials((), group.material, f"{name}/material", draws, self._sources, all_slots=False)


def _in_order(names: list[str]) -> list[str]:
    """Return names in the order of their first frame, those that differ only in numbers side by side and ascending."""
    places = {kind: place for place, kind in reversed(list(enumerate(map(_kind, names))))}
    return sorted(names, key=lambda name: (places[_kind(name)], _numbers(name)))


def _kind(name: str) -> tuple[str, ...]:
    return tuple("" if part.isdigit() else part for part in name.split("/"))


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("/") if part.isdigit())
