"""Mineral surfaces: concrete, asphalt, soil, terrazzo, marble, tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import (
    Field,
    Image8,
    cells,
    fractal,
    hashed,
    mixed,
    picture,
    smooth,
    tinted,
    tinted_picture,
)

SIZE = 768


@dataclass(frozen=True)
class Concrete:
    """``stains`` is how blotchy it is, ``pores`` how many holes it has."""

    hue: float = 0.1
    saturation: float = 0.06
    tone: float = 0.62
    stains: float = 0.5
    pores: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class Asphalt:
    """``stones`` is how many light stones show in the bitumen."""

    tone: float = 0.32
    stones: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class Soil:
    """``pebbles`` is the share of cells with a pebble."""

    hue: float = 0.075
    saturation: float = 0.45
    tone: float = 0.42
    pebbles: float = 0.25
    variant: int = 0


@dataclass(frozen=True)
class Terrazzo:
    """``chips`` per side of the tile; ``colourful`` is how far their hues wander from ``hue``."""

    hue: float = 0.08
    tone: float = 0.82
    colourful: float = 0.15
    chips: int = 22
    variant: int = 0


@dataclass(frozen=True)
class Marble:
    """``veins`` is how strongly the veins show."""

    hue: float = 0.58
    tone: float = 0.9
    veins: float = 0.6
    variant: int = 0


@dataclass(frozen=True)
class Tiles:
    """``tiles`` per side; ``spread`` is how much they differ; ``grout`` the brightness of the joints."""

    hue: float = 0.55
    saturation: float = 0.2
    tone: float = 0.8
    spread: float = 0.3
    grout: float = 0.55
    tiles: int = 4
    variant: int = 0


def concrete(parameters: Mapping[str, float]) -> Image8:
    """Return cast concrete."""
    look = read_parameters("concrete", Concrete, parameters)
    cloud = fractal(SIZE, look.variant + 1, slope=1.7, high=60)
    sand = fractal(SIZE, look.variant + 2, slope=0.35, low=50)
    value = 1 + 0.085 * look.stains * cloud + 0.03 * sand
    value += 0.05 * look.stains * smooth(fractal(SIZE, look.variant + 3, slope=1.3, low=3), 0.8, 1.6)
    holes = cells(SIZE, 34, look.variant + 4)
    big = holes.chance(look.variant + 5)
    radius = 0.04 + 0.16 * elementary.power(big, 4)
    dark = smooth(holes.nearest - radius, 0.04, -0.02) * (holes.chance(look.variant + 6) < 0.7 * look.pores)
    return tinted_picture(value * (1 - 0.4 * dark), look.hue, look.saturation, look.tone)


def asphalt(parameters: Mapping[str, float]) -> Image8:
    """Return road asphalt: stones of many greys in dark bitumen."""
    look = read_parameters("asphalt", Asphalt, parameters)
    stones = cells(SIZE, 96, look.variant + 1)
    grey = stones.chance(look.variant + 2)
    shown = smooth(stones.second - stones.nearest, 0.05, 0.3)
    light = 0.6 + 0.65 * grey + 0.45 * smooth(grey, 1 - 0.3 * look.stones - 0.01, 1.0)
    worn = 1 + 0.07 * fractal(SIZE, look.variant + 3, slope=1.6, high=40)
    value = (0.55 * (1 - shown) + light * shown) * worn + 0.07 * fractal(SIZE, look.variant + 4, slope=0.3, low=60)
    warm = hashed(stones.number, stones.number, look.variant + 5)
    colours = tinted(value.astype(np.float32), 0.6, 0.02, look.tone)
    for channel, strength in enumerate((0.08, 0.02, -0.06)):
        colours[..., channel] *= 1 + warm * np.float32(strength)
    return picture(colours)


def soil(parameters: Mapping[str, float]) -> Image8:
    """Return bare earth with crumbs and pebbles."""
    look = read_parameters("soil", Soil, parameters)
    crumbs = cells(SIZE, 70, look.variant + 1)
    relief = fractal(SIZE, look.variant + 2, slope=1.0, low=4, high=200)
    value = (
        0.95 + 0.16 * relief - 0.3 * (crumbs.nearest - 0.4) + 0.05 * fractal(SIZE, look.variant + 3, slope=0.2, low=80)
    )
    ground = tinted(value.astype(np.float32), look.hue, look.saturation, look.tone)
    pebbles = cells(SIZE, 24, look.variant + 4, jitter=0.7)
    there = pebbles.chance(look.variant + 5) < look.pebbles
    radius = (
        0.08 + 0.22 * pebbles.chance(look.variant + 6) ** 2 + 0.035 * fractal(SIZE, look.variant + 8, slope=1.2, low=20)
    )
    body = smooth(pebbles.nearest - radius, 0.03, -0.03) * there
    rounded = 0.55 + 0.25 * np.clip(1 - pebbles.nearest / 0.25, 0, 1) + 0.4 * pebbles.chance(look.variant + 7)
    stone = tinted(
        (rounded + 0.05 * relief).astype(np.float32), look.hue, 0.5 * look.saturation, min(1.0, look.tone * 1.3)
    )
    shade = 1 - 0.45 * smooth(pebbles.nearest - radius, 0.1, 0.0) * there * (1 - body)
    return picture(mixed(body.astype(np.float32), ground * shade[..., None], stone))


def terrazzo(parameters: Mapping[str, float]) -> Image8:
    """Return polished terrazzo: large and small chips in cement."""
    look = read_parameters("terrazzo", Terrazzo, parameters)
    cement = (
        1
        + 0.025 * fractal(SIZE, look.variant + 1, slope=0.5, low=20)
        + 0.02 * fractal(SIZE, look.variant + 2, slope=1.6)
    )
    colours = tinted(cement, look.hue, 0.05, look.tone)
    for layer, count in enumerate((look.chips * 3, look.chips)):
        chips = cells(SIZE, count, look.variant + 10 * layer + 3)
        ragged = 0.02 * fractal(SIZE, look.variant + 10 * layer + 4, slope=1.0, low=8, high=120)
        inside = smooth(chips.second - chips.nearest + ragged, 0.10, 0.10 + 0.035 * count / look.chips)
        shown = inside * (chips.chance(look.variant + 5 + layer) < (0.6, 0.5)[layer])
        colours = mixed(shown.astype(np.float32), colours, _chip_colours(look, chips.number, layer))
    return picture(colours)


def _chip_colours(look: Terrazzo, number: np.ndarray[tuple[int, ...], np.dtype[np.uint32]], layer: int) -> Field:
    """Return the colour of each pixel's chip out of eight."""
    shades = [
        (look.hue + look.colourful * (step - 3.5) / 7, 0.12 + 0.5 * look.colourful * (step % 3) / 2, tone)
        for step, tone in enumerate((0.95, 0.35, 0.72, 0.55, 0.88, 0.25, 0.65, 0.8))
    ]
    inks = np.array([rgb8(*shade) for shade in shades], np.float32)
    pick = (hashed(number, number, look.variant + 31 + layer) * len(inks)).astype(np.int64)
    return inks[pick]


def marble(parameters: Mapping[str, float]) -> Image8:
    """Return polished marble with veins."""
    look = read_parameters("marble", Marble, parameters)
    cloud = fractal(SIZE, look.variant + 1, slope=1.8)
    wide = np.abs(
        fractal(SIZE, look.variant + 2, slope=2.0, high=50) + 0.25 * fractal(SIZE, look.variant + 3, slope=1.5, low=4)
    )
    thin = np.abs(fractal(SIZE, look.variant + 4, slope=1.7, high=90))
    presence = smooth(fractal(SIZE, look.variant + 5, slope=2.0, high=8), -0.6, 1.2)
    vein = (
        0.75 * elementary.exp(-wide / 0.07) * presence
        + 0.35 * elementary.exp(-wide / 0.4) * presence
        + 0.35 * elementary.exp(-thin / 0.035) * (1 - presence)
    )
    stone = tinted((1 + 0.025 * cloud).astype(np.float32), look.hue, 0.03, look.tone)
    dark = rgb8(look.hue, 0.12, 0.35 * look.tone)
    return picture(mixed((look.veins * np.clip(vein, 0, 1)).astype(np.float32), stone, dark))


def tiles(parameters: Mapping[str, float]) -> Image8:
    """Return square ceramic tiles."""
    look = read_parameters("tiles", Tiles, parameters)
    place = (np.arange(SIZE, dtype=np.float32) + 0.5) * look.tiles / SIZE
    number, share = np.floor(place).astype(np.uint32), place % 1.0
    from_edge = np.minimum(share, 1 - share) * SIZE / look.tiles
    inside = np.minimum(from_edge[:, None], from_edge[None, :])
    row, column = np.meshgrid(number, number, indexing="ij")
    tone = 1 + look.spread * 0.3 * (hashed(row, column, look.variant + 1) - 0.5)
    glaze = tone * (1 + 0.02 * fractal(SIZE, look.variant + 2, slope=1.6))
    glaze = glaze * (0.86 + 0.14 * smooth(inside, 2.5, 9.0))
    joint = look.grout * (1 + 0.08 * fractal(SIZE, look.variant + 3, slope=0.5, low=20))
    face = tinted(glaze.astype(np.float32), look.hue, look.saturation, look.tone)
    return picture(mixed(smooth(inside, 1.8, 3.2), tinted(joint, 0.1, 0.06, 1.0), face))
