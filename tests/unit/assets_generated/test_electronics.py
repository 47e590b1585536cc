"""Boards and components: real pitches, real holes, leads that meet the board, print that differs."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.electronics import FAMILIES
from synthvision.assets.generators.electronics.footprints import Footprint, footprints, unpopulated
from synthvision.assets.generators.electronics.routing import buses, routes
from synthvision.assets.types import Asset, Mesh
from tests.unit.assets_generated.drawing import POINTS
from tests.unit.assets_generated.test_families import built, shells

MOST_TRIANGLES = {"chip_qfp": 4200, "connector_header": 2000, "terminal_block": 2600}


def picture(asset: Asset, slot: str) -> np.ndarray:
    material = next(material for material in asset.materials if material.name == slot)
    assert material.base_colour_texture is not None
    return asset.images[material.base_colour_texture.key]


def part(asset: Asset, slot: str) -> np.ndarray:
    """Return the corners (T, 3, 3) of one slot."""
    number = [material.name for material in asset.materials].index(slot)
    return asset.mesh.vertices[asset.mesh.triangles[asset.mesh.slots == number]]


def covered(mesh: Mesh, x: float, y: float) -> bool:
    """Tell whether anything of the mesh lies above or below a point of the ground."""
    caster = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    return bool(caster.ray.intersects_any([[x, y, 1.0]], [[0.0, 0.0, -1.0]])[0])


@pytest.mark.parametrize("name", FAMILIES)
def test_components_are_light(name: str) -> None:
    most = MOST_TRIANGLES.get(name, 1500)
    for u_of in POINTS.values():
        assert len(built(name, u_of).mesh.triangles) <= most


def test_board_is_1_6_mm_thick_with_four_real_holes() -> None:
    board = {"width_m": 0.1, "depth_m": 0.07, "hole_m": 0.003}
    mesh = GENERATORS["pcb"](board).mesh
    assert mesh.bounds[1].tolist() == pytest.approx([0.05, 0.035, 0.0016])
    x, y = 0.05 - 1.25 * 0.003, 0.035 - 1.25 * 0.003
    for sx in (-1, 1):
        for sy in (-1, 1):
            assert not covered(mesh, sx * x, sy * y)
            assert covered(mesh, sx * (x - 0.0017), sy * y)
    edges = len(mesh.triangles) * 3 // 2
    assert len(mesh.vertices) - edges + len(mesh.triangles) == 2 - 2 * 4, "four holes: genus 4"


def test_solder_mask_has_the_colour_asked_for() -> None:
    means = [picture(GENERATORS["pcb"]({"mask": mask, "density": 0.2}), "body").mean(axis=(0, 1)) for mask in range(5)]
    green, blue, black, red, white = means
    assert np.argmax(green) == 1
    assert np.argmax(blue) == 2
    assert black.max() < 80
    assert np.argmax(red) == 0
    assert white.min() > 150


def test_board_picture_follows_the_board_and_its_layout() -> None:
    wide = picture(GENERATORS["pcb"]({"width_m": 0.12, "depth_m": 0.06}), "body")
    assert wide.shape == (640, 1280, 3)
    other = picture(GENERATORS["pcb"]({"width_m": 0.12, "depth_m": 0.06, "layout": 1}), "body")
    assert (wide != other).any(axis=2).mean() > 0.2


def test_footprints_keep_apart_and_off_the_holes() -> None:
    holes = [(0.046, 0.031), (-0.046, 0.031), (0.046, -0.031), (-0.046, -0.031)]
    parts = footprints((0.1, 0.07), holes, 0.8, 3)
    assert len(parts) > 40
    for number, first in enumerate(parts):
        assert not any(overlap(first, second) for second in parts[number + 1 :])
        assert all(max(abs(first.centre[0] - x), abs(first.centre[1] - y)) > 0.003 for x, y in holes)
        assert abs(first.centre[0]) + first.reach[0] < 0.05
    assert len(footprints((0.1, 0.07), holes, 0.2, 3)) < len(parts)


def overlap(first: Footprint, second: Footprint) -> bool:
    apart = np.abs(np.subtract(first.centre, second.centre)) - first.reach - second.reach
    return bool((apart < 0).all())


def test_traces_stay_on_the_board_and_turn_by_45_degrees() -> None:
    parts = footprints((0.1, 0.07), [], 0.5, 7)
    traces = routes(parts, (0.1, 0.07), 7)
    assert len(traces) > 30
    points = np.concatenate([trace.points for trace in traces])
    assert (np.abs(points) <= [0.05, 0.035]).all()
    to_pads = [np.diff(trace.points, axis=0) for trace in traces if not trace.vias]
    slopes = np.abs(np.concatenate(to_pads))
    straight = (slopes.min(axis=1) < 1e-9) | (np.abs(slopes[:, 0] - slopes[:, 1]) < 1e-9)
    assert straight.all()


@pytest.mark.parametrize("pairs", [4, 8])
def test_small_outline_chip_has_its_leads_at_1_27_mm(pairs: int) -> None:
    asset = GENERATORS["chip_soic"]({"pairs": pairs})
    assert len(np.unique(shells(asset.mesh))) == 1 + 2 * 2 * pairs, "a body, and for each lead itself and its pad"
    leads = part(asset, "lead").reshape(-1, 3)
    feet = leads[(leads[:, 2] < 0.0001) & (leads[:, 1] > 0)]
    middles = np.unique(np.round(feet[:, 0] / 0.000635).astype(int))
    assert middles.max() - middles.min() == pytest.approx(2 * (pairs - 1), abs=1)
    assert feet[:, 1].max() == pytest.approx(0.0039 / 2 + 1.25 * 0.00105, rel=1e-3)


def test_bare_board_shows_pads_only_where_nothing_is_soldered() -> None:
    holes = [(sx * (0.05 - 1.25 * 0.003), sy * (0.035 - 1.25 * 0.003)) for sx in (-1, 1) for sy in (-1, 1)]
    parts = footprints((0.1, 0.07), holes, 0.6, 11)
    bare = unpopulated(parts, 11)
    assert 0.02 < len(bare) / len(parts) < 0.16
    assert set(bare) <= set(parts)
    board = picture(GENERATORS["pcb"]({"density": 0.6, "layout": 11, "mask": 0, "hole_m": 0.003}), "body").astype(int)
    scale = board.shape[1] / 0.1

    def tinned(part: Footprint) -> float:
        """Return how many corners of its pads are metal: a via, where a trace dives, does not reach so far."""
        corners = [(pad.centre[0] + 0.85 * sx * pad.half[0] + 0.05, 0.035 - pad.centre[1] - 0.85 * sy * pad.half[1])
                   for pad in part.pads for sx in (-1, 1) for sy in (-1, 1)]  # fmt: skip
        seen = np.array([board[int(y * scale), int(x * scale)] for x, y in corners])
        return float((np.ptp(seen, axis=1) < 40).mean())

    smd = [part for part in parts if not part.pads[0].drill]
    assert min(tinned(part) for part in smd if part in bare) > 0.8
    assert np.quantile([tinned(part) for part in smd if part not in bare], 0.9) < 0.3


def test_buses_run_in_parallel_on_the_board() -> None:
    lanes = buses((0.1, 0.07), 0.5, 5)
    assert len(lanes) > 10
    for lane in lanes:
        assert len(lane.vias) == 2
        assert all(abs(x) < 0.05 and abs(y) < 0.035 for x, y in lane.points)
        steps = np.abs(np.diff(np.array(lane.points), axis=0))
        assert all(min(step) < 1e-9 or step[0] == pytest.approx(step[1], rel=1e-3) for step in steps)


def test_quad_chip_has_leads_on_four_sides() -> None:
    asset = GENERATORS["chip_qfp"]({"side_leads": 25})
    assert len(np.unique(shells(asset.mesh))) == 1 + 2 * 100
    leads = part(asset, "lead").reshape(-1, 3)
    assert leads[:, :2].min(axis=0) == pytest.approx(-leads[:, :2].max(axis=0))


def test_leads_and_solder_lie_on_the_board() -> None:
    for name in ("chip_soic", "chip_qfp", "resistor_smd", "capacitor_smd", "tact_switch", "inductor", "trimmer"):
        leads = part(GENERATORS[name]({}), "lead")
        assert leads[..., 2].min() == pytest.approx(0.0, abs=1e-7), name


def test_header_pins_stand_on_a_2_54_mm_grid() -> None:
    asset = GENERATORS["connector_header"]({"columns": 5, "rows": 2, "pin_m": 0.006})
    pins = part(asset, "lead").reshape(-1, 3)
    tops = pins[pins[:, 2] > 0.00253 + 0.006][:, :2]
    grid = np.unique(np.round(tops / 0.00127).astype(int), axis=0)
    assert len(grid) == 10
    assert np.abs(tops - np.round(tops / 0.00127) * 0.00127).max() < 0.00032
    assert np.unique(np.diff(np.unique(grid[:, 0]))).tolist() == [2]


def test_chip_resistor_is_as_long_as_its_size_code() -> None:
    ceramic = part(GENERATORS["resistor_smd"]({"length_m": 0.0032}), "body")
    assert np.ptp(ceramic[..., 0]) == pytest.approx(0.97 * 0.0032, rel=1e-3)
    assert np.ptp(ceramic[..., 1]) == pytest.approx(0.52 * 0.0032, rel=1e-3)


def test_print_differs_by_value() -> None:
    for name, parameter in (
        ("resistor_smd", "value"),
        ("chip_soic", "marking"),
        ("inductor", "value"),
        ("relay", "value"),
    ):
        one, other = (GENERATORS[name]({parameter: number}).images for number in (0, 1))
        assert set(one) != set(other), name


def test_lit_diode_glows_in_its_colour_and_an_unlit_one_does_not() -> None:
    red = GENERATORS["led"]({"colour": 0, "lit": 1.0}).materials[0].emission_w_m2
    assert red[0] > 10 * red[1] > 0
    assert GENERATORS["led"]({"lit": 0.0}).materials[0].emission_w_m2 == (0.0, 0.0, 0.0)


def test_usb_port_is_hollow_towards_its_front() -> None:
    mesh = GENERATORS["usb_port"]({"style": 2}).mesh
    caster = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    # Below the tongue of an A receptacle there is room for the plug.
    hit = caster.ray.intersects_location([[0.0, -0.1, 0.0015]], [[0.0, 1.0, 0.0]], multiple_hits=False)[0]
    assert hit[0][1] > 0.0
