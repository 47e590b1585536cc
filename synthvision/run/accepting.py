"""Reject before paying: draw a frame's scene, label it, and try again while ``require:`` refuses it."""

from __future__ import annotations

import time  # noqa: TID251 - stage times are for the progress bar and the run log, never for data
from collections import Counter
from dataclasses import dataclass

from synthvision.assets import AssetStore
from synthvision.errors import PlacementError, RejectedError
from synthvision.labels import Labeller, Labels
from synthvision.labels.rules import broken_rules, describe_rule
from synthvision.recipe.model import Recipe
from synthvision.sampling import SceneSampler
from synthvision.scene import Scene


@dataclass(frozen=True, eq=False)
class Accepted:
    """The first attempt at a frame that meets every rule.

    ``refusals[i]`` counts the attempts that broke rule i; ``sampling_s`` and ``labels_s`` are the seconds that all
    attempts together took.
    """

    scene: Scene
    labels: Labels
    refusals: tuple[int, ...]
    sampling_s: float
    labels_s: float


class FrameMaker:
    """Makes acceptable frames of one recipe; one per process, for its caches.

    ``normals`` says whether the labels have normals; by default they have if the recipe puts them out.
    """

    def __init__(self, recipe: Recipe, seed: int, store: AssetStore, *, normals: bool | None = None) -> None:
        self._recipe = recipe
        self._normals = recipe.outputs.normals if normals is None else normals
        self._sampler = SceneSampler(recipe, store, seed)
        self.labeller = Labeller(store)

    def accept(self, frame_index: int) -> Accepted:
        """Return the frame's scene and labels.

        An attempt that finds no place for all its objects counts as refused, too.

        Raises:
            PlacementError: no attempt found a place for all objects.
            RejectedError: every attempt was refused; says which rule how often.
        """
        broken: Counter[int] = Counter()
        no_place: list[PlacementError] = []
        sampling_s = labels_s = 0.0
        for attempt in range(self._recipe.render.attempts):
            started = time.perf_counter()
            try:
                scene = self._sampler.draw(frame_index, attempt)
            except PlacementError as error:
                no_place.append(error)
                continue
            finally:
                sampling_s += time.perf_counter() - started
            started = time.perf_counter()
            labels = self.labeller.label(scene, normals=self._normals)
            labels_s += time.perf_counter() - started
            faults = broken_rules(self._recipe.require, labels)
            if not faults:
                refusals = tuple(broken[index] for index in range(len(self._recipe.require)))
                return Accepted(scene, labels, refusals, sampling_s, labels_s)
            broken.update(faults)
        raise self._rejected(frame_index, broken, no_place)

    def _rejected(
        self, frame_index: int, broken: Counter[int], no_place: list[PlacementError]
    ) -> PlacementError | RejectedError:
        attempts = self._recipe.render.attempts
        if len(no_place) == attempts:
            return PlacementError(f"frame {frame_index}: no place in {attempts} attempts; the last: {no_place[-1]}")
        reasons = [
            f"require[{index}] ({describe_rule(self._recipe.require[index])}) refused {count} of {attempts} attempts"
            for index, count in broken.most_common()
        ]
        if no_place:
            reasons.append(f"{len(no_place)} of {attempts} attempts found no place ({no_place[-1]})")
        return RejectedError(
            f"frame {frame_index}: no attempt meets every rule: {'; '.join(reasons)}; "
            "relax the rule, widen the ranges it depends on, or raise render.attempts"
        )
