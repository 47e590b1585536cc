"""``require:`` judged on labels."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from synthvision.labels import Labeller
from synthvision.labels.rules import broken_rules, describe_rule, greatest_overlap
from synthvision.recipe.model import Rule
from tests.unit.labels.hand_made import HandMadeStore, at, box, quad, scene


@pytest.fixture(scope="module")
def labels():
    """A box half hidden by a distractor (50 of 100 px seen, box 5 × 10 px, 6.5 m away), a whole quad (400 px, 3 m)."""
    store = HandMadeStore(box=box(), quad=quad())
    things = [("box", at(0, 6.5, 0), True), ("quad", at(0.5, 3, 0), False), ("quad", at(-0.9, 3, 0), True)]
    return Labeller(store).label(scene(store, things))


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"instances": {"category": "box"}}, True),
        ({"instances": {"category": "box", "visibility": {"min": 0.5}}}, True),
        ({"instances": {"category": "box", "visibility": {"min": 0.51}}}, False),
        ({"instances": {"count": {"min": 2, "max": 2}}}, True),
        ({"instances": {"count": {"max": 1}}}, False),
        ({"instances": {"mask_px": {"min": 51}, "count": {"min": 2}}}, False),
        ({"instances": {"box_side_px": {"min": 5, "max": 5}, "count": {"min": 1}}}, True),
        ({"instances": {"distance_m": {"min": 6.4, "max": 6.6}, "count": {"min": 1}}}, True),
        ({"instances": {"truncation": {"min": 0.01}, "count": {"max": 0}}}, True),
        ({"each_instance": {"visibility": {"min": 0.6}}}, False),
        ({"each_instance": {"category": "quad", "visibility": {"min": 0.6}}}, True),
        ({"each_instance": {"category": "cat", "visibility": {"min": 1}}}, True),
        ({"overlap": {"iou": {"max": 0}}}, True),
        ({"overlap": {"iou": {"min": 0.01}}}, False),
        ({"nearest": {"distance_m": {"min": 3}}}, True),
        ({"nearest": {"distance_m": {"min": 3.1}}}, False),
        ({"nearest": {"distance_m": {"min": 3.1}, "ignore_share": 0.27}}, True),
        ({"categories": {"count": {"min": 1, "max": 1}}}, True),
        ({"categories": {"count": {"min": 2}}}, False),
        ({"coverage": {"share": {"min": 0.146, "max": 0.147}}}, True),
        ({"coverage": {"category": "box", "share": {"min": 0.016, "max": 0.0163}}}, True),
        ({"coverage": {"category": "cat", "share": {"max": 0}}}, True),
        ({"balance": {}}, True),
    ],
)
def test_rules(labels, rule, holds):
    parsed = TypeAdapter(Rule).validate_python(rule)
    assert broken_rules([parsed], labels) == (() if holds else (0,))


def test_overlap_is_of_the_visible_boxes_of_the_two_that_overlap_most():
    store = HandMadeStore(quad=quad())
    things = [("quad", at(0, 3, 0), True), ("quad", at(0.25, 2.999, 0), True), ("quad", at(-0.9, 3, 0), True)]
    labels = Labeller(store).label(scene(store, things))
    (x0, _, x1, _), (x2, _, x3, _) = labels.instances[0].bbox, labels.instances[1].bbox
    common = max(min(x1, x3) - max(x0, x2), 0)
    assert greatest_overlap(labels.instances) == pytest.approx(common / (x3 - x2 + x1 - x0 - common), abs=0.06)


def test_a_rule_is_described_as_one_writes_it():
    rule = TypeAdapter(Rule).validate_python({"instances": {"category": "mug", "visibility": {"min": 0.2}}})
    assert describe_rule(rule) == "instances: {category: mug, visibility: {min: 0.2}, count: {min: 1}}"
