"""Procedural surfaces repeat without a seam, differ by their parameters, and are the same when made twice."""

from __future__ import annotations

import numpy as np
import pytest

from synthvision.assets.catalog import load_catalog
from synthvision.assets.textures import DECALS, TEXTURE_PARAMETERS, TEXTURES
from synthvision.assets.textures.noise import cells, fractal, white
from synthvision.errors import AssetError
from tests.unit.assets_generated.drawing import scattered

ENTRIES = {name: entry for name, entry in load_catalog().textures.items() if entry.generator not in DECALS}
FROM_AFAR = {"meadow", "yard_asphalt", "yard_concrete", "yard_gravel"}
EVERY = pytest.mark.parametrize("name", ENTRIES)


@EVERY
def test_picture_is_a_tile(name: str) -> None:
    source = ENTRIES[name].source(scattered(1))
    image = TEXTURES[source.key](dict(source.parameters))
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
    assert 512 <= image.shape[0] == image.shape[1] <= (2048 if name in FROM_AFAR else 1024)
    assert image.std() > 1.5, "a surface without any detail"
    for axis in (0, 1):
        steps = np.abs(np.diff(image.astype(np.int16), axis=axis)).mean(axis=(1 - axis, 2))
        seam = np.abs(np.take(image, 0, axis=axis).astype(float) - np.take(image, -1, axis=axis)).mean()
        # The step over the border is one of the steps that the picture has anyway.
        assert seam <= steps.max() * 1.05 + 0.5
        if name not in {"tiles", "checker", "wood_planks", "fabric"}:
            assert seam <= steps.mean() + 6 * steps.std() + 0.5


@pytest.mark.parametrize("name", ["wood_planks", "grass", "terrazzo"])
def test_made_twice_is_the_same(name: str) -> None:
    source = ENTRIES[name].source(scattered(5))
    first, second = (TEXTURES[source.key](dict(source.parameters)) for _ in range(2))
    assert np.array_equal(first, second)


@EVERY
def test_parameters_agree_with_the_catalog(name: str) -> None:
    assert set(ENTRIES[name].parameters) == set(TEXTURE_PARAMETERS[ENTRIES[name].generator])


def greens(image: np.ndarray) -> np.ndarray:
    red, green, blue = (image[..., channel].astype(int) for channel in range(3))
    return (green > red) & (green > blue)


@pytest.mark.parametrize("name", ["yard_asphalt", "yard_concrete"])
def test_yard_is_paved_about_the_origin_and_green_at_its_border(name: str) -> None:
    """The origin of the ground is the corner of the tile, so the verge runs through the tile's middle."""
    image = TEXTURES[name]({"verge": 0.6})
    assert greens(image[:500, :500]).mean() < 0.02
    assert greens(image[1000:1048]).mean() > 0.6
    assert greens(image[:, 1000:1048]).mean() > 0.6


def test_yard_does_not_repeat_within_its_tile() -> None:
    """No shift makes the marks of a yard meet others of it: what repeats is grain that is finer than the marks."""
    image = TEXTURES["yard_asphalt"]({"verge": 0.0, "repairs": 1.0, "dirt": 1.0}).mean(axis=2)
    marks = image.reshape(256, 8, 256, 8).mean(axis=(1, 3))
    spectrum = np.fft.fft2(marks - marks.mean())
    likeness = np.fft.ifft2(np.abs(spectrum) ** 2).real
    likeness /= likeness[0, 0]
    far = np.ones((256, 256), bool)
    far[np.ix_(*2 * [np.r_[-24:25]])] = False
    assert likeness[far].max() < 0.6


def test_slabs_are_as_wide_as_asked() -> None:
    image = TEXTURES["yard_concrete"]({"slab_m": 8.0, "dirt": 0.0, "verge": 0.0, "spread": 0.0}).mean(axis=2)
    dark = np.median(image, axis=0)
    joints = np.flatnonzero(dark < np.median(dark) - 12)
    assert set(np.unique(np.round(joints / 128)).tolist()) <= set(range(17))
    assert len(np.unique(np.round(joints / 128) % 16)) >= 14


def test_repairs_paint_and_puddles_change_what_they_are_called_after() -> None:
    bare = {"repairs": 0.0, "paint": 0.0, "verge": 0.0}
    plain, patched, painted = (
        TEXTURES["yard_asphalt"](bare | changed) for changed in ({}, {"repairs": 1.0}, {"paint": 1.0})
    )
    assert 0.01 < (np.abs(plain.astype(np.int16) - patched).max(axis=2) > 8).mean() < 0.6
    assert (painted[..., 0] > 150).sum() > (plain[..., 0] > 150).sum() + 5000
    dry, wet = (TEXTURES["yard_gravel"]({"puddles": share}).mean(axis=2) for share in (0.0, 1.0))
    assert 0.01 < (wet < dry - 15).mean() < 0.3
    assert (wet > dry + 15).mean() < 0.005


def test_meadow_has_as_much_straw_as_asked() -> None:
    green, dry = (greens(TEXTURES["meadow"]({"dry": share, "flowers": 0.0})).mean() for share in (0.0, 0.9))
    assert green > 0.75
    assert dry < green - 0.3


def test_catalog_has_every_texture() -> None:
    assert set(ENTRIES) == set(TEXTURES)


def test_another_variant_is_another_picture() -> None:
    assert not np.array_equal(TEXTURES["cardboard"]({"variant": 1}), TEXTURES["cardboard"]({"variant": 2}))


def test_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(
        AssetError, match=r"^concrete: parameter must be one of hue, .*, got 'stain'; did you mean 'stains'\?$"
    ):
        TEXTURES["concrete"]({"stain": 1.0})


def test_white_noise_is_uniform_and_uncorrelated() -> None:
    noise = white(256, 256, 3)
    counts = np.histogram(noise, bins=16, range=(0, 1))[0]
    assert np.abs(counts - 4096).max() < 5 * np.sqrt(4096)
    assert abs(np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(noise[:-1].ravel(), noise[1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(noise.ravel(), white(256, 256, 4).ravel())[0, 1]) < 0.02


def test_fractal_noise_is_standardised_and_limited_in_band() -> None:
    noise = fractal(128, 5, slope=1.0, low=4, high=20)
    assert abs(float(noise.mean())) < 1e-3
    assert float(noise.std()) == pytest.approx(1.0, rel=1e-3)
    spectrum = np.abs(np.fft.rfft2(noise))
    assert spectrum[0, 40] < 1e-3 * spectrum.max()
    assert spectrum[0, 2] < 1e-3 * spectrum.max()


def test_cells_match_a_search_over_all_points() -> None:
    size, count, seed = 48, 6, 9
    made = cells(size, count, seed)
    shifts = np.stack([white(count, count, seed), white(count, count, seed + 1)], axis=2)
    column, row = np.meshgrid(np.arange(count), np.arange(count))
    points = np.stack([column, row], axis=2) + 0.5 + 0.9 * (shifts - 0.5)
    place = (np.arange(size) + 0.5) * count / size
    for y, x in ((0, 0), (47, 3), (20, 31), (11, 47)):
        offset = points.reshape(-1, 2) - np.array([place[x], place[y]])
        offset -= count * np.round(offset / count)
        distance = np.sort(np.hypot(*offset.T))
        assert made.nearest[y, x] == pytest.approx(distance[0], abs=1e-5)
        assert made.number[y, x] == np.argmin(np.hypot(*offset.T))
        assert made.second[y, x] >= distance[1] - 1e-5
