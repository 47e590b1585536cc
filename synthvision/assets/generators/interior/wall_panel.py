"""A piece of wall to stand behind things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.interior.coverings import wall_covering
from synthvision.assets.generators.joinery import APART_M, block
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import join
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material

THICK_M = 0.1
SKIRTING_M = 0.08


@dataclass(frozen=True)
class WallPanel:
    """Faces -y. ``covering``: 0 plaster, 1 brick, 2 tiles, 3 wood panelling, 4 striped wallpaper, 5 bare concrete."""

    width_m: float = 4.0
    height_m: float = 2.5
    covering: int = 0
    skirting: int = 0
    hue: float = 0.1
    saturation: float = 0.2
    value: float = 0.8


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a wall; slots ``wall`` and ``skirting``."""
    panel = read_parameters("wall_panel", WallPanel, parameters)
    body = block((panel.width_m, THICK_M, panel.height_m))
    foot = block((panel.width_m - 0.002, 0.016, SKIRTING_M), (0.0, -(THICK_M + 0.016) / 2 - APART_M, 0.0), slot=1)
    back = block((panel.width_m - 0.002, 0.016, SKIRTING_M), (0.0, (THICK_M + 0.016) / 2 + APART_M, 0.0), slot=1)
    material, images = wall_covering("wall", panel.covering, (panel.hue, panel.saturation, panel.value))
    trim = Material("skirting", hsv(0.12, 0.04, 0.88), roughness=0.35)
    return finish(join(body, foot, back) if panel.skirting else body, [material, trim], images)
