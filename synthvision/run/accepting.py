"""Reject before paying: draw a frame's scene, label it, and try again while ``require:`` refuses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthvision.assets import AssetStore
from synthvision.errors import PlacementError, RejectedError
from synthvision.labels import Labeller, Labels, Maps
from synthvision.labels.rules import broken_rules, rule_name
from synthvision.labels.tracing import Traced
from synthvision.recipe.model import Outputs, Recipe
from synthvision.recipe.names import mixes_per_view
from synthvision.run.balancing import Quota
from synthvision.run.spans import Span, measured
from synthvision.sampling import SceneSampler
from synthvision.scene import Scene


@dataclass(frozen=True, eq=False)
class Accepted:
    """The first attempt at a frame that meets every rule.

    ``refusals[i]`` counts the attempts that broke rule i, ``misplaced`` those that found no place for something, by
    ``PlacementError.refusal``; ``spans`` are those of all attempts; of the frames of one scene the first has them.
    """

    scene: Scene
    labels: Labels
    refusals: tuple[int, ...]
    misplaced: Mapping[str, int]
    spans: tuple[Span, ...]


@dataclass
class _Refused:
    """The attempts at one scene that were refused so far: by which rule, and for want of which place."""

    broken: Counter[int] = field(default_factory=Counter)
    misplaced: Counter[str] = field(default_factory=Counter)
    latest: PlacementError | None = None

    def note(self, error: PlacementError) -> None:
        self.misplaced[error.refusal] += 1
        self.latest = error


def maps_put_out(outputs: Outputs) -> Maps:
    """Return the maps that a recipe's files are made of."""
    return Maps(
        normals=outputs.normals or outputs.world_normals,
        object_coordinates=outputs.object_coordinates,
        uv=outputs.uv,
        parts=outputs.parts,
        disparity=outputs.disparity,
        coverage=outputs.coverage,
    )


class FrameMaker:
    """Makes acceptable frames of one recipe; one per process, for its caches.

    ``maps`` says which maps the labels have; by default those that the recipe puts out.
    """

    def __init__(self, recipe: Recipe, seed: int, store: AssetStore, *, maps: Maps | None = None) -> None:
        self._recipe = recipe
        self._maps = maps_put_out(recipe.outputs) if maps is None else maps
        self._sampler = SceneSampler(recipe, store, seed)
        self._mixes = mixes_per_view(recipe)
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
        refused = _Refused()
        spans: list[Span] = []
        for attempt in range(self._recipe.render.attempts):
            try:
                with measured(spans, "sampling"):
                    scenes = self._sampler.draw_views(scene_index, attempt)
            except PlacementError as error:
                refused.note(error)
                continue
            with measured(spans, "labels"):
                traced, labels, faults = self._judged(scenes[:: self._mixes])  # its mixes have a view's labels
            if not faults and not self._quota.takes(scene_index, attempt, labels, self._pilot):
                faults = {self._quota.rule_index}
            if not faults:
                with measured(spans, "labels"):  # maps are not cast for frames that are refused
                    labels = [self.labeller.with_maps(*one, self._maps) for one in zip(labels, traced, strict=True)]
                of_frames = [one for one in labels for _ in range(self._mixes)]
                return self._accepted(scenes, of_frames, refused, tuple(spans))
            refused.broken.update(faults)
        raise self._rejected(scene_index * self._sampler.views, refused)

    def _accepted(
        self, scenes: Sequence[Scene], labels: Sequence[Labels], refused: _Refused, spans: tuple[Span, ...]
    ) -> tuple[Accepted, ...]:
        refusals = tuple(refused.broken[index] for index in range(len(self._recipe.require)))
        return tuple(
            Accepted(scene, label, refusals, dict(refused.misplaced), () if place else spans)
            for place, (scene, label) in enumerate(zip(scenes, labels, strict=True))
        )

    def _judged(self, scenes: Sequence[Scene]) -> tuple[list[Traced], list[Labels], set[int]]:
        """Return the rays and labels of a scene's views, as far as they meet the rules, and the rules then broken."""
        traced: list[Traced] = []
        labelled: list[Labels] = []
        for scene in scenes:
            traced.append(self.labeller.trace(scene, points=self._maps.need_points))
            labelled.append(self.labeller.read(traced[-1]))
            faults = broken_rules(self._recipe.require, labelled[-1])
            if faults:
                return traced, labelled, set(faults)
        return traced, labelled, set()

    def _pilot(self, scene_index: int) -> list[Labels]:
        """Return the labels of one scene drawn only to see what the recipe's frames are like, which meets all rules."""
        refused = _Refused()
        # The attempts of frames count upwards from 0, so these are no frame's.
        for attempt in range(-1, -1 - self._recipe.render.attempts, -1):
            try:
                scenes = self._sampler.draw_views(scene_index, attempt)
                _, labels, faults = self._judged(scenes[:: self._mixes])
            except PlacementError as error:
                refused.note(error)
                continue
            if not faults:
                return labels
            refused.broken.update(faults)
        raise self._rejected(scene_index * self._sampler.views, refused)

    def _rejected(self, frame_index: int, refused: _Refused) -> PlacementError | RejectedError:
        attempts, latest = self._recipe.render.attempts, refused.latest
        counts = Counter({rule_name(self._recipe.require, index): count for index, count in refused.broken.items()})
        counts += refused.misplaced
        reasons = "; ".join(f"{name} refused {count} of {attempts} attempts" for name, count in counts.most_common())
        last = "" if latest is None else f"; the last without a place: {latest}"
        if latest is not None and refused.misplaced.total() == attempts:
            return PlacementError(f"frame {frame_index}: no attempt finds every place: {reasons}{last}", latest.refusal)
        return RejectedError(
            f"frame {frame_index}: no attempt meets every rule: {reasons}{last}; "
            "relax the rule, widen the ranges it depends on, or raise render.attempts"
        )
