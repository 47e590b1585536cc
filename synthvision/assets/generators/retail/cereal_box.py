"""A box of breakfast cereal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.artwork import Print
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import bowl, grocery_panel
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.generators.wrapping import wrapped_box
from synthvision.assets.types import Asset


@dataclass(frozen=True)
class CerealBox:
    """Width along x, depth along y; the front faces -y."""

    width_m: float = 0.19
    depth_m: float = 0.065
    height_m: float = 0.29
    label_hue: float = 0.1
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a cereal box; slot ``body``."""
    box = read_parameters("cereal_box", CerealBox, parameters)
    design = Print(box.label_hue, box.label_layout, box.label_word)
    solid, image = wrapped_box(
        (box.width_m, box.depth_m, box.height_m),
        0.0012,
        lambda face, width, height: grocery_panel(face, width, height, design, bowl),
    )
    body, images = printed("body", image, roughness=0.35)
    return finish(solid, [body], images)
