from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from synthvision.errors import PlacementError
from synthvision.scene.poses import as_array
from tests.unit.sampling.test_bodies import gap_by_brute_force, overlap_by_brute_force
from tests.unit.sampling.test_placing import bodies, scenes
from tests.unit.sampling.worlds import group, sampler, within


def grid(**keys: Any) -> dict[str, Any]:
    return {"grid": {"columns": 3, "rows": 2, "pitch_m": [0.2, 0.3]} | keys}


def origins(scene: Any, count: int) -> np.ndarray:
    return np.array([as_array(one.object_to_world)[:3, 3] for one in scene.instances[:count]])


def test_a_grid_fills_row_by_row_at_exact_places() -> None:
    (scene,) = scenes(1, objects=[group(asset="can", count=5, place=grid(centre_m=[1, 2]))])
    expected = [[0.8, 1.85], [1.0, 1.85], [1.2, 1.85], [0.8, 2.15], [1.0, 2.15]]
    assert origins(scene, 5)[:, :2] == pytest.approx(np.array(expected))
    assert origins(scene, 5)[:, 2] == pytest.approx(0, abs=1e-7)


def test_a_grid_turns_about_its_middle_and_its_numbers_may_be_drawn() -> None:
    place = grid(heading_deg=90, centre_m=[{"uniform": [1, 2]}, 0], pitch_m=[{"uniform": [0.2, 0.4]}, 0.3])
    for scene in scenes(3, objects=[group(asset="can", count=6, place=place)]):
        points = origins(scene, 6)[:, :2]
        middle = points.mean(axis=0)
        assert 1 <= middle[0] <= 2
        assert middle[1] == pytest.approx(0)
        pitch = points[1] - points[0]
        assert pitch[0] == pytest.approx(0)
        assert 0.2 <= pitch[1] <= 0.4
        assert points[3] - points[0] == pytest.approx((-0.3, 0))


def test_jitter_moves_each_instance_within_its_disc() -> None:
    offsets = []
    for scene in scenes(16, objects=[group(asset="can", count=6, place=grid(jitter_m=0.03))]):
        lattice = np.array([[x, y] for y in (-0.15, 0.15) for x in (-0.2, 0, 0.2)])
        offsets += np.linalg.norm(origins(scene, 6)[:, :2] - lattice, axis=1).tolist()
    assert max(offsets) <= 0.03
    # Uniform in area: half of them are beyond 0.03 / sqrt(2).
    assert np.mean(np.array(offsets) > 0.03 / math.sqrt(2)) == pytest.approx(0.5, abs=0.06)


def test_a_grid_stands_on_each_support_and_turns_with_it() -> None:
    table = group(name="table", asset="table", category="base", count=2, place=within(2))
    for scene in scenes(3, objects=[table, group(name="can", asset="can", count=8, place=grid(on="table", rows=2))]):
        tables, cans = bodies(scene, "table/"), bodies(scene, "can/")
        for number, can in enumerate(cans):
            home = tables[number // 6]
            local = (can.pose[:3, 3] - home.pose[:3, 3]) @ home.pose[:3, :3]
            row, column = divmod(number % 6, 3)
            assert local == pytest.approx((0.2 * (column - 1), 0.3 * (row - 0.5), 0.3), abs=1e-6)


def test_a_grid_that_is_too_small_or_taken_is_named() -> None:
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'can': count must be at most the places of the grid, 3 columns x 2 rows, got 7; ask"
        r" for fewer objects, or for more columns or rows$",
    ):
        sampler(objects=[group(asset="can", count=7, place=grid())]).draw(0)
    pillar = group(name="pillar", asset="can", category="base", place={"at_m": [0.2, 0.15, 0]})
    with pytest.raises(
        PlacementError,
        match=r"^frame 0: objects 'can': each of the 6 instances must fit at its place of the grid, got 5 placed: at"
        r" row 2, column 3 something is in the way or nothing flat is underneath; make pitch_m larger or the objects"
        r" smaller, or move the grid$",
    ):
        sampler(objects=[pillar, group(name="can", asset="can", count=6, place=grid())]).draw(0)


def poisson(**keys: Any) -> dict[str, Any]:
    return {"poisson_disk": {"spacing_m": 0.12, "within": {"disc": {"radius_m": 0.4}}} | keys}


def test_poisson_disks_keep_their_distance_and_are_clear_of_everything_else() -> None:
    pillars = group(name="pillar", asset="box", category="base", count=3, place=within(0.3))
    closest = []
    for scene in scenes(4, objects=[pillars, group(name="can", asset="can", count=20, place=poisson())]):
        cans, others = bodies(scene, "can/"), bodies(scene, "pillar/")
        points = np.array([can.pose[:2, 3] for can in cans])
        assert (np.linalg.norm(points, axis=1) <= 0.4).all()
        closest.append(min(np.linalg.norm(a - b) for a, b in itertools.combinations(points, 2)))
        for can, other in itertools.product(cans, others):
            assert not overlap_by_brute_force(can, other)
            assert gap_by_brute_force(can, other) > 0.0015
    assert 0.12 <= min(closest) < 0.14


def test_poisson_disks_pack_denser_than_a_loose_search_would() -> None:
    # The region holds 4 * 0.4 / 0.12^2 ... discs; dart throwing jams at a share of 0.547 of the area.
    region = (0.4 + 0.06) ** 2 / 0.06**2
    for scene in scenes(2, objects=[group(asset="can", scale=0.5, count=int(0.4 * region), place=poisson())]):
        assert len(bodies(scene)) == int(0.4 * region)


def test_spacing_that_cannot_be_kept_is_named() -> None:
    with pytest.raises(
        PlacementError,
        match=r"^frame 2: objects 'can': each of the 20 instances must find a free place by poisson_disk, 0\.5 m from"
        r" the next, within 600 tries, got \d placed; ask for fewer objects or less spacing_m, or for a larger region$",
    ):
        sampler(objects=[group(asset="can", count=20, place=poisson(spacing_m=0.5))]).draw(2)
    nothing = group(name="base", asset="table", category="base", count=0)
    with pytest.raises(PlacementError, match=r"place\.poisson_disk\.on must be a group with an instance in the frame"):
        sampler(objects=[nothing, group(asset="can", place=poisson(on="base"))]).draw(0)
