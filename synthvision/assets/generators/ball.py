"""Balls: beach ball, football, basketball, tennis ball, plain with a stripe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import lathe
from synthvision.assets.generators.surfaces import printed, rgb8
from synthvision.assets.types import Asset

Field = NDArray[np.float32]
GOLDEN = (1 + 5**0.5) / 2
ROWS, COLUMNS = 512, 1024


@dataclass(frozen=True)
class Ball:
    """``pattern``: 0 beach ball, 1 football, 2 basketball, 3 tennis ball, 4 plain with a stripe."""

    diameter_m: float = 0.22
    pattern: int = 1
    hue: float = 0.0
    roughness: float = 0.35


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a ball that touches z = 0; slot ``body``."""
    ball = read_parameters("ball", Ball, parameters)
    radius = ball.diameter_m / 2
    polar = np.linspace(-np.pi / 2, np.pi / 2, 41)
    profile = np.stack([radius * elementary.cos(polar), radius * (1 + elementary.sin(polar))], axis=1)
    profile[[0, -1], 0] = 0.0
    material, images = printed("body", _picture(ball), roughness=ball.roughness)
    return finish(lathe(profile, 80), [material], images)


def _picture(ball: Ball) -> Image8:
    towards = _directions()
    paint = (_beach, _football, _basketball, _tennis, _striped)[ball.pattern]
    return np.clip(np.round(paint(towards, ball.hue)), 0, 255).astype(np.uint8)


def _directions() -> Field:
    """Return the direction (H, W, 3) seen by each pixel of a picture that goes once round, top row up."""
    up = np.pi / 2 - (np.arange(ROWS) + 0.5) * (np.pi / ROWS)
    round_ = (np.arange(COLUMNS) + 0.5) * (2 * np.pi / COLUMNS)
    elevation, azimuth = np.meshgrid(up, round_, indexing="ij")
    parts = (
        elementary.cos(elevation) * elementary.cos(azimuth),
        elementary.cos(elevation) * elementary.sin(azimuth),
        elementary.sin(elevation),
    )
    towards: Field = np.stack(parts, axis=2).astype(np.float32)
    return towards


def _blend(share: Field, first: Field | tuple[int, int, int], second: tuple[int, int, int]) -> Field:
    """Return colours (H, W, 3) that are ``first`` (one colour, or a picture) where ``share`` is 0, ``second`` at 1."""
    start, end = np.asarray(first, np.float32), np.asarray(second, np.float32)
    mixed: Field = start + np.clip(share, 0, 1)[..., None] * (end - start)
    return mixed


def _line(distance: Field, half_width: float) -> Field:
    """Return 1 on a line and 0 beside it; ``distance`` in radians."""
    return np.clip((half_width - np.abs(distance)) / 0.004 + 0.5, 0.0, 1.0)


def _beach(towards: Field, hue: float) -> Field:
    azimuth = elementary.arctan2(towards[..., 1], towards[..., 0]) % (2 * np.pi)
    panel = (azimuth / (2 * np.pi) * 6).astype(int) % 6
    white = (245, 244, 240)
    inks = np.array(
        [white, rgb8(hue, 0.85, 0.85), white, rgb8(hue + 0.33, 0.85, 0.75), white, rgb8(hue + 0.62, 0.85, 0.85)]
    )
    colours: Field = inks[panel].astype(np.float32)
    cap = np.abs(towards[..., 2]) > elementary.cos(0.2)
    colours[cap] = white
    return colours


def _football(towards: Field, hue: float) -> Field:
    """Colour the nearest face of a truncated icosahedron: 12 dark pentagons, 20 light hexagons, dark seams."""
    pentagons = np.array(
        [np.roll((0, a, b * GOLDEN), shift) for shift in range(3) for a in (1, -1) for b in (1, -1)], np.float32
    )
    hexagons = np.array([(a, b, c) for a in (1, -1) for b in (1, -1) for c in (1, -1)], np.float32)
    more = [np.roll((0, a / GOLDEN, b * GOLDEN), -shift) for shift in range(3) for a in (1, -1) for b in (1, -1)]
    hexagons = np.concatenate([hexagons, np.array(more, np.float32)[:, ::-1]])
    faces = np.concatenate([_unit(pentagons), _unit(hexagons)])
    # Distances of the two kinds of faces from the centre of a truncated icosahedron of edge 1.
    distance = np.concatenate([np.full(12, 2.32744), np.full(20, 2.26728)])
    first, second = np.full((2, ROWS, COLUMNS), -9.0, np.float32)
    dark = np.zeros((ROWS, COLUMNS), dtype=bool)
    for number, normal in enumerate((faces / distance[:, None]).astype(np.float32)):
        reach = elementary.matmul(towards, normal)
        np.copyto(dark, number < len(pentagons), where=reach > first)
        second = np.maximum(second, np.minimum(first, reach))
        first = np.maximum(first, reach)
    seam = (first - second) * 2.3
    colours = _blend(dark.astype(np.float32), (244, 243, 238), rgb8(hue, 0.35, 0.12))
    return _blend((0.016 - seam) / 0.008, colours, (70, 68, 66))


def _unit(vectors: Field) -> Field:
    units: Field = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units


def _basketball(towards: Field, hue: float) -> Field:
    x, y, z = towards[..., 0], towards[..., 1], towards[..., 2]
    curves = np.abs(np.abs(y) - 0.42 - 0.38 * z**2)
    lines = np.maximum.reduce(
        [_line(elementary.arcsin(z), 0.018), _line(elementary.arcsin(y), 0.018), _line(curves, 0.02)]
    )
    grain = 9.0 * elementary.sin(x * 230) * elementary.sin(y * 230) * elementary.sin(z * 230)
    skin = _blend(lines, rgb8(hue + 0.055, 0.78, 0.78), (28, 24, 22))
    grained: Field = skin + (grain * (1 - lines))[..., None]
    return grained


def _tennis(towards: Field, hue: float) -> Field:
    """Draw the seam: the curve on which x² - y² balances z, bent as on a real ball."""
    x, y, z = towards[..., 0], towards[..., 1], towards[..., 2]
    seam: Field = _line((z - 0.78 * (x**2 - y**2) * (1.4 - 0.4 * np.abs(z))) * 0.62, 0.03)
    felt = _blend(seam, rgb8(hue + 0.19, 0.68, 0.88), (238, 240, 232))
    fuzzy: Field = felt + 10.0 * _speckle()[..., None]
    return fuzzy


def _speckle() -> Field:
    row, column = np.meshgrid(np.arange(ROWS, dtype=np.uint32), np.arange(COLUMNS, dtype=np.uint32), indexing="ij")
    mixed = (row * np.uint32(374761393) + column * np.uint32(668265263)) & np.uint32(0xFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
    speckle: Field = (mixed >> np.uint32(16)).astype(np.float32) / np.float32(32768.0) - np.float32(1.0)
    return speckle


def _striped(towards: Field, hue: float) -> Field:
    z = elementary.arcsin(towards[..., 2])
    wide = _blend(_line(z, 0.3), rgb8(hue, 0.85, 0.8), (244, 243, 238))
    return _blend(_line(z, 0.12), wide, rgb8(hue + 0.5, 0.8, 0.6))
