"""What makes an apple an apple and a banana ripe."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthvision.assets.catalog import load_catalog
from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.fruit import FAMILIES
from synthvision.assets.generators.fruit.skins import SIZE, lattice, speckles, upward
from synthvision.assets.types import Asset
from tests.unit.assets_generated.drawing import POINTS
from tests.unit.assets_generated.test_families import built

MODELS = {name: model for name, model in load_catalog().models.items() if model.generator in FAMILIES}


def skin_colours(asset: Asset) -> NDArray[np.float64]:
    """Return the picture of the skin (H, W, 3), 0…255."""
    texture = asset.materials[0].base_colour_texture
    assert texture is not None
    return asset.images[texture.key].astype(np.float64)


def mean_colour(kind: str, **parameters: float) -> NDArray[np.float64]:
    """Return the colour of the middle of a skin, without its ends."""
    colours: NDArray[np.float64] = skin_colours(GENERATORS[kind](parameters))[180:330].mean(axis=(0, 1))
    return colours


def slot_points(asset: Asset, name: str) -> NDArray[np.float32]:
    slot = [material.name for material in asset.materials].index(name)
    points: NDArray[np.float32] = asset.mesh.vertices[asset.mesh.triangles[asset.mesh.slots == slot]].reshape(-1, 3)
    return points


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("point", POINTS)
def test_fruit_is_light_and_has_a_skin_that_light_enters(name: str, point: str) -> None:
    asset = built(name, POINTS[point])
    assert len(asset.mesh.triangles) <= 6000
    skin = asset.materials[0]
    assert (skin.name, skin.shader) == ("skin", "fruit_skin")
    assert 0 < skin.subsurface <= 0.2
    assert all(image.nbytes <= 2**20 for image in asset.images.values())


def test_apple_has_a_hollow_at_both_ends() -> None:
    skin = slot_points(GENERATORS["apple"]({"diameter_m": 0.08}), "skin")
    near_axis = np.linalg.norm(skin[:, :2], axis=1) < 0.003
    top, bottom = skin[near_axis & (skin[:, 2] > 0.035)], skin[near_axis & (skin[:, 2] < 0.035)]
    assert skin[:, 2].max() - top[:, 2].min() > 0.008
    assert bottom[:, 2].max() - skin[:, 2].min() > 0.004


def test_stalk_stands_out_of_the_apple_by_its_length() -> None:
    long, short = (slot_points(GENERATORS["apple"]({"stalk_m": length}), "stalk")[:, 2] for length in (0.022, 0.01))
    assert long.max() - short.max() == pytest.approx(0.012, abs=0.0015)


def test_apples_go_from_green_to_yellow_and_to_red() -> None:
    green = mean_colour("apple", ground=0.0, blush=0.0)
    yellow = mean_colour("apple", ground=1.0, blush=0.0)
    red = mean_colour("apple", blush=1.0)
    assert green[1] > green[0] + 15
    assert yellow[0] > yellow[1] > yellow[2] + 60
    assert red[0] > 2 * red[1]


def test_bananas_go_from_green_over_yellow_to_brown() -> None:
    green, yellow, brown = (mean_colour("banana", ripeness=ripeness, freckles=0.0) for ripeness in (0.0, 0.62, 1.0))
    assert green[1] > green[0] + 15
    assert yellow[0] > yellow[1] > 2 * yellow[2]
    assert brown.max() < 0.75 * yellow.max()


def test_freckles_come_with_ripeness() -> None:
    plain, freckled = (skin_colours(GENERATORS["banana"]({"ripeness": 0.8, "freckles": each})) for each in (0.0, 1.0))
    dark = ((plain - freckled).max(axis=2) > 40)[100:400]
    assert 0.01 < dark.mean() < 0.3
    assert label(dark)[1] > 100


def test_banana_bends_by_its_angle() -> None:
    """The ends' sections stand square to the curve, so the angle between them is the bend."""
    for bend in (45.0, 95.0):
        mesh = GENERATORS["banana"]({"bend_deg": bend}).mesh
        x = mesh.vertices[:, 0]
        span = float(np.ptp(x))
        ends = [mesh.vertices[near].mean(axis=0) for near in (x < x.min() + 0.1 * span, x > x.max() - 0.1 * span)]
        middle = mesh.vertices[np.abs(x - x.mean()) < 0.05 * span].mean(axis=0)
        sag = middle[1] - (ends[0][1] + ends[1][1]) / 2
        # A circle's arc of this angle rises by r (1 - cos(angle / 2)); its ends here are 90 % of the chord apart.
        radius = 0.19 / np.radians(bend)
        assert sag == pytest.approx(0.85 * radius * (1 - np.cos(np.radians(bend) / 2)), rel=0.3)


def test_lemon_lies_along_x_with_drawn_out_ends() -> None:
    blunt, pointed = (slot_points(GENERATORS["lemon"]({"nipple": each}), "skin") for each in (0.0, 1.0))
    for skin in (blunt, pointed):
        assert np.ptp(skin, axis=0).argmax() == 0
    beyond = [np.abs(skin[skin[:, 0] > 0.92 * skin[:, 0].max()][:, 1]).max() for skin in (blunt, pointed)]
    assert beyond[1] < 0.75 * beyond[0]


def test_limes_are_greener_than_lemons() -> None:
    lemon, lime = mean_colour("lemon", green=0.0), mean_colour("lemon", green=1.0)
    assert lemon[0] > lemon[1]
    assert lime[1] > 1.2 * lime[0]


def test_oranges_are_pitted() -> None:
    asset = GENERATORS["orange"]({})
    texture = asset.materials[0].normal_texture
    assert texture is not None
    normals = asset.images[texture.key].astype(np.float64) / 127.5 - 1
    assert np.linalg.norm(normals, axis=2) == pytest.approx(np.ones((SIZE, SIZE)), abs=0.02)
    middle = normals[150:350]
    assert middle[..., :2].mean(axis=(0, 1)) == pytest.approx([0.0, 0.0], abs=0.02)
    assert middle[..., 2].min() < 0.95


def test_strawberry_has_its_seeds_all_over() -> None:
    seeds = lattice(190, 0.0085, 1.7) > 0.5
    count = label(seeds[40:-40])[1]
    # The share of a sphere's area between these rows, plus seeds cut by the chart's left and right border.
    share = np.cos(np.pi * 40 / SIZE)
    assert count == pytest.approx(190 * share, rel=0.06)


def test_dots_are_spread_evenly_over_the_sphere() -> None:
    dots = speckles(4000, 0.004, 7)
    weight = np.sin(np.pi * upward())
    rows = (dots * weight).mean(axis=1) / weight[:, 0]
    bands = rows[32:-32].reshape(7, -1).mean(axis=1)
    assert bands == pytest.approx(np.full(7, bands.mean()), rel=0.15)


def test_tomato_star_is_green_and_on_top() -> None:
    asset = GENERATORS["tomato"]({})
    star = slot_points(asset, "star")
    assert star[:, 2].max() == asset.mesh.bounds[1, 2]
    red, green, blue = next(material.base_colour for material in asset.materials if material.name == "star")
    assert green > 1.5 * max(red, blue)


@pytest.mark.parametrize("fingers", [2, 5])
def test_a_bunch_is_its_fingers_and_the_crown(fingers: int) -> None:
    mesh = GENERATORS["banana_bunch"]({"fingers": fingers}).mesh
    ends = np.concatenate([mesh.triangles[:, [0, 1]], mesh.triangles[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(len(mesh.vertices),) * 2)
    assert connected_components(graph, directed=False)[0] == fingers + 1
    tips = mesh.vertices[mesh.vertices[:, 0] > mesh.bounds[1, 0] - 0.02]
    assert tips[:, 2].min() < 0.02
