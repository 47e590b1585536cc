"""Yards from the air, 2048 texels for some 130 m: asphalt, concrete slabs and gravel, with a verge along the border.

Everything that is there only once – repairs, cracks, stains, tyre tracks, paint – is drawn on it, so that the ground of
a frame does not repeat. The middle of the yard is the tile's corner, which on the ground is the world's origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, Image8, fractal, hashed, mixed, picture, smooth, tinted
from synthvision.assets.textures.yard_marks import (
    SIDE_M,
    SIZE,
    Sheet,
    bays,
    covers,
    cracks,
    lines,
    patches,
    spots,
    tracks,
)

FINE = SIZE // 2


@dataclass(frozen=True)
class YardAsphalt:
    """``repairs`` is how patched and cracked it is, ``dirt`` how much oil and rubber lie on it, ``paint`` how fresh."""

    tone: float = 0.36
    warmth: float = 0.3
    repairs: float = 0.5
    dirt: float = 0.5
    paint: float = 0.5
    verge: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class YardConcrete:
    """Slabs of ``slab_m``; ``spread`` is how much they differ, ``dirt`` how stained and worn by tyres they are."""

    tone: float = 0.62
    warmth: float = 0.4
    slab_m: float = 6.0
    spread: float = 0.5
    dirt: float = 0.5
    verge: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class YardGravel:
    """``earth`` is the share of bare earth, ``puddles`` how wet it is, ``weeds`` how green."""

    hue: float = 0.09
    saturation: float = 0.2
    tone: float = 0.52
    earth: float = 0.4
    puddles: float = 0.3
    weeds: float = 0.3
    variant: int = 0


def yard_asphalt(parameters: Mapping[str, float]) -> Image8:
    """Return an asphalted yard: patches with tar seams, sealed cracks, oil, tyre marks, bays and lanes in old paint."""
    look = read_parameters("yard_asphalt", YardAsphalt, parameters)
    seed = 40 * look.variant
    sheet = Sheet(seed)
    hard = sheet.tone(
        lambda pen, chance: patches(pen, chance, round(5 + 40 * look.repairs)),
        lambda pen, chance: cracks(pen, chance, round(6 + 44 * look.repairs)),
        lambda pen, chance: covers(pen, chance, 9),
    )
    soft = sheet.soft(
        lambda pen, chance: tracks(pen, chance, round(5 + 20 * look.dirt), -0.16),
        lambda pen, chance: spots(pen, chance, round(30 + 160 * look.dirt), -0.4),
        blur_px=1.2,
    )
    value = hard * soft * _aged(seed, 0.055) * _grain(seed, 0.06)
    ground = tinted(value.astype(np.float32), 0.09 if look.warmth > 0 else 0.6, 0.09 * look.warmth, look.tone)
    worn = smooth(fractal(SIZE, seed + 6, slope=0.9, low=6, high=500), 3.2 * look.paint - 1.6, 3.2 * look.paint - 1.0)
    for colour, drawn in ((rgb8(0.12, 0.06, 0.9), bays), (rgb8(0.125, 0.7, 0.82), lines)):
        paint = sheet.cover(drawn) * (0.25 + 0.6 * look.paint) * (1 - 0.75 * worn)
        ground = mixed(paint.astype(np.float32), ground, colour)
    return _centred(_verged(ground, look.verge, seed))


def yard_concrete(parameters: Mapping[str, float]) -> Image8:
    """Return a yard of concrete slabs: joints, slabs of several pours, cracks, rust, oil and tyre marks."""
    look = read_parameters("yard_concrete", YardConcrete, parameters)
    seed = 40 * look.variant + 20_000
    sheet = Sheet(seed)
    count = max(2, round(SIDE_M / look.slab_m))
    hard = sheet.tone(lambda pen, chance: cracks(pen, chance, 26), lambda pen, chance: covers(pen, chance, 7)) * _slabs(
        count, look.spread, seed
    )
    soft = sheet.soft(
        lambda pen, chance: tracks(pen, chance, round(6 + 26 * look.dirt), -0.2),
        lambda pen, chance: spots(pen, chance, round(40 + 260 * look.dirt), -0.35),
        blur_px=1.6,
    )
    value = hard * soft * _aged(seed, 0.05) * _grain(seed, 0.035)
    ground = tinted(value.astype(np.float32), 0.1, 0.02 + 0.1 * look.warmth, look.tone)
    rust = smooth(fractal(SIZE, seed + 7, slope=1.3, low=30, high=400), 2.2, 3.4)
    ground = mixed((0.5 * look.dirt * rust).astype(np.float32), ground, rgb8(0.06, 0.5, 0.45))
    paint = sheet.cover(lines) * 0.55
    return _centred(_verged(mixed(paint.astype(np.float32), ground, rgb8(0.125, 0.7, 0.82)), look.verge, seed))


def yard_gravel(parameters: Mapping[str, float]) -> Image8:
    """Return a gravelled yard: driven tracks, bare earth, puddles, weeds where nobody drives."""
    look = read_parameters("yard_gravel", YardGravel, parameters)
    seed = 40 * look.variant + 40_000
    sheet = Sheet(seed)
    driven = sheet.soft(lambda pen, chance: tracks(pen, chance, 34, 0.16, width_m=0.5), blur_px=3.0)
    soft = driven * sheet.soft(lambda pen, chance: spots(pen, chance, 60, -0.25), blur_px=3.0)
    cloud = fractal(SIZE, seed + 1, slope=1.5, high=200)
    value = soft * (1 + 0.07 * cloud) * _grain(seed, 0.11)
    gravel = tinted(value.astype(np.float32), look.hue, look.saturation, look.tone)
    earth = tinted(value.astype(np.float32), look.hue - 0.01, look.saturation + 0.12, 0.8 * look.tone)
    bare = smooth(cloud + 0.6 * fractal(SIZE, seed + 2, slope=1.0, low=8, high=500), 1.0 - 2.6 * look.earth, 2.8)
    ground = mixed(bare, gravel, earth)
    low = fractal(SIZE, seed + 3, slope=1.9, low=3, high=120)
    wet = smooth(low, 2.7 - look.puddles, 2.85 - look.puddles)
    damp = smooth(low, 2.2 - look.puddles, 2.8 - look.puddles) * (1 - wet)
    ground = mixed((0.45 * damp).astype(np.float32), ground, rgb8(look.hue - 0.01, look.saturation + 0.1, 0.25))
    ground = mixed((0.8 * wet).astype(np.float32), ground, rgb8(0.1, 0.14, 0.3))
    tufts = smooth(fractal(SIZE, seed + 4, slope=0.6, low=60), 1.3, 2.0)
    reach = smooth(fractal(SIZE, seed + 5, slope=1.8, high=40) + 3 * (1 - driven), 1.8 - 2.4 * look.weeds, 3.0)
    return _centred(
        _verged(mixed((0.75 * tufts * reach).astype(np.float32), ground, rgb8(0.23, 0.38, 0.36)), 0.7, seed)
    )


def _aged(seed: int, strength: float) -> Field:
    """Return large clouds and what rain has washed together."""
    wide = fractal(SIZE, seed + 11, slope=1.7, high=60)
    washed = smooth(fractal(SIZE, seed + 12, slope=1.5, low=5, high=200), 0.6, 2.0)
    aged: Field = (1 + strength * wide - 1.6 * strength * washed).astype(np.float32)
    return aged


def _grain(seed: int, strength: float) -> Field:
    """Return what stones and dirt leave of themselves in a texel of six centimetres; it repeats, which nobody sees."""
    grain: Field = (1 + strength * np.tile(fractal(FINE, seed + 13, slope=0.35, low=40), (2, 2))).astype(np.float32)
    return grain


def _slabs(count: int, spread: float, seed: int) -> Field:
    """Return the tone of square slabs, ``count`` to a side, with dark joints between them."""
    place = (np.arange(SIZE, dtype=np.float32) + np.float32(0.5)) * np.float32(count / SIZE)
    number, share = np.floor(place).astype(np.uint32), place % 1.0
    row, column = np.meshgrid(number, number, indexing="ij")
    tone = 1 + 0.16 * spread * (hashed(row, column, seed + 15) - 0.5)
    # Some slabs have been poured anew; whole strips were poured on one day.
    tone *= 1 + 0.22 * spread * (hashed(row, column, seed + 16) > 0.95)  # noqa: PLR2004 - share of new slabs
    tone *= 1 + 0.1 * spread * (hashed(row, np.zeros_like(row), seed + 17) - 0.5)
    edge = np.minimum(share, 1 - share) * np.float32(SIZE / count)
    joint = smooth(np.minimum(edge[:, None], edge[None, :]).astype(np.float32), 1.2, 0.2)
    halo = smooth(np.minimum(edge[:, None], edge[None, :]).astype(np.float32), 9.0, 0.0)
    slabs: Field = (tone * (1 - 0.42 * joint - 0.07 * halo)).astype(np.float32)
    return slabs


def _verged(ground: Field, share: float, seed: int) -> Field:
    """Lay grass along the border, ``share`` of 16 m wide on the mean, with a trodden and sandy edge."""
    line = (np.arange(SIZE, dtype=np.float32) + np.float32(0.5)) * np.float32(SIDE_M / SIZE)
    away = np.minimum(line, SIDE_M - line)
    inside = np.minimum(away[:, None], away[None, :]).astype(np.float32)
    ragged = fractal(SIZE, seed + 31, slope=1.5, low=3, high=300)
    depth = inside - np.float32(16 * share) + 0.7 * ragged
    blades = np.tile(fractal(FINE, seed + 32, slope=0.5, low=30), (2, 2))
    meadow = fractal(SIZE, seed + 33, slope=1.5, low=2, high=250)
    value = (1 + 0.14 * blades + 0.1 * meadow).astype(np.float32)
    green = mixed(smooth(meadow, -0.4, 1.8), tinted(value, 0.235, 0.42, 0.36), tinted(value, 0.15, 0.36, 0.5))
    sandy = (0.6 * smooth(np.abs(depth) + 0.3 * blades, 1.1, 0.0)).astype(np.float32)
    return mixed(sandy, mixed(smooth(depth, 0.25, -0.25), ground, green), rgb8(0.1, 0.25, 0.5))


def _centred(colours: Field) -> Image8:
    """Move the middle of the yard to the corner of the tile."""
    return np.roll(picture(colours), (SIZE // 2, SIZE // 2), axis=(0, 1))
