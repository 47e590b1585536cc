"""Draws that keep a note of every value that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from synthvision.recipe.distributions import (
    At,
    Colour,
    Direction,
    Number,
    Palette,
    Position,
    Rgb,
    Temperature,
)
from synthvision.sampling.draws import Draws, Elsewhere
from synthvision.scene import Vector


@dataclass(frozen=True)
class RecordingDraws(Draws):
    """The same values as ``Draws``, noted under their names in ``record`` in the order in which they are drawn.

    A number is noted as it is, a choice as its index, a colour as linear ``…/red``, ``…/green``, ``…/blue``, a position
    or direction as ``…/x``, ``…/y``, ``…/z``. What is constant in the recipe is not noted.
    """

    record: dict[str, float] = field(default_factory=dict)

    def number(self, declared: Number, name: str) -> float:
        """Draw a number and note it."""
        value = super().number(declared, name)
        if not isinstance(declared, int | float):
            self.record[name] = value
        return value

    def count(self, declared: Number, name: str) -> int:
        """Draw how many and note it, rounded."""
        number = super().count(declared, name)
        if not isinstance(declared, int | float):
            self.record[name] = float(number)
        return number

    def pick(self, weights: Sequence[float], name: str) -> int:
        """Draw an index and note it."""
        index = super().pick(weights, name)
        if len(weights) > 1:
            self.record[name] = float(index)
        return index

    def colour(self, declared: Colour, name: str) -> Vector:
        """Draw a colour and note it: linear, even if it was drawn as display values."""
        colour = super().colour(declared, name)
        self.record.pop(name, None)  # which of a palette, or the temperature
        if not _is_constant(declared):
            self._note(name, ("red", "green", "blue"), colour)
        return colour

    def position(self, declared: Position, name: str, elsewhere: Elsewhere | None = None) -> Vector:
        """Draw a position and note it; of three numbers, those that are not constant."""
        point = super().position(declared, name, elsewhere)
        if not isinstance(declared, At):
            self._note(name, ("x", "y", "z"), point)
        return point

    def in_ball(self, radius_m: float, name: str) -> Vector:
        """Draw a point of a ball and note it."""
        point = super().in_ball(radius_m, name)
        self._note(name, ("x", "y", "z"), point)
        return point

    def direction(self, declared: Direction, name: str) -> Vector:
        """Draw a direction and note it."""
        direction = super().direction(declared, name)
        self._note(name, ("x", "y", "z"), direction)
        return direction

    def _note(self, name: str, parts: Sequence[str], values: Sequence[float]) -> None:
        for part, value in zip(parts, values, strict=True):
            self.record[f"{name}/{part}"] = value


def _is_constant(declared: Colour) -> bool:
    """Say whether a colour is the same in every frame."""
    match declared:
        case Rgb(rgb=parts):
            return all(isinstance(part, int | float) for part in parts)
        case Temperature(temperature_k=kelvin):
            return isinstance(kelvin, int | float)
        case Palette(palette=colours):
            return isinstance(colours, list) and len(colours) == 1
        case _:
            return False
