"""Bins are hollow, belts are flat, holes go through; and the flat outlines that plates are cut from."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.industry.milling import milled
from synthvision.assets.generators.slabs import hole, inset, rounded_rectangle, slab, stadium, triangulated
from synthvision.assets.generators.solids import Points
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Mesh
from synthvision.errors import AssetError
from tests.unit.assets_generated.test_families import shells


def area(loop: Points) -> float:
    x, y = loop.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def solid_of(mesh: Mesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)


def genera(mesh: Mesh) -> list[int]:
    """Return how many handles each closed shell has, most first."""
    parts, found = shells(mesh), []
    for part in np.unique(parts):
        triangles = mesh.triangles[parts == part]
        euler = len(np.unique(triangles)) - len(triangles) * 3 // 2 + len(triangles)
        found.append(1 - euler // 2)
    return sorted(found, reverse=True)


def height_at(mesh: Mesh, x: float, y: float) -> float:
    return float(solid_of(mesh).ray.intersects_location([[x, y, 9.0]], [[0, 0, -1.0]], multiple_hits=False)[0][0][2])


@given(
    count=st.integers(0, 9),
    seed=st.integers(0, 10_000),
    columns=st.integers(3, 24),
    turn=st.floats(0.0, 1.0),
)
@settings(max_examples=40, deadline=None)
def test_triangles_cover_the_outline_less_its_holes(count: int, seed: int, columns: int, turn: float) -> None:
    outline = rounded_rectangle(0.9, 0.9, 0.05 + 0.2 * (seed % 7) / 7, 1 + seed % 5)
    cells = np.argsort(series(9, seed), kind="stable")[:count]
    holes = [hole(0.08, (0.25 * (cell % 3 - 1), 0.25 * (cell // 3 - 1)), columns, turn) for cell in cells.tolist()]
    triangles = triangulated(outline, holes)
    points = np.concatenate([outline, *holes])
    areas = np.array([area(points[triangle]) for triangle in triangles])
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(area(outline) + sum(area(loop) for loop in holes))
    assert len(triangles) == len(points) + 2 * count - 2
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    assert len(np.unique(sides, axis=0)) == len(sides)


def test_concave_outline_is_filled_only_inside() -> None:
    letter = np.array([(0, 0), (3, 0), (3, 1), (1, 1), (1, 2), (3, 2), (3, 3), (0, 3)], float)
    triangles = triangulated(letter)
    assert sum(area(letter[triangle]) for triangle in triangles) == pytest.approx(7.0)


def test_hole_outside_is_refused() -> None:
    with pytest.raises(
        AssetError, match=r"^slab: every hole must lie inside the outline, got one at .* m that does not$"
    ):
        slab(rounded_rectangle(0.1, 0.1, 0.01), [hole(0.01, (0.2, 0.0)), hole(0.01, (0.0, 0.0))], (0.0, 0.01))


def test_outline_that_crosses_itself_is_refused() -> None:
    with pytest.raises(AssetError, match=r"^slab: outline and holes must not cross .*, got ones that do$"):
        triangulated(np.array([(0, 0), (1, 1), (1, 0), (0, 1)], float))


def test_inset_moves_every_side_into_the_material() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    assert inset(square, 0.1) == pytest.approx(0.1 + 0.8 * square)
    ring = hole(0.5, (0.0, 0.0), 64)
    assert np.linalg.norm(inset(ring, 0.1), axis=1).min() > 0.59
    assert area(stadium(3.0, 0.5, 40)) == pytest.approx(2.0 + np.pi / 4, rel=1e-3)


def test_milled_block_has_the_volume_of_its_cuts() -> None:
    outline, pocket = rounded_rectangle(1.0, 0.6, 0.1, 6), rounded_rectangle(0.4, 0.3, 0.05, 4)[::-1]
    through = hole(0.05, (0.4, 0.2), 24)
    solid = milled(outline, 0.3, chamfer=1e-4, holes=[through], pockets=[(pocket, 0.1)], under=[(pocket, 0.05)])
    corners = solid.corners
    volume = np.einsum("tx,tx->t", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(0.3 * (area(outline) + area(through)) + 0.25 * area(pocket), rel=2e-3)


@pytest.mark.parametrize("length", [0.3, 0.6])
def test_tote_bin_is_open_with_walls_of_3_mm(length: float) -> None:
    mesh = GENERATORS["tote_bin"]({"length_m": length}).mesh
    size = mesh.bounds[1] - mesh.bounds[0]
    assert size[:2] == pytest.approx([length, length / 1.5])
    assert height_at(mesh, 0.0, 0.0) < 0.08 * size[2]
    body = solid_of(mesh)
    hits = body.ray.intersects_location([[-1.0, 0.3 * size[1], 0.55 * size[2]]], [[1.0, 0.0, 0.0]])[0][:, 0]
    wall = np.sort(hits)[:2]
    assert wall[1] - wall[0] == pytest.approx(0.003, rel=0.25)
    assert body.volume < 0.2 * float(np.prod(size))


def test_pallet_has_twenty_boards_and_is_144_mm_high() -> None:
    mesh = GENERATORS["pallet"]({"width_m": 0.8}).mesh
    assert mesh.bounds[1] - mesh.bounds[0] == pytest.approx([1.2, 0.8, 0.144], abs=1e-6)
    assert len(np.unique(shells(mesh))) == 20
    # A fork goes in from either side, between the runners and the cross boards.
    body = solid_of(mesh)
    for origin, way in (([-2.0, 0.2, 0.06], [1.0, 0, 0]), ([0.25, -2.0, 0.06], [0, 1.0, 0])):
        assert not body.ray.intersects_any([origin], [way])[0]


def test_belt_is_flat_on_top_at_its_height() -> None:
    asset = GENERATORS["conveyor"]({"height_m": 0.8, "belt_m": 0.5, "length_m": 2.0, "rails": 0})
    assert [material.name for material in asset.materials] == ["belt", "frame", "rail", "roller"]
    belt = asset.mesh.vertices[asset.mesh.triangles[asset.mesh.slots == 0]].reshape(-1, 3)
    assert belt[:, 2].max() == pytest.approx(0.8, abs=1e-6)
    assert np.ptp(belt[:, :2], axis=0) == pytest.approx([2.0, 0.5], abs=1e-6)
    for x in (-0.9, 0.0, 0.9):
        for y in (-0.24, 0.0, 0.24):
            assert height_at(asset.mesh, x, y) == pytest.approx(0.8, abs=1e-6)
    assert asset.mesh.bounds[1, 2] == pytest.approx(0.8, abs=1e-6), "nothing stands above the belt without rails"
    assert GENERATORS["conveyor"]({"height_m": 0.8}).mesh.bounds[1, 2] > 0.84


def test_flange_has_a_bore_and_its_bolt_holes() -> None:
    for bolts in (4, 8):
        assert genera(GENERATORS["flange"]({"bolts": bolts}).mesh) == [bolts + 1]


def test_machined_block_has_six_through_holes_and_blind_bosses() -> None:
    assert genera(GENERATORS["machined_block"]({"bores": 3}).mesh) == [6, 0, 0, 0]


@pytest.mark.parametrize("holes", [1, 3])
def test_bracket_is_one_bent_sheet_with_holes_in_both_legs(holes: int) -> None:
    mesh = GENERATORS["sheet_bracket"]({"holes": holes, "length_m": 0.06, "leg": 0.8, "sheet_m": 0.002}).mesh
    assert genera(mesh) == [2 * holes]
    assert mesh.bounds[1] - mesh.bounds[0] == pytest.approx([0.06, 0.042, 0.048], rel=1e-3)
    upright = np.abs(mesh.vertices[:, 0] - mesh.bounds[1, 0]) < 1e-5
    assert np.ptp(mesh.vertices[upright, 2]) > 0.03, "the standing leg is at a right angle"


def test_tee_has_three_mouths_and_one_hollow() -> None:
    mesh = GENERATORS["t_joint"]({}).mesh
    assert genera(mesh) == [2]
    ray = solid_of(mesh).ray
    axis, height = float(mesh.bounds[0, 0]) + 0.0124, 0.0124
    assert not ray.intersects_any([[axis, -1.0, height]], [[0.0, 1.0, 0.0]])[0], "the run is open from end to end"
    into = ray.intersects_location([[1.0, 0.0, height]], [[-1.0, 0.0, 0.0]], multiple_hits=False)[0]
    assert into[0][0] < axis - 0.005, "a look into the branch ends on the far wall of the run"


def test_connecting_rod_has_two_bores() -> None:
    assert genera(GENERATORS["connecting_rod"]({}).mesh)[:3] == [1, 1, 0]


def test_hook_is_open() -> None:
    mesh = GENERATORS["hook"]({"diameter_m": 0.03, "wire": 0.15}).mesh
    assert genera(mesh) == [0]
    assert mesh.bounds[1, 2] == pytest.approx(0.03 * 0.15, rel=0.02)
    assert solid_of(mesh).volume < 0.4 * solid_of(mesh).convex_hull.volume


@pytest.mark.parametrize("name", ["t_joint", "hook", "clip", "l_bracket", "connecting_rod", "sheet_bracket"])
def test_parts_for_bins_are_concave(name: str) -> None:
    body = solid_of(GENERATORS[name]({}).mesh)
    assert body.volume < 0.75 * body.convex_hull.volume
