"""Which names an expression may have, by where it stands: variables above it, of a scope that is drawn by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.distributions import EasyHard, ScopedVariable, Variable
from synthvision.recipe.expressions import KEYWORDS, parse
from synthvision.recipe.source import KeyPath, last_key, shown
from synthvision.recipe.supports import COLOURS, DIFFICULTY, FRAME, IN_OBJECTS, RESERVED, without_scope

_IN_GROUPS = frozenset({"objects", "distractors", "lights"})
_OF_GROUP = frozenset({"poisson_disk", "grid", "stack", "shelf"})
"""Places whose numbers are of the whole group."""

_SCOPES = ("frame", "object", "part")


@dataclass(frozen=True)
class _Reach:
    """What an expression may name: variables of the first ``scopes`` scopes, and the instance's index and count."""

    scopes: int = 1
    has_index: bool = False


def variable_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the names of variables, and with a difficulty that needs itself."""
    for name in checked.written_variables:
        if name in RESERVED or name in KEYWORDS:
            known = ", ".join((*RESERVED, *sorted(KEYWORDS)))
            message = f"key must be another than {known}, which expressions know already, got '{name}'"
            yield checked.fault(("variables", name), message, at_key=True)
    for path, section in checked.sections:
        if path[:1] == (DIFFICULTY,) and isinstance(section, EasyHard):
            got = shown(checked.source.at(path))
            yield checked.fault(path, f"difficulty must have no easy and hard form of its own, got {got}")


def expression_faults(checked: Checked, path: KeyPath, text: str, *, colours: bool = False) -> Iterator[Fault]:
    """Yield the faults of the names in an expression; ``colours`` says that it is the name of a colour."""
    for name in sorted(parse(text).names, key=text.find):
        yield from _name_faults(checked, path, text, name, colours=colours)


def _name_faults(checked: Checked, path: KeyPath, text: str, name: str, *, colours: bool) -> Iterator[Fault]:
    key = last_key(path)
    if path[2:3] == ("parameters",):
        yield checked.fault(path, f"{key} must name nothing in a parameter of the asset, got '{name}'")
    elif path[0] == DIFFICULTY and name != FRAME:
        yield checked.fault(path, f"difficulty must name nothing but frame, got '{name}'")
    elif name in (DIFFICULTY, FRAME):
        return
    elif name in IN_OBJECTS:
        if not _knows_index(checked, path):
            rule = f"name {name} only in values of each object, distractor or light"
            yield checked.fault(path, f"{key} must {rule}, got it here")
    elif name not in checked.written_variables:
        yield _unknown(checked, path, text, name)
    elif name in checked.recipe.variables:
        yield from _variable_faults(checked, path, name, checked.recipe.variables[name], colours=colours)


def _variable_faults(
    checked: Checked, path: KeyPath, name: str, variable: Variable, *, colours: bool
) -> Iterator[Fault]:
    key = last_key(path)
    if isinstance(without_scope(variable), COLOURS) and not colours:
        yield checked.fault(path, f"{key} must be a number, got '{name}', a variable that is a colour")
        return
    if path[0] == "variables":
        above = checked.written_variables[: checked.written_variables.index(str(path[1]))]
        if name not in above:
            got = "itself" if name == path[1] else f"'{name}', which is below it"
            yield checked.fault(path, f"{key} must name variables above it, got {got}")
            return
    scope = _scope(variable)
    reach = _reach(path) if path[0] != "variables" else _Reach(_own_reach(checked, str(path[1])))
    if _SCOPES.index(scope) >= reach.scopes:
        rule = " or ".join(_SCOPES[: reach.scopes])
        yield checked.fault(path, f"{key} must name variables of scope {rule} here, got '{name}' of scope {scope}")


def _unknown(checked: Checked, path: KeyPath, text: str, name: str) -> Fault:
    near = did_you_mean(name, (*checked.written_variables, *RESERVED))
    if name == text:
        return checked.fault(path, f"{last_key(path)} must be a value or the name of a variable, got '{name}'{near}")
    return checked.fault(path, f"{last_key(path)} must name variables, got '{name}' in {shown(text)}{near}")


def _reach(path: KeyPath) -> _Reach:
    """Return what may be named at a path outside ``variables``."""
    if path[0] not in _IN_GROUPS or path[-1] == "when" or path[2:] == ("count",):
        return _Reach()
    if path[2:3] == ("place",) and path[3:4] and path[3] in _OF_GROUP:
        return _Reach()
    is_part = path[0] != "lights" and path[2:3] == ("material",)
    return _Reach(3 if is_part else 2, has_index=True)


def _knows_index(checked: Checked, path: KeyPath) -> bool:
    """Say whether what is at a path is drawn for each instance."""
    return _own_reach(checked, str(path[1])) > 1 if path[0] == "variables" else _reach(path).has_index


def _own_reach(checked: Checked, name: str) -> int:
    """Return how many scopes a variable may name: its own and those drawn before."""
    variable = checked.recipe.variables.get(name, 0.0)
    return _SCOPES.index(_scope(variable)) + 1


def _scope(variable: Variable) -> str:
    return variable.scope if isinstance(variable, ScopedVariable) else "frame"
