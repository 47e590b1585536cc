"""An open wooden crate nailed together from boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, moved
from synthvision.assets.types import Asset, Material, Texture

GAP_M = 0.0003
"""Boards that touch are kept this far apart, so that no two faces lie in one plane."""


@dataclass(frozen=True)
class Crate:
    """``slats`` boards on each side; ``gap`` is the open share between them; ``hue`` and ``tone`` are the wood's."""

    width_m: float = 0.5
    depth_m: float = 0.35
    height_m: float = 0.28
    board_m: float = 0.011
    slats: int = 3
    gap: float = 0.12
    hue: float = 0.09
    tone: float = 0.6


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a crate; slot ``body``. Every board is a closed shell."""
    crate = read_parameters("crate", Crate, parameters)
    boards = [*_posts(crate), *_long_sides(crate), *_short_sides(crate), *_floor(crate)]
    pieces = [_grained(moved(rounded_box(size, 0.0015), at), size, number) for number, (size, at) in enumerate(boards)]
    wood = Texture("generated", "wood", (("hue", crate.hue), ("tone", crate.tone)))
    material = Material("body", (1.0, 1.0, 1.0), roughness=0.7, specular=0.3, base_colour_texture=wood, uv_scale=2.0)
    return finish(join(*pieces), [material])


Board = tuple[tuple[float, float, float], tuple[float, float, float]]


def _grained(solid: Solid, size: tuple[float, float, float], number: int) -> Solid:
    """Lay the grain along the board's longest side, elsewhere in the wood for each board.

    The grain of the ``wood`` texture runs along u.
    """
    longest = int(np.argmax(size))
    other = [axis for axis in range(3) if axis != longest]
    facing = np.abs(np.cross(solid.corners[:, 1] - solid.corners[:, 0], solid.corners[:, 2] - solid.corners[:, 0]))
    across = np.where(facing[:, other[0]] > facing[:, other[1]], other[1], other[0])
    v = np.take_along_axis(solid.corners, np.broadcast_to(across[:, None, None], (*solid.corners.shape[:2], 1)), axis=2)
    uvs = np.concatenate([solid.corners[..., longest, None], v], axis=2)
    return Solid(solid.corners, uvs + np.array([0.37, 0.61]) * number, solid.slots, solid.creases_deg)


def _posts(crate: Crate) -> list[Board]:
    post = 2.2 * crate.board_m
    size = (post, post, crate.height_m - crate.board_m - GAP_M)
    x = crate.width_m / 2 - crate.board_m - GAP_M - post / 2
    y = crate.depth_m / 2 - crate.board_m - GAP_M - post / 2
    return [(size, (sx * x, sy * y, crate.board_m + GAP_M)) for sx in (-1, 1) for sy in (-1, 1)]


def _slat_heights(crate: Crate) -> tuple[float, list[float]]:
    """Return the width of a slat and the height of each one's lower edge."""
    room = crate.height_m - crate.board_m - GAP_M
    step = room / (crate.slats - crate.gap)
    return step * (1 - crate.gap), [crate.board_m + GAP_M + step * number for number in range(crate.slats)]


def _long_sides(crate: Crate) -> list[Board]:
    wide, heights = _slat_heights(crate)
    y = crate.depth_m / 2 - crate.board_m / 2
    return [((crate.width_m, crate.board_m, wide), (0.0, side * y, z)) for side in (-1, 1) for z in heights]


def _short_sides(crate: Crate) -> list[Board]:
    wide, heights = _slat_heights(crate)
    x = crate.width_m / 2 - crate.board_m / 2
    size = (crate.board_m, crate.depth_m - 2 * crate.board_m - 2 * GAP_M, wide)
    return [(size, (side * x, 0.0, z)) for side in (-1, 1) for z in heights]


def _floor(crate: Crate) -> list[Board]:
    count = 4
    step = crate.depth_m / (count - 0.08)
    size = (crate.width_m, step * 0.92, crate.board_m)
    return [(size, (0.0, -crate.depth_m / 2 + step * (number + 0.46), 0.0)) for number in range(count)]
