"""Reject before paying: draw a frame's scene, label it, and try again while ``require:`` refuses it."""

from __future__ import annotations

import time  # noqa: TID251 - stage times are for the progress bar and the run log, never for data
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from synthvision.assets import AssetStore
from synthvision.errors import PlacementError, RejectedError
from synthvision.labels import Labeller, Labels
from synthvision.labels.rules import broken_rules, describe_rule
from synthvision.recipe.model import Recipe
from synthvision.run.balancing import Quota
from synthvision.sampling import SceneSampler
from synthvision.scene import Scene


@dataclass(frozen=True, eq=False)
class Accepted:
    """The first attempt at a frame that meets every rule.

    ``refusals[i]`` counts the attempts that broke rule i; ``sampling_s`` and ``labels_s`` are the seconds that all
    attempts together took, shared out among the frames of a scene.
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
        self._latest: tuple[int, tuple[Accepted, ...]] | None = None
        self._quota = Quota(recipe, seed)

    def accept(self, frame_index: int) -> Accepted:
        """Return the frame's scene and labels.

        An attempt counts for all frames of a scene: it is refused where one of them breaks a rule, so that they always
        show one world. An attempt that finds no place for all its objects counts as refused, too.

        Raises:
            PlacementError: no attempt found a place for all objects.
            RejectedError: every attempt was refused; says which rule how often.
        """
        scene_index, view = divmod(frame_index, self._sampler.views)
        if self._sampler.views == 1:
            return self._accept_views(scene_index)[0]
        # Its neighbours come next: what is kept saves time and changes nothing.
        if self._latest is None or self._latest[0] != scene_index:
            self._latest = scene_index, self._accept_views(scene_index)
        return self._latest[1][view]

    def _accept_views(self, scene_index: int) -> tuple[Accepted, ...]:
        broken: Counter[int] = Counter()
        no_place: list[PlacementError] = []
        sampling_s = labels_s = 0.0
        for attempt in range(self._recipe.render.attempts):
            started = time.perf_counter()
            try:
                scenes = self._sampler.draw_views(scene_index, attempt)
            except PlacementError as error:
                no_place.append(error)
                continue
            finally:
                sampling_s += time.perf_counter() - started
            started = time.perf_counter()
            labels, faults = self._judged(scenes)
            labels_s += time.perf_counter() - started
            if not faults and not self._quota.takes(scene_index, attempt, labels, self._pilot):
                faults = {self._quota.rule_index}
            if not faults:
                refusals = tuple(broken[index] for index in range(len(self._recipe.require)))
                views = len(scenes)
                return tuple(
                    Accepted(scene, label, refusals, sampling_s / views, labels_s / views)
                    for scene, label in zip(scenes, labels, strict=True)
                )
            broken.update(faults)
        raise self._rejected(scene_index * self._sampler.views, broken, no_place)

    def _judged(self, scenes: Sequence[Scene]) -> tuple[list[Labels], set[int]]:
        """Return the labels of a scene's frames, as far as they meet the rules, and the rules that the next breaks."""
        labelled: list[Labels] = []
        for scene in scenes:
            labelled.append(self.labeller.label(scene, normals=self._normals))
            faults = broken_rules(self._recipe.require, labelled[-1])
            if faults:
                return labelled, set(faults)
        return labelled, set()

    def _pilot(self, scene_index: int) -> list[Labels]:
        """Return the labels of one scene drawn only to see what the recipe's frames are like, which meets all rules."""
        broken: Counter[int] = Counter()
        no_place: list[PlacementError] = []
        # The attempts of frames count upwards from 0, so these are no frame's.
        for attempt in range(-1, -1 - self._recipe.render.attempts, -1):
            try:
                labels, faults = self._judged(self._sampler.draw_views(scene_index, attempt))
            except PlacementError as error:
                no_place.append(error)
                continue
            if not faults:
                return labels
            broken.update(faults)
        raise self._rejected(scene_index * self._sampler.views, broken, no_place)

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
