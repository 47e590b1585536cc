"""``require:`` – rules of a recipe judged on the labels of a frame, before anything is rendered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvision.labels.types import InstanceLabel, Labels
from synthvision.recipe.rules import (
    BalanceRequired,
    Bounds,
    CategoriesRequired,
    CategoriesRule,
    CoverageRequired,
    EachInstanceRequired,
    EachInstanceRule,
    InstanceRule,
    InstancesRequired,
    NearestRequired,
    OverlapRequired,
    Rule,
)

_QUANTITIES = ("visibility", "truncation", "mask_px", "box_side_px", "distance_m")


def broken_rules(rules: Sequence[Rule], labels: Labels) -> tuple[int, ...]:
    """Return the indices of the rules that the labels break; empty when the frame is acceptable."""
    return tuple(index for index, rule in enumerate(rules) if not _holds(rule, labels))


def describe_rule(rule: Rule) -> str:
    """Return the rule as one would write it in a recipe, on one line."""
    kind, body = next(iter(rule.model_dump(exclude_none=True).items()))
    return f"{kind}: {_flow(body)}"


def rule_name(rules: Sequence[Rule], index: int) -> str:
    """Return what one of the rules is called where refusals are told: its place in the recipe, and the rule."""
    return f"require[{index}] ({describe_rule(rules[index])})"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _holds(rule: Rule, labels: Labels) -> bool:  # noqa: PLR0911 - one for each kind of rule
    instances = labels.instances
    match rule:
        case InstancesRequired(instances=asked):
            chosen = [instance for instance in instances if _of_category(asked, instance)]
            return _within(asked.count, sum(_meets(asked, instance) for instance in chosen))
        case EachInstanceRequired(each_instance=each):
            return all(_meets(each, instance) for instance in instances if _of_category(each, instance))
        case OverlapRequired(overlap=asked):
            return _within(asked.iou, greatest_overlap(instances, asked.category))
        case NearestRequired(nearest=asked):
            return _within(asked.distance_m, nearest_depth(labels, asked.ignore_share))
        case CategoriesRequired(categories=asked):
            seen = (instance for instance in instances if instance.mask_px and _visible_enough(asked, instance))
            return _within(asked.count, len({instance.category_id for instance in seen}))
        case CoverageRequired(coverage=asked):
            return _within(asked.share, coverage(labels, asked.category))
        case BalanceRequired():
            # Of the dataset, not of a frame: see ``synthvision.run.balancing``.
            return True


def greatest_overlap(instances: Sequence[InstanceLabel], category: str | None = None) -> float:
    """Return the greatest intersection over union of the visible boxes of two instances; decals do not count."""
    boxes = np.array(
        [
            instance.bbox
            for instance in instances
            if instance.bbox and instance.on < 0 and category in (None, instance.category)
        ],
        np.float64,
    ).reshape(-1, 4)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=2)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    shares = common / np.maximum(areas[:, None] + areas[None] - common, 1)
    np.fill_diagonal(shares, 0)
    return float(shares.max(initial=0.0))


def nearest_depth(labels: Labels, ignore_share: float) -> float:
    """Return the depth (m) that no more than a share of the image's pixels are nearer than; inf if nothing is there."""
    depth = np.where(labels.depth > 0, labels.depth, np.inf).ravel()
    rank = min(int(ignore_share * len(depth)), len(depth) - 1)
    return float(np.partition(depth, rank)[rank])


def coverage(labels: Labels, category: str | None = None) -> float:
    """Return the share of the image's pixels that show a labelled instance (of a category)."""
    ids = [instance.instance_id for instance in labels.instances if category in (None, instance.category)]
    return float(np.isin(labels.instance_map, ids).mean())


def _visible_enough(rule: CategoriesRule, instance: InstanceLabel) -> bool:
    return rule.visibility is None or _within(rule.visibility, instance.visibility)


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
