"""A wooden bookcase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, block, board
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material, Texture

PLINTH_M = 0.06
BACK_M = 0.005


@dataclass(frozen=True)
class ShelfUnit:
    """Open towards -y. ``boards`` counts every level, from the lowest to the one on top; ``white`` 1 is lacquered."""

    width_m: float = 0.8
    depth_m: float = 0.3
    height_m: float = 1.6
    boards: int = 5
    board_m: float = 0.02
    white: int = 0
    hue: float = 0.085
    tone: float = 0.6


def board_heights(parameters: Mapping[str, float]) -> tuple[float, ...]:
    """Return the heights (m) of the upper sides of all boards, from the lowest to the top."""
    unit = read_parameters("shelf_unit", ShelfUnit, parameters)
    return tuple(float(z) for z in np.linspace(PLINTH_M + unit.board_m, unit.height_m, unit.boards))


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bookcase; slots ``body`` and ``back``."""
    unit = read_parameters("shelf_unit", ShelfUnit, parameters)
    wood = Texture("generated", "wood", (("hue", unit.hue), ("tone", unit.tone)))
    body, back = (
        Material(name, hsv(0.1, 0.02, 0.9 * share), roughness=0.35, shader="plastic")
        if unit.white
        else Material(name, (share, share, share), roughness=0.5, base_colour_texture=wood, uv_scale=1.3)
        for name, share in (("body", 1.0), ("back", 0.92))
    )
    return finish(join(*_sides(unit), *_levels(unit, board_heights(parameters)), _back(unit)), [body, back])


def _sides(unit: ShelfUnit) -> list[Solid]:
    size = (unit.board_m, unit.depth_m, unit.height_m)
    x = (unit.width_m - unit.board_m) / 2
    return [board(size, (side * x, 0.0, 0.0), number=side + 1, edge_m=0.001) for side in (-1, 1)]


def _levels(unit: ShelfUnit, heights: tuple[float, ...]) -> list[Solid]:
    """Return the boards and the plinth below the lowest."""
    inside = unit.width_m - 2 * (unit.board_m + APART_M)
    depth = unit.depth_m - BACK_M - 0.004
    size = (inside, depth, unit.board_m)
    y = -(unit.depth_m - depth) / 2 + 0.001
    plinth = block((inside, 0.016, PLINTH_M - APART_M), (0.0, -unit.depth_m / 2 + 0.04, 0.0))
    return [
        plinth,
        *(board(size, (0.0, y, z - unit.board_m), number=3 + n, edge_m=0.001) for n, z in enumerate(heights)),
    ]


def _back(unit: ShelfUnit) -> Solid:
    inside = unit.width_m - 2 * (unit.board_m + APART_M)
    size = (inside, BACK_M, unit.height_m - PLINTH_M - APART_M)
    return board(size, (0.0, unit.depth_m / 2 - BACK_M / 2 - APART_M, PLINTH_M), slot=1, number=11, edge_m=0.0005)
