"""``require:`` – rules of a recipe judged on the labels of a frame, before anything is rendered."""

from __future__ import annotations

from collections.abc import Sequence

from synthvision.labels.types import InstanceLabel, Labels
from synthvision.recipe.model import Bounds, EachInstanceRule, InstanceRule, InstancesRequired, Rule

_QUANTITIES = ("visibility", "truncation", "mask_px", "box_side_px", "distance_m")


def broken_rules(rules: Sequence[Rule], labels: Labels) -> tuple[int, ...]:
    """Return the indices of the rules that the labels break; empty when the frame is acceptable."""
    return tuple(index for index, rule in enumerate(rules) if not _holds(rule, labels.instances))


def describe_rule(rule: Rule) -> str:
    """Return the rule as one would write it in a recipe, on one line."""
    kind, body = next(iter(rule.model_dump(exclude_none=True).items()))
    return f"{kind}: {_flow(body)}"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _holds(rule: Rule, instances: Sequence[InstanceLabel]) -> bool:
    if isinstance(rule, InstancesRequired):
        chosen = [instance for instance in instances if _of_category(rule.instances, instance)]
        return _within(rule.instances.count, sum(_meets(rule.instances, instance) for instance in chosen))
    each = rule.each_instance
    return all(_meets(each, instance) for instance in instances if _of_category(each, instance))


def _of_category(rule: InstanceRule | EachInstanceRule, instance: InstanceLabel) -> bool:
    return rule.category is None or rule.category == instance.category


def _meets(rule: InstanceRule | EachInstanceRule, instance: InstanceLabel) -> bool:
    bounds = ((name, getattr(rule, name)) for name in _QUANTITIES)
    return all(bound is None or _within(bound, quantity(instance, name)) for name, bound in bounds)


def _within(bounds: Bounds, value: float) -> bool:
    return (bounds.min is None or value >= bounds.min) and (bounds.max is None or value <= bounds.max)


def quantity(instance: InstanceLabel, name: str) -> float:
    """Return what a rule may bound; ``box_side_px`` is the shorter side of the tight visible box, 0 if it has none."""
    if name == "box_side_px":
        if instance.bbox is None:
            return 0.0
        x0, y0, x1, y1 = instance.bbox
        return float(min(x1 - x0, y1 - y0))
    return float(getattr(instance, name))
