"""What all frames of a recipe and seed draw from, and what each frame draws first: its difficulty and variables."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from synthvision.errors import UsageError
from synthvision.recipe.distributions import EasyHard, ScopedVariable, Variable
from synthvision.recipe.model import Recipe
from synthvision.sampling.draws import Draws
from synthvision.sampling.frozen import frozen
from synthvision.sampling.numbers import COLOUR_FORMS
from synthvision.sampling.plans import planned_uniforms
from synthvision.sampling.quantiles import Quantiles
from synthvision.sampling.recording import RecordingDraws

Kind = TypeVar("Kind", bound=Draws)


class FrameDraws:
    """The draws of each frame of a recipe and seed.

    Raises:
        UsageError: ``sampling``, ``correlations``, ``freeze`` or ``difficulty`` cannot be as the recipe has them.
    """

    def __init__(self, recipe: Recipe, seed: int) -> None:
        if isinstance(recipe.difficulty, EasyHard):
            raise UsageError("difficulty: it must not have an easy and a hard form, got both")
        self._difficulty = recipe.difficulty
        self._streams = planned_uniforms(recipe, seed)
        self._frozen = frozen(recipe)
        self._quantiles = Quantiles()
        scopes = {name: _with_scope(variable) for name, variable in recipe.variables.items()}
        self._of_frame = {name: scoped.of for name, scoped in scopes.items() if scoped.scope == "frame"}
        self._scoped = {name: scoped for name, scoped in scopes.items() if scoped.scope != "frame"}

    def draws(self, frame_index: int, attempt: int = 0) -> Draws:
        """Return the draws of a frame, whose difficulty and variables have been drawn."""
        return self._begun(Draws(self._streams, frame_index, attempt, frozen=self._frozen, quantiles=self._quantiles))

    def recorded(self, frame_index: int, attempt: int = 0) -> RecordingDraws:
        """Return the same draws, which keep a note of every value."""
        return self._begun(
            RecordingDraws(self._streams, frame_index, attempt, frozen=self._frozen, quantiles=self._quantiles)
        )

    def _begun(self, first: Kind) -> Kind:
        """Return draws to which the frame's difficulty and variables are added.

        Numbers are drawn first, in the recipe's order, so that an expression finds those above it, and a colour all.
        """
        difficulty = min(max(first.number(self._difficulty, "difficulty"), 0.0), 1.0)
        drawn = replace(first, difficulty=difficulty, scoped=self._scoped)
        for name, variable in self._of_frame.items():
            if not isinstance(variable, COLOUR_FORMS):
                value = drawn.number(variable, f"variables/{name}")
                drawn = replace(drawn, variables={**drawn.variables, name: value})
        colours = {
            name: drawn.colour(variable, f"variables/{name}")
            for name, variable in self._of_frame.items()
            if isinstance(variable, COLOUR_FORMS)
        }
        both = {**drawn.variables, **colours}
        return replace(drawn, variables={name: both[name] for name in self._of_frame})


def _with_scope(variable: Variable) -> ScopedVariable:
    if isinstance(variable, ScopedVariable):
        return variable
    return ScopedVariable.model_construct(scope="frame", of=variable)
