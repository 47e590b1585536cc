from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body, shifted, touch
from synthvision.sampling.contacts import landed
from synthvision.sampling.shapes import Shape
from synthvision.scene.poses import identity, multiply, rotation_y, rotation_z, translation
from tests.unit.sampling.test_bodies import overlap_by_brute_force
from tests.unit.sampling.test_placing import bodies, scenes
from tests.unit.sampling.worlds import SOLIDS, group, mesh_of, sampler, within

SHAPES = {name: Shape(mesh_of(SOLIDS[name]({}))) for name in ("box", "can", "ball", "cup", "ring")}


def above(name: str, *, x: float = 0.0, turn: float = 0.3) -> Body:
    return Body(SHAPES[name], multiply(translation(x, 0, 0.5), rotation_z(turn)))


@pytest.mark.parametrize(
    ("upper", "lower", "height"),
    [
        ("box", "box", 0.06),
        ("can", "box", 0.06),
        ("box", "can", 0.12),
        ("ball", "can", 0.12),
        # The wall inside is 0.0275 + 0.01 wide at its rim and the foot 0.03, so a cup goes in to 0.025 above its floor.
        ("cup", "cup", 0.005 + 0.095 * 0.0025 / 0.0095),
    ],
)
def test_what_is_let_down_rests_at_the_height_where_the_meshes_meet(upper: str, lower: str, height: float) -> None:
    below = Body(SHAPES[lower], identity())
    landing = landed(above(upper, turn=0.0), below)
    assert landing is not None
    assert landing.stands
    assert landing.body.bounds[0, 2] == pytest.approx(height, abs=1e-4)
    assert not touch(landing.body, below)
    assert touch(shifted(landing.body, (0, 0, -1e-4)), below)


def test_edges_that_meet_first_hold_it_up() -> None:
    # Two roofs crosswise: no corner of one is over the other, only their ridges meet.
    below = Body(SHAPES["box"], multiply(translation(0, 0, 0.1), rotation_z(np.pi / 2), rotation_y(np.pi / 4)))
    roof = Body(SHAPES["box"], multiply(translation(0, 0, 0.5), rotation_y(np.pi / 4)))
    landing = landed(roof, below)
    assert landing is not None
    assert not overlap_by_brute_force(landing.body, below)
    assert touch(shifted(landing.body, (0, 0, -5e-5)), below)


def test_what_misses_or_would_tip_over_does_not_stand() -> None:
    below = Body(SHAPES["box"], identity())
    assert landed(above("can", x=0.5), below) is None
    leaning = landed(above("box", x=0.06, turn=0.0), below)
    assert leaning is not None
    assert not leaning.stands
    safe = landed(above("box", x=0.04, turn=0.0), below)
    assert safe is not None
    assert safe.stands


def stack(**keys: Any) -> dict[str, Any]:
    return {"stack": {"height": 4, "jitter_m": 0.004, "jitter_deg": 8} | keys}


@pytest.mark.parametrize("asset", ["box", "cup", "can"])
def test_stacks_touch_and_do_not_intersect(asset: str) -> None:
    for scene in scenes(2, objects=[group(asset=asset, count=9, place=stack())]):
        standing = bodies(scene)
        for lower, upper in itertools.pairwise(standing):
            assert not overlap_by_brute_force(lower, upper)
        for number, body in enumerate(standing):
            if number % 4 == 0:
                assert body.bounds[0, 2] == pytest.approx(0, abs=1e-6)
                continue
            assert touch(shifted(body, (0, 0, -1e-4)), standing[number - 1])
            off = body.pose[:2, 3] - standing[number - 1].pose[:2, 3]
            assert np.hypot(*off) <= 0.004
            turn = (standing[number - 1].pose[:3, :3].T @ body.pose[:3, :3])[0, 0]
            assert turn >= np.cos(np.radians(8)) - 1e-9


def test_a_deck_of_cards_is_a_stack_and_other_stacks_keep_away() -> None:
    card = group(name="card", asset="card", count=104, place=stack(height=52, jitter_m=0.001, jitter_deg=2))
    place = card["place"]["stack"] | within(0.12) | {"clearance_m": 0.01}
    for scene in scenes(2, objects=[card | {"place": {"stack": place}}]):
        standing = bodies(scene)
        decks = standing[:52], standing[52:]
        for deck in decks:
            heights = [body.bounds[0, 2] for body in deck]
            assert np.diff(heights) == pytest.approx([0.0003] * 51, abs=3e-5)
            for number, body in enumerate(deck):
                assert not any(touch(body, other) for other in deck[:number])
        for first, second in itertools.product(decks[0][::17], decks[1][::17]):
            assert not touch(first, second, 0.009)


def test_each_stack_has_a_height_of_its_own() -> None:
    heights = []
    for scene in scenes(8, objects=[group(asset="box", count=12, place=stack(height={"integers": [2, 4]}))]):
        on_ground = [number for number, body in enumerate(bodies(scene)) if body.bounds[0, 2] < 1e-6]
        heights += [after - before for before, after in itertools.pairwise(on_ground)]
    assert set(heights) == {2, 3, 4}


def test_stacks_stand_on_things_with_their_region() -> None:
    table = group(name="table", asset="table", category="base", place=within(0.2))
    for scene in scenes(3, objects=[table, group(name="can", asset="can", count=4, place=stack(on="table", height=2))]):
        heights = [body.bounds[0, 2] for body in bodies(scene, "can/")]
        assert heights == pytest.approx([0.3, 0.42, 0.3, 0.42], abs=1e-4)


def test_what_cannot_be_stacked_is_named() -> None:
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'box': each of the 4 instances must stand on the one below or begin a stack, clear of"
        r" everything else, within 100 tries, got 1 placed; ask for fewer objects or lower stacks, less jitter, shapes"
        r" that stand on each other, or a larger region$",
    ):
        sampler(objects=[group(count=4, place=stack(jitter_m=5))]).draw(0)
