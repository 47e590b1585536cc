"""Casting many small things together says, to the last bit, what casting them one by one says."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthvision.assets.types import Material, Texture
from synthvision.labels import Labeller, Labels
from synthvision.labels.batches import batchable
from synthvision.scene import Camera
from tests.unit.labels.hand_made import LOOKING_ALONG_Y, HandMadeStore, at, box, quad, scene, sphere

WIDE = Camera(160, 120, 100.0, 110.0, 81.0, 59.0, LOOKING_ALONG_Y)


def same_bits(one: Labels, other: Labels) -> None:
    """Fail if anything differs at all."""
    for name in ("instance_map", "category_map", "depth", "distance", "normals", "scene_map"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    for first, second in zip(one.instances, other.instances, strict=True):
        for field in fields(first):
            left, right = getattr(first, field.name), getattr(second, field.name)
            if isinstance(left, np.ndarray):
                assert (left.shape, left.dtype) == (right.shape, right.dtype), (first.name, field.name)
                assert left.tobytes() == right.tobytes(), (first.name, field.name)
            else:
                assert left == right, (first.name, field.name)


def make_store() -> HandMadeStore:
    holed = quad(Material(base_colour_texture=Texture("generated", "stripes"), alpha_cutoff=0.5))
    store = HandMadeStore(box=box(), sphere=sphere(2), quad=quad(), holed=holed)
    stripes = np.full((8, 8, 4), 255, np.uint8)
    stripes[:, 4:, 3] = 0
    store.images["stripes"] = stripes
    return store


def crowd(store: HandMadeStore, count: int, *, see_through_every: int = 0):
    random = np.random.default_rng(3)  # noqa: TID251 - a Generator with a fixed seed
    kinds = list(store.assets)
    things = []
    for number in range(count):
        turn = Rotation.from_quat(random.standard_normal(4)).as_matrix()
        pose = at(*random.uniform((-3.5, 2, -2.5), (3.5, 6, 2.5)), random.uniform(0.05, 0.5), turn)
        things.append((kinds[number % len(kinds)], pose, number % 5 != 0))
    made = scene(store, things, WIDE)
    if not see_through_every:
        return made
    through = [replace(one, see_through=n % see_through_every == 0) for n, one in enumerate(made.instances)]
    return replace(made, instances=tuple(through))


@pytest.mark.parametrize("see_through_every", [0, 3])
def test_together_and_one_by_one_are_the_same_to_the_last_bit(see_through_every: int):
    store = make_store()
    made = crowd(store, 400, see_through_every=see_through_every)
    together, alone = Labeller(store, small_px=100_000), Labeller(store, small_px=0)
    view = together.place(made)
    assert sum(map(len, batchable(view, frozenset(), 100_000))) > 150
    assert batchable(view, frozenset(), 0) == ()
    labels = together.label(made)
    same_bits(labels, alone.label(made))
    same_bits(labels, Labeller(store).label(made))
    assert sum(0 < label.mask_px < label.amodal_px for label in labels.instances) > 50
    assert sum(0 < label.truncation < 1 for label in labels.instances) > 10
    assert any(label.truncation == 1 for label in labels.instances)


def test_of_equal_depths_the_first_in_the_scene_is_seen_whoever_is_cast_first():
    """Two pairs in the same place: within one batch, and of a batch with what is cast alone."""
    store = make_store()
    one, other = at(-0.6, 3, 0, 0.5), at(0.6, 3, 0, 0.5)
    things = [("box", one, True), ("box", one, True), ("quad", at(0.6, 2.75, 0, 0.5), True), ("box", other, True)]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        made = scene(store, [things[index] for index in order])
        labels = Labeller(store).label(made)
        seen = {order[index]: int((labels.scene_map == index).sum()) for index in range(4)}
        same_bits(labels, Labeller(store, small_px=0).label(made))
        first = next(index for index in order if index in (0, 1))
        assert seen[first] > 0
        assert seen[1 - first] == 0
        flat = next(index for index in order if index in (2, 3))
        assert seen[flat] > 100
        hidden = labels.instances[order.index(5 - flat)]
        assert hidden.hidden_by == {made.instances[order.index(flat)].name: hidden.amodal_px - hidden.mask_px}


thing = st.tuples(
    st.sampled_from(["box", "sphere", "quad", "holed"]),
    st.floats(-2, 2),
    st.floats(0.0, 4),
    st.floats(-1.5, 1.5),
    st.floats(0.05, 0.8),
    st.integers(0, 10_000),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(thing, max_size=14))
def test_any_scene_is_the_same_both_ways(drawn):
    store = make_store()
    things = [
        (name, at(x, y, z, scale, Rotation.random(random_state=turn).as_matrix()), labelled)
        for name, x, y, z, scale, turn, labelled, _ in drawn
    ]
    made = scene(store, things)
    through = zip(made.instances, drawn, strict=True)
    made = replace(made, instances=tuple(replace(one, see_through=row[7]) for one, row in through))
    same_bits(Labeller(store, small_px=100_000).label(made), Labeller(store, small_px=0).label(made))
