"""Factors of a recipe that are held, so that an ablation can tell what another factor does.

Every random value of a held factor is 0.5 in every frame: the median of a number, the middle of a list, for a position
the medians of the numbers that it is made of. Two kinds of values are those of frame 0 instead, in every frame: places
of things and the later tries of a camera's position, because a search that tries the same place again and again finds
none; and sequences, schedules and ``frame`` in expressions, which have no middle. Seeds of noise are not held: noise
that repeats would be a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthvision.errors import UsageError, did_you_mean
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import FACTORS, group_names, light_names
from synthvision.sampling.streams import Uniforms

CENTRE = 0.5

# A variable may be called like a part of a stream's name: ``variables/place`` is no place.
_SEARCHED = re.compile(r"(?<!variables)/place(/|$)|^cameras?(-[^/]+|/.*)?/position/[1-9]\d*(/|$)")
_NOISE = re.compile(r"^(depth_sensor/seed|sensor/noise_seed)$")

_PATTERNS = {
    "materials": r"(?<!variables)/material(-\d+)?(/|$)",
    "lights": r"^lights/",
    "world": r"^world/",
    "camera": r"^cameras?[/-]",
    "sensor": r"^(depth_)?sensor/",
    "ground": r"^ground/",
    "variables": r"(^|/)variables/|^difficulty$",
    "difficulty": r"^difficulty$",
}


@dataclass(frozen=True)
class Frozen:
    """Says which streams are held, and at what."""

    held: re.Pattern[str]

    def holds(self, name: str) -> bool:
        """Say whether a stream is held."""
        return self.held.search(name) is not None and _NOISE.search(name) is None

    def uniform(self, streams: Uniforms, name: str, frame: int, attempt: int) -> float:
        """Return the value of a stream that may be held."""
        if not self.holds(name):
            return streams.uniform(name, frame, attempt)
        return streams.uniform(name, 0, 0) if _SEARCHED.search(name) else CENTRE


def frozen(recipe: Recipe) -> Frozen | None:
    """Return what a recipe's ``freeze`` holds; None where it holds nothing.

    Raises:
        UsageError: a name is of no factor, group, light or variable.
    """
    if not recipe.freeze:
        return None
    return Frozen(re.compile("|".join(f"(?:{_pattern(recipe, factor)})" for factor in recipe.freeze)))


def _pattern(recipe: Recipe, factor: str) -> str:
    objects, distractors = _groups(recipe)
    names = {"objects": objects, "distractors": distractors} | {name: [name] for name in (*objects, *distractors)}
    if factor in FACTORS and factor not in names:
        return _PATTERNS[factor]
    found = [_starting_with(names[factor])] if factor in names else []
    found += [rf"^lights/{re.escape(factor)}/"] if factor in light_names(recipe.lights) else []
    found += [rf"(^|/)variables/{re.escape(factor)}(/|$)"] if factor in recipe.variables else []
    if not found:
        known = [*FACTORS, *objects, *distractors, *light_names(recipe.lights), *recipe.variables]
        near = did_you_mean(factor, known)
        raise UsageError(f"freeze: factor must be one of {', '.join(dict.fromkeys(known))}, got '{factor}'{near}")
    return "|".join(found)


def _groups(recipe: Recipe) -> tuple[Sequence[str], Sequence[str]]:
    names = group_names([*recipe.objects, *recipe.distractors])
    return names[: len(recipe.objects)], names[len(recipe.objects) :]


def _starting_with(groups: Sequence[str]) -> str:
    names: Iterator[str] = (re.escape(name) for name in groups)
    return f"^(?:{'|'.join(names)})/" if groups else "(?!)"
