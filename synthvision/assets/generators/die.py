"""A six-sided die with hollowed pips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, block_directions, block_outline, join, loft, sheet
from synthvision.assets.generators.surfaces import hsv, plastic
from synthvision.assets.types import Asset

PIPS: Mapping[str, int] = {"+z": 1, "-z": 6, "-y": 2, "+y": 5, "+x": 3, "-x": 4}
"""Opposite faces sum to 7; 1, 2 and 3 run counter-clockwise about their corner, as on western dice."""

_PLACES: Mapping[int, tuple[tuple[int, int], ...]] = {
    1: ((1, 1),),
    2: ((0, 0), (2, 2)),
    3: ((0, 0), (1, 1), (2, 2)),
    4: ((0, 0), (0, 2), (2, 0), (2, 2)),
    5: ((0, 0), (0, 2), (1, 1), (2, 0), (2, 2)),
    6: ((0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)),
}
BLOCK = 6
SPACING = 0.25


@dataclass(frozen=True)
class Die:
    """``rounding`` and ``pip`` are the radii of edges and pips over the size."""

    size_m: float = 0.016
    rounding: float = 0.1
    pip: float = 0.09
    hue: float = 0.0
    saturation: float = 0.05
    value: float = 0.92
    pip_value: float = 0.03


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a die with 1 on top; slots ``body`` and ``pips``."""
    die = read_parameters("die", Die, parameters)
    cell = 0.115 * die.size_m * np.linspace(-1, 1, BLOCK + 1)
    cuts = np.concatenate([cell + place * SPACING * die.size_m for place in (-1, 0, 1)])
    faces = rounded_faces((die.size_m,) * 3, die.rounding * die.size_m, 4, [cuts, cuts, cuts])
    solid = join(*(_face(die, face, points) for face, points in faces.items()))
    body = plastic("body", hsv(die.hue, die.saturation, die.value), 0.22)
    return finish(solid, [body, plastic("pips", hsv(0.0, 0.0, die.pip_value), 0.4)])


def _face(die: Die, face: str, points: Points) -> Solid:
    border = (len(points) - 3 * (BLOCK + 1)) // 2
    keep = np.ones((len(points) - 1, len(points) - 1), dtype=bool)
    pieces = []
    for column, row in _PLACES[PIPS[face]]:
        r0, c0 = (border + place * (BLOCK + 1) for place in (row, column))
        keep[r0 : r0 + BLOCK, c0 : c0 + BLOCK] = False
        pieces.append(_pip(die, block_outline(points, (r0, r0 + BLOCK), (c0, c0 + BLOCK))))
    return join(sheet(points, uvs=face_uvs(face, points), keep=keep), *pieces)


def _pip(die: Die, outline: Points) -> Solid:
    """Return the flat collar from a square opening to the pip's round rim, and the hollow inside it."""
    centre = (outline.min(axis=0) + outline.max(axis=0)) / 2
    across, upward = outline[BLOCK] - outline[0], outline[2 * BLOCK] - outline[BLOCK]
    across, upward = across / np.linalg.norm(across, axis=-1), upward / np.linalg.norm(upward, axis=-1)
    inward = np.cross(upward, across)
    angle = block_directions(BLOCK, BLOCK)[:, None]
    radius = die.pip * die.size_m
    rim = elementary.cos(angle) * across + elementary.sin(angle) * upward
    hollow = [
        centre + radius * share * rim + inward * 0.4 * radius * (1 - share**2)
        for share in (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
    ]
    return join(loft([outline, hollow[0]]), loft(hollow, slot=1, crease_deg=30))
