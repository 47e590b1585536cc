"""The shapes that objects are made of."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted, polygon, rounded_square
from synthvision.assets.generators.solids import (
    Solid,
    block_directions,
    block_outline,
    circle,
    lathe,
    levelled,
    loft,
    revolved,
    swept,
    tip,
)
from synthvision.assets.types import Material


def volume(solid: Solid) -> float:
    mesh = finish(solid, [Material()]).mesh
    closed = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    assert closed.is_watertight
    return float(closed.volume)


def test_lathe_of_a_square_is_a_prism() -> None:
    solid = lathe([(0.0, 0.0), (1.0, 0.0), (1.0, 2.0), (0.0, 2.0)], 48)
    assert volume(solid) == pytest.approx(2.0 * 48 / 2 * np.sin(2 * np.pi / 48), rel=1e-6)


def test_rounded_box_has_the_volume_of_its_formula() -> None:
    a, b, c, r = 0.4, 0.3, 0.2, 0.05
    inner = (a - 2 * r) * (b - 2 * r) * (c - 2 * r)
    sides = 2 * r * ((a - 2 * r) * (b - 2 * r) + (b - 2 * r) * (c - 2 * r) + (c - 2 * r) * (a - 2 * r))
    edges = np.pi * r**2 * ((a - 2 * r) + (b - 2 * r) + (c - 2 * r))
    assert volume(rounded_box((a, b, c), r, steps=8)) == pytest.approx(
        inner + sides + edges + 4 / 3 * np.pi * r**3, rel=1e-3
    )


def test_smooth_sphere_has_radial_normals() -> None:
    polar = np.linspace(-np.pi / 2, np.pi / 2, 33)
    profile = np.stack([np.cos(polar), np.sin(polar)], axis=1)
    profile[[0, -1], 0] = 0.0
    mesh = finish(lathe(profile, 64), [Material()]).mesh
    assert mesh.normals is not None
    radial = mesh.vertices[mesh.triangles] - np.array([0.0, 0.0, 1.0])
    assert np.einsum("tcx,tcx->tc", mesh.normals, radial).min() > 0.999


def test_crease_angle_separates_the_faces_of_a_cube() -> None:
    mesh = finish(rounded_box((1, 1, 1), 0.01, steps=1), [Material()]).mesh
    assert mesh.normals is not None
    assert np.abs(np.linalg.norm(mesh.normals, axis=2) - 1).max() < 1e-6
    assert np.abs(mesh.normals).max(axis=2).max() > 0.999


def test_fillet_is_tangent_and_of_its_radius() -> None:
    line = filleted([(0, 0, 0), (1, 0, 0.25), (1, 1, 0)], steps=8)
    arc = line[1:-1]
    assert np.linalg.norm(arc - np.array([0.75, 0.25]), axis=1) == pytest.approx(np.full(len(arc), 0.25))
    assert arc[0] == pytest.approx([0.75, 0.0])
    assert arc[-1] == pytest.approx([1.0, 0.25])


def test_fillet_that_does_not_fit_is_cut() -> None:
    line = filleted([(0, 0, 0), (1, 0, 50.0), (1, 1, 0)])
    assert line[1] == pytest.approx([0.51, 0.0])


def test_polygon_has_its_corners_and_its_apothem() -> None:
    radius = np.linalg.norm(polygon(6, 1.0, 48), axis=1)
    assert radius.min() == pytest.approx(1.0)
    assert radius.max() == pytest.approx(2 / np.sqrt(3))


def test_rounded_square_touches_its_sides() -> None:
    outline = rounded_square(1.0, 0.3, 64)
    assert np.abs(outline).max() == pytest.approx(1.0)
    corner = outline[np.abs(outline).min(axis=1) > 0.7]
    assert np.linalg.norm(np.abs(corner) - 0.7, axis=1) == pytest.approx(np.full(len(corner), 0.3))


def test_swept_section_is_outward_and_square_to_the_path() -> None:
    path = np.stack([np.linspace(0, 1, 5), np.zeros(5), np.zeros(5)], axis=1)
    rings = swept(path, circle(16) * 0.1, (0.0, 1.0, 0.0))
    assert np.abs(rings[..., 0] - path[:, None, 0]).max() < 1e-12
    solid = loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]))
    assert volume(solid) == pytest.approx(16 / 2 * np.sin(2 * np.pi / 16) * 0.01, rel=1e-6)


def test_block_outline_runs_counter_clockwise_and_fits_its_hole() -> None:
    rings = revolved([(1.0, 0.0), (1.0, 1.0), (1.0, 2.0), (1.0, 3.0)], 12)
    outline = block_outline(rings, (1, 3), (-1, 2))
    assert len(outline) == len(block_directions(2, 3)) == 10
    assert outline[0] == pytest.approx(rings[1, 11])
    flat = np.stack([np.arctan2(outline[:, 1], outline[:, 0]), outline[:, 2]], axis=1)
    following = np.roll(flat, -1, axis=0)
    assert (flat[:, 0] * following[:, 1] - flat[:, 1] * following[:, 0]).sum() > 0


def test_open_pieces_that_share_a_border_are_welded() -> None:
    lower = lathe([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], 24)
    upper = lathe([(1.0, 1.0 + 1e-12), (0.0, 1.5)], 24)
    joined = Solid(*(np.concatenate(pair) for pair in zip(vars(lower).values(), vars(upper).values(), strict=True)))
    assert volume(joined) > 0


def test_levelled_takes_a_height_per_point() -> None:
    assert levelled(circle(4), np.arange(4.0))[:, 2].tolist() == [0, 1, 2, 3]
