"""Rooms are closed but for their window, boards are where they are said to be, tables stand on four legs."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.interior import board_heights
from synthvision.assets.generators.interior.coverings import FLOORS, WALLS, floor_covering, wall_covering
from synthvision.assets.types import Asset


def solid(asset: Asset) -> trimesh.Trimesh:
    return trimesh.Trimesh(asset.mesh.vertices, asset.mesh.triangles, process=False)


def test_floor_is_at_zero_to_the_last_bit() -> None:
    room = GENERATORS["room"]({"width_m": 4.37, "depth_m": 3.91})
    floor = room.mesh.vertices[room.mesh.triangles[room.mesh.slots == 0]]
    assert floor[..., 2].max() == 0.0
    assert room.mesh.bounds[0, 2] == -0.125
    down = solid(room).ray.intersects_location(
        np.array([[0.3, 0.2, 1.5]]), np.array([[0, 0, -1.0]]), multiple_hits=False
    )
    assert down[0][0, 2] == 0.0


def test_light_enters_by_the_window_alone() -> None:
    """Of rays from inside, the ones that get out are those towards the window in the +y wall."""
    room = solid(GENERATORS["room"]({"width_m": 4.0, "depth_m": 4.0, "height_m": 2.5, "window_share": 0.5}))
    eye = np.array([0.3, -0.4, 1.4])
    azimuth, height = np.meshgrid(np.linspace(0, 2 * np.pi, 181), np.linspace(-0.98, 0.98, 61))
    flat = np.sqrt(1 - height**2)
    towards = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), height], axis=2).reshape(-1, 3)
    out = towards[~room.ray.intersects_any(np.broadcast_to(eye, towards.shape), towards)]
    assert len(out) > 100
    assert (out[:, 1] > 0).all()
    at_wall = eye + out * ((2.0 - eye[1]) / out[:, 1])[:, None]
    assert np.abs(at_wall[:, 0]).max() <= 1.0
    assert at_wall[:, 2].min() >= 0.33 * 2.5
    assert at_wall[:, 2].max() <= 0.87 * 2.5


def test_room_has_the_inner_size_told() -> None:
    room = solid(GENERATORS["room"]({"width_m": 4.0, "depth_m": 3.5, "height_m": 2.5}))
    eye = np.broadcast_to([0.4, -1.3, 0.5], (4, 3))
    towards = np.array([[1.0, 0, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1]])
    hits, rays, _ = room.ray.intersects_location(eye, towards, multiple_hits=False)
    reach = [float(hits[rays == ray][0] @ towards[ray]) for ray in range(4)]
    assert reach == pytest.approx([2.0, 2.0, 1.75, 2.5], abs=1e-5)


@pytest.mark.parametrize("boards", [3, 6])
def test_boards_of_a_bookcase_are_at_the_heights_told(boards: int) -> None:
    parameters = {"boards": float(boards), "height_m": 1.5, "board_m": 0.02}
    heights = board_heights(parameters)
    assert len(heights) == boards
    assert heights[-1] == 1.5
    unit = solid(GENERATORS["shelf_unit"](parameters))
    above = np.array([[0.1, -0.05, height + 0.04] for height in heights])
    hits, rays, _ = unit.ray.intersects_location(above, np.tile([0, 0, -1.0], (boards, 1)), multiple_hits=False)
    assert hits[np.argsort(rays), 2] == pytest.approx(heights, abs=1e-5)


def test_bookcase_is_open_in_front_and_closed_behind() -> None:
    unit = solid(GENERATORS["shelf_unit"]({"boards": 4.0, "height_m": 1.6}))
    origins = np.array([[0.05, -1.0, 0.4], [0.05, 1.0, 0.4]])
    hits, rays, _ = unit.ray.intersects_location(origins, np.array([[0, 1.0, 0], [0, -1.0, 0]]), multiple_hits=False)
    depth = hits[np.argsort(rays), 1]
    assert (depth > 0.13).all()


@pytest.mark.parametrize("round_legs", [0, 1])
def test_table_stands_on_four_legs(round_legs: int) -> None:
    mesh = GENERATORS["table"]({"round_legs": round_legs, "height_m": 0.75}).mesh
    assert mesh.bounds[1, 2] == pytest.approx(0.75)
    feet = mesh.vertices[mesh.vertices[:, 2] < 1e-4]
    assert {(bool(x > 0), bool(y > 0)) for x, y, _ in feet} == {(a, b) for a in (True, False) for b in (True, False)}
    assert np.abs(feet[:, 0]).min() > 0.4


def test_every_covering_is_another() -> None:
    colour = (0.1, 0.3, 0.7)
    walls = [wall_covering("wall", covering, colour) for covering in range(WALLS)]
    assert len({material for material, _ in walls}) == WALLS
    for material, images in walls:
        texture = material.base_colour_texture
        assert texture is None or texture.kind == "generated" or texture.sha256 in images
    assert len({floor_covering("floor", covering, colour) for covering in range(FLOORS)}) == FLOORS


def test_bricks_repeat_without_a_seam() -> None:
    _, images = wall_covering("wall", 1, (0.1, 0.5, 0.7))
    image = next(iter(images.values())).astype(int)
    inside = np.abs(np.diff(image, axis=1)).mean()
    seam = np.abs(image[:, 0] - image[:, -1]).mean()
    assert seam < 3 * inside
