"""Python code that changes drawn scenes: entry points of the group ``synthvision.randomizers``.

A randomizer is a callable ``(scene, draws, options) -> scene``. What is random in it comes from ``draws``, whose
streams are its own, so that it takes part in the dataset's order of frames, seeds and attempts, and disturbs nobody::

    def fog(scene: Scene, draws: RandomizerDraws, options: Mapping[str, Any]) -> Scene:
        strength = scene.world.strength * draws.number(options["strength"], "strength")
        return replace(scene, world=replace(scene.world, strength=strength))

Its distribution registers it in its ``pyproject.toml``::

    [project.entry-points."synthvision.randomizers"]
    fog = "weather:fog"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import TypeAdapter, ValidationError

from synthvision.errors import FrameError, SynthvisionError, UsageError, did_you_mean
from synthvision.recipe.distributions import Number
from synthvision.recipe.model import Randomizer as Declared
from synthvision.sampling.draws import Draws
from synthvision.sampling.quantiles import Quantiles
from synthvision.scene import Scene
from synthvision.scene.types import Decal, Instance

GROUP = "synthvision.randomizers"

_NUMBERS: TypeAdapter[Number] = TypeAdapter(Number)
_WORLD = ("instances", "lights", "world", "decals", "variables", "meshes")
_KEPT = ("frame_index", "attempt", "seed", "scene_index", "split")


class RandomizerDraws:
    """The random values of one randomizer in one scene: ``randomizers/<entry point>/<name>`` in the same streams."""

    def __init__(self, draws: Draws, address: str) -> None:
        self._draws = draws
        self._address = address

    def uniform(self, name: str) -> float:
        """Return the value of a name, in (0, 1)."""
        return self._draws.uniform(f"{self._address}/{name}")

    def number(self, distribution: object, name: str) -> float:
        """Draw a number as a recipe would: ``{"uniform": [0, 1]}``, a constant, or an expression over its variables.

        Raises:
            UsageError: it is not a number of the recipe language.
        """
        address = f"{self._address}/{name}"
        try:
            declared = _NUMBERS.validate_python(distribution)
        except ValidationError as error:
            reason = "; ".join(fault["msg"] for fault in error.errors())
            raise UsageError(f"{address}: number must be as in a recipe, got {distribution!r} ({reason})") from None
        # The recipe's cache is for declarations that stay; this one may be made anew for every scene.
        return replace(self._draws, quantiles=Quantiles()).number(declared, address)


Randomizer = Callable[[Scene, RandomizerDraws, Mapping[str, Any]], Scene]


@dataclass(frozen=True)
class _Loaded:
    name: str
    address: str
    options: Mapping[str, Any]
    randomize: Randomizer


class Randomizers:
    """The randomizers of a recipe, in its order; the second of a name has the streams ``randomizers/<name>-2/…``.

    Raises:
        UsageError: one is not installed, or cannot be imported.
    """

    def __init__(self, declared: Sequence[Declared]) -> None:
        self._loaded = tuple(_loaded(declared))

    def apply(self, scene: Scene, draws: Draws) -> Scene:
        """Return the scene as the randomizers leave it.

        Raises:
            FrameError: one of them fails, or does not return a scene of the same frame with the same ids.
        """
        for one in self._loaded:
            scene = _randomized(one, scene, draws)
        return scene

    def apply_to_views(self, views: tuple[Scene, ...], draws: Draws) -> tuple[Scene, ...]:
        """Return the frames of one scene as the randomizers leave them.

        Raises:
            FrameError: as ``apply``; or what they make of the world depends on the camera or the frame.
        """
        if not self._loaded:
            return views
        after = tuple(self.apply(view, draws) for view in views)
        for view in after[1:]:
            for name in _WORLD:
                if getattr(view, name) != getattr(after[0], name):
                    raise FrameError(
                        f"frame {view.frame_index}: randomizers must leave all frames of a scene one world, got another"
                        f" {name} than in frame {after[0].frame_index}"
                    )
        return after


def randomizer_versions(declared: Sequence[Declared]) -> Mapping[str, str]:
    """Return the name and version of each distribution that a recipe's randomizers come from.

    Raises:
        UsageError: one is not installed, or belongs to no distribution, so that nobody could say what made the dataset.
    """
    versions: dict[str, str] = {}
    for one in declared:
        distribution = _entry_point(one.use).dist
        if distribution is None:
            raise UsageError(f"randomizers: '{one.use}' must be of an installed distribution, got one of none")
        versions[distribution.name] = distribution.version
    return versions


def _loaded(declared: Sequence[Declared]) -> Iterator[_Loaded]:
    used: list[str] = []
    for one in declared:
        used.append(one.use)
        number = used.count(one.use)
        address = f"randomizers/{one.use}" if number == 1 else f"randomizers/{one.use}-{number}"
        try:
            found = _entry_point(one.use).load()
        except (ImportError, AttributeError) as error:
            raise UsageError(f"randomizers: '{one.use}' must be something to import, got: {error}") from error
        if not callable(found):
            raise UsageError(f"randomizers: '{one.use}' must be callable, got {type(found).__name__}")
        yield _Loaded(one.use, address, one.options, found)


def _entry_point(name: str) -> EntryPoint:
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name not in installed:
        known = ", ".join(sorted(installed)) or "none"
        near = did_you_mean(name, installed)
        raise UsageError(f"randomizers: use must be one that is installed ({known}), got '{name}'{near}")
    return installed[name]


def _randomized(one: _Loaded, scene: Scene, draws: Draws) -> Scene:
    where = f"frame {scene.frame_index}: randomizer '{one.name}'"
    try:
        after = one.randomize(scene, RandomizerDraws(draws, one.address), one.options)
    except SynthvisionError as error:
        raise FrameError(f"{where}: {error}") from error
    except Exception as error:
        raise FrameError(f"{where}: it must return a scene, got {type(error).__name__}: {error}") from error
    if not isinstance(after, Scene):
        raise FrameError(f"{where}: it must return a scene, got {type(after).__name__}")
    for name in _KEPT:
        if getattr(after, name) != getattr(scene, name):
            was, now = getattr(scene, name), getattr(after, name)
            raise FrameError(f"{where}: {name} must stay {was!r}, got {now!r}")
    if _ids(after) != _ids(scene):
        raise FrameError(f"{where}: labelled instances must keep their ids and categories, got others")
    return after


def _ids(scene: Scene) -> list[tuple[int, int, str]]:
    things: tuple[Instance | Decal, ...] = (*scene.instances, *scene.decals)
    return sorted((one.instance_id, one.category_id, one.category) for one in things if one.instance_id)
