"""Decals have alpha, an empty border, a crisp mask; each is the damage that it is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import label

from synthvision.assets import AssetStore
from synthvision.assets.catalog import load_catalog
from synthvision.assets.textures import DECALS, PICTURES, TEXTURE_PARAMETERS, TEXTURES
from synthvision.assets.textures.strokes import drawn, wandering
from synthvision.errors import AssetError
from tests.unit.assets_generated.drawing import POINTS, scattered

ENTRIES = {name: entry for name, entry in load_catalog().textures.items() if entry.generator in DECALS}
EVERY = pytest.mark.parametrize("name", ENTRIES)
EIGHT = np.ones((3, 3))


def made(name: str, **parameters: float) -> np.ndarray:
    return DECALS[name](parameters)


def mask(name: str, **parameters: float) -> np.ndarray:
    return made(name, **parameters)[..., 3] >= 128


@EVERY
@pytest.mark.parametrize("u_of", POINTS.values(), ids=POINTS)
def test_decal_has_alpha_an_empty_border_and_a_crisp_mask(name: str, u_of: object) -> None:
    source = ENTRIES[name].source(u_of)
    image = DECALS[source.key](dict(source.parameters))
    assert image.dtype == np.uint8
    assert image.shape == (256, 256, 4)
    alpha = image[..., 3]
    assert not np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]]).any()
    there = alpha >= 128
    assert 0.002 < there.mean() < 0.95
    if name == "dent":  # its opacity is its depth, and a dent has no edge
        return
    unsure = (alpha > 25) & (alpha < 128)
    assert unsure.sum() < 0.35 * there.sum() or unsure.mean() < 0.02


@EVERY
def test_made_twice_is_the_same_and_every_parameter_changes_it(name: str) -> None:
    parameters = dict(ENTRIES[name].source(scattered(2)).parameters)
    image = made(name, **parameters)
    assert np.array_equal(image, made(name, **parameters))
    for parameter, bounds in ENTRIES[name].parameters.items():
        far = bounds.low if parameters[parameter] > (bounds.low + bounds.high) / 2 else bounds.high
        context = {"primer": 1.0} if name == "paint_chip" else {}
        base = parameters | context
        assert not np.array_equal(made(name, **base), made(name, **(base | {parameter: far}))), parameter


@EVERY
def test_parameters_agree_with_the_catalog(name: str) -> None:
    assert set(ENTRIES[name].parameters) == set(TEXTURE_PARAMETERS[name])


def test_catalog_has_every_decal_and_no_name_twice() -> None:
    assert set(ENTRIES) == set(DECALS)
    assert not set(DECALS) & set(TEXTURES)
    assert set(PICTURES) == set(DECALS) | set(TEXTURES)


def test_store_gives_decals_with_their_alpha(tmp_path: Path) -> None:
    image = AssetStore(tmp_path).image(ENTRIES["scratch"].source(scattered(1)))
    assert image.shape == (256, 256, 4)
    assert not image.flags.writeable


def test_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(
        AssetError, match=r"^crack: parameter must be one of branches, .*, got 'branch'; did you mean 'branches'\?$"
    ):
        made("crack", branch=2)


def test_crack_is_one_connected_line_as_long_as_the_picture() -> None:
    for variant in range(5):
        there = mask("crack", branches=4, width=0.02, variant=variant)
        parts, count = label(there, EIGHT)
        sizes = np.bincount(parts.ravel())[1:]
        assert sizes.max() > 0.95 * sizes.sum(), f"{count} pieces"
        assert np.ptp(np.nonzero(there)[1]) > 0.8 * 256
    assert mask("crack", branches=6, variant=2).sum() > mask("crack", branches=0, variant=2).sum()


def test_scratches_are_thin_and_as_many_as_asked() -> None:
    for strokes in (1, 4):
        there = mask("scratch", strokes=strokes, width=0.015, curve=0.0, variant=3)
        assert 1 <= label(there, EIGHT)[1] <= strokes + 1
        assert there.sum(axis=0).max() < 256 * 0.015 * strokes + 2 * strokes
    dark, bright = (made("scratch", bright=level)[mask("scratch", bright=level)][:, :3].mean() for level in (0.0, 1.0))
    assert dark < 60
    assert bright > 150


def test_stain_is_darkest_at_its_rim() -> None:
    image = made("stain", rim=1.0, ragged=0.1, size=0.8)
    there = image[..., 3] >= 128
    row = image[128, there[128], :3].mean(axis=1)
    assert row[:3].mean() < 0.8 * row[len(row) // 2 - 10 : len(row) // 2 + 10].mean()


def test_dent_is_a_bowl_that_fades_out_and_is_masked_to_half_its_depth() -> None:
    depth = made("dent", oval=1.0)[128, 128:, 3].astype(int)
    assert depth[0] == 255
    assert np.abs(np.diff(depth)).max() < 10, "no step"
    assert 0.45 * 128 < (depth >= 128).sum() < 0.65 * 128


def test_dent_is_dark_towards_the_light_and_bright_away_from_it() -> None:
    image = made("dent", light_deg=0.0, oval=1.0, depth=0.8)[..., :3].mean(axis=2)
    left, right = image[128, 128 - 50 : 128 - 35].mean(), image[128, 128 + 35 : 128 + 50].mean()
    assert right < 0.75 * left
    assert mask("dent", oval=1.0)[128, 128]


def test_rust_is_red_brown() -> None:
    image = made("rust_spot")
    red, green, blue = image[image[..., 3] >= 128][:, :3].mean(axis=0)
    assert red > 1.3 * green > 1.3 * blue


def test_sticker_fills_its_rectangle_and_loses_its_corner() -> None:
    whole = mask("sticker", height=0.5, torn=0.0)
    assert whole.mean() == pytest.approx(0.94 * 0.94 * 0.5, rel=0.03)
    assert mask("sticker", height=0.5, torn=0.45).sum() < 0.95 * whole.sum()


def test_tape_is_a_strip_of_its_width() -> None:
    there = mask("tape", width=0.3)
    assert there[:, 128].sum() == pytest.approx(0.3 * 256, abs=3)
    assert there[128].sum() > 0.75 * 256


def test_stroke_covers_its_width() -> None:
    line = np.array([(0.2, 0.5), (0.8, 0.5)])
    cover = drawn(100, line, np.array([0.1, 0.1])).cover
    assert cover[:, 50].sum() == pytest.approx(10.0, abs=0.3)
    assert cover[:, 5].sum() == 0
    side = drawn(100, line, np.array([0.1, 0.1])).side[:, 50]
    assert side[46] > 0 > side[53], "left of the line, which runs to the right, is up"


def test_wandering_line_keeps_its_ends() -> None:
    line = wandering((0.1, 0.5), (0.9, 0.5), 0.2, 32, 4)
    assert line[0] == pytest.approx([0.1, 0.5])
    assert line[-1] == pytest.approx([0.9, 0.5])
    assert 0.01 < np.ptp(line[:, 1]) < 0.4
