"""Decals: damage, dirt and stickers, (H, W, 4) uint8: sRGB and, as alpha, where the thing is.

They do not repeat: the picture's border is empty. Where alpha is at least half, there is the defect; of a dent, whose
alpha is its depth, where it is at least half as deep as in its middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, Image8, cells, fractal, mixed, picture, series, smooth, tinted
from synthvision.assets.textures.strokes import drawn, wandering

SIZE = 256
_BOWL = 0.72
_REACH = 0.94
"""How far from the middle, of half the side, anything may come."""


@dataclass(frozen=True)
class Scratch:
    """``strokes`` thin lines along u; ``width`` over the side; ``bright`` 0 is dark, 1 bare bright metal."""

    strokes: int = 2
    length: float = 0.8
    width: float = 0.012
    curve: float = 0.1
    bright: float = 0.8
    variant: int = 0


@dataclass(frozen=True)
class Crack:
    """A dark line along u with ``branches``; ``jagged`` is how far it wanders, ``width`` is over the side."""

    branches: int = 3
    width: float = 0.014
    jagged: float = 0.5
    tone: float = 0.1
    variant: int = 0


@dataclass(frozen=True)
class Stain:
    """A dried blotch of one ``hue``, darker at its rim by ``rim``; ``ragged`` is how irregular its outline is."""

    hue: float = 0.08
    saturation: float = 0.5
    tone: float = 0.35
    ragged: float = 0.4
    rim: float = 0.5
    size: float = 0.7
    variant: int = 0


@dataclass(frozen=True)
class Dent:
    """A round hollow in a surface of ``hue``, ``saturation`` and ``tone``, lit from ``light_deg`` (0 is along u)."""

    hue: float = 0.6
    saturation: float = 0.03
    tone: float = 0.6
    depth: float = 0.6
    oval: float = 0.85
    light_deg: float = 120.0
    variant: int = 0


@dataclass(frozen=True)
class RustSpot:
    """Red-brown rust, dark where it is old (``age``), with ``specks`` round it."""

    size: float = 0.6
    age: float = 0.5
    ragged: float = 0.5
    specks: float = 0.5
    variant: int = 0


@dataclass(frozen=True)
class PaintChip:
    """Where paint has come off, down to bare metal (``primer`` 0) or to a primer of ``hue`` (1)."""

    size: float = 0.6
    angular: float = 0.6
    primer: float = 0.0
    hue: float = 0.03
    tone: float = 0.62
    variant: int = 0


def scratch(parameters: Mapping[str, float]) -> Image8:
    """Return one or several scratches."""
    look = read_parameters("scratch", Scratch, parameters)
    draws = series(6 * look.strokes, 17 + 5 * look.variant).reshape(-1, 6).tolist()
    cover, light = _nothing(), np.zeros((SIZE, SIZE), np.float32)
    for number, (length, across, tilt, bow, width, shade) in enumerate(draws):
        share = 0.5 * look.length * (1.0 if number == 0 else 0.4 + 0.6 * length)
        t = np.linspace(-1, 1, 24)
        v = (
            0.5
            + 0.5 * (across - 0.5) * (look.strokes > 1)
            + 0.12 * (tilt - 0.5) * t
            + look.curve * (bow - 0.5) * (t**2 - 0.5)
        )
        shift = (across - 0.5) * (1 - 2 * share)
        line = np.stack([0.5 + shift + share * t, v], axis=1)
        thick = look.width * (0.5 + 0.5 * width) * elementary.power(1 - np.abs(t), 0.4)
        stroke = drawn(SIZE, line, thick)
        cover = np.maximum(cover, stroke.cover)
        # One flank of the furrow catches the light, the other lies in shade.
        light = np.where(stroke.cover > 0, 0.85 + 0.2 * shade + 0.3 * np.clip(stroke.side, -1, 1), light)
    grey = (40 + 200 * look.bright) * light * (1 + 0.05 * fractal(SIZE, look.variant + 3, slope=0.4, low=20))
    return _decal(np.repeat(grey[..., None], 3, axis=2), cover)


def crack(parameters: Mapping[str, float]) -> Image8:
    """Return a crack with branches."""
    look = read_parameters("crack", Crack, parameters)
    trunk = wandering((0.05, 0.5), (0.95, 0.5), 0.22 * look.jagged, 64, 101 + 7 * look.variant)
    taper = np.linspace(1, 0.25, len(trunk)) * look.width
    stroke = drawn(SIZE, trunk, taper * (0.6 + 0.8 * series(len(trunk), 11 + look.variant)))
    cover = stroke.cover
    for number, (at, reach, turn) in enumerate(
        series(3 * look.branches, 29 + 3 * look.variant).reshape(-1, 3).tolist()
    ):
        root = trunk[int((0.1 + 0.7 * at) * len(trunk))]
        angle = (0.5 + 0.7 * turn) * (1 if number % 2 else -1)
        length = 0.14 + 0.22 * reach
        tip = np.clip(root + length * np.array([elementary.cos(angle), elementary.sin(angle)]), 0.04, 0.96)
        branch = wandering(tuple(root), tuple(tip), 0.1 * look.jagged, 24, 501 + 31 * number + 7 * look.variant)
        cover = np.maximum(cover, drawn(SIZE, branch, np.linspace(0.6, 0.15, len(branch)) * look.width).cover)
    dark = 255 * look.tone * (1 + 0.25 * fractal(SIZE, look.variant + 5, slope=0.8, low=8))
    warm: Field = dark[..., None] * np.array([1.0, 0.96, 0.92], np.float32)
    return _decal(warm, cover)


def stain(parameters: Mapping[str, float]) -> Image8:
    """Return a dried stain, its pigment carried to the rim (as in a coffee ring)."""
    look = read_parameters("stain", Stain, parameters)
    depth = _blotch(look.size, look.ragged, look.variant + 1)
    inside = smooth(depth, -0.012, 0.012)
    rim = elementary.exp(-np.maximum(depth, 0) / 0.035)
    cloud = fractal(SIZE, look.variant + 2, slope=1.5, high=24)
    cover = inside * np.clip(0.66 + 0.3 * look.rim * rim + 0.05 * cloud, 0.55, 0.97)
    shade = 1 + 0.1 * cloud + 0.05 * fractal(SIZE, look.variant + 3, slope=0.5, low=20) - 0.45 * look.rim * rim
    return _decal(tinted(shade.astype(np.float32), look.hue, look.saturation, look.tone), cover)


def dent(parameters: Mapping[str, float]) -> Image8:
    """Return a dent: the flank that faces the light is bright, the one that turns away is dark."""
    look = read_parameters("dent", Dent, parameters)
    x, y = _grid()
    turn = 2 * np.pi * float(series(1, 71 + look.variant)[0])
    along, across = (
        x * elementary.cos(turn) + y * elementary.sin(turn),
        y * elementary.cos(turn) - x * elementary.sin(turn),
    )
    away = elementary.hypot(along, across / look.oval) * (1 + 0.05 * fractal(SIZE, look.variant + 1, slope=2.0, high=5))
    light = np.radians(look.light_deg)
    # A bowl z = -(1 - r²)² falls steepest at r = 0.58 and ends level, so its flanks fade into the surface.
    slope = 4 * np.maximum(1 - (away / _BOWL) ** 2, 0) * (x * elementary.cos(light) + y * elementary.sin(light)) / _BOWL
    shade = 1 - 0.38 * look.depth * slope + 0.015 * fractal(SIZE, look.variant + 2, slope=0.8, low=10)
    # Opacity is also the depth where the decal is cut in: a bowl that fades out. Half its depth is where the dent ends.
    cover = smooth(away.astype(np.float32), 0.86, 0.25)
    return _decal(tinted(np.clip(shade, 0.1, 1.7).astype(np.float32), look.hue, look.saturation, look.tone), cover)


def rust_spot(parameters: Mapping[str, float]) -> Image8:
    """Return a spot of rust."""
    look = read_parameters("rust_spot", RustSpot, parameters)
    depth = _blotch(0.75 * look.size, 0.5 + 0.5 * look.ragged, look.variant + 1)
    fine = fractal(SIZE, look.variant + 2, slope=0.9, low=6)
    body = smooth(depth + 0.02 * fine, -0.012, 0.014)
    points = cells(SIZE, 22, look.variant + 3)
    near = elementary.exp(np.minimum(depth, 0) / 0.14)
    there = points.chance(look.variant + 4) < look.specks * near
    grains = smooth(points.nearest - 0.12 - 0.25 * points.chance(look.variant + 5), 0.05, -0.05) * there
    cover = np.maximum(body, 0.95 * grains * _frame(0.03))
    old = np.clip(smooth(depth, 0.0, 0.2) * look.age + 0.22 * fine, 0, 1).astype(np.float32)
    colours = mixed(old, rgb8(0.062, 0.7, 0.58), rgb8(0.035, 0.6, 0.22))
    grit = 1 + 0.14 * fractal(SIZE, look.variant + 6, slope=0.5, low=16)
    return _decal(colours * grit[..., None], cover)


def paint_chip(parameters: Mapping[str, float]) -> Image8:
    """Return a chip in a coat of paint."""
    look = read_parameters("paint_chip", PaintChip, parameters)
    x, y = _grid()
    corners = series(9, 91 + look.variant).astype(np.float64)
    angle, turn = elementary.arctan2(y, x), 2 * np.pi * (np.arange(9) + 0.7 * corners) / 9
    radius = 0.6 + 0.4 * series(9, 92 + look.variant)
    ring = np.interp(angle % (2 * np.pi), turn % (2 * np.pi), radius, period=2 * np.pi)
    ragged = 0.022 * fractal(SIZE, look.variant + 1, slope=1.2, low=3, high=60)
    reach = _REACH * look.size * (1 + 1.4 * look.angular * (ring - 0.85)) + ragged * look.size
    depth = (reach - elementary.hypot(x, y)).astype(np.float32)
    cover = smooth(depth, -0.012, 0.012)
    bare = tinted(1 + 0.03 * fractal(SIZE, look.variant + 2, slope=0.6, low=8), 0.6, 0.03, look.tone)
    primer = tinted(1 + 0.03 * fractal(SIZE, look.variant + 3, slope=0.8, low=8), look.hue, 0.45, 0.8 * look.tone)
    ground = mixed(np.full((SIZE, SIZE), look.primer, np.float32), bare, primer)
    # The paint stands above the ground: its edge shades the lower left and shines on the upper right.
    facing = elementary.cos(angle - np.radians(50.0))
    edge = 1 - 0.45 * facing * smooth(depth, 0.045, 0.01)
    return _decal(ground * edge[..., None].astype(np.float32), cover)


def _nothing() -> Field:
    return np.zeros((SIZE, SIZE), np.float32)


def _grid() -> tuple[Field, Field]:
    """Return x to the right and y up, -1…1."""
    line = ((np.arange(SIZE, dtype=np.float32) + 0.5) * (2 / SIZE) - 1).astype(np.float32)
    across, down = np.meshgrid(line, line)
    return across, -down


def _frame(margin: float) -> Field:
    """Return 1 inside, 0 on the border."""
    x, y = _grid()
    inside: Field = (1 - np.maximum(np.abs(x), np.abs(y))).astype(np.float32)
    return smooth(inside, 0.3 * margin, margin)


def _blotch(size: float, ragged: float, seed: int) -> Field:
    """Return how deep inside a blotch a place is, in half sides; negative outside."""
    x, y = _grid()
    coarse = fractal(SIZE, seed + 40, slope=2.0, high=9)
    fine = fractal(SIZE, seed + 41, slope=1.3, low=4, high=60)
    reach = np.minimum(size * (0.85 + 0.22 * ragged * coarse + 0.05 * ragged * fine), _REACH)
    depth: Field = (reach - elementary.hypot(x, y)).astype(np.float32)
    return depth


def _decal(colours: Field, cover: Field) -> Image8:
    """Put colours (H, W, 3), 0…255, and coverage (H, W), 0…1, together; the outermost texels are empty."""
    whole = np.concatenate([colours, (255 * cover * _frame(0.02))[..., None]], axis=2)
    return picture(whole.astype(np.float32))
