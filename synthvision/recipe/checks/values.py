"""Variables that are named must be there and of the right kind; numbers must be legal whatever is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.declared import Leaf, leaves
from synthvision.recipe.distributions import Hsv, Normal, Number, Palette, Rgb, Uniform
from synthvision.recipe.legal import Legal
from synthvision.recipe.rules import Bounds
from synthvision.recipe.source import KeyPath, last_key, shown
from synthvision.recipe.supports import is_whole, resolved, support


def value_faults(checked: Checked) -> Iterator[Fault]:
    """Yield the faults of every number, colour and bound of a recipe."""
    for path, section in checked.sections:
        for name, leaf in leaves(type(section)).items():
            value = getattr(section, name)
            key = type(section).model_fields[name].alias or name
            if value is not None:
                yield from _leaf_faults(checked, (*path, key), value, leaf)


def _leaf_faults(checked: Checked, path: KeyPath, value: Any, leaf: Leaf) -> Iterator[Fault]:
    if leaf.legal is None:
        yield from _colour_faults(checked, path, value)
    elif isinstance(value, Bounds):
        yield from _bounds_faults(checked, path, value, leaf.legal)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _number_faults(checked, (*path, index), item, leaf.legal)
    else:
        yield from _number_faults(checked, path, value, leaf.legal)


def _colour_faults(checked: Checked, path: KeyPath, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str):
        return
    variables = checked.recipe.variables
    if value not in variables:
        yield from _unknown_variable(checked, path, value)
    elif not isinstance(variables[value], Hsv | Rgb | Palette):
        yield checked.fault(path, f"{last_key(path)} must be a colour, got '{value}', a variable that is a number")


def _number_faults(checked: Checked, path: KeyPath, number: Number, legal: Legal) -> Iterator[Fault]:
    variables = checked.recipe.variables
    if isinstance(number, str) and number not in variables:
        yield from _unknown_variable(checked, path, number)
        return
    if isinstance(number, str) and isinstance(variables[number], Hsv | Rgb | Palette):
        yield checked.fault(path, f"{last_key(path)} must be a number, got '{number}', a variable that is a colour")
        return
    low, high = support(number, variables)
    if not legal.holds(low, high) or (legal.whole and not is_whole(number, variables)):
        got = shown(checked.source.at(path))
        spans = f", which is {_span(low, high)}" if isinstance(number, str) else ""
        remedy = _remedy(checked, number, legal)
        yield checked.fault(path, f"{last_key(path)} must be {legal}, got {got}{spans}{remedy}")


def _unknown_variable(checked: Checked, path: KeyPath, name: str) -> Iterator[Fault]:
    written = checked.source.at(("variables",))
    known = list(written) if isinstance(written, dict) else []
    if name not in known:
        near = did_you_mean(name, known)
        yield checked.fault(path, f"{last_key(path)} must be a value or the name of a variable, got '{name}'{near}")


def _span(low: float, high: float) -> str:
    if math.isinf(low) or math.isinf(high):
        return "unbounded" if math.isinf(low) else f"at least {low:g}"
    return f"{low:g} … {high:g}"


def _remedy(checked: Checked, number: Number, legal: Legal) -> str:
    distribution = resolved(number, checked.recipe.variables)
    if isinstance(distribution, Normal):
        normal = distribution.normal
        low_missing = normal.low is None and not math.isinf(legal.low)
        high_missing = normal.high is None and not math.isinf(legal.high)
        missing = [name for name, is_missing in (("low", low_missing), ("high", high_missing)) if is_missing]
        return f"; add {' and '.join(missing)}" if missing and not legal.whole else ""
    if legal.whole and isinstance(distribution, Uniform):
        low, high = (math.floor(end) for end in distribution.uniform)
        return f"; write {{integers: [{low}, {high}]}}"
    return ""


def _bounds_faults(checked: Checked, path: KeyPath, bounds: Bounds, legal: Legal) -> Iterator[Fault]:
    for name, value in (("min", bounds.min), ("max", bounds.max)):
        if value is not None and not legal.holds(value, value):
            yield checked.fault((*path, name), f"{name} must be {legal}, got {shown(value)}")
