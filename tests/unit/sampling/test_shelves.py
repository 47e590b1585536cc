from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import trimesh

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body, near, shifted
from synthvision.sampling.placing import Around, Arrangement
from synthvision.sampling.placing.rows import Row, Upright, rows_of
from synthvision.sampling.shapes import Shape
from synthvision.scene import Scene
from synthvision.scene.poses import identity, multiply, rotation_z, translation
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
        r" \d\d placed; ask for fewer or smaller objects, less fill or gap_m, more or larger shelves, or leave out the"
        r" rest \(surplus: leave_out\)$",
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


def widths(scene: Scene, of: str, level: int) -> list[tuple[float, float]]:
    """The extents along a board of what stands on it, in the shelf's own frame, from left to right."""
    (shelf,) = bodies(scene, "shelf/")
    moved = [(body.corners.reshape(-1, 3) - shelf.pose[:3, 3]) @ shelf.pose[:3, :3] for body in bodies(scene, of)]
    on_board = [points for points in moved if abs(points[:, 2].min() - TOPS[level]) < 1e-4]
    return sorted((float(points[:, 0].min()), float(points[:, 0].max())) for points in on_board)


def full(name: str, asset: str, **keys: Any) -> dict[str, Any]:
    place = {"of": "shelf", "surplus": "leave_out", "fill": 1.0, "jitter_deg": 0.0} | keys
    return group(name=name, asset=asset, count=500, place={"shelf": place})


def test_what_finds_no_room_is_left_out_on_request() -> None:
    for scene in scenes(2, objects=[full("goods", "can", gap_m=0.01), SHELF]):
        for level in range(4):
            row = widths(scene, "goods/", level)
            # 0.01 + 13 * (0.066 + 0.01) is the first that is more than the metre.
            assert len(row) == 13
            gaps = [after[0] - before[1] for before, after in itertools.pairwise(row)]
            assert gaps == pytest.approx([0.01] * 12, abs=1e-6)
        assert [one.name for one in scene.instances[:52]] == [f"goods/{number}" for number in range(52)]
        assert [one.instance_id for one in scene.instances[:-1]] == list(range(1, 54))


def test_what_fits_beside_what_stands_there_does_so_closely() -> None:
    first = group(name="first", asset="box", count=12, place={"shelf": {"of": "shelf", "fill": 1.0, "jitter_deg": 0.0}})
    things = [first, full("goods", "can", gap_m=0.0), SHELF]
    for scene in scenes(2, objects=things):
        for level in range(3):
            both = sorted(widths(scene, "goods/", level) + widths(scene, "first/", level))
            *rooms, last = [after[0] - before[1] for before, after in itertools.pairwise([*both, (0.5, 0.5)])]
            assert max(rooms) < 0.0051
            assert min(rooms) > -1e-6
            assert last < 0.066
            assert both[0][0] == pytest.approx(-0.495)


def test_groups_begin_on_boards_of_their_own() -> None:
    begun = set()
    for scene in scenes(12, objects=[goods(1, fill=1.0), SHELF]):
        (points,) = local(scene)
        begun.add(int(np.argmin(np.abs(np.array(TOPS) - points[:, 2].min()))))
    assert begun == {0, 1, 2, 3}


def boarded(*more: trimesh.Trimesh, level: int = 0) -> Row:
    """A board of the shelf with more on it, as one mesh."""
    shape = Shape(mesh_of(trimesh.util.concatenate([SOLIDS["shelf"]({}), *more])))
    return rows_of(Body(shape, identity()), Around(Arrangement(), None, no_image))[level]


def no_image(name: str) -> np.ndarray:
    raise AssertionError(name)


CAN = Upright.of(Body(Shape(mesh_of(SOLIDS["can"]({}))), identity()))


def left_of(found: tuple[Body, float] | None) -> float:
    assert found is not None
    assert found[0].bounds[0, 0] == pytest.approx(found[1] - 0.5)
    return found[1]


def test_a_divider_is_passed_at_its_far_side() -> None:
    divider = trimesh.creation.box((0.004, 0.3, 0.1)).apply_translation((-0.3, 0.05, 0.1495))
    row = boarded(divider)
    assert left_of(row.find(CAN, 0.0, 0.0)) == 0
    # It takes 0.198 … 0.202 of the board.
    assert left_of(row.find(CAN, 0.13, 0.15)) == 0.13
    assert left_of(row.find(CAN, 0.14, 0.15)) == pytest.approx(0.202, abs=2e-4)
    assert row.at(CAN, 0.15, 0.15) is None
    # Before it there is room.
    assert left_of(row.find(CAN, 0.15, 0.03)) == 0.15
    assert row.at(CAN, 0.15, 0.03) is not None


def test_a_slope_is_passed_where_it_is_low_enough() -> None:
    # A wedge over the left, held a little above the board: 0.2 high at the end, 0 high in the middle.
    wedge = trimesh.Trimesh(
        [[x, y, z] for y in (-0.2, 0.2) for x, z in ((-0.5, 0.0), (0.0, 0.0), (-0.5, 0.2))],
        [[0, 1, 2], [3, 5, 4], [0, 3, 4], [0, 4, 1], [1, 4, 5], [1, 5, 2], [2, 5, 3], [2, 3, 0]],
    )
    arrangement, shelf = Arrangement(), Body(Shape(mesh_of(SOLIDS["shelf"]({}))), identity())
    arrangement.add("wedge", Body(Shape(mesh_of(wedge)), translation(0, 0, 0.1 + 0.08)))
    row = rows_of(shelf, Around(arrangement, None, no_image))[0]
    # A can that is 0.12 high goes under the wedge no further than it is 0.04 high there.
    assert left_of(row.find(CAN, 0.0, 0.05)) == pytest.approx(0.5, abs=1e-3)
    low = Upright.of(Body(Shape(mesh_of(SOLIDS["stone"]({}))), identity()))
    assert left_of(row.find(low, 0.0, 0.05)) == 0


def test_what_reaches_in_from_elsewhere_is_passed() -> None:
    arrangement = Arrangement()
    shelf = Body(Shape(mesh_of(SOLIDS["shelf"]({}))), multiply(translation(1, 2, 0), rotation_z(1.0)))
    lamp = Body(Shape(mesh_of(SOLIDS["ball"]({}))), multiply(shelf.pose, translation(-0.3, -0.1, 0.11)))
    arrangement.add("lamp", lamp)
    row = rows_of(shelf, Around(arrangement, None, no_image))[0]
    found = row.find(CAN, 0.13, 0.05)
    assert found is not None
    assert 0.23 < found[1] < 0.2405
    assert not overlap_by_brute_force(found[0], lamp)
    again = row.find(CAN, 0.05, 0.05)
    assert again is not None
    assert again[1] == 0.05


def test_holes_bear_nothing() -> None:
    # A board with a hole of 0.1 in its middle, that is open to the front.
    x, y = (-0.5, -0.05, 0.05, 0.5), (-0.2, 0.18, 0.2)
    cells = [(i, j) for i in range(3) for j in range(2) if (i, j) != (1, 0)]
    faces = [[[a, a + 1, a + 5], [a, a + 5, a + 4]] for a in (i + 4 * j for i, j in cells)]
    board = trimesh.Trimesh([[one, two, 0.5] for two in y for one in x], np.array(faces).reshape(-1, 3))
    foot = trimesh.creation.icosphere(subdivisions=1, radius=0.05)
    shape = Shape(mesh_of(trimesh.util.concatenate([board, foot])))
    (row,) = rows_of(Body(shape, identity()), Around(Arrangement(), None, no_image))
    assert left_of(row.find(CAN, 0.3, 0.05)) == 0.3
    # A can whose rim is over the hole is not borne.
    assert left_of(row.find(CAN, 0.4, 0.05)) == pytest.approx(0.55, abs=0.006)
    assert left_of(row.find(CAN, 0.4, 0.0)) == pytest.approx(0.55, abs=0.006)
