"""Parameters of a catalog family: known to it, drawn once for each member, and such that its members can be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.catalog_names import catalog_names
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.checks.values import number_faults
from synthvision.recipe.distributions import EasyHard, Number, Permutation, Schedule, Sequence
from synthvision.recipe.legal import Legal
from synthvision.recipe.source import KeyPath, last_key, shown
from synthvision.recipe.supports import Supports
from synthvision.recipe.things import Things

_OF_FRAMES = {
    EasyHard: "an easy and a hard form",
    Permutation: "a permutation",
    Sequence: "a sequence over frames",
    Schedule: "a schedule over frames",
}
"""Forms of a number that need a frame, which a member of a family has none."""


def parameter_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the parameters that groups give to the families of their assets."""
    for path, section in checked.sections:
        if path[2:3] == ("parameters",) and type(section) in _OF_FRAMES:
            rule = "drawn once for each member of the family"
            yield checked.fault(path, f"{last_key(path)} must be {rule}, got {_OF_FRAMES[type(section)]}")
    for path, _, group in checked.groups:
        families = _families(group)
        for name, number in group.parameters.items():
            yield from _faults(checked, (*path, "parameters", name), number, families)


def _families(group: Things) -> Mapping[str, Mapping[str, Legal]]:
    """Return the parameters of each family of a group that the catalog knows."""
    names = [group.asset] if isinstance(group.asset, str) else list(group.asset or ())
    known = catalog_names().parameters if group.parameters else {}
    return {name: known[name] for name in names if name in known}


def _faults(
    checked: Checked, path: KeyPath, number: Number, families: Mapping[str, Mapping[str, Legal]]
) -> Iterator[Fault]:
    """Yield the faults of one parameter; of several families the first that cannot have it is enough."""
    name = str(path[-1])
    for family, known in families.items():
        if name not in known:
            rule = f"of {shown(family)} ({', '.join(known)})"
            near = did_you_mean(name, known)
            yield checked.fault(path, f"parameters must be {rule}, got {shown(name)}{near}", at_key=True)
            return
        faults = list(number_faults(checked, path, number, known[name])) if _is_alone(number) else []
        yield from faults
        if faults:
            return


def _is_alone(number: Number) -> bool:
    """Say whether a number names no variable; that one does is a fault of its own."""
    try:
        Supports({}).span(number)
    except KeyError:
        return False
    return True
