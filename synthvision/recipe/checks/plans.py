"""How draws are spread, joined and held: ``correlations``, ``sampling`` and ``freeze``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.distributions import EasyHard, Mixture, Permutation, Schedule, ScopedVariable
from synthvision.recipe.distributions import Sequence as FrameSequence
from synthvision.recipe.model import Correlation, SamplingPlan
from synthvision.recipe.names import FACTORS, written_light_names
from synthvision.recipe.source import KeyPath, shown
from synthvision.recipe.supports import COLOURS, without_scope

_COMPOSED = (Mixture, EasyHard, Permutation, FrameSequence, Schedule)
_ROUNDING = 1e-9
"""What the rounding of written correlations may do to a matrix, per entry of its diagonal."""


def plan_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the plan of the draws."""
    joined: dict[str, str] = {}
    for path, section in checked.sections:
        if isinstance(section, Correlation):
            yield from _name_faults(checked, (*path, "of"), section.of, joined)
            yield from _scope_faults(checked, (*path, "of"), section.of)
            yield from _matrix_faults(checked, (*path, "rank"), section)
        elif isinstance(section, SamplingPlan) and section.sobol is not None:
            yield from _name_faults(checked, (*path, "sobol"), section.sobol, joined)
    known = _factors(checked)
    for index, name in enumerate(checked.recipe.freeze):
        if name not in known:
            rule = f"one of {', '.join(FACTORS)} or the name of a group, light or variable"
            message = f"freeze must be {rule}, got {shown(name)}{did_you_mean(name, known)}"
            yield checked.fault(("freeze", index), message)


def _factors(checked: Checked) -> tuple[str, ...]:
    lights = written_light_names(checked.written("lights"))
    return (*FACTORS, *checked.group_names, *lights, *checked.written_variables)


def _name_faults(checked: Checked, path: KeyPath, names: Sequence[str], joined: dict[str, str]) -> Iterator[Fault]:
    """Yield the faults of names that are no variables of one random number, or stand in two places."""
    what = str(path[-1])
    for index, name in enumerate(names):
        if name not in checked.written_variables:
            near = did_you_mean(name, checked.written_variables)
            yield checked.fault((*path, index), f"{what} must name variables, got {shown(name)}{near}")
        elif name in joined:
            message = f"{what} must name a variable that stands in no other group, got {shown(name)}"
            yield checked.fault((*path, index), message)
        elif (kind := _unfit(checked, name)) is not None:
            rule = "name variables that are drawn from one distribution of numbers"
            yield checked.fault((*path, index), f"{what} must {rule}, got {shown(name)}, {kind}")
        joined.setdefault(name, what)


def _unfit(checked: Checked, name: str) -> str | None:
    """Say what a variable is, if not drawn from one distribution of numbers; those with faults are none of ours."""
    if name not in checked.recipe.variables:
        return None
    variable = without_scope(checked.recipe.variables[name])
    if isinstance(variable, str):
        return "an expression"
    if isinstance(variable, int | float):
        return "a constant"
    if isinstance(variable, COLOURS):
        return "a colour"
    forms = {EasyHard: "an easy and a hard form"}
    return forms.get(type(variable), f"a {type(variable).__name__.lower()}") if type(variable) in _COMPOSED else None


def _scope_faults(checked: Checked, path: KeyPath, names: Sequence[str]) -> Iterator[Fault]:
    known = [checked.recipe.variables[name] for name in names if name in checked.recipe.variables]
    scopes = sorted({variable.scope if isinstance(variable, ScopedVariable) else "frame" for variable in known})
    if len(scopes) > 1:
        yield checked.fault(path, f"of must name variables of one scope, got {' and '.join(scopes)}")


def _matrix_faults(checked: Checked, path: KeyPath, correlation: Correlation) -> Iterator[Fault]:
    rank, size = correlation.rank, len(correlation.of)
    if len(rank) != size or any(len(row) != size for row in rank):
        lengths = ", ".join(str(len(row)) for row in rank)
        yield checked.fault(path, f"rank must be {size} rows of {size}, got {len(rank)} rows of {lengths}")
        return
    for row in range(size):
        if rank[row][row] != 1:
            got = shown(rank[row][row])
            yield checked.fault((*path, row, row), f"rank must be 1 on its diagonal, got {got}")
        for column in range(row):
            if rank[row][column] != rank[column][row]:
                got = f"{shown(rank[row][column])} and {shown(rank[column][row])}"
                yield checked.fault((*path, row, column), f"rank must be symmetric, got {got}")
                return
    if not _is_possible(rank):
        yield checked.fault(path, "rank must be correlations that numbers can have together, got a matrix that is not")


def _is_possible(rank: Sequence[Sequence[float]]) -> bool:
    """Say whether the normal values behind rank correlations can have theirs: by a Cholesky decomposition.

    The matrix may be singular: what is correlated completely with those before it adds nothing of its own.
    """
    rows: list[list[float]] = []
    for place, wanted in enumerate(rank):
        row: list[float] = []
        for before in range(place):
            products = math.fsum(a * b for a, b in zip(row, rows[before], strict=False))
            rest, own = 2 * math.sin(math.pi * wanted[before] / 6) - products, rows[before][before]
            if own == 0 and abs(rest) > math.sqrt(_ROUNDING):
                return False
            row.append(rest / own if own else 0.0)
        left = 1 - math.fsum(weight * weight for weight in row)
        if left < -_ROUNDING:
            return False
        rows.append([*row, math.sqrt(left) if left > _ROUNDING else 0.0])
    return True
