"""A bare printed circuit board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.electronics.artwork import Layout, draw_board
from synthvision.assets.generators.electronics.parts import framed
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import cap, hole, rounded_rectangle, triangulated, wall
from synthvision.assets.generators.solids import join
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.types import Asset, Material


@dataclass(frozen=True)
class Board:
    """FR-4, 1.6 mm thick, four mounting holes of ``hole_m`` set in from the corners by 1.25 of their diameter.

    ``mask`` 0 to 4 is green, blue, black, red or white; ``gilt`` 1 has gold pads, 0 tinned ones; ``density`` is the
    share of the area with footprints, ``layout`` which layout.
    """

    width_m: float = 0.1
    depth_m: float = 0.07
    corner_m: float = 0.003
    hole_m: float = 0.0032
    mask: int = 0
    gilt: int = 0
    density: float = 0.5
    layout: int = 0


THICKNESS_M = 0.0016


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a board lying flat; slots ``body`` (both faces) and ``edge``."""
    board = read_parameters("pcb", Board, parameters)
    outline = rounded_rectangle(board.width_m, board.depth_m, board.corner_m)
    x, y = board.width_m / 2 - 1.25 * board.hole_m, board.depth_m / 2 - 1.25 * board.hole_m
    centres = [(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1)]
    loops = [outline, *(hole(board.hole_m / 2, centre, 24) for centre in centres)]
    triangles, flat = triangulated(outline, loops[1:]), np.concatenate(loops)
    size = (board.width_m, board.depth_m)
    faces = [framed(cap(flat, triangles, z, up=z > 0), size) for z in (0.0, THICKNESS_M)]
    rims = [wall([(loop, 0.0), (loop, THICKNESS_M)], slot=1) for loop in loops]
    design = Layout(size, centres, board.hole_m, board.mask, board.gilt, board.density, board.layout)
    skin, images = printed("body", draw_board(design), roughness=0.3, coat=0.25)
    edge = Material("edge", (0.42, 0.36, 0.2), roughness=0.75)
    return finish(join(*faces, *rims), [skin, edge], images)
