"""White blood cells and platelets in Giemsa or Wright stain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Ink
from synthvision.assets.generators.microscopy.smear import cell, domed, outline, stained
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, cells, fractal, series, smooth
from synthvision.assets.types import Asset

SIZE_PX = 224
PLATELET_PX = 64


@dataclass(frozen=True)
class WhiteCell:
    """1 mm for each micrometre. ``kind``: 0 neutrophil, 1 lymphocyte, 2 monocyte, 3 eosinophil, 4 basophil.

    ``diameter_m`` is a neutrophil's; a lymphocyte has 0.82 of it, a monocyte 1.25. ``stain`` 0 is pale, 1 deep;
    ``hue`` is the nucleus's, 0.74 blue-violet to 0.82 purple.
    """

    kind: int = 0
    diameter_m: float = 0.0132
    irregular: float = 0.06
    stain: float = 0.5
    hue: float = 0.77
    variant: int = 0


@dataclass(frozen=True)
class Platelet:
    """1 mm for each micrometre: a speck of 2 to 4 µm with a granular middle."""

    diameter_m: float = 0.0027
    oval: float = 0.8
    irregular: float = 0.25
    stain: float = 0.5
    hue: float = 0.79
    variant: int = 0


@dataclass(frozen=True)
class _Kind:
    """Size over a neutrophil's; cytoplasm; granules: colour, how many across, density, radius in their cells."""

    size: float
    cytoplasm: Ink
    body: float
    granule: Ink
    across: int
    granules: float
    grain: float


_KINDS = (
    _Kind(1.0, (224, 198, 212), 0.85, (196, 150, 188), 30, 0.45, 0.42),
    _Kind(0.82, (178, 190, 224), 0.9, (140, 90, 160), 20, 0.05, 0.2),
    _Kind(1.25, (190, 192, 214), 0.95, (170, 140, 180), 44, 0.3, 0.25),
    _Kind(1.02, (234, 196, 192), 0.8, (228, 138, 116), 24, 0.85, 0.55),
    _Kind(0.95, (206, 186, 214), 0.8, (112, 66, 148), 16, 0.9, 0.6),
)
_Blob = tuple[float, float, float, float, float]
"""x, y, half length, half width, turn: an ellipse in radii of the cell."""


def make_white_cell(parameters: Mapping[str, float]) -> Asset:
    """Return a white cell lying flat; slot ``body``."""
    white = read_parameters("white_blood_cell", WhiteCell, parameters)
    kind = _KINDS[white.kind]
    line = outline(kind.size * white.diameter_m / 2, white.irregular, 0.95, white.variant)
    share, angle = line.polar(SIZE_PX, 160)
    nucleus = _nucleus(white, share * elementary.cos(angle), share * elementary.sin(angle))
    depth = 0.8 + 0.5 * white.stain
    layers = [
        (kind.cytoplasm, depth * kind.body * _cytoplasm(white.variant, share)),
        (kind.granule, depth * _granules(kind, white.variant, share, nucleus)),
        (rgb8(white.hue, 0.58, 0.62), depth * _chromatin(white, nucleus)),
    ]
    return cell(line, domed(0.45), stained(layers))


def _cytoplasm(seed: int, share: Field) -> Field:
    cloud = 1 + 0.12 * fractal(SIZE_PX, 11 + seed, slope=1.2, low=3)
    rim = 1 + 0.4 * elementary.exp(-(((share - 0.96) / 0.035) ** 2))
    made: Field = (cloud * rim).astype(np.float32)
    return made


def _granules(kind: _Kind, seed: int, share: Field, nucleus: Field) -> Field:
    spots = cells(SIZE_PX, kind.across, 23 + seed)
    there = smooth(spots.nearest, kind.grain, 0.3 * kind.grain) * (spots.chance(29 + seed) < 0.35 + 0.6 * kind.granules)
    # The granules of a basophil lie over its nucleus too.
    over = 1.0 if kind is _KINDS[4] else 1 - nucleus
    made: Field = kind.granules * there * over * smooth(share, 1.0, 0.9)
    return made


def _chromatin(white: WhiteCell, nucleus: Field) -> Field:
    coarse = fractal(SIZE_PX, 41 + white.variant, slope=1.0, low=5, high=40)
    lacy = 0.3 if white.kind == 2 else 0.16  # noqa: PLR2004 - a monocyte's is loose
    made: Field = nucleus * np.clip(1 + lacy * coarse, 0.3, 1.6)
    return made


def _nucleus(white: WhiteCell, x: Field, y: Field) -> Field:
    """Return how much nucleus there is at each point (radii of the cell), 0…1."""
    blobs, bridge = _lobes(white)
    wander = 0.03 * fractal(SIZE_PX, 61 + white.variant, slope=1.6, high=14)
    field = np.zeros_like(x)
    for cx, cy, long, wide, turn in blobs:
        along = (x - cx) * elementary.cos(turn) + (y - cy) * elementary.sin(turn)
        across = (y - cy) * elementary.cos(turn) - (x - cx) * elementary.sin(turn)
        field += elementary.exp(-2.2 * ((along / long) ** 2 + (across / wide) ** 2))
    level = float(elementary.exp(-2.2))
    made = smooth(field + wander * 0.6, level * 0.8, level * 1.35)
    if white.kind == 2:  # noqa: PLR2004 - the notch of a monocyte
        notch = elementary.hypot(x - 0.72 * elementary.cos(bridge), y - 0.72 * elementary.sin(bridge))
        made = made * smooth(notch + wander, 0.36, 0.46)
    for (ax, ay, *_), (bx, by, *_) in pairwise(blobs):
        made = np.maximum(made, 0.85 * _strand(x, y, (ax, ay), (bx, by)))
    return made


def _strand(x: Field, y: Field, start: tuple[float, float], end: tuple[float, float]) -> Field:
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return smooth(elementary.hypot(x - start[0] - share * dx, y - start[1] - share * dy), 0.075, 0.035)


def _lobes(white: WhiteCell) -> tuple[list[_Blob], float]:
    """Return the lobes of the nucleus, in order along it, and a direction for what else it needs."""
    draws = series(24, 83 + 19 * white.variant).tolist()
    turn = 2 * np.pi * draws[0]
    if white.kind == 0:
        count = 3 + int(3 * draws[1])
        spread = np.radians(250) / count
        places = [turn + spread * (number - (count - 1) / 2) for number in range(count)]
        size = 0.18 + 0.36 / count
        return [
            (
                0.5 * elementary.cos(at) * (0.75 + 0.4 * draws[2 + number]),
                0.5 * elementary.sin(at) * (0.75 + 0.4 * draws[2 + number]),
                size * (0.85 + 0.35 * draws[8 + number]),
                0.78 * size,
                at + np.pi / 2 + 1.2 * (draws[14 + number] - 0.5),
            )
            for number, at in enumerate(places)
        ], turn
    if white.kind == 3:  # noqa: PLR2004 - eosinophil: two lobes like spectacles
        apart, skew = 0.4, turn + 0.5 * (draws[2] - 0.5)
        return [
            (side * apart * elementary.cos(turn), side * apart * elementary.sin(turn), 0.4, 0.32, skew + np.pi / 2)
            for side in (-1, 1)
        ], turn
    long, wide, off = ((0.0, 0.0, 0.0), (0.88, 0.82, 0.08), (0.72, 0.6, 0.05), (0.0, 0.0, 0.0), (0.62, 0.5, 0.05))[
        white.kind
    ]
    return [(off * elementary.cos(turn), off * elementary.sin(turn), long, wide, turn + np.pi / 2)], turn


def make_platelet(parameters: Mapping[str, float]) -> Asset:
    """Return a platelet; slot ``body``."""
    speck = read_parameters("platelet", Platelet, parameters)
    line = outline(speck.diameter_m / 2, speck.irregular, speck.oval, speck.variant)
    share, _ = line.polar(PLATELET_PX, 96)
    depth = 0.45 + 0.6 * speck.stain
    middle = smooth(share + 0.1 * fractal(PLATELET_PX, 5 + speck.variant, slope=1.2), 0.95, 0.15)
    spots = smooth(cells(PLATELET_PX, 9, 3 + speck.variant).nearest, 0.45, 0.2) * smooth(share, 0.95, 0.6)
    layers = [
        (rgb8(speck.hue - 0.06, 0.22, 0.84), depth * smooth(share, 1.0, 0.85)),
        (rgb8(speck.hue, 0.5, 0.62), depth * (0.55 * middle + 0.5 * spots)),
    ]
    return cell(line, domed(0.5), stained(layers))
