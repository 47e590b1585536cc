"""A table with four legs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, bar, board
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material, Texture

APRON_M = 0.08


@dataclass(frozen=True)
class Table:
    """Width along x. ``round_legs`` 1 for tapered round legs; ``painted`` 1 for a painted frame below the wood."""

    width_m: float = 1.4
    depth_m: float = 0.8
    height_m: float = 0.74
    top_m: float = 0.028
    leg_m: float = 0.06
    round_legs: int = 0
    painted: int = 0
    hue: float = 0.085
    tone: float = 0.6
    paint_value: float = 0.85


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a table; slots ``top`` and ``legs``."""
    table = read_parameters("table", Table, parameters)
    top = board(
        (table.width_m, table.depth_m, table.top_m), (0.0, 0.0, table.height_m - table.top_m), edge_m=0.1 * table.top_m
    )
    wood = Texture("generated", "wood", (("hue", table.hue), ("tone", table.tone)))
    materials = [
        Material("top", (1.0, 1.0, 1.0), roughness=0.42, base_colour_texture=wood, uv_scale=1.1),
        Material("legs", (1.0, 1.0, 1.0), roughness=0.5, base_colour_texture=wood, uv_scale=1.6)
        if not table.painted
        else Material("legs", hsv(0.12, 0.03, table.paint_value), roughness=0.4, shader="painted_metal"),
    ]
    return finish(join(top, *_legs(table), *_apron(table)), materials)


def _legs(table: Table) -> list[Solid]:
    x, y = _corner(table)
    height = table.height_m - table.top_m - APART_M
    places = [(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1)]
    if table.round_legs:
        radii = (0.32 * table.leg_m, 0.52 * table.leg_m)
        return [bar((px, py, 0.0), (px, py, height), radii, columns=18, slot=1) for px, py in places]
    size = (table.leg_m, table.leg_m, height)
    return [board(size, (px, py, 0.0), slot=1, number=number) for number, (px, py) in enumerate(places, 1)]


def _apron(table: Table) -> list[Solid]:
    """Return the four boards below the top; they end at the legs."""
    x, y = _corner(table)
    z = table.height_m - table.top_m - APART_M - APRON_M
    inside = table.leg_m + 2 * APART_M if not table.round_legs else 0.0
    long, short = (2 * x - inside, 0.02, APRON_M), (0.02, 2 * y - inside, APRON_M)
    return [
        *(board(long, (0.0, side * y, z), slot=1, number=5 + side) for side in (-1, 1)),
        *(board(short, (side * x, 0.0, z), slot=1, number=8 + side) for side in (-1, 1)),
    ]


def _corner(table: Table) -> tuple[float, float]:
    """Return where the leg of the first quadrant stands."""
    inset = 0.5 * table.leg_m + 0.04
    return table.width_m / 2 - inset, table.depth_m / 2 - inset
