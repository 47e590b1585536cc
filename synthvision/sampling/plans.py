"""Where the random values of a dataset come from, as its recipe says: ``sampling`` and ``correlations``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthvision.errors import UsageError, did_you_mean
from synthvision.recipe.distributions import ScopedVariable, Variable
from synthvision.recipe.model import Recipe, SamplingPlan
from synthvision.sampling.copulas import copula
from synthvision.sampling.latin import LatinHypercube
from synthvision.sampling.sobol import sobol_group
from synthvision.sampling.streams import Streams, Uniforms


def planned_uniforms(recipe: Recipe, seed: int) -> Uniforms:
    """Return the random values of a recipe's frames.

    Correlated variables of a stratified dataset are a Sobol group, unless they stand in ``sampling.sobol`` already: a
    copula mixes values, and what is mixed from values that are even together is even.

    Raises:
        UsageError: a name is of no variable, or correlated variables have different scopes.
    """
    plan = recipe.sampling if isinstance(recipe.sampling, SamplingPlan) else SamplingPlan(method=recipe.sampling)
    uniforms: Uniforms = (
        Streams(seed, plan.method == "stratified") if plan.frames is None else LatinHypercube(seed, plan.frames)
    )
    together = plan.sobol or []
    if together:
        for name in together:
            _declared(recipe.variables, name, "sampling.sobol")
        uniforms = sobol_group(uniforms, seed, [f"variables/{name}" for name in together])
    for number, correlation in enumerate(recipe.correlations):
        where = f"correlations[{number}]"
        names = [f"variables/{name}" for name in _of_one_scope(recipe.variables, correlation.of, where)]
        apart = [name for name in names if name.removeprefix("variables/") not in together]
        if plan.method == "stratified" and apart:
            uniforms = sobol_group(uniforms, seed, apart)
        uniforms = copula(uniforms, names, correlation.rank, where)
    return uniforms


def _declared(variables: Mapping[str, Variable], name: str, where: str) -> Variable:
    if name not in variables:
        near = did_you_mean(name, variables)
        raise UsageError(f"{where}: variable must be an entry of variables, got '{name}'{near}")
    return variables[name]


def _of_one_scope(variables: Mapping[str, Variable], names: Sequence[str], where: str) -> Sequence[str]:
    declared = [_declared(variables, name, where) for name in names]
    scopes = {variable.scope if isinstance(variable, ScopedVariable) else "frame" for variable in declared}
    if len(scopes) > 1:
        raise UsageError(f"{where}: variables must have one scope, got {' and '.join(sorted(scopes))}")
    return names


def is_stratified(recipe: Recipe) -> bool:
    """Say whether what belongs to the dataset, and to no frame, is spread evenly, such as members of families."""
    return (recipe.sampling.method if isinstance(recipe.sampling, SamplingPlan) else recipe.sampling) != "independent"
