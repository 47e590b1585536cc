"""See-through things: they have masks of their own, and everything else is as if they were not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthvision.labels import Labeller
from tests.unit.labels.hand_made import HandMadeStore, at, box, quad, scene


def glazed(made, *names):
    return replace(made, instances=tuple(replace(one, see_through=one.name in names) for one in made.instances))


def test_what_is_behind_is_seen_through():
    store = HandMadeStore(box=box(), quad=quad())
    things = [("quad", at(0, 3, 0), True), ("box", at(0, 6.5, 0), True)]
    labels = Labeller(store).label(glazed(scene(store, things), "quad/0"))
    pane, behind = labels.instances
    alone = Labeller(store).label(scene(store, [things[1]]))
    assert labels.depth.tobytes() == alone.depth.tobytes()
    assert labels.normals.tobytes() == alone.normals.tobytes()
    assert set(np.unique(labels.instance_map)) == {0, 2}
    # ±0.5 · 60 / 3 = ±10 px about (32, 24).
    assert (pane.bbox, pane.mask_px, pane.visibility, dict(pane.hidden_by)) == ((22, 14, 42, 34), 400, 1.0, {})
    assert pane.mask.shape == (20, 20)
    assert pane.mask.all()
    assert (pane.see_through, behind.see_through) == (True, False)
    assert (behind.visibility, dict(behind.hidden_by)) == (1.0, {})


def test_only_opaque_things_hide_a_see_through_one():
    store = HandMadeStore(box=box(), quad=quad())
    things = [
        ("quad", at(0, 3, 0), True),
        ("quad", at(0, 2.5, 0, 0.5), True),
        ("box", at(0.5, 2.5, 0), False),
        ("box", at(0.0, 6.0, 0), False),
    ]
    labels = Labeller(store).label(glazed(scene(store, things), "quad/0", "quad/1"))
    far, near = labels.instances
    # The box's near face is at z = 2 from x = 0 on, which is column 32 on.
    assert (far.amodal_px, far.mask_px, far.bbox) == (400, 200, (22, 14, 32, 34))
    assert dict(far.hidden_by) == {"box/2": 200}
    assert dict(near.hidden_by) == {"box/2": near.amodal_px - near.mask_px}
    assert near.amodal_bbox == (26, 18, 38, 30)
    assert not (labels.instance_map > 0).any()


def test_a_pane_in_an_opaque_surface_is_not_before_it():
    store = HandMadeStore(quad=quad())
    made = scene(store, [("quad", at(0, 3, 0), True), ("quad", at(0, 3, 0), True)])
    for name in ("quad/0", "quad/1"):
        labels = Labeller(store).label(glazed(made, name))
        assert {label.name: label.mask_px for label in labels.instances if label.see_through} == {name: 0}
        hidden = next(label for label in labels.instances if label.see_through)
        assert hidden.bbox is None
        assert hidden.mask.shape == (0, 0)
        assert sum(hidden.hidden_by.values()) == hidden.amodal_px == 400
