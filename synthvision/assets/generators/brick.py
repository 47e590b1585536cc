"""A toy brick with studs, hollow below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import (
    Mask,
    Points,
    Solid,
    block_directions,
    block_outline,
    join,
    loft,
    sheet,
    tip,
)
from synthvision.assets.generators.surfaces import hsv, plastic
from synthvision.assets.types import Asset

CELL = 6
"""Grid cells that a stud takes each way; one more lies between two studs."""


@dataclass(frozen=True)
class Brick:
    """``columns`` by ``rows`` studs, ``pitch_m`` apart; ``plates`` is the height in thirds of a brick."""

    columns: int = 4
    rows: int = 2
    plates: int = 3
    pitch_m: float = 0.008
    hue: float = 0.0
    saturation: float = 0.9
    value: float = 0.75


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a brick; slot ``body``."""
    brick = read_parameters("brick", Brick, parameters)
    pitch = brick.pitch_m
    height = 0.4 * pitch * brick.plates
    size = (brick.columns * pitch - 0.02 * pitch, brick.rows * pitch - 0.02 * pitch, height)
    cuts = [_cuts(brick.columns, pitch), _cuts(brick.rows, pitch), np.zeros(0)]
    faces = rounded_faces(size, 0.02 * pitch, 2, cuts)
    sides = [sheet(faces[face], uvs=face_uvs(face, faces[face])) for face in ("+x", "-x", "+y", "-y")]
    solid = join(*sides, _top(brick, faces["+z"]), _underside(brick, faces["-z"], height))
    return finish(solid, [plastic("body", hsv(brick.hue, brick.saturation, brick.value), 0.2)])


def _cuts(studs: int, pitch: float) -> Points:
    centres = (np.arange(studs) - (studs - 1) / 2) * pitch
    lines: Points = (centres[:, None] + pitch / 3 * np.linspace(-1, 1, CELL + 1)[None]).ravel()
    return lines


def _border(points: Points, studs: int) -> int:
    return (points.shape[1] - studs * (CELL + 1)) // 2


def _everything(points: Points) -> Mask:
    return np.ones((points.shape[0] - 1, points.shape[1] - 1), dtype=bool)


def _top(brick: Brick, points: Points) -> Solid:
    keep, border = _everything(points), _border(points, brick.columns)
    studs = []
    for row in range(brick.rows):
        for column in range(brick.columns):
            r0, c0 = border + row * (CELL + 1), border + column * (CELL + 1)
            keep[r0 : r0 + CELL, c0 : c0 + CELL] = False
            studs.append(_stud(block_outline(points, (r0, r0 + CELL), (c0, c0 + CELL)), brick.pitch_m))
    return join(sheet(points, uvs=face_uvs("+z", points), keep=keep), *studs)


def _stud(outline: Points, pitch: float) -> Solid:
    angle = block_directions(CELL, CELL)
    ring = np.stack([elementary.cos(angle), elementary.sin(angle), 0 * angle], axis=1)
    centre = (outline.min(axis=0) + outline.max(axis=0)) / 2
    shape = [(0.3, 0.0), (0.3, 0.195), (0.292, 0.208), (0.28, 0.212), (0.14, 0.212)]
    rings = [centre + pitch * (ring * radius + np.array([0.0, 0.0, z])) for radius, z in shape]
    return loft([outline, *rings, tip(rings[-1])], crease_deg=40)


def _underside(brick: Brick, points: Points, height: float) -> Solid:
    """Return the bottom edge, the walls of the cavity, its ceiling, and the tubes that hang from it."""
    border = _border(points, brick.columns)
    rows, columns = (border, points.shape[0] - 1 - border), (border, points.shape[1] - 1 - border)
    keep = _everything(points)
    keep[rows[0] : rows[1], columns[0] : columns[1]] = False
    depth = np.array([0.0, 0.0, height - 0.13 * brick.pitch_m])
    mouth = block_outline(points, rows, columns)
    ceiling = points[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1] + depth
    open_ceiling = _everything(ceiling)
    tubes = []
    for row in range(brick.rows - 1):
        for column in range(brick.columns - 1):
            # From the centre of one stud's cells to the next one's.
            r0, c0 = (place * (CELL + 1) + CELL // 2 for place in (row, column))
            r1, c1 = r0 + CELL + 1, c0 + CELL + 1
            open_ceiling[r0:r1, c0:c1] = False
            tubes.append(_tube(block_outline(ceiling, (r0, r1), (c0, c1)), brick.pitch_m, float(depth[2])))
    return join(
        sheet(points, uvs=face_uvs("-z", points), keep=keep),
        loft([mouth, mouth + depth]),
        sheet(ceiling, uvs=face_uvs("-z", ceiling), keep=open_ceiling),
        *tubes,
    )


def _tube(outline: Points, pitch: float, depth: float) -> Solid:
    angle = block_directions(CELL + 1, CELL + 1)
    # Seen from below, columns of the underside run towards -X.
    ring = np.stack([-elementary.cos(angle), elementary.sin(angle), 0 * angle], axis=1)
    centre = (outline.min(axis=0) + outline.max(axis=0)) / 2
    shape = [(0.406, 0.0), (0.406, -depth + 0.02 * pitch), (0.3, -depth + 0.02 * pitch), (0.3, 0.0), (0.15, 0.0)]
    rings = [centre + pitch * radius * ring + np.array([0.0, 0.0, z]) for radius, z in shape]
    return loft([outline, *rings, tip(rings[-1])], crease_deg=40)
