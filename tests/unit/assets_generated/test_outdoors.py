"""Signs face -y with their print upright, cars are as long as told, leaves are mostly air, stones are cheap."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.outdoors import sign_faces
from synthvision.assets.generators.outdoors.bodywork import body_shell
from synthvision.assets.generators.outdoors.vehicle_lines import CARS, TRUCK_CAB, VAN, stretched
from synthvision.assets.types import Asset
from tests.unit.assets_generated.test_families import shells

SIGNS = ("road_sign_speed", "road_sign_stop", "road_sign_warning", "road_sign_yield")
MOST_TRIANGLES = {"car": 10_000, "van": 8_000, "stone": 120, "rice_grain": 120}


def corners(asset: Asset, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return the corners (T, 3, 3) of one slot's triangles."""
    number = [material.name for material in asset.materials].index(name)
    return asset.mesh.vertices[asset.mesh.triangles[asset.mesh.slots == number]]


def picture(asset: Asset, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    texture = next(material for material in asset.materials if material.name == name).base_colour_texture
    assert texture is not None
    return asset.images[texture.sha256]


@pytest.mark.parametrize("name", SIGNS)
def test_sign_faces_minus_y_with_its_print_upright(name: str) -> None:
    asset = GENERATORS[name]({"clear_m": 2.0})
    front = corners(asset, "face").astype(np.float64)
    normals = np.cross(front[:, 1] - front[:, 0], front[:, 2] - front[:, 0])
    assert (normals[:, 1] < 0).all()
    assert np.abs(normals[:, [0, 2]]).max() < 1e-6 * np.abs(normals[:, 1]).max()
    assert front[..., 2].min() == pytest.approx(2.0, abs=1e-5)
    assert asset.mesh.uvs is not None
    slot = [material.name for material in asset.materials].index("face")
    uvs = asset.mesh.uvs[asset.mesh.slots == slot]
    assert np.corrcoef(front[..., 0].ravel(), uvs[..., 0].ravel())[0, 1] == pytest.approx(1)
    assert np.corrcoef(front[..., 2].ravel(), uvs[..., 1].ravel())[0, 1] == pytest.approx(1)


def test_stop_sign_is_an_octagon_of_the_size_told() -> None:
    front = corners(GENERATORS["road_sign_stop"]({"size_m": 0.75}), "face").reshape(-1, 3)
    low, high = front.min(axis=0), front.max(axis=0)
    assert (high - low)[[0, 2]] == pytest.approx([0.75, 0.75], abs=1e-4)
    centred = front[:, [0, 2]] - (low + high)[[0, 2]] / 2
    # The corners of an octagon lie 8% further out than its sides; ours are a little rounded.
    assert np.linalg.norm(centred, axis=1).max() / 0.375 == pytest.approx(1.07, abs=0.012)


def test_speed_limits_differ_in_their_number_only() -> None:
    fifty, eighty = (sign_faces.speed(limit).astype(int) for limit in (50, 80))
    differing = np.abs(fifty - eighty).max(axis=2) > 0
    rows, columns = np.nonzero(differing)
    assert 0.2 * 512 < columns.min() < columns.max() < 0.55 * 512
    assert rows.min() > 0.25 * 512
    assert rows.max() < 0.75 * 512
    red = sign_faces.speed(50)[256, 30]
    assert red.tolist() == list(sign_faces.RED)


def test_every_warning_has_its_own_symbol() -> None:
    seen = {sign_faces.warning(symbol, yellow=False).tobytes() for symbol in range(sign_faces.SYMBOLS)}
    assert len(seen) == sign_faces.SYMBOLS
    ground = sign_faces.warning(0, yellow=True)[int(0.8 * 443), 180]
    assert ground.tolist() == list(sign_faces.YELLOW)


def test_fading_and_dirt_take_colour_away() -> None:
    new = sign_faces.stop()
    old = sign_faces.aged(new, 1.0, 1.0)
    assert np.ptp(old.astype(int), axis=2).mean() < 0.7 * np.ptp(new.astype(int), axis=2).mean()
    assert np.array_equal(sign_faces.aged(new, 0.0, 0.0), new)


@pytest.mark.parametrize("body", [*CARS, VAN, TRUCK_CAB])
def test_body_is_one_closed_shell_of_the_length_told(body: object) -> None:
    longer = stretched(body, 5.0)  # type: ignore[arg-type]
    solid = body_shell(longer)
    mesh = trimesh.Trimesh(solid.corners.reshape(-1, 3), np.arange(solid.corners.size // 3).reshape(-1, 3))
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    assert mesh.is_watertight
    assert mesh.body_count == 1
    assert mesh.volume > 0
    assert longer.ends[1] - longer.ends[0] == pytest.approx(5.0)
    assert np.ptp(solid.corners[..., 0]) == pytest.approx(5.1, abs=0.011)  # both ends are rounded by 5 cm


@pytest.mark.parametrize("style", [0, 1, 2])
def test_car_stands_on_four_wheels_with_windows_above_its_belt(style: int) -> None:
    car = GENERATORS["car"]({"style": style, "length_m": 4.3})
    tyres = corners(car, "tyres").reshape(-1, 3)
    assert tyres[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    touching = tyres[tyres[:, 2] < 1e-4]
    assert {(bool(x > 0), bool(y > 0)) for x, y, _ in touching} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert corners(car, "glass")[..., 2].min() > 0.5 * car.mesh.bounds[1, 2]
    # The front looks towards +x, and lamps at the rear are red.
    assert corners(car, "lamps")[..., 0].mean() > 1.5
    assert corners(car, "rear_lamps")[..., 0].mean() < -1.5


def test_container_is_a_20_foot_one() -> None:
    low, high = GENERATORS["shipping_container"]({}).mesh.bounds
    assert high - low == pytest.approx([6.058, 2.438, 2.591], abs=0.012)


def test_container_walls_are_corrugated() -> None:
    wall = corners(GENERATORS["shipping_container"]({}), "body")
    side = wall[(wall[..., 1] < 0).all(axis=1)].reshape(-1, 3)
    front = np.unique(np.round(side[side[:, 1] < -1.17, 1], 4))
    assert np.ptp(front) == pytest.approx(0.036, abs=1e-3)


@pytest.mark.parametrize(("name", "most"), MOST_TRIANGLES.items())
def test_things_that_come_in_numbers_have_few_triangles(name: str, most: int) -> None:
    assert len(GENERATORS[name]({}).mesh.triangles) <= most


@pytest.mark.parametrize("round_", [0.0, 1.0])
def test_stones_are_irregular_and_of_the_size_told(round_: float) -> None:
    shapes = [GENERATORS["stone"]({"shape": shape, "round": round_, "size_m": 0.02}).mesh for shape in range(8)]
    assert len({mesh.content_hash for mesh in shapes}) == 8
    for mesh in shapes:
        extent = mesh.bounds[1] - mesh.bounds[0]
        assert extent.max() == pytest.approx(0.02, rel=1e-4)
        assert extent.min() < 0.9 * extent.max()


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_leaves_are_cards_with_holes(kind: int) -> None:
    tree = GENERATORS["tree"]({"kind": kind})
    leaves = tree.materials[1]
    assert leaves.alpha_cutoff > 0
    opaque = picture(tree, "leaves")[..., 3] >= 255 * leaves.alpha_cutoff
    assert 0.2 < opaque.mean() < 0.85
    _, sizes = np.unique(shells(tree.mesh)[tree.mesh.slots == 1], return_counts=True)
    assert set(sizes.tolist()) == {4}


def test_crown_is_wider_than_the_trunk_and_above_it() -> None:
    tree = GENERATORS["tree"]({"height_m": 8.0})
    leaves = corners(tree, "leaves").reshape(-1, 3)
    low = leaves[:, 2].min()
    assert low > 0.12 * 8
    bare = corners(tree, "trunk").reshape(-1, 3)
    foot = bare[bare[:, 2] < 0.9 * low]
    assert np.ptp(foot[:, 0]) < 0.2 * np.ptp(leaves[:, 0])


def test_pallets_lie_one_on_the_other() -> None:
    heights = [GENERATORS["pallet_stack"]({"pallets": count}).mesh.bounds[1, 2] for count in (1, 2, 5)]
    assert heights[0] == pytest.approx(0.144, abs=1e-3)
    assert np.diff(heights) == pytest.approx([0.1444, 3 * 0.1444], abs=1e-3)


def test_pipes_are_open_and_piled_in_a_triangle() -> None:
    stack = GENERATORS["pipe_stack"]({"row": 4, "diameter_m": 0.3})
    pipes = [material.name for material in stack.materials].index("pipes")
    found = np.unique(shells(stack.mesh)[stack.mesh.slots == pipes])
    assert len(found) == 4 + 3 + 2 + 1
    solid = trimesh.Trimesh(stack.mesh.vertices, stack.mesh.triangles, process=False)
    # A ray along the middle of the first pipe meets nothing.
    through = solid.ray.intersects_any(
        np.array([[-3.0, 1.5 * 0.3004, 0.09 + 0.15 + 0.0004]]), np.array([[1.0, 0.0, 0.0]])
    )
    assert not through.any()


def test_road_is_marked_and_its_surface_is_flat() -> None:
    road = GENERATORS["road"]({"markings": 1, "length_m": 40.0})
    lines = corners(road, "markings")
    # Two edge lines in eight pieces each, so that no triangle is long, and five dashes.
    assert len(lines) == 2 * (4 * 2 * 8 + 4) + 5 * 12
    assert corners(road, "asphalt")[..., 2].max() == pytest.approx(0.03)
    assert lines[..., 2].max() - 0.03 < 0.004
    assert len(corners(GENERATORS["road"]({"markings": 0}), "markings")) == 0


def test_shed_has_its_gates_in_front_and_its_ridge_in_the_middle() -> None:
    flat, gabled = (GENERATORS["shed"]({"gabled": gabled, "pitch_deg": 20.0}) for gabled in (0, 1))
    top = gabled.mesh.vertices[gabled.mesh.vertices[:, 2] > gabled.mesh.bounds[1, 2] - 0.05]
    assert np.abs(top[:, 1]).max() < 0.3
    assert gabled.mesh.bounds[1, 2] > 4.5 + np.tan(np.radians(20)) * 4.5
    front = corners(flat, "front")
    assert front[..., 1] == pytest.approx(-4.5)
    assert flat.mesh.bounds[1, 2] < 4.5 + 1.3


def test_skip_is_a_tub() -> None:
    """A ray down its middle meets the rubble, or without rubble the floor near the ground."""
    tops = []
    for filled in (0.0, 0.8):
        mesh = GENERATORS["skip"]({"filled": filled}).mesh
        solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
        hit = solid.ray.intersects_location(
            np.array([[0.1, 0.05, 3.0]]), np.array([[0.0, 0.0, -1.0]]), multiple_hits=False
        )[0]
        tops.append(float(hit[0, 2]))
    assert tops[0] == pytest.approx(0.09, abs=0.01)
    assert 0.8 < tops[1] < 1.3


def test_parking_bays_are_lines_a_pitch_apart() -> None:
    mesh = GENERATORS["parking_bays"]({"bays": 5, "pitch_m": 2.5, "depth_m": 5.0, "line_m": 0.1}).mesh
    assert mesh.bounds[1, 2] == pytest.approx(0.003)
    assert mesh.bounds[1, 0] - mesh.bounds[0, 0] == pytest.approx(12.6)
    lines = np.unique(np.round(mesh.vertices[mesh.vertices[:, 1] < -2.4, 0], 3))
    assert lines[::2] + 0.05 == pytest.approx(2.5 * (np.arange(6) - 2.5), abs=1e-3)
