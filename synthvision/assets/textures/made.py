"""Made surfaces: cardboard, woven fabric, checker, brushed metal, paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import (
    Image8,
    cells,
    fractal,
    mixed,
    picture,
    series,
    smooth,
    tinted,
    tinted_picture,
)

SIZE = 768


@dataclass(frozen=True)
class Cardboard:
    """``flutes`` is how strongly the corrugation shows through."""

    hue: float = 0.085
    saturation: float = 0.42
    tone: float = 0.7
    flutes: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class Fabric:
    """``threads`` per side of the tile, made even; ``second_hue`` is the weft's, ``contrast`` its extra brightness."""

    hue: float = 0.6
    second_hue: float = 0.58
    saturation: float = 0.4
    tone: float = 0.55
    contrast: float = 0.3
    threads: int = 96
    variant: int = 0


@dataclass(frozen=True)
class Checker:
    """``squares`` per side, made even; two hues and tones."""

    hue: float = 0.1
    saturation: float = 0.05
    light: float = 0.88
    dark: float = 0.16
    squares: int = 8
    variant: int = 0


@dataclass(frozen=True)
class Brushed:
    """``grain`` is the strength of the streaks, which run along u."""

    hue: float = 0.6
    saturation: float = 0.03
    tone: float = 0.68
    grain: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class Painted:
    """``wear`` is the share of the paint that has come off."""

    hue: float = 0.55
    saturation: float = 0.45
    tone: float = 0.7
    wear: float = 0.2
    variant: int = 0


def cardboard(parameters: Mapping[str, float]) -> Image8:
    """Return kraft board: fibres, specks, and the corrugation as faint stripes along v."""
    look = read_parameters("cardboard", Cardboard, parameters)
    x = np.arange(SIZE, dtype=np.float32)[None, :]
    flutes = elementary.cos(2 * np.pi * 96 * x / SIZE)
    fibre = fractal(SIZE, look.variant + 1, slope=0.9, low=12, stretch=(3.0, 1.0))
    cross = fractal(SIZE, look.variant + 2, slope=0.9, low=12, stretch=(1.0, 2.0))
    cloud = fractal(SIZE, look.variant + 3, slope=1.5, high=30)
    specks = smooth(fractal(SIZE, look.variant + 4, slope=0.5, low=40, stretch=(2.0, 1.0)), 2.6, 3.4)
    value = 1 + 0.035 * fibre + 0.02 * cross + 0.025 * cloud + 0.03 * look.flutes * flutes - 0.22 * specks
    return tinted_picture(value.astype(np.float32), look.hue, look.saturation, look.tone)


def fabric(parameters: Mapping[str, float]) -> Image8:
    """Return a plain weave seen from above."""
    look = read_parameters("fabric", Fabric, parameters)
    count = 2 * round(look.threads / 2)
    wander = 0.12 * fractal(SIZE, look.variant + 1, slope=1.5, high=60)
    y, x = np.meshgrid(*(2 * [(np.arange(SIZE, dtype=np.float32) + 0.5) * count / SIZE]), indexing="ij")
    u, v = x + wander, y + np.roll(wander, SIZE // 3, axis=1)
    whole_u, whole_v = np.floor(u), np.floor(v)
    column, row = (whole.astype(np.int64) % count for whole in (whole_u, whole_v))
    over = (column + row) % 2 == 0
    u, v = u - whole_u, v - whole_v
    across, along = np.where(over, u, v) - np.float32(0.5), np.where(over, v, u) - np.float32(0.5)
    height = (1 - 2.6 * across**2) * (1 - 1.1 * along**2)
    twist = 0.06 * elementary.sin(2 * np.pi * (2 * across + 3 * along))
    thread = np.where(over, series(count, look.variant + 2).take(column), series(count, look.variant + 3).take(row))
    light = (
        0.62 + 0.42 * height + twist + 0.16 * (thread - 0.5) + 0.04 * fractal(SIZE, look.variant + 4, slope=0.5, low=40)
    )
    light = (light * (1 + 0.03 * fractal(SIZE, look.variant + 5, slope=1.6, high=20))).astype(np.float32)
    warp = rgb8(look.hue, look.saturation, look.tone)
    weft = rgb8(look.second_hue, look.saturation * 0.8, min(1.0, look.tone * (1 + look.contrast)))
    planes = [
        picture(light * np.where(over, np.float32(first), np.float32(second)))
        for first, second in zip(warp, weft, strict=True)
    ]
    return np.stack(planes, axis=2)


def checker(parameters: Mapping[str, float]) -> Image8:
    """Return a checkerboard, a little worn."""
    look = read_parameters("checker", Checker, parameters)
    count = 2 * max(1, round(look.squares / 2))
    number = (np.arange(SIZE) * count) // SIZE
    odd = ((number[:, None] + number[None, :]) % 2).astype(np.float32)
    noise = (
        1
        + 0.02 * fractal(SIZE, look.variant + 1, slope=1.3)
        + 0.012 * fractal(SIZE, look.variant + 2, slope=0.2, low=40)
    )
    light = tinted(noise, look.hue, look.saturation, look.light)
    dark = tinted(noise, look.hue, look.saturation, look.dark)
    return picture(mixed(odd, light, dark))


def brushed_metal(parameters: Mapping[str, float]) -> Image8:
    """Return a metal plate brushed along u."""
    look = read_parameters("brushed_metal", Brushed, parameters)
    streaks = fractal(SIZE, look.variant + 1, slope=0.5, low=6, stretch=(60.0, 1.0))
    long = fractal(SIZE, look.variant + 2, slope=0.3, low=20, stretch=(240.0, 1.0))
    cloud = fractal(SIZE, look.variant + 3, slope=1.8, high=12)
    value = 1 + look.grain * (0.05 * streaks + 0.05 * long) + 0.015 * cloud
    return tinted_picture(value.astype(np.float32), look.hue, look.saturation, look.tone)


def painted(parameters: Mapping[str, float]) -> Image8:
    """Return rolled paint over plaster, with chips where it has come off."""
    look = read_parameters("painted", Painted, parameters)
    roller = fractal(SIZE, look.variant + 1, slope=0.4, low=60, high=200)
    cloud = fractal(SIZE, look.variant + 2, slope=1.8, high=20)
    paint = tinted((1 + 0.022 * roller + 0.03 * cloud).astype(np.float32), look.hue, look.saturation, look.tone)
    flaking = fractal(SIZE, look.variant + 3, slope=1.25, low=2) - 0.5 * cells(SIZE, 12, look.variant + 4).nearest
    edge = float(np.quantile(flaking, 1 - 0.35 * look.wear)) if look.wear > 0 else 99.0
    bare = smooth(flaking, edge, edge + 0.06)
    rim = smooth(flaking, edge - 0.14, edge) * (1 - bare)
    plaster = tinted((1 + 0.05 * roller + 0.08 * cloud).astype(np.float32), 0.1, 0.12, 0.72)
    shaded = mixed(0.35 * rim, paint, rgb8(look.hue, look.saturation, 0.3 * look.tone))
    return picture(mixed(bare, shaded, plaster))
