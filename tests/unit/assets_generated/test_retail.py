"""Shelves are flat where goods stand, fronts face -y, bags close at their crimps, and gables fold inwards."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.retail import retail_shelf
from synthvision.assets.types import Asset
from tests.unit.assets_generated.test_families import shells

GROCERIES = ("cereal_box", "crisps_bag", "detergent_bottle", "glass_jar", "milk_carton", "tube_box")


def slot_points(asset: Asset, name: str) -> NDArray[np.float32]:
    """Return the corners (T, 3, 3) of one slot's triangles."""
    number = [material.name for material in asset.materials].index(name)
    corners: NDArray[np.float32] = asset.mesh.vertices[asset.mesh.triangles[asset.mesh.slots == number]]
    return corners


@pytest.mark.parametrize("boards", [3, 4, 5])
def test_boards_are_flat_at_the_heights_told(boards: int) -> None:
    parameters = {"boards": float(boards), "height_m": 1.7}
    heights = retail_shelf.board_heights(parameters)
    assert len(heights) == boards
    mesh = GENERATORS["retail_shelf"](parameters).mesh
    solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    for height in heights:
        above = np.array([[x, y, height + 0.05] for x in (-0.35, 0.0, 0.35) for y in (-0.15, 0.0, 0.1)])
        hits = solid.ray.intersects_location(above, np.tile([0, 0, -1.0], (9, 1)), multiple_hits=False)[0]
        assert hits[:, 2] == pytest.approx(height, abs=1e-5)


def test_price_rails_run_along_the_front_of_every_board() -> None:
    rails = slot_points(GENERATORS["retail_shelf"]({"boards": 4.0}), "rail")
    assert len(rails) == 4 * 12
    assert rails[..., 1].max() < -0.19
    tops = np.sort(rails.reshape(4, 12, 3, 3)[..., 2].max(axis=(1, 2)))
    assert tops == pytest.approx(np.array(retail_shelf.board_heights({"boards": 4.0})) - 0.001, abs=1e-5)


@pytest.mark.parametrize("name", GROCERIES)
def test_words_and_hues_change_the_print(name: str) -> None:
    pictures = {
        frozenset(GENERATORS[name]({"label_word": float(word), "label_hue": hue}).images)
        for word in range(3)
        for hue in (0.1, 0.6)
    }
    assert len(pictures) == 6


def test_carton_folds_its_gable_ends_inwards() -> None:
    mesh = GENERATORS["milk_carton"]({"width_m": 0.08, "height_m": 0.24, "cap": 0.0}).mesh
    ridge = mesh.vertices[(np.abs(mesh.vertices[:, 1]) < 1e-6) & (np.abs(mesh.vertices[:, 2] - 0.222) < 1e-4)]
    assert np.abs(ridge[:, 0]).max() == pytest.approx(0.04 * 0.55, abs=1e-4)


def test_cap_of_the_carton_is_a_shell_of_its_own_in_front() -> None:
    counts = [len(np.unique(shells(GENERATORS["milk_carton"]({"cap": float(cap)}).mesh))) for cap in (0, 1)]
    assert counts == [1, 2]
    assert slot_points(GENERATORS["milk_carton"]({"cap": 1.0}), "cap")[..., 1].mean() < 0


@pytest.mark.parametrize("shape", range(4))
def test_bag_is_thin_at_its_ends_and_thick_between(shape: int) -> None:
    bag = {"width_m": 0.17, "height_m": 0.24, "fullness": 0.36, "shape": float(shape), "creases": 0.2}
    vertices = GENERATORS["crisps_bag"](bag).mesh.vertices
    middle = vertices[np.abs(vertices[:, 2] - 0.12) < 0.02]
    foot = vertices[(vertices[:, 2] < 0.003) & (np.abs(vertices[:, 0]) < 0.03)]
    assert np.ptp(middle[:, 1]) > 0.04
    assert np.ptp(foot[:, 1]) < 0.008


def test_detergent_bottle_has_a_gap_behind_its_handle() -> None:
    mesh = GENERATORS["detergent_bottle"]({}).mesh
    solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    rays = np.array([[x, -1.0, 0.68 * 0.27] for x in np.linspace(-0.07, 0.08, 60)])
    numbers = solid.ray.intersects_location(rays, np.tile([0, 1.0, 0], (60, 1)), multiple_hits=False)[1]
    hit = np.isin(np.arange(60), numbers)
    first, last = np.flatnonzero(hit)[[0, -1]]
    assert not hit[first:last].all()


def test_snack_bar_is_flat_at_its_crimped_ends_and_shows_its_name_upwards() -> None:
    wrapper = GENERATORS["snack_bar"]({"length_m": 0.14, "height_m": 0.018}).mesh
    points = wrapper.vertices
    end, middle = (points[np.abs(points[:, 0] - x) < 0.004] for x in (0.066, 0.0))
    assert np.ptp(end[:, 2]) < 0.003
    assert np.ptp(middle[:, 2]) > 0.013
    assert wrapper.uvs is not None
    high = wrapper.vertices[wrapper.triangles][..., 2].mean(axis=1) > 0.014
    assert wrapper.uvs[high][..., 1].min() > 0.5


def test_toothpaste_tube_runs_from_a_round_cap_to_a_flat_crimp() -> None:
    points = GENERATORS["toothpaste_tube"]({"height_m": 0.17, "width_m": 0.055}).mesh.vertices
    cap, crimp = points[points[:, 2] < 0.01], points[points[:, 2] > 0.165]
    assert np.ptp(cap[:, 0]) == pytest.approx(np.ptp(cap[:, 1]), rel=0.02)
    assert np.ptp(crimp[:, 0]) == pytest.approx(0.055, abs=1e-4)
    assert np.ptp(crimp[:, 1]) < 0.002
