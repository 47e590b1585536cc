from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import trimesh

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import near, shifted
from synthvision.sampling.shapes import Shape
from synthvision.scene import Scene
from tests.unit.sampling.test_bodies import overlap_by_brute_force
from tests.unit.sampling.test_placing import bodies, scenes
from tests.unit.sampling.worlds import SOLIDS, group, mesh_of, sampler, within

SHELF = {"name": "shelf", "asset": "shelf", "category": "base", "place": within(0.5)}
TOPS = (0.1, 0.5, 0.9, 1.2)


def goods(count: int, **keys: Any) -> dict[str, Any]:
    return group(name="goods", asset=["can", "box", "ball"], count=count, place={"shelf": {"of": "shelf"} | keys})


def local(scene: Scene) -> list[np.ndarray]:
    """The corners (N, 3) of each good in the shelf's own frame."""
    (shelf,) = bodies(scene, "shelf/")
    return [(body.corners.reshape(-1, 3) - shelf.pose[:3, 3]) @ shelf.pose[:3, :3] for body in bodies(scene, "goods/")]


def test_boards_are_found_with_their_rectangles_and_free_heights() -> None:
    boards = Shape(mesh_of(SOLIDS["shelf"]({}))).boards
    assert [board.height for board in boards] == pytest.approx(TOPS)
    assert [board.free for board in boards] == pytest.approx([0.38, 0.38, 0.28, np.inf], abs=1e-3)
    for board in boards[:3]:
        assert (board.left, board.right, board.front, board.back) == pytest.approx((-0.5, 0.5, -0.2, 0.2))


@pytest.mark.parametrize("solid", ["ball", "can"])
def test_what_has_one_top_has_at_most_one_board(solid: str) -> None:
    assert len(Shape(mesh_of(SOLIDS[solid]({}))).boards) == (solid == "can")


@pytest.mark.parametrize("keys", [{}, {"facings": 3, "deep": 3, "gap_m": 0.01, "jitter_deg": 10}])
def test_goods_stand_on_boards_inside_the_shelf_and_clear_of_each_other(keys: dict[str, Any]) -> None:
    for scene in scenes(2, objects=[goods(36, **keys), SHELF]):
        standing, corners = bodies(scene, "goods/"), local(scene)
        (shelf,) = bodies(scene, "shelf/")
        for points in corners:
            low, high = points.min(axis=0), points.max(axis=0)
            level = int(np.argmin(np.abs(np.array(TOPS) - low[2])))
            assert low[2] == pytest.approx(TOPS[level], abs=1e-6)
            assert level == 3 or high[2] < TOPS[level + 1] - 0.02
            assert low[0] >= -0.52
            assert high[0] <= 0.52
            assert low[1] >= -0.2
        for first, second in itertools.combinations(standing, 2):
            assert not near(first.bounds, second.bounds[None], 0.0) or not overlap_by_brute_force(first, second)
        for body in standing[::5]:
            assert not overlap_by_brute_force(shifted(body, (0, 0, 1e-4)), shelf)
        # Every board has its share.
        assert {int(np.argmin(np.abs(np.array(TOPS) - points[:, 2].min()))) for points in corners} == {0, 1, 2, 3}


def test_neighbours_keep_their_gap_and_the_front_is_in_line() -> None:
    place = {"gap_m": 0.02, "fill": 1.0, "jitter_deg": 0.0, "facings": 4}
    (scene,) = scenes(1, objects=[goods(16, **place) | {"asset": "can"}, SHELF])
    corners = local(scene)
    assert [points[:, 1].min() for points in corners] == pytest.approx([-0.18] * 16, abs=1e-6)
    for first in range(0, 16, 4):
        lefts = [points[:, 0].min() for points in corners[first : first + 4]]
        assert np.diff(lefts) == pytest.approx([0.066 + 0.02] * 3, abs=1e-4)


def test_facings_repeat_one_look_and_depth_stands_behind() -> None:
    colours = {"material": {"colour": {"hsv": [[0, 1], [0.5, 1], [0.5, 1]]}}}
    place = {"facings": 2, "deep": 2, "fill": 1.0}
    for scene in scenes(3, objects=[goods(24, **place) | colours | {"asset": "can"}, SHELF]):
        instances = [one for one in scene.instances if one.name.startswith("goods/")]
        for first in range(0, 24, 4):
            assert len({(one.asset, one.materials) for one in instances[first : first + 4]}) == 1
        assert len({one.materials for one in instances}) == 6
        corners = local(scene)
        for first in range(0, 24, 2):
            assert corners[first + 1][:, 1].min() > corners[first][:, 1].max()


def test_goods_face_the_front_but_for_a_jitter() -> None:
    turns = []
    for scene in scenes(4, objects=[goods(24, jitter_deg=20), SHELF]):
        (shelf,) = bodies(scene, "shelf/")
        for body in bodies(scene, "goods/"):
            turned = shelf.pose[:3, :3].T @ body.pose[:3, :3]
            turns.append(np.degrees(np.arctan2(turned[1, 0], turned[0, 0])))
    assert np.abs(turns).max() <= 20
    assert np.std(turns) == pytest.approx(20 / np.sqrt(3), rel=0.2)


def test_places_are_left_out() -> None:
    def length_of_rows(fill: float) -> float:
        place = {"fill": fill, "jitter_deg": 0.0}
        drawn = scenes(6, objects=[goods(20, **place) | {"asset": "can"}, SHELF])
        return float(np.mean([max(points[:, 0].max() for points in local(scene)) for scene in drawn]))

    assert length_of_rows(0.5) > length_of_rows(1.0) + 0.2


def test_more_goods_than_places_and_things_without_boards_are_named() -> None:
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'goods': each of the 500 instances must find a place on the 4 boards of 'shelf', got"
        r" \d\d placed; ask for fewer or smaller objects, less fill or gap_m, or for more or larger shelves$",
    ):
        sampler(objects=[goods(500), SHELF]).draw(0)
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'goods': shelf\.of must be things with level boards that stand upright, got 'shelf',"
        r" where none is found$",
    ):
        sampler(objects=[goods(1), SHELF | {"asset": "ball"}]).draw(0)


def test_a_lip_along_the_front_is_left_free() -> None:
    lips = [trimesh.creation.box((1, 0.01, 0.05)).apply_translation((0, -0.195, top + 0.024)) for top in TOPS[:3]]
    shape = Shape(mesh_of(trimesh.util.concatenate([SOLIDS["shelf"]({}), *lips])))
    boards = shape.boards
    assert [board.height for board in boards] == pytest.approx(TOPS)
    for board in boards[:3]:
        assert -0.19 <= board.front < -0.17
        assert board.free == pytest.approx(0.28 if board.height > 0.8 else 0.38, abs=1e-3)
