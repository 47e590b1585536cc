"""What makes a die a die, a gear a gear, a bolt a bolt."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.gear import gear_outline
from synthvision.assets.generators.threads import DEPTH_PER_PITCH, coarse_pitch, thread_rings
from synthvision.assets.types import Asset


def slot(asset: Asset, name: str) -> int:
    return [material.name for material in asset.materials].index(name)


def pips_towards(die: Asset, direction: tuple[int, int, int]) -> int:
    """Count the separate hollows whose mean position lies on the die's face in a direction."""
    mesh = die.mesh
    triangles = mesh.triangles[mesh.slots == slot(die, "pips")]
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    size = len(mesh.vertices)
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    centre = mesh.bounds.mean(axis=0)
    half = centre[2]
    count = 0
    for label in np.unique(labels[triangles[:, 0]]):
        place = mesh.vertices[labels == label].mean(axis=0) - centre
        count += bool(place @ np.array(direction) > 0.9 * half)
    return count


def test_opposite_faces_of_a_die_sum_to_seven() -> None:
    die = GENERATORS["die"]({})
    counts = {}
    for axis in range(3):
        for sign in (1, -1):
            direction = tuple(sign if place == axis else 0 for place in range(3))
            counts[direction] = pips_towards(die, (direction[0], direction[1], direction[2]))
    assert sorted(counts.values()) == [1, 2, 3, 4, 5, 6]
    for (x, y, z), count in counts.items():
        assert count + counts[-x, -y, -z] == 7


def test_one_two_three_run_counter_clockwise() -> None:
    die = GENERATORS["die"]({})
    found = {}
    for direction in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)):
        found[pips_towards(die, direction)] = np.array(direction)
    assert np.dot(np.cross(found[1], found[2]), found[3]) == 1


def test_gear_has_standard_teeth() -> None:
    outline, directions = gear_outline(20, 0.002)
    radius = np.linalg.norm(outline, axis=1)
    assert radius.max() == pytest.approx(0.022)  # pitch radius 20 mm and one module
    assert radius.min() == pytest.approx(0.0175)  # and 1.25 modules less
    above = radius > 0.020
    assert np.count_nonzero(above & ~np.roll(above, 1)) == 20
    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.ones(len(directions)))
    angle = np.unwrap(np.arctan2(directions[:, 1], directions[:, 0]))
    assert (np.diff(angle) > 0).all()


def test_thread_rises_by_one_pitch_per_turn_right_handed() -> None:
    pitch, columns = 0.00125, 16
    rings = thread_rings(0.004, pitch, (0.0, 0.02), columns, DEPTH_PER_PITCH * pitch)
    middle = slice(len(rings) // 2, len(rings) // 2 + 8)
    crest = [
        rings[middle, column, 2][np.argmax(np.linalg.norm(rings[middle, column, :2], axis=1))] for column in (0, 4)
    ]
    assert (crest[1] - crest[0]) % pitch == pytest.approx(pitch / 4, abs=pitch / 8)
    radius = np.linalg.norm(rings[..., :2], axis=2)
    assert radius.max() == pytest.approx(0.004)
    assert radius.min() == pytest.approx(0.004 - DEPTH_PER_PITCH * pitch)


@pytest.mark.parametrize(("diameter", "pitch"), [(0.005, 0.0008), (0.006, 0.001), (0.008, 0.00125), (0.012, 0.00175)])
def test_coarse_pitch_is_close_to_the_standard(diameter: float, pitch: float) -> None:
    assert coarse_pitch(diameter) == pytest.approx(pitch, rel=0.1)


def test_bolt_head_is_a_hexagon_of_standard_width() -> None:
    low, high = GENERATORS["bolt"]({"diameter_m": 0.008}).mesh.bounds
    assert (high - low)[1] == pytest.approx(1.6 * 0.008, rel=1e-4)
    assert (high - low)[0] == pytest.approx(1.6 * 0.008 / np.cos(np.pi / 6), rel=1e-4)


def test_mug_is_one_shell_with_a_handle() -> None:
    """Euler's number of a closed surface with one handle is 0."""
    mesh = GENERATORS["mug"]({}).mesh
    edges = len(mesh.triangles) * 3 // 2
    assert len(mesh.vertices) - edges + len(mesh.triangles) == 0


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (4, 2), (3, 3)])
def test_brick_has_its_studs(columns: int, rows: int) -> None:
    mesh = GENERATORS["brick"]({"columns": columns, "rows": rows}).mesh
    top = mesh.bounds[1, 2]
    triangles = mesh.triangles[(mesh.vertices[mesh.triangles][..., 2] > top - 1e-6).all(axis=1)]
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    size = len(mesh.vertices)
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    assert len(np.unique(labels[triangles[:, 0]])) == columns * rows


def test_cone_bands_are_where_they_are_said_to_be() -> None:
    cone = GENERATORS["cone"]({"bands": 3, "height_m": 0.5})
    heights = cone.mesh.vertices[cone.mesh.triangles[cone.mesh.slots == slot(cone, "bands")]][..., 2]
    assert heights.min() == pytest.approx(0.28 * 0.5)
    assert heights.max() == pytest.approx(0.84 * 0.5)


def test_print_on_a_can_reads_from_left_to_right() -> None:
    """Seen from outside, u grows to the right: along the label it turns counter-clockwise, and v grows upwards."""
    can = GENERATORS["can"]({})
    label = can.mesh.slots == slot(can, "label")
    corners = can.mesh.vertices[can.mesh.triangles[label]].astype(np.float64)
    assert can.mesh.uvs is not None
    uvs = can.mesh.uvs[label]
    angle = np.unwrap(np.arctan2(corners[..., 1], corners[..., 0]), axis=1)
    assert ((angle[:, 1] - angle[:, 0]) * (uvs[:, 1, 0] - uvs[:, 0, 0]) >= -1e-9).all()
    assert (corners[..., 2].max(), uvs[..., 1].max()) == pytest.approx((corners[..., 2][uvs[..., 1] > 0.99].min(), 1.0))


def test_sharp_edges_stay_sharp_and_round_walls_stay_round() -> None:
    washer = GENERATORS["washer"]({}).mesh
    assert washer.normals is not None
    flat = washer.normals[np.abs(washer.normals[..., 2]) > 0.999]
    assert len(flat) > 0
    wall = washer.normals[np.abs(washer.normals[..., 2]) < 1e-3]
    angles = np.round(np.degrees(np.arctan2(wall[:, 1], wall[:, 0])), 1)
    assert len(np.unique(angles)) >= 96  # one normal per column, none per facet
