"""Variables that are named must be there and of the right kind; numbers must be legal whatever is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from synthvision.errors import Fault, FrameError, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.checks.scopes import expression_faults
from synthvision.recipe.declared import Leaf, leaves
from synthvision.recipe.distributions import Exponential, LogNormal, Normal, Number, Poisson, Uniform
from synthvision.recipe.expressions import parse
from synthvision.recipe.legal import Legal
from synthvision.recipe.rules import Bounds
from synthvision.recipe.source import KeyPath, last_key, shown
from synthvision.recipe.supports import COLOURS, Span, without_scope
from synthvision.recipe.words import A_COLOUR


def value_faults(checked: Checked) -> Iterator[Fault]:
    """Yield the faults of every number, colour and bound of a recipe."""
    for path, section in checked.sections:
        for name, leaf in leaves(type(section)).items():
            value = getattr(section, name)
            key = type(section).model_fields[name].alias or name
            if value is not None:
                yield from _leaf_faults(checked, (*path, key), value, leaf)
    for path, variable in checked.variables:
        if isinstance(variable, str):
            yield from number_faults(checked, path, variable, Legal())


def _leaf_faults(checked: Checked, path: KeyPath, value: Any, leaf: Leaf) -> Iterator[Fault]:
    if leaf.legal is None:
        yield from _colour_faults(checked, path, value)
    elif isinstance(value, Bounds):
        yield from _bounds_faults(checked, path, value, leaf.legal)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from number_faults(checked, (*path, index), item, leaf.legal)
    else:
        yield from number_faults(checked, path, value, leaf.legal)


def _colour_faults(checked: Checked, path: KeyPath, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str):
        return
    variables = checked.recipe.variables
    if value in variables and isinstance(without_scope(variables[value]), COLOURS):
        yield from expression_faults(checked, path, value, colours=True)
    elif value in variables:
        yield checked.fault(path, f"{last_key(path)} must be a colour, got '{value}', a variable that is a number")
    elif value not in checked.written_variables:
        near = did_you_mean(value, checked.written_variables)
        yield checked.fault(path, f"{last_key(path)} must be {A_COLOUR}, got '{value}'{near}")


def number_faults(checked: Checked, path: KeyPath, number: Number, legal: Legal) -> Iterator[Fault]:
    """Yield the faults of a number: of the names in it, and of the values that it can have."""
    if isinstance(number, str):
        faults = [*expression_faults(checked, path, number), *_constant_faults(checked, path, number)]
        yield from faults
        if faults:
            return
    span = checked.span(number)
    if span is not None and not (legal.holds(*span) and (not legal.whole or checked.supports.is_whole(number))):
        got = shown(checked.source.at(path))
        spans = f", which is {_span(span)}" if isinstance(number, str) else ""
        remedy = _remedy(checked, number, legal)
        yield checked.fault(path, f"{last_key(path)} must be {legal}, got {got}{spans}{remedy}")


def _constant_faults(checked: Checked, path: KeyPath, text: str) -> Iterator[Fault]:
    """Yield the fault of an expression without names that has no value."""
    expression = parse(text)
    if expression.names:
        return
    try:
        expression.evaluate({})
    except FrameError as error:
        yield checked.fault(path, str(error))


def _span(span: Span) -> str:
    low, high = span
    if math.isinf(low) or math.isinf(high):
        return "unbounded" if math.isinf(low) else f"at least {low:g}"
    return f"{low:g} … {high:g}"


def _remedy(checked: Checked, number: Number, legal: Legal) -> str:
    variable = checked.recipe.variables.get(number, number) if isinstance(number, str) else number
    distribution = without_scope(variable)
    if isinstance(distribution, Normal | LogNormal | Exponential | Poisson):
        parameters = next(iter(dict(distribution).values()))
        ends = {"low": legal.low, "high": legal.high}
        missing = [name for name, end in ends.items() if math.isfinite(end) and getattr(parameters, name, 0) is None]
        is_cure = missing and (not legal.whole or isinstance(distribution, Poisson))
        return f"; add {' and '.join(missing)}" if is_cure else ""
    if legal.whole and isinstance(distribution, Uniform):
        low, high = (math.floor(end) for end in distribution.uniform)
        return f"; write {{integers: [{low}, {high}]}}"
    return ""


def _bounds_faults(checked: Checked, path: KeyPath, bounds: Bounds, legal: Legal) -> Iterator[Fault]:
    for name, value in (("min", bounds.min), ("max", bounds.max)):
        if value is not None and not legal.holds(value, value):
            yield checked.fault((*path, name), f"{name} must be {legal}, got {shown(value)}")
