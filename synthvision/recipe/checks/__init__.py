"""What must hold between the sections of a recipe: names, references, legal ranges, counts and files."""

from __future__ import annotations

from synthvision.errors import Fault
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.checks.counts import count_faults
from synthvision.recipe.checks.files import file_faults
from synthvision.recipe.checks.outputs import output_faults
from synthvision.recipe.checks.parameters import parameter_faults
from synthvision.recipe.checks.places import place_faults
from synthvision.recipe.checks.plans import plan_faults
from synthvision.recipe.checks.references import reference_faults
from synthvision.recipe.checks.requirements import rule_faults
from synthvision.recipe.checks.scopes import variable_faults
from synthvision.recipe.checks.traits import trait_faults
from synthvision.recipe.checks.values import value_faults
from synthvision.recipe.roots import Roots
from synthvision.recipe.shape import Shaped
from synthvision.recipe.source import Source


def faults_between(shaped: Shaped, source: Source, roots: Roots) -> list[Fault]:
    """Return what is wrong with a recipe whose sections, as far as they could be read, have the right shape."""
    if shaped.recipe is None:
        return []
    checked = Checked(shaped.recipe, source, shaped.kept, shaped.cut, roots)
    return [
        *value_faults(checked),
        *variable_faults(checked),
        *reference_faults(checked),
        *parameter_faults(checked),
        *trait_faults(checked),
        *place_faults(checked),
        *count_faults(checked),
        *rule_faults(checked),
        *plan_faults(checked),
        *output_faults(checked),
        *file_faults(checked),
    ]


__all__ = ["faults_between"]
