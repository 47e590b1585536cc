"""A corrugated shipping carton, closed with tape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.artwork import Print, shipping_panel
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.generators.wrapping import LONGEST_PX, wrapped_box
from synthvision.assets.types import Asset

TAPE_M = 0.05


@dataclass(frozen=True)
class Carton:
    """Width along x, depth along y; the tape runs along x over the top and down both ends."""

    width_m: float = 0.4
    depth_m: float = 0.3
    height_m: float = 0.25
    label_hue: float = 0.6
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a carton; slot ``body``."""
    carton = read_parameters("carton", Carton, parameters)
    size = (carton.width_m, carton.depth_m, carton.height_m)
    design = Print(carton.label_hue, carton.label_layout, carton.label_word)
    tape = TAPE_M * LONGEST_PX / max(size)
    solid, image = wrapped_box(
        size, 0.004, lambda face, width, height: shipping_panel(face, width, height, design, tape)
    )
    material, images = printed("body", image, roughness=0.75)
    return finish(solid, [material], images)
