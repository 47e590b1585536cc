"""Cells of a smear: a millimetre for a micrometre, transmittance that multiplies, nuclei of the right kind."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.microscopy import FAMILIES
from synthvision.assets.generators.microscopy.smear import stained
from synthvision.assets.srgb import srgb_decode
from synthvision.assets.types import Asset


def light(asset: Asset) -> np.ndarray:
    """Return the transmittance (H, W, 3), linear."""
    (image,) = asset.images.values()
    return srgb_decode(image / 255.0)


@pytest.mark.parametrize("name", FAMILIES)
def test_cells_let_light_straight_through(name: str) -> None:
    (material,) = GENERATORS[name]({}).materials
    assert (material.transmission, material.ior, material.roughness, material.specular) == (1.0, 1.0, 0.0, 0.0)
    assert material.base_colour == (1.0, 1.0, 1.0)


def test_red_cell_of_7_2_micrometres_is_7_2_mm_and_thinner_in_its_middle() -> None:
    mesh = GENERATORS["red_blood_cell"]({"diameter_m": 0.0072, "irregular": 0.0, "oval": 1.0}).mesh
    size = mesh.bounds[1] - mesh.bounds[0]
    assert size == pytest.approx([0.0072, 0.0072, 0.0018], rel=0.01)
    cell = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)

    def thickness(x: float) -> float:
        hits = cell.ray.intersects_location([[x, 1e-5, 1.0]], [[0.0, 0.0, -1.0]])[0]
        return float(np.ptp(hits[:, 2]))

    assert thickness(0.00003) < 0.5 * thickness(0.0027)


def test_red_cell_is_pale_in_its_middle_and_salmon_round_it() -> None:
    through = light(GENERATORS["red_blood_cell"]({"irregular": 0.0, "oval": 1.0}))
    middle, ring = through[60:68, 60:68].mean(axis=(0, 1)), through[60:68, 14:22].mean(axis=(0, 1))
    assert (middle > ring).all()
    assert ring[0] > 1.3 * ring[1]
    paler = light(GENERATORS["red_blood_cell"]({"irregular": 0.0, "oval": 1.0, "pallor": 0.46, "pale": 0.85}))
    assert paler.mean() > through.mean()


def test_uvs_from_above_and_below_agree() -> None:
    mesh = GENERATORS["red_blood_cell"]({"variant": 4, "irregular": 0.07}).mesh
    assert mesh.uvs is not None
    flat = mesh.vertices[mesh.triangles][..., :2]
    low, high = mesh.bounds[:, :2]
    assert mesh.uvs == pytest.approx((flat - low) / (high - low), abs=1e-5)


def test_layers_of_stain_multiply() -> None:
    density = np.linspace(0, 1.5, 64, dtype=np.float32).reshape(8, 8)
    one, two = (200, 150, 160), (120, 100, 190)
    both = srgb_decode(stained([(one, density), (two, density)]) / 255.0)
    apart = srgb_decode(stained([(one, density)]) / 255.0) * srgb_decode(stained([(two, density)]) / 255.0)
    assert both == pytest.approx(apart, abs=0.01)
    assert srgb_decode(stained([(one, np.ones((1, 1), np.float32))]) / 255.0)[0, 0] == pytest.approx(
        srgb_decode(np.array(one) / 255.0), abs=0.004
    )


def nucleus_share(kind: int, variant: int) -> float:
    through = light(GENERATORS["white_blood_cell"]({"kind": kind, "variant": variant, "irregular": 0.0}))
    return float((through[..., 1] < 0.12).mean() / (np.pi / 4))


def test_nuclei_take_the_share_of_their_kind() -> None:
    shares = {kind: np.mean([nucleus_share(kind, variant) for variant in range(6)]) for kind in range(4)}
    neutrophil, lymphocyte, monocyte, eosinophil = (shares[kind] for kind in range(4))
    assert 0.12 < neutrophil < 0.4
    assert lymphocyte > 0.6
    assert neutrophil < monocyte < lymphocyte
    assert 0.15 < eosinophil < 0.45


def test_kinds_have_their_sizes() -> None:
    widths = [
        float(np.ptp(GENERATORS["white_blood_cell"]({"kind": kind, "irregular": 0.0}).mesh.vertices[:, 0]))
        for kind in range(5)
    ]
    assert widths[1] < widths[0] < widths[2]


@pytest.mark.parametrize("rings", [1, 3])
def test_parasites_are_violet_rings_within_the_cell(rings: int) -> None:
    clean = light(GENERATORS["infected_red_blood_cell"]({"rings": 1, "ring": 0.2, "variant": 5}))
    sick = light(GENERATORS["infected_red_blood_cell"]({"rings": rings, "ring": 0.28, "variant": 5}))
    violet = sick[..., 2] > 1.2 * sick[..., 1]
    assert 0.01 < violet.mean() < 0.25
    where = np.argwhere(violet) / (len(sick) - 1) * 2 - 1
    assert np.hypot(*where.T).max() < 0.98
    assert not np.array_equal(clean, sick)


def test_platelet_is_small_and_lilac() -> None:
    asset = GENERATORS["platelet"]({})
    assert 0.002 < float(np.ptp(asset.mesh.vertices[:, 0])) < 0.004
    middle = light(asset)[24:40, 24:40].mean(axis=(0, 1))
    assert middle[2] > middle[1]
